"""Plt and Plh: for some days one person signs in another's position."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.roles import Actor, Role
from app.kernel.text import T
from app.people.models import Delegation, User
from app.people.service import require_admin


class DelegationKind(StrEnum):
    PLH = "plh"
    PLT = "plt"


KINDS: Mapping[DelegationKind, T] = {
    DelegationKind.PLH: T("Plh (pelaksana harian: pejabatnya sedang berhalangan)"),
    DelegationKind.PLT: T("Plt (pelaksana tugas: jabatannya sedang kosong)"),
}


def delegate(
    session: Session,
    actor: Actor,
    *,
    kind: str,
    from_user_id: int | None,
    to_user_id: int | None,
    starts_on: date,
    ends_on: date,
    decree: str,
    today: date,
    now: datetime,
) -> Delegation:
    """Both days are included, as dates of the regency's zone. The decree is the number of the order."""
    require_admin(actor)
    if kind not in set(DelegationKind):
        raise Invalid(T("Pilih Plh atau Plt."), field="kind")
    if ends_on < starts_on:
        raise Invalid(T("Hari terakhir tidak boleh sebelum hari pertama."), field="ends_on")
    if ends_on < today:
        raise Invalid(T("Masa tugas ini sudah lewat. Pilih hari terakhir yang belum lewat."), field="ends_on")
    if not decree.strip():
        raise Invalid(T("Isi nomor surat perintahnya."), field="decree")
    holder = _holder(session, from_user_id)
    deputy = _deputy(session, to_user_id, holder)
    _free_days(session, holder, starts_on, ends_on)
    delegation = Delegation(
        kind=str(kind),
        from_user_id=holder.id,
        to_user_id=deputy.id,
        starts_on=starts_on,
        ends_on=ends_on,
        decree=decree.strip(),
    )
    session.add(delegation)
    session.flush()
    audit.record(session, actor, "delegation.made", delegation, now=now, after=_facts(delegation))
    return delegation


def revoke_delegation(session: Session, actor: Actor, delegation_id: int, *, now: datetime) -> Delegation:
    """End it at once. What was signed in the meantime stays signed."""
    require_admin(actor)
    delegation = session.get(Delegation, delegation_id)
    if delegation is None:
        raise NotFound(T("Delegasi ini tidak ada."))
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
