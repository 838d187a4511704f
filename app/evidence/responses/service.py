"""Take in an answer: by link, phone, paper or file, each once, whatever the line does."""

import hashlib
import hmac
import json
import secrets
import uuid as uuids
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.evidence.instruments.definition import AGE_BANDS, SEXES, Definition
from app.evidence.instruments.logic import Problem, asked, clean
from app.evidence.instruments.models import SurveyAudience
from app.evidence.instruments.versions import definition_of
from app.evidence.responses.models import Response, ResponseConflict
from app.evidence.responses.quality import marks
from app.evidence.surveys.models import Mode, SampleMethod, Wave, WavePlace, WaveStatus
from app.evidence.surveys.queries import place_exists
from app.kernel.db import insert_missing
from app.kernel.errors import Invalid, Refused
from app.kernel.roles import Actor
from app.kernel.site import site_of
from app.kernel.text import T

GRACE = timedelta(days=14)
"""How long after a wave was closed an answer that was given before may still arrive from a phone without signal."""


class InvalidAnswers(Invalid):
    """Answers that cannot be taken, with everything that is wrong with them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems[0].sentence, field=problems[0].field)
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Submission:
    """What somebody answered, as it came. `place`: a village's code or "opd:ID"; times are aware, the device's own.

    `blank`: required questions that were left open on paper or in a file; the answer is marked "blank".
    """

    uuid: str
    mode: str
    place: str
    sex: str
    age_band: str
    answers: Mapping[str, Any]
    language: str = "id"
    started_at: datetime | None = None
    ended_at: datetime | None = None
    sheet: int | None = None
    import_id: int | None = None
    device_mark: str | None = None
    link_mark: str | None = None
    origin_mark: str | None = None
    blank: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RecordedAnswer:
    """What became of an answer that was sent.

    `state`: stored, known (the same came before), conflict (other answers under the same UUID; kept to be decided).

    `receipt` is what the person may note.
    """

    uuid: str
    state: str
    flags: tuple[str, ...] = ()

    @property
    def receipt(self) -> str:
        return receipt_of(self.uuid)


def record(session: Session, actor: Actor | None, wave: Wave, sent: Submission, *, now: datetime) -> RecordedAnswer:
    """Take one person's answers. `actor` is None for a public link.

    At most four queries, none of which depends on how many answers there are. Raises InvalidAnswers, Invalid (field),
    Refused for a wave that takes no answers, and for a simulated one, whose answers come from simulation/service.py.
    """
    if wave.simulated:
        raise Refused(PRACTICE)
    definition = definition_of(session, wave.instrument_version_id, for_asking=True)
    answers, problems = check(session, wave, definition, sent)
    if problems:
        raise InvalidAnswers(problems)
    sent = replace(sent, answers=answers)
    late = _check_open(session, wave, sent, now)
    flags = marks(definition, answers, sent.started_at, sent.ended_at)
    flags += ["late"] if late is not False else []
    flags += ["repeat"] if _is_repeat(session, wave, sent) else []
    flags += ["blank"] if unanswered_required(definition, sent) else []
    flags += ["outside"] if sent.mode == Mode.LINK and _is_unplanned(session, wave, sent) else []
    row = values_of(actor, wave, sent, content_hash(sent), flags, now)
    if late is not None and insert_missing(session, Response, [row]):
        return RecordedAnswer(sent.uuid, "stored", tuple(flags))
    return _compare(session, wave, row)  # came before: the same again is always taken


def values_of(
    actor: Actor | None, wave: Wave, sent: Submission, digest: str, flags: Sequence[str], now: datetime
) -> dict[str, Any]:
    """Return the row of a checked submission; an import inserts many at once."""
    return {
        "uuid": sent.uuid, "wave_id": wave.id, "mode": sent.mode, "place": sent.place, "sex": sent.sex,
        "age_band": sent.age_band, "language": sent.language, "answers": dict(sent.answers), "codes": {},
        "content_hash": digest, "started_at": sent.started_at, "ended_at": sent.ended_at, "received_at": now,
        "by_id": actor.id if actor else None, "sheet": sent.sheet, "import_id": sent.import_id,
        "device_mark": sent.device_mark, "link_mark": sent.link_mark, "origin_mark": sent.origin_mark,
        "flags": list(flags),
    }  # fmt: skip


def check(
    session: Session, wave: Wave, definition: Definition, sent: Submission
) -> tuple[dict[str, Any], list[Problem]]:
    """Return (answers in canonical form, everything that is wrong)."""
    outside = not place_exists(session, wave, sent.place)
    problem = _no_place(wave, sent) if outside else OUTSIDE if _is_outside(session, wave, sent) else None
    return _checked(wave, definition, sent, problem)


def check_known(
    wave: Wave, definition: Definition, sent: Submission, places: Container[str]
) -> tuple[dict[str, Any], list[Problem]]:
    """Check as `check` does, without a query, for many at once: `places` are all that may be answered for."""
    return _checked(wave, definition, sent, None if sent.place in places else _no_place(wave, sent))


def _no_place(wave: Wave, sent: Submission) -> T:
    return NO_PLACE[wave.audience] if sent.place else PLACE_MISSING[wave.audience]


def _checked(
    wave: Wave, definition: Definition, sent: Submission, place: T | None
) -> tuple[dict[str, Any], list[Problem]]:
    answers, wrong = clean(definition, sent.answers, blank=sent.blank)
    return answers, [*([Problem("place", place)] if place else []), *check_about(wave, sent), *wrong]


def unanswered_required(definition: Definition, sent: Submission) -> list[str]:
    """List the required questions that this person was asked, named in `blank`, and that have no whole answer."""
    return [
        question.key
        for question in asked(definition, sent.answers)
        if question.key in sent.blank
        and question.required
        and (
            question.key not in sent.answers
            or (question.kind == "grid" and len(sent.answers[question.key]) < len(question.rows))
        )
    ]


def check_about(wave: Wave, sent: Submission) -> list[Problem]:
    """Return what is wrong with the UUID, the way, sex and age band."""
    problems = []
    if not is_uuid(sent.uuid) or (sent.mode in AT_RANDOM and uuids.UUID(sent.uuid).version != 4):
        problems.append(Problem("uuid", UNREADABLE))
    if sent.mode not in wave.modes:
        problems.append(Problem("mode", T("Survei ini tidak menerima jawaban dengan cara ini.")))
    if sent.sex not in SEXES:
        problems.append(Problem("sex", T("Pilih jenis kelamin.")))
    if sent.age_band not in AGE_BANDS:
        problems.append(Problem("age_band", T("Pilih kelompok umur. Survei ini untuk orang berumur 17 tahun ke atas.")))
    return problems


NO_PLACE: Mapping[str, T] = {
    SurveyAudience.RESIDENTS: T("Desa atau kelurahan ini tidak ada dalam daftar. Pilih dari daftar."),
    SurveyAudience.CIVIL_SERVANTS: T("OPD ini tidak ada dalam daftar. Pilih dari daftar."),
}
PLACE_MISSING: Mapping[str, T] = {
    SurveyAudience.RESIDENTS: T("Pilih desa atau kelurahan."),
    SurveyAudience.CIVIL_SERVANTS: T("Pilih OPD."),
}
OUTSIDE = T("Tempat ini tidak termasuk rencana survei. Pilih salah satu tempat yang direncanakan.")
CLOSED = T("Survei ini sudah ditutup, jadi jawaban baru tidak diterima lagi.")
NOT_OPEN = T("Survei ini belum dibuka.")
PRACTICE = T("Survei ini untuk latihan: jawabannya buatan, jadi jawaban sungguhan tidak disimpan.")
UNREADABLE = T("Nomor jawaban ini tidak bisa dibaca. Muat ulang halaman, lalu isi lagi.")


AT_RANDOM = frozenset({Mode.LINK, Mode.PHONE})
"""Ways whose numbers are made by chance (UUID version 4): none can be one that a sheet or a file was given."""
WAITING_AT_MOST = 3
"""Other answers by one way under one number that wait for a person; a further one takes the newest's place."""


def is_uuid(text: str) -> bool:
    try:
        return str(uuids.UUID(text)) == text
    except (ValueError, AttributeError, TypeError):
        return False


def sheet_uuid(session: Session, wave: Wave, sheet: int) -> str:
    """Return the UUID of a numbered paper form: two people who key the same sheet mean the same answer.

    Made with the installation's secret: the survey's code and the sheet's number stand on paper for all to read.
    """
    secret = site_of(session).secret_key.encode()
    digest = hmac.new(secret, f"gaung:lembar:{wave.code}:{sheet}".encode(), hashlib.sha256).digest()
    return str(uuids.UUID(bytes=digest[:16], version=5))


def receipt_of(uuid: str) -> str:
    """Return what a person may note of an answer, and by which the office finds it again."""
    return uuid[:8].upper()


def new_uuid() -> str:
    return str(uuids.uuid4())


def new_mark() -> str:
    """Return a random value for the cookie that marks a browser; what is stored is its hash (`mark_of`)."""
    return secrets.token_urlsafe(12)


def mark_of(wave: Wave, value: str) -> str:
    """Hash a cookie or a link as it is stored: not to be followed from one wave to another."""
    return hashlib.sha256(f"{wave.code}:{value}".encode()).hexdigest()[:32]


def content_hash(sent: Submission) -> str:
    """Hash what was answered (SHA-256); when, how long and by which line are no part of it."""
    content = {"place": sent.place, "sex": sent.sex, "age_band": sent.age_band, "answers": sent.answers}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _is_outside(session: Session, wave: Wave, sent: Submission) -> bool:
    """Whether a place was planned for this wave and this is another. A link is open to everybody."""
    return sent.mode != Mode.LINK and _is_unplanned(session, wave, sent)


def _is_unplanned(session: Session, wave: Wave, sent: Submission) -> bool:
    if wave.method == SampleMethod.OPEN:
        return False
    return session.get(WavePlace, (wave.id, sent.place)) is None


def _check_open(session: Session, wave: Wave, sent: Submission, now: datetime) -> bool | None:
    """Whether it comes late; None for one that is here already. Raises Refused."""
    if wave.status == WaveStatus.OPEN:
        return False
    if session.get(Response, sent.uuid) is not None:
        return None
    closed = wave.closed_at
    waited = sent.mode in {Mode.PHONE, Mode.PAPER, Mode.LINK} and closed is not None and now <= closed + GRACE
    ended = sent.ended_at or datetime.max.replace(tzinfo=UTC)
    if wave.status == WaveStatus.CLOSED and waited and closed is not None and ended <= closed:
        return True
    raise Refused(NOT_OPEN if wave.status == WaveStatus.DRAFT else CLOSED)


def _is_repeat(session: Session, wave: Wave, sent: Submission) -> bool:
    same = [
        column == mark
        for column, mark in ((Response.device_mark, sent.device_mark), (Response.link_mark, sent.link_mark))
        if mark is not None
    ]
    if not same:
        return False
    query = select(Response.uuid).where(Response.wave_id == wave.id, Response.uuid != sent.uuid, or_(*same)).limit(1)
    return session.scalar(query) is not None


def _compare(session: Session, wave: Wave, sent: Mapping[str, Any]) -> RecordedAnswer:
    """`sent`: as `values_of` gives it. Whoever answers by link does not learn what came in another way."""
    uuid, fresh = sent["uuid"], {"populate_existing": True}
    row = session.scalar(select(Response).where(Response.uuid == uuid).with_for_update(), execution_options=fresh)
    if row is None or row.wave_id != wave.id:
        raise InvalidAnswers([Problem("uuid", UNREADABLE)])
    hidden = sent["mode"] == Mode.LINK and row.mode != Mode.LINK
    if row.content_hash == sent["content_hash"]:
        row.repeats = Response.repeats + 1  # counted by the database
        session.flush()
        return RecordedAnswer(uuid, "stored" if hidden else "known", () if hidden else tuple(row.flags))
    _make_room(session, sent)
    insert_missing(session, ResponseConflict, [conflict_of(sent)])
    return RecordedAnswer(uuid, "stored" if hidden else "conflict")


VERSION = (
    "place", "sex", "age_band", "answers", "language", "started_at", "ended_at", "sheet", "device_mark",
    "link_mark", "flags",
)  # fmt: skip
"""What changes places when a version is chosen, besides its way, who gave it, when it came and by which file."""


def conflict_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of ResponseConflict that keeps these whole, as `values_of` gives them."""
    payload = {name: _plain(values.get(name)) for name in VERSION}
    same = ("uuid", "wave_id", "mode", "content_hash", "by_id", "received_at", "import_id")
    return {**{name: values.get(name) for name in same}, "payload": payload}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _make_room(session: Session, sent: Mapping[str, Any]) -> None:
    """Somebody who sends ever new answers under one number does not bury the others."""
    mine = ResponseConflict.uuid == sent["uuid"], ResponseConflict.mode == sent["mode"]
    query = select(ResponseConflict.id, ResponseConflict.content_hash).where(
        *mine, ResponseConflict.resolution.is_(None)
    )
    waiting = session.execute(query.order_by(ResponseConflict.id)).tuples().all()
    if len(waiting) < WAITING_AT_MOST or any(digest == sent["content_hash"] for _id, digest in waiting):
        return
    session.execute(delete(ResponseConflict).where(ResponseConflict.id == waiting[-1][0]))
