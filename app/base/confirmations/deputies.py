"""A signer's own Plt or Plh: appointed and ended by themself, at once, and told to everybody concerned."""

from collections.abc import Sequence
from datetime import date, datetime

from babel.dates import format_date
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from app.base.confirmations.people import ADMIN, SIGNER
from app.base.notices.service import notify
from app.base.people import delegations
from app.base.people.models import Delegation, User
from app.kernel.roles import Actor
from app.kernel.site import LOCALE
from app.kernel.text import T

SHOWN = 20


def list_deputies(session: Session, actor: Actor) -> Sequence[Delegation]:
    """Return who stood or stands in for this person, the newest first."""
    query = select(Delegation).where(Delegation.from_user_id == actor.id).options(joinedload(Delegation.to_user))
    return session.scalars(query.order_by(Delegation.ends_on.desc(), Delegation.id.desc()).limit(SHOWN)).all()


def appoint(session: Session, actor: Actor, term: delegations.Term, *, today: date, now: datetime) -> Delegation:
    made = delegations.appoint_deputy(session, actor, term, today=today, now=now)
    deputy = session.get_one(User, made.to_user_id)
    days = " sampai ".join(format_date(day, "d MMMM y", LOCALE) for day in (made.starts_on, made.ends_on))
    _tell(
        session,
        made,
        T("%(deputy)s menggantikan %(holder)s", deputy=deputy.name, holder=actor.name),
        T(
            "%(holder)s menunjuk %(deputy)s sebagai %(kind)s, %(days)s. Selama itu %(deputy)s menandatangani sebagai "
            "%(holder)s. Bila ini keliru, hubungi %(holder)s atau admin kantor.",
            holder=actor.name,
            deputy=deputy.name,
            kind=made.kind.capitalize(),
            days=days,
        ),
        "made",
        now,
    )
    return made


def end(session: Session, actor: Actor, delegation_id: int, *, now: datetime) -> Delegation:
    """End it before its last day. Raises Forbidden for somebody else's."""
    ended = delegations.revoke_delegation(session, actor, delegation_id, now=now)
    names = {"deputy": ended.to_user.name, "holder": ended.from_user.name}
    _tell(
        session,
        ended,
        T("%(deputy)s tidak lagi menggantikan %(holder)s", **names),
        T(
            "%(holder)s mengakhiri tugas %(deputy)s sebagai pengganti mulai sekarang. Yang sudah ditandatangani tetap "
            "berlaku.",
            **names,
        ),
        "ended",
        now,
    )
    return ended


def _tell(session: Session, delegation: Delegation, subject: T, body: T, occasion: str, now: datetime) -> None:
    """The two people, all admins, and whoever signs."""
    watching = set(session.scalars(select(User.id).where(User.active, or_(ADMIN, SIGNER))))
    notify(
        session,
        user_ids=(watching | {delegation.to_user_id}) - {delegation.from_user_id},
        kind="deputy",
        subject=subject,
        body=body,
        path=None,
        dedupe_key=f"delegation:{delegation.id}:{occasion}",
        now=now,
    )
