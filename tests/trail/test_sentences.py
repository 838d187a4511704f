"""The trail speaks in sentences about everything that is recorded."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.base.trail.sentences import ACTIONS, SUBJECTS, trail_value
from app.kernel.db import Base

APP = Path(__file__).resolve().parent.parent.parent / "app"


def recorded() -> Iterator[tuple[str, str]]:
    """(file:line, action) of every call of audit.record with its action written out."""
    for path in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func) in {"audit.record", "record"}
                and len(node.args) > 2
            ):
                action = node.args[2]
                if isinstance(action, ast.Constant) and isinstance(action.value, str):
                    yield f"{path.relative_to(APP)}:{node.lineno}", action.value


def test_every_recorded_action_has_a_sentence() -> None:
    calls = list(recorded())
    assert len(calls) > 20
    plain = {action.rpartition(".")[2] for action in ACTIONS if action.partition(".")[0] in SUBJECTS}
    assert [call for call in calls if call[1] not in ACTIONS and call[1] not in plain] == []


def test_every_subject_is_a_table() -> None:
    assert set(SUBJECTS) <= set(Base.metadata.tables)


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "kosong"), ("", "kosong"), (True, "ya"), (False, "tidak"), (["a", "b"], "a, b"), (3, "3"), ("x", "x")],
)
def test_values_are_words(value: object, words: str) -> None:
    assert str(trail_value(value)) == words
