"""Receive records from devices: each one once, whatever the line does; two contents under one UUID are never merged.

Every kind of record takes its own (records.py, answers.py); see docs/decisions/010-field-queue.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.gatherings.field.arrival import Arrival
from app.gatherings.field.shape import STRANGE, Content, uuid_of
from app.kernel.errors import Forbidden, GaungError, Invalid, NotFound
from app.kernel.roles import Actor, Can
from app.kernel.slots import SlotMap
from app.kernel.text import T

MOST_RECORDS = 50  # in one request
NO_RECORDER = T("Akun yang sedang masuk tidak mencatat kegiatan.")


@dataclass(frozen=True)
class Answer:
    """What became of a record.

    `state`: stored, known (the same came before), conflict, invalid, forbidden, wait (pictures are missing, or somebody
    is changing the same right now: send again). `theirs` is the other version of a conflict, as a summary and, under
    `content`, in the form of a record's content; `hash` is what names it in `replaces`. `choices`: theirs, mine, new.
    `twins`: other records that may be the same gathering. `flags`: those that the writer hears of too.
    `gone`: SHA-256 of contents that no record holds any more. `at`: when an interview was received first.
    """

    uuid: str
    state: str
    receipt: str | None = None
    message: T | None = None
    field: str | None = None
    event_id: int | None = None
    hash: str | None = None
    theirs: Content | None = None
    choices: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    twins: int = 0
    flags: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    at: datetime | None = None


Take = Callable[[Session, Actor, object, Arrival], Answer]
KINDS = SlotMap[str, Take]("field.kinds")
"""The `kind` that a record names → what takes it, inside a savepoint; it raises what the person may read."""


def receive(session: Session, actor: Actor, records: Sequence[Any], arrival: Arrival) -> list[Answer]:
    """Take the records and return an answer for each, in order. One that cannot be stored hinders no other."""
    if len(records) > MOST_RECORDS:
        raise Invalid(T("Paling banyak %(n)s catatan sekali kirim.", n=MOST_RECORDS))
    taken: dict[int, Answer] = {}
    # always in the same order, so that two requests with the same records or plans never wait in a circle
    for number in sorted(range(len(records)), key=lambda number: (*_turn(records[number]), number)):
        taken[number] = _take(session, actor, records[number], arrival)
    return [taken[number] for number in range(len(records))]


def _turn(raw: Any) -> tuple[int, str]:
    """The plan's number, whose event is locked, before the record's own."""
    content = raw.get("content") if isinstance(raw, dict) else None
    event_id = content.get("event_id") if isinstance(content, dict) else None
    return event_id if isinstance(event_id, int) else 0, uuid_of(raw)


def _take(session: Session, actor: Actor, raw: object, arrival: Arrival) -> Answer:
    uuid = uuid_of(raw)
    try:
        take = _taker(actor, raw)
        with session.begin_nested():
            return take(session, actor, raw, arrival)
    except (Forbidden, NotFound) as error:
        return Answer(uuid, "forbidden", message=error.sentence)
    except GaungError as error:
        return Answer(uuid, "invalid", message=error.sentence, field=error.field)
    except StaleDataError:
        return Answer(
            uuid, "wait", message=T("Laporannya sedang diubah orang lain. Catatan ini dikirim lagi sebentar.")
        )
    except (DataError, IntegrityError):
        return Answer(uuid, "invalid", message=STRANGE)


def _taker(actor: Actor, raw: object) -> Take:
    name = raw.get("kind") if isinstance(raw, dict) else None
    if isinstance(name, str) and name in KINDS:
        return KINDS[name]
    if not actor.can(Can.RECORD_IN_FIELD):
        raise Forbidden(NO_RECORDER)
    raise Invalid(STRANGE, field="kind" if isinstance(raw, dict) else None)
