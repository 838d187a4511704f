"""A kit's surveys: findings have their line, instruments are made once, waves are prepared, and all comes back out."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.media.models import StoredFile
from app.base.media.storage import Storage
from app.evidence.instruments.models import Instrument, InstrumentVersion
from app.evidence.instruments.service import freeze, save
from app.evidence.surveys.models import RecordedResult, Wave
from app.kernel.roles import Actor, Role
from app.kits.check import check, errors
from app.kits.export import export_kit
from app.kits.kit import read_kit
from app.kits.service import ImportResult, import_kit
from app.kits.surveys import with_hashes
from app.outreach.campaigns.service import load_services
from tests.kits.shipped import shipped
from tests.kits.test_check import KITS, change, kit
from tests.world import World

__all__ = ["kit"]
TZ = "Asia/Makassar"
MONDAY = date(2026, 11, 30)
JANUARY = date(2027, 1, 4)
SURVEY = """key: contoh
audience: residents
title: Contoh
sections:
  - key: satu
    questions:
      - key: istilah
        kind: one
        text: Pernah dengar?
        picture: media/survei.png
        options:
          - {key: ya, text: Ya}
          - {key: tidak, text: Tidak}
measures:
  - {key: istilah, label: Mengenal, question: istilah, counts: [ya], dimension: smart-living}
waves:
  - {stage: baseline, day: -14, days: 14, modes: [phone], method: list, target: 30}
  - {stage: after, day: 28, days: 14, modes: [phone], method: list}
"""
RESULT = """title: Tinjauan
done: "2021-07"
asked: 30
answers:
  - {text: Baru kenal, counts: true}
finding: Sebagian besar baru kenal
measure: istilah
source: Tinjauan kementerian
"""
FILE = "surveys/contoh.yaml"


@pytest.fixture
def with_survey(kit: Path) -> Path:
    for folder, text in (("surveys", SURVEY), ("recorded", RESULT)):
        (kit / folder).mkdir()
        (kit / folder / "contoh.yaml").write_text(text, encoding="utf-8")
    shutil.copy(KITS / "kenal-smart-city" / "media" / "enam-dimensi.png", kit / "media" / "survei.png")
    return kit


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path / "berkas")


@pytest.fixture
def editor(session: Session, world: World) -> Actor:
    load_services(session)
    return world.actor(Role.EDITOR)


def bring(
    session: Session, world: World, actor: Actor, folder: Path, storage: Storage, start: date = MONDAY
) -> ImportResult:
    made = import_kit(session, actor, shipped(folder), start=start, storage=storage, now=world.clock.now(), tz=TZ)
    session.commit()
    return made


def versions(session: Session) -> list[InstrumentVersion]:
    return list(session.scalars(select(InstrumentVersion).order_by(InstrumentVersion.number)))


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("        text: Pernah dengar?\n", "", 7, "belum diisi"),
        ("{key: tidak, text: Tidak}", "{key: ya, text: Tidak}", 7, "dua kali"),
        ("counts: [ya]", "counts: [mungkin]", 15, "mungkin"),
        ("dimension: smart-living", "dimension: smart-lving", 15, "smart-living"),
        ("picture: media/survei.png", "picture: media/hilang.png", 10, "tidak ada"),
        ("audience: residents", "audience: everyone", 2, "everyone"),
        ("stage: baseline", "stage: before", 17, "baseline"),
    ],
)
def test_a_wrong_survey_is_found_at_its_line(with_survey: Path, old: str, new: str, line: int, words: str) -> None:
    change(with_survey, FILE, old, new)
    found = errors(check(with_survey))
    assert {(one.file, one.line) for one in found} == {(FILE, line)}
    assert words in str(found[0])


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('done: "2021-07"', 'done: "2021-13"', 2),
        ("counts: true}", "count: 31, counts: true}", 4),
        ("source: Tinjauan kementerian", "sumber: Tinjauan kementerian", 8),
    ],
)
def test_a_wrong_result_is_found_at_its_line(with_survey: Path, old: str, new: str, line: int) -> None:
    change(with_survey, "recorded/contoh.yaml", old, new)
    found = errors(check(with_survey))
    assert line in [one.line for one in found]
    assert {one.file for one in found} == {"recorded/contoh.yaml"}


def test_an_undrawable_survey_of_civil_servants_is_found(with_survey: Path) -> None:
    change(with_survey, FILE, "audience: residents", "audience: civil_servants")
    change(with_survey, FILE, "method: list, target", "method: pps, target")
    assert [one.line for one in errors(check(with_survey))] == [17]


def test_the_kit_of_the_house_is_sound_and_its_pictures_are_there() -> None:
    for name in ("kenal-smart-city", "ukm-go-digital"):
        found = read_kit(KITS / name)
        assert found.surveys
        assert errors(check(KITS / name)) == []


def test_waves_are_prepared_with_their_days_and_compared_in_pairs(
    session: Session, world: World, editor: Actor, with_survey: Path, storage: Storage
) -> None:
    made = bring(session, world, editor, with_survey, storage)
    before, after = made.waves
    assert (before.status, before.stage, before.target) == ("draft", "baseline", 30)
    assert (before.starts_on, before.ends_on) == (date(2026, 11, 24), date(2026, 11, 29)), "what has passed is left out"
    assert (after.starts_on, after.ends_on) == (date(2026, 12, 28), date(2027, 1, 10))
    assert after.before_id == before.id
    assert before.campaign_id == after.campaign_id == made.campaign.id
    assert before.name == f"Survei awal {made.campaign.name}"


def test_the_same_content_is_the_same_version_and_keeps_one_picture(
    session: Session, world: World, editor: Actor, with_survey: Path, storage: Storage
) -> None:
    first = bring(session, world, editor, with_survey, storage)
    count = select(func.count()).select_from(StoredFile).where(StoredFile.name.endswith("survei.png"))
    pictures = session.scalar(count)
    second = bring(session, world, editor, with_survey, storage, JANUARY)
    assert second.campaign.id != first.campaign.id
    assert len(versions(session)) == 1
    assert {wave.instrument_version_id for wave in session.scalars(select(Wave))} == {versions(session)[0].id}
    assert session.scalar(select(func.count()).select_from(RecordedResult)) == 1
    assert session.scalar(count) == pictures == 1, "the picture is not kept twice"


def test_a_frozen_version_that_was_given_the_usual_texts_is_still_the_same(
    session: Session, world: World, editor: Actor, with_survey: Path, storage: Storage
) -> None:
    bring(session, world, editor, with_survey, storage)
    freeze(session, versions(session)[0], world.clock.now())
    session.commit()
    assert versions(session)[0].definition["thanks"]["id"], "the kit has none"
    bring(session, world, editor, with_survey, storage, JANUARY)
    assert len(versions(session)) == 1


def test_changed_words_make_a_new_version_once_the_old_ones_were_asked(
    session: Session, world: World, editor: Actor, with_survey: Path, storage: Storage
) -> None:
    bring(session, world, editor, with_survey, storage)
    freeze(session, versions(session)[0], world.clock.now())
    session.commit()
    change(with_survey, FILE, "Pernah dengar?", "Pernah mendengar?")
    made = bring(session, world, editor, with_survey, storage, JANUARY)
    assert [version.number for version in versions(session)] == [1, 2]
    assert {wave.instrument_version_id for wave in made.waves} == {versions(session)[1].id}
    change(with_survey, FILE, "Pernah mendengar?", "Pernah dengar?")
    again = bring(session, world, editor, with_survey, storage, date(2027, 2, 1))
    assert {wave.instrument_version_id for wave in again.waves} == {versions(session)[0].id}


def test_what_the_office_is_writing_is_not_overwritten(
    session: Session, world: World, editor: Actor, with_survey: Path, storage: Storage
) -> None:
    bring(session, world, editor, with_survey, storage)
    draft = versions(session)[0]
    mine = {**draft.definition, "thanks": "Terima kasih dari kantor."}
    save(session, editor, draft.id, mine, seen=draft.version, now=world.clock.now())
    session.commit()
    made = bring(session, world, editor, with_survey, storage, JANUARY)
    assert len(versions(session)) == 1
    assert versions(session)[0].definition["thanks"] == {"id": "Terima kasih dari kantor."}
    assert any("tidak diubah" in str(told) for told in made.skipped)
    assert len(made.waves) == 2


def test_what_is_unknown_of_the_recorded_result_stays_unknown(
    session: Session, world: World, editor: Actor, with_survey: Path, storage: Storage
) -> None:
    made = bring(session, world, editor, with_survey, storage)
    result = made.results[0]
    assert (result.asked, result.done_on, result.done_precision) == (30, date(2021, 7, 1), "month")
    assert result.answers == [{"text": "Baru kenal", "count": None, "counts": True}]
    assert result.campaign_id == made.campaign.id


def said(session: Session, folder: Path) -> Any:
    """Surveys and results of a folder, without how they are written."""
    found = read_kit(folder)
    surveys = {document.file: document.data for document in found.surveys}
    for data in surveys.values():
        for wave in data["waves"]:
            wave.pop("name", None)
    return surveys, {document.file: document.data for document in found.results}


@pytest.mark.parametrize("name", ["kenal-smart-city", "ukm-go-digital"])
def test_surveys_come_back_out_and_in_again(
    session: Session, world: World, editor: Actor, storage: Storage, tmp_path: Path, name: str
) -> None:
    early = date(2027, 1, 4)  # the survey before it has not begun
    made = bring(session, world, editor, KITS / name, storage, early)
    folder = export_kit(session, editor, made.campaign.id, tmp_path / "keluar", storage=storage, tz=TZ)
    assert errors(check(folder)) == []
    before, after = said(session, KITS / name), said(session, folder)
    assert {file: data["waves"] for file, data in after[0].items()} == {
        file: data["waves"] for file, data in before[0].items()
    }
    assert after[1] == before[1]
    count = len(versions(session))
    again = bring(session, world, editor, folder, storage, date(2027, 3, 1))
    assert len(again.waves) == len(made.waves)
    assert len(versions(session)) == count, "what comes back asks the same"


def test_a_version_is_compared_by_the_content_of_its_pictures(
    session: Session, world: World, editor: Actor, with_survey: Path, storage: Storage
) -> None:
    bring(session, world, editor, with_survey, storage)
    version = versions(session)[0]
    hashed = with_hashes(session, version.definition)["sections"][0]["questions"][0]["picture"]
    number = version.definition["sections"][0]["questions"][0]["picture"]
    assert session.get_one(StoredFile, number).sha256 == hashed


def test_the_reference_instrument_asks_and_measures_what_it_should() -> None:
    for name, audience in (("warga", "residents"), ("asn", "civil_servants")):
        text = (KITS / "kenal-smart-city" / "surveys" / f"pengenalan-{name}.yaml").read_text(encoding="utf-8")
        data = yaml.safe_load(text)
        assert data["audience"] == audience
        asked = {question["key"]: question for section in data["sections"] for question in section["questions"]}
        assert list(asked)[:2] == ["terlintas", "istilah"], "nothing names a service before what comes to mind"
        assert all(asked[key]["back"] is False for key in ("terlintas", "istilah", "ingat", "sumber", "pesan"))
        assert asked["terlintas"]["aloud"] is False
        rows = asked["kenal"]["rows"]
        assert len({row["dimension"] for row in rows if "dimension" in row}) == 6
        assert sum(row.get("decoy", False) for row in rows) == 1
        assert asked["kenal"]["shuffle"] is True
        right = [key for key in asked if key.startswith("paham") for one in asked[key]["options"] if one.get("right")]
        assert len(right) == 3
        assert "{masa_simpan}" in data["consent"]
        measures = {measure["key"]: measure for measure in data["measures"]}
        assert measures["sapa"]["decoy"] is True
        assert measures["paham"]["least"] == 2
        assert measures["percaya"]["counts"] == measures["niat"]["counts"] == [3, 4]


def test_an_instrument_that_was_put_away_stays_away(
    session: Session, world: World, editor: Actor, with_survey: Path, storage: Storage
) -> None:
    bring(session, world, editor, with_survey, storage)
    session.scalars(select(Instrument)).one().archived_at = world.clock.now()
    session.commit()
    made = bring(session, world, editor, with_survey, storage, JANUARY)
    assert made.waves == []
    assert any("diarsipkan" in str(told) for told in made.skipped)
