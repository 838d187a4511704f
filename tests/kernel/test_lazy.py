"""Stand-ins load once, whole, for whoever comes first, and are the module for everybody from then on."""

import importlib
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from types import ModuleType

import pytest

from app.kernel import lazy

SLOW = """
import time
from late_package.seen import note
note(__name__)
first = 1
time.sleep(0.2)
last = 2
def both(): return first, last
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "late_package"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "seen.py").write_text("names = []\nnote = names.append\n")
    (folder / "slow.py").write_text(SLOW)
    (folder / "broken.py").write_text("raise RuntimeError('no')\n")
    (folder / "whole").mkdir()
    (folder / "whole" / "__init__.py").write_text("from late_package.whole.part import value\n")
    (folder / "whole" / "part.py").write_text("from late_package.seen import note\nnote(__name__)\nvalue = object()\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    names = {f"late_package.{name}" for name in ("slow", "broken", "whole", "missing")}
    monkeypatch.setattr(lazy, "LATER", frozenset(names))
    yield folder
    for name in [name for name in sys.modules if name.startswith("late_package")]:
        del sys.modules[name]
    lazy._begun.difference_update(names)
    for name in names:
        lazy._done.pop(name, None)


def _seen() -> list[str]:
    names: list[str] = importlib.import_module("late_package.seen").names
    return names


def _late(name: str) -> ModuleType:
    return importlib.import_module(f"late_package.{name}")


@pytest.mark.usefixtures("package")
def test_an_import_loads_nothing_and_the_first_use_loads_once() -> None:
    slow = _late("slow")
    assert not lazy.is_loaded("late_package.slow")
    assert _seen() == []
    assert slow.both() == (1, 2)
    assert slow.last == 2
    assert lazy.is_loaded("late_package.slow")
    assert _seen() == ["late_package.slow"]


@pytest.mark.usefixtures("package")
def test_threads_that_come_at_once_all_find_the_whole_module() -> None:
    slow, together = _late("slow"), Barrier(8)

    def use(_number: int) -> tuple[int, int]:
        together.wait(5)
        last: int = slow.last  # bound at the end of a slow module
        return slow.first, last

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(use, range(8))) == [(1, 2)] * 8
    assert _seen() == ["late_package.slow"]


@pytest.mark.usefixtures("package")
def test_what_is_set_on_a_stand_in_is_set_on_the_module() -> None:
    slow = _late("slow")
    slow.first = 5
    assert slow.both() == (5, 2)
    assert sys.modules["late_package.slow"].first == 5


@pytest.mark.usefixtures("package")
def test_a_patch_on_a_stand_in_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = _late("slow")
    with monkeypatch.context() as patch:
        patch.setattr(slow, "first", 5)
        assert slow.both() == (5, 2)
    assert slow.both() == (1, 2)


@pytest.mark.usefixtures("package")
def test_a_part_of_a_waiting_package_loads_the_package_first_and_each_once() -> None:
    whole = _late("whole")
    part = importlib.import_module("late_package.whole.part")
    assert whole.value is part.value
    assert part.__spec__.loader.__class__.__name__ == "SourceFileLoader"
    assert _seen() == ["late_package.whole.part"]


@pytest.mark.usefixtures("package")
def test_a_module_that_fails_says_so_at_each_use() -> None:
    broken = _late("broken")
    for _ in range(2):
        with pytest.raises(RuntimeError, match="no"):
            _ = broken.anything


@pytest.mark.usefixtures("package")
def test_a_module_that_is_missing_is_missed_at_the_import() -> None:
    with pytest.raises(ModuleNotFoundError):
        _late("missing")
