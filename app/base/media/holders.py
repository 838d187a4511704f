"""The rule of who reads a stored file: it belongs to the records that hold it, and they decide.

Every room that keeps a number of a file says its rule in a file of its own, `files.py`; `app/joints.py` puts them
all into the slots below. Nobody reads a file before.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.base.media.models import StoredFile
from app.kernel.roles import SYSTEM, Actor, Can
from app.kernel.slots import Slot


@dataclass(frozen=True)
class Holder:
    """A column with a foreign key to stored_files.

    `can`: to whom the pages of its records open. `read_by`: `column`, of the records that this person reads.
    """

    column: InstrumentedAttribute[Any]
    can: Can
    read_by: Callable[[Actor], Select[Any]]


@dataclass(frozen=True)
class Listing:
    """Numbers of files inside a JSON column. They are looked for only where no `Holder` opened the file.

    `among`: those of the given numbers that such a record holds; with an actor, that one which this person reads holds.
    """

    column: InstrumentedAttribute[Any]
    can: Can
    among: Callable[[Session, Collection[int], Actor | None], set[int]]


HOLDERS = Slot[Holder]("media.holders")
"""Every foreign key to stored_files with who reads the file through it; tests/media/test_holders.py misses none."""
LISTINGS = Slot[Listing]("media.listings")
"""The same for numbers of files inside JSON."""


def readable(session: Session, actor: Actor, files: Sequence[StoredFile]) -> set[int]:
    """Return the ids of those that this person reads: held by a record that he or she reads or, where none holds it
    (not yet, or not any more), uploaded by this very person.

    One query for all kinds of records, and one more for each kind that holds any of the files.
    """
    ids = {file.id for file in files}
    if actor == SYSTEM or not ids:
        return ids
    found = set[int]()
    held, holders = _held(session, ids), tuple(HOLDERS)
    for number, theirs in held.items():
        holder = holders[number]
        if actor.can(holder.can) and not theirs <= found:
            found |= set(session.scalars(holder.read_by(actor).where(holder.column.in_(theirs))))
    taken = found.union(*held.values())
    for listing in LISTINGS:
        left = ids - found
        listed = listing.among(session, left, None) if left else set()
        taken |= listed
        if listed and actor.can(listing.can):
            found |= listing.among(session, listed, actor)
    return found | {file.id for file in files if file.id not in taken and file.uploaded_by_id == actor.id}


def _held(session: Session, ids: Collection[int]) -> dict[int, set[int]]:
    """Number of the rule → the files that its records hold."""
    parts = [
        select(literal(number), holder.column).where(holder.column.in_(ids)) for number, holder in enumerate(HOLDERS)
    ]
    found: dict[int, set[int]] = {}
    for number, file_id in session.execute(union_all(*parts)):
        found.setdefault(number, set()).add(file_id)
    return found
