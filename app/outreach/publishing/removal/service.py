"""What persons decide about taking something down: ask for it, say that it is gone, try again, keep it after all."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.base.people.models import User
from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid, Refused, Stale
from app.kernel.roles import Actor, Can
from app.kernel.text import T
from app.kernel.typed import at_most
from app.outreach.outlets.models import Outlet
from app.outreach.outlets.ports import Channel
from app.outreach.posts.models import Post
from app.outreach.publishing.decisions import may_decide
from app.outreach.publishing.models import Attempt, Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.outgoing import channel_key
from app.outreach.publishing.queries import visible_to
from app.outreach.publishing.removal import words
from app.outreach.publishing.removal.models import Removal, RemovalReason
from app.outreach.publishing.removal.models import RemovalState as R
from app.outreach.publishing.removal.work import close, tell

MAX_WORDS = 300
BY_PERSON = (R.TASK, R.REFUSED)
"""States in which a person decides."""


def may_remove(actor: Actor, post: Post) -> bool:
    """Decide whether somebody may have a post taken down: editors and approvers of the office and its organisation."""
    return actor.can(Can.REMOVE_PUBLISHED) and (actor.of_office or post.organisation_id in actor.organisation_ids)


def removable(session: Session, post_id: int) -> Sequence[Delivery]:
    """Return the deliveries of a post that went out and that nobody asked to be removed yet."""
    asked = select(Removal.id).where(Removal.delivery_id == Delivery.id).exists()
    query = select(Delivery).where(Delivery.post_id == post_id, Delivery.status == S.SENT, ~asked)
    return session.scalars(query.order_by(Delivery.id)).all()


def removal_of(session: Session, delivery_id: int) -> Removal | None:
    return session.scalar(select(Removal).where(Removal.delivery_id == delivery_id))


def select_tasks(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Select rows (delivery id, title, outlet, asked_at, owner) of what a person has to take down and somebody sees."""
    query: Select[*tuple[Any, ...]] = (
        select(Delivery.id, Post.title, Outlet.name.label("outlet"), Removal.asked_at, User.name.label("owner"))
        .select_from(Removal)
        .join(Delivery, Delivery.id == Removal.delivery_id)
        .join(Post, Post.id == Delivery.post_id)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .outerjoin(User, User.id == Outlet.responsible_id)
        .where(Removal.state.in_(BY_PERSON))
        .order_by(Removal.asked_at, Removal.id)
    )
    visible = visible_to(actor)
    return query if visible is None else query.where(visible)


def by_platform(delivery: Delivery, outlet: Outlet, channels: Mapping[str, Channel]) -> bool:
    """Decide whether the platform can be asked, or only a person can take it down."""
    return bool(delivery.remote_id) and channels[channel_key(outlet.kind, outlet.status)].can_remove


def ask(
    session: Session,
    actor: Actor,
    post: Post,
    deliveries: Sequence[Delivery],
    *,
    reason: RemovalReason,
    note: str = "",
    channels: Mapping[str, Channel],
    now: datetime,
) -> list[Removal]:
    """Ask that these deliveries of a post be taken down for good: the worker does it where it can, else a person.

    Raises Forbidden, Invalid where "lain" has no words, Refused where one of them did not go out. One that was asked
    for already is left as it is.
    """
    if not may_remove(actor, post):
        raise Forbidden(T("Ini diputuskan oleh editor atau penyetuju organisasinya."))
    note = " ".join(note.split())
    at_most(note, MAX_WORDS, "note", T("Alasannya terlalu panjang. Paling banyak %(n)s karakter."))
    if reason == RemovalReason.OTHER and not note:
        raise Invalid(T("Tulis alasannya dengan singkat."), field="note")
    made = []
    for delivery in sorted(deliveries, key=lambda one: one.id):
        session.refresh(delivery, with_for_update=True)
        if delivery.status != S.SENT or delivery.post_id != post.id:
            raise Refused(T("Hanya yang sudah terbit yang dapat dihapus."))
        if removal_of(session, delivery.id) is None:
            made.append(_asked(session, actor, delivery, reason, note, channels, now))
    return made


def _asked(
    session: Session, actor: Actor, delivery: Delivery, reason: RemovalReason, note: str,
    channels: Mapping[str, Channel], now: datetime,
) -> Removal:  # fmt: skip
    outlet = session.get_one(Outlet, delivery.outlet_id)
    state = R.QUEUED if by_platform(delivery, outlet, channels) else R.TASK
    row = Removal(
        delivery_id=delivery.id, state=state, reason=reason, words=note or None, asked_by_id=actor.id,
        asked_by_name=actor.name, asked_at=now, wake_at=now, tries=0, lookups=0,
        problem=words.BY_HAND if state == R.TASK else None,
    )  # fmt: skip
    session.add(row)
    _noted(session, actor, delivery, "ask_removal", now)
    said = {"delivery": delivery.id, "reason": str(words.REASONS[reason]), "words": note}
    audit.record(session, actor, "removals.asked", row, now=now, after=said)
    if state == R.TASK:
        tell(session, row, now=now)
    return row


def confirm_gone(session: Session, actor: Actor, row: Removal, *, seen: str, now: datetime) -> None:
    """Record that a person saw that the post is gone."""
    delivery = _decided(session, actor, row, seen)
    _noted(session, actor, delivery, "confirm_gone", now)
    close(session, row, actor, now=now)


def retry(
    session: Session, actor: Actor, row: Removal, *, seen: str, channels: Mapping[str, Channel], now: datetime
) -> None:
    """Ask the platform once more. Raises Refused where only a person can take it down."""
    delivery = _decided(session, actor, row, seen)
    if not by_platform(delivery, session.get_one(Outlet, delivery.outlet_id), channels):
        raise Refused(T("Saluran ini tidak dapat diminta menghapus. Hapus sendiri, lalu tekan “Sudah terhapus”."))
    row.state, row.problem, row.wake_at, row.tries, row.lookups = R.QUEUED, None, now, 0, 0
    _noted(session, actor, delivery, "retry_removal", now)
    audit.record(session, actor, "removals.retried", row, now=now)


def keep(session: Session, actor: Actor, row: Removal, *, seen: str, now: datetime) -> None:
    """Leave it where it is after all: nothing was taken down."""
    delivery = _decided(session, actor, row, seen)
    _noted(session, actor, delivery, "keep", now)
    audit.record(session, actor, "removals.kept", row, now=now)
    session.delete(row)
    session.flush()


def _decided(session: Session, actor: Actor, row: Removal, seen: str) -> Delivery:
    """Check who decides about a removal that a person saw in this state, and return its delivery."""
    session.refresh(row, with_for_update=True)
    delivery = session.get_one(Delivery, row.delivery_id)
    outlet, post = session.get_one(Outlet, delivery.outlet_id), session.get_one(Post, delivery.post_id)
    if not (may_decide(session, actor, delivery, outlet) or may_remove(actor, post)):
        raise Forbidden(T("Ini diputuskan oleh penanggung jawab saluran, editor, atau penyetuju."))
    if row.state != seen or row.state not in BY_PERSON:
        raise Stale(
            T("Keadaannya sudah berubah menjadi “%(now)s”. Tidak ada yang diubah.", now=words.LABELS[R(row.state)])
        )
    return delivery


def _noted(session: Session, actor: Actor, delivery: Delivery, what: str, now: datetime) -> None:
    session.add(
        Attempt(
            delivery_id=delivery.id, action="person", started_at=now, finished_at=now, outcome=what, detail=actor.name
        )
    )
    session.flush()
