"""A kit's events: every finding has its line, each village gets its own, and they come back out."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.areas.models import Connectivity
from app.base.areas.service import load_blankspots
from app.base.media.storage import Storage
from app.gatherings.events.models import Event, EventStatus
from app.gatherings.events.service import announce
from app.kernel.errors import Refused
from app.kernel.roles import Actor, Role
from app.kits.check import check, errors
from app.kits.events import day_of
from app.kits.export import export_kit
from app.kits.kit import read_kit
from app.kits.service import ImportResult, import_kit
from app.outreach.campaigns.service import load_services
from tests.kits.shipped import shipped
from tests.kits.test_check import KITS, change, kit
from tests.world import World

__all__ = ["kit"]
TZ = "Asia/Makassar"
MONDAY = date(2026, 11, 30)
EVENT = """title: Sosialisasi contoh
kind: socialisation
day: 2
hour: "09:00"
minutes: 120
villages: [64.02.12.2002]
place: Balai desa
agenda: |
  09.00 Pembukaan
adinda: [akses, aspirasi]
registration: true
capacity: 30
speakers:
  - name: Ibu Rahmi
    title: Diskominfo
materials:
  - file: print/poster.yaml
    copies: 5
  - name: Air minum
"""


@pytest.fixture
def with_event(kit: Path) -> Path:
    (kit / "events").mkdir()
    (kit / "events" / "satu.yaml").write_text(EVENT, encoding="utf-8")
    return kit


@pytest.fixture
def editor(world: World, session: Session) -> Actor:
    actor = world.actor(Role.EDITOR)
    load_services(session)
    load_blankspots(session)
    session.commit()
    return actor


def run(session: Session, actor: Actor, path: Path, world: World, tmp_path: Path, **more: Any) -> ImportResult:
    more.setdefault("start", MONDAY)
    made = import_kit(
        session, actor, shipped(path), storage=Storage(tmp_path / "media"), now=world.clock.now(), tz=TZ, **more
    )  # fmt: skip
    session.commit()
    return made


def test_a_sound_event_has_no_findings(with_event: Path) -> None:
    assert [str(finding) for finding in check(with_event, regency_code="64.02")] == []


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence", "mend"),
    [
        ("kind: socialisation", "kind: sosialisasi", 2, "sosialisasi", "socialisation"),
        ("day: 2", "day: 7", 3, "di luar program", "paling besar 6"),
        ("day: 2", "day: 2\nlast_day: 9", 4, "di luar program", "paling besar 6"),
        ("day: 2", "day: 2\nlast_day: 1", 4, "mendahului", "last_day"),
        ('hour: "09:00"', 'hour: "9.00"', 4, "9.00", "00:00"),
        ("minutes: 120", "minutes: 5", 5, "di luar batas", "15"),
        ("minutes: 120\n", "", 1, "“minutes” belum ada", "minutes:"),
        ("villages: [64.02.12.2002]", "villages: [64.02.12.9999]", 6, "tidak dikenal", "Wilayah"),
        ("villages: [64.02.12.2002]", "villages: [64.03.01.2001]", 6, "bukan wilayah", "64.02"),
        ("villages: [64.02.12.2002]", "villages: blankspot", 6, "blankspot", "blank-spots"),
        ("villages: [64.02.12.2002]\nplace: Balai desa\n", "", 1, "Tempat kegiatan ini belum ada", "place"),
        ("place: Balai desa", "districts: [64.02.12]", 7, "tidak dipakai bila desanya", "Hapus"),
        ("place: Balai desa", "districts: [64.02.99]", 7, "tidak dikenal", "Wilayah"),
        ("adinda: [akses, aspirasi]", "adinda: [akses, aspirasy]", 10, "aspirasy", "aspirasi"),
        ("capacity: 30", "capacity: 0", 12, "di luar batas", "1"),
        ("file: print/poster.yaml", "file: print/posterr.yaml", 17, "tidak ada di paket ini", "print/poster.yaml"),
        ("name: Air minum", "copies: 3", 19, "perlu “file” atau “name”", "print/poster.yaml"),
        ("title: Sosialisasi", "judul: Sosialisasi", 1, "judul", "title"),
    ],
)  # fmt: skip
def test_a_finding_names_file_line_and_mend(
    with_event: Path, old: str, new: str, line: int, sentence: str, mend: str
) -> None:
    change(with_event, "events/satu.yaml", old, new)
    findings = check(with_event, regency_code="64.02")
    found = [finding for finding in findings if finding.line == line and sentence in str(finding.sentence)]
    assert found, [str(finding) for finding in findings]
    assert (found[0].file, found[0].level) == ("events/satu.yaml", "error")
    assert mend in str(found[0].mend)


def test_marked_places_and_a_capacity_that_nobody_keeps_are_notes(with_event: Path) -> None:
    change(with_event, "events/satu.yaml", "name: Ibu Rahmi", 'name: "[LENGKAPI: narasumber]"')
    change(with_event, "events/satu.yaml", "registration: true\n", "")
    found = check(with_event, regency_code="64.02")
    assert [(finding.line, finding.level) for finding in found] == [(11, "note"), (13, "note")]
    assert errors(found) == []


def test_an_event_is_planned_for_the_campaigns_owner_with_all_that_its_file_says(
    session: Session, editor: Actor, world: World, with_event: Path, tmp_path: Path
) -> None:
    made = run(session, editor, with_event, world, tmp_path)
    [event] = made.events
    assert event.organisation_id == made.campaign.organisation_id == world.office().id
    assert (event.campaign_id, event.kit_key) == (made.campaign.id, "events/satu")
    assert (event.status, event.announced_at) == (EventStatus.PLANNED, None)
    assert event.starts_at == datetime(2026, 12, 2, 1, 0, tzinfo=UTC), "Wednesday 09.00 WITA"
    assert event.ends_at == datetime(2026, 12, 2, 3, 0, tzinfo=UTC)
    assert (event.village_code, event.place, event.capacity) == ("64.02.12.2002", "Balai desa", 30)
    assert {row.tag for row in event.tags} == {"akses", "aspirasi"}
    assert [(one.name, one.title) for one in event.speakers] == [("Ibu Rahmi", "Diskominfo")]
    [piece] = made.pieces
    assert [(one.name, one.planned, one.piece_id) for one in event.materials] == [
        ("Poster contoh", 5, piece.id),
        ("Air minum", None, None),
    ]


def test_the_same_kit_and_start_again_plans_nothing_twice(
    session: Session, editor: Actor, world: World, with_event: Path, tmp_path: Path
) -> None:
    run(session, editor, with_event, world, tmp_path)
    again = run(session, editor, with_event, world, tmp_path)
    assert (again.created, again.events) == (False, [])
    assert session.scalar(select(func.count()).select_from(Event)) == 1


def test_blank_spots_are_the_villages_whose_latest_statement_says_so(
    session: Session, editor: Actor, world: World, with_event: Path, tmp_path: Path
) -> None:
    change(with_event, "events/satu.yaml", "villages: [64.02.12.2002]", "villages: blank-spots\nlast_day: 5")
    session.add(
        Connectivity(
            village_code="64.02.12.2005", as_of=date(2026, 10, 1), status="served", status_text="Sudah ada menara",
            source="Surat camat",
        )
    )  # fmt: skip
    session.commit()
    made = run(session, editor, with_event, world, tmp_path)
    found = [(event.village_code, event.starts_at.astimezone(ZoneInfo(TZ)).day) for event in made.events]
    assert found == [("64.02.10.2008", 2), ("64.02.12.2009", 5)], "Umaq Dian is served by now"


def test_a_district_alone_means_each_of_its_villages(
    session: Session, editor: Actor, world: World, with_event: Path, tmp_path: Path
) -> None:
    change(with_event, "events/satu.yaml", "villages: [64.02.12.2002]", "districts: [64.02.12]")
    made = run(session, editor, with_event, world, tmp_path)
    assert len(made.events) == 19
    assert all((event.village_code or "").startswith("64.02.12.") for event in made.events)


def test_an_event_without_a_fitting_village_is_skipped_and_told(
    session: Session, editor: Actor, world: World, with_event: Path, tmp_path: Path
) -> None:
    change(
        with_event, "events/satu.yaml", "villages: [64.02.12.2002]", "villages: blank-spots\ndistricts: [64.02.01]"
    )  # fmt: skip
    made = run(session, editor, with_event, world, tmp_path)
    assert made.events == []
    assert "Sosialisasi contoh" in str(made.skipped[-1])


@pytest.mark.parametrize(
    ("places", "last_day", "days"),
    [(1, 10, [2]), (3, None, [2, 2, 2]), (3, 10, [2, 6, 10]), (4, 4, [2, 2, 3, 4])],
)
def test_villages_are_spread_evenly(places: int, last_day: int | None, days: list[int]) -> None:
    assert [day_of(2, last_day, place, places) for place in range(places)] == days


def _said(path: Path) -> dict[str, Any]:
    said = {event.file: dict(event.data) for event in read_kit(path).events}
    for data in said.values():
        data["adinda"] = sorted(data.get("adinda", []))
        for name in ("agenda", "description"):
            data[name] = data.get(name, "").strip()
    return said


@pytest.mark.parametrize("name", ["kenal-smart-city", "ukm-go-digital"])
def test_shipped_events_come_back_out_of_the_campaign(
    session: Session, editor: Actor, world: World, tmp_path: Path, name: str
) -> None:
    made = run(session, editor, KITS / name, world, tmp_path)
    assert made.events
    folder = export_kit(
        session, editor, made.campaign.id, tmp_path / "keluar", storage=Storage(tmp_path / "media"), tz=TZ
    )
    assert [str(finding) for finding in errors(check(folder, regency_code="64.02"))] == []
    before, after = _said(KITS / name), _said(folder)
    for data in before.values():
        if data.get("villages") == "blank-spots":  # written out as those that it meant on that day
            data["villages"] = ["64.02.10.2008", "64.02.12.2005", "64.02.12.2009"]
    assert after == before
    again = run(session, editor, folder, world, tmp_path, start=date(2027, 1, 4))
    assert len(again.events) == len(made.events)


def test_what_was_moved_or_called_off_is_exported_as_it_stands(
    session: Session, editor: Actor, world: World, tmp_path: Path
) -> None:
    made = run(session, editor, KITS / "kenal-smart-city", world, tmp_path)
    tour = [event for event in made.events if event.kit_key == "events/sosialisasi-desa-tanpa-sinyal"]
    tour[1].starts_at, tour[1].ends_at = tour[0].starts_at, tour[0].ends_at
    next(event for event in made.events if event.kit_key == "events/fgd-opd").status = EventStatus.CANCELLED
    session.commit()
    folder = export_kit(
        session, editor, made.campaign.id, tmp_path / "keluar", storage=Storage(tmp_path / "media"), tz=TZ
    )
    said = _said(folder)
    assert "events/fgd-opd.yaml" not in said
    days = sorted(data["day"] for data in said.values() if data["title"] == "Kenal Smart City di desa")
    assert days == [8, 8, 16]
    assert errors(check(folder, regency_code="64.02")) == []


def test_a_broken_event_stops_the_import(
    session: Session, editor: Actor, world: World, with_event: Path, tmp_path: Path
) -> None:
    shutil.copy(with_event / "print" / "poster.yaml", with_event / "events" / "dua.yaml")
    with pytest.raises(Exception, match=r"events/dua.yaml"):
        run(session, editor, with_event, world, tmp_path)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Event)) == 0


def test_an_event_with_an_open_mark_is_not_announced(
    session: Session, editor: Actor, world: World, with_event: Path, tmp_path: Path
) -> None:
    change(with_event, "events/satu.yaml", "name: Ibu Rahmi", 'name: "[LENGKAPI: narasumber]"')
    [event] = run(session, editor, with_event, world, tmp_path).events
    with pytest.raises(Refused, match="narasumber"):
        announce(session, editor, event.id, now=world.clock.now())
    event.speakers[0].name = "Ibu Rahmi"
    assert announce(session, editor, event.id, now=world.clock.now()).status == EventStatus.ANNOUNCED
