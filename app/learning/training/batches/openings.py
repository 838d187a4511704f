"""List what keeps a batch from being opened, as sentences that say what to do, and where it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from app.gatherings.events.models import Event, EventStatus
from app.kernel.text import T
from app.learning.programmes.models import Programme
from app.learning.programmes.queries import active_modules
from app.learning.training.batches.plans import open_marks, today_of
from app.learning.training.models import Admission, Batch
from app.learning.training.sessions.meetings import events_of

SHOWN = 5


class Page(StrEnum):
    """Where something is completed."""

    BATCH = "batch"
    SESSIONS = "sessions"
    EVENT = "event"
    TIME = "time"  # of an event
    PROGRAMME = "programme"
    ARCHIVED = "archived"  # the page of a programme that is not taught any more
    MODULE = "module"


@dataclass(frozen=True)
class MissingPart:
    """What keeps a batch from being opened. `number`: of the record whose page it is; `field`: which of its fields, ""
    for the whole page."""

    sentence: T
    page: Page
    number: int
    field: str = ""


Marked = list[tuple[str, MissingPart]]
"""What was left to be filled in, as it stands there, and where."""


def list_missing(session: Session, batch: Batch, now: datetime) -> list[MissingPart]:
    """List what keeps a batch from being opened; nothing where it can be opened."""
    events = events_of(session, batch)
    trainers = MissingPart(T("Belum ada pelatihnya. Tambahkan lewat “Ubah”."), Page.BATCH, batch.id, "trainers")
    return [
        *_of_days(session, batch, events, now),
        *_of_sessions(batch, events, now),
        *([] if batch.trainers else [trainers]),
        *_of_words(session, batch, events),
    ]


def _of_days(session: Session, batch: Batch, events: Sequence[Event], now: datetime) -> list[MissingPart]:
    found = []
    if batch.ends_on < today_of(session, now) and not _taught(events):
        found.append(MissingPart(T("Hari terakhirnya sudah lewat. Ubah tanggalnya."), Page.BATCH, batch.id, "ends_on"))
    closed = batch.register_until is not None and batch.register_until <= now
    if closed and batch.admission != Admission.NOMINATION:
        sentence = T("Batas pendaftarannya sudah lewat. Ubah atau kosongkan.")
        found.append(MissingPart(sentence, Page.BATCH, batch.id, "register_until"))
    return found


def _taught(events: Sequence[Event]) -> bool:
    """Whether it is recorded after the fact: all its sessions took place."""
    return bool(events) and all(one.status not in (EventStatus.PLANNED, EventStatus.ANNOUNCED) for one in events)


def _of_sessions(batch: Batch, events: Sequence[Event], now: datetime) -> list[MissingPart]:
    if not events:
        return [MissingPart(T("Belum ada pertemuan. Susun jadwalnya di halaman Pertemuan."), Page.SESSIONS, batch.id)]
    past = [one for one in events if one.status == EventStatus.PLANNED and one.ends_at <= now]
    return [MissingPart(_past(one), Page.TIME, one.id) for one in past[:SHOWN]]


def _past(event: Event) -> T:
    return T("Waktu pertemuan “%(title)s” sudah lewat. Pindahkan, batalkan, atau tandai terlaksana.", title=event.title)


def _of_words(session: Session, batch: Batch, events: Sequence[Event]) -> list[MissingPart]:
    """What was left to be filled in, and a programme that is not taught any more."""
    programme = batch.programme
    found = []
    if programme.archived_at is not None:
        sentence = T("Programnya sudah diarsipkan. Pakai lagi programnya, atau pilih yang lain.")
        found.append(MissingPart(sentence, Page.ARCHIVED, programme.id))
    of_programme, of_batch = _of_programme(session, programme), _of_batch(batch)
    said = {mark for mark, _lack in (*of_programme, *of_batch)}
    of_events = [
        each
        for one in events
        if one.status == EventStatus.PLANNED
        for each in _of_event(one)
        if each[0] not in said
    ]  # fmt: skip
    for lacks in (of_programme, of_batch, of_events):
        found += [lack for _mark, lack in lacks[:SHOWN]]
    return found


def _of_programme(session: Session, programme: Programme) -> Marked:
    texts = {"title": programme.title, "summary": programme.summary, "for_whom": programme.for_whom}
    words = T("di program pelatihannya")
    found = _marked(texts, words, Page.PROGRAMME, programme.id)
    for module in active_modules(session, programme.id):
        texts = {"title": module.title, "objectives": module.objectives, "outline": module.outline}
        found += _marked(texts, T("di modul “%(title)s”", title=module.title), Page.MODULE, module.id)
    return found


def _of_batch(batch: Batch) -> Marked:
    trainers = " ".join(f"{one.name} {one.title}" for one in batch.trainers)
    texts = {"name": batch.name, "place": batch.place, "trainers": trainers, "description": batch.description,
             "contact": batch.contact}  # fmt: skip
    return _marked(texts, T("di angkatan ini"), Page.BATCH, batch.id)


def _of_event(event: Event) -> Marked:
    spoken = " ".join(f"{one.name} {one.title}" for one in event.speakers)
    texts = {"title": event.title, "place": event.place, "description": event.description, "agenda": event.agenda,
             "contact": event.contact, "narasumber": spoken}  # fmt: skip
    return _marked(texts, T("di pertemuan “%(title)s”", title=event.title), Page.EVENT, event.id)


def _marked(texts: Mapping[str, str], where: T, page: Page, number: int) -> Marked:
    """Each mark once, with the first field in which it stands."""
    found: dict[str, MissingPart] = {}
    for field, text in texts.items():
        for mark in open_marks(text):
            lack = MissingPart(T("Lengkapi %(mark)s %(where)s.", mark=mark, where=where), page, number, field)
            found.setdefault(mark, lack)
    return list(found.items())
