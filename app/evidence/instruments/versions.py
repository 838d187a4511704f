"""Definitions of versions, read once and kept in memory."""

from collections.abc import Collection
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.instruments.definition import Definition, read
from app.evidence.instruments.models import InstrumentVersion

_frozen: WeakKeyDictionary[object, dict[int, tuple[int, Definition]]] = WeakKeyDictionary()
"""Engine → version's id → (its count of changes, definition): the wording of a frozen one never changes."""


def definition_of(session: Session, version_id: int, *, for_asking: bool = False) -> Definition:
    """Return what a version asks; kept in memory once it is frozen.

    `for_asking`: what is kept is taken as it is, without a query. Codes of open texts may have been added since by
    another process; whoever counts or codes needs them and asks for the count of changes first.
    """
    known = _frozen.setdefault(session.get_bind().engine, {})
    if version_id in known and (for_asking or known[version_id][0] == _changes(session, version_id)):
        return known[version_id][1]
    query = select(InstrumentVersion.definition, InstrumentVersion.version, InstrumentVersion.frozen_at)
    raw, changes, frozen_at = session.execute(query.where(InstrumentVersion.id == version_id)).one()
    definition = read(raw)
    if frozen_at is not None:
        known[version_id] = (changes, definition)
    return definition


def definitions_of(session: Session, version_ids: Collection[int]) -> dict[int, Definition]:
    """Return what many versions ask: one query, and one more for those that are not kept in memory."""
    known = _frozen.setdefault(session.get_bind().engine, {})
    query = select(InstrumentVersion.id, InstrumentVersion.version).where(InstrumentVersion.id.in_(version_ids))
    changes = {row.id: row.version for row in session.execute(query)}
    found = {number: known[number][1] for number in changes if number in known and known[number][0] == changes[number]}
    missing = changes.keys() - found.keys()
    if missing:
        columns = (InstrumentVersion.id, InstrumentVersion.definition, InstrumentVersion.frozen_at)
        for row in session.execute(select(*columns).where(InstrumentVersion.id.in_(missing))):
            found[row.id] = read(row.definition)
            if row.frozen_at is not None:
                known[row.id] = (changes[row.id], found[row.id])
    return found


def _changes(session: Session, version_id: int) -> int | None:
    return session.scalar(select(InstrumentVersion.version).where(InstrumentVersion.id == version_id))
