"""Keep what the checks found: told once, closed by a person or when it agrees again."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.notices.service import notify
from app.kernel import audit
from app.kernel.db import insert_missing
from app.kernel.errors import Forbidden, Invalid, NotFound
from app.kernel.roles import Actor
from app.kernel.text import T
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post
from app.outreach.publishing.decisions import may_decide
from app.outreach.publishing.self_audit.ledger_checks import Mismatch
from app.outreach.publishing.self_audit.models import Finding, FindingKind

LABELS = {
    FindingKind.SENT_TWICE: T("Diterima saluran dua kali"),
    FindingKind.NO_RECEIPT: T("Tercatat terbit tanpa bukti"),
    FindingKind.SHARED_ID: T("Satu unggahan tercatat untuk dua materi"),
    FindingKind.NOT_SHOWN: T("Tercatat terbit, tidak tampak di akun"),
    FindingKind.NOT_OWNED: T("Tampak di akun, tidak tercatat"),
}
ADVICE = {
    FindingKind.SENT_TWICE: T("Buka akunnya. Bila materi ini tampil dua kali, hapus salah satu di sana."),
    FindingKind.NO_RECEIPT: T("Buka akunnya dan cari materi ini. Bila tidak ada, buat materi baru dengan waktu baru."),
    FindingKind.SHARED_ID: T("Buka akunnya dan hitung: bila hanya satu yang tampil, materi ini belum terbit."),
    FindingKind.NOT_SHOWN: T(
        "Buka akunnya. Mungkin ada yang menghapusnya di sana; bila tidak sengaja, buat materi baru dengan waktu baru."
    ),
    FindingKind.NOT_OWNED: T("Buka unggahan itu. Bila materi yang sama tampil dua kali, hapus salah satu di sana."),
}
"""What a person does about it."""


def keep(
    session: Session,
    found: Iterable[Mismatch],
    *,
    checked: Collection[FindingKind],
    agrees: Callable[[Finding], bool],
    now: datetime,
    outlet_id: int | None = None,
) -> int:
    """Write down what is new, close what agrees again; return how many are new.

    `checked`: the kinds that were looked for. `agrees`: of a finding that was not found again, whether that means
    something (it was looked at). `outlet_id`: the only one that was looked at (None: all).
    """
    wanted = {(one.kind, one.delivery_id, one.remote_id): one for one in found}
    known = {(FindingKind(row.kind), row.delivery_id, row.remote_id): row for row in _of(session, checked, outlet_id)}
    for key, row in known.items():
        if key not in wanted and row.settled_at is None and agrees(row):
            row.settled_at = now
    fresh = [one for key, one in wanted.items() if key not in known]
    new = 0
    for one in fresh:  # another worker may have found it at this moment
        values = {"kind": one.kind, "delivery_id": one.delivery_id, "remote_id": one.remote_id}
        if insert_missing(session, Finding, [{**values, "remote_url": one.remote_url, "found_at": now}]):
            _tell(session, session.scalars(select(Finding).filter_by(**values)).one(), now=now)
            new += 1
    return new


def _of(session: Session, kinds: Collection[FindingKind], outlet_id: int | None) -> Iterable[Finding]:
    query = select(Finding).where(Finding.kind.in_(kinds))
    if outlet_id is not None:
        query = query.where(Finding.delivery.has(outlet_id=outlet_id))
    return session.scalars(query).all()


def _tell(session: Session, finding: Finding, *, now: datetime) -> None:
    post = session.get_one(Post, finding.delivery.post_id)
    outlet = session.get_one(Outlet, finding.delivery.outlet_id)
    kind = FindingKind(finding.kind)
    people = {person for person in (outlet.responsible_id, post.author_id) if person is not None}
    notify(
        session,
        user_ids=sorted(people),
        kind="ledger_finding",
        subject=T("%(what)s: %(title)s di %(outlet)s", what=LABELS[kind], title=post.title, outlet=outlet.name),
        body=ADVICE[kind],
        path="/tayang/temuan",
        dedupe_key=f"finding:{finding.id}",
        now=now,
    )


def settle(session: Session, actor: Actor, finding_id: int, *, note: str, now: datetime) -> None:
    """Record that a person has seen to it, with what they found; a second one changes nothing."""
    finding = session.get(Finding, finding_id, with_for_update=True)
    outlet = session.get(Outlet, finding.delivery.outlet_id) if finding else None
    if finding is None or outlet is None:
        raise NotFound(T("Temuan ini tidak ada."))
    if not may_decide(session, actor, finding.delivery, outlet):
        raise Forbidden(T("Ini diputuskan oleh penanggung jawab saluran atau editor."))
    note = " ".join(note.split())
    if not note:
        raise Invalid(T("Tulis apa yang Anda lihat di akunnya, misalnya “yang kedua sudah dihapus”."), field="note")
    if finding.settled_at is not None:
        return
    finding.settled_at, finding.settled_by_id, finding.note = now, actor.id, note[:500]
    session.flush()
    audit.record(session, actor, "settle", finding, now=now, after={"note": finding.note})
