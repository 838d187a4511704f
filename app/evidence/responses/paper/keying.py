"""Key paper forms: read what a keyer's digits mean, and compare the same sheet typed again.

A line of the keying page is a question, or a row of a grid ("kenal.idaman"). Codes are those printed on the form: 1, 2,
3 … in the order of the options, of a scale its numbers themselves. "-" (or 0, where 0 is no answer) says that the paper
was left blank there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.instruments.definition import AGE_BANDS, SEXES, Definition, Question, Texts
from app.evidence.instruments.logic import MISSING, Problem, asked
from app.evidence.instruments.versions import definition_of
from app.evidence.responses.models import PaperRun, Response
from app.evidence.responses.service import InvalidAnswers, RecordedAnswer, Submission, record, sheet_uuid
from app.evidence.responses.trail_labels import TrailSubject
from app.evidence.surveys import access
from app.evidence.surveys.models import Mode, Wave
from app.kernel import audit
from app.kernel.errors import Invalid, Refused
from app.kernel.numbers import are_digits, read_int
from app.kernel.roles import Actor
from app.kernel.text import T

BLANK = "-"
FEW = 10
"""Below so many options each digit is an option: "134" is 1, 3 and 4."""
OPEN_LINE = T("Ketik kodenya. Ketik - bila di kertas memang kosong.")


@dataclass(frozen=True)
class KeyingLine:
    """One line to type. `name`: "p1", or "kenal.idaman" for a row; `codes`: code → option's key."""

    name: str
    question: Question
    row: str | None
    text: Texts
    codes: Mapping[str, str]


@dataclass(frozen=True)
class Typed:
    """What was typed from one sheet. `lines`: line's name, or "QUESTION/OPTION" for written words → as it was typed."""

    sheet: int
    place: str
    sex: str
    age_band: str
    lines: Mapping[str, str]
    asked_on: date | None = None


def codes(question: Question) -> dict[str, str]:
    """Map codes, as printed and as typed, to options' keys."""
    if question.kind == "scale":
        return {key: key for key in question.option_keys}
    return {str(number): key for number, key in enumerate(question.option_keys, 1)}


def lines(definition: Definition) -> Iterator[KeyingLine]:
    """Yield the lines to type in the order of the paper; notes have none."""
    for question in definition.questions:
        known = codes(question)
        if question.kind == "grid":
            for row in question.rows:
                yield KeyingLine(f"{question.key}.{row.key}", question, row.key, row.text, known)
        elif question.kind != "note":
            yield KeyingLine(question.key, question, None, question.text, known)


def read_lines(
    definition: Definition, typed: Mapping[str, str]
) -> tuple[dict[str, Any], frozenset[str], list[Problem]]:
    """Return (answers, required questions that the paper left blank, what is wrong by line's name)."""
    answers: dict[str, Any] = {}
    blank: set[str] = set()
    open_lines: dict[str, list[Problem]] = {}
    problems: dict[str, list[Problem]] = {}
    for line in lines(definition):
        key, text = line.question.key, typed.get(line.name, "").strip()
        if is_blank(line, text):
            blank.add(key)
        elif not text:
            missing = OPEN_LINE if line.codes else MISSING[line.question.kind]
            open_lines.setdefault(key, []).append(Problem(line.name, missing))
        else:
            answer, problem = _read(line, text)
            if problem is not None:
                problems.setdefault(key, []).append(Problem(line.name, problem))
            elif line.row is not None:
                answers.setdefault(key, {})[line.row] = answer
            else:
                answers[key] = answer
                answers.update(_written(line.question, typed))
    found: list[Problem] = []
    for question in asked(definition, answers):
        found += problems.get(question.key, [])
        found += open_lines.get(question.key, []) if question.required else []
    return answers, frozenset(blank), found


def is_blank(line: KeyingLine, text: str) -> bool:
    return text == BLANK or (text == "0" and bool(line.codes) and "0" not in line.codes)


def _written(question: Question, typed: Mapping[str, str]) -> dict[str, str]:
    names = (f"{question.key}/{option.key}" for option in question.options if option.other)
    return {name: typed[name] for name in names if typed.get(name, "").strip()}


def _read(line: KeyingLine, text: str) -> tuple[Any, T | None]:
    if line.question.kind in {"number", "text"}:
        return text, None  # the rules of the question follow in instruments/logic.py
    given = _parts(text, len(line.codes)) if line.question.kind == "many" else [text]
    unknown = [part for part in given if part not in line.codes]
    if unknown:
        last = list(line.codes)[-1]
        first = next(iter(line.codes))
        sentence = T("Kode %(code)s tidak ada. Ketik %(first)s sampai %(last)s.", code=unknown[0][:20], first=first,
                     last=last)  # fmt: skip
        return None, sentence
    chosen = [line.codes[part] for part in given]
    return (chosen if line.question.kind == "many" else chosen[0]), None


def _parts(text: str, options: int) -> list[str]:
    parts = [part for part in re.split(r"[\s,.;+]+", text) if part]
    if options < FEW:
        return [digit for part in parts for digit in (part if are_digits(part) else [part])]
    return parts


def read_day(text: str, today: date) -> date | None:
    """Read "24/11", "24-11-2026", "24 11 26" or "241126" as a day; None for nothing. Raises Invalid (asked_on)."""
    parts = [part for part in re.split(r"\D+", text.strip()) if part]
    if not parts:
        if text.strip():
            raise _no_such_day(today)
        return None
    if len(parts) == 1 and len(parts[0]) in {4, 6, 8}:
        parts = [parts[0][:2], parts[0][2:4], parts[0][4:]]
    numbers = [read_int(part, most=9999) or 0 for part in parts if part]  # 0 is no day
    if len(numbers) > 3:
        raise _no_such_day(today)
    day, month, year = (*numbers, today.month, today.year)[:3] if len(numbers) == 1 else (*numbers, today.year)[:3]
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except (ValueError, OverflowError):
        raise _no_such_day(today) from None


def _no_such_day(today: date) -> Invalid:
    example = f"{today.day}/{today.month}"
    return Invalid(T("Tanggal ini tidak ada. Ketik hari dan bulan, misalnya %(day)s.", day=example), field="asked_on")


# --- taking it in ---


def key_sheet(session: Session, actor: Actor, wave_id: int, typed: Typed, *, now: datetime, tz: str) -> RecordedAnswer:
    """Store what stands on a numbered sheet.

    The state is as in responses/service.py, and "checked" where double keying is on and a second person typed the same.
    Other answers are a conflict that a person decides, never a change. Raises InvalidAnswers with `field` "sheet",
    "place", "sex", "age_band", "asked_on" or a line's name; Refused for a survey that takes no paper now, and where
    double keying is on and the same person typed this sheet before with other answers.
    """
    wave = access.get(session, actor, wave_id)
    sent = submission(session, wave, typed, now=now, tz=tz)
    same_sheet = select(Response.uuid, Response.by_id).where(Response.wave_id == wave.id, Response.sheet == typed.sheet)
    first = session.execute(same_sheet).one_or_none()
    if first is not None:  # also one whose number was made with another secret
        sent = replace(sent, uuid=first.uuid)
    alone = wave.double_keying and first is not None and first.by_id == actor.id
    taken = _record(session, actor, wave, sent, alone=alone, now=now)
    if taken.state == "known" and wave.double_keying:
        row = session.get_one(Response, sent.uuid)  # locked when it was compared
        if row.by_id != actor.id:
            row.checked_by_id = row.checked_by_id or actor.id
            taken = replace(taken, state="checked")
    after = {"sheet": typed.sheet, "state": taken.state}
    audit.record(session, actor, "survey.sheet_keyed", TrailSubject.of(wave, typed.sheet), now=now, after=after)
    session.flush()
    return taken


def _record(
    session: Session, actor: Actor, wave: Wave, sent: Submission, *, alone: bool, now: datetime
) -> RecordedAnswer:
    """`alone`: a second person is asked for, and this is the first one again, who may only send the same once more."""
    if not alone:
        return record(session, actor, wave, sent, now=now)
    with session.begin_nested():  # the error takes the conflict back that was kept
        taken = record(session, actor, wave, sent, now=now)
        if taken.state == "conflict":
            raise Refused(SAME_PERSON)
    return taken


SAME_PERSON = T(
    "Lembar ini sudah Anda ketik dengan isi lain. Ketikan kedua harus oleh orang lain; perbedaannya lalu diputuskan "
    "di halaman perbedaan ketikan."
)


def submission(session: Session, wave: Wave, typed: Typed, *, now: datetime, tz: str) -> Submission:
    """Build a submission from the sheet. Raises InvalidAnswers with everything that is wrong at once."""
    definition = definition_of(session, wave.instrument_version_id)
    answers, blank, problems = read_lines(definition, typed.lines)
    problems = [*_about(wave, typed, now, tz), *problems]
    if problems:
        raise InvalidAnswers(problems)
    # the day's beginning, so that a sheet of the last day was asked before the survey was closed on it
    ended = datetime.combine(typed.asked_on, time(), ZoneInfo(tz)) if typed.asked_on else None
    return Submission(
        sheet_uuid(session, wave, typed.sheet), Mode.PAPER, typed.place, typed.sex, typed.age_band, answers,
        ended_at=ended, language=_language(session, wave, typed.sheet), sheet=typed.sheet, blank=blank,
    )  # fmt: skip


def _about(wave: Wave, typed: Typed, now: datetime, tz: str) -> list[Problem]:
    problems = []
    if not 1 <= typed.sheet <= wave.sheets:
        problems.append(Problem("sheet", _no_such_sheet(wave)))
    if not typed.place:
        problems.append(Problem("place", T("Pilih tempatnya.")))
    if typed.sex not in SEXES:
        problems.append(Problem("sex", T("Ketik 1 untuk perempuan atau 2 untuk laki-laki.")))
    if typed.age_band not in AGE_BANDS:
        problems.append(Problem("age_band", T("Ketik kode umur, 1 sampai %(n)s.", n=len(AGE_BANDS))))
    today = now.astimezone(ZoneInfo(tz)).date()
    if typed.asked_on and not wave.starts_on <= typed.asked_on <= today:
        problems.append(Problem("asked_on", T("Tanggal ini di luar masa survei, atau belum tiba.")))
    return problems


def _no_such_sheet(wave: Wave) -> T:
    if wave.sheets == 0:
        return T("Belum ada formulir bernomor yang dicetak untuk survei ini.")
    return T("Nomor lembar ini tidak ada. Formulir yang dicetak bernomor 1 sampai %(n)s.", n=wave.sheets)


def _language(session: Session, wave: Wave, sheet: int) -> str:
    run = PaperRun.wave_id == wave.id, PaperRun.first <= sheet, PaperRun.last >= sheet
    return session.scalar(select(PaperRun.language).where(*run)) or "id"


def digits(text: str, keys: Sequence[str]) -> str:
    """Return the key behind a typed code of sex or age: 1, 2, 3 …; "" for any other."""
    number = read_int(text, most=99) or 0
    return keys[number - 1] if 1 <= number <= len(keys) else ""
