"""What tests of pages share: signing in, and counting the questions to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from app.base.people.models import User
from tests.world import PASSWORD


def sign_in(client: FlaskClient, user: User) -> None:
    """Sign in through the page, as a person does."""
    answer = client.post("/masuk", data={"identity": user.username, "password": PASSWORD})
    assert answer.status_code in {302, 303}, "the sign-in was refused"


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
