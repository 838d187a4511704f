"""Made-up answers: the same seed the same people, the truth as planted, and nothing real beside them."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.evidence.instruments.definition import Definition, read
from app.evidence.instruments.logic import asked, clean
from app.evidence.instruments.measures import items
from app.evidence.responses.models import Response
from app.evidence.responses.simulation.people import People, Setting, Truth, each_share, share_in
from app.evidence.responses.simulation.service import find_wave, people_of, read_truth, simulate
from app.evidence.responses.tally import counts, fold
from app.evidence.surveys.models import Wave
from app.kernel.errors import Invalid, Refused
from app.kernel.roles import SYSTEM
from app.kits.check_surveys import definition_of
from tests.survey_sample import DEFINITION
from tests.world import World


@pytest.fixture
def wave(world: World) -> Wave:
    places = {world.village(number): target for number, target in enumerate((40, 20, 20, 20))}
    return world.wave(places=places, target=100)


def people(session: Session, world: World, wave: Wave, truth: Truth | None = None, **options: Any) -> People:
    options.setdefault("seed", 7)
    return people_of(session, wave, truth or Truth(), now=world.clock.now(), **options)


def fill(session: Session, world: World, wave: Wave, who: People, many: int) -> int:
    taken = simulate(session, SYSTEM, wave, who, range(many), now=world.clock.now())
    while fold(session, wave):
        pass
    session.commit()
    return taken


def share(session: Session, wave: Wave, key: str) -> float:
    """The plain share of a measure."""
    definition = read(wave.instrument_version.definition)
    place = [item.key for item in items(definition)].index(key)
    sums = counts(session, wave).sums[:, place, :].sum(axis=0)
    return float(sums[1] / sums[0])


def test_the_same_seed_again_doubles_nothing(session: Session, world: World, wave: Wave) -> None:
    assert fill(session, world, wave, people(session, world, wave), 60) == 60
    before = {row.uuid: row.content_hash for row in session.scalars(select(Response))}
    assert fill(session, world, wave, people(session, world, wave), 60) == 0
    assert fill(session, world, wave, people(session, world, wave), 80) == 20, "who comes later changes nobody before"
    session.expire_all()
    after = {row.uuid: row.content_hash for row in session.scalars(select(Response))}
    assert before.items() <= after.items()
    assert int(counts(session, wave).people.sum()) == 80
    assert fill(session, world, wave, people(session, world, wave, seed=8), 10) == 10


def test_another_seed_is_other_people(session: Session, world: World, wave: Wave) -> None:
    one, other = (people(session, world, wave, seed=seed).person(3).sent for seed in (1, 2))
    assert one.uuid != other.uuid


def test_a_wave_with_real_answers_is_refused_and_stays_real(session: Session, world: World, wave: Wave) -> None:
    world.response(wave, place=wave.places[0].place)
    with pytest.raises(Refused, match="sungguhan"):
        fill(session, world, wave, people(session, world, wave), 10)
    session.rollback()
    session.refresh(wave)
    assert wave.simulated is False
    assert session.scalar(select(func.count()).select_from(Response)) == 1


@pytest.mark.parametrize("status", ["draft", "closed", "cancelled"])
def test_a_wave_that_is_not_open_is_refused(session: Session, world: World, status: str) -> None:
    shut = world.wave(status=status)
    with pytest.raises(Refused):
        fill(session, world, shut, people(session, world, shut), 1)


def test_everything_in_it_is_marked(session: Session, world: World, wave: Wave) -> None:
    fill(session, world, wave, people(session, world, wave), 5)
    session.expire_all()
    assert session.get_one(Wave, wave.id).simulated is True


def test_answers_follow_the_skips_the_places_and_the_modes(session: Session, world: World, wave: Wave) -> None:
    wave.quotas = {"f.17-24": 1, "f.25-34": 3}
    session.commit()
    who = people(session, world, wave)
    definition = read(DEFINITION)
    seen = Counter()  # type: Counter[str]
    for number in range(100):
        sent = who.person(number).sent
        given, problems = clean(definition, sent.answers)
        assert (problems, given) == ([], dict(sent.answers))
        due = {question.key for question in asked(definition, given) if question.required}
        assert due <= set(given)
        assert sent.sex == "f"
        assert sent.age_band in {"17-24", "25-34"}
        assert sent.mode in {"link", "phone", "paper"}
        assert (sent.started_at is None) == (sent.mode == "paper")
        seen[sent.place] += 1
    assert max(abs(seen[row.place] - (row.target or 0)) for row in wave.places) <= 2
    only = people(session, world, wave, mode="phone")
    assert {only.person(number).sent.mode for number in range(20)} == {"phone"}


def test_what_is_planted_comes_out(session: Session, world: World, wave: Wave) -> None:
    planted = Truth({"kenal_idaman": 0.7, "kenal_sampah": 0.2, "istilah": 0.55, "sebut": 0.3, "palsu": 0.1}, icc=0)
    fill(session, world, wave, people(session, world, wave, planted), 1500)
    for key, wanted in planted.shares.items():
        assert share(session, wave, key) == pytest.approx(wanted, abs=0.04), key


def standard() -> Definition:
    raw = yaml.safe_load(Path("campaigns/kenal-smart-city/surveys/pengenalan-warga.yaml").read_text(encoding="utf-8"))
    return read(definition_of(raw, {"media/enam-dimensi.png": 1}))


def test_without_a_truth_people_know_more_than_they_name_and_use() -> None:
    definition, truth = standard(), Truth()
    share = {key: truth.of(definition, measure) for key, measure in definition.by_measure.items()}
    for service in ("idaman", "kaw", "umkm", "bpjs", "kim", "sampah"):
        assert share[f"sebut_{service}"] < share[f"kenal_{service}"] / 2
    assert share["sapa"] < 0.06
    assert share["pakai"] < 0.4
    assert 0.4 < share["percaya"] < 0.7
    assert 0.4 < share["niat"] < 0.7
    low = Truth({"kenal_sampah": 0.05})
    assert low.of(definition, definition.by_measure["sebut_sampah"]) < 0.05, "also below what was planted"


def test_a_whole_population_without_a_truth_is_believable() -> None:
    setting = Setting("uji", {"64.02.01.2001": 1.0}, ["phone"], date(2026, 11, 1), date(2026, 11, 5), ZoneInfo("UTC"))
    who = People(standard(), setting, Truth(icc=0), seed=3)
    seen = [who.person(number) for number in range(600)]
    named = sum(bool({"idaman", "kaw", "umkm", "bpjs", "kim", "sampah"} & set(one.codes.get("terlintas", ())))
                for one in seen)  # fmt: skip
    known = sum(one.sent.answers["kenal"]["sampah"] != "belum" for one in seen)
    used = sum("sampah" in one.sent.answers["pakai"] for one in seen)
    assert named < 300, "not nearly everybody names a service unprompted"
    assert used < known


def test_a_lift_raises_one_measure_and_leaves_the_others(session: Session, world: World, wave: Wave) -> None:
    definition = read(DEFINITION)
    plain, lifted = read_truth(None, {}, definition), read_truth(None, {"kenal_sampah": 0.2}, definition)
    for measure in definition.measures:
        rise = 0.2 if measure.key == "kenal_sampah" else 0.0
        assert lifted.of(definition, measure) - plain.of(definition, measure) == pytest.approx(rise)


def test_villages_differ_and_stay_what_they_are() -> None:
    shares = [share_in(f"64.02.01.{number}", "kenal", 0.4, 0.05) for number in range(4000)]
    mean = sum(shares) / len(shares)
    spread = sum((one - mean) ** 2 for one in shares) / len(shares)
    assert mean == pytest.approx(0.4, abs=0.005)
    assert spread == pytest.approx(0.05 * 0.4 * 0.6, rel=0.05)
    assert share_in("64.02.01.1", "kenal", 0.5, 0.05) > share_in("64.02.01.1", "kenal", 0.4, 0.05)
    assert share_in("64.02.01.1", "kenal", 0.4, 0) == 0.4


def test_two_of_three_right_is_planted_through_each_of_them() -> None:
    each = each_share(0.6, 3, 2)
    assert 3 * each**2 * (1 - each) + each**3 == pytest.approx(0.6)


def test_some_are_hasty_some_answer_straight_and_few_know_what_does_not_exist(
    session: Session, world: World, wave: Wave
) -> None:
    odd = Truth(hasty=0.3, straight=0.3)
    fill(session, world, wave, people(session, world, wave, odd, mode="phone"), 200)
    flags = Counter(flag for row in session.scalars(select(Response)) for flag in row.flags)
    assert 30 <= flags["fast"] <= 90
    assert 30 <= flags["straight"] <= 110
    assert 0 < flags["decoy"] < 100


def test_a_truth_is_read_from_a_file_and_what_is_wrong_in_it_is_named(
    session: Session, world: World, wave: Wave, tmp_path: Path
) -> None:
    definition, path = read(DEFINITION), tmp_path / "kebenaran.yaml"
    path.write_text("measures: {istilah: 0.4}\nicc: 0.1\n", encoding="utf-8")
    truth = read_truth(path, {"istilah": 0.1}, definition)
    assert (truth.shares["istilah"], truth.icc) == (pytest.approx(0.5), 0.1)
    for text in ("measures: {istilah: 4}", "besar: 1", "[1", "- 1"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(Invalid):
            read_truth(path, {}, definition)
    with pytest.raises(Invalid, match="tidak ada"):
        read_truth(None, {"tanpa": 0.1}, definition)
    with pytest.raises(Invalid, match="kenal_idaman"):
        people(session, world, wave, Truth({"tanpa": 0.5}))


def test_a_wave_is_named_by_its_number_or_its_address(session: Session, wave: Wave) -> None:
    assert find_wave(session, str(wave.id)).id == find_wave(session, wave.code).id == wave.id
