"""An answer comes in: by link, phone, paper or file, each once, whatever the line does."""

import hashlib
import json
import secrets
import uuid as uuids
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.instruments.definition import AGE_BANDS, SEXES, Definition
from app.instruments.logic import Problem, asked, clean
from app.instruments.models import SurveyAudience
from app.instruments.versions import definition_of
from app.kernel.db import insert_missing
from app.kernel.errors import Invalid, Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.responses.models import Response, ResponseConflict
from app.responses.quality import marks
from app.surveys.models import Mode, SampleMethod, Wave, WavePlace, WaveStatus
from app.surveys.queries import place_exists

GRACE = timedelta(days=14)
"""How long after a wave was closed an answer that was given before may still arrive from a phone without signal."""


class Wrong(Invalid):
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
    blank: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Taken:
    """`state`: stored, known (the same came before), conflict (other answers under the same UUID; kept to be decided).

    `receipt` is what the person may note.
    """

    uuid: str
    state: str
    flags: tuple[str, ...] = ()

    @property
    def receipt(self) -> str:
        return self.uuid[:8].upper()


def record(session: Session, actor: Actor | None, wave: Wave, sent: Submission, *, now: datetime) -> Taken:
    """Take one person's answers. `actor` is None for a public link.

    At most four queries, none of which depends on how many answers there are. Raises Wrong, Invalid (field), Refused
    for a wave that takes no answers.
    """
    definition = definition_of(session, wave.instrument_version_id, for_asking=True)
    answers, problems = check(session, wave, definition, sent)
    if problems:
        raise Wrong(problems)
    sent = replace(sent, answers=answers)
    digest = content_hash(sent)
    late = _check_open(session, wave, sent, now)
    if late is None:  # came before: the same again is always taken
        return _compare(session, actor, wave, sent, digest, now)
    flags = marks(definition, answers, sent.started_at, sent.ended_at)
    flags += ["late"] if late else []
    flags += ["repeat"] if _is_repeat(session, wave, sent) else []
    flags += ["blank"] if left_open(definition, sent) else []
    row = values_of(actor, wave, sent, digest, flags, now)
    if insert_missing(session, Response, [row]):
        return Taken(sent.uuid, "stored", tuple(flags))
    return _compare(session, actor, wave, sent, digest, now)


def values_of(
    actor: Actor | None, wave: Wave, sent: Submission, digest: str, flags: Sequence[str], now: datetime
) -> dict[str, Any]:
    """The row of a checked submission; an import inserts many at once."""
    return {
        "uuid": sent.uuid, "wave_id": wave.id, "mode": sent.mode, "place": sent.place, "sex": sent.sex,
        "age_band": sent.age_band, "language": sent.language, "answers": dict(sent.answers), "codes": {},
        "content_hash": digest, "started_at": sent.started_at, "ended_at": sent.ended_at, "received_at": now,
        "by_id": actor.id if actor else None, "sheet": sent.sheet, "import_id": sent.import_id,
        "device_mark": sent.device_mark, "link_mark": sent.link_mark, "flags": list(flags),
    }  # fmt: skip


def check(
    session: Session, wave: Wave, definition: Definition, sent: Submission
) -> tuple[dict[str, Any], list[Problem]]:
    """(answers in canonical form, everything that is wrong)."""
    outside = not place_exists(session, wave, sent.place)
    problem = _no_place(wave, sent) if outside else OUTSIDE if _is_outside(session, wave, sent) else None
    return _checked(wave, definition, sent, problem)


def check_known(
    wave: Wave, definition: Definition, sent: Submission, places: Container[str]
) -> tuple[dict[str, Any], list[Problem]]:
    """As `check`, without a query: `places` are all that may be answered for. For many at once."""
    return _checked(wave, definition, sent, None if sent.place in places else _no_place(wave, sent))


def _no_place(wave: Wave, sent: Submission) -> T:
    return NO_PLACE[wave.audience] if sent.place else PLACE_MISSING[wave.audience]


def _checked(
    wave: Wave, definition: Definition, sent: Submission, place: T | None
) -> tuple[dict[str, Any], list[Problem]]:
    answers, wrong = clean(definition, sent.answers, blank=sent.blank)
    return answers, [*([Problem("place", place)] if place else []), *check_about(wave, sent), *wrong]


def left_open(definition: Definition, sent: Submission) -> list[str]:
    """The required questions that this person was asked, named in `blank`, and that have no whole answer."""
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
    """What is wrong with the UUID, the way, sex and age band."""
    problems = []
    if not is_uuid(sent.uuid):
        problems.append(Problem("uuid", T("Nomor jawaban ini tidak bisa dibaca. Muat ulang halaman, lalu isi lagi.")))
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


def is_uuid(text: str) -> bool:
    try:
        return str(uuids.UUID(text)) == text
    except (ValueError, AttributeError, TypeError):
        return False


def sheet_uuid(wave: Wave, sheet: int) -> str:
    """The UUID of a numbered paper form: two people who key the same sheet mean the same answer."""
    return str(uuids.uuid5(uuids.NAMESPACE_URL, f"gaung:{wave.code}:{sheet}"))


def new_uuid() -> str:
    return str(uuids.uuid4())


def new_mark() -> str:
    """A random value for the cookie that marks a browser; what is stored is its hash (`mark_of`)."""
    return secrets.token_urlsafe(12)


def mark_of(wave: Wave, value: str) -> str:
    """What is stored of a cookie or a link: not to be followed from one wave to another."""
    return hashlib.sha256(f"{wave.code}:{value}".encode()).hexdigest()[:32]


def content_hash(sent: Submission) -> str:
    """SHA-256 over what was answered; when, how long and by which line are no part of it."""
    content = {"place": sent.place, "sex": sent.sex, "age_band": sent.age_band, "answers": sent.answers}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _is_outside(session: Session, wave: Wave, sent: Submission) -> bool:
    """Whether a place was planned for this wave and this is another. A link is open to everybody."""
    if sent.mode == Mode.LINK or wave.method == SampleMethod.OPEN:
        return False
    return session.get(WavePlace, (wave.id, sent.place)) is None


def _check_open(session: Session, wave: Wave, sent: Submission, now: datetime) -> bool | None:
    """Whether it comes late; None for one that is here already. Raises Refused."""
    if wave.status == WaveStatus.OPEN:
        return False
    if session.get(Response, sent.uuid) is not None:
        return None
    closed = wave.closed_at
    waited = sent.mode in {Mode.PHONE, Mode.PAPER} and closed is not None and now <= closed + GRACE
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


def _compare(session: Session, actor: Actor | None, wave: Wave, sent: Submission, digest: str, now: datetime) -> Taken:
    fresh = {"populate_existing": True}
    row = session.scalar(select(Response).where(Response.uuid == sent.uuid).with_for_update(), execution_options=fresh)
    if row is None or row.wave_id != wave.id:
        raise Invalid(T("Nomor jawaban ini sudah dipakai survei lain. Muat ulang halaman, lalu isi lagi."))
    if row.content_hash == digest:
        row.repeats = Response.repeats + 1  # counted by the database
        session.flush()
        return Taken(sent.uuid, "known", tuple(row.flags))
    payload = {
        "place": sent.place, "sex": sent.sex, "age_band": sent.age_band, "answers": dict(sent.answers),
    }  # fmt: skip
    insert_missing(
        session, ResponseConflict,
        [{"uuid": sent.uuid, "wave_id": wave.id, "mode": sent.mode, "content_hash": digest, "payload": payload,
          "by_id": actor.id if actor else None, "received_at": now}],
    )  # fmt: skip
    return Taken(sent.uuid, "conflict")
