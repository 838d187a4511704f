"""Select open texts and what they were coded as, grouped by what is the same text to a reader."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.evidence.instruments.definition import Definition, Option, Question, say
from app.evidence.responses.models import Response
from app.evidence.surveys.access import visible_to
from app.evidence.surveys.models import Wave
from app.kernel.roles import Actor

ERASED = "(isi dihapus)"
"""Stands for a text that named somebody."""


@dataclass
class TextGroup:
    """Answers that say the same. `text`: as most wrote it; `spellings`: all of them; `codes`: None while it waits.

    `suggestion`: what equal texts were coded as before.
    """

    form: str
    text: str
    count: int
    codes: list[str] | None
    spellings: list[str] = field(default_factory=list)
    suggestion: list[str] | None = None

    @property
    def mark(self) -> str:
        """Names this group in an address; another one as soon as it is coded otherwise."""
        return hashlib.sha256(json.dumps([self.form, self.codes]).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class QuestionTexts:
    """All texts of a question. `coded` and `total` count answers, not groups."""

    groups: Sequence[TextGroup]
    coded: int
    total: int

    def by_mark(self, mark: str) -> TextGroup | None:
        return next((group for group in self.groups if group.mark == mark), None)

    @property
    def waiting(self) -> Sequence[TextGroup]:
        return [group for group in self.groups if group.codes is None]


def normalise(text: str) -> str:
    """Bring texts that differ by case, spaces or a full stop only to one form."""
    return " ".join(text.casefold().split()).strip(" .,;!?\"'“”")


def open_questions(definition: Definition) -> list[Question]:
    return [question for question in definition.questions if question.kind == "text"]


@dataclass(frozen=True)
class WrittenPart:
    """Where people write words: an open question, or the line beside an option ("QUESTION/OPTION"), never coded."""

    key: str
    text: str
    codes: Sequence[Option] = ()
    is_coded: bool = True


def written_parts(definition: Definition) -> list[WrittenPart]:
    """List the parts of the answers that are written: open questions first, then the lines beside options."""
    asked = [WrittenPart(question.key, say(question.text), question.codes) for question in open_questions(definition)]
    return asked + [
        WrittenPart(f"{question.key}/{option.key}", f"{say(question.text)} – {say(option.text)}", is_coded=False)
        for question in definition.questions
        for option in question.options
        if option.other
    ]


def texts_of(session: Session, wave: Wave, key: str, actor: Actor) -> QuestionTexts:
    """Return the texts of a question, those with most answers first; two queries, grouped by the database.

    `actor`: who reads; suggestions come only from surveys that this person may see.
    """
    text, coded = _text(key), _codes(key)
    query = (
        select(text, coded, func.count())
        .where(Response.wave_id == wave.id, Response.pending.is_(False), Response.set_aside.is_(None))
        .where(text.is_not(None))
        .group_by(text, coded)
        .order_by(func.count(), text)  # the most frequent codes of a text are known last, and stand
    )
    groups: dict[tuple[str, str | None], TextGroup] = {}
    known = _known_elsewhere(session, wave, key, actor)
    for written, given, count in session.execute(query):
        form, codes = normalise(written), None if given is None else list(json.loads(given))
        mark = None if codes is None else json.dumps(codes)
        group = groups.setdefault((form, mark), TextGroup(form, written, 0, codes))
        group.count += count
        group.spellings.append(written)
        if codes is not None:
            known[form] = codes
    for group in groups.values():
        group.suggestion = known.get(group.form) if group.codes is None else None
    ordered = sorted(groups.values(), key=lambda group: (-group.count, group.form))
    coded_answers = sum(group.count for group in ordered if group.codes is not None)
    return QuestionTexts(ordered, coded_answers, sum(group.count for group in ordered))


def _known_elsewhere(session: Session, wave: Wave, key: str, actor: Actor) -> dict[str, list[str]]:
    """Text → its codes in the other surveys that ask the same questions and are this person's to see."""
    same = select(Wave.id).where(
        Wave.instrument_version_id == wave.instrument_version_id, Wave.id != wave.id, visible_to(actor)
    )
    text, coded = _text(key), _codes(key)
    rows = session.execute(
        select(text, coded)
        .where(Response.wave_id.in_(same), text.is_not(None), coded.is_not(None))
        .group_by(text, coded)
        .order_by(func.count(), text)
    )
    return {normalise(written): list(json.loads(given)) for written, given in rows}


def _text(key: str) -> Any:
    return Response.answers[key].as_string()


def _codes(key: str) -> Any:
    return Response.codes[key].as_string()


def written_as(session: Session, wave: Wave, key: str, form: str) -> list[str]:
    """Return every spelling of this text in the survey, whatever it was coded as."""
    found = session.scalars(select(_text(key)).where(Response.wave_id == wave.id, _text(key).is_not(None)).distinct())
    return [text for text in found if normalise(text) == form]


def uuids_of(session: Session, wave: Wave, key: str, spellings: Sequence[str]) -> list[tuple[str, list[str] | None]]:
    """Return the answers with one of these spellings, each with what it is coded as (None: not yet)."""
    query = select(Response.uuid, _codes(key)).where(Response.wave_id == wave.id, _text(key).in_(spellings))
    rows = session.execute(query.order_by(Response.uuid)).tuples()
    return [(uuid, None if given is None else list(json.loads(given))) for uuid, given in rows]
