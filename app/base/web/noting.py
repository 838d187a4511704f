"""Noting what was read or taken away, after the answer has gone, in a short transaction of its own.

Never inside a GET's transaction, which is read-only and rolls back; and a trail that cannot be written costs nobody
their answer.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request

from app.base.web.db import db
from app.base.web.guard import current_actor, signed_in
from app.base.web.head import only_head
from app.base.web.wiring import now
from app.kernel import audit
from app.kernel.roles import Actor

log = logging.getLogger(__name__)

READ, TAKEN = "contacts.read", "file.downloaded"
SAME_READING = timedelta(minutes=15)
"""The same person on the same page again within this time is one reading."""

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class _Note:
    actor: Actor
    action: str
    kind: str
    subject_id: object
    after: dict[str, Any] | None
    once_within: timedelta | None


def shows_contacts(kind: str) -> Callable[[View], View]:
    """Mark a view that shows names with telephone or e-mail of others: its reading stands in the trail.

    `kind`: the table of the record, whose key is the first part of the address that varies; without one, the list.
    """

    def mark(view: View) -> View:
        view.__dict__["shows_contacts"] = kind
        return view

    return mark


def takes_away(kind: str) -> Callable[[View], View]:
    """Mark a view that hands out a file which does not go through `web.files.download`."""

    def mark(view: View) -> View:
        view.__dict__["takes_away"] = kind
        return view

    return mark


def writes_down_itself(*, when: Callable[[], bool] = lambda: True) -> Callable[[View], View]:
    """Mark a view that records its export in its own words: no second entry is made of the file. `when`: asked in the
    request, where it does so only for a file with names."""

    def mark(view: View) -> View:
        view.__dict__["writes_down_itself"] = when
        return view

    return mark


def note_after(
    action: str,
    kind: str,
    subject_id: object = "",
    *,
    after: dict[str, Any] | None = None,
    actor: Actor | None = None,
    once_within: timedelta | None = None,
) -> None:
    """Append an entry once this request's answer has gone, whatever becomes of the request's own transaction.

    `actor`: who, where nobody is signed in (NOBODY), e.g. of a failed sign-in.
    """
    notes = g.setdefault("notes", [])
    notes.append(_Note(actor or current_actor(), action, kind, subject_id, after, once_within))


def init_noting(app: Flask) -> None:
    @app.after_request
    def _write_later(response: Response) -> Response:
        _note_view(response)
        notes = g.pop("notes", None)
        if notes:
            sessions, moment = db.sessionmaker, now()

            def write() -> None:
                for one in notes:
                    _write(sessions, one, moment)

            response.call_on_close(write)
        return response


def _note_view(response: Response) -> None:
    """The notes that the marks of the view ask for; only what was really shown, and to somebody who signed in."""
    name = g.pop("taken_away", None)
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or response.status_code != 200 or only_head() or not signed_in():
        return
    marks = view.__dict__
    found = next(iter((request.view_args or {}).values()), "")
    page = {"page": request.path[:200]}
    if "shows_contacts" in marks:
        note_after(READ, marks["shows_contacts"], found, after=page, once_within=SAME_READING)
    if "takes_away" in marks:
        note_after(TAKEN, marks["takes_away"], found, after=page)
    elif name is not None and not marks.get("writes_down_itself", lambda: False)():
        note_after(TAKEN, "stored_files", after={**page, "file": name})


def _write(sessions: Any, one: _Note, moment: Any) -> None:
    try:
        audit.note(
            sessions, one.actor, one.action, one.kind, one.subject_id,
            now=moment, after=one.after, once_within=one.once_within,
        )  # fmt: skip
    except Exception:
        log.exception("the trail could not be written: %s", one.action)
