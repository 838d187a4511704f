"""What tests of pages share: somebody who is signed in, and counting the questions to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import session
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from app.base.access.entering import enter
from app.base.people.models import User
from app.base.web.db import db
from app.kernel.db import writing


def sign_in(client: FlaskClient, user: User) -> None:
    """Let this browser hold a session of this person, as after a right password; tests/access asks the page itself."""
    number = user.id  # read before anything waits for the lock
    with client.application.test_request_context(), writing():
        person = db.session.get_one(User, number)
        enter(person, how="password", shown=False)
        db.session.commit()
        held = dict(session)
    with client.session_transaction() as cookie:
        cookie.clear()
        cookie.update(held)
        cookie.permanent = True


def is_empty(page: str) -> bool:
    """Whether what the page would list is not there, and it says so in its place, in whatever words."""
    return 'class="empty-state"' in page


@dataclass
class Asked:
    statements: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.statements)


@contextmanager
def asked() -> Iterator[Asked]:
    """Every statement of every engine inside the block, without BEGIN and COMMIT."""
    seen = Asked()

    def note(*arguments: Any) -> None:
        seen.statements.append(arguments[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)
