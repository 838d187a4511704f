"""Thousands of applications and databases in one process, each made anew: what is equal in all is worked out once.

A test's application is its own, with its settings, clock and database. But that 500 addresses are turned into
functions, templates into code and statements into SQL took longer than most tests, and depends on nothing that a test
may change. Measured (October 2026 suite, 29 page tests, 67 service tests): half, and a third of the time.
"""

from collections import defaultdict
from pathlib import Path
from types import CodeType
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

STATEMENTS = 3000
WORKED_OUT = ("_parts", "_trace", "_converters", "arguments", "_build", "_build_unknown")


def share(folder: Path) -> None:
    """From now on; `folder`: where all processes keep the code of templates."""
    folder.mkdir(exist_ok=True)
    Flask.jinja_options = {"bytecode_cache": CodeInMemory(str(folder))}
    _share_rules()
    _share_statements()


class CodeInMemory(FileSystemBytecodeCache):
    """Reads each file once in a process."""

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self._held: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        held = self._held.get((bucket.key, bucket.checksum))
        if held is None:
            super().load_bytecode(bucket)
        else:
            bucket.code = held
        if bucket.code is not None:
            self._held[bucket.key, bucket.checksum] = bucket.code


def _share_rules() -> None:
    """Addresses are read once; what is kept of one is all that `Rule.compile` works out."""
    compiled: dict[Any, dict[str, Any]] = {}
    compile_rule = Rule.compile

    def once(rule: Rule) -> None:
        kinds = frozenset(getattr(rule.map, "converters", {}).items())
        key = (rule.rule, rule.host, rule.subdomain, rule.merge_slashes, repr(rule.defaults), kinds)
        if key not in compiled:
            compile_rule(rule)
            compiled[key] = {name: vars(rule)[name] for name in WORKED_OUT}
            return
        vars(rule).update(compiled[key])
        rule.arguments = set(rule.arguments)
        rule._build = rule._build.__func__.__get__(rule, None)  # type: ignore[attr-defined]
        rule._build_unknown = rule._build_unknown.__func__.__get__(rule, None)  # type: ignore[attr-defined]

    Rule.compile = once  # type: ignore[method-assign]


def _share_statements() -> None:
    """Engines of one kind of database use each other's compiled statements."""
    caches: defaultdict[str, LRUCache[Any, Any]] = defaultdict(lambda: LRUCache(STATEMENTS))
    make = Engine.__init__

    def made(engine: Engine, *arguments: Any, **options: Any) -> None:
        make(engine, *arguments, **options)
        engine._compiled_cache = caches[engine.dialect.name]

    Engine.__init__ = made  # type: ignore[assignment,method-assign]
    # the dialect is a part of a statement's key; those of a kind are equal here: the same driver, the same server
    DefaultDialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
    DefaultDialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
