"""The list of scenarios, in the order in which they are played."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.faults.databases import KINDS
from tests.faults.stage import Stage

Play = Callable[[Stage], None]


@dataclass(frozen=True)
class Scenario:
    """`rounds`: how often its fault happens in a run of the usual length; `least`: in the shortest.

    `disk`: megabytes of a file system of its own, where it wants one. `env`: settings of its workers.
    """

    name: str
    play: Play
    rounds: int
    least: int
    databases: tuple[str, ...]
    disk: int
    env: Mapping[str, str]
    about: str


SCENARIOS: dict[str, Scenario] = {}


def scenario(
    *,
    rounds: int,
    least: int = 1,
    databases: tuple[str, ...] = KINDS,
    disk: int = 0,
    env: Mapping[str, str] | None = None,
) -> Callable[[Play], Play]:
    """Make a function a scenario of its name."""

    def mark(play: Play) -> Play:
        about = " ".join((play.__doc__ or "").split())
        SCENARIOS[play.__name__] = Scenario(play.__name__, play, rounds, least, databases, disk, env or {}, about)
        return play

    return mark
