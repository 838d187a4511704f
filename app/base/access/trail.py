"""Entries of the trail about signing in and out, written after the answer: a failure's own transaction is rolled back.

A name that nobody has is not written down, since it may be a password in the wrong field.
"""

from datetime import timedelta
from typing import Any

from flask import request
from sqlalchemy import func, select

from app.base.access.devices import label_of
from app.base.people.models import User
from app.base.web.db import db
from app.base.web.guard import NOBODY
from app.base.web.noting import note_after
from app.base.web.wiring import now
from app.kernel.audit import AuditEntry
from app.kernel.roles import Actor

SAME_TRY = timedelta(minutes=1)
"""Further failures like the last one within this time are the same entry; the pauses count each of them."""
EACH = 20
"""So many failures of one account in a row have an entry each; what follows is told once within SAME_TRY."""
IN_A_ROW = timedelta(hours=24)


def note_sign_in(user: User, how: str, *, second: bool, shared: bool) -> None:
    after: dict[str, Any] = {"how": how, "second_factor": second, "shared": shared, "device": _device()}
    failures = _failures(user)
    if failures:
        after["failures_before"] = failures
    note_after("user.signed_in", "users", user.id, after=after, actor=_as_actor(user))


def note_sign_out(user: User) -> None:
    note_after("user.signed_out", "users", user.id, actor=_as_actor(user))


def note_failure(user: User | None, what: str) -> None:
    """Note a sign-in that failed. `what`: "password", "second_factor", or "delay" where it came too early and nobody
    looked at it."""
    after: dict[str, Any] = {"what": what, "device": _device()}
    once: timedelta | None = SAME_TRY
    if user is not None and what != "delay":
        after["failures"] = min(_failures(user), EACH) + 1
        once = None if after["failures"] <= EACH else SAME_TRY
    action = "user.sign_in_delayed" if what == "delay" else "user.sign_in_failed"
    note_after(action, "users", user.id if user is not None else "", after=after, actor=NOBODY, once_within=once)


def _device() -> str:
    return label_of(request.headers.get("User-Agent", ""))


def _failures(user: User) -> int:
    """How often this account failed since it last signed in, at most a day ago."""
    mine = (AuditEntry.subject_kind == "users", AuditEntry.subject_id == str(user.id), AuditEntry.at > now() - IN_A_ROW)
    last = select(func.max(AuditEntry.id)).where(*mine, AuditEntry.action == "user.signed_in").scalar_subquery()
    failed = (*mine, AuditEntry.action == "user.sign_in_failed", AuditEntry.id > func.coalesce(last, 0))
    return db.session.scalar(select(func.count()).where(*failed)) or 0


def _as_actor(user: User) -> Actor:
    return Actor(id=user.id, name=user.name)
