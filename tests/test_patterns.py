"""No text that a person can write or upload makes a pattern of the application slow.

Every compiled pattern of `app/` is found: module attributes, what their containers and classes hold, the patterns of
converters, and by reading the source also those written into a call. Each is run on texts made to be hard for it.
"""

import ast
import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Iterator, Mapping
from functools import cache
from types import FrameType, ModuleType
from typing import Any

import pytest
from werkzeug.routing import BaseConverter

import app
from config import ROOT
from tests.hostile import SIZE, texts_for

pytestmark = pytest.mark.walk
BOUND = 0.3
"""Seconds of the processor for one run; a linear pattern needs about 0.01, a quadratic one several."""
CALLS = {"compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"}
DEEPEST = 4


class TooSlow(Exception):
    pass


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise TooSlow


@pytest.fixture(autouse=True)
def _deadline() -> Iterator[None]:
    before = signal.signal(signal.SIGVTALRM, _stop)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


def run(pattern: re.Pattern[Any], text: Any) -> None:
    """Read a text whole and by pieces; `search`, `sub` and `split` go the ways of these two."""
    pattern.fullmatch(text)
    for _found in pattern.finditer(text):
        pass


def slow_text(pattern: re.Pattern[Any], bound: float = BOUND) -> str | None:
    """The beginning of the first text that takes too long, if any."""
    for text in texts_for(pattern):
        try:
            signal.setitimer(signal.ITIMER_VIRTUAL, bound)
            run(pattern, text)
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        except TooSlow:
            return f"{text[:30]!r}…"
    return None


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(app.__path__, "app."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def _patterns_in(value: Any, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth < DEEPEST and isinstance(value, Mapping):
        for inner in list(value.values()):
            yield from _patterns_in(inner, depth + 1)
    elif depth < DEEPEST and isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from _patterns_in(inner, depth + 1)
    elif depth < DEEPEST and isinstance(value, type) and value.__module__.startswith("app."):
        if issubclass(value, BaseConverter):
            yield re.compile(value.regex)
        for inner in vars(value).values():
            yield from _patterns_in(inner, depth + 1)


def named_patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    for module in _modules():
        for name, value in vars(module).items():
            if not name.startswith("__"):
                yield from ((f"{module.__name__}.{name}", pattern) for pattern in _patterns_in(value))


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Calls of `re.…` with a pattern."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS):
            continue
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "re":
            yield node


def _literals(node: ast.expr) -> list[Any] | None:
    """The patterns that an argument can be; None where reading does not tell."""
    if isinstance(node, ast.Constant):
        return [node.value]
    if isinstance(node, ast.IfExp):
        ways = [_literals(node.body), _literals(node.orelse)]
        return None if None in ways else [one for way in ways for one in way or []]
    return None


@cache
def inline_patterns() -> tuple[tuple[str, re.Pattern[Any] | None], ...]:
    """Where a function calls `re.…`, with the pattern; None where it is put together while running."""
    found: list[tuple[str, re.Pattern[Any] | None]] = []
    for path in sorted((ROOT / "app").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        functions = ast.walk(ast.parse(source)) if "import re" in source else ()
        for function in (node for node in functions if isinstance(node, ast.FunctionDef)):
            for call in _calls(function):
                where = f"{path.relative_to(ROOT)}:{call.lineno}"
                patterns = _literals(call.args[0])
                found += [(where, re.compile(one)) for one in patterns] if patterns else [(where, None)]
    return tuple(found)


def test_every_pattern_reads_hostile_texts_in_no_time() -> None:
    found = {pattern: where for where, pattern in (*inline_patterns(), *named_patterns()) if pattern}
    assert len(found) > 90
    slow = {where: text for pattern, where in found.items() if (text := slow_text(pattern))}
    assert slow == {}, "quadratic: never a repetition before another that matches the same signs; \\A where it begins"


def test_every_pattern_in_a_function_is_written_where_it_is_used() -> None:
    """Else nobody could try it: what is put together while running is a pattern that was never tested."""
    unread = [where for where, pattern in inline_patterns() if pattern is None]
    assert unread == []


@pytest.mark.parametrize(
    "bad",
    [
        r"\[LENGKAPI(?::\s*)?([^\]\[]*)\]",
        r"“([^”]+)”",
        r"\s*\[([^\[\]]{1,120})\]\s*\Z",
        r"[-+]?(\d+(\.\d*)?|\.\d+)\Z",
        r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$",
        r"\w+\s*$",
        r"(a|b)+c",
        r"<span[^>]*>",
    ],
)
def test_a_quadratic_pattern_is_found(bad: str) -> None:
    begun = time.process_time()
    assert slow_text(re.compile(bad)) is not None
    assert time.process_time() - begun < 20 * BOUND


def test_texts_are_as_long_as_promised() -> None:
    assert min(len(text) for text in texts_for(re.compile(r"ab[c]+"))) >= SIZE - 10
