"""What rooms above do when a certificate is issued or revoked, without this room knowing them."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from app.certificates.models import Certificate
from app.kernel.roles import Actor

Hook = Callable[[Session, Actor, Certificate, datetime], None]

ISSUED: list[Hook] = []
"""Called in the transaction that issues, once for each certificate."""
REVOKED: list[Hook] = []
"""Called in the transaction that revokes."""


def tell(hooks: list[Hook], session: Session, actor: Actor, certificate: Certificate, now: datetime) -> None:
    for hook in hooks:
        hook(session, actor, certificate, now)
