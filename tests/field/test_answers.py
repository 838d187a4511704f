"""Interviews from phones: each once, two contents kept for the office, and none that hinders another."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.evidence.responses.models import Response, ResponseConflict
from app.evidence.surveys.models import Mode, Wave, WaveStatus
from app.gatherings.field.arrival import Arrival
from app.gatherings.field.intake import Answer, receive
from app.gatherings.field.models import FieldRecord
from app.kernel.clock import FrozenClock
from app.kernel.roles import Actor, Role
from tests.field.build import LONG_LALANG, TZ, count, interview, record
from tests.survey_sample import ANSWERS
from tests.world import World

Send = Callable[..., list[Answer]]


@pytest.fixture
def wave(world: World) -> Wave:
    return world.wave()


@pytest.fixture
def enumerator(world: World) -> Actor:
    return world.actor(Role.ENUMERATOR)


@pytest.fixture
def send(session: Session, enumerator: Actor, clock: FrozenClock) -> Send:
    def send(*records: Any, actor: Actor = enumerator, skew: int = 0) -> list[Answer]:
        arrival = Arrival(clock.now(), TZ, clock.now() + timedelta(seconds=skew))
        answers = receive(session, actor, records, arrival)
        session.commit()
        return answers

    return send


def test_an_interview_becomes_an_answer_of_its_wave(
    session: Session, send: Send, wave: Wave, enumerator: Actor
) -> None:
    (answer,) = send(sent := interview(wave))
    row = session.scalars(select(Response)).one()
    assert (answer.state, answer.receipt, answer.at) == ("stored", sent["uuid"][:8].upper(), row.received_at)
    assert (row.mode, row.place, row.sex, row.age_band, row.by_id) == (
        Mode.PHONE, LONG_LALANG, "f", "25-34", enumerator.id,
    )  # fmt: skip
    assert row.answers == ANSWERS
    assert (row.started_at, row.ended_at) == (
        datetime(2026, 11, 23, 23, 50, tzinfo=UTC), datetime(2026, 11, 23, 23, 58, tzinfo=UTC),
    )  # fmt: skip
    assert session.scalar(select(func.count()).select_from(FieldRecord)) == 0


def test_the_same_again_is_known_and_counted_once(session: Session, send: Send, wave: Wave, clock: FrozenClock) -> None:
    (first,) = send(sent := interview(wave))
    clock.advance(minutes=10)
    again = send(sent, sent)
    assert [(one.state, one.receipt, one.at) for one in again] == [("known", first.receipt, first.at)] * 2
    assert session.scalars(select(Response.repeats)).all() == [2]


def test_other_answers_under_its_number_are_kept_for_the_office(session: Session, send: Send, wave: Wave) -> None:
    send(sent := interview(wave))
    (answer,) = send(interview(wave, uuid=sent["uuid"], sex="m"))
    assert (answer.state, answer.choices) == ("conflict", ())
    assert "kantor yang memutuskan" in str(answer.message)
    assert session.scalars(select(Response.sex)).all() == ["f"]
    assert session.scalars(select(ResponseConflict.payload)).one()["sex"] == "m"


def test_one_that_is_wrong_hinders_neither_activity_nor_interview(
    session: Session, world: World, send: Send, wave: Wave, kim: Organisation
) -> None:
    member = world.actor(Role.COMMUNITY, organisation=kim)
    office = world.wave()
    batch = [
        record(kim), interview(wave, place="99.99.99.9999"), interview(office), interview("tidakada"),
        interview(wave, answers={"istilah": "mungkin"}), {"kind": "answer", "uuid": 3}, interview(wave),
    ]  # fmt: skip
    answers = send(*batch, actor=member)
    assert [one.state for one in answers] == [
        "stored", "invalid", "stored", "invalid", "invalid", "invalid", "stored",
    ]  # fmt: skip
    assert [one.field for one in answers][1:5] == ["place", None, "wave", "istilah"]
    assert (count(session)[0], session.scalar(select(func.count()).select_from(Response))) == (1, 2)


def test_an_enumerator_sends_interviews_but_no_activities(
    session: Session, send: Send, wave: Wave, kim: Organisation
) -> None:
    assert [one.state for one in send(record(kim), interview(wave))] == ["forbidden", "stored"]
    assert count(session) == (0, 0, 0)


def test_who_does_not_interview_sends_no_interview(world: World, send: Send, wave: Wave) -> None:
    for role in (Role.TRAINER, Role.VIEWER):
        assert [one.state for one in send(interview(wave), actor=world.actor(role))] == ["forbidden"]


def test_one_may_ask_for_the_office_and_for_the_own_organisation(world: World, send: Send) -> None:
    own, other = world.organisation(), world.organisation()
    bidang = world.organisation("bidang", parent_id=world.office().id)
    waves = [world.wave(organisation_id=one.id) for one in (own, world.office(), bidang, other)]
    enumerator = world.actor(Role.ENUMERATOR, organisation=own)
    states = [one.state for one in send(*map(interview, waves), actor=enumerator)]
    assert states == ["stored", "stored", "stored", "forbidden"]
    of_office = world.actor(Role.ENUMERATOR)
    states = [one.state for one in send(*map(interview, waves[1:]), actor=of_office)]
    assert states == ["stored", "stored", "forbidden"]  # what an OPD holds by itself is asked by its own people
    assert [one.state for one in send(interview(waves[-1]), actor=world.actor(Role.EDITOR))] == ["stored"]


def test_what_was_asked_before_the_survey_was_closed_still_arrives(
    session: Session, send: Send, wave: Wave, clock: FrozenClock
) -> None:
    wave.status, wave.closed_at = WaveStatus.CLOSED, clock.now() - timedelta(hours=1)
    session.commit()
    times = {"started_at": "2026-11-24T06:20:00+08:00", "ended_at": "2026-11-24T06:30:00+08:00"}
    before, after = send(interview(wave, **times), interview(wave))
    assert before.state == "stored"
    assert (after.state, str(after.message)) == (
        "invalid", "Survei ini sudah ditutup, jadi jawaban baru tidak diterima lagi.",
    )  # fmt: skip
    assert session.scalars(select(Response.flags)).all() == [["late"]]


@pytest.mark.parametrize("skew", [7200, 240, -7200])
def test_a_clock_that_is_off_is_corrected_and_noted(
    session: Session, send: Send, wave: Wave, clock: FrozenClock, skew: int
) -> None:
    """Asked from 06.50 to 06.55 by the office's clock; closed at 07.00."""
    wave.status, wave.closed_at = WaveStatus.CLOSED, clock.now() - timedelta(hours=1)
    session.commit()
    off = abs(skew) > 300
    by_device = {
        name: (datetime(2026, 11, 23, 22, minute, tzinfo=UTC) + timedelta(seconds=skew)).isoformat()
        for name, minute in (("started_at", 50), ("ended_at", 55))
    }
    (answer,) = send(interview(wave, **by_device), skew=skew)
    row = session.scalars(select(Response)).one()
    assert (answer.state, "clock" in answer.flags, "clock" in row.flags) == ("stored", off, off)
    assert row.ended_at == datetime(2026, 11, 23, 22, 55, tzinfo=UTC) + timedelta(seconds=0 if off else skew)
    assert "late" in row.flags


def test_a_time_that_cannot_be_read_loses_no_interview(session: Session, send: Send, wave: Wave) -> None:
    (answer,) = send(interview(wave, started_at="kemarin", ended_at="0001-01-01T00:00:00+00:00"), skew=86400)
    assert answer.state == "stored"
    assert session.scalars(select(Response.started_at)).one() is None


@pytest.mark.parametrize(
    "values",
    [
        {"answers": []},
        {"answers": {"istilah": {"a": {"b": "c"}}}},
        {"answers": {"kali": 10**400}},
        {"answers": {"p1": "a\0b"}},
        {"answers": {"sumber": ["\ud800"]}},
        {"answers": {"lihat": [[]]}},
        {"answers": {f"p{number}": "a" for number in range(2000)}},
        {"wave": ["x"]},
        {"place": None, "answers": None},
        {"language": "x" * 30},
        {"unknown": 1},
    ],
)
def test_strange_contents_are_refused_with_words(session: Session, send: Send, wave: Wave, values: Any) -> None:
    strange, good = send(interview(wave, **values), interview(wave))
    assert (strange.state, good.state) == ("invalid", "stored")
    assert strange.message is not None
    assert session.scalar(select(func.count()).select_from(Response)) == 1
