"""Store records of activities as they came, compare them with how their report stands now, and let who saw both change
it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.gatherings.events.access import may_plan_for
from app.gatherings.events.models import EventPhoto
from app.gatherings.field import activity, photos
from app.gatherings.field.arrival import Arrival
from app.gatherings.field.current_content import current_content
from app.gatherings.field.intake import NO_RECORDER, Answer
from app.gatherings.field.models import FieldRecord
from app.gatherings.field.office_state import CurrentContent, OfficeState, office_state, remember_office_state
from app.gatherings.field.shape import Content, Record, read_envelope
from app.gatherings.reports.models import Report
from app.gatherings.reports.service import new_receipt
from app.kernel.db import insert_missing
from app.kernel.errors import Forbidden, Invalid
from app.kernel.roles import Actor, Can
from app.kernel.text import T

SENDER_FLAGS = ("future", "clock")  # flags for the verifier that the writer hears of too


@dataclass(frozen=True)
class RecordKind:
    """How records of a kind are read, stored, changed, shown as they stand, and told apart."""

    name: str
    read: Callable[[object], Content]
    store: Callable[[Session, Actor, Record, Arrival, str], Report]
    change: Callable[[Session, Actor, Record, int, Content, Arrival], Report]
    current: CurrentContent
    summary: Callable[[Session, Content], Content]
    closed: Callable[[Session, int | None], T | None]

    def take(self, session: Session, actor: Actor, raw: object, arrival: Arrival) -> Answer:
        """Store the record, or answer what became of one with its number. Raises Forbidden, NotFound, Invalid."""
        if not actor.can(Can.RECORD_IN_FIELD):
            raise Forbidden(NO_RECORDER)
        return _settle(session, actor, read_envelope(raw, {self.name: self.read}), arrival)


ACTIVITY = RecordKind(
    "activity", activity.read, activity.store, activity.change, current_content, activity.summary, activity.refusal
)
KINDS = {kind.name: kind for kind in (ACTIVITY,)}


def _settle(session: Session, actor: Actor, record: Record, arrival: Arrival) -> Answer:
    row = _row(session, record)
    if row is None:
        _check_group(session, actor, record)
        missing = photos.missing_photos(session, actor, record)
        if missing:
            return Answer(record.uuid, "wait", missing=tuple(missing), message=T("Fotonya belum sampai semua."))
        receipt = new_receipt()
        if insert_missing(session, FieldRecord, [_values(actor, record, arrival, receipt)]):
            return _store(session, actor, record, arrival, receipt)
        row = _row(session, record)
    if row is None:  # the other one that was faster took it back
        return Answer(record.uuid, "wait", message=T("Catatan ini sedang diterima. Kirim lagi sebentar."))
    return _compare(session, actor, row, record, arrival)


def _row(session: Session, record: Record) -> FieldRecord | None:
    return session.scalar(
        select(FieldRecord).where(FieldRecord.uuid == record.uuid).with_for_update(),
        execution_options={"populate_existing": True},
    )


def _check_group(session: Session, actor: Actor, record: Record) -> None:
    if not may_plan_for(actor, record.organisation_id):
        raise Forbidden(T("Catatan ini untuk kelompok lain. Anda hanya bisa mencatat untuk kelompok Anda sendiri."))
    if session.get(Organisation, record.organisation_id) is None:
        raise Invalid(T("Kelompok ini tidak ada. Pilih kelompoknya lagi."), field="organisation_id")


def _values(actor: Actor, record: Record, arrival: Arrival, receipt: str) -> Content:
    return {
        "uuid": record.uuid,
        "kind": record.kind,
        "user_id": actor.id,
        "organisation_id": record.organisation_id,
        "content_hash": record.hash,
        "payload": record.payload,
        "receipt": receipt,
        "device_at": record.saved_at,
        "received_at": arrival.now,
    }


def _store(session: Session, actor: Actor, record: Record, arrival: Arrival, receipt: str) -> Answer:
    kind = KINDS[record.kind]
    report = kind.store(session, actor, record, arrival, receipt)
    photos.attach(session, actor, report.event, record, now=arrival.now)
    row = session.get_one(FieldRecord, record.uuid)
    row.subject_id, row.receipt = report.event_id, report.receipt
    session.flush()
    remember_office_state(session, row, kind.current, arrival.tz)
    session.flush()
    return _taken(row, "stored", record.hash, report)


def _taken(row: FieldRecord, state: str, content_hash: str, report: Report | None) -> Answer:
    flags = report.flags if report is not None else []
    return Answer(
        row.uuid, state, receipt=row.receipt, event_id=row.subject_id, hash=content_hash,
        twins=sum(flag.startswith("twin:") for flag in flags),
        flags=tuple(flag for flag in SENDER_FLAGS if flag in flags),
    )  # fmt: skip


def _compare(session: Session, actor: Actor, row: FieldRecord, record: Record, arrival: Arrival) -> Answer:
    if not (row.user_id == actor.id or actor.of_office or row.organisation_id in actor.organisation_ids):
        return Answer(
            record.uuid, "conflict", choices=("new",),
            message=T("Nomor catatan ini sudah dipakai catatan orang lain, jadi belum terkirim."),
        )  # fmt: skip
    came_before = row.content_hash == record.hash
    if came_before and record.replaces is None:
        return _known(session, row, record)
    stands = office_state(session, row, KINDS[row.kind].current, arrival.tz)
    may_replace = record.replaces == stands.hash and row.kind == record.kind
    if record.hash == stands.hash or (came_before and not may_replace):
        return _known(session, row, record)
    closed = KINDS[row.kind].closed(session, row.subject_id)
    if may_replace and not closed and row.subject_id is not None:
        return _replace(session, actor, row, row.subject_id, record, arrival)
    return _conflict(session, row, stands, closed)


def _known(session: Session, row: FieldRecord, record: Record) -> Answer:
    row.repeats = FieldRecord.repeats + 1  # counted by the database
    session.flush()
    session.refresh(row)
    return _taken(row, "known", record.hash, session.get(Report, row.subject_id) if row.subject_id else None)


def _conflict(session: Session, row: FieldRecord, stands: OfficeState, closed: T | None) -> Answer:
    pictures = select(func.count(EventPhoto.id)).where(EventPhoto.event_id == row.subject_id)
    message = T("Catatan ini sudah pernah terkirim dengan isi yang berbeda. Pilih isi yang dipakai.")
    if stands.changed:
        message = T("Laporannya sudah diubah orang lain sesudah catatan ini terkirim. Pilih isi yang dipakai.")
    return Answer(
        row.uuid, "conflict", receipt=row.receipt, event_id=row.subject_id, hash=stands.hash,
        theirs={
            **KINDS[row.kind].summary(session, stands.content),
            "photos": session.scalar(pictures) or 0,
            "pictures": row.payload["photos"],
            "content": stands.content,
        },
        choices=("theirs",) if closed else ("theirs", "mine"), message=closed or message,
    )  # fmt: skip


def _replace(
    session: Session, actor: Actor, row: FieldRecord, subject_id: int, record: Record, arrival: Arrival
) -> Answer:
    """The person has seen what stands and chose this one."""
    if record.organisation_id != row.organisation_id:
        raise Invalid(T("Kelompok dari catatan yang sudah terkirim tidak bisa diganti."), field="organisation_id")
    before = row.payload
    # what came before and is no longer there was taken away by somebody: it neither lacks nor comes back
    fresh = replace(record, photos=tuple(uuid for uuid in record.photos if uuid not in before["photos"]))
    missing = photos.missing_photos(session, actor, fresh)
    if missing:
        return Answer(record.uuid, "wait", missing=tuple(missing), message=T("Fotonya belum sampai semua."))
    kind = KINDS[row.kind]
    report = kind.change(session, actor, record, subject_id, before["content"], arrival)
    gone = photos.remove_photos(session, report.event, [uuid for uuid in before["photos"] if uuid not in record.photos])
    photos.attach(session, actor, report.event, fresh, now=arrival.now)
    row.content_hash, row.payload, row.device_at = record.hash, record.payload, record.saved_at
    session.flush()
    remember_office_state(session, row, kind.current, arrival.tz)
    session.flush()
    return replace(_taken(row, "stored", record.hash, report), gone=tuple(gone))
