"""What a person decides about a delivery: posted by hand, really live or not, again, hold, cancel.

Each verb takes the status the person saw, so that two people (or a person and the worker) cannot decide twice.
"""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, false, or_, true
from sqlalchemy.orm import Session

from app.base.media.service import file_of
from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.roles import Actor, Can
from app.kernel.text import T
from app.kernel.transitions import move
from app.outreach.outlets.models import Outlet
from app.outreach.outlets.ports import LONGEST_URL
from app.outreach.posts.models import Post, PostStatus
from app.outreach.posts.service import ask_planning
from app.outreach.publishing import wishes
from app.outreach.publishing.evidence import candidate_of
from app.outreach.publishing.ledger import LOOKUP_AFTER
from app.outreach.publishing.models import Attempt, Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.orders import write_order
from app.outreach.publishing.states import BY_HAND_ALLOWED, BY_PERSON, LABELS
from app.outreach.publishing.wishes import Wish

STILL_USEFUL = timedelta(days=1)
"""How long a delivery stays useful that was missed and is sent all the same."""


def confirm_sent(
    session: Session,
    actor: Actor,
    delivery: Delivery,
    *,
    seen: str,
    url: str | None = None,
    photo_id: int | None = None,
    remote_id: str | None = None,
    now: datetime,
) -> None:
    """Record that a delivery is live, with its address or a photo (one of them is asked for after posting by hand).

    `remote_id`: as one of the posts that a look has seen on the account; its address comes from there.
    """
    check(session, actor, delivery, seen)
    _not_sending(delivery)
    if remote_id:
        url = _take_seen(session, delivery, remote_id)
    url = (url or "").strip() or None
    if url and not _is_address(url):
        raise Invalid(T("Tautan harus diawali https://. Salin dari bilah alamat atau menu “Bagikan”."), field="url")
    if photo_id is not None and not file_of(session, actor, photo_id).mime.startswith("image/"):
        raise Invalid(T("Bukti harus berupa foto (JPG atau PNG)."), field="photo_id")
    if delivery.status in {S.HANDED_OVER, S.MISSED, S.FAILED} and not (url or photo_id):
        raise Invalid(T("Tempelkan tautannya atau unggah fotonya, sebagai bukti bahwa sudah terbit."), field="url")
    before = delivery.status
    move(delivery, BY_HAND_ALLOWED, S.SENT, LABELS)
    delivery.remote_url, delivery.proof_file_id = url or delivery.remote_url, photo_id or delivery.proof_file_id
    delivery.sent_at = delivery.sent_at or now
    delivery.problem = None
    note(session, actor, delivery, before, "confirm_sent", now)
    write_order(session, actor, delivery.id, message_id=None, now=now)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # a bracket that is not closed
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and len(url) <= LONGEST_URL


def _take_seen(session: Session, delivery: Delivery, remote_id: str) -> str | None:
    """Give the delivery a post that a look has seen and that is no other's; return its address."""
    found = candidate_of(session, delivery, remote_id)
    if found is None:
        raise Invalid(T("Unggahan ini tidak terlihat ketika akunnya dicari. Tempelkan tautannya."), field="url")
    if found.owner:
        raise Refused(T("Unggahan ini sudah tercatat sebagai “%(title)s”.", title=found.owner[1]))
    delivery.remote_id = remote_id
    return found.url


def retry(session: Session, actor: Actor, delivery: Delivery, *, seen: str, now: datetime) -> None:
    """Send again: after a failure, or when a person has looked and it is certainly not live.

    What was remembered stays: after a lost answer it is how a channel knows its own half-done work again.
    """
    check(session, actor, delivery, seen)
    _not_sending(delivery)
    if delivery.status == S.UNKNOWN and delivery.lookups < len(LOOKUP_AFTER):
        raise Refused(T("Masih dicari di salurannya. Tunggu beberapa menit; belum perlu dikirim lagi."))
    post = session.get_one(Post, delivery.post_id)
    if post.status != PostStatus.APPROVED or post.content_hash != delivery.content_hash:
        raise Refused(
            T(
                "Isi materi sudah berubah sejak disetujui. Pilih “Tidak terbit”, lalu ajukan persetujuan lagi; "
                "sesudah itu dikirim dengan isi baru."
            )
        )
    if delivery.useful_until is not None and delivery.useful_until < now:
        if delivery.status != S.MISSED or not actor.can(Can.RELEASE_SENDING):
            raise Refused(T("Batas waktu bergunanya sudah lewat. Jadwalkan ulang materinya."))
        delivery.useful_until = now + STILL_USEFUL  # missed while nothing could leave: it is wanted all the same
    before = delivery.status
    move(delivery, BY_HAND_ALLOWED, S.QUEUED, LABELS)
    delivery.wake_at, delivery.tries, delivery.lookups = max(now, delivery.due_at), 0, 0
    delivery.problem, delivery.hold_reason, delivery.token = None, None, None
    wishes.forget(delivery)
    note(session, actor, delivery, before, "retry", now)


def give_up(session: Session, actor: Actor, delivery: Delivery, *, seen: str, now: datetime) -> None:
    """Record that a delivery is not live and is not sent again as it is; a newly approved text goes out by itself."""
    check(session, actor, delivery, seen)
    _not_sending(delivery)
    before = delivery.status
    move(delivery, BY_HAND_ALLOWED, S.FAILED, LABELS)
    delivery.problem = T("Dinyatakan tidak terbit oleh %(name)s.", name=actor.name)
    delivery.token = None
    wishes.forget(delivery)
    note(session, actor, delivery, before, "give_up", now)
    post = session.get_one(Post, delivery.post_id)
    if post.status == PostStatus.APPROVED and post.content_hash != delivery.content_hash:
        ask_planning(session, post)


def hold(session: Session, actor: Actor, delivery: Delivery, *, seen: str, now: datetime) -> None:
    """Keep it back until `release`; the post stays approved. While a call is under way, once that has ended."""
    check(session, actor, delivery, seen)
    before = delivery.status
    if wishes.under_way(delivery):
        _wish(delivery, Wish.HOLD, actor, now)
    else:
        _keep_back(delivery, S.HELD)
        delivery.problem = T("Ditahan oleh %(name)s.", name=actor.name)
    note(session, actor, delivery, before, "hold", now)


def release(session: Session, actor: Actor, delivery: Delivery, *, seen: str, now: datetime) -> None:
    """Let go on what was held, or take back what was wished while a call is under way."""
    check(session, actor, delivery, seen)
    before = delivery.status
    if delivery.wish and delivery.wish_by_id and wishes.under_way(delivery):
        wishes.forget(delivery)
    elif before != S.HELD:
        raise Refused(T("Penayangan ini tidak sedang ditahan."))
    else:
        move(delivery, BY_HAND_ALLOWED, S.QUEUED, LABELS)
        delivery.hold_reason, delivery.problem = None, None
        delivery.wake_at = max(now, delivery.wake_at if delivery.spaced_at else delivery.due_at)
    note(session, actor, delivery, before, "release", now)


def cancel(session: Session, actor: Actor, delivery: Delivery, *, seen: str, now: datetime) -> None:
    """Cancel the delivery at this outlet, while a call is under way once that has ended; the others are not touched."""
    check(session, actor, delivery, seen)
    if wishes.under_way(delivery):
        _wish(delivery, Wish.CANCEL, actor, now)
        note(session, actor, delivery, delivery.status, "cancel", now)
    else:
        cancel_kept_back(session, actor, delivery, now=now)


def cancel_kept_back(session: Session, actor: Actor, delivery: Delivery, *, now: datetime) -> None:
    """Cancel a delivery whose row is locked, whoever's it is: the approver who ends a pause decides for all."""
    before = delivery.status
    _keep_back(delivery, S.CANCELLED)
    note(session, actor, delivery, before, "cancel", now)


def _wish(delivery: Delivery, wish: Wish, actor: Actor, now: datetime) -> None:
    if delivery.wish == Wish.CANCEL and wish == Wish.HOLD:
        raise Refused(T("Penayangan ini sudah diminta batal sesudah percobaan ini."))
    wishes.keep(delivery, wish, by_id=actor.id, now=now)


def _keep_back(delivery: Delivery, status: S) -> None:
    """Move a row that nobody has begun to send; a worker that has only claimed it finds it gone."""
    move(delivery, BY_HAND_ALLOWED, status, LABELS)
    delivery.hold_reason, delivery.token, delivery.lease_until = BY_PERSON, None, None


def _not_sending(delivery: Delivery) -> None:
    if delivery.status == S.SENDING:
        raise Refused(T("Sedang dikirim saat ini. Tunggu sampai hasilnya diketahui, lalu putuskan."))


def may_decide(session: Session, actor: Actor, delivery: Delivery, outlet: Outlet) -> bool:
    """Decide whether somebody may act on a delivery: the person responsible for the outlet, editors and contributors
    of the post's organisation, editors and admins of the office."""
    if actor.id is not None and actor.id == outlet.responsible_id:
        return True
    if not actor.can(Can.DECIDE_DELIVERIES):
        return False
    post = session.get_one(Post, delivery.post_id)
    if post.organisation_id in actor.organisation_ids:
        return True
    return actor.of_office and actor.can(Can.DECIDE_ALL_DELIVERIES)


def decidable_by(actor: Actor) -> ColumnElement[bool]:
    """Return `may_decide` as a condition on a delivery with its `Post` and `Outlet`."""
    if actor.of_office and actor.can(Can.DECIDE_ALL_DELIVERIES):
        return true()
    own = Post.organisation_id.in_(actor.organisation_ids) if actor.can(Can.DECIDE_DELIVERIES) else false()
    return or_(own, Outlet.responsible_id == actor.id)


def check(session: Session, actor: Actor, delivery: Delivery, seen: str) -> None:
    """Lock a delivery for a decision. Raises Forbidden for whoever may not, Stale where it is not as it was `seen`."""
    outlet = session.get(Outlet, delivery.outlet_id)
    if outlet is None:
        raise NotFound(T("Saluran tidak ditemukan."))
    if not may_decide(session, actor, delivery, outlet):
        raise Forbidden(T("Ini diputuskan oleh penanggung jawab saluran atau editor."))
    session.refresh(delivery, with_for_update=True)
    if delivery.status != seen:
        raise Stale(
            T(
                "Keadaannya sudah berubah menjadi “%(now)s”. Tidak ada yang diubah; lihat keadaan terakhir di bawah.",
                now=LABELS[S(delivery.status)],
            )
        )


def note(session: Session, actor: Actor, delivery: Delivery, before: str, action: str, now: datetime) -> None:
    """Write down who decided what about a delivery: in its history, beside it, and in the trail."""
    outcome = f"wish_{action}" if delivery.wish and action in {Wish.HOLD, Wish.CANCEL} else action
    session.add(
        Attempt(
            delivery_id=delivery.id,
            action="person",
            started_at=now,
            finished_at=now,
            outcome=outcome,
            detail=actor.name,
        )
    )
    delivery.settled_by_id = actor.id
    session.flush()
    audit.record(
        session,
        actor,
        action,
        delivery,
        now=now,
        before={"status": before},
        after={"status": delivery.status} | ({"wish": delivery.wish} if delivery.wish else {}),
    )
