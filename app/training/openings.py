"""What keeps a batch from being opened, as sentences that say what to do."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.events.models import Event, EventStatus
from app.events.service import open_marks
from app.kernel.text import T
from app.programmes.models import Programme
from app.programmes.queries import active_modules
from app.training.meetings import events_of
from app.training.models import Admission, Batch
from app.training.plans import marks_in, today_of

SHOWN = 5


def missing(session: Session, batch: Batch, now: datetime) -> list[T]:
    """Nothing where it can be opened."""
    events = events_of(session, batch)
    return [
        *_of_days(session, batch, events, now),
        *_of_sessions(events, now),
        *([] if batch.trainers else [T("Belum ada pelatihnya. Tambahkan lewat “Ubah”.")]),
        *_of_words(session, batch, events),
    ]


def _of_days(session: Session, batch: Batch, events: Sequence[Event], now: datetime) -> list[T]:
    found = []
    if batch.ends_on < today_of(session, now) and not _taught(events):
        found.append(T("Hari terakhirnya sudah lewat. Ubah tanggalnya."))
    closed = batch.register_until is not None and batch.register_until <= now
    if closed and batch.admission != Admission.NOMINATION:
        found.append(T("Batas pendaftarannya sudah lewat. Ubah atau kosongkan."))
    return found


def _taught(events: Sequence[Event]) -> bool:
    """Whether it is recorded after the fact: all its sessions took place."""
    return bool(events) and all(one.status not in (EventStatus.PLANNED, EventStatus.ANNOUNCED) for one in events)


def _of_sessions(events: Sequence[Event], now: datetime) -> list[T]:
    if not events:
        return [T("Belum ada pertemuan. Susun jadwalnya di halaman Pertemuan.")]
    past = [one for one in events if one.status == EventStatus.PLANNED and one.ends_at <= now]
    return [
        T("Waktu pertemuan “%(title)s” sudah lewat. Pindahkan, batalkan, atau tandai terlaksana.", title=one.title)
        for one in past[:SHOWN]
    ]


def _of_words(session: Session, batch: Batch, events: Sequence[Event]) -> list[T]:
    """What was left to be filled in, and a programme that is not taught any more."""
    programme = batch.programme
    found = []
    if programme.archived_at is not None:
        found.append(T("Programnya sudah diarsipkan. Pakai lagi programnya, atau pilih yang lain."))
    taught = _marks_of_programme(session, programme)
    found += [T("Lengkapi %(mark)s di program pelatihannya.", mark=mark) for mark in taught[:SHOWN]]
    own = marks_in(batch.name, batch.place, batch.description, batch.contact)
    found += [T("Lengkapi %(mark)s di angkatan ini.", mark=mark) for mark in own[:SHOWN]]
    planned = [one for one in events if one.status == EventStatus.PLANNED]
    marks = dict.fromkeys(mark for one in planned for mark in open_marks(one) if mark not in taught)
    return found + [T("Lengkapi %(mark)s di pertemuannya.", mark=mark) for mark in list(marks)[:SHOWN]]


def _marks_of_programme(session: Session, programme: Programme) -> list[str]:
    texts = [programme.title, programme.summary, programme.for_whom]
    for module in active_modules(session, programme.id):
        texts += [module.title, module.objectives, module.outline]
    return list(dict.fromkeys(marks_in(*texts)))
