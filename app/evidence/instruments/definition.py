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
    picture  id of a stored file that is shown; picture_hash its SHA-256, put in when it is saved
    impersonal  true: its words sound like a name or a number of the person, and mean something else
    points   what the right answer of a test gives, 1 unless said otherwise; counts where an option is `right`
    options  [{key, text, exclusive, other, fixed, right}]   one, many, scale (keys are whole numbers), grid
    rows     [{key, text, dimension, service, decoy}]        grid
    least, most, whole                                       number
    codes    [{key, text, dimension}]                        text: what it may be coded as afterwards

An answer: one and scale give an option's key, many a list of keys in the instrument's order, number a number, text a
string, grid {row: option}. What is written beside an "other" option stands under "QUESTION/OPTION".
"""

from collections.abc import Mapping
from typing import Any

from app.evidence.instruments.shapes import (
    AGE_BANDS,
    KEY,
    KINDS,
    MOST_OTHER,
    MOST_TEXT,
    OLDEST,
    OPTION_KEY,
    SEXES,
    YOUNGEST,
    Definition,
    GridRow,
    Measure,
    Option,
    Question,
    Section,
    Texts,
    age_band,
    say,
    texts_in,
    texts_of,
)

__all__ = [
    "AGE_BANDS",
    "KEY",
    "KINDS",
    "MOST_OTHER",
    "MOST_TEXT",
    "OLDEST",
    "OPTION_KEY",
    "SEXES",
    "YOUNGEST",
    "Definition",
    "GridRow",
    "Measure",
    "Option",
    "Question",
    "Section",
    "Texts",
    "age_band",
    "canonical",
    "canonical_measure",
    "canonical_question",
    "read",
    "say",
    "texts_in",
    "texts_of",
]


def read(raw: Mapping[str, Any]) -> Definition:
    """Read a definition that passed instruments/checks.py. A raw one may raise KeyError, TypeError or ValueError."""
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
        picture_hash=raw.get("picture_hash"),
        impersonal=bool(raw.get("impersonal", False)),
        points=1 if raw.get("points") is None else raw["points"],
        options=tuple(map(_option, raw.get("options") or ())),
        rows=tuple(
            GridRow(
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


def canonical(definition: Definition) -> dict[str, Any]:
    """Return the canonical form: only what differs from the defaults; `canonical(read(w)) == w`."""
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
                    "questions": [canonical_question(q) for q in one.questions],
                }
                for one in definition.sections
            ],
            "measures": [canonical_measure(measure) for measure in definition.measures],
        }
    )


def canonical_question(question: Question) -> dict[str, Any]:
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
        "picture_hash": question.picture_hash if question.picture is not None else None,
        "impersonal": question.impersonal or None,
        "points": None if question.points == 1 else question.points,
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


def canonical_measure(measure: Measure) -> dict[str, Any]:
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
