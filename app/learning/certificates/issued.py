"""What rooms above do when a certificate is issued or revoked, without this room knowing them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.kernel.roles import Actor
from app.learning.certificates.models import Certificate

ISSUED: list[Callable[[Session, Actor, Sequence[Certificate], datetime], None]] = []
"""Called in the transaction that issues, once for all certificates of it."""
REVOKED: list[Callable[[Session, Actor, Certificate, datetime], None]] = []
"""Called in the transaction that revokes."""
