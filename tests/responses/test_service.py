"""An answer comes in once, whatever the line does."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.evidence.responses.models import Response, ResponseConflict
from app.evidence.responses.service import GRACE, InvalidAnswers, Submission, mark_of, record, sheet_uuid
from app.kernel.clock import FrozenClock
from app.kernel.errors import Invalid, Refused
from app.kernel.site import Site
from tests.survey_sample import ANSWERS
from tests.world import VILLAGE, World


def sent(**values: object) -> Submission:
    plain = Submission(str(uuid.uuid4()), "phone", VILLAGE, "f", "25-34", ANSWERS)
    return replace(plain, **values)  # type: ignore[arg-type]


def test_the_same_answers_again_are_counted_once(world: World, session: Session, clock: FrozenClock) -> None:
    wave, one = world.wave(), sent()
    assert record(session, None, wave, one, now=clock.now()).state == "stored"
    assert record(session, None, wave, one, now=clock.now()).state == "known"
    assert session.scalar(select(func.count()).select_from(Response)) == 1


def test_other_answers_under_the_same_uuid_are_a_conflict_and_count_once(
    world: World, session: Session, clock: FrozenClock
) -> None:
    wave, one = world.wave(), sent()
    record(session, None, wave, one, now=clock.now())
    other = replace(one, answers={**ANSWERS, "percaya": "1"})
    assert [record(session, None, wave, other, now=clock.now()).state for _ in range(2)] == ["conflict", "conflict"]
    assert session.get_one(Response, one.uuid).answers["percaya"] == "3"
    assert session.scalar(select(func.count()).select_from(ResponseConflict)) == 1


def test_everything_that_is_wrong_is_said_at_once(world: World, session: Session, clock: FrozenClock) -> None:
    wrong = sent(place="64.02.99.9999", age_band="7", answers={"istilah": "mungkin"})
    with pytest.raises(InvalidAnswers) as caught:
        record(session, None, world.wave(), wrong, now=clock.now())
    assert {problem.field for problem in caught.value.problems} == {
        "place",
        "age_band",
        "istilah",
        "lihat",
        "kenal",
        "percaya",
    }


def test_a_closed_wave_takes_only_what_was_asked_before_on_a_phone(
    world: World, session: Session, clock: FrozenClock
) -> None:
    now = clock.now()
    wave = world.wave(status="closed", closed_at=now - timedelta(hours=1))
    with pytest.raises(Refused):
        record(session, None, wave, sent(ended_at=now), now=now)
    taken = record(session, None, wave, sent(ended_at=now - timedelta(hours=2)), now=now)
    assert (taken.state, taken.flags) == ("stored", ("late",))


@pytest.mark.parametrize("status", ["draft", "cancelled", "closed"])
def test_only_an_open_wave_takes_answers(world: World, session: Session, clock: FrozenClock, status: str) -> None:
    with pytest.raises(Refused):
        record(session, None, world.wave(status=status), sent(mode="link"), now=clock.now())
    assert session.scalar(select(func.count()).select_from(Response)) == 0


def test_grace_ends(world: World, session: Session, clock: FrozenClock) -> None:
    now = clock.now()
    wave = world.wave(status="closed", closed_at=now - GRACE - timedelta(minutes=1))
    with pytest.raises(Refused):
        record(session, None, wave, sent(ended_at=wave.closed_at - timedelta(hours=1)), now=now)


def test_an_enumerator_stays_within_the_plan_and_a_link_does_not(
    world: World, session: Session, clock: FrozenClock
) -> None:
    wave = world.wave(places={"64.02.01.2004": 10})
    with pytest.raises(InvalidAnswers) as caught:
        record(session, None, wave, sent(), now=clock.now())
    assert [problem.field for problem in caught.value.problems] == ["place"]
    assert record(session, None, wave, sent(place="64.02.01.2004"), now=clock.now()).state == "stored"
    assert record(session, None, wave, sent(mode="link"), now=clock.now()).state == "stored"


@pytest.mark.parametrize(
    "place", ["opd:", "opd:x", "opd:0", "opd:-1", "opd:99999999999999999999", "opd:²", "opd:+1", VILLAGE, ""]
)
def test_civil_servants_answer_for_an_opd_that_is_there(
    world: World, session: Session, clock: FrozenClock, place: str
) -> None:
    wave, opd = world.wave(audience="civil_servants"), world.organisation()
    with pytest.raises(InvalidAnswers):
        record(session, None, wave, sent(place=place), now=clock.now())
    assert record(session, None, wave, sent(place=f"opd:{opd.id}"), now=clock.now()).state == "stored"


def test_a_uuid_of_another_survey_is_not_taken_over(world: World, session: Session, clock: FrozenClock) -> None:
    one = sent()
    record(session, None, world.wave(), one, now=clock.now())
    with pytest.raises(Invalid):
        record(session, None, world.wave(), one, now=clock.now())
    assert session.scalar(select(func.count()).select_from(ResponseConflict)) == 0


def test_a_mark_is_of_one_survey_only(world: World) -> None:
    one, other = world.wave(), world.wave()
    assert mark_of(one, "kuki") == mark_of(one, "kuki") != mark_of(other, "kuki")
    assert "kuki" not in mark_of(one, "kuki")


@pytest.mark.parametrize("mode", ["link", "phone"])
def test_a_number_that_was_not_made_by_chance_is_not_taken(
    world: World, session: Session, clock: FrozenClock, mode: str
) -> None:
    wave, paper_only = world.wave(), world.wave(sheets=9)
    for number in (sheet_uuid(session, wave, 1), sheet_uuid(session, paper_only, 1), str(uuid.UUID(int=0))):
        with pytest.raises(InvalidAnswers) as caught:
            record(session, None, wave, sent(uuid=number, mode=mode), now=clock.now())
        assert [problem.field for problem in caught.value.problems] == ["uuid"]


def test_the_number_of_a_sheet_is_known_to_the_installation_only(world: World, session: Session) -> None:
    wave = world.wave()
    number = sheet_uuid(session, wave, 1)
    assert number == sheet_uuid(session, wave, 1) != sheet_uuid(session, world.wave(), 1)
    session.info["site"] = Site(secret_key="another")
    assert number != sheet_uuid(session, wave, 1)


def test_a_link_does_not_learn_what_came_in_another_way(world: World, session: Session, clock: FrozenClock) -> None:
    wave, one = world.wave(), sent()
    record(session, None, wave, one, now=clock.now())
    same, other = replace(one, mode="link"), replace(one, mode="link", answers={**ANSWERS, "percaya": "1"})
    for guess in (same, other, other):
        taken = record(session, None, wave, guess, now=clock.now())
        assert (taken.state, taken.flags) == ("stored", ())
    assert session.scalars(select(Response.mode)).all() == ["phone"]
    assert session.scalars(select(ResponseConflict.mode)).all() == ["link"]


def test_ever_new_answers_under_one_number_do_not_bury_the_others(
    world: World, session: Session, clock: FrozenClock
) -> None:
    wave, one = world.wave(), sent()
    record(session, None, wave, one, now=clock.now())
    for number in range(9):
        record(session, None, wave, replace(one, answers={**ANSWERS, "kali": number}), now=clock.now())
    kept = session.scalars(select(ResponseConflict).order_by(ResponseConflict.id)).all()
    assert [row.payload["answers"]["kali"] for row in kept] == [0, 1, 8]


def test_a_simulated_survey_takes_no_real_answer(world: World, session: Session, clock: FrozenClock) -> None:
    for mode in ("link", "phone", "paper"):
        with pytest.raises(Refused, match="latihan"):
            record(session, None, world.wave(simulated=True), sent(mode=mode), now=clock.now())
    assert session.scalar(select(func.count()).select_from(Response)) == 0


def test_a_conflict_belongs_to_the_survey_of_its_answer(world: World, session: Session, clock: FrozenClock) -> None:
    row, other = world.response(world.wave()), world.wave()
    content = {"mode": "phone", "content_hash": "x", "payload": {}, "received_at": clock.now()}
    session.add(ResponseConflict(uuid=row.uuid, wave_id=other.id, **content))
    with pytest.raises(IntegrityError):
        session.flush()
