"""What a participant meets on the own page: papers to fill in, and what came out of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.base.web.db import db
from app.base.web.formats import sentence
from app.base.web.wiring import now
from app.evidence.instruments.definition import Definition
from app.learning.assessments.followups.feedback import has_given_feedback
from app.learning.assessments.models import Paper, PaperKind, Sitting
from app.learning.assessments.papers.service import KINDS, TESTS, PaperState, is_key_public, state_of
from app.learning.assessments.scores import percent
from app.learning.training.models import BatchStatus, Enrolment, EnrolmentStatus


@dataclass(frozen=True)
class OwnPaper:
    """A paper as its participant sees it. `state`: open (to be filled in), given, planned, missed; `percent`: of a test
    that is closed."""

    kind: str
    label: str
    state: str
    batch: Any
    enrolment_id: int
    opens_at: datetime | None
    closes_at: datetime | None
    percent: float | None = None
    shows_answers: bool = False


def own_papers(enrolments: Sequence[Enrolment]) -> list[OwnPaper]:
    """List the papers of accepted places; what is not set yet is not shown. Three queries and one for each feedback
    form."""
    accepted = [one for one in enrolments if one.status == EnrolmentStatus.ACCEPTED]
    if not accepted:
        return []
    batches = [one.batch_id for one in accepted]
    found: dict[int, dict[str, Paper]] = {}
    for paper in db.session.scalars(select(Paper).where(Paper.batch_id.in_(batches))):
        found.setdefault(paper.batch_id, {})[paper.kind] = paper
    mine = select(Sitting).where(Sitting.enrolment_id.in_([one.id for one in accepted]))
    sittings = {(one.paper_id, one.enrolment_id): one for one in db.session.scalars(mine)}
    order = list(PaperKind)
    shown = []
    for enrolment in accepted:
        papers = found.get(enrolment.batch_id, {})
        made = (_own(papers[kind], enrolment, sittings, papers) for kind in order if kind in papers)
        shown += [one for one in made if one is not None]
    return shown


def _own(
    paper: Paper, enrolment: Enrolment, sittings: Mapping[tuple[int, int], Sitting], papers: Mapping[str, Paper]
) -> OwnPaper | None:
    sitting = sittings.get((paper.id, enrolment.id))
    state = state_of(paper, now())
    given = sitting is not None
    if paper.kind == PaperKind.FEEDBACK:
        given = has_given_feedback(db.session, paper.id, enrolment.id)
    if not given and (paper.opens_at is None or enrolment.batch.status == BatchStatus.CANCELLED):
        return None
    is_closed = state == PaperState.CLOSED
    marked = sitting is not None and paper.kind in TESTS and is_closed
    standing = "given" if given else {PaperState.OPEN: "open", PaperState.PLANNED: "planned"}.get(state, "missed")
    return OwnPaper(
        kind=paper.kind, label=sentence(KINDS[PaperKind(paper.kind)]), state=standing, batch=enrolment.batch,
        enrolment_id=enrolment.id, opens_at=paper.opens_at, closes_at=paper.closes_at,
        percent=percent(sitting.score, sitting.most) if marked and sitting else None,
        shows_answers=marked and is_key_public(paper, papers, enrolment.batch, now()),
    )  # fmt: skip


def minutes_of(paper: Paper, definition: Definition) -> int:
    """Estimate in minutes how long a paper takes: a question of a test is thought over, the others are mostly a tap."""
    n = len(definition.questions)
    return max(1, round(n / 2)) if paper.kind in TESTS else max(3, round(n / 5))


def privacy_note(paper: Paper) -> str:
    """Say what becomes of the answers, in one sentence."""
    if paper.kind == PaperKind.FEEDBACK:
        return _("Jawaban Anda disimpan tanpa nama, jadi tidak ada yang tahu siapa menjawab apa.")
    if paper.kind in TESTS:
        return _("Pelatih melihat jawaban Anda. Nilainya muncul di sini sesudah tes ditutup.")
    return _("Penyelenggara melihat jawaban Anda untuk mengetahui apakah pelatihannya berguna.")
