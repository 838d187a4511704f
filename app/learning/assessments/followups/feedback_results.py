"""What participants said in their feedback, so that nobody can tell who said what.

Shown to nobody before the batch is finished: by then marks and outcomes are settled, and what somebody says can cost
them nothing. Shown from LEAST answers on, all at once when the form is closed, and each question apart: which answers
belong together cannot be seen, nor which one came last. Texts stand in random order.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from statistics import fmean, stdev
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.instruments.definition import Question, say
from app.evidence.instruments.logic import number_of
from app.evidence.instruments.versions import definition_of
from app.evidence.surveys.statistics.intervals import quantile
from app.learning.assessments.followups.feedback import LEAST, count_feedback
from app.learning.assessments.models import Feedback, Paper
from app.learning.assessments.papers.service import PaperState, state_of
from app.learning.training.models import Batch, BatchStatus

CONFIDENCE = 0.95
NO_ORDER = random.SystemRandom()


@dataclass(frozen=True)
class Mean:
    """The mean of a scale or a number; `low` and `high`: 95 % limits, None where all gave the same."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Choice:
    label: str
    n: int
    share: float  # 0 to 1, of those who answered


@dataclass(frozen=True)
class QuestionResult:
    """Answers to one question, or one row of a grid. `n`: who answered; below LEAST nothing else is told."""

    section: str
    text: str
    kind: str
    n: int
    choices: Sequence[Choice] = ()
    mean: Mean | None = None
    of: str = ""  # "1 sampai 5" of a scale
    texts: Sequence[str] = ()

    @property
    def is_hidden(self) -> bool:
        return self.kind != "text" and 0 < self.n < LEAST


@dataclass(frozen=True)
class Results:
    """What may be shown of feedback. `given`: how many gave feedback, `counted`: how many of these are shown. `why`
    nothing is: "running" (the batch), "open" (the form), "few", else ""."""

    given: int
    counted: int
    why: str
    questions: Sequence[QuestionResult] = ()


def results(session: Session, batch: Batch, paper: Paper | None, *, now: datetime) -> Results:
    """Return what may be shown of the feedback of a batch."""
    if paper is None:
        return Results(0, 0, "few")
    given = count_feedback(session, paper.id)
    if batch.status != BatchStatus.FINISHED:
        return Results(given, 0, "running")
    if state_of(paper, now) != PaperState.CLOSED:
        return Results(given, 0, "open")
    rows = session.scalars(select(Feedback.answers).where(Feedback.paper_id == paper.id)).all()
    if len(rows) < LEAST:
        return Results(given, len(rows), "few")
    definition = definition_of(session, paper.instrument_version_id)
    told = [
        one
        for section in definition.sections
        for question in section.questions
        if question.kind != "note"
        for one in _answered(say(section.title), question, rows)
    ]
    return Results(given, len(rows), "", told)


def _answered(section: str, question: Question, rows: Sequence[Mapping[str, Any]]) -> list[QuestionResult]:
    said = [row[question.key] for row in rows if question.key in row]
    text, kind = say(question.text), question.kind
    if kind == "grid":
        return [
            _counted(section, f"{text} {say(row.text)}", question, [one[row.key] for one in said if row.key in one])
            for row in question.rows
        ]
    if kind == "text":
        return [QuestionResult(section, text, kind, len(said), texts=_shuffled(said))]
    beside = _beside(question, rows)
    return [_counted(section, text, question, said, beside)]


def _counted(
    section: str, text: str, question: Question, said: Sequence[Any], texts: Sequence[str] = ()
) -> QuestionResult:
    n = len(said)
    if n < LEAST:
        return QuestionResult(section, text, question.kind, n)
    counts = Counter(str(key) for one in said for key in (one if isinstance(one, list) else [one]))
    choices = [Choice(say(o.text) or o.key, counts[o.key], counts[o.key] / n) for o in question.options]
    numbers = [number for one in said if (number := number_of(one)) is not None]
    scale = question.kind in {"scale", "number"}
    of = f"{question.options[0].key}–{question.options[-1].key}" if question.kind == "scale" else ""
    return QuestionResult(
        section, text, question.kind, n, choices, mean_of(numbers, question) if scale else None, of, texts
    )


def _beside(question: Question, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What was written beside "other" options."""
    keys = [f"{question.key}/{option.key}" for option in question.options if option.other]
    return _shuffled([row[key] for row in rows for key in keys if key in row])


def mean_of(numbers: Sequence[float], question: Question | None = None) -> Mean | None:
    """Return the mean with Student's limits, which end where the scale does; None of no numbers."""
    if not numbers:
        return None
    value = fmean(numbers)
    spread = stdev(numbers) if len(numbers) > 1 else 0.0
    if not spread:
        return Mean(value)
    half = quantile(len(numbers) - 1, CONFIDENCE) * spread / sqrt(len(numbers))
    keys = [float(option.key) for option in question.options] if question is not None and question.options else []
    low, high = value - half, value + half
    return Mean(value, max(low, min(keys)) if keys else low, min(high, max(keys)) if keys else high)


def _shuffled(texts: Sequence[Any]) -> list[str]:
    return NO_ORDER.sample([str(one) for one in texts], len(texts))
