"""What of surveys waits on the home page."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from app.desk.surveys import to_ask, waiting
from app.evidence.responses.bursts.detection import HELD
from app.evidence.responses.models import ResponseConflict, ResponseImport
from app.evidence.responses.tally import fold
from app.evidence.surveys import panels
from app.kernel.roles import Role
from tests.slots import holding
from tests.survey_sample import ANSWERS
from tests.world import World

TODAY = date(2026, 11, 24)
COUNTED: dict[int, panels.AnswerCount] = {}


@pytest.fixture(autouse=True)
def _counted() -> Iterator[None]:
    """The room of answers counts these."""
    COUNTED.clear()
    with holding(panels.ANSWERS, [lambda _session, _ids: COUNTED]):
        yield


def test_what_proposed_itself_is_past_its_end_or_behind_waits_for_its_planners(session: Session, world: World) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    proposed = world.wave(status="draft", proposed_at=now, ends_on=date(2026, 12, 30))
    over = world.wave(starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 23))
    behind = world.wave(starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 30), target=400)
    world.wave(starts_on=date(2026, 11, 23), ends_on=date(2026, 12, 30), target=400)  # has only begun
    world.wave(status="draft", starts_on=date(2026, 11, 25))  # somebody is at it
    world.wave(status="closed", ends_on=date(2026, 11, 21))
    found = waiting(session, world.actor(Role.EDITOR), TODAY)
    assert [(row.id, row.why) for row in found.rows] == [
        (over.id, "over"), (behind.id, "behind"), (proposed.id, "proposed"),
    ]  # fmt: skip
    assert found.total == 3
    assert found.rows[1].answers == 0


def test_a_survey_that_keeps_up_does_not_wait(session: Session, world: World) -> None:
    wave = world.wave(starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 30), target=2)
    assert waiting(session, world.actor(Role.EDITOR), TODAY).total == 1
    COUNTED[wave.id] = panels.AnswerCount(0, 1)  # over the link: not the sample
    assert waiting(session, world.actor(Role.EDITOR), TODAY).total == 1
    COUNTED[wave.id] = panels.AnswerCount(1, 0)
    assert waiting(session, world.actor(Role.EDITOR), TODAY).total == 0


def test_who_plans_no_surveys_or_for_another_organisation_sees_none(session: Session, world: World) -> None:
    world.wave(starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 23))
    assert not waiting(session, world.actor(Role.VIEWER), TODAY)
    assert not waiting(session, world.actor(Role.CONTRIBUTOR, organisation=world.organisation()), TODAY)


def test_a_survey_whose_first_day_has_come_waits_to_be_opened_or_for_its_places(session: Session, world: World) -> None:
    unopened = world.wave(status="draft", starts_on=TODAY, ends_on=date(2026, 12, 1))
    nowhere = world.wave(status="draft", method="list", starts_on=TODAY, ends_on=date(2026, 12, 2))
    world.wave(status="draft", starts_on=TODAY, simulated=True)
    found = waiting(session, world.actor(Role.EDITOR), TODAY)
    assert [(row.id, row.why) for row in found.rows] == [(unopened.id, "unopened"), (nowhere.id, "no_places")]


def test_what_of_the_answers_waits_stands_there_with_how_many(session: Session, world: World) -> None:
    wave = world.wave()
    one = world.response(wave)
    one.held, one.set_aside = True, HELD
    for mode in ("link", "paper"):
        first = world.response(wave, mode=mode, answers={**ANSWERS, "p1": "bank sampah"})
        session.add(
            ResponseConflict(uuid=first.uuid, wave_id=wave.id, mode=mode, content_hash="x", payload={},
                             received_at=first.received_at)
        )  # fmt: skip
    now = datetime(2026, 11, 20, tzinfo=UTC)
    session.add(ResponseImport(wave_id=wave.id, file_name="a.csv", path="", status="checked", created_at=now))
    session.add(ResponseImport(wave_id=wave.id, file_name="b.csv", path="", status="done", created_at=now))
    fold(session, wave)
    session.commit()
    found = waiting(session, world.actor(Role.EDITOR), TODAY)
    assert [(row.why, row.amount) for row in found.rows] == [
        ("held", 1), ("conflicts", 1), ("sheets", 1), ("files", 1), ("texts", 2),
    ]  # fmt: skip


def test_who_asks_people_sees_the_surveys_that_run_and_no_others(session: Session, world: World) -> None:
    wave = world.wave()
    world.wave(modes=["link"])
    world.wave(status="draft")
    world.wave(simulated=True)
    world.wave(organisation_id=world.organisation().id)
    asker = world.actor(Role.ENUMERATOR, organisation=world.organisation())
    assert [one.id for one in to_ask(session, asker, TODAY).rows] == [wave.id]
    assert not to_ask(session, world.actor(Role.VIEWER), TODAY)
