"""Read a line of a file as one person's answers, or as the sentences that say what is wrong with it."""

import hashlib
import json
import uuid as uuids
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.base.documents.workbook import FORMULA, text_of
from app.evidence.instruments.definition import AGE_BANDS, OLDEST, YOUNGEST, Definition, Question, age_band
from app.evidence.responses.columns import (
    AGE,
    AGE_BAND,
    DISTRICT,
    ENDED,
    LANGUAGE,
    MODE,
    PLACE,
    SEX,
    SIMULATED,
    STARTED,
    UUID,
    Column,
    recognised,
)
from app.evidence.responses.service import Submission
from app.evidence.surveys.models import Mode, Wave
from app.kernel.text import T

SKIPPED = "-"
"""In a cell: was asked and not answered."""
SEX_WORDS = {"f": "f", "m": "m", "p": "f", "l": "m", "perempuan": "f", "wanita": "f", "laki-laki": "m", "pria": "m"}
TRUE = frozenset({"1", "true", "ya", "yes", "x"})
FALSE = frozenset({"0", "false", "tidak", "no"})
NEEDED = (PLACE, SEX)
BEFORE = timedelta(days=30)
"""How long before a survey's first day somebody may have been asked: a trial, a date that moved."""
AHEAD = timedelta(days=1)
"""How far a clock may be ahead."""


@dataclass(frozen=True)
class LineProblem:
    """What is wrong in a file.

    `line` as people count it; `column` as the file calls it, empty for the line as a whole.
    """

    line: int
    column: str
    sentence: T


@dataclass(frozen=True)
class ReadLine:
    """A line that was read. `codes`: what the file says of open texts.

    `doubts`: what is wrong unless this answer is here already.

    `nameless`: the line has neither number nor time, so that another person may have answered just the same.
    """

    sent: Submission
    codes: Mapping[str, list[str]]
    doubts: Sequence[LineProblem] = ()
    nameless: bool = False


class Reader:
    """Reader of the lines of one file. `places`: code → name, of all that may be answered for."""

    def __init__(
        self, wave: Wave, definition: Definition, titles: Sequence[str], places: Mapping[str, str], tz: str,
        now: datetime,
    ) -> None:  # fmt: skip
        self._wave, self._definition, self._zone, self._now = wave, definition, ZoneInfo(tz), now
        self.columns, self.strange = recognised(definition, titles)
        self._titles = list(titles)
        self._places = _place_names(places)
        self._seen: Counter[str] = Counter()

    def lacking(self) -> list[T]:
        """Say what the heading does not have and every line needs."""
        names = {column.name for column in self.columns.values()}
        questions = {column.question for column in self.columns.values()}
        lacks = [T("Kolom “%(name)s” tidak ada.", name=name) for name in NEEDED if name not in names]
        if not names & {AGE, AGE_BAND}:
            lacks.append(T("Kolom “%(name)s” tidak ada.", name=AGE_BAND))
        lacks += [
            T("Kolom untuk pertanyaan “%(key)s” tidak ada.", key=question.key)
            for question in self._definition.questions
            if question.required and question.when is None and question.key not in questions
        ]
        return lacks

    def title_of(self, name: str) -> str:
        """Return how the file calls what a problem is about: a question's key, or a part of the person."""
        wanted = {"place": (PLACE,), "sex": (SEX,), "age_band": (AGE_BAND, AGE)}.get(name, (name,))
        for position, column in self.columns.items():
            if column.name in wanted or column.question == name:
                return self._titles[position].strip()
        return wanted[0]

    def read(self, line: int, cells: Sequence[Any]) -> ReadLine | list[LineProblem]:
        wrong: list[LineProblem] = []
        about: dict[str, str] = {}
        given: dict[str, Any] = {}
        codes: dict[str, list[str]] = {}
        blank: set[str] = set()
        for position, column in self.columns.items():
            cell = cells[position] if position < len(cells) else None
            if cell is None or cell == "":
                continue
            if cell == FORMULA:
                wrong.append(LineProblem(line, self._titles[position], T("Sel ini berisi rumus. Ganti dengan isinya.")))
            elif column.part == "about":
                about[column.name] = _moment(cell) if column.name in (STARTED, ENDED) else _text(cell)
            elif _text(cell) == SKIPPED:
                blank.add(column.question or "")
            else:
                problem = self._take(column, cell, given, codes)
                if problem:
                    wrong.append(LineProblem(line, self._titles[position], problem))
        sent, problems = self._about(line, about, given, cells)
        wrong += problems
        nameless = not about.get(UUID) and sent.started_at is None and sent.ended_at is None
        return wrong or ReadLine(replace(sent, blank=frozenset(blank)), codes, list(self._times(line, sent)), nameless)

    def _take(self, column: Column, cell: Any, given: dict[str, Any], codes: dict[str, list[str]]) -> T | None:
        question = self._definition.by_key[column.question or ""]
        text = _text(cell)
        match column.part:
            case "row":
                given.setdefault(question.key, {})[column.detail] = _option(question, text)
            case "option":
                return self._ticked(question, column.detail or "", text, given)
            case "other":
                given[f"{question.key}/{column.detail}"] = text
            case "code":
                codes[question.key] = text.split()
                if not set(codes[question.key]) <= {code.key for code in question.codes}:
                    return T("Kode “%(text)s” tidak ada pada pertanyaan ini.", text=text[:60])
            case _ if question.kind == "many":
                given[question.key] = _options(question, text)
            case _ if question.kind in {"one", "scale"}:
                given[question.key] = _option(question, text)
            case _:
                given[question.key] = text
        return None

    def _ticked(self, question: Question, option: str, text: str, given: dict[str, Any]) -> T | None:
        if text.lower() in FALSE:
            return None
        if text.lower() not in TRUE and text.lower() != option:
            return T("Isi kolom pilihan dengan 1 atau 0.")
        chosen = given.setdefault(question.key, [])
        if isinstance(chosen, list) and option not in chosen:
            chosen.append(option)
        return None

    def _about(
        self, line: int, about: Mapping[str, str], given: Mapping[str, Any], cells: Sequence[Any]
    ) -> tuple[Submission, list[LineProblem]]:
        wrong = []
        if about.get(SIMULATED, "").lower() == "ya":
            sentence = T("Ini jawaban buatan untuk latihan. Survei ini hanya menerima jawaban sungguhan.")
            wrong.append(LineProblem(line, self.title_of(SIMULATED), sentence))
        mode = Mode.LINK if about.get(MODE) == Mode.LINK else Mode.IMPORT
        uuid = self._uuid(about.get(UUID, ""), cells, mode)
        if uuid is None:
            sentence = T("“%(text)s” bukan nomor jawaban (uuid). Kosongkan selnya, atau salin lagi dari asalnya.",
                         text=about[UUID][:40])  # fmt: skip
            wrong.append(LineProblem(line, self.title_of(UUID), sentence))
        band, problem = _band(about)
        if problem:
            wrong.append(LineProblem(line, self.title_of(AGE if AGE in about else AGE_BAND), problem))
        place = self._place(about.get(PLACE, ""), about.get(DISTRICT, ""))
        if place is None:
            sentence = T("Nama desa “%(name)s” ada di beberapa kecamatan. Pakai kodenya.", name=about[PLACE][:60])
            wrong.append(LineProblem(line, self.title_of(PLACE), sentence))
        sent = Submission(
            uuid=uuid or "",
            mode=mode,
            place=place or "",
            sex=SEX_WORDS.get(about.get(SEX, "").lower(), ""),
            age_band=band,
            answers=given,
            language=about.get(LANGUAGE, "id")[:8],
            started_at=self._time(about.get(STARTED)),
            ended_at=self._time(about.get(ENDED)),
        )
        return sent, wrong

    def _place(self, text: str, district: str) -> str | None:
        """The code, what stood there where nothing fits, None where several fit."""
        plain = " ".join(text.lower().split())
        for name in (f"{plain}, kec. {district.lower()}".strip(), plain):
            found = self._places.get(name)
            if found is not None:
                return found or None
        return text

    def _uuid(self, text: str, cells: Sequence[Any], mode: str) -> str | None:
        """The file's own, else one made of what the line holds: the same file again is the same answers.

        None for what is no UUID.
        """
        if text:
            try:
                found = uuids.UUID(text.removeprefix("uuid:"))
            except ValueError:
                return None
            return str(found) if found.int else None
        content = json.dumps([_text(cell) for cell in cells], ensure_ascii=False)
        digest = hashlib.sha256(content.encode()).hexdigest()
        self._seen[digest] += 1
        made = uuids.uuid5(uuids.NAMESPACE_URL, f"gaung:{self._wave.code}:{digest}:{self._seen[digest]}")
        # answers by link have numbers of version 4
        return str(uuids.UUID(bytes=made.bytes, version=4) if mode == Mode.LINK else made)

    def _times(self, line: int, sent: Submission) -> Iterator[LineProblem]:
        """What cannot be of the times: the same that is refused where a sheet is keyed."""
        started, ended = sent.started_at, sent.ended_at
        if started and ended and ended < started:
            yield LineProblem(line, self.title_of(ENDED), T("Waktu selesai ini sebelum waktu mulainya."))
        first = self._wave.starts_on - BEFORE
        for name, moment in ((STARTED, started), (ENDED, ended)):
            if moment is None:
                continue
            day = moment.astimezone(self._zone).date()
            if moment > self._now + AHEAD:
                yield LineProblem(line, self.title_of(name), T("Waktu ini belum tiba. Periksa tanggal dan tahunnya."))
            elif not first <= day <= self._wave.ends_on:
                sentence = T("Waktu ini di luar masa survei. Periksa tanggal dan tahunnya.")
                yield LineProblem(line, self.title_of(name), sentence)

    def _time(self, text: str | None) -> datetime | None:
        """Aware, UTC; local where the file names no zone; None for what is no time: it only tells how fast it went."""
        try:
            read = datetime.fromisoformat(text) if text else None
        except ValueError:
            return None
        if read is None:
            return None
        return (read if read.tzinfo else read.replace(tzinfo=self._zone)).astimezone(UTC)


def _place_names(places: Mapping[str, str]) -> dict[str, str]:
    """Everything by which a place may be called → its code; "" for a name of several."""
    names: dict[str, str] = {}
    for code, name in places.items():
        names[code.lower()] = code
        names[name.lower()] = code
        short = name.lower().partition(", kec. ")[0]
        if short != name.lower():
            names[short] = "" if short in names else code
    return names


def _band(about: Mapping[str, str]) -> tuple[str, T | None]:
    """The age band of a band or of an age in years."""
    band = about.get(AGE_BAND, "").replace("–", "-").removesuffix(" tahun").strip()
    if band in AGE_BANDS:
        return band, None
    text = about.get(AGE) or band
    if not text:
        return "", None  # said by the check that every way in shares
    try:
        age = int(float(text.replace(",", ".")))
    except (ValueError, OverflowError):
        return "", T("“%(text)s” bukan umur atau kelompok umur.", text=text[:40])
    found = age_band(age)
    if found is None:
        return "", T("Umur %(n)s tidak bisa diterima. Isi antara %(a)s dan %(b)s tahun.", n=age, a=YOUNGEST, b=OLDEST)
    return found, None


def _option(question: Question, text: str) -> str:
    """The key of an option that is named by key or by its words; else what stood there."""
    if text in question.by_option:
        return text
    lower = text.lower()
    for option in question.options:
        if lower == option.key or any(lower == words.lower() for words in option.text.values()):
            return option.key
    return text


def _options(question: Question, text: str) -> list[str]:
    keys = text.split()
    if all(key in question.by_option for key in keys):
        return keys
    return [_option(question, part.strip()) for part in text.replace(";", ",").split(",") if part.strip()]


def _moment(cell: Any) -> str:
    return cell.isoformat() if isinstance(cell, datetime | date | time) else _text(cell)


def _text(cell: Any) -> str:
    # our own export puts an apostrophe before what looks like a formula
    text = text_of(cell, yes="1", no="0", day=str).strip()
    return text[1:] if text[:1] == "'" and text[1:2] in {"=", "+", "-", "@"} else text


def heading(lines: Iterator[tuple[int, Sequence[Any]]]) -> tuple[int, list[str]]:
    """Return (line number, titles) of the first line. Raises StopIteration for a file without any."""
    number, cells = next(lines)
    return number, ["" if cell is None else str(cell) for cell in cells]
