"""What became of participants 3 and 12 months after training, by what they answer themselves.

"Still active" is who says so without reserve; "sometimes" stands beside it. Who does not answer is counted as that, and
never as inactive. Whoever may not read the answers of single persons gets nothing that fewer than LEAST people said.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.evidence.instruments.definition import Definition, say
from app.evidence.instruments.versions import definition_of
from app.evidence.surveys.statistics.intervals import wilson
from app.kernel.errors import Invalid
from app.learning.assessments.models import Paper, PaperKind, Sitting
from app.learning.assessments.person_gain import LEAST
from app.learning.programmes.wording import read_link
from app.learning.training.models import Batch, Enrolment, EnrolmentStatus, Outcome, Trainee

AFTER = (PaperKind.AFTER_3, PaperKind.AFTER_12)
ACTIVE, SOMETIMES, NO_MORE = "ya", "kadang", "tidak"
NORMAL = 1.959964  # two-sided 95 % of the normal


@dataclass(frozen=True)
class Share:
    """The share of those who answered this; 0 to 1 with Wilson's 95 % limits."""

    n: int
    of: int

    @property
    def value(self) -> float | None:
        return self.n / self.of if self.of else None

    @property
    def limits(self) -> tuple[float, float] | None:
        return wilson(self.n / self.of, self.of, NORMAL) if self.of else None

    @property
    def is_enough(self) -> bool:
        """Of fewer a share says nothing, and numbers of people are told instead."""
        return self.of >= LEAST


@dataclass(frozen=True)
class Built:
    """What somebody made, for those who may see who. `where`: as it was typed; `link`: where a browser may open it."""

    batch: Batch
    trainee: Trainee
    text: str
    where: str

    @property
    def link(self) -> str:
        try:
            return read_link(self.where, "")
        except Invalid:
            return ""


@dataclass(frozen=True)
class Outcomes:
    """The outcomes of one kind of follow-up over some batches. `invited`: everybody accepted in batches where it was
    opened.

    `told`: the answers that all the rest is made of; of `answered`, some may be withheld. `by_outcome`: whether it may
    be told apart by who completed the training; where not, `completed` and `incomplete` are empty. `guarded`: numbers
    of fewer than LEAST people are not for whoever asks."""

    kind: str
    batches: int
    invited: int
    answered: int
    told: int
    active: Share
    sometimes: int
    no_more: int
    completed: Share
    incomplete: Share
    built: Sequence[Built]
    made_something: Share
    obstacles: Sequence[tuple[str, int]]
    help_wanted: Sequence[str]
    by_outcome: bool = True
    guarded: bool = False

    @property
    def withheld(self) -> bool:
        """There are answers, and none of them is for whoever asks."""
        return self.answered > 0 and not self.told

    @property
    def silent(self) -> int:
        return self.invited - self.answered


def batches_asked(session: Session, batch_ids: Collection[int], kind: str) -> dict[int, int]:
    """Count who was asked by batch, where this follow-up was opened; people whose data were erased are left out."""
    query = (
        select(Enrolment.batch_id, func.count())
        .join(Trainee, Trainee.id == Enrolment.trainee_id)
        .join(Paper, Paper.batch_id == Enrolment.batch_id)
        .where(
            Paper.kind == kind,
            Paper.opens_at.is_not(None),
            Enrolment.batch_id.in_(batch_ids),
            Enrolment.status == EnrolmentStatus.ACCEPTED,
            Trainee.erased_at.is_(None),
        )
        .group_by(Enrolment.batch_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def outcomes(
    session: Session, batch_ids: Collection[int], kind: str, *, seen: Collection[int] | None = None
) -> Outcomes:
    """Compute the outcomes of these batches: all of them real, or all practice data; the caller keeps them apart.
    `seen`: the batches whose single answers are for whoever asks; None: all of them."""
    asked = batches_asked(session, batch_ids, kind)
    query = (
        select(Sitting.answers, Paper.instrument_version_id, Enrolment, Batch)
        .join(Paper, Paper.id == Sitting.paper_id)
        .join(Enrolment, Enrolment.id == Sitting.enrolment_id)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .join(Trainee, Trainee.id == Enrolment.trainee_id)
        .where(
            Paper.kind == kind,
            Enrolment.batch_id.in_(asked),
            Enrolment.status == EnrolmentStatus.ACCEPTED,
            Trainee.erased_at.is_(None),
        )
        .order_by(Batch.ends_on.desc(), Batch.id, Sitting.handed_in_at, Sitting.id)
    )
    rows = session.execute(query).all()
    if seen is None:
        return _summed(session, kind, asked, rows)
    found = _summed(session, kind, asked, _tellable(rows, seen))
    guarded = any(one not in seen for one in asked)
    return _without_few(replace(found, answered=len(rows), guarded=guarded))


def _tellable(rows: Sequence[Any], seen: Collection[int]) -> Sequence[Any]:
    """All answers, or those of batches that are seen where the others are so few that they would tell of persons."""
    own = [row for row in rows if row.Batch.id in seen]
    return own if len(rows) - len(own) < LEAST else rows


def _without_few(found: Outcomes) -> Outcomes:
    """Both shares by outcome go where one of them is of few people: the other and the whole would tell it."""
    few = any(0 < share.of < LEAST for share in (found.completed, found.incomplete))
    if not few or not found.guarded:
        return found
    return replace(found, completed=Share(0, 0), incomplete=Share(0, 0), by_outcome=False)


def _summed(session: Session, kind: str, asked: dict[int, int], rows: Sequence[Any]) -> Outcomes:
    said = [(row.answers, row.Enrolment) for row in rows]
    state = Counter(str(answers.get("aktif", "")) for answers, _one in said)
    told = [answers for answers, _one in said if "buat" in answers]
    return Outcomes(
        kind=kind,
        batches=len(asked),
        invited=sum(asked.values()),
        answered=len(rows),
        told=len(rows),
        active=_active(said),
        sometimes=state[SOMETIMES],
        no_more=state[NO_MORE],
        completed=_active([one for one in said if one[1].outcome == Outcome.COMPLETED]),
        incomplete=_active([one for one in said if one[1].outcome == Outcome.INCOMPLETE]),
        built=[
            Built(row.Batch, row.Enrolment.trainee, text, _words(row.answers, "buat_tautan"))
            for row in rows
            if (text := _words(row.answers, "buat_apa"))
        ],
        made_something=Share(sum(answers["buat"] == ACTIVE for answers in told), len(told)),
        obstacles=_obstacles(session, rows),
        help_wanted=[text for row in rows if (text := _words(row.answers, "bantuan"))],
    )


def _words(answers: dict[str, Any], key: str) -> str:
    """What was written; of the office's own list of questions this one may be of another kind, and is no text then."""
    given = answers.get(key)
    return given if isinstance(given, str) else ""


def _active(said: Sequence[tuple[dict[str, Any], Enrolment]]) -> Share:
    answers = [one["aktif"] for one, _enrolment in said if "aktif" in one]
    return Share(sum(one == ACTIVE for one in answers), len(answers))


def _obstacles(session: Session, rows: Sequence[Any]) -> list[tuple[str, int]]:
    """In the words of the questions that were asked, the most frequent first."""
    labels: dict[str, str] = {}
    for version_id in {row.instrument_version_id for row in rows}:
        labels |= _labels(definition_of(session, version_id))
    given = [row.answers["hambatan"] for row in rows if "hambatan" in row.answers]
    counts = Counter(str(key) for one in given for key in (one if isinstance(one, list) else [one]))
    return [(labels.get(key, key), n) for key, n in counts.most_common()]


def _labels(definition: Definition) -> dict[str, str]:
    question = definition.by_key.get("hambatan")
    return {option.key: say(option.text) for option in question.options} if question is not None else {}
