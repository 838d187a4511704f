"""The verbs about proposals: ask, confirm, refuse, withdraw; and what the clock does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from app.base.confirmations import telling
from app.base.confirmations.kinds import KINDS, Deed, Kind
from app.base.confirmations.models import OPEN, Proposal, ProposalPerson, ProposalStatus
from app.base.confirmations.people import concerned_by, may_confirm, sees_all
from app.base.people.actors import actor_of
from app.base.people.models import User
from app.kernel import audit
from app.kernel.confirmed import Confirmed
from app.kernel.errors import GaungError, Invalid, NotFound, Refused, Stale
from app.kernel.roles import SYSTEM, Actor
from app.kernel.site import site_of
from app.kernel.text import T
from app.kernel.vault import Vault

WAIT = timedelta(hours=1)
PRACTICE_WAIT = timedelta(minutes=2)
"""In practice mode one person tries things out alone: the same way, but no hour of it."""
FETCH = timedelta(hours=24)
"""How long a confirmed slip may be fetched."""
LONGEST_REASON = 500


@dataclass(frozen=True)
class Ask:
    """What somebody wants to be done: values of one of the kinds."""

    kind: str
    subject_id: int
    values: Mapping[str, Any]
    reason: str | None
    secrets: Mapping[str, Any] | None = None


def wait_of(session: Session) -> timedelta:
    """Return how long a change waits that nobody confirms."""
    return PRACTICE_WAIT if site_of(session).practice else WAIT


def ask(session: Session, actor: Actor, asked: Ask, *, vault: Vault, now: datetime) -> Proposal:
    """Keep a change until a second person confirmed it, and tell everybody whom it concerns.

    An open proposal of the same kind about the same record is replaced. Raises Invalid without a reason, and whatever
    the change itself would raise.
    """
    reason = _reason(asked.reason, T("Tulis alasannya: orang kedua membacanya sebelum menyetujui."))
    kind = KINDS[asked.kind]
    values = dict(asked.values)
    kind.check(session, actor, asked.subject_id, values, _today(session, now))
    described = kind.describe(session, asked.subject_id, values)
    _supersede(session, kind, asked.subject_id, actor, now)
    proposal = Proposal(
        kind=kind.name.value,
        about=kind.about,
        subject_id=asked.subject_id,
        values=values,
        standing=kind.standing(session, asked.subject_id, values),
        sealed=vault.seal(asked.secrets) if asked.secrets else None,
        title=described.title[:300],
        changes=[{"label": one.label, "before": one.before, "after": one.after} for one in described.changes],
        reason=reason,
        asked_by_id=actor.id,
        asked_by_name=actor.name,
        asked_at=now,
        due_at=now + wait_of(session),
        status=ProposalStatus.WAITING,
    )
    proposal.people = [ProposalPerson(user_id=one) for one in sorted(concerned_by(session, kind, proposal))]
    session.add(proposal)
    session.flush()
    audit.record(session, actor, "proposal.asked", proposal, now=now, after=_facts(proposal))
    telling.tell_asked(session, kind, proposal, now=now)
    return proposal


def proposal_of(session: Session, actor: Actor, proposal_id: int) -> Proposal:
    """Return the proposal, if it concerns this person or they could confirm such things. Else raises NotFound."""
    proposal = session.get(Proposal, proposal_id)
    concerned = proposal is not None and actor.id in {proposal.asked_by_id, *(one.user_id for one in proposal.people)}
    if proposal is None or not (concerned or sees_all(actor)):
        raise NotFound(T("Usulan ini tidak ada, atau tidak menyangkut Anda."))
    return proposal


def confirm(session: Session, actor: Actor, proposal: Proposal, *, vault: Vault, now: datetime) -> Proposal:
    """Agree as the second person: it takes effect now, or is ready for the asker to do.

    Raises Refused for who may not confirm this one, and Stale where it can no longer be done (`mark_stale` says so on
    the proposal afterwards).
    """
    _lock(session, proposal)
    _still(proposal, ProposalStatus.WAITING)
    if not may_confirm(KINDS[proposal.kind], proposal, actor):
        raise Refused(T("Usulan ini harus disetujui orang lain: bukan pengusulnya, dan bukan yang mendapat haknya."))
    _take_effect(session, proposal, by=actor, vault=vault, now=now)
    return proposal


def apply_unopposed(session: Session, proposal: Proposal, *, vault: Vault, now: datetime) -> Proposal:
    """Apply what nobody confirmed and nobody stopped for as long as it had to wait. Raises Stale as above."""
    _lock(session, proposal)
    _still(proposal, ProposalStatus.WAITING)
    if proposal.due_at > now:
        raise Refused(T("Waktu tunggunya belum habis."))
    _take_effect(session, proposal, by=None, vault=vault, now=now)
    return proposal


def refuse(session: Session, actor: Actor, proposal: Proposal, *, why: str | None, now: datetime) -> None:
    """Stop it, as one whom it concerns or who could confirm it."""
    why = _reason(why, T("Tulis alasannya: pengusul membacanya."), field="why")
    _lock(session, proposal)
    if proposal.status not in OPEN:
        raise _decided(proposal)
    _end(session, proposal, ProposalStatus.REFUSED, by=actor, why=why, now=now)


def withdraw(session: Session, actor: Actor, proposal: Proposal, *, now: datetime) -> None:
    """Take it back, as the asker."""
    _lock(session, proposal)
    if actor.id != proposal.asked_by_id:
        raise Refused(T("Usulan ditarik oleh pengusulnya sendiri. Anda bisa menolaknya."))
    if proposal.status not in OPEN:
        raise _decided(proposal)
    _end(session, proposal, ProposalStatus.WITHDRAWN, by=actor, why=None, now=now)


def mark_stale(session: Session, proposal: Proposal, why: T | str, *, now: datetime) -> None:
    """End what can no longer be done, and tell everybody."""
    _lock(session, proposal)
    if proposal.status in OPEN:
        _end(session, proposal, ProposalStatus.STALE, by=None, why=str(why), now=now)


def expire(session: Session, proposal: Proposal, *, now: datetime) -> None:
    """End a confirmed slip that nobody fetched in time."""
    _lock(session, proposal)
    if proposal.status == ProposalStatus.READY and proposal.due_at <= now:
        _end(session, proposal, ProposalStatus.EXPIRED, by=None, why=None, now=now)


def use_permit(session: Session, actor: Actor, kind: str, subject_id: int, *, now: datetime) -> Confirmed | None:
    """Use once what was confirmed for this person to do: the proposal ends as applied. Return None where there is
    none."""
    proposal = session.scalar(
        select(Proposal)
        .where(
            Proposal.kind == kind,
            Proposal.subject_id == subject_id,
            Proposal.asked_by_id == actor.id,
            Proposal.status == ProposalStatus.READY,
            Proposal.due_at > now,
        )
        .with_for_update()
    )
    if proposal is None:
        return None
    confirmer = proposal.ended_by_id
    if KINDS[kind].standing(session, subject_id, proposal.values) != proposal.standing:
        mark_stale(session, proposal, CHANGED, now=now)
        return None
    proposal.status = ProposalStatus.APPLIED
    session.flush()
    audit.record(session, actor, "proposal.applied", proposal, now=now, after=_facts(proposal))
    telling.tell_decided(session, KINDS[kind], proposal, now=now)
    return Confirmed(proposal.id, confirmer)


def rotate_sealed(session: Session, vault: Vault) -> None:
    """Seal the keys that wait anew with the first key of the vault."""
    for proposal in session.scalars(select(Proposal).where(Proposal.sealed.is_not(None))):
        proposal.sealed = vault.rotate(proposal.sealed or "")
    session.flush()


CHANGED = T(
    "Datanya sudah berubah sejak diusulkan, jadi usulan ini tidak berlaku lagi. Usulkan ulang bila masih perlu."
)
ASKER_GONE = T("Pengusulnya tidak aktif lagi, jadi usulan ini tidak berlaku.")


def _take_effect(session: Session, proposal: Proposal, *, by: Actor | None, vault: Vault, now: datetime) -> None:
    kind = KINDS[proposal.kind]
    deed = _deed(session, proposal, by, vault, now)
    _check_standing(session, kind, proposal, deed)
    if kind.apply is None:
        proposal.due_at = now + FETCH
    else:
        try:
            kind.apply(session, deed)
        except Stale:
            raise
        except GaungError as error:
            raise Stale(error.sentence) from error
    status = ProposalStatus.READY if kind.apply is None else ProposalStatus.APPLIED
    _end(session, proposal, status, by=by, why=None, now=now)


def _deed(session: Session, proposal: Proposal, by: Actor | None, vault: Vault, now: datetime) -> Deed:
    """The change in the name of who asked, with the rights that they have now."""
    asker = session.get_one(User, proposal.asked_by_id, populate_existing=True)
    if not asker.active:
        raise Stale(ASKER_GONE)
    today = _today(session, now)
    return Deed(
        actor=actor_of(session, asker, today),
        subject_id=proposal.subject_id,
        values=proposal.values,
        secrets=vault.open(proposal.sealed) if proposal.sealed else {},
        confirmed=Confirmed(proposal.id, by.id if by else None),
        vault=vault,
        today=today,
        now=now,
    )


def _check_standing(session: Session, kind: Kind, proposal: Proposal, deed: Deed) -> None:
    try:
        kind.check(session, deed.actor, proposal.subject_id, proposal.values, deed.today)
        standing = kind.standing(session, proposal.subject_id, proposal.values)
    except NoResultFound as error:
        raise Stale(CHANGED) from error
    except GaungError as error:
        raise Stale(error.sentence) from error
    if standing != proposal.standing:
        raise Stale(CHANGED)


def _end(
    session: Session, proposal: Proposal, status: ProposalStatus, *, by: Actor | None, why: str | None, now: datetime
) -> None:
    proposal.status = status
    proposal.ended_at, proposal.ended_why = now, why
    proposal.ended_by_id, proposal.ended_by_name = (by.id, by.name) if by else (None, None)
    if status != ProposalStatus.READY:
        proposal.sealed = None  # keys are kept no longer than they wait
    session.flush()
    audit.record(session, by or SYSTEM, f"proposal.{status}", proposal, now=now, after=_facts(proposal))
    telling.tell_decided(session, KINDS[proposal.kind], proposal, now=now)


def _supersede(session: Session, kind: Kind, subject_id: int, actor: Actor, now: datetime) -> None:
    older = session.scalars(
        select(Proposal)
        .where(Proposal.kind == kind.name.value, Proposal.subject_id == subject_id, Proposal.status.in_(OPEN))
        .with_for_update()
    )
    for proposal in older.all():
        _end(session, proposal, ProposalStatus.SUPERSEDED, by=actor, why=None, now=now)


def _lock(session: Session, proposal: Proposal) -> None:
    session.refresh(proposal, with_for_update={"of": Proposal})


def _still(proposal: Proposal, status: ProposalStatus) -> None:
    if proposal.status != status:
        raise _decided(proposal)


def _decided(_proposal: Proposal) -> Refused:
    return Refused(T("Usulan ini sudah diputuskan. Muat ulang halaman untuk melihat hasilnya."))


def _reason(text: str | None, sentence: T, *, field: str = "reason") -> str:
    plain = " ".join((text or "").split())
    if not plain:
        raise Invalid(sentence, field=field)
    return plain[:LONGEST_REASON]


def _today(session: Session, now: datetime) -> Any:
    return now.astimezone(ZoneInfo(site_of(session).tz)).date()


def _facts(proposal: Proposal) -> dict[str, Any]:
    """For the audit trail: what, never a secret."""
    return {
        "kind": proposal.kind,
        "about": proposal.about,
        "subject_id": proposal.subject_id,
        "title": proposal.title,
        "reason": proposal.ended_why or proposal.reason,
        "status": str(proposal.status),
    }
