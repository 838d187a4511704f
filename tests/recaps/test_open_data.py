import csv
import io
import json
import zipfile
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from app.base.documents.zips import zipped
from app.base.media.models import StoredFile
from app.evidence.results import words
from app.evidence.results.cells import survey_of
from app.evidence.results.figures import figure, groups, parts_of
from app.gatherings.events.models import EventStatus, Headcount
from app.kernel.clock import FrozenClock
from app.outreach.printing.models import PrintPiece, Proof, ProofVillage
from app.outreach.publishing.models import Delivery, DeliveryStatus, Measurement
from app.oversight.recaps.open_data import resources
from app.oversight.recaps.open_set import About, ExportScope, package_files
from tests.results.build import drawn, planted, villages
from tests.world import ZONE, World

WITA = ZoneInfo("Asia/Makassar")
Table = list[dict[str, str]]


def made(session: Session, clock: FrozenClock, *, practice: bool = False, licence: str = "CC-BY-4.0") -> dict[str, Any]:
    """The set as a reader unpacks it: tables as rows, the descriptor as JSON, the rest as text."""
    making = ExportScope(session, "64.02", WITA, clock.now(), practice)
    about = About("Data", "Diskominfo", licence, "64.02", clock.now().astimezone(ZONE), practice)
    archive = zipfile.ZipFile(io.BytesIO(b"".join(zipped(package_files(resources(), making, about), packed=True))))
    assert archive.testzip() is None
    texts = {name: archive.read(name).decode() for name in archive.namelist()}
    tables: dict[str, Any] = {
        name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(text)))
        for name, text in texts.items() if name.endswith(".csv")
    }  # fmt: skip
    return {**tables, "package": json.loads(texts["datapackage.json"]), "read": texts["BACA-SAYA.md"]}


def delivery(world: World, *, practice: bool = False, **counts: int | None) -> Delivery:
    outlet = world.outlet("x", practice=practice, handle="@diskominfokukar")
    post, now = world.post(outlet), world.clock.now()
    sent = Delivery(
        post_id=post.id, outlet_id=outlet.id, content_hash="x", payload={}, status=DeliveryStatus.SENT, due_at=now,
        wake_at=now, sent_at=now - timedelta(days=2), remote_url="https://x.com/a/1", created_at=now,
    )  # fmt: skip
    world._add(sent)
    if counts:
        world._add(
            Measurement(delivery_id=sent.id, age=24, due_at=now, wake_at=now, state="taken", taken_at=now, latest=True,
                        **counts)
        )  # fmt: skip
    return sent


def proof(world: World, places: list[str], copies: int) -> None:
    now, office = world.clock.now(), world.office()
    piece = world._add(
        PrintPiece(campaign_id=world.campaign().id, organisation_id=office.id, kind="poster", title="Poster",
                   created_at=now, updated_at=now)
    )  # fmt: skip
    photo = world._add(StoredFile(sha256="0" * 64, mime="image/png", size=1, name="a.png", created_at=now))
    world._add(
        Proof(piece_id=piece.id, placed_on=date(2026, 11, 20), copies=copies, photo_id=photo.id, recorded_at=now,
              villages=[ProofVillage(village_code=place) for place in places])
    )  # fmt: skip


def test_every_table_is_as_its_schema_says(session: Session, world: World, clock: FrozenClock) -> None:
    event = world.event(starts_in=timedelta(days=-3), status=EventStatus.HELD, people=30)
    event.headcounts = [
        Headcount(sex="f", age_band="adult", people=12),
        Headcount(sex="m", age_band="adult", people=18),
    ]
    session.commit()
    delivery(world, views=10)
    proof(world, villages(world, 2), 7)

    found = made(session, clock)

    assert found["package"]["licenses"] == [{"name": "CC-BY-4.0"}]
    for one in found["package"]["resources"]:
        schema, rows = one["schema"], found[one["name"]]
        if rows:
            assert list(rows[0]) == [field["name"] for field in schema["fields"]], one["name"]
        keys = [tuple(row[name] for name in schema["primaryKey"]) for row in rows]
        assert len(keys) == len(set(keys)), one["name"]
        for field in schema["fields"]:
            limits = field.get("constraints", {})
            for row in rows:
                cell = row[field["name"]]
                assert cell or not limits.get("required"), (one["name"], field["name"])
                assert not cell or cell in limits.get("enum", [cell]), (one["name"], field["name"], cell)
                if cell and field["type"] == "date":
                    date.fromisoformat(cell)
        for key in schema.get("foreignKeys", ()):
            there = {row[key["reference"]["fields"]] for row in found[key["reference"]["resource"]]}
            assert {row[key["fields"]] for row in rows} - {""} <= there, (one["name"], key)
    assert len(found["desa"]) == 237
    assert len(found["kecamatan"]) == 20
    assert {line["kolom"] for line in found["kamus"] if line["tabel"] == "desa"} == set(found["desa"][0])


def test_only_what_took_place_is_there_and_no_person_is(session: Session, world: World, clock: FrozenClock) -> None:
    village = world.village()
    held = world.event(
        starts_in=timedelta(days=-3), status=EventStatus.HELD, village_code=village, title="Kunjungan ke Pak Amat"
    )
    world.registration(held, "Siti Aminah")
    world.event(village_code=world.village(5))

    found = made(session, clock)

    assert [(row["kode_kegiatan"], row["kode_desa"], row["judul"]) for row in found["kegiatan"]] == [
        (held.code, village, "")
    ]
    assert {row["kode_desa"]: row["kontak_terakhir"] for row in found["desa"]}[village] == "2026-11-21"
    assert sum(bool(row["kontak_terakhir"]) for row in found["desa"]) == 1
    assert "Siti Aminah" not in str(found)


@pytest.mark.parametrize(("people", "told"), [(5, ("2026-11-22", "training")), (4, ("", ""))])
def test_trainees_of_a_village_are_a_contact_only_where_they_are_no_few(
    session: Session, world: World, clock: FrozenClock, people: int, told: tuple[str, str]
) -> None:
    meeting = world.session_of(batch := world.batch(), starts_in=timedelta(days=-2))
    for _ in range(people):
        world.attended(world.enrolment(batch, world.trainee(village_code=world.village(3))), meeting)
    session.commit()

    (row,) = (row for row in made(session, clock)["desa"] if row["kode_desa"] == world.village(3))

    assert (row["kontak_terakhir"], row["kontak_lewat"]) == told


@pytest.mark.parametrize(
    ("women", "men", "shown"), [(12, 18, ("12", "18")), (0, 18, ("0", "18")), (3, 18, ("", "")), (12, 17, ("", ""))]
)
def test_women_and_men_are_told_only_where_neither_are_few_and_all_were_counted(
    session: Session, world: World, clock: FrozenClock, women: int, men: int, shown: tuple[str, str]
) -> None:
    people = 30 if men == 17 else women + men
    event = world.event(starts_in=timedelta(days=-3), status=EventStatus.HELD, people=people)
    event.headcounts = [
        Headcount(sex=sex, age_band="adult", people=count) for sex, count in (("f", women), ("m", men)) if count
    ]
    session.commit()

    (row,) = made(session, clock)["kegiatan"]

    assert (row["peserta"], row["perempuan"], row["laki_laki"]) == (str(people), *shown)


def test_a_figure_that_the_platform_does_not_give_is_blank_and_named(
    session: Session, world: World, clock: FrozenClock
) -> None:
    delivery(world, views=0, reactions=4)
    delivery(world)

    given, without = made(session, clock)["unggahan"]

    assert (given["ditampilkan"], given["reaksi"], given["akun_terjangkau"]) == ("0", "4", "")
    assert "akun_terjangkau" in given["tidak_diberikan"].split()
    assert "reaksi" not in given["tidak_diberikan"].split()
    assert (without["keadaan_angka"], without["ditampilkan"], without["tidak_diberikan"]) == ("tidak_diambil", "", "")


def test_practice_stays_out_unless_the_whole_installation_is_one(
    session: Session, world: World, clock: FrozenClock
) -> None:
    delivery(world, practice=True, views=1)
    world.wave(status="closed", simulated=True)
    batch = world.batch(simulated=True)
    opd = world.organisation()
    world.enrolment(batch, world.trainee(organisation_id=opd.id))
    world.session_of(batch, status=EventStatus.HELD, starts_in=timedelta(days=-2), village_code=world.village(5))

    real, practice = made(session, clock), made(session, clock, practice=True)

    assert [real[name] for name in ("unggahan", "survei", "pelatihan", "kegiatan")] == [[], [], [], []]
    assert not any(row["kontak_terakhir"] for row in real["desa"])
    assert len(practice["kegiatan"]) == 1
    assert "simulasi tidak pernah ikut" in real["read"]
    assert [row["simulasi"] for name in ("unggahan", "survei", "pelatihan") for row in practice[name]] == ["true"] * 3
    assert "LATIHAN" in practice["read"]
    assert "licenses" not in practice["package"]


def test_copies_of_a_proof_in_two_villages_are_said_to_be_of_both(
    session: Session, world: World, clock: FrozenClock
) -> None:
    places = villages(world, 2)
    proof(world, places, 7)

    rows = made(session, clock)["cetakan"]

    assert [row["kode_desa"] for row in rows] == sorted(places)
    assert {(row["lembar_bukti"], row["desa_bukti"]) for row in rows} == {("7", "2")}
    assert len({row["id_bukti"] for row in rows}) == 1


def test_survey_figures_are_those_of_the_results_page_and_hidden_as_there(
    session: Session, world: World, clock: FrozenClock
) -> None:
    places = villages(world, 4)
    wave = drawn(world, places, status="open")
    planted(world, wave, places, 120, 0.4)
    running = made(session, clock)
    wave.status = "closed"
    session.commit()

    rows = made(session, clock)["angka-survei"]

    assert running["angka-survei"] == []
    survey = survey_of(session, wave)
    part = parts_of(survey)[0]
    assert part is not None
    districts_shown = 0
    for index, item in enumerate(survey.items):
        if item.group != "measure":
            continue
        mine = {row["kode_wilayah"]: row for row in rows if row["ukuran"] == item.key}
        assert bool(mine) is not item.decoy
        for code, one in {"64.02": figure(part, index), **groups(part, index, "district")}.items():
            if item.decoy or code not in mine:
                continue
            row = mine[code]
            if one.value is None:
                assert (row["nilai"], row["batas_bawah"]) == ("", "")
            elif not one.is_mean:
                assert words.amount(float(row["nilai"]), mean=False) == words.shown(one)
                districts_shown += code != "64.02"
            assert row["keadaan"] == one.state
    assert districts_shown
    assert not any(row["kode_wilayah"] in places for row in rows)
