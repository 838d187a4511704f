"""The one way in which something leaves the trail: a name or a content, with its salt. The row and its seal stay.

A person may ask for it, and the law grants it. That something was erased, from which entries and by whom, is an entry
itself, without which `flask audit verify` calls the gap a fault.
"""

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, null, select, update
from sqlalchemy.orm import Session

from app.base.trail.chain import actor_digest, content_digest
from app.kernel.audit import ERASED_NAME, AuditEntry
from app.kernel.roles import Actor

PART = 1000
"""Entries that one entry of erasing names."""
CHAIN = "trail."
"""Entries about the trail itself hold no person, and the chain needs them."""


def erase_content(session: Session, actor: Actor, kind: str, subject_id: str, *, now: datetime) -> int:
    """Erase what entries about this record hold before and after; return how many held something.

    `kind`: the record's table. Who did what to it, and when, stays.
    """
    about = (AuditEntry.subject_kind == kind, AuditEntry.subject_id == subject_id)
    return _erase(session, actor, "content", *about, AuditEntry.content_digest.is_(None), now=now)


def erase_name(session: Session, actor: Actor, user_id: int, *, now: datetime) -> int:
    """Erase this person's name from the entries of what they did; return how many. The number of the account stays."""
    return _erase(session, actor, "name", AuditEntry.actor_id == user_id, AuditEntry.actor_digest.is_(None), now=now)


def _erase(session: Session, actor: Actor, what: str, *which: ColumnElement[bool], now: datetime) -> int:
    found = select(AuditEntry).where(*which, AuditEntry.number.is_(None) | (AuditEntry.number > 0))
    query = found.where(~AuditEntry.action.startswith(CHAIN, autoescape=True)).order_by(AuditEntry.id)
    # locked: the worker may be sealing them
    entries = session.scalars(query.with_for_update(), execution_options={"populate_existing": True}).all()
    if what == "content":
        entries = [one for one in entries if one.before is not None or one.after is not None]
    for part in _parts(entries):
        for entry in part:
            _empty(session, entry, what)
        ids = [entry.id for entry in part]
        session.add(
            AuditEntry(
                at=now, actor_id=actor.id, actor_name=actor.name, action="trail.erased",
                subject_kind=AuditEntry.__tablename__, subject_id="", after={"part": what, "entries": ids},
            )
        )  # fmt: skip
    session.flush()
    for entry in entries:
        session.expire(entry)
    return len(entries)


def _parts(entries: Sequence[AuditEntry]) -> Iterator[Sequence[AuditEntry]]:
    return (entries[start : start + PART] for start in range(0, len(entries), PART))


def _empty(session: Session, entry: AuditEntry, what: str) -> None:
    """Keep the salted hash, so that the seal still fits, and let go what it was made of."""
    values: dict[str, Any]
    if what == "name":
        salted = _with_salt(entry, "actor")
        values = {"actor_name": ERASED_NAME, "actor_salt": None, "actor_digest": actor_digest(salted)}
    else:
        salted = _with_salt(entry, "content")
        values = {"content_salt": None, "content_digest": content_digest(salted)}
        values |= {"before": null(), "after": null()}
    session.execute(
        update(AuditEntry).where(AuditEntry.id == entry.id).values(values),
        execution_options={"synchronize_session": False},
    )


def _with_salt(entry: AuditEntry, name: str) -> AuditEntry:
    """The entry as it is hashed. What is not sealed yet has no salt: one that nobody keeps does as well."""
    salts = {f"{one}_salt": getattr(entry, f"{one}_salt") for one in ("actor", "content")}
    salts[f"{name}_salt"] = salts[f"{name}_salt"] or secrets.token_hex(16)
    return AuditEntry(actor_name=entry.actor_name, before=entry.before, after=entry.after, **salts)
