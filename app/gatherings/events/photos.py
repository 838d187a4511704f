"""Pictures of an event. They are checked and freed of EXIF by the room media before they come here."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.base.media.check import Checked
from app.base.media.models import StoredFile
from app.base.media.service import keep
from app.base.media.storage import Storage
from app.gatherings.events.access import to_manage, visible_to
from app.gatherings.events.models import Event, EventPhoto, EventStatus
from app.kernel import audit
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.roles import Actor
from app.kernel.text import T

MOST_PHOTOS = 20
MOST_CAPTION = 300
VERIFIED = T("Laporan kegiatan ini sudah diperiksa, jadi fotonya tidak diubah lagi.")
AGREE = T(
    "Foto hanya disimpan bila orang yang tampak di dalamnya setuju. Centang persetujuannya, atau pilih foto lain."
)


def add_photo(
    session: Session, actor: Actor, event: Event, file_id: int, *, caption: str = "", consent: bool, now: datetime
) -> EventPhoto:
    """Add a stored picture to the event; the same file again is the same picture. Raises Invalid (field photo)."""
    if not consent:
        raise Invalid(AGREE, field="photo")
    found = session.scalar(select(EventPhoto).where(EventPhoto.event_id == event.id, EventPhoto.file_id == file_id))
    if found is not None:
        return found
    if len(event.photos) >= MOST_PHOTOS:
        raise too_many_photos()
    photo = EventPhoto(
        event_id=event.id, file_id=file_id, caption=" ".join(caption.split())[:MOST_CAPTION], consent_at=now,
        added_by_id=actor.id, added_at=now,
    )  # fmt: skip
    event.photos.append(photo)
    session.flush()
    return photo


def add_photos(
    session: Session,
    storage: Storage,
    actor: Actor,
    event_id: int,
    pictures: Sequence[Checked],
    *,
    caption: str = "",
    consent: bool,
    now: datetime,
) -> tuple[list[EventPhoto], int]:
    """Add pictures that were checked before, and return those added and how many found no room.

    A picture that is there already (a second click) is not added again. Raises Invalid, NotFound, Forbidden, Refused.
    """
    if not consent:
        raise Invalid(AGREE, field="consent")
    event = to_manage(session, actor, event_id, lock=True)
    check_not_verified(event)
    new, room = _not_there(session, storage, event, pictures), max(0, MOST_PHOTOS - len(event.photos))
    added = list[EventPhoto]()
    for picture in new[:room]:
        file = keep(session, storage, actor, picture, now=now, organisation_id=event.organisation_id)
        added.append(add_photo(session, actor, event, file.id, caption=caption, consent=consent, now=now))
    if added:
        audit.record(session, actor, "event.photos_added", event, now=now, after={"photos": len(added)})
    return added, len(new[room:])


def _not_there(session: Session, storage: Storage, event: Event, pictures: Sequence[Checked]) -> list[Checked]:
    """Those that the event does not show yet, each once."""
    shown = select(StoredFile.sha256).join(EventPhoto, EventPhoto.file_id == StoredFile.id)
    there = set(session.scalars(shown.where(EventPhoto.event_id == event.id)))
    new: dict[str, Checked] = {}
    for picture in pictures:
        new.setdefault(storage.put(picture.data), picture)
    return [picture for sha256, picture in new.items() if sha256 not in there]


def photo_of(session: Session, actor: Actor, photo_id: int) -> EventPhoto:
    """Return the picture. Raises NotFound for whoever may not see the event."""
    photo = session.scalar(
        select(EventPhoto)
        .join(Event, Event.id == EventPhoto.event_id)
        .where(EventPhoto.id == photo_id, visible_to(actor))
    )
    if photo is None:
        raise NotFound(T("Foto ini tidak ada, atau kegiatannya bukan milik organisasi Anda."))
    return photo


def remove_photo(session: Session, actor: Actor, photo_id: int, *, now: datetime) -> tuple[int, str | None]:
    """Take a picture away, and its file with it unless something else shows it.

    Gives the event's id and, where no record holds its content any more, the SHA-256 to be removed from the storage
    once this is committed. Raises NotFound, Forbidden, Refused once the report was verified.
    """
    photo = photo_of(session, actor, photo_id)
    event = to_manage(session, actor, photo.event_id, lock=True)
    check_not_verified(event)
    file_id = photo.file_id
    event.photos.remove(photo)
    session.flush()
    audit.record(session, actor, "event.photo_removed", event, now=now, before={"photo": photo_id})
    return event.id, forget_file(session, file_id)


def forget_file(session: Session, file_id: int) -> str | None:
    """Delete the file unless something shows it, and return the SHA-256 of content that no record holds any more."""
    file = session.get_one(StoredFile, file_id)
    sha256 = file.sha256
    try:
        with session.begin_nested():
            session.execute(
                delete(StoredFile).where(StoredFile.id == file_id), execution_options={"synchronize_session": False}
            )
    except IntegrityError:
        return None  # another event, a proof or a post shows it
    session.expunge(file)
    held = session.scalar(select(StoredFile.id).where(StoredFile.sha256 == sha256).limit(1))
    return sha256 if held is None else None


def check_not_verified(event: Event) -> None:
    if event.status == EventStatus.VERIFIED:
        raise Refused(VERIFIED)


def too_many_photos() -> Invalid:
    return Invalid(T("Paling banyak %(n)s foto untuk satu kegiatan.", n=MOST_PHOTOS), field="photo")
