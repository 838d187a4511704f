"""A kit's programmes of training: findings have their line, each is made once with its test, and all comes back out."""

import io
import re
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.media.models import StoredFile
from app.base.media.storage import Storage
from app.evidence.instruments.definition import read
from app.evidence.instruments.models import Instrument
from app.evidence.instruments.service import save
from app.kernel.errors import Forbidden, Invalid
from app.kernel.roles import Actor, Role
from app.kits.archive import pack, unpack
from app.kits.check import check, errors
from app.kits.commands import import_command
from app.kits.export import export_kit, export_programme
from app.kits.kit import find_kits, read_kit
from app.kits.programmes import ImportedProgrammes, import_for_organisation
from app.kits.service import import_kit, prepare
from app.learning.programmes.models import Module, Skill
from app.learning.programmes.skill_list import load_start, put_away
from app.outreach.campaigns.service import load_services
from tests.kits.test_check import KITS, change, kit
from tests.world import World

__all__ = ["kit"]
TZ = "Asia/Makassar"
MONDAY = date(2026, 11, 30)
SHIPPED = {
    "komunitas-programmer": ("komunitas-programmer", 12, range(5, 7), range(12, 17)),
    "pelatihan-sied": ("pelatihan-sied", 6, range(5, 7), range(12, 17)),
    "ukm-go-digital": ("ukm-go-digital", 8, range(5, 7), range(12, 17)),
}
PROGRAMME = """title: Program contoh
summary: Belajar bersama.
for_whom: Siapa saja.
rule: {attendance: 80, score: 70, from: both, work_share: 40}
prerequisites:
  - {skill: pengolah-kata, level: dasar}
trainers:
  - {name: "[LENGKAPI: nama pelatih]", title: Diskominfo}
modules:
  - title: Pertama
    minutes: 120
    objectives: [Membuka berkas]
    outline: Pembukaan
    skills: {web: dasar}
    materials:
      - {title: Panduan, url: "https://contoh.example/panduan"}
      - {title: Gambar, file: media/gambar.png, for_trainers: true}
  - title: Kedua
    minutes: 90
    skills: {web: mandiri, lembar-kerja: melatih}
criteria:
  - {title: Berjalan, guide: "4: berjalan", most: 4}
test: tests/contoh.yaml
"""
TEST = """key: tes-contoh
title: Tes contoh
sections:
  - key: satu
    questions:
      - key: ibu_kota
        kind: one
        text: Apa ibu kota Kutai Kartanegara?
        points: 2
        options:
          - {key: a, text: Tenggarong, right: true}
          - {key: b, text: Samarinda}
"""
PATH = "programmes/contoh.yaml"
ASKED = "tests/contoh.yaml"


def write(folder: Path) -> Path:
    for name, text in ((PATH, PROGRAMME), (ASKED, TEST)):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def with_programme(kit: Path) -> Path:
    return write(kit)


@pytest.fixture
def training(with_programme: Path) -> Path:
    """A kit of training alone."""
    (with_programme / "campaign.yaml").unlink()
    for folder in ("posts", "print"):
        for path in (with_programme / folder).iterdir():
            path.unlink()
    return with_programme


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path / "berkas")


@pytest.fixture
def editor(session: Session, world: World) -> Actor:
    load_services(session)
    load_start(session, world.clock.now())
    return world.actor(Role.EDITOR)


def bring(session: Session, world: World, actor: Actor, folder: Path, storage: Storage) -> ImportedProgrammes:
    made = import_for_organisation(session, actor, prepare(folder), storage=storage, now=world.clock.now())
    session.commit()
    return made


def test_a_kit_of_training_is_fine_and_its_marks_are_notes(training: Path) -> None:
    found = check(training)
    assert errors(found) == []
    assert [(one.file, one.line) for one in found if one.level == "note"] == [(PATH, 8)]
    assert "sebelum angkatan dibuka" in str(found[0])


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "words"),
    [
        (PATH, "skills: {web: dasar}", "skills: {wib: dasar}", 14, "“web”"),
        (PATH, "skills: {web: dasar}", "skills: {web: jago}", 14, "jago"),
        (PATH, "skill: pengolah-kata", "skill: pengolah-kita", 6, "pengolah-kata"),
        (PATH, ", level: dasar}", "}", 6, "level"),
        (PATH, "{skill: pengolah-kata, level: dasar}", "{level: dasar}", 6, "salah satu"),
        (PATH, 'url: "https://contoh.example/panduan"', 'url: "javascript:alert(1)"', 16, "https://"),
        (PATH, "file: media/gambar.png", "file: media/hilang.png", 17, "tidak ada"),
        (PATH, "file: media/gambar.png", "file: ../rahasia.png", 17, "di luar folder"),
        (PATH, ", file: media/gambar.png", "", 17, "salah satu"),
        (PATH, "minutes: 90", "minutes: 0", 19, "1440"),
        (PATH, "attendance: 80", "attendance: 180", 4, "0 dan 100"),
        (PATH, "test: tests/contoh.yaml", "test: tests/contah.yaml", 23, "tests/contoh.yaml"),
        (PATH, "test: tests/contoh.yaml", "post_test: tests/lain.yaml", 23, "tidak ada di paket"),
        (PATH, "test: tests/contoh.yaml\n", "", 4, "tesnya belum ada"),
        (PATH, "  - {title: Berjalan", "  - {title: berjalan }\n  - {title: Berjalan", 23, "Sudah ada"),
        (PATH, 'criteria:\n  - {title: Berjalan, guide: "4: berjalan", most: 4}\n', "", 4, "rubriknya belum ada"),
        (ASKED, ", right: true", "", 3, "jawaban yang benar"),
        (ASKED, "{key: b, text", "{key: a, text", 6, "dua kali"),
        (ASKED, "key: tes-contoh", "key: Tes Contoh", 1, "huruf kecil"),
    ],
)
def test_what_is_wrong_is_found_at_its_line(
    with_programme: Path, file: str, old: str, new: str, line: int, words: str
) -> None:
    change(with_programme, file, old, new)
    found = errors(check(with_programme))
    assert (file, line) in {(one.file, one.line) for one in found}, [str(one) for one in found]
    assert words in " ".join(str(one) for one in found)


def test_questions_may_stand_in_the_programme_itself(
    session: Session, world: World, editor: Actor, training: Path, storage: Storage
) -> None:
    inline = "test:\n" + "".join(f"  {line}\n" for line in TEST.splitlines())
    change(training, PATH, "test: tests/contoh.yaml\n", inline)
    (training / ASKED).unlink()
    assert errors(check(training)) == []
    made = bring(session, world, editor, training, storage)
    instrument = session.get_one(Instrument, made.made[0].test_instrument_id)
    assert read(instrument.versions[0].definition).by_key["ibu_kota"].points == 2
    change(training, PATH, ", right: true", "")
    assert [(one.file, one.line) for one in errors(check(training))] == [(PATH, 26)]


def test_a_pdf_is_a_material_and_no_picture(with_programme: Path) -> None:
    (with_programme / "media" / "bahan.pdf").write_bytes(b"%PDF-1.4 bukan pdf sungguhan")
    change(with_programme, PATH, "file: media/gambar.png", "file: media/bahan.pdf")
    assert [(one.file, one.line) for one in errors(check(with_programme))] == [(PATH, 17)]
    (with_programme / "media" / "bahan.pdf").write_bytes(_pdf())
    assert errors(check(with_programme)) == []
    change(with_programme, "posts/satu.md", "file: media/gambar.png", "file: media/bahan.pdf")
    assert [one.file for one in errors(check(with_programme))] == ["posts/satu.md"]


def _pdf() -> bytes:
    out, document = io.BytesIO(), pikepdf.new()
    document.add_blank_page()
    document.save(out)
    return out.getvalue()


def test_a_programme_is_made_with_all_its_parts(
    session: Session, world: World, editor: Actor, training: Path, storage: Storage
) -> None:
    made = bring(session, world, editor, training, storage).made
    (programme,) = made
    assert (programme.title, programme.kit_key) == ("Program contoh", f"{training.name}/contoh")
    assert programme.organisation_id == world.office().id
    assert (programme.min_attendance, programme.min_score, programme.score_from, programme.work_share) == (
        80, 70, "both", 40,
    )  # fmt: skip
    assert [(one.skill.key, one.level) for one in programme.prerequisites if one.skill] == [("pengolah-kata", 1)]
    assert [one.name for one in programme.trainers] == ["[LENGKAPI: nama pelatih]"]
    first, second = programme.modules
    assert (first.title, first.minutes, first.objectives) == ("Pertama", 120, "Membuka berkas")
    assert {one.skill.key: one.level for one in second.skills} == {"web": 2, "lembar-kerja": 3}
    link, picture = first.materials
    assert link.url == "https://contoh.example/panduan"
    assert picture.for_trainers
    assert session.get_one(StoredFile, picture.file_id).mime == "image/png"
    assert [(one.title, one.most) for one in programme.criteria] == [("Berjalan", 4)]
    instrument = session.get_one(Instrument, programme.test_instrument_id)
    assert (instrument.key, instrument.audience) == ("tes-contoh", "trainees")


def test_a_second_time_nothing_is_doubled_and_edits_stay(
    session: Session, world: World, editor: Actor, training: Path, storage: Storage
) -> None:
    (programme,) = bring(session, world, editor, training, storage).made
    programme.title = "Nama dari kantor"
    version = session.get_one(Instrument, programme.test_instrument_id).versions[0]
    text = "Di mana kantor bupati?"
    asked = read(version.definition)
    changed: dict[str, Any] = yaml.safe_load(TEST.replace("Apa ibu kota Kutai Kartanegara?", text))
    del changed["key"]
    save(session, editor, version.id, changed, seen=version.version, now=world.clock.now())
    assert asked is not None
    session.commit()

    again = bring(session, world, editor, training, storage)

    assert (again.made, [one.id for one in again.known]) == ([], [programme.id])
    assert programme.title == "Nama dari kantor"
    assert session.scalar(select(func.count()).select_from(Instrument)) == 1
    assert session.scalar(select(func.count()).select_from(Module)) == 2
    assert read(version.definition).by_key["ibu_kota"].text["id"] == text


def test_a_campaign_brings_its_programmes_along(
    session: Session, world: World, editor: Actor, with_programme: Path, storage: Storage
) -> None:
    now = world.clock.now()
    made = import_kit(session, editor, with_programme, start=MONDAY, storage=storage, now=now, tz=TZ)
    assert [one.title for one in made.programmes] == ["Program contoh"]
    assert bring(session, world, editor, with_programme, storage).made == []


def test_skills_of_the_start_are_added_and_others_must_be_there(
    session: Session, world: World, training: Path, storage: Storage
) -> None:
    actor = world.actor(Role.EDITOR)
    bring(session, world, actor, training, storage)
    web = session.scalars(select(Skill).where(Skill.key == "web")).one()
    put_away(session, actor, web.id, now=world.clock.now())
    (training / PATH).rename(training / "programmes" / "lain.yaml")
    with pytest.raises(Invalid, match="web"):
        bring(session, world, actor, training, storage)


def test_a_kit_of_training_makes_no_campaign(
    session: Session, world: World, editor: Actor, training: Path, storage: Storage
) -> None:
    assert find_kits(training.parent) == [training]
    assert read_kit(training).name == "Program contoh"
    with pytest.raises(Invalid, match="hanya berisi program pelatihan"):
        import_kit(session, editor, training, start=MONDAY, storage=storage, now=world.clock.now(), tz=TZ)
    told = [
        import_command(session, training, start=MONDAY, storage=storage, now=world.clock.now(), tz=TZ)
        for _ in range(2)
    ]  # fmt: skip
    assert [code for _text, code in told] == [0, 0]
    assert "1 program pelatihan dibuat" in told[0][0]
    assert "tidak ada yang diubah" in told[1][0]


def test_posts_still_need_a_campaign(with_programme: Path) -> None:
    (with_programme / "campaign.yaml").unlink()
    assert any("campaign.yaml tidak ada" in str(one) for one in errors(check(with_programme)))


def test_a_kit_without_programmes_brings_none(
    session: Session, world: World, editor: Actor, kit: Path, storage: Storage
) -> None:
    with pytest.raises(Invalid, match="tidak berisi program"):
        bring(session, world, editor, kit, storage)


def shape(folder: Path) -> dict[str, Any]:
    """What a kit's programmes say, without how pictures are called."""
    kit = read_kit(folder)
    shapes = {one.file: one.data for one in (*kit.programmes, *kit.tests)}
    return yaml.safe_load(re.sub(r"media/[a-z0-9-]+\.\w+", "GAMBAR", yaml.safe_dump(shapes, allow_unicode=True)))


def test_a_programme_comes_back_out_as_it_went_in(
    session: Session, world: World, editor: Actor, training: Path, storage: Storage, tmp_path: Path
) -> None:
    (programme,) = bring(session, world, editor, training, storage).made
    folder = export_programme(session, editor, programme.id, tmp_path / "keluar", storage=storage)
    assert errors(check(folder)) == []
    before, after = shape(training), shape(folder)
    before["tests/tes-contoh.yaml"] = before.pop(ASKED)
    before[PATH]["test"] = "tests/tes-contoh.yaml"
    assert after == before
    upload = unpack(pack(folder), tmp_path / "unggah")
    assert bring(session, world, editor, upload, storage).made == [], "it is the one that is there"


def test_questions_with_their_answers_go_out_to_the_organiser_alone(
    session: Session, world: World, editor: Actor, training: Path, storage: Storage, tmp_path: Path
) -> None:
    (programme,) = bring(session, world, editor, training, storage).made
    stranger = world.actor(Role.TRAINER, organisation=world.organisation())
    with pytest.raises(Forbidden):
        export_programme(session, stranger, programme.id, tmp_path / "keluar", storage=storage)


def test_a_campaign_goes_out_with_its_programmes(
    session: Session, world: World, editor: Actor, with_programme: Path, storage: Storage, tmp_path: Path
) -> None:
    now = world.clock.now()
    made = import_kit(session, editor, with_programme, start=MONDAY, storage=storage, now=now, tz=TZ)
    session.commit()
    folder = export_kit(session, editor, made.campaign.id, tmp_path / "keluar", storage=storage, tz=TZ)
    assert errors(check(folder)) == []
    assert [one.data["title"] for one in read_kit(folder).programmes] == ["Program contoh"]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_programme_is_whole(name: str) -> None:
    stem, modules, criteria, questions = SHIPPED[name]
    kit = read_kit(KITS / name)
    assert errors(check(KITS / name)) == []
    data = next(one.data for one in kit.programmes if Path(one.file).stem == stem)
    assert len(data["modules"]) == modules
    assert len(data["criteria"]) in criteria
    test = read(next(one.data for one in kit.tests if one.file == data["test"]))
    assert len(test.questions) in questions
    assert all(sum(option.right for option in question.options) == 1 for question in test.questions)
    for module in data["modules"]:
        assert module["objectives"]
        assert module["skills"]
        told = [int(number) for number in re.findall(r"\((\d+) menit\)", module["outline"])]
        assert sum(told) == module["minutes"], module["title"]


def test_the_right_answer_stands_at_no_usual_place() -> None:
    for name in SHIPPED:
        for test in read_kit(KITS / name).tests:
            places = [
                [option.right for option in question.options].index(True) for question in read(test.data).questions
            ]
            assert max(places.count(place) for place in range(4)) <= len(places) / 2, test.file


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_kit_brings_its_programme_once(
    name: str, session: Session, world: World, editor: Actor, storage: Storage
) -> None:
    first = bring(session, world, editor, KITS / name, storage)
    second = bring(session, world, editor, KITS / name, storage)
    assert (len(first.made), len(second.made), len(second.known)) == (1, 0, 1)
    assert first.skipped == []
