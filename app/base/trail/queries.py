"""Reading the trail, newest first. Every question ends on an index, and none counts: there may be millions of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from app.base.people.models import Organisation, User
from app.base.trail.sentences import ACTIONS
from app.kernel.audit import AuditEntry

PAGE = 50
MOST_PEOPLE, MOST_ACTIONS = 200, 80

Place = tuple[datetime, int]
"""Where a page begins or ends: time and number of an entry."""


@dataclass(frozen=True)
class TrailFilters:
    """What is looked for. `since`, `until`: from this moment on, and before this one. `kind`, `subject_id`: a record's
    table and key."""

    person: str = ""
    action: str = ""
    kind: str = ""
    subject_id: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def everything(self) -> bool:
        """Whether only the time narrows it: then the rows stand in the chain one after the other."""
        return not (self.person or self.action or self.kind or self.subject_id)


@dataclass(frozen=True)
class Entries:
    """A page of the trail; `older` and `newer` are where the next ones begin, None at the ends."""

    items: Sequence[AuditEntry]
    older: Place | None
    newer: Place | None


def entries(
    session: Session, wanted: TrailFilters, *, before: Place | None = None, after: Place | None = None
) -> Entries:
    """Return the entries that came before this place, or after it, or the newest."""
    order = AuditEntry.at.asc() if after else AuditEntry.at.desc()
    second = AuditEntry.id.asc() if after else AuditEntry.id.desc()
    found: dict[int, AuditEntry] = {}
    for condition in conditions(session, wanted):
        query = select(AuditEntry).where(condition)
        if before:
            query = query.where(_place() < before)
        if after:
            query = query.where(_place() > after)
        for entry in session.scalars(query.order_by(order, second).limit(PAGE + 1)):
            found[entry.id] = entry
    ordered = sorted(found.values(), key=lambda entry: (entry.at, entry.id), reverse=not after)
    more, items = len(ordered) > PAGE, ordered[:PAGE]
    if after:
        items = items[::-1]
    first, last = (_at(items[0]), _at(items[-1])) if items else (None, None)
    return Entries(items, last if more or after else None, first if before or (after and more) else None)


def _at(entry: AuditEntry) -> Place:
    return entry.at, entry.id


def _place() -> Any:
    return tuple_(AuditEntry.at, AuditEntry.id)


def conditions(session: Session, wanted: TrailFilters) -> list[ColumnElement[bool]]:
    """Return the conditions whose rows together are wanted, each on an index of its own; none: nobody is called so."""
    common: list[ColumnElement[bool]] = [AuditEntry.id > 0]
    if wanted.since:
        common.append(AuditEntry.at >= wanted.since)
    if wanted.until:
        common.append(AuditEntry.at < wanted.until)
    if wanted.kind:
        common.append(AuditEntry.subject_kind == wanted.kind)
    if wanted.subject_id:
        common.append(AuditEntry.subject_id == wanted.subject_id)
    if wanted.action:
        common.append(AuditEntry.action.in_(actions_named(wanted.action)))
    if not wanted.person:
        return [and_(*common)]
    ids = list(session.scalars(_people(wanted.person)))
    about = and_(AuditEntry.subject_kind == User.__tablename__, AuditEntry.subject_id.in_([str(one) for one in ids]))
    return [and_(AuditEntry.actor_id.in_(ids), *common), and_(about, *common)] if ids else []


def actions_named(words: str) -> list[str]:
    """Return the actions whose sentence, or whose own name, holds all of these words."""
    wanted = words.casefold().split()
    found = [
        name
        for name, sentence in ACTIONS.items()
        if all(word in f"{str(sentence).casefold()} {name}" for word in wanted)
    ]
    return [*found, *(name.rpartition(".")[2] for name in found)][: MOST_ACTIONS * 2]


def _people(words: str) -> Select[Any]:
    columns = (User.name, User.username, User.email)
    found = or_(*(func.lower(column).contains(words.strip().lower(), autoescape=True) for column in columns))
    return select(User.id).where(found).order_by(User.id).limit(MOST_PEOPLE)


def subject_names(session: Session, items: Sequence[AuditEntry]) -> dict[tuple[str, str], str]:
    """Return the names of the users and organisations among the subjects."""
    names: dict[tuple[str, str], str] = {}
    for model in (User, Organisation):
        kind = model.__tablename__
        ids = {int(one.subject_id) for one in items if one.subject_kind == kind and one.subject_id.isascii()
               and one.subject_id.isdigit()}  # fmt: skip
        if ids:
            rows = session.execute(select(model.id, model.name).where(model.id.in_(ids)))
            names |= {(kind, str(number)): name for number, name in rows}
    return names


def actor_names(session: Session, items: Sequence[AuditEntry]) -> dict[int, str]:
    """Return by account what those are called today whose name was erased from the entry."""
    ids = {one.actor_id for one in items if one.actor_id and not one.actor_name}
    return (
        {row[0]: row[1] for row in session.execute(select(User.id, User.name).where(User.id.in_(ids)))} if ids else {}
    )
