"""Files mailed along with a notice. One is named "KIND:ID" and made when the mail goes out, outside any transaction.

Higher rooms say how a kind is made; app/joints.py names them.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session, sessionmaker

from app.kernel.slots import SlotMap
from app.kernel.text import T


class Attachment(NamedTuple):
    """`name` with its ending."""

    name: str
    mime: str
    data: bytes


class Gone(Exception):
    """There is nothing to send any more; the mail does not go out. `sentence` says why."""

    def __init__(self, sentence: T) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


Maker = Callable[["sessionmaker[Session]", int, Any], Attachment]
"""(sessions, id of the record, settings) → the file. It reads in a session of its own and closes that before it works.
Raises Gone; anything else that it raises is tried again later."""

MAKERS = SlotMap[str, Maker]("notices.makers")

SENT = SlotMap[str, Callable[[Session, int, datetime], None]]("notices.sent")
"""By kind: told of the id of the record once a mail with it went out, in the transaction that notes so. A notice is
deleted after a while, so whoever needs to know it later keeps it. It must not raise."""


def attachment_name(kind: str, record_id: int) -> str:
    """Return the name of an attachment as it is kept on a notice."""
    return f"{kind}:{record_id}"


def make_attachment(sessions: "sessionmaker[Session]", name: str, settings: Any) -> Attachment:
    """Make an attachment. Raises Gone, LookupError where no room makes the kind, and whatever keeps the file from being
    made."""
    kind, _colon, record_id = name.partition(":")
    if kind not in MAKERS:
        raise LookupError(f"nobody makes attachments of kind {kind!r}")
    return MAKERS[kind](sessions, int(record_id), settings)


def tell_sent(session: Session, name: str, now: datetime) -> None:
    kind, _colon, record_id = name.partition(":")
    if kind in SENT:
        SENT[kind](session, int(record_id), now)
