"""The trail speaks in sentences about everything that is recorded."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.base.access.provider_words import WORDS
from app.base.trail.sentences import ACTIONS, FIELDS, SUBJECTS, VALUES, trail_value
from app.kernel.db import Base
from app.kernel.text import T, stored
from app.outreach.outlets.kinds import KINDS

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


def test_codes_are_words_and_what_somebody_typed_stays() -> None:
    assert str(trail_value("password", "what")) == "kata sandi"
    assert str(trail_value(["approver", "kadis"], "roles")) == "Penyetuju, Kepala Dinas"
    assert str(trail_value("held", "status", "events")) != str(trail_value("held", "status", "responses"))
    assert str(trail_value("kukar:nonce", "what")) == "kukar: bukan untuk permintaan ini"
    assert trail_value("open", "reason") == "open"


def kept_keys() -> Iterator[str]:
    """Names that are written out in what is kept before and after."""
    for path in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {
                "record",
                "note",
                "note_after",
            }:
                for one in node.keywords:
                    if one.arg in {"before", "after"} and isinstance(one.value, ast.Dict):
                        yield from (key.value for key in one.value.keys if isinstance(key, ast.Constant))


def test_what_is_kept_is_named_in_words() -> None:
    keys = set(kept_keys())
    assert len(keys) > 50
    assert sorted(keys - set(FIELDS)) == []


CODED = (
    "Status",
    "Kind",
    "Role",
    "Position",
    "Stage",
    "Mode",
    "Audience",
    "Admission",
    "Outcome",
    "Method",
    "ScoreFrom",
)
NOT_KEPT = {"practice", "notices", "certificates", "channels", "self_audit", "kernel.Can"}


def test_the_states_and_kinds_of_records_are_words() -> None:
    codes = {
        f"{path.parent.name}.{node.name}: {code}"
        for path in sorted(APP.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and node.name.endswith(CODED) and path.parent.name not in NOT_KEPT
        and any(ast.unparse(base) == "StrEnum" for base in node.bases)
        for line in node.body
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant)
        for code in [line.value.value]
        if code not in VALUES and f"kind.{code}" not in VALUES
    }  # fmt: skip
    assert codes == set()
    assert set(WORDS) - {name.removeprefix("what.") for name in VALUES} == set()


def test_no_two_records_are_called_the_same() -> None:
    assert len({str(one) for one in SUBJECTS.values()}) == len(SUBJECTS)


def test_a_problem_is_said_and_not_shown_as_it_is_kept() -> None:
    kept = stored(T("Kunci akun ditolak: %(detail)s", detail="salah"))
    assert str(trail_value(kept, "problem", "outlets")) == "Kunci akun ditolak: salah"
    assert str(trail_value(kept, "handle", "outlets")) == kept


def test_every_kind_of_outlet_has_a_word() -> None:
    assert {key for key in KINDS if isinstance(trail_value(key, "kind", "outlets"), str)} == set()
