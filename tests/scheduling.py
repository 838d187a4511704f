"""In what order the processes of a run take the tests, so that none waits for another at the end.

Walks over all addresses and browsers take longest, and are few in a file: as whole files, by their number, they came
last, one process with minutes of them and the other with nothing. Now they begin, a file of a browser (which mostly
waits) and a walk (which never does) by turns, each walk by itself; the other files follow, the longest lists first.
"""

from functools import cache
from itertools import groupby, zip_longest
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

from config import ROOT

WALK = "mark.walk"


def in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return the tests as they are handed out; each file stays together, but for walks."""
    walks = [[item] for item in items if item.get_closest_marker("walk")]
    files = [list(group) for _path, group in groupby(items, lambda item: item.path)]
    browsers = [file for file in files if file[0].get_closest_marker("browser")]
    others = [[item for item in file if not item.get_closest_marker("walk")] for file in files if file not in browsers]
    by_turns = [one for pair in zip_longest(browsers, walks) for one in pair if one]
    return [item for group in [*by_turns, *sorted(others, key=len, reverse=True)] for item in group]


class Turns(LoadScopeScheduling):
    """Hands out files as `--dist loadfile` does, and the tests of a file with walks one by one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return nodeid if _has_walks(ROOT / file) else file


@cache
def _has_walks(path: Path) -> bool:
    return WALK in path.read_text(encoding="utf-8")
