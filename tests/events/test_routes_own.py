"""The own page of a registration: what its bearer can do there, whatever became of the event."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.gatherings.events.models import Event, EventStatus
from app.gatherings.events.registration.tokens import Tokens
from app.kernel.clock import FrozenClock
from tests.world import World


@pytest.fixture
def event(world: World) -> Event:
    return world.event(status=EventStatus.ANNOUNCED, registration=True)


@pytest.mark.parametrize("state", ["registered", "cancelled", "over", "event cancelled", "not announced"])
def test_the_data_can_be_erased_from_the_own_page_at_any_time(
    app: Flask, client: FlaskClient, session: Session, world: World, clock: FrozenClock, event: Event, state: str
) -> None:
    one = world.registration(event, status="cancelled" if state == "cancelled" else "registered")
    if state == "over":
        clock.move_to(event.ends_at + timedelta(days=1))
    if state == "event cancelled":
        event.status, event.cancelled_at = EventStatus.CANCELLED, clock.now()
    if state == "not announced":
        event.status, event.announced_at = EventStatus.PLANNED, None
    session.commit()
    own = f"/agenda/ikut/{Tokens(app.config['SECRET_KEY']).registration(one)}"
    assert f'action="{own}/hapus"' in client.get(own).text
    answer = client.post(f"{own}/hapus", follow_redirects=True)
    assert answer.status_code == 200
    assert "Data Anda sudah dihapus" in answer.text
    session.expire_all()
    assert (one.name, one.phone, one.erased_at) == ("–", None, clock.now())
