"""Answers from a file: read and checked whole by the worker, shown, and taken whole or not at all.

uploaded → checking → wrong, or checked → (a person says so) queued → importing → done → (undone: removing → removed).
The worker does one step at a time and says how far it is. A step that was cut off begins again: what it wrote before
went with its transaction, and answers are known by their UUID.
"""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.documents.tables import lines_of
from app.documents.workbook import Limits
from app.instruments.definition import Definition
from app.instruments.places import place_names
from app.instruments.versions import definition_of
from app.kernel import audit
from app.kernel.clock import Clock
from app.kernel.db import insert_missing, unit_of_work
from app.kernel.errors import GaungError, Invalid, NotFound, Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.responses.models import Cell, Response, ResponseConflict, ResponseImport
from app.responses.quality import marks
from app.responses.reading import Read, Reader, Wrong, heading
from app.responses.service import CLOSED, check_known, content_hash, left_open, values_of
from app.surveys.access import to_manage
from app.surveys.models import Mode, SampleMethod, Wave, WaveStatus

Row = TypeVar("Row")
log = logging.getLogger(__name__)

LIMITS = Limits(
    packed=60_000_000, unpacked=300_000_000, sheet_tags=12_000_000, text_tags=3_000_000, other_tags=50_000,
    lines=1_000_001, columns=400,
)  # fmt: skip
SHOWN = 200  # problems that are kept; all are counted
AT_ONCE = 1000
KEPT_FOR = timedelta(days=7)
STALE = timedelta(seconds=60)
BUSY = ("checking", "importing", "removing")
WAITING = ("uploaded", "queued", "removing")


def start(session: Session, actor: Actor, wave_id: int, *, file_name: str, path: Path, now: datetime) -> ResponseImport:
    """Note a file that lies at `path` for the worker. Raises NotFound, Forbidden, Refused."""
    wave = to_manage(session, actor, wave_id)
    check_takes(wave)
    made = ResponseImport(
        wave_id=wave.id, file_name=file_name[:200], path=str(path), created_by_id=actor.id, created_at=now
    )
    session.add(made)
    session.flush()
    return made


def check_takes(wave: Wave) -> None:
    """Raise Refused for a survey that takes no files."""
    if wave.status != WaveStatus.OPEN:
        raise Refused(CLOSED if wave.status == WaveStatus.CLOSED else T("Survei ini belum dibuka."))
    if Mode.IMPORT not in wave.modes:
        raise Refused(T("Survei ini tidak menerima jawaban dari berkas. Tambahkan caranya pada rencana survei."))


def import_of(session: Session, actor: Actor, import_id: int, *, lock: bool = False) -> ResponseImport:
    """Raises NotFound, Forbidden. `lock`: nobody else moves it until the end of the transaction."""
    query = select(ResponseImport).where(ResponseImport.id == import_id)
    found = session.scalar(query.with_for_update() if lock else query, execution_options={"populate_existing": lock})
    if found is None:
        raise NotFound(T("Unggahan ini tidak ada lagi. Unggah berkasnya sekali lagi."))
    to_manage(session, actor, found.wave_id)
    return found


def take(session: Session, actor: Actor, import_id: int, *, now: datetime) -> ResponseImport:
    """Let the worker put a checked file in. Again changes nothing. Raises Refused for one that is not checked."""
    found = import_of(session, actor, import_id, lock=True)
    if found.status in {"queued", "importing", "done"}:
        return found
    if found.status != "checked":
        raise Refused(T("Berkas ini belum bisa dimasukkan. Perbaiki barisnya, lalu unggah lagi."))
    check_takes(session.get_one(Wave, found.wave_id))
    found.status, found.done = "queued", 0
    session.flush()
    audit.record(
        session, actor, "responses.imported", found, now=now, after={"file": found.file_name, "rows": found.rows}
    )
    return found


def drop(session: Session, actor: Actor, import_id: int) -> ResponseImport:
    """Forget a file that was not taken; nothing of it is there. Raises Refused."""
    found = import_of(session, actor, import_id, lock=True)
    if found.status not in {"uploaded", "checking", "checked", "wrong", "dropped"}:
        raise Refused(T("Berkas ini sudah dimasukkan. Pakai “Keluarkan lagi” untuk membatalkannya."))
    found.status = "dropped"
    session.flush()
    return found


def undo(session: Session, actor: Actor, import_id: int, *, now: datetime) -> ResponseImport:
    """Take the answers of a file out again: for the wrong file. Raises Refused for a survey that is closed."""
    found = import_of(session, actor, import_id, lock=True)
    if found.status in {"removing", "removed"}:
        return found
    if found.status != "done":
        raise Refused(T("Berkas ini belum dimasukkan."))
    if session.get_one(Wave, found.wave_id).status != WaveStatus.OPEN:
        raise Refused(T("Survei ini sudah ditutup, jadi jawabannya tidak dikeluarkan lagi."))
    found.status, found.done = "removing", 0
    session.flush()
    audit.record(session, actor, "responses.import_undone", found, now=now, after={"file": found.file_name})
    return found


# --- the worker --------------------------------------------------------------------------------------------------


def work(sessions: "sessionmaker[Session]", clock: Clock, *, tz: str) -> int:
    """Do the next step of every file that waits; returns how many steps were done."""
    steps = 0
    while (claimed := _claim(sessions, clock.now())) is not None:
        number, status = claimed
        try:
            {"checking": _check, "importing": _import, "removing": _remove}[status](sessions, number, clock, tz)
        except GaungError as error:
            _fail(sessions, number, error.sentence)
        except Exception:
            log.exception("import %s", number)
            _fail(sessions, number, T("Berkas ini tidak bisa dibaca sampai selesai. Tidak ada yang dimasukkan."))
        steps += 1
    with unit_of_work(sessions) as session:
        _forget_old(session, clock.now())
    return steps


def _claim(sessions: "sessionmaker[Session]", now: datetime) -> tuple[int, str] | None:
    """(number, what is to be done) of a file that nobody works on, or did until the power failed."""
    with unit_of_work(sessions) as session:
        fresh = ResponseImport.heartbeat_at > now - STALE
        found = session.scalar(
            select(ResponseImport)
            .where(ResponseImport.status.in_((*WAITING, *BUSY)), ~func.coalesce(fresh, False))
            .order_by(ResponseImport.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if found is None:
            return None
        found.status = {"uploaded": "checking", "queued": "importing"}.get(found.status, found.status)
        found.heartbeat_at = now
        return found.id, found.status


def _fail(sessions: "sessionmaker[Session]", number: int, sentence: T) -> None:
    with unit_of_work(sessions) as session:
        found = session.get_one(ResponseImport, number)
        found.status, found.heartbeat_at = "wrong", None
        found.problems, found.problem_count = [[0, "", str(sentence)]], 1


def _check(sessions: "sessionmaker[Session]", number: int, clock: Clock, tz: str) -> None:
    """Read every line; what is right lies beside the file, ready to be put in."""
    with sessions() as session:
        found = session.get_one(ResponseImport, number)
        wave = session.get_one(Wave, found.wave_id)
        definition = definition_of(session, wave.instrument_version_id)
        places = place_names(session, wave.audience)
        if wave.method != SampleMethod.OPEN:
            places = {one.place: places.get(one.place, one.place) for one in wave.places}
        path, name, user_id = Path(found.path), found.file_name, found.created_by_id
        session.expunge_all()
    data = path.read_bytes()
    lines = lines_of(data, name, LIMITS)
    first = next(lines, None)
    if first is None:
        raise Invalid(T("Berkas “%(name)s” kosong. Pilih berkas lain.", name=name))
    _number, titles = heading(iter([first]))
    reader = Reader(wave, definition, titles, places, tz)
    lacking = reader.lacking()
    total = None if data.startswith(b"PK") else max(data.count(b"\n") - 1, 0)
    del data
    _note(sessions, number, clock, rows=total)
    problems = [Wrong(first[0], "", sentence) for sentence in lacking]
    ready = _ready(path)
    counted = {"lines": 0, "problems": len(problems)}
    seen: dict[str, int] = {}
    with ready.open("w", encoding="utf-8") as out:
        for some in () if lacking else _some(lines):
            for line, cells in some:
                found_wrong = _line(reader, wave, definition, places, line, cells, seen, out, user_id, number, clock)
                counted["problems"] += len(found_wrong)
                problems += found_wrong[: SHOWN - len(problems)]
            counted["lines"] += len(some)
            _note(sessions, number, clock, done=counted["lines"])
    known, other = _known(sessions, wave.id, seen, ready)
    with unit_of_work(sessions) as session:
        found = session.get_one(ResponseImport, number)
        if found.status != "checking":
            return  # dropped meanwhile
        found.status = "wrong" if counted["problems"] or not counted["lines"] else "checked"
        found.rows = found.done = counted["lines"]
        found.problem_count, found.heartbeat_at = counted["problems"], None
        found.problems = [[one.line, one.column, str(one.sentence)] for one in problems]
        found.columns = {column.name: titles[place] for place, column in reader.columns.items()}
        found.summary = {
            "new": len(seen) - known - other, "known": known, "conflicts": other, "strange": reader.strange[:50],
        }  # fmt: skip
        if not counted["lines"] and not problems:
            found.problems, found.problem_count = [[0, "", str(T("Berkas ini hanya berisi judul kolom."))]], 1


def _ready(path: Path) -> Path:
    return path.with_suffix(".ready")


def _line(
    reader: Reader, wave: Wave, definition: Definition, places: Mapping[str, str], line: int, cells: Sequence[Any],
    seen: dict[str, int], out: Any, user_id: int | None, number: int, clock: Clock,
) -> list[Wrong]:  # fmt: skip
    """Write the row that a line makes, or say what is wrong with it."""
    read = reader.read(line, cells)
    if isinstance(read, list):
        return read
    answers, problems = check_known(wave, definition, read.sent, places)
    if problems:
        return [Wrong(line, reader.title_of(one.field), one.sentence) for one in problems]
    if read.sent.uuid in seen:
        sentence = T("Nomor jawaban (uuid) ini sama dengan baris %(n)s.", n=seen[read.sent.uuid])
        return [Wrong(line, reader.title_of("uuid"), sentence)]
    seen[read.sent.uuid] = line
    out.write(json.dumps(_row(wave, definition, read, answers, user_id, number, clock), ensure_ascii=False) + "\n")
    return []


def _row(
    wave: Wave, definition: Definition, read: Read, answers: dict[str, Any], user_id: int | None, number: int,
    clock: Clock,
) -> dict[str, Any]:  # fmt: skip
    sent = replace(read.sent, answers=answers, import_id=number)
    flags = marks(definition, answers, sent.started_at, sent.ended_at)
    flags += ["blank"] if left_open(definition, sent) else []
    row = values_of(None, wave, sent, content_hash(sent), flags, clock.now())
    row.update(codes=dict(read.codes), by_id=user_id)
    for name in ("started_at", "ended_at", "received_at"):
        row[name] = row[name].isoformat() if row[name] else None
    return row


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            for name in ("started_at", "ended_at", "received_at"):
                row[name] = datetime.fromisoformat(row[name]) if row[name] else None
            yield row


def _some(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """The rows, AT_ONCE at a time."""
    while some := list(islice(rows, AT_ONCE)):
        yield some


def _known(sessions: "sessionmaker[Session]", wave_id: int, seen: Mapping[str, int], ready: Path) -> tuple[int, int]:
    """How many are here already with the same answers, and with others."""
    same = other = 0
    with sessions() as session:
        if session.scalar(select(func.count()).select_from(Response).where(Response.wave_id == wave_id)) == 0:
            return 0, 0
        for some in _some(_rows(ready)):
            hashes = {row["uuid"]: row["content_hash"] for row in some}
            query = select(Response.uuid, Response.content_hash).where(Response.uuid.in_(hashes))
            for uuid, digest in session.execute(query):
                same += digest == hashes[uuid]
                other += digest != hashes[uuid]
    return same, other


def _import(sessions: "sessionmaker[Session]", number: int, clock: Clock, _tz: str) -> None:
    """Put all in, in one transaction: the lines were read before, so that it holds the lock only for the inserts."""
    with unit_of_work(sessions) as session:
        found = session.get_one(ResponseImport, number, with_for_update=True)
        wave = session.get_one(Wave, found.wave_id, with_for_update=True)
        check_takes(wave)
        new = conflicts = 0
        ready = _ready(Path(found.path))
        for some in _some(_rows(ready)):
            taken = insert_missing(session, Response, some)
            new += taken
            if taken < len(some):
                conflicts += _keep_conflicts(session, number, some)
        found.status, found.done, found.finished_at, found.heartbeat_at = "done", found.rows or 0, clock.now(), None
        found.summary = {
            **found.summary, "new": new, "conflicts": conflicts, "known": (found.rows or 0) - new - conflicts,
        }  # fmt: skip
        path = Path(found.path)
    _remove_files(path)


def _keep_conflicts(session: Session, number: int, rows: Sequence[Mapping[str, Any]]) -> int:
    """Other answers under a UUID that was taken before this file came; they wait for a person."""
    by_uuid = {row["uuid"]: row for row in rows}
    taken = session.execute(
        select(Response.uuid, Response.content_hash).where(
            Response.uuid.in_(by_uuid), func.coalesce(Response.import_id, 0) != number
        )
    )
    others = [by_uuid[uuid] for uuid, digest in taken if digest != by_uuid[uuid]["content_hash"]]
    kept = [
        {
            "uuid": row["uuid"], "wave_id": row["wave_id"], "mode": row["mode"], "content_hash": row["content_hash"],
            "payload": {name: row[name] for name in ("place", "sex", "age_band", "answers")}, "by_id": row["by_id"],
            "received_at": row["received_at"],
        }
        for row in others
    ]  # fmt: skip
    insert_missing(session, ResponseConflict, kept)
    return len(others)


def _remove(sessions: "sessionmaker[Session]", number: int, clock: Clock, _tz: str) -> None:
    """Take the answers of a file out, and count the others of the survey anew."""
    with unit_of_work(sessions) as session:
        found = session.get_one(ResponseImport, number, with_for_update=True)
        session.execute(delete(Response).where(Response.import_id == number))
        session.execute(delete(Cell).where(Cell.wave_id == found.wave_id))
        session.execute(
            update(Response).where(Response.wave_id == found.wave_id).values(tallied=False),
            execution_options={"synchronize_session": False},
        )
        found.status, found.finished_at, found.heartbeat_at = "removed", clock.now(), None


def _note(sessions: "sessionmaker[Session]", number: int, clock: Clock, **values: Any) -> None:
    """How far it is; also says that somebody is at it."""
    with unit_of_work(sessions) as session:
        session.execute(
            update(ResponseImport).where(ResponseImport.id == number).values(heartbeat_at=clock.now(), **values)
        )


def _forget_old(session: Session, now: datetime) -> None:
    """Uploads that nobody took: answers of people do not stay lying about."""
    old = session.scalars(
        select(ResponseImport).where(
            ResponseImport.status.in_(("checked", "wrong", "dropped")), ResponseImport.finished_at.is_(None)
        )
    )
    for one in old:
        if one.status == "dropped" or one.created_at < now - KEPT_FOR:
            _remove_files(Path(one.path))
            one.status, one.finished_at = "dropped", now


def _remove_files(path: Path) -> None:
    path.unlink(missing_ok=True)
    _ready(path).unlink(missing_ok=True)
