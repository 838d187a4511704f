"""Sessions of a training are reported by their batch: they ask for no report of an activity."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk.gatherings import unreported
from app.gatherings.events.models import Event, EventStatus
from app.gatherings.reports.queries import count_states, reports, unreported_events
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.learning.training.models import Batch
from tests.pages import sign_in
from tests.world import World


@pytest.fixture
def over(session: Session, world: World, clock: FrozenClock) -> tuple[Event, Event]:
    """A session and another activity, both past."""
    taught, other = world.batch(sessions=1).sessions[0].event, world.event(status=EventStatus.ANNOUNCED)
    session.commit()
    clock.advance(days=10)
    return taught, other


@pytest.mark.parametrize("status", [EventStatus.ANNOUNCED, EventStatus.HELD])
def test_no_page_count_or_reminder_asks_for_it(
    session: Session, world: World, clock: FrozenClock, over: tuple[Event, Event], status: EventStatus
) -> None:
    taught, other = over
    taught.status = status
    session.commit()
    editor, now = world.actor(Role.EDITOR), clock.now()
    assert [row.id for row in unreported(session, editor, now).rows] == [other.id]
    assert [one.id for one in session.scalars(unreported_events(editor, now))] == [other.id]
    assert count_states(session, editor, now)["belum"] == 1
    for state in ("belum", ""):
        assert [row.Event.id for row in session.execute(reports(editor, state=state, now=now))] == [other.id]


def test_one_that_was_written_is_read_and_checked(
    session: Session, world: World, clock: FrozenClock, over: tuple[Event, Event]
) -> None:
    taught, _other = over
    taught.status = EventStatus.REPORTED
    world.report(taught)
    session.commit()
    found = session.execute(reports(world.actor(Role.EDITOR), state="menunggu", now=clock.now())).all()
    assert [row.Event.id for row in found] == [taught.id]


def test_the_page_of_a_session_offers_the_list_of_who_came(
    client: FlaskClient, world: World, over: tuple[Event, Event]
) -> None:
    taught, other = over
    sign_in(client, world.user(Role.EDITOR))
    page = client.get(f"/kegiatan/{taught.id}").text
    assert "Catat hadir" in page
    assert "Buat laporan" not in page
    assert "dilaporkan lewat angkatannya" in page
    assert "Buat laporan" in client.get(f"/kegiatan/{other.id}").text


def test_nor_does_the_list_of_sessions(client: FlaskClient, world: World, over: tuple[Event, Event]) -> None:
    taught, _other = over
    sign_in(client, world.user(Role.EDITOR))
    batch = world.session.scalars(select(Batch)).one()
    page = client.get(f"/pelatihan/{batch.id}/pertemuan").text
    assert "Sudah lewat" in page
    taught.status = EventStatus.HELD
    world.session.commit()
    page += client.get(f"/pelatihan/{batch.id}/pertemuan").text
    assert "belum dilaporkan" not in page
