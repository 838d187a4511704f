"""What an instrument asks, as plain data: read from JSON or YAML, and written back in one canonical form.

    title, intro, consent, thanks: texts
    languages: ["id", …]                       Indonesian is always there and first
    sections: [{key, title, questions: […]}]
    measures: [{key, label, kind: share | mean, …}]   see instruments/measures.py

A text is a plain string (Indonesian) or {"id": "…", "kut": "…"}. A question:

    key      letters, digits, underscore; unique in the instrument
    kind     one | many | scale | number | text | grid | note
    text, hint
    required true unless said otherwise (a note never is)
    aloud    false: the options are not read aloud
    back     false: one cannot go back to it once answered
    shuffle  true: options (of a grid: rows) in random order; a fixed option stays where it is
    when     asked only where this condition holds (instruments/logic.py)
    picture  id of a stored file that is shown
    options  [{key, text, exclusive, other, fixed, right}]   one, many, scale (keys are whole numbers), grid
    rows     [{key, text, dimension, service, decoy}]        grid
    least, most, whole                                       number
    codes    [{key, text, dimension}]                        text: what it may be coded as afterwards

An answer: one and scale give an option's key, many a list of keys in the instrument's order, number a number, text a
string, grid {row: option}. What is written beside an "other" option stands under "QUESTION/OPTION".
"""

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
    """The band of an age in years, None for one that may not be asked or cannot be."""
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
class Row:
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
    options: Sequence[Option] = ()
    rows: Sequence[Row] = ()
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
    """What is followed over waves.

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
    """Compared by identity; compare `written` for what it says."""

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
    """The text in a language, Indonesian where it has none."""
    return texts.get(language) or texts.get("id", "")


def read(raw: Mapping[str, Any]) -> Definition:
    """A definition that passed instruments/checks.py. A raw one may raise KeyError, TypeError or ValueError."""
    return Definition(
        title=texts_of(raw.get("title")),
        intro=texts_of(raw.get("intro")),
        consent=texts_of(raw.get("consent")),
        thanks=texts_of(raw.get("thanks")),
        languages=tuple(raw.get("languages") or ("id",)),
        sections=tuple(
            Section(
                section["key"], texts_of(section.get("title")), tuple(map(_question, section.get("questions") or ()))
            )
            for section in raw.get("sections") or ()
        ),
        measures=tuple(map(_measure, raw.get("measures") or ())),
    )


def texts_of(value: Any) -> dict[str, str]:
    """{"id": …} of a string, a mapping as it is, nothing of nothing; without space around."""
    texts = value if isinstance(value, Mapping) else {"id": "" if value is None else value}
    plain = {
        str(language): str(text).replace("\r\n", "\n").strip() for language, text in texts.items() if text is not None
    }
    return {language: text for language, text in plain.items() if text}


def _question(raw: Mapping[str, Any]) -> Question:
    kind = raw["kind"]
    return Question(
        key=raw["key"],
        kind=kind,
        text=texts_of(raw.get("text")),
        hint=texts_of(raw.get("hint")),
        required=bool(raw.get("required", True)) and kind != "note",
        aloud=bool(raw.get("aloud", True)),
        back=bool(raw.get("back", True)),
        shuffle=bool(raw.get("shuffle", False)),
        when=_condition(raw.get("when")),
        picture=raw.get("picture"),
        options=tuple(map(_option, raw.get("options") or ())),
        rows=tuple(
            Row(
                str(row["key"]), texts_of(row.get("text")), row.get("dimension"), row.get("service"),
                bool(row.get("decoy", False)),
            )
            for row in raw.get("rows") or ()
        ),
        least=raw.get("least"),
        most=raw.get("most"),
        whole=bool(raw.get("whole", True)),
        codes=tuple(map(_option, raw.get("codes") or ())),
    )  # fmt: skip


def _condition(raw: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """As it is, with options as strings: YAML reads the 1 of a scale as a number."""
    if not raw:
        return None
    if "not" in raw:
        return {"not": _condition(raw["not"])}
    for form in ("all", "any"):
        if form in raw:
            return {form: [_condition(part) for part in raw[form]]}
    return {name: [str(one) for one in value] if name == "is" else value for name, value in raw.items()}


def _option(raw: Mapping[str, Any]) -> Option:
    return Option(
        key=str(raw["key"]),
        text=texts_of(raw.get("text")),
        exclusive=bool(raw.get("exclusive", False)),
        other=bool(raw.get("other", False)),
        fixed=bool(raw.get("fixed", False)),
        right=bool(raw.get("right", False)),
        dimension=raw.get("dimension"),
    )


def _measure(raw: Mapping[str, Any]) -> Measure:
    return Measure(
        key=raw["key"],
        label=texts_of(raw.get("label")),
        kind=raw.get("kind", "share"),
        question=raw.get("question"),
        row=raw.get("row"),
        counts=tuple(map(str, raw.get("counts") or ())),
        parts=tuple(
            (part["question"], part.get("row"), tuple(map(str, part.get("counts") or ())))
            for part in raw.get("parts") or ()
        ),
        least=int(raw.get("least", 1)),
        among=_condition(raw.get("among")),
        unasked=raw.get("unasked"),
        dimension=raw.get("dimension"),
        decoy=bool(raw.get("decoy", False)),
    )


def written(definition: Definition) -> dict[str, Any]:
    """The canonical form: only what differs from the defaults; `written(read(w)) == w`."""
    return _slim(
        {
            "title": definition.title,
            "intro": definition.intro,
            "consent": definition.consent,
            "thanks": definition.thanks,
            "languages": list(definition.languages),
            "sections": [
                {
                    "key": one.key,
                    **_slim({"title": one.title}),
                    "questions": [written_question(q) for q in one.questions],
                }
                for one in definition.sections
            ],
            "measures": [written_measure(measure) for measure in definition.measures],
        }
    )


def written_question(question: Question) -> dict[str, Any]:
    values = {
        "key": question.key,
        "kind": question.kind,
        "text": question.text,
        "hint": question.hint,
        "required": None if question.required or question.kind == "note" else False,
        "aloud": None if question.aloud else False,
        "back": None if question.back else False,
        "shuffle": question.shuffle or None,
        "when": question.when,
        "picture": question.picture,
        "options": [_written_option(option) for option in question.options],
        "rows": [
            _slim({"key": row.key, "text": row.text, "dimension": row.dimension, "service": row.service,
                   "decoy": row.decoy or None})
            for row in question.rows
        ],
        "least": question.least,
        "most": question.most,
        "whole": None if question.whole else False,
        "codes": [_written_option(code) for code in question.codes],
    }  # fmt: skip
    return _slim(values)


def _written_option(option: Option) -> dict[str, Any]:
    flags = {name: getattr(option, name) or None for name in ("exclusive", "other", "fixed", "right", "dimension")}
    return _slim({"key": option.key, "text": option.text, **flags})


def written_measure(measure: Measure) -> dict[str, Any]:
    return _slim(
        {
            "key": measure.key,
            "label": measure.label,
            "kind": None if measure.kind == "share" else measure.kind,
            "question": measure.question,
            "row": measure.row,
            "counts": list(measure.counts),
            "parts": [
                _slim({"question": question, "row": row, "counts": list(counts)})
                for question, row, counts in measure.parts
            ],
            "least": None if measure.least == 1 else measure.least,
            "among": measure.among,
            "unasked": measure.unasked,
            "dimension": measure.dimension,
            "decoy": measure.decoy or None,
        }
    )


def _slim(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is not said; texts and lists as plain JSON."""
    kept = {name: value for name, value in values.items() if value is not None and value not in ({}, [], ())}
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in kept.items()}


def texts_in(definition: Definition) -> Iterator[tuple[str, Texts]]:
    """Every text that a respondent reads, with a name of its own, in order; what a translator fills in.

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
