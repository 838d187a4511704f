"""Handing in a paper: by the participant with the own link, or typed from paper by who keeps the batch.

Once for each person; the same again changes nothing, so that a phone may send it as often as the line needs. Every way
in locks in the order that papers.to_change says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.instruments.definition import Definition
from app.evidence.instruments.logic import Answers, Problem, clean
from app.evidence.instruments.models import InstrumentVersion
from app.evidence.instruments.versions import definition_of
from app.kernel import audit
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.learning.assessments.followups import feedback
from app.learning.assessments.models import Paper, PaperKind, Sitting
from app.learning.assessments.papers.marking import points
from app.learning.assessments.papers.questions import questions_of_paper
from app.learning.assessments.papers.service import MISSING, TESTS, PaperState, lock_paper, state_of, to_change
from app.learning.training.models import Batch, BatchStatus, Enrolment, EnrolmentStatus

NOT_TAKING_PART = T("Lembar ini hanya untuk peserta yang diterima di angkatan ini.")
NOT_YET = T("Lembar ini belum dibuka. Tunggu sampai pelatih membukanya.")
CLOSED = T("Lembar ini sudah ditutup. Bila Anda belum sempat mengisi, hubungi pelatih Anda.")
FINISHED = T(
    "Angkatan ini sudah selesai dan hasilnya sudah ditetapkan, jadi nilai tes tidak berubah lagi. Bila ada yang "
    "keliru, lanjutkan lagi angkatannya dahulu."
)
AFTER_POST = T("Tes awal tidak bisa diisi lagi karena Anda sudah mengerjakan tes akhir.")
NAMELESS = T("Umpan balik tanpa nama, jadi tidak bisa diketik atau dibaca untuk seorang peserta.")
CHANGED = T(
    "Pertanyaannya baru saja diganti kantor, jadi jawaban tadi belum disimpan. Jawaban untuk pertanyaan yang masih "
    "sama tetap ada; periksa yang lain, lalu kirim sekali lagi."
)
NOT_YOURS = T("Isian ini hanya bisa diubah oleh penyelenggara atau pelatih angkatan ini.")
MOST_REASON = 500


class InvalidAnswers(Invalid):
    """Answers that do not fit what was asked; each with its question."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems[0].sentence)
        self.problems = tuple(problems)


class QuestionsChanged(Refused):
    """Refused since the person saw other questions than those that are asked now. `kept`: what was answered to the same
    ones."""

    def __init__(self, kept: Answers) -> None:
        super().__init__(CHANGED)
        self.kept = kept


@dataclass(frozen=True)
class HandInResult:
    """What came of handing in. `is_new`: False where this person had handed it in before; nothing was changed then."""

    is_new: bool


def refusal(session: Session, paper: Paper, enrolment: Enrolment, now: datetime) -> T | None:
    """Return why this person may not hand it in now; None: they may."""
    if enrolment.status != EnrolmentStatus.ACCEPTED or enrolment.batch_id != paper.batch_id:
        return NOT_TAKING_PART
    status = session.scalar(select(Batch.status).where(Batch.id == paper.batch_id))
    if status == BatchStatus.CANCELLED or (status == BatchStatus.FINISHED and paper.kind in TESTS):
        return CLOSED
    state = state_of(paper, now)
    if state != PaperState.OPEN:
        return CLOSED if state == PaperState.CLOSED else NOT_YET
    if paper.kind == PaperKind.PRE and _has_post(session, enrolment):
        return AFTER_POST
    return None


def _has_post(session: Session, enrolment: Enrolment) -> bool:
    query = select(Sitting.id).join(Paper, Paper.id == Sitting.paper_id)
    found = query.where(Sitting.enrolment_id == enrolment.id, Paper.kind == PaperKind.POST).limit(1)
    return session.scalar(found) is not None


def sitting_of(session: Session, paper_id: int, enrolment_id: int) -> Sitting | None:
    return session.scalar(select(Sitting).where(Sitting.paper_id == paper_id, Sitting.enrolment_id == enrolment_id))


def has_given(session: Session, paper: Paper, enrolment_id: int) -> bool:
    """Return whether this participant filled it in, of every kind."""
    if paper.kind == PaperKind.FEEDBACK:
        return feedback.has_given_feedback(session, paper.id, enrolment_id)
    return sitting_of(session, paper.id, enrolment_id) is not None


def take(
    session: Session, paper: Paper, enrolment: Enrolment, given: Mapping[str, Any], *,
    started_at: datetime | None, now: datetime, seen: int | None = None,
) -> HandInResult:  # fmt: skip
    """Hand in a paper of any kind with the own link. Raises Refused, Wrong.

    `seen`: the version of the questions that stood on the form; raises Changed where others are asked now.
    """
    lock_paper(session, paper)
    _lock(session, enrolment.id)
    if has_given(session, paper, enrolment.id):
        return HandInResult(is_new=False)
    check_seen(session, paper, given, seen)
    if paper.kind != PaperKind.FEEDBACK:
        hand_in(session, paper, enrolment, given, started_at=started_at, now=now)
        return HandInResult(is_new=True)
    _refuse(session, paper, enrolment, now)
    answers = _checked(questions_of_paper(session, paper), given)
    return HandInResult(is_new=feedback.store_feedback(session, paper, enrolment, answers, now))


def hand_in(
    session: Session, paper: Paper, enrolment: Enrolment, given: Mapping[str, Any], *,
    started_at: datetime | None, now: datetime, actor: Actor | None = None,
) -> Sitting:  # fmt: skip
    """Hand in a test or a follow-up; who handed it in before gets that one back, unchanged. Raises Refused, Wrong.

    `actor`: who types it from paper. Then times do not matter, and what was left open stays open.
    """
    lock_paper(session, paper)
    _lock(session, enrolment.id)
    known = sitting_of(session, paper.id, enrolment.id)
    if known is not None:
        return known
    if actor is None:
        _refuse(session, paper, enrolment, now)
    elif enrolment.status != EnrolmentStatus.ACCEPTED or enrolment.batch_id != paper.batch_id:
        raise Refused(NOT_TAKING_PART)
    definition = questions_of_paper(session, paper)
    answers = _checked(definition, given, may_be_open=actor is not None or paper.kind in TESTS)
    sitting = Sitting(
        paper_id=paper.id, enrolment_id=enrolment.id, answers=answers, score=_score(paper, definition, answers),
        most=paper.most, entered_by_id=actor.id if actor else None, started_at=_start(started_at, now),
        handed_in_at=now,
    )  # fmt: skip
    session.add(sitting)
    session.flush()
    if actor is not None:
        audit.record(session, actor, "assessment.entered", sitting, now=now, after=_facts(sitting))
    return sitting


def check_seen(session: Session, paper: Paper, given: Mapping[str, Any], seen: int | None) -> None:
    """Check that the questions on the form are those that are asked now. Raises Changed."""
    if seen is None or seen == paper.instrument_version_id:
        return
    known = session.get(InstrumentVersion, seen)
    before = definition_of(session, seen, for_asking=True).by_key if known is not None else {}
    asked = definition_of(session, paper.instrument_version_id, for_asking=True).questions
    same = {one.key for one in asked if before.get(one.key) == one}
    raise QuestionsChanged({key: answer for key, answer in given.items() if key.partition("/")[0] in same})


def _lock(session: Session, enrolment_id: int) -> None:
    session.execute(select(Enrolment.id).where(Enrolment.id == enrolment_id).with_for_update())


def _refuse(session: Session, paper: Paper, enrolment: Enrolment, now: datetime) -> None:
    why = refusal(session, paper, enrolment, now)
    if why is not None:
        raise Refused(why)


def _checked(definition: Definition, given: Mapping[str, Any], *, may_be_open: bool = False) -> Answers:
    blank = tuple(definition.by_key) if may_be_open else ()
    answers, problems = clean(definition, given, blank=blank)
    if problems:
        raise InvalidAnswers(problems)
    return answers


def _score(paper: Paper, definition: Definition, answers: Mapping[str, Any]) -> float | None:
    return points(definition, answers) if paper.kind in TESTS else None


def _start(started_at: datetime | None, now: datetime) -> datetime | None:
    return started_at if started_at is not None and started_at <= now else None


# --- from paper, and put right ---


def enter(
    session: Session, actor: Actor, paper_id: int, enrolment_id: int, given: Mapping[str, Any], *, reason: str = "",
    now: datetime, seen: int | None = None,
) -> Sitting:  # fmt: skip
    """Type a filled-in sheet. One that is there already is replaced, which needs a `reason`. `seen`: as in `take`.

    Raises NotFound, Forbidden, Refused, Wrong, Changed, Invalid (reason).
    """
    paper, enrolment = _to_enter(session, actor, paper_id, enrolment_id)
    check_seen(session, paper, given, seen)
    known = sitting_of(session, paper.id, enrolment.id)
    if known is None:
        return hand_in(session, paper, enrolment, given, started_at=None, now=now, actor=actor)
    said = _reason(reason)
    definition = questions_of_paper(session, paper)
    answers = _checked(definition, given, may_be_open=True)
    return _correct(session, actor, known, answers, _score(paper, definition, answers), paper.most, said, now)


def enter_points(
    session: Session, actor: Actor, paper_id: int, enrolment_id: int, score: float, *, reason: str = "", now: datetime
) -> Sitting:
    """Type only the points of a test that was marked on paper. Raises Invalid (score, reason) and as `enter`."""
    paper, enrolment = _to_enter(session, actor, paper_id, enrolment_id)
    if paper.most is None:
        raise Refused(T("Lembar ini tidak dinilai dengan angka."))
    if not 0 <= score <= paper.most:  # also false for what is no number
        raise Invalid(T("Nilai paling banyak %(most)s. Periksa angka yang diketik.", most=_shown(paper.most))
                      if score > 0 else T("Nilai tidak bisa kurang dari 0."), field="score")  # fmt: skip
    known = sitting_of(session, paper.id, enrolment.id)
    if known is not None:
        return _correct(session, actor, known, {}, score, paper.most, _reason(reason), now)
    sitting = Sitting(
        paper_id=paper.id, enrolment_id=enrolment.id, answers={}, score=score, most=paper.most, by_hand=True,
        entered_by_id=actor.id, handed_in_at=now,
    )  # fmt: skip
    session.add(sitting)
    session.flush()
    audit.record(session, actor, "assessment.entered", sitting, now=now, after=_facts(sitting))
    return sitting


def remove(session: Session, actor: Actor, paper_id: int, enrolment_id: int, *, reason: str, now: datetime) -> None:
    """Take a sitting away, as one that somebody else filled in; its answers are gone. Raises NotFound, Invalid."""
    paper, batch = to_change(session, actor, paper_id)
    check_goes_on(paper, batch)
    sitting = sitting_of(session, paper.id, enrolment_id)
    if sitting is None:
        raise NotFound(T("Peserta ini belum mengisi lembar ini."))
    said = _reason(reason)
    audit.record(session, actor, "assessment.removed", sitting, now=now, before={**_facts(sitting), "reason": said})
    session.delete(sitting)
    session.flush()


def check_goes_on(paper: Paper, batch: Batch) -> None:
    """Refuse to change a test of a finished batch: its scores settled outcomes and certificates. Raises Refused."""
    if batch.status == BatchStatus.FINISHED and paper.kind in TESTS:
        raise Refused(FINISHED)


def _to_enter(session: Session, actor: Actor, paper_id: int, enrolment_id: int) -> tuple[Paper, Enrolment]:
    paper, batch = to_change(session, actor, paper_id)
    check_goes_on(paper, batch)
    if paper.kind == PaperKind.FEEDBACK:
        raise Refused(NAMELESS)
    _lock(session, enrolment_id)
    enrolment = session.get(Enrolment, enrolment_id)
    if enrolment is None or enrolment.batch_id != paper.batch_id:
        raise NotFound(MISSING)
    if enrolment.status != EnrolmentStatus.ACCEPTED:
        raise Refused(NOT_TAKING_PART)
    return paper, enrolment


def _correct(
    session: Session, actor: Actor, sitting: Sitting, answers: Answers, score: float | None, most: float | None,
    reason: str, now: datetime,
) -> Sitting:  # fmt: skip
    before = _facts(sitting)
    sitting.answers, sitting.score, sitting.most = answers, score, most
    sitting.by_hand, sitting.entered_by_id = not answers, actor.id
    session.flush()
    after = {**_facts(sitting), "reason": reason}
    audit.record(session, actor, "assessment.corrected", sitting, now=now, before=before, after=after)
    return sitting


def _reason(text: str) -> str:
    said = " ".join(text.split())
    if not said:
        raise Invalid(T("Tulis alasannya: nilai yang sudah ada akan berubah."), field="reason")
    return said[:MOST_REASON]


def _facts(sitting: Sitting) -> dict[str, Any]:
    """For the trail, which outlives the person's data: how many answers, and never what they say."""
    return {"enrolment_id": sitting.enrolment_id, "answers": len(sitting.answers), "score": sitting.score,
            "most": sitting.most, "by_hand": sitting.by_hand}  # fmt: skip


def _shown(number: float) -> str:
    return f"{number:.4g}".replace(".", ",")
