"""A test or a follow-up on paper, for who has no phone at hand: what stands on the sheet, as plain values."""

from string import ascii_lowercase
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Regency
from app.base.people.office import office_of
from app.evidence.instruments.definition import Definition, Question, say
from app.evidence.responses.paper.skips import numbers, only_if
from app.learning.assessments.models import Paper, PaperKind
from app.learning.assessments.papers.marking import most_points
from app.learning.assessments.papers.questions import UNKNOWN, questions_of_paper
from app.learning.training.models import Batch


def sheet_of(session: Session, paper: Paper, batch: Batch, label: str, *, with_key: bool) -> dict[str, Any]:
    """Return the data of test_sheet.typ. `with_key`: the right answers are filled in, for who marks."""
    definition = questions_of_paper(session, paper)
    return {
        "office": office_of(session, session.scalar(select(Regency.name)) or ""),
        "campaign": f"{label}, {batch.name}",  # the foot of every page
        "label": label,
        "title": say(definition.title),
        "batch": batch.name,
        "intro": say(definition.intro),
        "thanks": say(definition.thanks),
        "most": _number(most_points(definition)) if paper.most else "",
        "named": paper.kind != PaperKind.FEEDBACK,
        "key": with_key,
        "sections": [
            {
                "title": say(section.title),
                "questions": [_question(definition, question, with_key=with_key) for question in section.questions],
            }
            for section in definition.sections
        ],
    }


def _question(definition: Definition, question: Question, *, with_key: bool) -> dict[str, Any]:
    return {
        "number": numbers(definition).get(question.key),
        "kind": question.kind,
        "text": say(question.text),
        "hint": say(question.hint),
        "only_if": only_if(definition, question.when),
        "points": _number(question.points) if question.points != 1 else "",
        "several": question.kind == "many",
        "options": [
            {
                "letter": letter if question.kind != "scale" else "?" if option.key == UNKNOWN else option.key,
                "text": say(option.text),
                "other": option.other,
                "right": with_key and option.right,
            }
            for letter, option in zip(letters(len(question.options)), question.options, strict=True)
        ],
        "rows": [say(row.text) for row in question.rows],
    }


def letters(count: int) -> list[str]:
    """Return the first `count` of a, b, …, z, aa, ab, …"""
    size = len(ascii_lowercase)
    return [
        (ascii_lowercase[place // size - 1] if place >= size else "") + ascii_lowercase[place % size]
        for place in range(count)
    ]


def _number(value: float) -> str:
    return f"{value:g}".replace(".", ",")
