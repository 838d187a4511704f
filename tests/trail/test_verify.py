"""Somebody with the database in hand changes, removes or puts in rows: the command and the script outside find it."""

import importlib.util
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import select

from app.base.trail import erasing
from app.base.trail.chain import seal_of
from app.base.trail.export import csv_lines, json_lines
from app.base.trail.models import AuditHead
from app.base.trail.queries import TrailFilters
from app.base.trail.verify import Head
from app.kernel.audit import AuditEntry
from app.kernel.roles import SYSTEM
from config import ROOT
from tests.trail.conftest import Chain

COPY = (
    "INSERT INTO audit_entries (id, at, actor_id, actor_name, action, subject_kind, subject_id, before, after, number, "
    "hash, actor_salt, content_salt) SELECT {id}, {at}, actor_id, actor_name, 'post.approved', subject_kind, "
    "subject_id, before, after, {number}, {hash}, actor_salt, content_salt FROM audit_entries WHERE number = 2"
)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_audit", ROOT / "docs" / "verify_audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def sealed(chain: Chain) -> Chain:
    """Two days of five rows each, and a third day that is still open with two."""
    chain.day(5)
    chain.day(5)
    chain.write(2)
    chain.seal()
    assert chain.verify().sound
    return chain


def heads(chain: Chain) -> list[Head]:
    chain.session.rollback()
    return [Head(one.day, one.number, one.hash) for one in chain.session.scalars(select(AuditHead).order_by("day"))]


def outside(script: ModuleType, chain: Chain, tmp_path: Path, printed: list[Head], ending: str) -> list[str]:
    """What the script says of the downloaded file and the printed heads."""
    parts = {"jsonl": json_lines, "csv": csv_lines}[ending]
    file = tmp_path / f"jejak.{ending}"
    file.write_bytes(b"".join(parts(chain.sessions, TrailFilters())))
    return list(script.faults(str(file), [(one.day.isoformat(), one.number, one.hash) for one in printed]))


TAMPERING: dict[str, tuple[list[str], int]] = {
    "a changed action": (["UPDATE audit_entries SET action = 'post.returned' WHERE number = 4"], 4),
    "a changed actor": (["UPDATE audit_entries SET actor_id = 8 WHERE number = 1"], 1),
    "a changed name": (["UPDATE audit_entries SET actor_name = 'Budi' WHERE number = 7"], 7),
    "a changed content": (["UPDATE audit_entries SET after = '{\"n\": 2}' WHERE number = 6"], 6),
    "a changed time": (["UPDATE audit_entries SET at = '2026-11-25 01:00:00' WHERE number = 8"], 8),
    "a removed row": (["DELETE FROM audit_entries WHERE number = 3"], 3),
    "the first row removed": (["DELETE FROM audit_entries WHERE number = 1"], 1),
    "the last row of a closed day removed, and the numbers closed up": (
        ["DELETE FROM audit_entries WHERE number = 10", "UPDATE audit_entries SET number = -11 WHERE number = 11",
         "UPDATE audit_entries SET number = 10 WHERE number = -11",
         "UPDATE audit_entries SET number = 11 WHERE number = 12"], 10,
    ),
    "rows removed at the end": (["DELETE FROM audit_entries WHERE number > 9"], 10),
    "a row in the place of another": (
        ["UPDATE audit_entries SET number = 9999 WHERE number = 5",
         COPY.format(id=5000, at="at", number=5, hash="hash || ''").replace("hash || ''", "'" + "a" * 64 + "'"),
         "DELETE FROM audit_entries WHERE number = 9999"], 5,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERING)
def test_both_find_it_and_name_the_row(sealed: Chain, script: ModuleType, tmp_path: Path, name: str) -> None:
    printed = heads(sealed)
    statements, row = TAMPERING[name]
    sealed.tamper(*statements)
    found = sealed.verify()
    assert found.broken_from == row
    for ending in ("jsonl", "csv"):
        assert any(line[0].isupper() for line in outside(script, sealed, tmp_path, printed, ending))


def test_a_whole_chain_is_called_whole(sealed: Chain, script: ModuleType, tmp_path: Path) -> None:
    for ending in ("jsonl", "csv"):
        assert outside(script, sealed, tmp_path, heads(sealed), ending) == []


def test_a_span_of_days_is_checked_by_itself(sealed: Chain, script: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "jejak.jsonl"
    since = sealed.clock.now() - timedelta(days=1, hours=12)
    file.write_bytes(b"".join(json_lines(sealed.sessions, TrailFilters(since=since))))
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert rows.pop() == {"head": {"number": 12, "hash": rows[-1]["hash"]}}
    assert [row["number"] for row in rows] == [*range(6, 13)]
    assert list(script.faults(str(file), [])) == []
    rows[0]["action"] = "post.returned"
    file.write_text("\n".join(json.dumps(row) for row in rows))
    assert [line[:6] for line in script.faults(str(file), [])] == ["DIUBAH", "UJUNG "]


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_a_row_twice_and_rows_cut_off_at_the_end_are_found_in_the_file(
    sealed: Chain, script: ModuleType, tmp_path: Path, ending: str
) -> None:
    assert outside(script, sealed, tmp_path, [], ending) == []
    file = tmp_path / f"jejak.{ending}"
    lines = file.read_text().splitlines(keepends=True)
    first = len(lines) - 13
    file.write_text("".join([*lines[: first + 3], lines[first + 2], *lines[first + 3 :]]))
    (line,) = script.faults(str(file), [])
    assert line.startswith("DISISIPKAN: baris 3 (catatan ")
    assert line.endswith("sesudah baris 3")
    file.write_text("".join([*lines[:-4], lines[-1]]))
    (line,) = script.faults(str(file), [])
    assert line.startswith("HILANG dari ujung: baris 10 sampai 12, menurut segel penutup")
    file.write_text("".join(lines[:-4]))
    (line,) = script.faults(str(file), [])
    assert line.startswith("UJUNG BELUM PASTI")
    (line,) = script.faults(str(file), [("", 12, sealed.entries()[-1].hash)])
    assert line.startswith("HILANG dari ujung: baris 10 sampai 12")


@pytest.mark.parametrize(
    ("args", "said"),
    [([], "Cara pakai"), (["jejak.jsonl", "2026-11-24:x"], "tidak terbaca"), (["tidak-ada.jsonl"], "tidak terbaca"),
     ([str(ROOT / "README.md")], "tidak terbaca")],
)  # fmt: skip
def test_the_script_says_how_it_is_used(args: list[str], said: str) -> None:
    command = [sys.executable, str(ROOT / "docs" / "verify_audit.py"), *args]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Cara pakai" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_last_row_of_today_is_missed_too(sealed: Chain) -> None:
    sealed.tamper("DELETE FROM audit_entries WHERE number = 12")
    assert [(fault.kind, fault.number) for fault in sealed.verify().faults] == [("removed", 12)]
    assert sealed.verify(folder=None).sound, "without what is kept outside, only the head of the day would tell"


def test_a_chain_made_anew_is_not_what_was_printed(sealed: Chain, script: ModuleType, tmp_path: Path) -> None:
    printed = heads(sealed)
    sealed.tamper("UPDATE audit_entries SET action = 'post.returned' WHERE number = 2", *_rehash(sealed))
    found = sealed.verify(printed=printed, folder=None)
    assert {fault.kind for fault in found.faults} == {"head"}
    assert sealed.verify(folder=None).sound, "who may change everything inside changes the heads as well"
    said = outside(script, sealed, tmp_path, printed, "jsonl")
    assert [line[:7] for line in said] == ["DIGANTI", "DIGANTI"]


def test_a_row_dated_back_into_a_closed_day_is_found_although_it_was_sealed(
    sealed: Chain, script: ModuleType, tmp_path: Path
) -> None:
    sealed.tamper(COPY.format(id=5000, at="'2026-11-23 02:00:00'", number="NULL", hash="NULL"))
    sealed.tamper("UPDATE audit_entries SET actor_salt = NULL, content_salt = NULL WHERE id = 5000")
    sealed.clock.advance(minutes=10)
    assert [(fault.kind, fault.entry_id) for fault in sealed.verify().faults] == [("waiting", 5000)]
    sealed.seal()
    assert [(fault.kind, fault.number) for fault in sealed.verify().faults] == [("inserted", 13)]
    assert sealed.verify(practice=True).sound, "practice years are loaded afterwards"
    (line,) = outside(script, sealed, tmp_path, heads(sealed), "jsonl")
    assert line.startswith("DISISIPKAN: baris 13")


def test_rows_that_wait_for_their_seal_too_long_are_named(chain: Chain) -> None:
    chain.write(2)
    assert chain.verify().sound
    chain.clock.advance(minutes=6)
    found = chain.verify()
    assert [fault.kind for fault in found.faults] == ["waiting", "waiting"]
    assert found.waiting == 2


def test_since_a_day_reads_from_the_head_before(sealed: Chain) -> None:
    sealed.tamper("UPDATE audit_entries SET action = 'post.returned' WHERE number = 4")
    third = heads(sealed)[1].day + timedelta(days=1)
    assert sealed.verify(since=third).sound
    assert sealed.verify(since=third - timedelta(days=2)).broken_from == 4
    assert sealed.verify().broken_from == 4


def test_who_is_erased_leaves_the_chain_whole(sealed: Chain, script: ModuleType, tmp_path: Path) -> None:
    office = str(sealed.entries()[0].subject_id)
    sealed.write(1)  # one that waits for its seal is erased as well
    assert erasing.erase_content(sealed.session, SYSTEM, "organisations", office, now=sealed.clock.now()) == 13
    assert erasing.erase_name(sealed.session, SYSTEM, 7, now=sealed.clock.now()) == 13
    sealed.session.commit()
    sealed.seal()
    assert sealed.verify().sound
    gone = [entry for entry in sealed.entries() if entry.action == "user.edited"]
    assert {(entry.actor_name, entry.before, entry.after, entry.actor_salt, entry.content_salt) for entry in gone} == {
        ("", None, None, None, None)
    }
    for ending in ("jsonl", "csv"):
        assert outside(script, sealed, tmp_path, heads(sealed), ending) == []
        assert "Siti" not in (tmp_path / f"jejak.{ending}").read_text()


def test_an_erasure_outside_of_the_defined_way_is_found(sealed: Chain) -> None:
    sealed.tamper(
        "UPDATE audit_entries SET before = NULL, after = NULL, content_salt = NULL, content_digest = hash "
        "WHERE number = 4"
    )
    assert [fault.kind for fault in sealed.verify().faults] == ["changed", "erased"]


def test_what_was_erased_cannot_be_written_anew(sealed: Chain) -> None:
    office = str(sealed.entries()[0].subject_id)
    erasing.erase_content(sealed.session, SYSTEM, "organisations", office, now=sealed.clock.now())
    sealed.session.commit()
    sealed.seal()
    sealed.tamper('UPDATE audit_entries SET after = \'{"title": "x"}\' WHERE number = 4')
    assert [(fault.kind, fault.number) for fault in sealed.verify().faults] == [("changed", 4)]


def _rehash(chain: Chain) -> list[str]:
    """The statements of somebody who knows how the chain is made."""
    statements: list[Any] = []
    previous = ""
    for entry in chain.entries():
        if entry.number == 1:
            previous = entry.hash or ""
            continue
        previous = seal_of(_changed(entry) if entry.number == 2 else entry, entry.number or 0, previous)
        statements.append(f"UPDATE audit_entries SET hash = '{previous}' WHERE number = {entry.number}")
    return [
        *statements,
        "UPDATE audit_heads SET hash = (SELECT e.hash FROM audit_entries e WHERE e.number = audit_heads.number)",
    ]


def _changed(entry: AuditEntry) -> AuditEntry:
    names = [column.name for column in AuditEntry.__table__.columns]
    return AuditEntry(**{**{name: getattr(entry, name) for name in names}, "action": "post.returned"})
