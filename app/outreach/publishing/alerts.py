"""Notices that a delivery needs somebody: the person responsible for the outlet, and whoever wrote the post."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.base.notices.service import notify
from app.kernel.text import T
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S

SUBJECTS = {
    S.FAILED: T("Gagal terbit: %(title)s di %(outlet)s"),
    S.HELD: T("Akun perlu dihubungkan ulang: %(outlet)s"),
    S.HANDED_OVER: T("Saatnya Anda terbitkan: %(title)s di %(outlet)s"),
    S.MISSED: T("Terlewat: %(title)s di %(outlet)s"),
    S.UNKNOWN: T("Belum pasti terbit: %(title)s di %(outlet)s"),
}


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


def raise_for(session: Session, delivery_id: int, status: S, *, now: datetime) -> None:
    """Tell whoever has to act on a delivery; one notice per person, state and planned content."""
    delivery = session.get_one(Delivery, delivery_id, populate_existing=True)
    post = session.get_one(Post, delivery.post_id)
    outlet = session.get_one(Outlet, delivery.outlet_id)
    people = {person for person in (outlet.responsible_id, post.author_id) if person is not None}
    if status == S.HANDED_OVER and outlet.responsible_id is not None:
        people = {outlet.responsible_id}
    if not people:
        return
    subject = T(SUBJECTS[status].msgid, title=post.title, outlet=outlet.name)
    body = delivery.problem or T("Teks dan berkasnya siap disalin. Setelah terbit, tempelkan tautan atau fotonya.")
    path = f"/saluran/{outlet.id}" if status == S.HELD else f"/tayang/{delivery.id}"
    notify(
        session,
        user_ids=sorted(people),
        kind=f"delivery_{status}",
        subject=str(subject),
        body=str(body),
        path=path,
        dedupe_key=f"delivery:{delivery.id}:{status}:{delivery.content_hash[:12]}:{delivery.tries}",
        now=now,
    )
