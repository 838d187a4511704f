"""Pictures of an event. They are checked and freed of EXIF by the room media before they come here."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.events.models import Event, EventPhoto
from app.kernel.errors import Invalid
from app.kernel.roles import Actor
from app.kernel.text import T

MOST_PHOTOS = 20
MOST_CAPTION = 300


def add_photo(
    session: Session, actor: Actor, event: Event, file_id: int, *, caption: str = "", consent: bool, now: datetime
) -> EventPhoto:
    """Lay a kept picture to the event; the same file again is the same picture. Raises Invalid (field photo)."""
    if not consent:
        raise Invalid(
            T(
                "Foto hanya disimpan bila orang yang tampak di dalamnya setuju. Centang persetujuannya, "
                "atau pilih foto lain."
            ),
            field="photo",
        )
    found = session.scalar(select(EventPhoto).where(EventPhoto.event_id == event.id, EventPhoto.file_id == file_id))
    if found is not None:
        return found
    if len(event.photos) >= MOST_PHOTOS:
        raise Invalid(T("Paling banyak %(n)s foto untuk satu kegiatan.", n=MOST_PHOTOS), field="photo")
    photo = EventPhoto(
        event_id=event.id, file_id=file_id, caption=" ".join(caption.split())[:MOST_CAPTION], consent_at=now,
        added_by_id=actor.id, added_at=now,
    )  # fmt: skip
    event.photos.append(photo)
    session.flush()
    return photo
