"""What may come of a call of a channel, beside what the port says (outlets/ports.py)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.outreach.outlets.ports import ChannelError, NotSent, NotThere, Receipt
from app.outreach.publishing.outgoing import Parcel


class PackFailed(Exception):
    """The files or the PDF could not be made: nothing was sent."""

    ours = True  # says nothing about the account


class NotBegun(NotSent):
    """No thread was free in time, so the channel was not called."""

    ours = True


class NotWritten(NotSent):
    """The database did not take what the channel wanted remembered before its lasting call."""

    ours = True


class LostClaim(ChannelError):
    """The row belongs to another claim by now; the channel stops before its next step."""

    ours = True


class AnothersPost(ChannelError):
    """The number of a receipt is another delivery's: ours is somewhere else, or nowhere."""

    ours = True


@dataclass
class Outcome:
    """One call that has ended: whose it was, and what came of it."""

    parcel: Parcel
    action: str  # publish, find
    started_at: datetime
    result: Receipt | NotThere | Exception | None  # None: `find` did not see it
    evidence: dict[str, Any] | None = None  # what the account showed at a look: evidence.py
