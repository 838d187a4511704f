"""Store pictures that come ahead of their record, each in a request of its own, known by the UUID that the device
made."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.media.check import Checked
from app.base.media.models import StoredFile
from app.base.media.service import keep
from app.base.media.storage import Storage
from app.gatherings.events.models import Event, EventPhoto
from app.gatherings.events.photos import add_photo, forget_file
from app.gatherings.field.models import FieldPhoto
from app.gatherings.field.shape import Record
from app.kernel.db import insert_missing, unit_of_work
from app.kernel.errors import Invalid, Refused
from app.kernel.roles import Actor
from app.kernel.text import T

KEPT = timedelta(days=30)
"""So long a picture waits for its record."""
MOST_SWEPT = 500  # in one transaction
NO_CONSENT = T(
    "Foto hanya dikirim bila orang yang tampak di dalamnya setuju. Centang persetujuannya, atau hapus fotonya."
)


def has_photo(session: Session, actor: Actor, uuid: str) -> bool:
    """Decide whether this picture is here already. Raises Refused where somebody else's has this UUID."""
    photo = session.get(FieldPhoto, uuid)
    if photo is not None and not _may_use(session, actor, photo):
        raise Refused(T("Nomor foto ini sudah dipakai foto lain. Hapus fotonya dari catatan, lalu tambahkan lagi."))
    return photo is not None


def keep_photo(
    session: Session,
    storage: Storage,
    actor: Actor,
    checked: Checked,
    *,
    uuid: str,
    record_uuid: str,
    consent: bool,
    now: datetime,
) -> None:
    """Store a checked picture; the same again is the same picture. Raises Invalid without consent, Refused."""
    if not consent:
        raise Invalid(NO_CONSENT, field="photos")
    if has_photo(session, actor, uuid):
        return
    file = keep(session, storage, actor, checked, now=now)
    row = {
        "uuid": uuid, "record_uuid": record_uuid, "user_id": actor.id, "file_id": file.id, "received_at": now,
    }  # fmt: skip
    if not insert_missing(session, FieldPhoto, [row]):
        session.delete(file)  # the same came at the same moment
        session.flush()
        has_photo(session, actor, uuid)


def missing_photos(session: Session, actor: Actor, record: Record) -> list[str]:
    """Return the UUIDs of a record's pictures that have not come yet."""
    return [uuid for uuid in record.photos if uuid not in _found(session, actor, record)]


def attach(session: Session, actor: Actor, event: Event, record: Record, *, now: datetime) -> None:
    """Attach the record's pictures to the event. They belong to who holds it, so that its people see them."""
    found = _found(session, actor, record)
    for uuid in record.photos:
        file = session.get_one(StoredFile, found[uuid])
        file.organisation_id = event.organisation_id
        add_photo(session, actor, event, file.id, consent=True, now=now)


def remove_photos(session: Session, event: Event, uuids: Sequence[str]) -> list[str]:
    """Delete pictures that a changed record no longer has.

    Gives the SHA-256 of contents to be removed from the storage once this is committed.
    """
    if not uuids:
        return []
    gone = session.scalars(select(FieldPhoto).where(FieldPhoto.uuid.in_(uuids))).all()
    files = {row.file_id for row in gone}
    event.photos = [photo for photo in event.photos if photo.file_id not in files]
    return _forget(session, gone)


def sweep(sessions: "sessionmaker[Session]", storage: Storage, *, now: datetime) -> int:
    """Delete pictures whose record never came, and return how many."""
    query = (
        select(FieldPhoto)
        .outerjoin(EventPhoto, EventPhoto.file_id == FieldPhoto.file_id)
        .where(EventPhoto.id.is_(None), FieldPhoto.received_at < now - KEPT)
        .order_by(FieldPhoto.received_at)
        .limit(MOST_SWEPT)
    )
    with unit_of_work(sessions) as session:
        orphans = session.scalars(query).all()
        gone = _forget(session, orphans)
    for sha256 in gone:
        storage.forget(sha256)
    return len(orphans)


def _forget(session: Session, rows: Sequence[FieldPhoto]) -> list[str]:
    files = [row.file_id for row in rows]
    for row in rows:
        session.delete(row)
    session.flush()
    hashes = [forget_file(session, file_id) for file_id in files]
    return [sha256 for sha256 in hashes if sha256 is not None]


def _found(session: Session, actor: Actor, record: Record) -> dict[str, int]:
    """UUID → file id of the record's pictures that are here."""
    if not record.photos:
        return {}
    rows = session.scalars(
        select(FieldPhoto).where(FieldPhoto.uuid.in_(record.photos), FieldPhoto.record_uuid == record.uuid)
    )
    return {row.uuid: row.file_id for row in rows if _may_use(session, actor, row)}


def _may_use(session: Session, actor: Actor, photo: FieldPhoto) -> bool:
    if photo.user_id == actor.id or actor.of_office:
        return True
    file = session.get(StoredFile, photo.file_id)
    return file is not None and file.organisation_id in actor.organisation_ids
