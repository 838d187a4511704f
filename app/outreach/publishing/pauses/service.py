"""Stopping what goes out, and letting it go on.

Whoever may edit or approve stops; an approver lets go on, and says what becomes of what fell due meanwhile.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.base.notices.service import notify
from app.base.people.models import Organisation, RoleRow, User
from app.kernel import audit
from app.kernel.db import wait_for_turn
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import Actor, Can
from app.kernel.text import T
from app.kernel.typed import at_most
from app.outreach.campaigns.models import Campaign
from app.outreach.outlets.models import Outlet
from app.outreach.publishing.gate import gate_of
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.pauses.active import active_pauses
from app.outreach.publishing.pauses.models import Pause, PauseReason, PauseScope
from app.outreach.publishing.pauses.waiting import Compulsory, waiting_posts, why_decided
from app.outreach.publishing.pauses.words import reason_of, scope_of

UNDO_WITHIN = timedelta(minutes=1)
"""So long whoever paused can take it back alone: a slip of the finger costs nobody a call to an approver, and nothing
has waited long enough to need a decision."""
MAX_WORDS = 300
NAMES = {
    PauseScope.ORGANISATION: (Organisation, "organisation_id"),
    PauseScope.CAMPAIGN: (Campaign, "campaign_id"),
    PauseScope.OUTLET: (Outlet, "outlet_id"),
}


def pause(
    session: Session,
    actor: Actor,
    *,
    scope: PauseScope,
    record_id: int | None = None,
    reason: PauseReason,
    words: str = "",
    now: datetime,
) -> Pause:
    """Stop everything, or what belongs to one record; in force with the commit. Stopped already: that pause is given.

    Raises Invalid where "lain" has no words, NotFound for a record that is not there.
    """
    if not actor.can(Can.PAUSE_PUBLISHING):
        raise Forbidden(T("Penayangan dihentikan oleh editor atau penyetuju. Hubungi salah satunya sekarang juga."))
    words = " ".join(words.split())
    at_most(words, MAX_WORDS, "words", T("Alasannya terlalu panjang. Paling banyak %(n)s karakter."))
    if reason == PauseReason.OTHER and not words:
        raise Invalid(T("Tulis alasannya dengan singkat, supaya semua orang tahu."), field="words")
    wait_for_turn(session, "pauses")
    made = Pause(
        scope=scope, reason=reason, words=words or None, by_id=actor.id, by_name=actor.name, started_at=now,
        **_record(session, scope, record_id),
    )  # fmt: skip
    for one in active_pauses(session):
        if _same(one, made):
            return one
    session.add(made)
    session.flush()
    audit.record(session, actor, "pauses.started", made, now=now, after=_said(session, made))
    _tell_started(session, made, now=now)
    return made


def _record(session: Session, scope: PauseScope, record_id: int | None) -> dict[str, int]:
    if scope == PauseScope.ALL:
        return {}
    model, column = NAMES[scope]
    if record_id is None or session.get(model, record_id) is None:
        raise NotFound(T("Yang akan dihentikan tidak ditemukan. Pilih dari daftar."))
    return {column: record_id}


def _same(one: Pause, other: Pause) -> bool:
    return all(
        getattr(one, name) == getattr(other, name) for name in ("scope", *(column for _, column in NAMES.values()))
    )


def _said(session: Session, made: Pause) -> dict[str, str]:
    return {"scope": str(scope_of(session, made)), "reason": str(reason_of(made))}


def may_undo(actor: Actor, made: Pause, *, now: datetime) -> bool:
    """Decide whether somebody may take back their own pause: within a minute."""
    return made.lifted_at is None and actor.id == made.by_id and now - made.started_at <= UNDO_WITHIN


def may_resume(session: Session, actor: Actor, made: Pause) -> bool:
    """Decide whether somebody may end a pause: an approver of the office, or of the organisation that it is about."""
    if not actor.can(Can.RESUME_PUBLISHING):
        return False
    if actor.of_office:
        return True
    return _owner_of(session, made) in actor.organisation_ids


def _owner_of(session: Session, made: Pause) -> int | None:
    if made.campaign_id is not None:
        return session.get_one(Campaign, made.campaign_id).organisation_id
    if made.outlet_id is not None:
        return session.get_one(Outlet, made.outlet_id).organisation_id
    return made.organisation_id


def undo(session: Session, actor: Actor, made: Pause, *, now: datetime) -> None:
    """Take back a pause that was a slip.

    Raises Forbidden for others, Refused later than a minute after or where something waits that an approver decides.
    """
    session.refresh(made, with_for_update=True)
    if actor.id is None or actor.id != made.by_id:
        raise Forbidden(
            T("Hanya yang menghentikan dapat membatalkannya, dalam satu menit. Penyetuju yang melanjutkan.")
        )
    if not may_undo(actor, made, now=now):
        raise Refused(T("Satu menit sudah lewat, atau jedanya sudah berakhir. Sekarang penyetuju yang melanjutkan."))
    why = why_decided(made, waiting_posts(session, made, now=now), now=now)
    if why == Compulsory.USELESS:
        raise Refused(T("Ada materi yang sudah lewat batas bergunanya. Penyetuju yang memutuskan nasibnya."))
    if why:
        raise Refused(T("Ada materi yang terlambat lebih dari satu jam. Penyetuju yang memutuskan nasibnya."))
    end(session, actor, made, now=now)
    made.undone = True
    audit.record(session, actor, "pauses.undone", made, now=now)


def end(session: Session, actor: Actor, made: Pause, *, now: datetime) -> None:
    """Write that a pause is over, and tell those who were asked not to post."""
    made.lifted_at, made.lifted_by_id, made.lifted_by_name = now, actor.id, actor.name
    session.flush()
    _tell_in_hand(session, made, ended=True, now=now)


def _tell_started(session: Session, made: Pause, *, now: datetime) -> None:
    """Tell the approvers who can let it go on, and those who have something to post by hand."""
    body = (
        T(
            "%(by)s menghentikan penayangan. Alasan: %(reason)s. Tidak ada yang keluar sampai penyetuju melanjutkan; "
            "yang sedang dikirim saat itu mungkin tetap terbit."
        )
        if made.scope == PauseScope.ALL
        else T(
            "%(by)s menghentikan ini: %(scope)s. Alasan: %(reason)s. Berlaku sampai penyetuju melanjutkan; "
            "yang sedang dikirim saat itu mungkin tetap terbit."
        )
    )
    scope = scope_of(session, made)
    notify(
        session,
        user_ids=[one.id for one in approvers(session, made) if one.id != made.by_id],
        kind="pause_started",
        subject=T("Dihentikan sementara: %(scope)s", scope=scope),
        body=T(body.msgid, by=made.by_name, scope=scope, reason=reason_of(made)),
        path=f"/jeda/{made.id}",
        dedupe_key=f"pause:{made.id}:started",
        now=now,
    )
    _tell_in_hand(session, made, ended=False, now=now)


def approvers(session: Session, made: Pause) -> Sequence[User]:
    """Return the approvers who may end a pause, those of its own organisation and of the office, by name."""
    owner = _owner_of(session, made)
    of_office = or_(
        Organisation.is_office, Organisation.parent_id.in_(select(Organisation.id).where(Organisation.is_office))
    )
    people = (
        select(User)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(User.active, User.roles.any(RoleRow.name.in_(Can.RESUME_PUBLISHING.roles)))
        .where(of_office if owner is None else or_(of_office, Organisation.id == owner))
        .order_by(User.name)
    )
    return session.scalars(people).all()


def _tell_in_hand(session: Session, made: Pause, *, ended: bool, now: datetime) -> None:
    """Tell whoever has a delivery to post by hand not to, or that they may again."""
    rows = session.execute(
        select(Delivery.id, Outlet.name, Outlet.responsible_id)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .where(Delivery.status == S.HANDED_OVER, Outlet.responsible_id.is_not(None), gate_of(session, [made]).keeps())
    ).all()
    if ended:
        still = gate_of(session, active_pauses(session))
        kept = set(session.scalars(select(Delivery.id).where(Delivery.id.in_([row.id for row in rows]), still.keeps())))
        rows = [row for row in rows if row.id not in kept]
    subject = T("Boleh diterbitkan lagi: %(outlet)s") if ended else T("Jangan terbitkan dulu: %(outlet)s")
    body = (
        T("Jeda sudah berakhir. Materi yang ada pada Anda boleh diterbitkan.")
        if ended
        else T("%(by)s menghentikan penayangan. Alasan: %(reason)s. Tunggu sampai ada kabar bahwa boleh lagi.",
               by=made.by_name, reason=reason_of(made))
    )  # fmt: skip
    for row in rows:
        notify(
            session, user_ids=[row.responsible_id], kind="pause_ended" if ended else "pause_in_hand",
            subject=T(subject.msgid, outlet=row.name), body=body, path=f"/tayang/{row.id}",
            dedupe_key=f"pause:{made.id}:{'ended' if ended else 'in_hand'}:{row.id}", now=now,
        )  # fmt: skip
