"""Answers from a file are taken whole or not at all, and once."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.evidence.responses.imports import storing
from app.evidence.responses.imports.service import drop, start, take, undo
from app.evidence.responses.imports.steps import work
from app.evidence.responses.models import Response, ResponseConflict, ResponseImport
from app.evidence.responses.tally import counts
from app.evidence.surveys.models import Wave
from app.kernel.clock import FrozenClock
from app.kernel.errors import Refused
from app.kernel.roles import SYSTEM
from app.kernel.text import restored
from tests.world import VILLAGE, World

TITLES = ("tempat", "jenis_kelamin", "kelompok_umur", "istilah", "lihat", "sumber", "kenal.idaman", "kenal.sampah",
          "kenal.kim", "kenal.palsu", "percaya", "kali")  # fmt: skip
ROW = (VILLAGE, "f", "25-34", "dengar", "ya", "kim poster", "belum", "tahu", "dengar", "belum", "3", "2")


class Desk:
    """Uploads files to a wave and lets the worker do its steps."""

    def __init__(self, world: World, sessions: "sessionmaker[Session]", clock: FrozenClock, folder: Path) -> None:
        self.world, self.sessions, self.clock, self.folder = world, sessions, clock, folder
        self.wave = world.wave()

    def upload(self, *rows: Sequence[object], titles: Sequence[str] = TITLES) -> ResponseImport:
        lines = [";".join(map(str, row)) for row in (titles, *rows)]
        return self.upload_bytes("\n".join(lines).encode(), "jawaban.csv")

    def upload_bytes(self, data: bytes, name: str) -> ResponseImport:
        path = self.folder / f"{self.world._number()}.upload"
        path.write_bytes(data)
        with self.sessions() as session:
            made = start(session, SYSTEM, self.wave.id, file_name=name, path=path, now=self.clock.now())
            session.commit()
        return self.worked(made.id)

    def worked(self, number: int) -> ResponseImport:
        work(self.sessions, self.clock, tz="Asia/Makassar")
        with self.sessions() as session:
            return session.get_one(ResponseImport, number)

    def taken(self, found: ResponseImport) -> ResponseImport:
        with self.sessions() as session:
            take(session, SYSTEM, found.id, now=self.clock.now())
            session.commit()
        return self.worked(found.id)

    def counted(self) -> int:
        with self.sessions() as session:
            return int(counts(session, session.get_one(Wave, self.wave.id)).people.sum())

    def answers(self) -> int:
        with self.sessions() as session:
            return session.scalar(select(func.count()).select_from(Response)) or 0


@pytest.fixture
def desk(world: World, sessions: "sessionmaker[Session]", clock: FrozenClock, tmp_path: Path) -> Desk:
    return Desk(world, sessions, clock, tmp_path)


def test_nothing_comes_in_before_somebody_says_so(desk: Desk) -> None:
    found = desk.upload(ROW, ROW)
    assert (found.status, found.rows, found.summary["new"]) == ("checked", 2, 2)
    assert desk.answers() == 0
    assert desk.taken(found).status == "done"
    assert desk.answers() == 2
    with desk.sessions() as session:
        one = session.scalars(select(Response)).first()
        assert one is not None
        assert one.answers["sumber"] == ["kim", "poster"]
        assert one.answers["kali"] == 2
        assert one.mode == "import"
        wave = session.get_one(Wave, desk.wave.id)
        assert int(counts(session, wave).people.sum()) == 2


def test_one_wrong_line_keeps_all_out_and_is_named(desk: Desk) -> None:
    bad = (*ROW[:2], "7", *ROW[3:])
    found = desk.upload(ROW, bad, (VILLAGE, "x", *ROW[2:]), ("64.02.99.9999", *ROW[1:]))
    assert found.status == "wrong"
    assert [(line, column) for line, column, _why in found.problems] == [
        (3, "kelompok_umur"), (4, "jenis_kelamin"), (5, "tempat"),
    ]  # fmt: skip
    assert "Umur 7" in str(restored(found.problems[0][2]))
    with pytest.raises(Refused):
        desk.taken(found)
    assert desk.answers() == 0


def test_a_required_answer_that_is_missing_is_named_and_a_dash_is_not_missing(desk: Desk) -> None:
    lacks, says = [*ROW], [*ROW]
    lacks[10], says[10] = "", "-"
    found = desk.upload(lacks, says)
    assert [(line, column) for line, column, _why in found.problems] == [(2, "percaya")]
    assert desk.taken(desk.upload(says)).status == "done"
    with desk.sessions() as session:
        one = session.scalars(select(Response)).one()
        assert "percaya" not in one.answers
        assert "blank" in one.flags


def test_the_same_file_again_is_the_same_answers(desk: Desk) -> None:
    desk.taken(desk.upload(ROW, ROW))
    again = desk.upload(ROW, ROW)
    assert (again.summary["new"], again.summary["known"]) == (0, 2)
    desk.taken(again)
    assert desk.answers() == 2


def test_other_answers_under_a_known_uuid_wait_for_a_person(desk: Desk) -> None:
    uuid, other = "5f0e9a4e-94a7-4e7f-9d3c-111111111111", [*ROW]
    other[10] = "1"
    desk.taken(desk.upload((uuid, *ROW), titles=("uuid", *TITLES)))
    found = desk.upload((uuid, *other), titles=("_uuid", *TITLES))
    assert found.summary["conflicts"] == 1
    assert desk.taken(found).summary["conflicts"] == 1
    with desk.sessions() as session:
        assert session.get_one(Response, uuid).answers["percaya"] == "3"
        assert session.scalars(select(ResponseConflict)).one().payload["answers"]["percaya"] == "1"


def test_a_uuid_twice_in_one_file_is_named(desk: Desk) -> None:
    uuid = "5f0e9a4e-94a7-4e7f-9d3c-111111111111"
    found = desk.upload((uuid, *ROW), (uuid, *ROW), titles=("uuid", *TITLES))
    assert [(line, column) for line, column, _why in found.problems] == [(3, "uuid")]


def test_kobos_spelling_is_read(desk: Desk) -> None:
    titles = ("_id", "_uuid", "tentang/desa", "tentang/kecamatan", "tentang/jk", "tentang/umur", "kenal/istilah",
              "lihat", "sumber", "sumber/kim", "sumber/poster", "sumber/lain", "grup/kenal_idaman", "grup/kenal_sampah",
              "grup/kenal_kim", "grup/kenal_palsu", "percaya", "Nama lengkap")  # fmt: skip
    with desk.sessions() as session:
        from app.base.areas.models import Village  # noqa: PLC0415

        village = session.get_one(Village, VILLAGE)
        name, district = village.name, village.district.name
    row = (17, "uuid:5f0e9a4e-94a7-4e7f-9d3c-111111111111", name, district, "Perempuan", 29.0, "Pernah dengar", "ya",
           "kim", 1, 0, 0, "belum", "Tahu kegunaannya", "dengar", "belum", 3, "Siti")  # fmt: skip
    book = Workbook()
    for line in (titles, row):
        book.active.append(line)  # type: ignore[union-attr]
    book.save(desk.folder / "kobo.xlsx")
    found = desk.upload_bytes((desk.folder / "kobo.xlsx").read_bytes(), "kobo.xlsx")
    assert found.problems == []
    assert found.summary["strange"] == ["Nama lengkap"]
    desk.taken(found)
    with desk.sessions() as session:
        one = session.get_one(Response, "5f0e9a4e-94a7-4e7f-9d3c-111111111111")
        assert (one.place, one.sex, one.age_band) == (VILLAGE, "f", "25-34")
        assert one.answers["kenal"]["sampah"] == "tahu"
        assert one.answers["sumber"] == ["kim"]
        assert "Siti" not in json.dumps(one.answers)


def test_three_wrong_lines_of_many_are_named_and_nothing_is_in(desk: Desk) -> None:
    rows = [list(ROW) for _ in range(3000)]
    for line in (17, 1500, 2999):
        rows[line][3] = "mungkin"
    found = desk.upload(*rows)
    assert found.problem_count == 3
    assert [line for line, _column, _why in found.problems] == [19, 1502, 3001]
    assert desk.answers() == 0


def test_what_lacks_columns_says_which(desk: Desk) -> None:
    found = desk.upload(("a",), titles=("nama",))
    said = " ".join(str(restored(why)) for _line, _column, why in found.problems)
    for name in ("tempat", "jenis_kelamin", "kelompok_umur", "istilah", "percaya"):
        assert f"“{name}”" in said


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02binary", b"PK\x03\x04broken", b"tempat;istilah\n"])
def test_a_file_that_is_none_says_so(desk: Desk, data: bytes) -> None:
    found = desk.upload_bytes(data, "x.csv")
    assert found.status == "wrong"
    assert found.problems
    assert desk.answers() == 0


def test_answers_of_a_file_can_be_taken_out_again(desk: Desk) -> None:
    desk.world.response(desk.wave)
    found = desk.taken(desk.upload(ROW, ROW))
    with desk.sessions() as session:
        undo(session, SYSTEM, found.id, now=desk.clock.now())
        session.commit()
    assert desk.worked(found.id).status == "removed"
    assert desk.answers() == 1


def test_a_worker_that_died_is_followed_by_another(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    found = desk.upload(ROW, ROW, ROW)
    monkeypatch.setattr(storing, "_make_count", lambda *_args: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        desk.taken(found)
    monkeypatch.undo()
    assert desk.counted() == 0  # they lie there, and nothing counts them
    assert desk.worked(found.id).status == "importing"  # somebody may still be at it
    desk.clock.advance(seconds=61)
    assert desk.worked(found.id).status == "done"
    assert desk.answers() == 3


def test_uploads_that_nobody_took_are_forgotten_with_their_files(desk: Desk) -> None:
    found = desk.upload(ROW)
    desk.clock.move_to(desk.clock.now() + timedelta(days=8))
    after = desk.worked(found.id)
    assert after.status == "dropped"
    assert not Path(found.path).exists()
    assert not list(desk.folder.glob("*.ready"))


def test_a_dropped_upload_is_not_taken(desk: Desk) -> None:
    found = desk.upload(ROW)
    with desk.sessions() as session:
        drop(session, SYSTEM, found.id)
        session.commit()
    with pytest.raises(Refused):
        desk.taken(found)
