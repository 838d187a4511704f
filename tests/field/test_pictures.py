"""Pictures of records that nobody shows any more are gone, from the database and from the disk."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.base.media.check import check_image
from app.base.media.models import StoredFile
from app.base.media.storage import Storage
from app.base.people.models import Organisation
from app.gatherings.events.models import Event, EventPhoto
from app.gatherings.events.photos import add_photo, remove_photo
from app.gatherings.field.intake import Answer
from app.gatherings.field.models import FieldPhoto
from app.gatherings.field.photos import KEPT, keep_photo, sweep
from app.kernel.clock import FrozenClock
from app.kernel.roles import Actor, Role
from app.worker import Clockwork
from tests.field.build import content, photo, record
from tests.media.images import flat
from tests.world import World

Send = Callable[..., Answer]


@pytest.fixture
def sent(
    session: Session, storage: Storage, member: Actor, kim: Organisation, send: Send, clock: FrozenClock
) -> dict[str, Any]:
    """A record with one picture, as it was sent; `hash` under which it is changed."""
    number = str(uuid.uuid4())
    raw = record(kim, uuid=number, photos=[photo(session, storage, member, number, clock)])
    return {**raw, "replaces": send(raw).hash}


def _left(session: Session) -> tuple[int, int, int]:
    """(pictures that came, pictures of events, files)."""
    tables = (FieldPhoto, EventPhoto, StoredFile)
    return tuple(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


@pytest.mark.usefixtures("sent")
def test_a_phones_picture_that_is_taken_off_the_event_goes_with_its_file(
    session: Session, storage: Storage, world: World, clock: FrozenClock
) -> None:
    shown = session.scalars(select(EventPhoto)).one()
    sha256 = session.get_one(StoredFile, shown.file_id).sha256
    assert remove_photo(session, world.actor(Role.EDITOR), shown.id, now=clock.now())[1] == sha256
    session.commit()
    assert _left(session) == (0, 0, 0)


def test_a_picture_that_a_changed_record_has_no_more_is_given_back_to_be_removed(
    session: Session, storage: Storage, send: Send, sent: dict[str, Any]
) -> None:
    sha256 = session.scalars(select(StoredFile.sha256)).one()
    answer = send({**sent, "content": content(told="Tanpa foto"), "photos": []})
    assert (answer.state, answer.gone) == ("stored", (sha256,))
    assert _left(session) == (0, 0, 0)


def test_a_picture_that_something_else_shows_stays(
    session: Session, send: Send, world: World, sent: dict[str, Any], clock: FrozenClock
) -> None:
    file_id = session.scalars(select(FieldPhoto.file_id)).one()
    add_photo(session, world.actor(Role.EDITOR), world.event(), file_id, consent=True, now=clock.now())
    session.commit()
    answer = send({**sent, "content": content(told="Tanpa foto"), "photos": []})
    assert (answer.state, answer.gone) == ("stored", ())
    assert (_left(session)[1:], session.get(StoredFile, file_id) is not None) == ((1, 1), True)


def test_a_picture_whose_record_never_comes_is_swept_after_its_time(
    session: Session, sessions: "sessionmaker[Session]", storage: Storage, member: Actor, clock: FrozenClock
) -> None:
    photo(session, storage, member, str(uuid.uuid4()), clock)
    sha256 = session.scalars(select(StoredFile.sha256)).one()
    session.rollback()
    clock.advance(days=KEPT.days - 1)
    assert sweep(sessions, storage, now=clock.now()) == 0
    assert storage.has(sha256)
    clock.advance(days=2)
    assert sweep(sessions, storage, now=clock.now()) == 1
    assert not storage.has(sha256)
    session.rollback()
    assert _left(session) == (0, 0, 0)
    assert sweep(sessions, storage, now=clock.now()) == 0


@pytest.mark.usefixtures("sent")
def test_what_an_event_shows_and_content_that_another_holds_are_not_swept(
    session: Session, sessions: "sessionmaker[Session]", storage: Storage, member: Actor, clock: FrozenClock
) -> None:
    photo(session, storage, member, str(uuid.uuid4()), clock)  # the same content, of a record that never comes
    sha256 = session.scalars(select(StoredFile.sha256)).first()
    session.rollback()
    clock.advance(days=KEPT.days + 1)
    assert sweep(sessions, storage, now=clock.now()) == 1
    session.rollback()
    assert _left(session) == (1, 1, 1)
    assert sha256
    assert storage.has(sha256)


def test_a_swept_picture_that_comes_again_is_kept_again(
    session: Session, sessions: "sessionmaker[Session]", storage: Storage, member: Actor, kim: Organisation,
    send: Send, clock: FrozenClock,
) -> None:  # fmt: skip
    number = str(uuid.uuid4())
    one = photo(session, storage, member, number, clock)
    clock.advance(days=KEPT.days + 1)
    session.rollback()
    sweep(sessions, storage, now=clock.now())
    late = record(kim, uuid=number, photos=[one])
    assert send(late).missing == (one,)
    again = check_image(flat(), "foto.jpg")
    keep_photo(session, storage, member, again, uuid=one, record_uuid=number, consent=True, now=clock.now())
    assert send(late).state == "stored"
    assert len(session.scalars(select(Event)).one().photos) == 1


def test_the_clockwork_sweeps(app: Flask, session: Session, member: Actor, clock: FrozenClock) -> None:
    photo(session, app.extensions["wiring"].storage, member, str(uuid.uuid4()), clock)
    session.rollback()
    clock.advance(days=KEPT.days + 1)
    Clockwork(app)._sweep()
    session.rollback()
    assert _left(session) == (0, 0, 0)
