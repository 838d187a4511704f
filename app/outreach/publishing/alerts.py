"""Notices that a delivery needs somebody: the person responsible for the outlet, and whoever wrote the post."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from app.base.notices.service import notify
from app.base.people.models import Organisation, RoleRow, User
from app.kernel.roles import Can, Role
from app.kernel.text import T
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post
from app.outreach.publishing.models import Attempt, Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.states import UNDECIDED

SUBJECTS = {
    S.FAILED: T("Gagal terbit: %(title)s di %(outlet)s"),
    S.HANDED_OVER: T("Saatnya Anda terbitkan: %(title)s di %(outlet)s"),
    S.MISSED: T("Terlewat: %(title)s di %(outlet)s"),
    S.UNKNOWN: T("Belum pasti terbit: %(title)s di %(outlet)s"),
}


UNDECIDED_SUBJECT = T("Belum terkirim, putuskan: %(title)s di %(outlet)s")
SIGNED_OUT_SUBJECT = T("Akun perlu dihubungkan ulang: %(outlet)s")
PAUSED_SUBJECT = T("Akun sedang tidak menerima: %(outlet)s")
WAITING = T("Materi yang menunggu aman dan dikirim dengan sendirinya sesudah itu.")
ENDS_BY_ITSELF = T("Dicoba lagi dengan sendirinya; waktunya ada di halaman saluran.")
ENDS_BY_PERSON = T("Bereskan dulu di akunnya, lalu tekan “Sudah dibereskan, coba lagi” di halaman saluran.")


def tell_signed_out(session: Session, outlet: Outlet, *, now: datetime) -> None:
    """Tell that an account must be connected again; once for the account, however many deliveries wait for it."""
    body = f"{outlet.problem or ''} {WAITING} {who_can_mend(session, outlet)}"
    _tell_keepers(session, outlet, "outlet_signed_out", SIGNED_OUT_SUBJECT, body, f"signed_out:{_mark(now)}", now)


def tell_paused(session: Session, outlet: Outlet, *, now: datetime) -> None:
    """Tell that an account takes nothing at present; once for each pause."""
    ends = ENDS_BY_PERSON if outlet.resume_at is None else ENDS_BY_ITSELF
    body = f"{outlet.pause_reason} {ends} {WAITING}"
    since = outlet.paused_at or now
    _tell_keepers(session, outlet, "outlet_paused", PAUSED_SUBJECT, body, f"paused:{_mark(since)}", now)


def who_can_mend(session: Session, outlet: Outlet) -> str:
    """Return a sentence that names who may connect the account, for a responsible person who may not."""
    names = [person.name for person in keepers_of(session, outlet)]
    return str(T("Yang dapat menghubungkannya: %(names)s.", names=", ".join(names[:3]))) if names else ""


def keepers_of(session: Session, outlet: Outlet) -> Sequence[User]:
    """Return the active people of the outlet's organisation and its relatives who may connect accounts, by name."""
    home = aliased(Organisation)
    owner = session.get_one(Organisation, outlet.organisation_id)
    family = {owner.id, owner.parent_id or owner.id}
    return session.scalars(
        select(User)
        .join(home, home.id == User.organisation_id)
        .where(
            User.active,
            or_(home.id.in_(family), home.parent_id.in_(family)),
            User.roles.any(RoleRow.name.in_(Can.KEEP_OUTLETS.roles)),
        )
        .order_by(User.name)
    ).all()


def admins(session: Session) -> Sequence[User]:
    """Return the active admins by name: they know who keeps the server."""
    admin = User.roles.any(RoleRow.name == Role.ADMIN.value)
    return session.scalars(select(User).where(User.active, admin).order_by(User.name)).all()


def people_for(session: Session, outlet: Outlet) -> list[int]:
    """Return whom an account's trouble is told: the person responsible for the outlet; where nobody is, or that person
    left, all who may mend it."""
    person = session.get(User, outlet.responsible_id) if outlet.responsible_id else None
    people = [person] if person is not None and person.active else keepers_of(session, outlet)
    return [one.id for one in people]


def _tell_keepers(
    session: Session, outlet: Outlet, kind: str, subject: T, body: str, occasion: str, now: datetime
) -> None:
    notify(
        session,
        user_ids=people_for(session, outlet),
        kind=kind,
        subject=str(T(subject.msgid, outlet=outlet.name)),
        body=" ".join(body.split()),
        path=f"/saluran/{outlet.id}",
        dedupe_key=f"outlet:{outlet.id}:{occasion}",
        now=now,
    )


def _mark(moment: datetime) -> str:
    return f"{moment:%Y%m%d%H%M%S}"


def tell_cannot_plan(session: Session, post: Post, *, now: datetime) -> None:
    """Tell the author that a post was approved and still cannot be sent."""
    if post.author_id is None:
        return
    notify(
        session,
        user_ids=[post.author_id],
        kind="delivery_unplanned",
        subject=str(T("Tidak dapat dijadwalkan: %(title)s", title=post.title)),
        body=str(T("Disetujui, tetapi tidak dapat disiapkan. Belum ada yang terbit. Periksa tautannya.")),
        path=f"/materi/{post.id}",
        dedupe_key=f"post:{post.id}:unplanned:{post.content_hash[:12]}",
        now=now,
    )


def tell_live(
    session: Session, delivery_id: int, *, by_id: int | None = None, was: T | None = None, now: datetime
) -> None:
    """Tell whoever wanted to keep a delivery back that it is live: the call was under way when they asked.

    `was` is the state it stood in when the receipt came late, and `by_id` who had put it there.
    """
    delivery = session.get_one(Delivery, delivery_id, populate_existing=True)
    post, outlet = session.get_one(Post, delivery.post_id), session.get_one(Outlet, delivery.outlet_id)
    people = {person for person in (by_id or delivery.wish_by_id or post.author_id,) if person is not None}
    body = (
        T("Salurannya baru memberi tahu bahwa materi ini terbit, padahal di sini tercatat “%(was)s”.", was=was)
        if was is not None
        else T("Pengirimannya sedang berlangsung ketika diminta berhenti, dan materi ini tetap terbit.")
    )
    notify(
        session,
        user_ids=sorted(people),
        kind="delivery_live",
        subject=str(T("Tetap terbit: %(title)s di %(outlet)s", title=post.title, outlet=outlet.name)),
        body=f"{body} {T('Bila tidak boleh tayang, hapus di salurannya.')}",
        path=f"/tayang/{delivery.id}",
        dedupe_key=f"delivery:{delivery.id}:live",
        now=now,
    )


def raise_for(session: Session, delivery_id: int, status: S, *, now: datetime) -> None:
    """Tell whoever has to act on a delivery; one notice per person, state and planned content, and again after a person
    had it sent again."""
    delivery = session.get_one(Delivery, delivery_id, populate_existing=True)
    post = session.get_one(Post, delivery.post_id)
    outlet = session.get_one(Outlet, delivery.outlet_id)
    people = {person for person in (outlet.responsible_id, post.author_id) if person is not None}
    if status == S.HANDED_OVER and outlet.responsible_id is not None:
        people = {outlet.responsible_id}
    if not people:
        return
    again = session.scalar(select(func.count()).where(Attempt.delivery_id == delivery_id, Attempt.outcome == "retry"))
    asked = status == S.FAILED and delivery.hold_reason == UNDECIDED
    subject = T((UNDECIDED_SUBJECT if asked else SUBJECTS[status]).msgid, title=post.title, outlet=outlet.name)
    body = delivery.problem or T("Teks dan berkasnya siap disalin. Setelah terbit, tempelkan tautan atau fotonya.")
    notify(
        session,
        user_ids=sorted(people),
        kind=f"delivery_{status}",
        subject=str(subject),
        body=str(body),
        path=f"/tayang/{delivery.id}",
        dedupe_key=f"delivery:{delivery.id}:{status}:{delivery.content_hash[:12]}:{delivery.tries}:{again}",
        now=now,
    )
