"""What only people can tell of, or take down: a printed page, a post in a group."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.outreach.outlets.ports import HandOver, Metrics


class ByPerson:
    """The part of a channel whose posts no platform measures or deletes for us."""

    can_measure = False
    can_remove = False

    def measure(
        self,
        remote_id: str,
        credentials: Mapping[str, Any],
        *,
        now: datetime,
        settings: Mapping[str, Any] | None = None,
    ) -> Metrics:
        """Return no figure: nobody can be asked; what hangs or was handed out is a proof."""
        return Metrics()

    def remove(
        self, remote_id: str, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, now: datetime
    ) -> None:
        """Raise HandOver: a person takes it back."""
        raise HandOver("Hanya orang yang dapat menghapusnya")
