"""Check a whole file in the worker: right lines are staged beside it, wrong ones are named by line and column."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.base.documents.tables import lines_of
from app.evidence.instruments.definition import Definition
from app.evidence.instruments.places import place_names
from app.evidence.instruments.versions import definition_of
from app.evidence.responses.columns import columns_in_file
from app.evidence.responses.imports.claims import ClaimLost, Step
from app.evidence.responses.imports.duplicates import find_duplicates
from app.evidence.responses.imports.reading import LineProblem, Reader, ReadLine, heading
from app.evidence.responses.imports.service import LIMITS
from app.evidence.responses.imports.staging import StagedFile, in_batches, staged_rows
from app.evidence.responses.models import ResponseImport
from app.evidence.responses.quality import marks
from app.evidence.responses.service import check_known, content_hash, unanswered_required, values_of
from app.evidence.surveys.models import Mode, SampleMethod, Wave
from app.kernel.errors import Invalid
from app.kernel.text import T, stored

SHOWN = 200  # problems that are kept; all are counted
ELSEWHERE = T("Nomor jawaban (uuid) ini sudah dipakai survei lain. Periksa apakah berkasnya untuk survei ini.")


@dataclass(frozen=True)
class Job:
    """What is known of the file before it is read. `places`: all that may be answered for; `link`: by link."""

    wave: Wave
    definition: Definition
    places: Mapping[str, str]
    link: Mapping[str, str]
    path: Path
    file_name: str
    user_id: int | None
    number: int
    now: datetime


@dataclass
class Found:
    """What was found so far. `doubts`: UUID → what is wrong with a line unless that answer is here already."""

    lines: int = 0
    count: int = 0
    problems: list[LineProblem] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    doubts: dict[str, list[LineProblem]] = field(default_factory=dict)
    here: dict[str, int] = field(default_factory=lambda: {"known": 0, "conflicts": 0, "alike": 0})

    def wrong(self, some: Sequence[LineProblem]) -> None:
        self.count += len(some)
        self.problems += some[: max(SHOWN - len(self.problems), 0)]


def check(step: Step, tz: str) -> None:
    """Read and check every line of a file.

    Raises ClaimLost, Invalid for a file that cannot be read, and what lies in the way of reading it.
    """
    with step.sessions() as session:
        job = _job(session, step)
        session.expunge_all()
    data = job.path.read_bytes()
    lines = lines_of(data, job.file_name, LIMITS)
    first = next(lines, None)
    if first is None:
        raise Invalid(T("Berkas “%(name)s” kosong. Pilih berkas lain.", name=job.file_name))
    total = None if data.startswith(b"PK") else max(data.count(b"\n") - 1, 0)
    del data
    _number, titles = heading(iter([first]))
    reader = Reader(job.wave, job.definition, titles, job.places, tz, job.now)
    found, lacking = Found(), reader.lacking()
    found.wrong([LineProblem(first[0], "", sentence) for sentence in lacking])
    step.note(rows=total)
    with StagedFile(job.path, step.claim) as out:
        for some in () if lacking else in_batches(lines):
            for line, cells in some:
                _line(job, reader, found, out, line, cells)
            found.lines += len(some)
            step.note(done=found.lines)
        ready = out.finish()
    try:
        _compare(step, job, reader, found, ready)
        _tell(step, reader, titles, found, ready)
    except ClaimLost:
        out.path.unlink(missing_ok=True)
        raise


def _job(session: Session, step: Step) -> Job:
    found = session.get_one(ResponseImport, step.number)
    wave = session.get_one(Wave, found.wave_id)
    everywhere = places = place_names(session, wave.audience)
    if wave.method != SampleMethod.OPEN:
        places = {one.place: places.get(one.place, one.place) for one in wave.places}
    return Job(
        wave, definition_of(session, wave.instrument_version_id), places, everywhere, Path(found.path),
        found.file_name, found.created_by_id, step.number, step.clock.now(),
    )  # fmt: skip


def _line(job: Job, reader: Reader, found: Found, out: StagedFile, line: int, cells: Sequence[Any]) -> None:
    """Keep the row that a line makes, or what is wrong with it."""
    read = reader.read(line, cells)
    if isinstance(read, list):
        found.wrong(read)
        return
    places = job.link if read.sent.mode == Mode.LINK else job.places
    answers, problems = check_known(job.wave, job.definition, read.sent, places)
    uuid = read.sent.uuid
    if problems:
        title = {"mode": "cara"}
        found.wrong(
            [LineProblem(line, reader.title_of(title.get(one.field, one.field)), one.sentence) for one in problems]
        )
    elif uuid in found.seen:
        sentence = T("Nomor jawaban (uuid) ini sama dengan baris %(n)s.", n=found.seen[uuid])
        found.wrong([LineProblem(line, reader.title_of("uuid"), sentence)])
    else:
        found.seen[uuid] = line
        if read.doubts:
            found.doubts[uuid] = list(read.doubts)
        out.add(_row(job, read, answers))


def _row(job: Job, read: ReadLine, answers: dict[str, Any]) -> dict[str, Any]:
    sent = replace(read.sent, answers=answers, import_id=job.number)
    flags = marks(job.definition, answers, sent.started_at, sent.ended_at)
    flags += ["blank"] if unanswered_required(job.definition, sent) else []
    row = values_of(None, job.wave, sent, content_hash(sent), flags, job.now)
    return {**row, "codes": dict(read.codes), "by_id": job.user_id, "nameless": read.nameless}


def _compare(step: Step, job: Job, reader: Reader, found: Found, ready: Mapping[str, Any]) -> None:
    """How many are here already, with the same answers or with others; answers of other surveys are wrong lines."""
    columns = columns_in_file(job.definition, {column.name for column in reader.columns.values()})
    for some in in_batches(staged_rows(job.path, ready)):
        with step.sessions() as session:
            here = find_duplicates(session, job.wave.id, some, columns)
        found.here["known"] += len(here.same)
        found.here["conflicts"] += len(here.other)
        found.here["alike"] += len({row["uuid"] for row in some if row["nameless"]}.intersection(here.same))
        found.wrong([LineProblem(found.seen[uuid], reader.title_of("uuid"), ELSEWHERE) for uuid in here.elsewhere])
        for uuid in (*here.same, *here.other):
            found.doubts.pop(uuid, None)
        step.note()
    found.wrong(list(_flat(found.doubts)))
    found.problems.sort(key=lambda one: one.line)


def _flat(doubts: Mapping[str, list[LineProblem]]) -> Iterator[LineProblem]:
    for some in doubts.values():
        yield from some


def _tell(step: Step, reader: Reader, titles: Sequence[str], found: Found, ready: Mapping[str, Any]) -> None:
    if not found.lines and not found.problems:
        found.wrong([LineProblem(0, "", T("Berkas ini hanya berisi judul kolom."))])
    new = len(found.seen) - found.here["known"] - found.here["conflicts"]
    from_titles = {column.name: titles[place] for place, column in reader.columns.items()}
    step.finish(
        "wrong" if found.count else "checked", rows=found.lines, done=found.lines, problem_count=found.count,
        problems=[[one.line, one.column, stored(one.sentence)] for one in found.problems], columns=from_titles,
        ready=dict(ready), summary={"new": new, **found.here, "strange": reader.strange[:50]},
    )  # fmt: skip
