"""Take interviews that a phone sends: read here, and stored once, or kept as a conflict, by responses/.

Start and end are the device's. Where its clock is off by more than OFF at the moment of sending, both are corrected by
the difference, so that an interview held before a survey was closed counts as that, and the answer is marked "clock".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.responses.models import Response
from app.evidence.responses.service import Submission, record
from app.evidence.surveys.access import asked_by
from app.evidence.surveys.models import Mode, Wave
from app.gatherings.field.arrival import Arrival
from app.gatherings.field.intake import Answer
from app.gatherings.field.shape import STRANGE as STRANGE_RECORD
from app.gatherings.field.shape import Reader, is_storable, read_moment, read_uuid
from app.kernel.errors import Forbidden, Invalid
from app.kernel.roles import Actor, Can
from app.kernel.text import T

KIND = "answer"
CLOCK_TOLERANCE = 300  # seconds; a clock that is nearer counts as right
ENVELOPE = frozenset({"uuid", "kind", "saved_at", "content"})
CONTENT = frozenset({"wave", "place", "sex", "age_band", "language", "started_at", "ended_at", "answers"})
MOST_ANSWERS = 1000
LARGEST_NUMBER = 10**15
STRANGE = T("Isi wawancara ini tidak dikenali. Muat ulang halaman Wawancara Survei, lalu buka wawancaranya lagi.")
GONE = T("Survei ini tidak ada lagi di kantor. Ekspor wawancaranya ke berkas, lalu hubungi kantor.")
KEPT = T("Jawaban dengan nomor ini sudah ada dengan isi lain; kantor yang memutuskan.")
NOT_YOURS = T("Akun yang sedang masuk tidak mewawancarai untuk survei ini.")


@dataclass(frozen=True)
class Interview:
    """`state`: stored, known, conflict. `at`: when the office received it first. `off`: the device's clock is."""

    uuid: str
    state: str
    receipt: str
    at: datetime
    off: bool


def store_interview(session: Session, actor: Actor, raw: object, arrival: Arrival) -> Interview:
    """Read an interview and store its answers once. Raises Invalid, Forbidden, Refused, and Wrong for answers that do
    not fit what was asked."""
    if not actor.can(Can.INTERVIEW):
        raise Forbidden(NOT_YOURS)
    code, sent = _read(raw, arrival)
    wave = session.scalar(select(Wave).where(Wave.code == code))
    if wave is None:
        raise Invalid(GONE, field="wave")
    if session.scalar(select(Wave.id).where(Wave.id == wave.id, asked_by(actor))) is None:
        raise Forbidden(NOT_YOURS)
    taken = record(session, actor, wave, sent, now=arrival.now)
    row = session.get_one(Response, taken.uuid)
    off = is_clock_off(arrival)
    if off and taken.state == "stored":
        row.flags = [*row.flags, "clock"]
        session.flush()
    return Interview(taken.uuid, taken.state, taken.receipt, row.received_at, off)


def is_clock_off(arrival: Arrival) -> bool:
    return arrival.skew is not None and abs(arrival.skew) > CLOCK_TOLERANCE


def _read(raw: object, arrival: Arrival) -> tuple[str, Submission]:
    """(the wave's code, what was answered)."""
    envelope = _reader(raw, ENVELOPE)
    content = _reader(envelope.given("content"), CONTENT)
    label = T("Wawancara")
    code, place, sex, band = (content.text(name, label, 40) for name in ("wave", "place", "sex", "age_band"))
    return code, Submission(
        uuid=read_uuid(envelope.given("uuid")),
        mode=Mode.PHONE,
        place=place,
        sex=sex,
        age_band=band,
        answers=_answers(content.given("answers")),
        language=content.text("language", label, 8) or "id",
        started_at=_moment(content.given("started_at"), arrival),
        ended_at=_moment(content.given("ended_at"), arrival),
    )


def _reader(values: object, known: frozenset[str]) -> Reader:
    try:
        return Reader(values, known)
    except Invalid as error:
        raise Invalid(STRANGE) if error.sentence is STRANGE_RECORD else error from error


def _moment(value: object, arrival: Arrival) -> datetime | None:
    """A time of the device by the office's clock."""
    moment = read_moment(value)
    if moment is None or arrival.skew is None or not is_clock_off(arrival):
        return moment
    try:
        return moment - timedelta(seconds=arrival.skew)
    except OverflowError:
        return None


def _answers(given: object) -> Mapping[str, Any]:
    """Plain values only, as a database takes them; whether they fit what was asked is for responses/."""
    if not isinstance(given, dict) or len(given) > MOST_ANSWERS:
        raise Invalid(STRANGE, field="answers")
    for key, answer in given.items():
        within = [answer]
        if isinstance(answer, dict):
            within = [*answer, *answer.values()]
        elif isinstance(answer, list):
            within = answer
        if len(within) > MOST_ANSWERS or not all(_is_plain(one) for one in (key, *within)):
            raise Invalid(STRANGE, field="answers")
    return given


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return is_storable(value)
    return value is None or (isinstance(value, (int, float)) and abs(value) < LARGEST_NUMBER)


def take_interview(session: Session, actor: Actor, raw: object, arrival: Arrival) -> Answer:
    """Take an interview for intake.KINDS. What is kept as a conflict is settled at the office, not on the phone."""
    taken = store_interview(session, actor, raw, arrival)
    return Answer(
        taken.uuid, taken.state, receipt=taken.receipt, at=taken.at, flags=("clock",) if taken.off else (),
        message=KEPT if taken.state == "conflict" else None,
    )  # fmt: skip
