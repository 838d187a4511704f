"""One script cannot stuff a survey, and a village behind one address answers as before."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.evidence.responses.bursts.holding import gather
from app.evidence.responses.models import Response, ResponseBurst
from app.evidence.responses.public.links import new_keys
from app.evidence.responses.tally import counts, fold_all
from app.evidence.surveys.models import Wave
from app.kernel.clock import FrozenClock
from app.kernel.limits import LimitCount
from app.kernel.roles import Role
from config import Settings
from tests.access.test_routes_sign_in import sign_in
from tests.pages import is_empty
from tests.responses.test_routes_public import hand_in, sheet, stored
from tests.world import VILLAGE, World

ATTACK = 150


def stuff(app: Flask, wave: Wave, count: int = ATTACK) -> list[int]:
    """As a script does it: every answer with cookies of its own, or with none."""
    found = []
    for number in range(count):
        client = app.test_client()
        if number % 2:
            client.get(f"/s/{wave.code}")
        found.append(hand_in(client, wave, sheet()).status_code)
    return found


def people(session: Session, wave: Wave) -> int:
    session.rollback()
    return int(counts(session, wave).people.sum())


def test_a_script_is_thanked_and_counted_nowhere(
    app: Flask, world: World, session: Session, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    wave = world.wave()
    assert set(stuff(app, wave)) == {200}
    fold_all(sessions)  # what came before the burst was seen is counted already
    assert gather(sessions, now=clock.now()) > 0
    fold_all(sessions)
    assert len(stored(session)) == ATTACK
    assert people(session, wave) == 0
    assert {row.held for row in stored(session)} == {True}
    assert len(session.scalars(select(ResponseBurst)).all()) == 1


def test_the_answer_to_a_held_one_is_the_answer_to_any(client: FlaskClient, app: Flask, world: World) -> None:
    wave = world.wave()
    first = hand_in(client, wave, sheet()).json
    stuff(app, wave, 60)
    last = hand_in(client, wave, sheet()).json
    assert first is not None
    assert last is not None
    assert first.keys() == last.keys()
    assert last["state"] == "stored"


def test_a_village_behind_one_address_is_counted(
    app: Flask, world: World, session: Session, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    wave = world.wave()
    for number in range(60):
        client = app.test_client()
        client.get(f"/s/{wave.code}")
        assert hand_in(client, wave, sheet(sex="fm"[number % 2])).status_code == 200
        clock.advance(seconds=30)
    gather(sessions, now=clock.now())
    assert people(session, wave) == 60
    assert session.scalars(select(ResponseBurst)).all() == []


def test_an_event_in_the_village_raises_its_limit(app: Flask, world: World, session: Session) -> None:
    wave = world.wave()
    world.event(status="announced", village_code=VILLAGE, starts_in=-timedelta(hours=1), hours=3)
    stuff(app, wave, 60)
    assert people(session, wave) == 60


def test_one_browser_and_one_personal_link_are_held_before_an_address_is(
    client: FlaskClient, app: Flask, world: World, session: Session, settings: Settings
) -> None:
    wave = world.wave()
    client.get(f"/s/{wave.code}")
    for _ in range(15):
        hand_in(client, wave, sheet())
    (key,) = new_keys(settings.secret_key, wave, 1)
    for _ in range(6):
        hand_in(app.test_client(), wave, sheet(key=key))
    session.rollback()
    assert {burst.kind for burst in session.scalars(select(ResponseBurst))} == {"device", "link"}


def test_the_same_answer_sent_again_and_again_over_a_bad_line_is_one(
    client: FlaskClient, world: World, session: Session
) -> None:
    wave, one = world.wave(), sheet()
    client.get(f"/s/{wave.code}")
    for _ in range(40):
        assert hand_in(client, wave, one).status_code == 200
    assert [row.held for row in stored(session)] == [False]


def test_no_address_is_stored(app: Flask, world: World, session: Session) -> None:
    wave = world.wave()
    stuff(app, wave, 40)
    kept = [row.origin_mark for row in stored(session)] + list(session.scalars(select(LimitCount.key)))
    assert all(re.fullmatch(r"[0-9a-f]{32}", mark or "") for mark in kept)
    other = world.wave()
    hand_in(app.test_client(), other, sheet())
    marks = session.scalars(select(Response.origin_mark).where(Response.wave_id == other.id)).all()
    assert set(marks).isdisjoint(kept), "nobody is followed from one survey to another"


@pytest.fixture
def keeper(client: FlaskClient, world: World) -> FlaskClient:
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti")
    return client


def test_who_keeps_the_survey_reviews_a_burst_and_may_undo_it(
    app: Flask, keeper: FlaskClient, world: World, session: Session, sessions: "sessionmaker[Session]",
    clock: FrozenClock,
) -> None:  # fmt: skip
    wave = world.wave()
    stuff(app, wave, 50)
    gather(sessions, now=clock.now())
    page = keeper.get(f"/survei/{wave.id}/jawaban/ditahan").text
    for words in ("50 jawaban", "satu alamat internet", "sama persis"):
        assert words in page
    (burst,) = session.scalars(select(ResponseBurst)).all()
    path = f"/survei/{wave.id}/jawaban/ditahan/{burst.id}"
    assert people(session, wave) == 0

    assert keeper.post(path, data={"decision": "accept"}).status_code == 303
    fold_all(sessions)
    assert people(session, wave) == 50
    assert gather(sessions, now=clock.now()) == 0

    assert keeper.post(path, data={"decision": "undo"}).status_code == 303
    assert people(session, wave) == 0
    assert session.scalar(select(func.count()).where(Response.held)) == 50

    keeper.post(path, data={"decision": "discard"})
    assert people(session, wave) == 0
    assert session.scalar(select(func.count()).where(Response.held)) == 0
    answers = keeper.get(f"/survei/{wave.id}/jawaban?keadaan=dikesampingkan").text
    assert "Dikesampingkan" in answers
    keeper.post(path, data={"decision": "undo"})
    session.rollback()
    assert session.scalar(select(func.count()).where(Response.held)) == 50
    assert keeper.post(path, data={"decision": "other"}).status_code == 400


def test_results_and_the_page_of_the_survey_say_how_many_are_held(
    app: Flask, keeper: FlaskClient, world: World, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    wave, quiet = world.wave(), world.wave()
    for _ in range(10):
        world.response(wave)
    stuff(app, wave, 40)
    gather(sessions, now=clock.now())
    assert "40 jawaban ditahan" in keeper.get(f"/survei/{wave.id}").text
    results = keeper.get(f"/survei/{wave.id}/hasil").text
    assert re.search(r"Ditahan[^<]*</dt><dd>[^<]*(<[^>]+>)*\s*40", results)
    assert is_empty(keeper.get(f"/survei/{quiet.id}/jawaban/ditahan").text)


def test_one_of_a_burst_may_be_counted_or_set_aside_alone(
    app: Flask, keeper: FlaskClient, world: World, session: Session
) -> None:
    wave = world.wave()
    stuff(app, wave, 40)
    held = [row.uuid for row in stored(session) if row.held]
    page = keeper.get(f"/survei/{wave.id}/jawaban/{held[0]}").text
    assert "Ditahan" in page
    keeper.post(f"/survei/{wave.id}/jawaban/{held[0]}/hitung-lagi")
    keeper.post(f"/survei/{wave.id}/jawaban/{held[1]}/kesampingkan", data={"reason": "buatan"})
    states = {row.uuid: (row.held, row.set_aside) for row in stored(session)}
    assert states[held[0]] == (False, None)
    assert states[held[1]] == (False, "buatan")
