"""Pictures of an event: with consent, without EXIF, at most twenty, gone when they are removed."""

import io

import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.media.check import Checked, check_image
from app.base.media.models import StoredFile
from app.base.media.storage import Storage
from app.gatherings.events import photos
from app.gatherings.events.models import Event, EventPhoto, EventStatus
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import Actor, Role
from config import Settings
from tests.media.images import GPS, flat, phone_photo
from tests.world import World


@pytest.fixture
def storage(settings: Settings) -> Storage:
    return Storage(settings.media_dir)


@pytest.fixture
def event(world: World) -> Event:
    return world.event()


@pytest.fixture
def staff(world: World) -> Actor:
    return world.actor(Role.EDITOR)


def picture(width: int = 60) -> Checked:
    return check_image(flat(size=(width, 40)), "foto.jpg")


def test_the_place_and_the_phone_are_not_in_what_is_kept(
    session: Session, storage: Storage, event: Event, staff: Actor, clock: FrozenClock
) -> None:
    taken = phone_photo()
    assert Image.open(io.BytesIO(taken)).getexif().get_ifd(GPS), "the phone wrote where it was"
    [photo], _left = photos.add_photos(
        session, storage, staff, event.id, [check_image(taken, "panen.jpg")], consent=True, now=clock.now()
    )
    kept = storage.read(session.get_one(StoredFile, photo.file_id))
    assert not Image.open(io.BytesIO(kept)).getexif()
    assert b"Ponsel Rahasia" not in kept


def test_without_consent_nothing_is_kept(
    session: Session, storage: Storage, event: Event, staff: Actor, clock: FrozenClock
) -> None:
    with pytest.raises(Invalid) as caught:
        photos.add_photos(session, storage, staff, event.id, [picture()], consent=False, now=clock.now())
    assert caught.value.field == "consent"
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_the_same_picture_again_is_one_and_the_twenty_first_finds_no_room(
    session: Session, storage: Storage, event: Event, staff: Actor, clock: FrozenClock
) -> None:
    def add(*pictures: Checked) -> tuple[int, int]:
        added, left = photos.add_photos(
            session, storage, staff, event.id, pictures, caption=" Ramai  sekali ", consent=True, now=clock.now()
        )
        return len(added), left

    assert add(picture(), picture()) == (1, 0)
    assert add(picture()) == (0, 0)
    assert event.photos[0].caption == "Ramai sekali"
    assert add(*(picture(100 + number) for number in range(21))) == (19, 2)
    assert len(event.photos) == photos.MOST_PHOTOS


def test_who_may_not_see_the_event_sees_no_photo_and_who_only_reads_adds_none(
    session: Session, storage: Storage, world: World, clock: FrozenClock
) -> None:
    kim = world.kim()
    event = world.event(organisation_id=kim.id)
    member, stranger = (world.actor(Role.COMMUNITY, organisation=group) for group in (kim, world.kim()))
    [photo], _left = photos.add_photos(
        session, storage, member, event.id, [picture()], consent=True, now=clock.now()
    )  # fmt: skip
    assert photos.photo_of(session, world.actor(Role.VIEWER), photo.id) == photo
    for forbidden in (
        lambda: photos.photo_of(session, stranger, photo.id),
        lambda: photos.remove_photo(session, stranger, photo.id, now=clock.now()),
        lambda: photos.add_photos(session, storage, stranger, event.id, [picture()], consent=True, now=clock.now()),
    ):
        with pytest.raises(NotFound):
            forbidden()
    reader = world.actor(Role.VIEWER)
    with pytest.raises(Forbidden):
        photos.remove_photo(session, reader, photo.id, now=clock.now())


def test_a_removed_photo_takes_its_file_along(
    session: Session, storage: Storage, event: Event, staff: Actor, clock: FrozenClock
) -> None:
    [photo], _left = photos.add_photos(
        session, storage, staff, event.id, [picture()], consent=True, now=clock.now()
    )  # fmt: skip
    file = session.get_one(StoredFile, photo.file_id)
    sha256 = file.sha256
    storage.keep_derived(file, "klein", b"x")
    session.commit()
    assert photos.remove_photo(session, staff, photo.id, now=clock.now()) == (event.id, sha256)
    session.commit()
    assert session.scalar(select(func.count()).select_from(EventPhoto)) == 0
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 0
    storage.forget(sha256)
    assert not storage.has(sha256)
    assert storage.derived(sha256, "klein") is None
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["event.photos_added", "event.photo_removed"]


def test_a_file_that_something_else_shows_stays(
    session: Session, storage: Storage, world: World, event: Event, staff: Actor, clock: FrozenClock
) -> None:
    other = world.event()
    [photo], _left = photos.add_photos(
        session, storage, staff, event.id, [picture()], consent=True, now=clock.now()
    )  # fmt: skip
    photos.add_photo(session, staff, other, photo.file_id, consent=True, now=clock.now())
    session.commit()
    assert photos.remove_photo(session, staff, photo.id, now=clock.now()) == (event.id, None)
    session.commit()
    assert len(session.scalars(select(EventPhoto)).all()) == 1
    assert session.get(StoredFile, photo.file_id) is not None


def test_content_that_another_file_holds_stays_in_the_storage(
    session: Session, storage: Storage, world: World, event: Event, staff: Actor, clock: FrozenClock
) -> None:
    for one in (event, world.event()):
        [photo], _left = photos.add_photos(
            session, storage, staff, one.id, [picture()], consent=True, now=clock.now()
        )  # fmt: skip
    session.commit()
    assert photos.remove_photo(session, staff, photo.id, now=clock.now())[1] is None


def test_the_photos_of_a_verified_record_stay_as_they_are(
    session: Session, storage: Storage, event: Event, staff: Actor, clock: FrozenClock
) -> None:
    [photo], _left = photos.add_photos(session, storage, staff, event.id, [picture()], consent=True, now=clock.now())
    event.status = EventStatus.VERIFIED
    session.commit()
    with pytest.raises(Refused):
        photos.add_photos(session, storage, staff, event.id, [picture(99)], consent=True, now=clock.now())
    with pytest.raises(Refused):
        photos.remove_photo(session, staff, photo.id, now=clock.now())
    assert session.scalar(select(func.count()).select_from(EventPhoto)) == 1
