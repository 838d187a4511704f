"""Data classes of what an instrument asks: sections of questions, and measures. See definition.py."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

Texts = Mapping[str, str]
"""Language → text; "id" is always there."""
KINDS = ("one", "many", "scale", "number", "text", "grid", "note")
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
OPTION_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}\Z")
MOST_TEXT = 2000
MOST_OTHER = 200

SEXES = ("f", "m")
AGE_BANDS = ("17-24", "25-34", "35-44", "45-54", "55+")
YOUNGEST, OLDEST = 17, 110


def age_band(age: int) -> str | None:
    """Return the band of an age in years; None for one that may not be asked or cannot be."""
    if not YOUNGEST <= age <= OLDEST:
        return None
    return AGE_BANDS[sum(age >= limit for limit in (25, 35, 45, 55))]


@dataclass(frozen=True)
class Option:
    key: str
    text: Texts
    exclusive: bool = False  # of several: this one alone
    other: bool = False  # with a line to write on
    fixed: bool = False  # stays at its place in a random order
    right: bool = False  # the right answer of a test
    dimension: str | None = None  # of a code


@dataclass(frozen=True)
class GridRow:
    key: str
    text: Texts
    dimension: str | None = None
    service: str | None = None
    decoy: bool = False  # a service that does not exist


@dataclass(frozen=True)
class Question:
    key: str
    kind: str
    text: Texts
    hint: Texts = field(default_factory=dict)
    required: bool = True
    aloud: bool = True
    back: bool = True
    shuffle: bool = False
    when: Mapping[str, Any] | None = None
    picture: int | None = None
    picture_hash: str | None = None
    impersonal: bool = False
    points: float = 1  # of a test: what the right answer gives
    options: Sequence[Option] = ()
    rows: Sequence[GridRow] = ()
    least: float | None = None
    most: float | None = None
    whole: bool = True
    codes: Sequence[Option] = ()

    @cached_property
    def option_keys(self) -> tuple[str, ...]:
        return tuple(option.key for option in self.options)

    @cached_property
    def by_option(self) -> Mapping[str, Option]:
        return {option.key: option for option in self.options}


@dataclass(frozen=True)
class Section:
    key: str
    title: Texts
    questions: Sequence[Question]


@dataclass(frozen=True)
class Measure:
    """A measure that is followed over waves.

    share: 1 where the answer to `question` (of `row`, in a grid) is one of `counts`, else 0; or where at least `least`
    of the `parts` [(question, row, counts)] count. mean: the number that was answered. `among`: a condition on who is
    counted at all. `unasked`: what stands for somebody who was not asked; None leaves them out.
    """

    key: str
    label: Texts
    kind: str = "share"
    question: str | None = None
    row: str | None = None
    counts: Sequence[str] = ()
    parts: Sequence[tuple[str, str | None, Sequence[str]]] = ()
    least: int = 1
    among: Mapping[str, Any] | None = None
    unasked: float | None = None
    dimension: str | None = None
    decoy: bool = False  # shown beside the others as a check, never as a result


@dataclass(frozen=True, eq=False)
class Definition:
    """What an instrument asks. Compared by identity; compare `canonical` for what it says."""

    title: Texts
    intro: Texts
    consent: Texts
    thanks: Texts
    languages: Sequence[str]
    sections: Sequence[Section]
    measures: Sequence[Measure]

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for section in self.sections for question in section.questions)

    @cached_property
    def by_key(self) -> Mapping[str, Question]:
        return {question.key: question for question in self.questions}

    @cached_property
    def by_measure(self) -> Mapping[str, Measure]:
        return {measure.key: measure for measure in self.measures}


def say(texts: Texts, language: str = "id") -> str:
    """Return the text in a language, Indonesian where it has none."""
    return texts.get(language) or texts.get("id", "")


def texts_of(value: Any) -> dict[str, str]:
    """Return {"id": …} of a string, a mapping as it is, nothing of nothing; without space around."""
    texts = value if isinstance(value, Mapping) else {"id": "" if value is None else value}
    plain = {
        str(language): str(text).replace("\r\n", "\n").strip() for language, text in texts.items() if text is not None
    }
    return {language: text for language, text in plain.items() if text}


def texts_in(definition: Definition) -> Iterator[tuple[str, Texts]]:
    """Yield every text that a respondent reads, with a name of its own, in order; what a translator fills in.

    "=title", "#SECTION", "QUESTION", "QUESTION.hint", "QUESTION.o.OPTION", "QUESTION.r.ROW".
    """
    yield from (("=title", definition.title), ("=intro", definition.intro))
    yield from (("=consent", definition.consent), ("=thanks", definition.thanks))
    for section in definition.sections:
        yield f"#{section.key}", section.title
        for question in section.questions:
            yield question.key, question.text
            yield f"{question.key}.hint", question.hint
            yield from ((f"{question.key}.o.{option.key}", option.text) for option in question.options)
            yield from ((f"{question.key}.r.{row.key}", row.text) for row in question.rows)
