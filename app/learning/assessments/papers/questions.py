"""What a paper asks: the questions of its instrument, and in a test beside every list of answers "I do not know yet".

Whoever is made to guess is marked by luck. So a question of a test may be left open, and there is an answer that says
so; both give no points. It is no option of the instrument: its author need not think of it, and questions that were
written before have it too.
"""

from dataclasses import replace

from sqlalchemy.orm import Session

from app.evidence.instruments.definition import Definition, Option, Question
from app.evidence.instruments.versions import definition_of
from app.kernel.text import T
from app.learning.assessments.models import Paper, PaperKind

UNKNOWN = "belum_tahu"
WORDS = T("Saya belum tahu")
MARKED = (PaperKind.PRE, PaperKind.POST)
WITH_OPTIONS = ("one", "scale", "many", "grid")


def questions_of_paper(session: Session, paper: Paper) -> Definition:
    definition = definition_of(session, paper.instrument_version_id, for_asking=True)
    return with_unknown(definition) if paper.kind in MARKED else definition


def with_unknown(definition: Definition) -> Definition:
    sections = [
        replace(section, questions=tuple(map(_with_unknown, section.questions))) for section in definition.sections
    ]
    return replace(definition, sections=tuple(sections))


def _with_unknown(question: Question) -> Question:
    """Numbers and texts may just stay empty."""
    if question.kind not in WITH_OPTIONS:
        return replace(question, required=False)
    if UNKNOWN in question.by_option:
        return question
    unknown = Option(UNKNOWN, {"id": WORDS.msgid}, exclusive=question.kind == "many", fixed=True)
    return replace(question, options=(*question.options, unknown))


def is_unknown(answer: object) -> bool:
    """Return whether somebody answered that they do not know; of a grid: in every row that they answered."""
    given = answer.values() if isinstance(answer, dict) else answer if isinstance(answer, list) else [answer]
    return bool(given) and all(one == UNKNOWN for one in given)
