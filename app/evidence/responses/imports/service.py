"""Take answers from a file: read and checked whole by the worker, shown, and taken whole or not at all.

uploaded → checking → wrong, or checked → (a person says so) queued → importing → done → (undone: removing → removed).
What people say about a file is here; what the worker does with it is in steps.py.
"""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.documents.workbook import Limits
from app.evidence.responses.models import ResponseImport
from app.evidence.responses.service import CLOSED, NOT_OPEN, PRACTICE
from app.evidence.surveys.access import to_manage
from app.evidence.surveys.models import Mode, Wave, WaveStatus
from app.kernel import audit
from app.kernel.errors import NotFound, Refused
from app.kernel.roles import Actor
from app.kernel.text import T

LIMITS = Limits(
    packed=60_000_000, unpacked=300_000_000, sheet_tags=12_000_000, text_tags=3_000_000, other_tags=50_000,
    lines=1_000_001, columns=400,
)  # fmt: skip
KEPT_FOR = timedelta(days=7)
BUSY = ("checking", "importing", "removing")
WAITING = ("uploaded", "queued")


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
        raise Refused(CLOSED if wave.status == WaveStatus.CLOSED else NOT_OPEN)
    if wave.simulated:
        raise Refused(PRACTICE)
    if Mode.IMPORT not in wave.modes:
        raise Refused(T("Survei ini tidak menerima jawaban dari berkas. Tambahkan caranya pada rencana survei."))


def import_of(session: Session, actor: Actor, import_id: int, *, lock: bool = False) -> ResponseImport:
    """Return a file of answers that this person may manage. Raises NotFound, Forbidden.

    `lock`: nobody else moves it until the end of the transaction.
    """
    query = select(ResponseImport).where(ResponseImport.id == import_id)
    found = session.scalar(query.with_for_update() if lock else query, execution_options={"populate_existing": lock})
    if found is None:
        raise NotFound(T("Unggahan ini tidak ada lagi. Unggah berkasnya sekali lagi."))
    to_manage(session, actor, found.wave_id)
    return found


def take(session: Session, actor: Actor, import_id: int, *, others: bool = False, now: datetime) -> ResponseImport:
    """Let the worker put a checked file in. Again changes nothing. Raises Refused for one that is not checked.

    `others`: lines that have neither number nor time and equal what is here already are other people's answers.
    """
    found = import_of(session, actor, import_id, lock=True)
    if found.status in {"queued", "importing", "done"}:
        return found
    if found.status != "checked":
        raise Refused(T("Berkas ini belum bisa dimasukkan. Perbaiki barisnya, lalu unggah lagi."))
    check_takes(session.get_one(Wave, found.wave_id))
    _hand_over(found, "queued")
    found.summary = {**found.summary, "others": others}
    session.flush()
    after = {"file": found.file_name, "rows": found.rows}
    audit.record(session, actor, "responses.imported", found, now=now, after=after)
    return found


def drop(session: Session, actor: Actor, import_id: int) -> ResponseImport:
    """Forget a file that was not taken; nothing of it is there. Raises Refused."""
    found = import_of(session, actor, import_id, lock=True)
    if found.status not in {"uploaded", "checking", "checked", "wrong", "dropped"}:
        raise Refused(T("Berkas ini sudah dimasukkan. Pakai “Keluarkan lagi” untuk membatalkannya."))
    _hand_over(found, "dropped")
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
    _hand_over(found, "removing")
    found.problems, found.problem_count = [], 0
    session.flush()
    audit.record(session, actor, "responses.import_undone", found, now=now, after={"file": found.file_name})
    return found


def _hand_over(found: ResponseImport, status: str) -> None:
    """From now on nobody's step but who claims it next."""
    found.status, found.done, found.claim, found.heartbeat_at = status, 0, None, None
