"""The port of four eyes: how the pages of a lower room put a change before a second person.

The room confirmations fills it; app/factory.py hands it in. A lower room names the kind of its change and the plain
values of it, and knows nothing of who confirms.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from flask import current_app
from sqlalchemy.orm import Session

from app.kernel.confirmed import Confirmed, Twofold
from app.kernel.roles import Actor


class Waiting(Protocol):
    """A change that waits, as a page shows it."""

    @property
    def id(self) -> int: ...

    @property
    def subject_id(self) -> int: ...

    @property
    def kind(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def status(self) -> str: ...

    @property
    def due_at(self) -> datetime: ...


class Confirming(Protocol):
    def ask(
        self,
        session: Session,
        actor: Actor,
        kind: Twofold,
        subject_id: int,
        values: Mapping[str, Any],
        *,
        reason: str | None,
        now: datetime,
        secrets: Mapping[str, Any] | None = None,
    ) -> Waiting:
        """Put a change before a second person. `secrets` are kept sealed. Raises Invalid where no reason is given."""
        ...

    def use_permit(
        self, session: Session, actor: Actor, kind: Twofold, subject_id: int, *, now: datetime
    ) -> Confirmed | None:
        """Use once what was confirmed for this person to do now; return None where it has to be asked first."""
        ...

    def waiting(self, session: Session, about: str, ids: Collection[int]) -> Mapping[int, Sequence[Waiting]]:
        """Return by record of the table `about` what waits for a second person. One query."""
        ...


def confirming() -> Confirming:
    port: Confirming = current_app.extensions["confirming"]
    return port
