"""Two minutes of `make faults` in each run of the tests: few kills, both databases. The command plays the long runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.__main__ import play_one
from tests.faults.databases import Databases
from tests.faults.scenarios import SCENARIOS, Scenario
from tests.faults.stage import Stage

pytestmark = pytest.mark.faults
ROUNDS = 3  # a kill each, at the least


@pytest.fixture(scope="module")
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    made = Databases(("sqlite",) if request.config.getoption("--sqlite-only") else ("sqlite", "postgresql"))
    yield made
    made.close()


def _play(name: str, kind: str, databases: Databases, tmp_path: Path) -> None:
    verdict = play_one(SCENARIOS[name], kind, databases, seed=14, rounds=ROUNDS, keep_in=tmp_path)
    if verdict.skipped:
        pytest.skip(verdict.skipped)
    assert verdict.findings == []
    assert verdict.kills >= ROUNDS
    assert verdict.deliveries > 0


def test_a_worker_that_is_killed_loses_and_doubles_nothing(
    database_kind: str, databases: Databases, tmp_path: Path
) -> None:
    _play("kills", database_kind, databases, tmp_path)


def test_workers_whose_clocks_are_apart_double_nothing(
    database_kind: str, databases: Databases, tmp_path: Path
) -> None:
    if database_kind == "sqlite":
        pytest.skip("one worker is what is meant for SQLite; make faults F=clocks DB=sqlite tries more")
    _play("clocks", database_kind, databases, tmp_path)


def test_a_scenario_that_breaks_off_is_not_in_order_and_ends_no_run(databases: Databases, tmp_path: Path) -> None:
    def breaks(_stage: Stage) -> None:
        raise RuntimeError("no platform")

    one = Scenario("breaks", breaks, 1, 1, ("sqlite",), 0, {}, "")
    verdict = play_one(one, "sqlite", databases, seed=14, rounds=1, keep_in=tmp_path)
    assert not verdict.clean
    assert "no platform" in verdict.findings[0]
    assert Path(verdict.folder).is_dir()
