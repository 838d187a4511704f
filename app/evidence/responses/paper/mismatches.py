"""Compare two typings of the same sheet, and tell how far the typing has come."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.documents.sheets import Sheet, workbook
from app.base.people.models import User
from app.evidence.instruments.definition import Definition, say
from app.evidence.instruments.states import AGE_WORDS, SEX_WORDS
from app.evidence.responses.models import Resolution, Response, ResponseConflict
from app.evidence.surveys.access import to_manage
from app.evidence.surveys.models import Mode, Wave
from app.kernel import audit
from app.kernel.roles import Actor
from app.kernel.text import T

Values = Mapping[str, Any]
"""Field → value. A field is place, sex, age_band, a question, "QUESTION.ROW" or "QUESTION/OPTION"."""


@dataclass(frozen=True)
class KeyingProgress:
    """How far typing has come. `second`: sheets that this person may type as the second one, as "1–4, 7"."""

    printed: int
    keyed: int
    checked: int
    differing: int
    second: str = ""


@dataclass(frozen=True)
class Pair:
    """Two typings of a sheet. `differences`: [(field, first value, second value)], None where there is none."""

    sheet: int | None
    conflict_id: int
    first_by: str
    second_by: str
    at: datetime
    resolution: str | None
    differences: Sequence[tuple[str, Any, Any]]


@dataclass
class Agreement:
    """How many sheets were compared in one field, and how many agreed."""

    field: str
    compared: int = 0
    agreed: int = 0

    @property
    def share(self) -> float:
        return self.agreed / self.compared if self.compared else 0.0


@dataclass(frozen=True)
class Report:
    once: Sequence[int]  # sheets
    agreeing: Sequence[int]
    pairs: Sequence[Pair]
    rates: Sequence[Agreement] = field(default_factory=tuple)

    @property
    def once_words(self) -> str:
        return ranges(self.once)

    @property
    def open_pairs(self) -> Sequence[Pair]:
        return [pair for pair in self.pairs if pair.resolution is None]


def set_double_keying(session: Session, actor: Actor, wave_id: int, *, on: bool, now: datetime) -> None:
    """Set whether every sheet is typed by two people. Raises NotFound, Forbidden."""
    wave = to_manage(session, actor, wave_id, lock=True)
    if wave.double_keying == on:
        return
    audit.record(
        session, actor, "survey.double_keying", wave, now=now, before={"on": wave.double_keying}, after={"on": on}
    )
    wave.double_keying = on
    wave.updated_at = now
    session.flush()


def keying_progress(session: Session, actor: Actor, wave: Wave) -> KeyingProgress:
    """Return how far typing has come; at most three queries."""
    on_paper = Response.wave_id == wave.id, Response.sheet.is_not(None)
    keyed, checked = session.execute(select(func.count(), func.count(Response.checked_by_id)).where(*on_paper)).one()
    differing = session.scalar(
        select(func.count()).where(
            ResponseConflict.wave_id == wave.id, ResponseConflict.mode == Mode.PAPER,
            ResponseConflict.resolution.is_(None),
        )
    )  # fmt: skip
    second = ""
    if wave.double_keying:
        typings = ResponseConflict.wave_id == wave.id, ResponseConflict.mode == Mode.PAPER
        met = select(ResponseConflict.uuid).where(*typings)
        waiting = select(Response.sheet).where(
            *on_paper, Response.checked_by_id.is_(None), Response.by_id.is_distinct_from(actor.id),
            Response.uuid.not_in(met),
        ).order_by(Response.sheet)  # fmt: skip
        second = ranges([sheet for sheet in session.scalars(waiting) if sheet is not None])
    return KeyingProgress(wave.sheets, keyed, checked, differing or 0, second)


def keyed_counts(session: Session, waves: Sequence[Wave]) -> dict[int, int]:
    """Return how many sheets of each survey were typed; one query."""
    query = select(Response.wave_id, func.count()).where(
        Response.wave_id.in_([wave.id for wave in waves]), Response.sheet.is_not(None)
    )
    return {wave_id: count for wave_id, count in session.execute(query.group_by(Response.wave_id)).tuples()}  # noqa: C416


def ranges(numbers: Iterable[int]) -> str:
    """Write ascending numbers as "1–4, 7"."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(f"{first}–{last}" if last > first else f"{first}" for first, last in parts)


def report(session: Session, wave: Wave) -> Report:
    """Report what was typed once, twice alike, and differently; three queries whatever the number of sheets."""
    rows = session.scalars(
        select(Response).where(Response.wave_id == wave.id, Response.sheet.is_not(None)).order_by(Response.sheet)
    ).all()
    conflicts = session.scalars(
        select(ResponseConflict)
        .where(ResponseConflict.wave_id == wave.id, ResponseConflict.mode == Mode.PAPER)
        .order_by(ResponseConflict.id)
    ).all()
    by_uuid = {row.uuid: row for row in rows}
    names = _names(session, [*(row.by_id for row in rows), *(one.by_id for one in conflicts)])
    pairs = [_pair(by_uuid[one.uuid], one, names) for one in conflicts if one.uuid in by_uuid]
    met = {one.uuid for one in conflicts}
    return Report(
        once=[row.sheet for row in rows if row.sheet and row.checked_by_id is None and row.uuid not in met],
        agreeing=[row.sheet for row in rows if row.sheet and row.checked_by_id is not None],
        pairs=sorted(pairs, key=lambda pair: (pair.resolution is not None, pair.sheet or 0)),
        rates=_rates(rows, conflicts, by_uuid),
    )


def _names(session: Session, ids: Iterable[int | None]) -> dict[int | None, str]:
    known = {number for number in ids if number is not None}
    query = select(User.id, User.name).where(User.id.in_(known))
    return {number: name for number, name in session.execute(query).tuples()}  # noqa: C416 (typed)


def values_of(row: Any) -> dict[str, Any]:
    """Return the fields of a response, or of a conflict's payload."""
    if isinstance(row, Mapping):
        place, sex, band, answers = (row.get(name) for name in ("place", "sex", "age_band", "answers"))
    else:
        place, sex, band, answers = row.place, row.sex, row.age_band, row.answers
    values = {"place": place, "sex": sex, "age_band": band}
    for key, answer in (answers or {}).items():
        if isinstance(answer, Mapping):
            values |= {f"{key}.{part}": one for part, one in answer.items()}
        else:
            values[key] = answer
    return values


def _pair(row: Response, conflict: ResponseConflict, names: Mapping[int | None, str]) -> Pair:
    """Where the second one was chosen the two have changed places; see review.py."""
    sides = [(values_of(row), row.by_id), (values_of(conflict.payload), conflict.by_id)]
    (first, first_by), (second, second_by) = sides[::-1] if conflict.resolution == Resolution.TAKEN else sides
    return Pair(
        row.sheet, conflict.id, names.get(first_by, ""), names.get(second_by, ""), conflict.received_at,
        conflict.resolution, list(differences(first, second)),
    )  # fmt: skip


def differences(first: Values, second: Values) -> Iterator[tuple[str, Any, Any]]:
    for name in dict.fromkeys([*first, *second]):
        if first.get(name) != second.get(name):
            yield name, first.get(name), second.get(name)


def _rates(
    rows: Sequence[Response], conflicts: Sequence[ResponseConflict], by_uuid: Mapping[str, Response]
) -> list[Agreement]:
    """By field, the least agreement first."""
    rates: dict[str, Agreement] = {}
    alike = [(values_of(row), values_of(row)) for row in rows if row.checked_by_id is not None]
    other = [
        (values_of(by_uuid[one.uuid]), values_of(one.payload))
        for one in conflicts
        if one.uuid in by_uuid and one.by_id != by_uuid[one.uuid].by_id
    ]
    for first, second in [*alike, *other]:
        for name in {*first, *second}:
            rate = rates.setdefault(name, Agreement(name))
            rate.compared += 1
            rate.agreed += first.get(name) == second.get(name)
    return sorted(rates.values(), key=lambda rate: (rate.share, rate.field))


class Words:
    """Fields and values in the words of the form."""

    def __init__(self, definition: Definition, places: Mapping[str, str]) -> None:
        self.definition, self.places = definition, places
        asked = (question for question in definition.questions if question.kind != "note")
        self.numbers = {question.key: number for number, question in enumerate(asked, 1)}

    def label(self, name: str) -> str:
        """Name a field as the form does: "5. Apakah Anda mengenal …? – Bank Sampah"."""
        head = {"place": T("Tempat"), "sex": T("Jenis kelamin"), "age_band": T("Umur")}
        if name in head:
            return str(head[name])
        question = self.definition.by_key.get(re.split(r"[./]", name, maxsplit=1)[0])
        if question is None:
            return name
        rest = [say(row.text) for row in question.rows if name == f"{question.key}.{row.key}"]
        rest += [say(option.text) for option in question.options if name == f"{question.key}/{option.key}"]
        return " – ".join([f"{self.numbers[question.key]}. {say(question.text)}", *rest])

    def value(self, name: str, value: Any) -> str:
        """Write a value in the form's words; "" for none."""
        if value is None:
            return ""
        if name == "place":
            return self.places.get(value, value)
        if name in {"sex", "age_band"}:
            words = SEX_WORDS if name == "sex" else AGE_WORDS
            return str(words.get(value, value))
        question = self.definition.by_key.get(name.split(".", maxsplit=1)[0])
        if question is None or question.kind in {"number", "text"}:
            return str(value)
        keys = value if isinstance(value, list) else [value]
        return ", ".join(say(question.by_option[key].text) if key in question.by_option else str(key) for key in keys)


def workbook_of(found: Report, words: Words) -> bytes:
    """Return the report as XLSX: differences, agreement by question, and where each sheet stands."""
    differing = [
        (pair.sheet, words.label(name), words.value(name, first), words.value(name, second), pair.first_by,
         pair.second_by, {None: "belum diputuskan", "kept": "ketikan pertama", "taken": "ketikan kedua"}.get(
             pair.resolution, ""))
        for pair in found.pairs
        for name, first, second in pair.differences
    ]  # fmt: skip
    rates = [(words.label(rate.field), rate.compared, rate.agreed, round(rate.share, 4)) for rate in found.rates]
    sheets = [(number, "sekali") for number in found.once] + [(number, "dua kali, sama") for number in found.agreeing]
    sheets += [(pair.sheet, "dua kali, berbeda") for pair in found.pairs if pair.sheet]
    titles = ("Lembar", "Pertanyaan", "Ketikan pertama", "Ketikan kedua", "Pengetik pertama", "Pengetik kedua",
              "Keputusan")  # fmt: skip
    return workbook(
        [
            Sheet("Perbedaan", titles, differing),
            Sheet("Kecocokan", ("Pertanyaan", "Dibandingkan", "Sama", "Bagian yang sama"), rates),
            Sheet("Lembar", ("Lembar", "Diketik"), sorted(sheets)),
        ]
    )
