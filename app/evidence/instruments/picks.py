"""Answers picked from a list of questions, for a condition or for what a measure counts; and both in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.evidence.instruments.definition import Definition, Measure, Question, say
from app.evidence.instruments.logic import number_of
from app.kernel.errors import Invalid
from app.kernel.text import T

Condition = Mapping[str, Any]
ANSWERED = "*"
LONGEST = 90


Typed = Mapping[str, Sequence[str]]
"""The fields of a form as they were posted: name → values."""


@dataclass(frozen=True)
class Group:
    """A question, or a row of a grid. `id`: "p1" or "p5/bank"; `answers`: (key, text) of options or codes."""

    id: str
    label: str
    kind: str
    answers: Sequence[tuple[str, str]] = ()

    @property
    def question(self) -> str:
        return self.id.partition("/")[0]

    @property
    def row(self) -> str | None:
        return self.id.partition("/")[2] or None

    @property
    def numeric(self) -> bool:
        return self.kind == "number"


@dataclass(frozen=True)
class Picked:
    chosen: frozenset[str] = frozenset()
    negated: bool = False
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Picks:
    """What is picked in a list of groups.

    `complex`: a condition that this list cannot show; it stays as it is unless it is replaced.
    """

    by_group: Mapping[str, Picked] = field(default_factory=dict)
    join: str = "all"
    complex: bool = False


def groups_for_condition(definition: Definition, before: str | None = None) -> list[Group]:
    """List the questions that stand before one (all for None), without notes."""
    found: list[Group] = []
    for question in definition.questions:
        if question.key == before:
            break
        found += _groups(question, [(one.key, say(one.text)) for one in question.options])
    return found


def groups_for_measure(definition: Definition) -> list[Group]:
    """List what a share can count: options, and codes of open texts."""
    found: list[Group] = []
    for question in definition.questions:
        parts = question.codes if question.kind == "text" else question.options
        if parts:
            found += _groups(question, [(one.key, say(one.text)) for one in parts])
    return found


def _groups(question: Question, answers: Sequence[tuple[str, str]]) -> Iterator[Group]:
    if question.kind == "grid":
        for row in question.rows:
            label = f"{shortened(say(question.text))} – {say(row.text)}"
            yield Group(f"{question.key}/{row.key}", label, question.kind, answers)
    elif question.kind != "note":
        yield Group(question.key, say(question.text), question.kind, answers)


def shortened(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…"


# --- what was picked ---


def condition_of(form: Typed, prefix: str, groups: Sequence[Group]) -> dict[str, Any] | None:
    """Return the condition that was picked; None for none. Raises Invalid where a border is no number."""
    parts = [part for group in groups if (part := _part(form, f"{prefix}:{group.id}", group)) is not None]
    if len(parts) <= 1:
        return parts[0] if parts else None
    return {"any" if _one(form, f"{prefix}:gabung") == "any" else "all": parts}


def _part(form: Typed, name: str, group: Group) -> dict[str, Any] | None:
    where: dict[str, Any] = {"question": group.question}
    if group.row is not None:
        where["row"] = group.row
    chosen = form.get(name, ())
    known = [key for key, _text in group.answers if key in chosen]
    borders = {
        border: _number(_one(form, f"{name}:{field}")) for border, field in (("least", "dari"), ("most", "sampai"))
    }
    borders = {border: number for border, number in borders.items() if number is not None}
    if ANSWERED in chosen:
        part = {**where, "answered": True}
    elif known:
        part = {**where, "is": known}
    elif borders:
        part = {**where, **borders}
    else:
        return None
    return {"not": part} if _one(form, f"{name}:tidak") else part


def _one(form: Typed, name: str) -> str:
    return next(iter(form.get(name, ())), "")


def _number(text: str) -> float | None:
    plain = text.strip().replace(",", ".")
    if not plain:
        return None
    number = number_of(plain)
    if number is None:
        raise Invalid(T("Batas angka “%(text)s” bukan angka.", text=plain[:20]), field="when")
    return int(number) if number == int(number) else number


def counted_picks(form: Typed, prefix: str, groups: Sequence[Group]) -> list[dict[str, Any]]:
    """Return [{question, row, counts}] of the groups in which something was picked."""
    found = []
    for group in groups:
        chosen = form.get(f"{prefix}:{group.id}", ())
        counts = [key for key, _text in group.answers if key in chosen]
        if counts:
            row = {} if group.row is None else {"row": group.row}
            found.append({"question": group.question, **row, "counts": counts})
    return found


# --- what stands there ---


def picks_of(when: Condition | None, groups: Sequence[Group]) -> Picks:
    if not when:
        return Picks()
    join = "any" if "any" in when else "all"
    parts = when.get(join, [when])
    found: dict[str, Picked] = {}
    known = {group.id for group in groups}
    for part in parts:
        negated = "not" in part
        inner = part["not"] if negated else part
        if "question" not in inner:
            return Picks(complex=True)
        name = inner["question"] + (f"/{inner['row']}" if "row" in inner else "")
        if name in found or name not in known:
            return Picks(complex=True)
        chosen = {ANSWERED} if "answered" in inner else set(inner.get("is", ()))
        found[name] = Picked(frozenset(chosen), negated, inner.get("least"), inner.get("most"))
    return Picks(found, join)


def picks_of_measure(measure: Measure) -> Picks:
    parts = measure.parts or ([(measure.question, measure.row, measure.counts)] if measure.question else [])
    return Picks(
        {
            question + (f"/{row}" if row else ""): Picked(frozenset(counts))
            for question, row, counts in parts
            if question
        }
    )


def posted_picks(form: Typed, prefix: str, groups: Sequence[Group]) -> Picks:
    """Return what was picked, as it was typed, for a form that comes back."""
    found = {}
    for group in groups:
        name = f"{prefix}:{group.id}"
        least, most = (_quietly(_one(form, f"{name}:{one}")) for one in ("dari", "sampai"))
        picked = Picked(frozenset(form.get(name, ())), bool(_one(form, f"{name}:tidak")), least, most)
        if picked != Picked():
            found[group.id] = picked
    return Picks(found, _one(form, f"{prefix}:gabung") or "all")


def _quietly(text: str) -> float | None:
    return number_of(text.strip().replace(",", "."))


# --- in words ---


def in_words(when: Condition | None, definition: Definition) -> str:
    """Say a condition as part of a sentence: "“Pernah lihat?” dijawab “Ya”"; empty for none."""
    if not when:
        return ""
    for form, word in (("all", T(" dan ")), ("any", T(" atau "))):
        if form in when:
            said = [in_words(part, definition) for part in when[form]]
            return str(word).join(f"({one})" if " dan " in one or " atau " in one else one for one in said)
    if "not" in when:
        return str(T("bukan: %(what)s", what=in_words(when["not"], definition)))
    question = definition.by_key.get(when["question"])
    if question is None:
        return str(when["question"])
    label = shortened(say(question.text))
    row = next((say(one.text) for one in question.rows if one.key == when.get("row")), "")
    label = f"“{label}”" + (f" ({row})" if row else "")
    if "is" in when:
        texts = [say(question.by_option[key].text) if key in question.by_option else key for key in when["is"]]
        return str(
            T("%(question)s dijawab %(answers)s", question=label, answers=" / ".join(f"“{one}”" for one in texts))
        )
    if "answered" in when:
        return str(T("%(question)s sudah dijawab", question=label))
    least, most = (_shown(when.get(name)) for name in ("least", "most"))
    if least and most:
        return str(T("%(question)s antara %(least)s dan %(most)s", question=label, least=least, most=most))
    if least:
        return str(T("%(question)s paling sedikit %(least)s", question=label, least=least))
    return str(T("%(question)s paling banyak %(most)s", question=label, most=most))


def _shown(number: float | None) -> str:
    return "" if number is None else f"{number:g}".replace(".", ",")


def counted_in_words(measure: Measure, definition: Definition) -> str:
    """Say in a sentence what a measure counts."""
    parts = measure.parts or ([(measure.question, measure.row, measure.counts)] if measure.question else [])
    said = []
    for key, row, counts in parts:
        question = definition.by_key.get(str(key))
        if question is None:
            continue
        texts = {part.key: say(part.text) for part in (*question.options, *question.codes)}
        name = shortened(say(question.text))
        beside = next((say(one.text) for one in question.rows if one.key == row), "")
        label = f"“{name}”" + (f" ({beside})" if beside else "")
        said.append(
            label if measure.kind == "mean" else f"{label}: {' / '.join(texts.get(one, one) for one in counts)}"
        )
    if measure.kind == "mean":
        return str(T("Rata-rata dari %(what)s", what="; ".join(said)))
    if measure.parts:
        return str(T("Paling sedikit %(n)s dari: %(what)s", n=measure.least, what="; ".join(said)))
    return "; ".join(said)
