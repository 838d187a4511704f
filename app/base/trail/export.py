"""The trail as a file that docs/verify_audit.py can check: JSON Lines, or a CSV that a spreadsheet opens as well."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session, sessionmaker

from app.base.documents.sheets import FORMULA
from app.base.trail.chain import START, moment
from app.base.trail.queries import TrailFilters, conditions
from app.kernel.audit import AuditEntry

CHUNK = 1000
FIELDS = (
    "number", "id", "at", "actor_id", "actor_name", "action", "subject_kind", "subject_id", "before", "after",
    "actor_salt", "actor_digest", "content_salt", "content_digest", "previous", "hash",
)  # fmt: skip


def json_lines(sessions: "sessionmaker[Session]", wanted: TrailFilters) -> Iterator[bytes]:
    end = _end(sessions, wanted)
    for part in _parts(sessions, wanted, end):
        yield "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in part).encode()
    if end is not None:
        yield (json.dumps({"head": {"number": end[0], "hash": end[1]}}) + "\n").encode()


def csv_lines(sessions: "sessionmaker[Session]", wanted: TrailFilters) -> Iterator[bytes]:
    """Yield a CSV with semicolons and a byte order mark, as other lists. A text that begins like a formula, or with an
    apostrophe, gets an apostrophe before it, which the checking takes away again."""
    text = io.StringIO("\ufeff")
    text.seek(0, io.SEEK_END)
    writer = csv.writer(text, delimiter=";")
    writer.writerow(FIELDS)
    end = _end(sessions, wanted)
    for part in _parts(sessions, wanted, end):
        writer.writerows([_cell(row, name) for name in FIELDS] for row in part)
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
    if end is not None:
        head = {"number": end[0], "action": "segel", "hash": end[1]}
        writer.writerow([head.get(name, "") for name in FIELDS])
    yield text.getvalue().encode()


def _cell(row: dict[str, Any], name: str) -> Any:
    value = row[name]
    if name in {"before", "after"}:
        return json.dumps(value, ensure_ascii=False) if value is not None else ""
    return "'" + value if isinstance(value, str) and value.startswith((*FORMULA, "'")) else value


def _end(sessions: "sessionmaker[Session]", wanted: TrailFilters) -> tuple[int, str] | None:
    """Number and hash of the last sealed row that goes into the file, with which the file ends: whoever cuts off the
    rows before it is found. None where not all rows of a span of time are wanted."""
    if not wanted.everything:
        return None
    with sessions() as session:
        query = select(AuditEntry.number, AuditEntry.hash).where(*conditions(session, wanted), AuditEntry.number > 0)
        row = session.execute(query.order_by(AuditEntry.number.desc()).limit(1)).first()
    return (row.number or 0, row.hash or "") if row else None


def _parts(
    sessions: "sessionmaker[Session]", wanted: TrailFilters, end: tuple[int, str] | None
) -> Iterator[list[dict[str, Any]]]:
    """Rows in the order of the chain; what has no seal yet comes last."""
    with sessions() as session:
        which, previous = _sealed(session, wanted, end)
        unsealed = and_(or_(false(), *conditions(session, wanted)), AuditEntry.number.is_(None))
    for condition, order in ((which, AuditEntry.number), (unsealed, AuditEntry.id)):
        after: int | None = None
        while True:
            query = select(AuditEntry).where(condition).order_by(order).limit(CHUNK)
            with sessions() as session:
                entries = session.scalars(query if after is None else query.where(order > after)).all()
            if not entries:
                break
            part = []
            for entry in entries:
                part.append(_row(entry, previous))
                previous = entry.hash or previous
            yield part
            after = entries[-1].number if order is AuditEntry.number else entries[-1].id


def _sealed(session: Session, wanted: TrailFilters, end: tuple[int, str] | None) -> tuple[ColumnElement[bool], str]:
    """The sealed rows, and the hash before the first of them. Of a span of time all rows from its first to its last:
    around midnight some were committed out of order, and a chain with gaps proves nothing."""
    which = or_(false(), *conditions(session, wanted))
    first = session.scalar(select(func.min(AuditEntry.number)).where(which, AuditEntry.number > 0))
    hash_before = select(AuditEntry.hash).where(AuditEntry.number == (first or 0) - 1)
    previous = (session.scalar(hash_before) if first and first > 1 else None) or START
    if end is not None and first:
        older = and_(which, AuditEntry.number < 0)
        return or_(AuditEntry.number.between(first, end[0]), older), previous
    return and_(which, AuditEntry.number.is_not(None)), previous


def _row(entry: AuditEntry, previous: str) -> dict[str, Any]:
    row = {name: getattr(entry, name) for name in FIELDS if name != "previous"}
    return {**row, "at": moment(entry.at), "previous": previous}
