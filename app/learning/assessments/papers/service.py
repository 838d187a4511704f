"""What a batch is asked: prepared with the questions of an instrument, opened and closed by hand or at set times.

The questions are frozen when the paper is prepared, so that everybody of a batch answers the same words.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.evidence.instruments.definition import canonical, read
from app.evidence.instruments.models import Instrument, InstrumentVersion, SurveyAudience
from app.evidence.instruments.service import freeze
from app.evidence.instruments.versions import definition_of
from app.kernel import audit
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.learning.assessments.followups.feedback import LEAST, count_feedback
from app.learning.assessments.models import Paper, PaperKind, Sitting
from app.learning.assessments.papers.marking import most_points
from app.learning.assessments.standard import STANDARD, standard_definition
from app.learning.programmes.models import Programme
from app.learning.training.access import to_manage
from app.learning.training.models import Batch, BatchStatus

TESTS = (PaperKind.PRE, PaperKind.POST)
KINDS: Mapping[str, T] = {
    PaperKind.PRE: T("Tes awal"),
    PaperKind.POST: T("Tes akhir"),
    PaperKind.FEEDBACK: T("Umpan balik"),
    PaperKind.AFTER_3: T("Kabar sesudah 3 bulan"),
    PaperKind.AFTER_12: T("Kabar sesudah 12 bulan"),
}
MISSING = T("Lembar penilaian ini tidak ada.")
CALLED_OFF = T("Angkatan ini dibatalkan, jadi tidak ada yang dinilai lagi.")
NO_QUESTIONS = T("Pilih daftar pertanyaan untuk lembar ini.")
UNMARKED = T(
    "Daftar pertanyaan “%(title)s” belum punya jawaban benar, jadi tidak bisa dinilai. Tandai dahulu jawaban yang "
    "benar pada pertanyaannya, lalu siapkan tes ini lagi."
)
STILL_OPEN = T("Lembar ini sedang dibuka, jadi pertanyaannya tidak bisa diganti. Tutup dahulu, lalu ganti.")
OVER = T(
    "Angkatan ini sudah selesai, jadi tesnya tetap ditutup. Lanjutkan lagi angkatannya bila tes masih perlu diisi."
)
READ_ALREADY = T(
    "Umpan balik ini sudah ditutup dan hasilnya boleh dibaca. Bila dibuka lagi, satu jawaban yang baru masuk mudah "
    "ditebak milik siapa, jadi umpan balik tetap ditutup."
)
IN_USE = T("Sudah ada yang mengisi lembar ini, jadi pertanyaannya tidak bisa diganti lagi.")


class PaperState(StrEnum):
    WAITING = "waiting"  # nobody said when
    PLANNED = "planned"  # opens by itself
    OPEN = "open"
    CLOSED = "closed"


STATES: Mapping[str, T] = {
    PaperState.WAITING: T("Belum dibuka"),
    PaperState.PLANNED: T("Terjadwal"),
    PaperState.OPEN: T("Dibuka"),
    PaperState.CLOSED: T("Ditutup"),
}


def state_of(paper: Paper, now: datetime) -> PaperState:
    if paper.closes_at is not None and paper.closes_at <= now:
        return PaperState.CLOSED
    if paper.opens_at is None:
        return PaperState.WAITING
    return PaperState.PLANNED if paper.opens_at > now else PaperState.OPEN


def paper_of(session: Session, batch_id: int, kind: str) -> Paper | None:
    return session.scalar(select(Paper).where(Paper.batch_id == batch_id, Paper.kind == kind))


def papers_of(session: Session, batch_id: int) -> dict[str, Paper]:
    """Map the kind to the paper, of those that were prepared."""
    papers = session.scalars(select(Paper).where(Paper.batch_id == batch_id))
    return {paper.kind: paper for paper in papers}


def is_key_public(paper: Paper, others: Mapping[str, Paper], batch: Batch, now: datetime) -> bool:
    """Return whether participants may read the right answers of a test. `others`: the papers of its batch by kind.

    Once it is closed; but those of the test before not as long as a test after with the very same questions may still
    be filled in: it would ask who remembers the key, and not who learnt. Nor by a batch that is finished with a test
    after that is not closed: it may go on.
    """
    if paper.kind not in TESTS or state_of(paper, now) != PaperState.CLOSED:
        return False
    if paper.kind == PaperKind.POST or batch.status == BatchStatus.CANCELLED:
        return True
    after = others.get(PaperKind.POST)
    if after is None:
        return batch.status == BatchStatus.FINISHED
    return after.instrument_version_id != paper.instrument_version_id or state_of(after, now) == PaperState.CLOSED


def why_early(papers: Mapping[str, Paper], kind: str, first_start: datetime | None, now: datetime) -> T | None:
    """Return why a test after is opened too early to show what was learnt; None where it is not. `papers`: by kind."""
    if kind != PaperKind.POST:
        return None
    before = papers.get(PaperKind.PRE)
    if before is not None and state_of(before, now) == PaperState.OPEN:
        return T("Tes awal masih dibuka; yang mengisi tes akhir dahulu tidak bisa mengisi tes awal lagi.")
    if first_start is None or first_start > now:
        return T("Belum ada pertemuan yang berlangsung, jadi belum ada yang dipelajari.")
    return None


def to_change(session: Session, actor: Actor, paper_id: int) -> tuple[Paper, Batch]:
    """Return a paper whose batch this person keeps, held until the end of the transaction. Raises NotFound, Forbidden.

    Rows are locked in one order everywhere, so that nobody waits for somebody who waits for them: the batch, the paper,
    the enrolment. Whoever changes or finishes holds the batch alone, whoever hands in shares it (`lock_paper`), so that
    a batch is finished either before or after an answer came in.
    """
    batch_id = session.scalar(select(Paper.batch_id).where(Paper.id == paper_id))
    if batch_id is None:
        raise NotFound(MISSING)
    batch = to_manage(session, actor, batch_id, lock=True)
    return _held(session, paper_id), batch


def lock_paper(session: Session, paper: Paper) -> None:
    """Keep a paper as it is and its batch unfinished until the end of the transaction, for who hands the paper in."""
    session.execute(select(Batch.id).where(Batch.id == paper.batch_id).with_for_update(read=True, of=Batch))
    _held(session, paper.id)


def _held(session: Session, paper_id: int) -> Paper:
    query = select(Paper).where(Paper.id == paper_id).with_for_update(of=Paper)
    paper = session.scalar(query, execution_options={"populate_existing": True})
    if paper is None:
        raise NotFound(MISSING)
    return paper


def prepare(
    session: Session, actor: Actor, batch_id: int, kind: str, *, instrument_id: int | None = None, now: datetime
) -> Paper:
    """Prepare the paper of this kind, with the newest version of an instrument, which is frozen with it.

    Without `instrument_id`: the programme's questions (after, where it has none of their own: the very version that was
    asked before), or the standard ones for feedback and follow-ups. A paper that is not open and that nobody filled in
    yet gets the new questions: forms that were sent out before are refused (taking.py). Raises Invalid
    (instrument_id), Unsound, Refused, Forbidden.
    """
    batch = to_manage(session, actor, batch_id, lock=True)
    if batch.status == BatchStatus.CANCELLED:
        raise Refused(CALLED_OFF)
    if kind not in tuple(PaperKind):
        raise NotFound(MISSING)
    version = _version_for(session, actor, batch, kind, instrument_id, now)
    freeze(session, version, now)
    most = most_points(definition_of(session, version.id)) if kind in TESTS else None
    if most == 0:
        raise Invalid(T(UNMARKED.msgid, title=version.instrument.title), field="instrument_id")
    paper = paper_of(session, batch.id, kind)
    if paper is None:
        paper = Paper(batch_id=batch.id, kind=kind, created_by_id=actor.id, created_at=now)
        session.add(paper)
    elif paper.instrument_version_id == version.id:
        return paper
    else:
        _may_change(session, _held(session, paper.id), now)
    paper.instrument_version_id, paper.most = version.id, most
    session.flush()
    about = {"kind": str(kind), "instrument": version.instrument.key, "version": version.number}
    audit.record(session, actor, "assessment.prepared", paper, now=now, after=about)
    return paper


def _may_change(session: Session, paper: Paper, now: datetime) -> None:
    if count_given(session, paper):
        raise Refused(IN_USE)
    if state_of(paper, now) == PaperState.OPEN:
        raise Refused(STILL_OPEN)


def count_given(session: Session, paper: Paper) -> int:
    """Count how many filled it in."""
    if paper.kind == PaperKind.FEEDBACK:
        return count_feedback(session, paper.id)
    return session.scalar(select(func.count()).where(Sitting.paper_id == paper.id)) or 0


# --- which questions ---


def default_instrument(session: Session, batch: Batch, kind: str) -> int | None:
    """Return the instrument that a paper of this kind is made of where nobody chooses another."""
    if kind in STANDARD:
        return default_instrument_of(session, kind)
    programme: Programme = batch.programme
    own = programme.post_instrument_id if kind == PaperKind.POST else None
    return own or programme.test_instrument_id


def standard_exists(session: Session, kind: str) -> bool:
    """Return whether the office has its copy of the standard questions of this kind already."""
    return kind in STANDARD and default_instrument_of(session, kind) is not None


def default_instrument_of(session: Session, kind: str) -> int | None:
    return session.scalar(select(Instrument.id).where(Instrument.key == _standard_key(kind)))


def _version_for(
    session: Session, actor: Actor, batch: Batch, kind: str, instrument_id: int | None, now: datetime
) -> InstrumentVersion:
    before = paper_of(session, batch.id, PaperKind.PRE) if kind == PaperKind.POST else None
    if instrument_id is None and before is not None and batch.programme.post_instrument_id is None:
        return session.get_one(InstrumentVersion, before.instrument_version_id)
    chosen = instrument_id or default_instrument(session, batch, kind)
    if chosen is None and kind in STANDARD:
        return _make_standard(session, actor, kind, now)
    if chosen is None:
        raise Invalid(NO_QUESTIONS, field="instrument_id")
    if before is not None and _of_instrument(session, before) == chosen:
        return session.get_one(InstrumentVersion, before.instrument_version_id)
    return _newest(session, chosen, even_archived=instrument_id is None and kind in STANDARD)


def _of_instrument(session: Session, paper: Paper) -> int:
    return session.get_one(InstrumentVersion, paper.instrument_version_id).instrument_id


def _newest(session: Session, instrument_id: int, *, even_archived: bool = False) -> InstrumentVersion:
    """Held until the end of the transaction: nobody changes a draft while it is frozen.

    `even_archived`: an office that put its copy of the standard questions away still has to be able to ask them.
    """
    usable = [] if even_archived else [Instrument.archived_at.is_(None)]
    version = session.scalars(
        select(InstrumentVersion)
        .join(Instrument)
        .where(
            InstrumentVersion.instrument_id == instrument_id,
            Instrument.audience == SurveyAudience.TRAINEES,
            *usable,
        )
        .order_by(InstrumentVersion.number.desc())
        .limit(1)
        .with_for_update(of=InstrumentVersion),
        execution_options={"populate_existing": True},
    ).first()
    if version is None:
        raise Invalid(T("Pilih daftar pertanyaan untuk peserta pelatihan yang masih dipakai."), field="instrument_id")
    return version


def _standard_key(kind: str) -> str:
    return f"pelatihan-{str(kind).replace('_', '-')}"


def _make_standard(session: Session, actor: Actor, kind: str, now: datetime) -> InstrumentVersion:
    """The office's own copy of the standard questions, which it may change like any other."""
    definition: dict[str, Any] = canonical(read(standard_definition(kind)))
    # two batches that are prepared at the same time must not make two copies
    office = session.scalars(select(Organisation.id).where(Organisation.is_office).with_for_update()).first()
    if office is None:
        raise Invalid(NO_QUESTIONS, field="instrument_id")
    made = default_instrument_of(session, kind)
    if made is not None:
        return _newest(session, made, even_archived=True)
    version = InstrumentVersion(number=1, definition=definition, created_by_id=actor.id, created_at=now, updated_at=now)
    instrument = Instrument(
        key=_standard_key(kind), title=str(definition["title"]["id"]), audience=SurveyAudience.TRAINEES,
        organisation_id=office, created_by_id=actor.id, created_at=now, versions=[version],
    )  # fmt: skip
    session.add(instrument)
    session.flush()
    about = {"key": instrument.key, "title": instrument.title, "audience": str(instrument.audience)}
    audit.record(session, actor, "instrument.created", instrument, now=now, after=about)
    return version


# --- when ---


def open_paper(session: Session, actor: Actor, paper_id: int, *, now: datetime) -> Paper:
    """Open a paper from now on, without an end, until somebody closes it."""
    return schedule(session, actor, paper_id, opens_at=now, closes_at=None, now=now)


def close_paper(session: Session, actor: Actor, paper_id: int, *, now: datetime) -> Paper:
    """Take no answers from now on; results and right answers are shown to participants."""
    paper, batch = to_change(session, actor, paper_id)
    if state_of(paper, now) == PaperState.CLOSED:
        return paper
    return _set_times(session, actor, paper, batch, paper.opens_at or now, now, now)


def close_at_the_end(session: Session, actor: Actor, paper: Paper, now: datetime) -> None:
    """Close a paper of a batch that is being finished, which its caller holds: also where it was never opened."""
    if state_of(paper, now) != PaperState.CLOSED:
        before, paper.closes_at = _times(paper), now
        session.flush()
        audit.record(session, actor, "assessment.times", paper, now=now, before=before, after=_times(paper))


def schedule(
    session: Session, actor: Actor, paper_id: int, *, opens_at: datetime | None, closes_at: datetime | None,
    now: datetime,
) -> Paper:  # fmt: skip
    """Set when a paper takes answers. Raises Invalid (closes_at); Refused for a batch that was called off, for a test
    of one that is finished, and for feedback that was closed and may be read."""
    paper, batch = to_change(session, actor, paper_id)
    if closes_at is not None and (opens_at is None or closes_at <= opens_at):
        raise Invalid(T("Waktu tutup harus sesudah waktu buka."), field="closes_at")
    return _set_times(session, actor, paper, batch, opens_at, closes_at, now)


def _set_times(
    session: Session, actor: Actor, paper: Paper, batch: Batch, opens_at: datetime | None, closes_at: datetime | None,
    now: datetime,
) -> Paper:  # fmt: skip
    if batch.status == BatchStatus.CANCELLED:
        raise Refused(CALLED_OFF)
    if closes_at is None or closes_at > now:
        _may_take_answers(session, paper, batch, now)
    before = _times(paper)
    paper.opens_at, paper.closes_at = opens_at, closes_at
    session.flush()
    if _times(paper) != before:
        audit.record(session, actor, "assessment.times", paper, now=now, before=before, after=_times(paper))
    return paper


def _may_take_answers(session: Session, paper: Paper, batch: Batch, now: datetime) -> None:
    if paper.kind in TESTS and batch.status == BatchStatus.FINISHED:
        raise Refused(OVER)
    was_read = paper.kind == PaperKind.FEEDBACK and state_of(paper, now) == PaperState.CLOSED
    if was_read and count_feedback(session, paper.id) >= LEAST:
        raise Refused(READ_ALREADY)


def _times(paper: Paper) -> dict[str, str | None]:
    return {
        name: at.isoformat() if at else None
        for name, at in (("opens_at", paper.opens_at), ("closes_at", paper.closes_at))
    }
