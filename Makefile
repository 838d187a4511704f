# Gaung. `make help` lists the targets.
PORT ?= 5000
PYTHON ?= python3
B ?=
T ?=
F ?=
DB ?=
SEED ?=
RUNS ?=
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.requirements
DEV_STAMP := $(VENV)/.requirements-dev
JOBS ?= 2
# twitter-text-parser reads its tables by an old way of setuptools; nobody at the screen can do anything about it
export PYTHONWARNINGS := ignore:pkg_resources is deprecated:UserWarning

.DEFAULT_GOAL := help
.PHONY: help run test test-fast lint types bench faults frontend lock screenshots roles clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'

run: $(RUN_STAMP) frontend ## start web, worker and practice platforms (PORT=5000)
	@$(BIN)/python -m app.launch --port $(PORT)

test: $(DEV_STAMP) frontend ## lint, types and all tests, on private servers that are stopped afterwards; T=tests/publishing for some
	@sh tests/needs.sh
	@$(if $(T),,$(MAKE) --no-print-directory lint types)
	@$(BIN)/pytest $(if $(T),$(T),-n $(JOBS) --dist loadfile)

test-fast: $(DEV_STAMP) frontend ## while writing: without PostgreSQL, browsers and the walks over all addresses
	@$(BIN)/pytest --sqlite-only -m "not browser and not walk and not faults" -n $(JOBS) --dist loadfile $(T)

lint: $(DEV_STAMP) ## style, import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache

types: $(DEV_STAMP) ## static types
	@$(BIN)/mypy

bench: $(DEV_STAMP) ## measure; B=dispatch for one, JSON lines on standard output
	@$(BIN)/python -m benchmarks $(B)

faults: $(DEV_STAMP) ## kill the workers, lose replies, lock the database …; F=clocks SEED=7 RUNS=50 DB=postgresql
	@sh tests/needs.sh
	@$(BIN)/python -m tests.faults $(F) $(if $(SEED),--seed $(SEED)) $(if $(RUNS),--runs $(RUNS)) $(if $(DB),--database $(DB)) --table

frontend: $(RUN_STAMP)
	@sh frontend/build.sh

screenshots: $(DEV_STAMP) frontend ## take the pictures of docs/screenshots
	@$(BIN)/python docs/screenshots/take.py

roles: $(DEV_STAMP) ## write docs/roles.md from the URL map
	@$(BIN)/flask roles > docs/roles.md

lock: $(DEV_STAMP) ## compile requirements.in and requirements-dev.in
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header --no-emit-index-url --generate-hashes requirements.in -o requirements.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header --no-emit-index-url --generate-hashes requirements-dev.in -o requirements-dev.txt

clean: ## remove everything that was made, the database too
	rm -rf $(VENV) var app/base/web/static/build frontend/node_modules

$(BIN)/python:
	@sh deploy/venv.sh "$(PYTHON)" "$(VENV)"

$(RUN_STAMP): requirements.txt $(BIN)/python
	@cmp -s requirements.txt $@ || { echo "Memasang pustaka…"; $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt; }
	@cp requirements.txt $@

$(DEV_STAMP): requirements-dev.txt $(RUN_STAMP)
	@cmp -s requirements-dev.txt $@ || { echo "Memasang pustaka untuk uji…"; $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt; }
	@cp requirements-dev.txt $@
