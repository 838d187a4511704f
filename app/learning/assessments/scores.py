"""What each participant reached: tests, practical work, and the score that the batch's rule asks for."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.learning.assessments.models import Paper, PaperKind, Sitting
from app.learning.assessments.papers.service import TESTS
from app.learning.assessments.person_gain import FULL, gain
from app.learning.assessments.works.marks import percent_by_enrolment
from app.learning.programmes.models import ScoreFrom
from app.learning.training.models import Batch, Enrolment, EnrolmentStatus


@dataclass(frozen=True)
class Result:
    """What one participant reached, in percentages 0 to 100; None: not taken, or (`work`) not marked in full yet."""

    pre: float | None = None
    post: float | None = None
    work: float | None = None

    @property
    def gain(self) -> float | None:
        """Normalised, as a part of 1; see learnt.py."""
        return gain(self.pre, self.post)

    def score(self, batch: Batch) -> float | None:
        """Return what counts for the certificate by the batch's rule; None where a part of it is missing."""
        if batch.score_from == ScoreFrom.TEST:
            return self.post
        if batch.score_from == ScoreFrom.WORK:
            return self.work
        if self.post is None or self.work is None:
            return None
        return (self.work * batch.work_share + self.post * (FULL - batch.work_share)) / FULL


class Pairs(NamedTuple):
    """Pairs of (before, after) of accepted participants, and how many of these have no pair."""

    pairs: list[tuple[float, float]]
    only_before: int
    only_after: int
    neither: int

    @property
    def left_out(self) -> int:
        return self.only_before + self.only_after + self.neither


def results(session: Session, batch_ids: Collection[int]) -> Mapping[int, Result]:
    """Map the enrolment's id to what is known; who has nothing is not in it. Two queries for any number of batches."""
    if not batch_ids:
        return {}
    found: dict[int, Result] = defaultdict(Result)
    query = (
        select(Sitting.enrolment_id, Paper.kind, Sitting.score, Sitting.most)
        .join(Paper, Paper.id == Sitting.paper_id)
        .where(Paper.batch_id.in_(batch_ids), Paper.kind.in_(TESTS), Sitting.most > 0)
    )
    for enrolment_id, kind, score, most in session.execute(query):
        name = "pre" if kind == PaperKind.PRE else "post"
        found[enrolment_id] = replace(found[enrolment_id], **{name: percent(score, most)})
    for enrolment_id, share in percent_by_enrolment(session, batch_ids).items():
        found[enrolment_id] = replace(found[enrolment_id], work=share)
    return dict(found)


def percent(score: float | None, most: float | None) -> float | None:
    return None if score is None or not most else FULL * score / most


def pairs_of(session: Session, batch_id: int, found: Mapping[int, Result] | None = None) -> Pairs:
    """Pair the two tests of the accepted participants of a batch. `found`: its results, where the caller has them."""
    known = results(session, [batch_id]) if found is None else found
    accepted = session.scalars(
        select(Enrolment.id).where(Enrolment.batch_id == batch_id, Enrolment.status == EnrolmentStatus.ACCEPTED)
    )
    pairs, before, after, neither = [], 0, 0, 0
    for enrolment_id in accepted:
        one = known.get(enrolment_id, Result())
        if one.pre is not None and one.post is not None:
            pairs.append((one.pre, one.post))
        else:
            before, after = before + (one.pre is not None), after + (one.post is not None)
            neither += one.pre is None and one.post is None
    return Pairs(pairs, before, after, neither)


def accepted_count(session: Session, batch_id: int) -> int:
    query = select(func.count()).where(Enrolment.batch_id == batch_id, Enrolment.status == EnrolmentStatus.ACCEPTED)
    return session.scalar(query) or 0
