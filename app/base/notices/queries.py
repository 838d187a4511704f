"""A person's inbox."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice, NoticePreference
from app.base.people.models import User
from app.kernel.roles import Actor
from app.kernel.slots import Slot

SUMMARIES = Slot[Callable[[Session, int, date], bool]]("notices.summaries")
"""Whether a person is one of those who get a summary now and then; the room that sends one puts it here."""


@dataclass(frozen=True)
class MailPreference:
    """`address` None: this person has no e-mail. `wanted`: whether new notices are mailed as well. `digest`: whether
    the weekly summary comes, where the person is one of those who get it."""

    address: str | None
    wanted: bool
    digest: bool = True


def inbox(actor: Actor, *, only_unread: bool = False) -> Select[Any]:
    """Select unread notices first, then the newest."""
    query: Any = select(Notice).where(Notice.user_id == actor.id)
    if only_unread:
        query = query.where(Notice.read_at.is_(None))
    ordered: Select[Any] = query.order_by(Notice.read_at.is_not(None), Notice.created_at.desc(), Notice.id.desc())
    return ordered


def unread_count(session: Session, actor: Actor) -> int:
    return session.scalar(select(func.count()).where(Notice.user_id == actor.id, Notice.read_at.is_(None))) or 0


def gets_summary(session: Session, actor: Actor, today: date) -> bool:
    return actor.id is not None and any(gets(session, actor.id, today) for gets in SUMMARIES)


def mail_preference(session: Session, actor: Actor) -> MailPreference:
    row = session.execute(
        select(User.email, NoticePreference.email, NoticePreference.digest)
        .outerjoin(NoticePreference, NoticePreference.user_id == User.id)
        .where(User.id == actor.id)
    ).one_or_none()
    if row is None:
        return MailPreference(address=None, wanted=True)
    return MailPreference(address=row[0], wanted=row[1] is not False, digest=row[2] is not False)
