"""Asking participants by mail to fill something in, each with the own link: once, and once more where none came.

A notice is kept under a name of the paper and the person, so that a run that died half-way, or a second worker, mails
nobody twice. Who gave feedback is nobody's business: its reminder goes to everybody. Who has no address, or whose
mail failed, stands on a list with a text to send by hand.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.base.notices.service import forget_occasions, notify_address
from app.kernel.text import T
from app.learning.assessments.models import Paper, PaperKind, Sitting
from app.learning.training.models import Batch, Enrolment, EnrolmentStatus, Trainee
from app.learning.training.participants.tokens import own_path

FIRST, AGAIN = "first", "again"
REMIND_AFTER = {
    PaperKind.FEEDBACK: timedelta(days=5),
    PaperKind.AFTER_3: timedelta(days=10),
    PaperKind.AFTER_12: timedelta(days=10),
}
INVITED_UNTIL = timedelta(days=60)
"""Since it was opened: notices are forgotten after a time, and an old form must not begin to invite again."""
SUBJECTS = {
    PaperKind.FEEDBACK: T("Umpan balik: %(name)s"),
    PaperKind.AFTER_3: T("Apa kabar sesudah pelatihan? %(name)s"),
    PaperKind.AFTER_12: T("Setahun sesudah pelatihan: %(name)s"),
}
BODIES = {
    PaperKind.FEEDBACK: T(
        "Halo %(person)s,\n\nTerima kasih sudah ikut “%(name)s”. Bagaimana pelatih, materi, dan tempatnya? Jawaban "
        "Anda disimpan tanpa nama, jadi tidak ada yang tahu siapa menjawab apa. Lamanya sekitar tiga menit. "
        "Bila Anda sudah mengisi, abaikan surat ini: pengingatnya dikirim kepada semua peserta.\n\n"
        "Isi lewat tautan di bawah. Tautan ini milik Anda sendiri: jangan dibagikan."
    ),
    PaperKind.AFTER_3: T(
        "Halo %(person)s,\n\nTiga bulan lalu Anda ikut “%(name)s”. Kami ingin tahu apakah hasilnya terpakai. Jawaban "
        "“belum” sama berharganya. Lamanya sekitar tiga menit.\n\n"
        "Isi lewat tautan di bawah. Tautan ini milik Anda sendiri: jangan dibagikan."
    ),
    PaperKind.AFTER_12: T(
        "Halo %(person)s,\n\nSetahun lalu Anda ikut “%(name)s”. Kami ingin tahu apa yang masih terpakai dan apa yang "
        "lahir darinya. Jawaban “belum” sama berharganya. Lamanya sekitar tiga menit.\n\n"
        "Isi lewat tautan di bawah. Tautan ini milik Anda sendiri: jangan dibagikan."
    ),
}
REMINDED = T("Sekali lagi: %(subject)s")


@dataclass(frozen=True)
class UnreachedPerson:
    """Somebody who is to be asked by hand. `failed`: the mail did not arrive."""

    enrolment_id: int
    trainee: Trainee
    path: str
    failed: bool


def answer_path(session: Session, trainee: Trainee, enrolment_id: int, kind: str) -> str:
    return f"{own_path(session, trainee)}/isi/{enrolment_id}/{kind}"


def select_answered(paper: Paper) -> Select[Any]:
    """Select the ids of the enrolments that filled in a follow-up."""
    return select(Sitting.enrolment_id).where(Sitting.paper_id == paper.id)


def select_asked(batch_id: int) -> Select[Any]:
    """Select everybody who is asked: who was accepted, whether they completed it or not. If only those were asked who
    did, those who gave up would be missing, and training would look better than it is."""
    return (
        select(Enrolment)
        .join(Trainee, Trainee.id == Enrolment.trainee_id)
        .where(
            Enrolment.batch_id == batch_id,
            Enrolment.status == EnrolmentStatus.ACCEPTED,
            Trainee.erased_at.is_(None),
        )
    )


def list_without_answer(session: Session, paper: Paper) -> Sequence[Enrolment]:
    """List those who were asked and have not answered, by name; of feedback everybody, whether they gave it or not."""
    query = select_asked(paper.batch_id)
    if paper.kind != PaperKind.FEEDBACK:
        query = query.where(Enrolment.id.not_in(select_answered(paper)))
    found: Sequence[Enrolment] = session.scalars(query.order_by(Trainee.name, Enrolment.id)).all()
    return found


def invite(session: Session, paper: Paper, *, now: datetime) -> int:
    """Mail the first invitation, or the one reminder where it is time; how many mails are new.

    Only while the paper takes answers, never for practice data.
    """
    batch = session.get_one(Batch, paper.batch_id)
    opened = paper.opens_at
    if batch.simulated or opened is None or opened > now or now - opened > INVITED_UNTIL:
        return 0
    if paper.closes_at is not None and paper.closes_at <= now:
        return 0
    kind = PaperKind(paper.kind)
    told = _told(session, paper)
    sent = 0
    for one in list_without_answer(session, paper):
        first = told.get(mail_key(paper.id, one.id, FIRST))
        if not one.trainee.email or (first is not None and now - first < REMIND_AFTER[kind]):
            continue
        sent += _mail(session, batch, kind, paper.id, one, FIRST if first is None else AGAIN, now)
    return sent


def mail_key(paper_id: int, enrolment_id: int, step: str) -> str:
    return f"paper:{paper_id}:{enrolment_id}:{step}"


def _told(session: Session, paper: Paper) -> dict[str, datetime]:
    """The keys under which somebody was told, without the mark of an address, and when."""
    query = select(Notice.dedupe_key, Notice.created_at).where(Notice.dedupe_key.startswith(f"paper:{paper.id}:"))
    return {name.rpartition(":a")[0]: at for name, at in session.execute(query)}


def _mail(
    session: Session, batch: Batch, kind: PaperKind, paper_id: int, one: Enrolment, step: str, now: datetime
) -> bool:
    subject = T(SUBJECTS[kind].msgid, name=batch.name)
    return notify_address(
        session,
        address=one.trainee.email or "",
        kind=f"training.{kind}",
        subject=subject if step == FIRST else T(REMINDED.msgid, subject=str(subject)),
        body=T(BODIES[kind].msgid, person=one.trainee.name, name=batch.name),
        path=answer_path(session, one.trainee, one.id, kind),
        dedupe_key=mail_key(paper_id, one.id, step),
        now=now,
    )


def list_unreached(session: Session, paper: Paper) -> list[UnreachedPerson]:
    """List who has not answered and was reached by no mail."""
    failed = set(
        session.scalars(
            select(Notice.dedupe_key).where(
                Notice.dedupe_key.startswith(f"paper:{paper.id}:"), Notice.email_status == "failed"
            )
        )
    )
    found = []
    for one in list_without_answer(session, paper):
        lost = any(f"{mail_key(paper.id, one.id, step)}:a" in failed for step in (FIRST, AGAIN))
        if lost or not one.trainee.email:
            path = answer_path(session, one.trainee, one.id, paper.kind)
            found.append(UnreachedPerson(one.id, one.trainee, path, lost))
    return found


def forget(session: Session, enrolment_ids: Collection[int]) -> None:
    """Delete the mails of these papers to these people, those that went and those that wait, which are never mailed."""
    papers = select(Paper.id, Enrolment.id).join(Enrolment, Enrolment.batch_id == Paper.batch_id)
    pairs = session.execute(papers.where(Enrolment.id.in_(enrolment_ids))).all()
    if pairs:
        forget_occasions(session, [mail_key(paper_id, enrolment_id, "") for paper_id, enrolment_id in pairs])


def select_due_papers(now: datetime) -> Select[Any]:
    """Select the ids of feedback and follow-ups that take answers and may still invite."""
    batch_goes_on = exists().where(Batch.id == Paper.batch_id, Batch.status != "cancelled", Batch.simulated.is_(False))
    return select(Paper.id).where(
        Paper.kind.in_(tuple(REMIND_AFTER)),
        Paper.opens_at <= now,
        Paper.opens_at >= now - INVITED_UNTIL,
        (Paper.closes_at.is_(None)) | (Paper.closes_at > now),
        batch_goes_on,
    )


def count_asked(session: Session, batch_id: int) -> int:
    return session.scalar(select(func.count()).select_from(select_asked(batch_id).subquery())) or 0
