"""Plt and Plh: for some days one person signs in another's position."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.people.models import Delegation, User
from app.base.people.service import require_admin
from app.kernel import audit
from app.kernel.confirmed import Confirmed, require_second
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import Actor, Role
from app.kernel.text import T


class DelegationKind(StrEnum):
    PLH = "plh"
    PLT = "plt"


KINDS: Mapping[DelegationKind, T] = {
    DelegationKind.PLH: T("Plh (pelaksana harian: pejabatnya sedang berhalangan)"),
    DelegationKind.PLT: T("Plt (pelaksana tugas: jabatannya sedang kosong)"),
}


@dataclass(frozen=True)
class Term:
    """Who stands in for whom, and when. Both days are included, as dates of the regency's zone; the decree is the
    number of the order."""

    kind: str
    from_user_id: int | None
    to_user_id: int | None
    starts_on: date
    ends_on: date
    decree: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the term as JSON keeps it."""
        return {
            "kind": self.kind,
            "from_user_id": self.from_user_id,
            "to_user_id": self.to_user_id,
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "decree": self.decree,
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Term":
        days = {name: date.fromisoformat(plain[name]) for name in ("starts_on", "ends_on")}
        return cls(**{**plain, **days})


def check_term(session: Session, term: Term, *, today: date) -> tuple[User, User]:
    """Return holder and deputy. Raises Invalid beside the field where the term cannot be."""
    if term.kind not in set(DelegationKind):
        raise Invalid(T("Pilih Plh atau Plt."), field="kind")
    if term.ends_on < term.starts_on:
        raise Invalid(T("Hari terakhir tidak boleh sebelum hari pertama."), field="ends_on")
    if term.ends_on < today:
        raise Invalid(T("Masa tugas ini sudah lewat. Pilih hari terakhir yang belum lewat."), field="ends_on")
    holder = _holder(session, term.from_user_id)
    deputy = _deputy(session, term.to_user_id, holder)
    _free_days(session, holder, term.starts_on, term.ends_on)
    return holder, deputy


def check_ordered(session: Session, actor: Actor, term: Term, *, today: date) -> tuple[User, User]:
    """Check a term as `check_term` does, for what an admin enters: there the order has a number."""
    require_admin(actor)
    if not term.decree.strip():
        raise Invalid(T("Isi nomor surat perintahnya."), field="decree")
    return check_term(session, term, today=today)


def delegate(
    session: Session, actor: Actor, term: Term, *, today: date, now: datetime, confirmed: Confirmed | None = None
) -> Delegation:
    """Enter, as an admin, who stands in for somebody else. It takes two people: it gives a signer's place away."""
    require_admin(actor)
    require_second(actor, confirmed)
    check_ordered(session, actor, term, today=today)
    return _made(session, actor, term, now=now)


def appoint_deputy(session: Session, actor: Actor, term: Term, *, today: date, now: datetime) -> Delegation:
    """Appoint a signer's own Plt or Plh, alone and at once. The order may still be without a number."""
    if actor.id is None or actor.id != term.from_user_id or not actor.has(Role.APPROVER):
        raise Forbidden(T("Pengganti ditunjuk oleh pejabatnya sendiri, atau dicatat oleh admin."))
    check_term(session, term, today=today)
    return _made(session, actor, term, now=now)


def _made(session: Session, actor: Actor, term: Term, *, now: datetime) -> Delegation:
    delegation = Delegation(
        kind=str(term.kind),
        from_user_id=term.from_user_id,
        to_user_id=term.to_user_id,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        decree=term.decree.strip() or None,
    )
    session.add(delegation)
    session.flush()
    audit.record(session, actor, "delegation.made", delegation, now=now, after=_facts(delegation))
    return delegation


def revoke_delegation(session: Session, actor: Actor, delegation_id: int, *, now: datetime) -> Delegation:
    """End it at once, as an admin or as who is stood in for. What was signed in the meantime stays signed."""
    delegation = session.get(Delegation, delegation_id)
    if delegation is None:
        require_admin(actor)
        raise NotFound(T("Delegasi ini tidak ada."))
    if actor.id is None or delegation.from_user_id != actor.id:
        require_admin(actor)
    if delegation.revoked_at is not None:
        raise Refused(T("Delegasi ini sudah dicabut."))
    delegation.revoked_at = now
    session.flush()
    audit.record(session, actor, "delegation.revoked", delegation, now=now, before=_facts(delegation))
    return delegation


def _holder(session: Session, user_id: int | None) -> User:
    """Row-locked, so that two admins cannot give the same days twice at one moment."""
    holder = session.get(User, user_id, with_for_update={"of": User}) if user_id else None
    if holder is None or not holder.position:
        raise Invalid(T("Pilih pejabat yang digantikan dari daftar."), field="from_user_id")
    return holder


def _deputy(session: Session, user_id: int | None, holder: User) -> User:
    deputy = session.get(User, user_id) if user_id else None
    if deputy is None or not deputy.active:
        raise Invalid(T("Pilih pengganti dari daftar."), field="to_user_id")
    if deputy.id == holder.id:
        raise Invalid(T("Pengganti tidak boleh pejabat itu sendiri."), field="to_user_id")
    if not any(row.name == Role.APPROVER for row in deputy.roles):
        raise Invalid(
            T("%(name)s belum berperan Penyetuju. Beri peran itu dahulu di halaman pengguna.", name=deputy.name),
            field="to_user_id",
        )
    return deputy


def _free_days(session: Session, holder: User, starts_on: date, ends_on: date) -> None:
    other = session.scalar(
        select(Delegation)
        .where(
            Delegation.from_user_id == holder.id,
            Delegation.revoked_at.is_(None),
            Delegation.starts_on <= ends_on,
            Delegation.ends_on >= starts_on,
        )
        .limit(1)
    )
    if other is not None:
        raise Invalid(
            T(
                "Pada hari-hari itu %(name)s sudah menggantikan. Cabut yang lama atau ubah harinya.",
                name=other.to_user.name,
            ),
            field="starts_on",
        )


def _facts(delegation: Delegation) -> dict[str, Any]:
    return {
        "kind": delegation.kind,
        "from_user_id": delegation.from_user_id,
        "to_user_id": delegation.to_user_id,
        "starts_on": delegation.starts_on.isoformat(),
        "ends_on": delegation.ends_on.isoformat(),
        "decree": delegation.decree,
    }
