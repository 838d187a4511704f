"""Slots for what rooms above do when a certificate is issued or revoked, without this room knowing them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.kernel.roles import Actor
from app.kernel.slots import Slot
from app.learning.certificates.models import Certificate

ISSUED = Slot[Callable[[Session, Actor, Sequence[Certificate], datetime], None]]("certificates.issued")
"""Called in the transaction that issues, once for all certificates of it."""
REVOKED = Slot[Callable[[Session, Actor, Certificate, datetime], None]]("certificates.revoked")
"""Called in the transaction that revokes."""
