"""The sign-ins of a person that still count, and ending them. Without Flask."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.base.access.ending import EndReason, end, end_all, forget_proof
from app.base.access.models import SignIn
from app.base.notices.service import notify
from app.base.people.models import User
from app.base.people.service import require_admin
from app.kernel import audit
from app.kernel.errors import NotFound, Refused
from app.kernel.roles import Actor
from app.kernel.text import T

MOST = 100


def active_sign_ins(session: Session, user: User, *, now: datetime) -> Sequence[SignIn]:
    """Return the sessions that count, or would come back by "Ingat saya"; the last used first, at most 100."""
    query = select(SignIn).where(
        SignIn.user_id == user.id, SignIn.ended_at.is_(None), SignIn.mark == user.fs_uniquifier,
        or_(SignIn.ends_at > now, SignIn.remember_until > now),
    )  # fmt: skip
    rows = session.scalars(query.order_by(SignIn.last_used_at.desc(), SignIn.id.desc()).limit(MOST)).all()
    return [row for row in rows if _comes_back(row, now) or not _idle(row, now)]


def end_one(session: Session, actor: Actor, user: User, sign_in_id: int | None, *, now: datetime) -> SignIn:
    """End one of the person's own sessions, whose browser is asked for the second factor again; raises NotFound for
    another's. One that ended already stays as it is."""
    row = session.scalar(select(SignIn).where(and_(SignIn.id == sign_in_id, SignIn.user_id == user.id)))
    if row is None or actor.id != user.id:
        raise NotFound(T("Perangkat ini tidak ada dalam daftar Anda."))
    if row.ended_at is None:
        end(session, row, why=EndReason.ELSEWHERE, now=now)
        if row.device_id is not None:
            forget_proof(session, user.id, only=row.device_id)
        audit.record(session, actor, "sign_in.ended", user, now=now, after={"label": row.label})
    return row


def end_others(session: Session, actor: Actor, user: User, here: SignIn, *, now: datetime) -> int:
    """End all sessions but this one; other browsers are asked for the second factor again. Returns how many of those
    in the list ended."""
    shown = [row for row in active_sign_ins(session, user, now=now) if row.id != here.id]
    end_all(session, user.id, why=EndReason.ELSEWHERE, now=now, but=here)
    forget_proof(session, user.id, but=here.device_id)
    if shown:
        labels = sorted({row.label for row in shown})
        audit.record(session, actor, "sign_in.ended", user, now=now, after={"label": ", ".join(labels)[:200]})
    return len(shown)


def end_all_of(session: Session, actor: Actor, user: User, *, now: datetime) -> int:
    """Sign another person out everywhere, as an admin, and tell them; their browsers are asked for the second factor
    again. Returns how many of the list ended."""
    require_admin(actor)
    if user.id == actor.id:
        raise Refused(T("Perangkat Anda sendiri dikeluarkan lewat halaman HP dan komputer saya."))
    shown = active_sign_ins(session, user, now=now)
    end_all(session, user.id, why=EndReason.OFFICE, now=now)
    forget_proof(session, user.id)
    if shown:
        labels = ", ".join(sorted({row.label for row in shown}))
        audit.record(session, actor, "sign_in.all_ended", user, now=now, after={"label": labels[:200]})
        notify(
            session, user_ids=[user.id], kind="sign_in", subject=T("Admin mengeluarkan akun Anda dari semua perangkat"),
            body=T(
                "%(name)s mengeluarkan akun Anda dari %(labels)s. Tidak ada catatan yang hilang, dan Anda bisa masuk "
                "lagi dengan kata sandi yang sama. Tanyakan alasannya kepada admin bila Anda tidak memintanya.",
                name=actor.name, labels=labels[:200],
            ),
            path="/akun/perangkat", dedupe_key=f"sign-in:{user.id}:office:{now.isoformat()}", now=now,
        )  # fmt: skip
    return len(shown)


def _comes_back(row: SignIn, now: datetime) -> bool:
    return row.remember_until is not None and row.remember_until > now


def _idle(row: SignIn, now: datetime) -> bool:
    return row.ends_at <= now or row.last_used_at + timedelta(seconds=row.idle_seconds) <= now
