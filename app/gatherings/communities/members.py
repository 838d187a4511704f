"""Officers and members of a group: who had which role, from when to when."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.base.people.identity import read_phone, shown_phone
from app.base.people.models import User
from app.gatherings.communities.access import group_of, to_keep_members
from app.gatherings.communities.models import Group, MemberRole, Membership
from app.gatherings.communities.states import MEMBER_ROLES, SEXES
from app.kernel import audit
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.numbers import are_digits
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.typed import NAME_TOO_LONG, required_line

MAX_NAME = 200
FIRST_DAY = date(1945, 1, 1)
ERASED = "(nama dihapus atas permintaan)"


@dataclass(frozen=True)
class MemberDetails:
    """What is entered about a member. The phone is kept only with the person's consent."""

    name: str = ""
    role: str = MemberRole.MEMBER
    sex: str = "u"
    phone: str = ""
    contact_consent: bool = False
    starts_on: date | None = None
    ends_on: date | None = None
    user_id: int | None = None  # the account of this person, where there is one


def add_member(
    session: Session, actor: Actor, organisation_id: int, values: MemberDetails, *, now: datetime
) -> Membership:
    """Add a member to the list. Raises Invalid with its field; Forbidden; NotFound."""
    group = _to_change(session, actor, organisation_id)
    member = Membership(group_id=group.organisation_id)
    _check(session, group, member, values)
    _take(member, values, now)
    session.add(member)
    session.flush()
    audit.record(session, actor, "member.added", member, now=now, after=facts(member))
    return member


def edit_member(
    session: Session, actor: Actor, organisation_id: int, member_id: int, values: MemberDetails, *, now: datetime
) -> Membership:
    """Correct a line. For a new role begin a new line and end the old one: the history stays. As `add_member`."""
    group, member = _to_change(session, actor, organisation_id), member_of(session, actor, organisation_id, member_id)
    if is_erased(member):
        raise Refused(T("Data orang ini sudah dihapus atas permintaannya, jadi tidak bisa diubah lagi."))
    _check(session, group, member, values)
    before = facts(member)
    _take(member, values, now)
    session.flush()
    audit.record(session, actor, "member.edited", member, now=now, before=before, after=facts(member))
    return member


def end_membership(
    session: Session, actor: Actor, organisation_id: int, member_id: int, *, on: date | None, now: datetime
) -> Membership:
    """Set the last day in this role. Raises Invalid for a day before the first."""
    _to_change(session, actor, organisation_id)
    member = member_of(session, actor, organisation_id, member_id)
    if on is None:
        raise Invalid(T("Isi hari terakhirnya."), field="ends_on")
    _check_days(member.starts_on, on)
    member.ends_on = on
    session.flush()
    audit.record(session, actor, "member.ended", member, now=now, after=facts(member))
    return member


def remove_member(session: Session, actor: Actor, organisation_id: int, member_id: int, *, now: datetime) -> None:
    """Take out a line that was entered by mistake. Who left is ended, not removed."""
    group = _to_change(session, actor, organisation_id)
    member = member_of(session, actor, organisation_id, member_id)
    session.delete(member)
    session.flush()
    audit.record(session, actor, "member.removed", group, now=now, before={"role": member.role})


def erase_member(session: Session, actor: Actor, organisation_id: int, member_id: int, *, now: datetime) -> Membership:
    """Erase who it was, as the person asked; the role and its days stay for the numbers of the group."""
    _to_change(session, actor, organisation_id)
    member = member_of(session, actor, organisation_id, member_id)
    member.name, member.phone, member.contact_consent_at = ERASED, None, None
    member.user_id, member.sex = None, "u"
    session.flush()
    audit.record(session, actor, "member.erased", member, now=now)
    return member


def in_office(day: date) -> ColumnElement[bool]:
    """Return the condition of the memberships in force on this day: begun, and not yet over; an end of term may be
    fixed long before."""
    begun = or_(Membership.starts_on.is_(None), Membership.starts_on <= day)
    return and_(begun, or_(Membership.ends_on.is_(None), Membership.ends_on >= day))


def holds_office(member: Membership, day: date) -> bool:
    """Decide whether a membership is in force on this day; as `in_office`."""
    return (member.starts_on or day) <= day <= (member.ends_on or day)


def is_erased(member: Membership) -> bool:
    return member.name == ERASED


def member_of(session: Session, actor: Actor, organisation_id: int, member_id: int) -> Membership:
    """Return a membership of this group. Raises NotFound."""
    group_of(session, actor, organisation_id)
    member = session.get(Membership, member_id)
    if member is None or member.group_id != organisation_id:
        raise NotFound(T("Anggota ini tidak ada dalam daftar kelompok ini."))
    return member


def masked_phone(phone: str | None) -> str:
    """Return a number like 0812-****-7890: enough to know one's own, too little to call."""
    shown = shown_phone(phone)
    digits = [sign for sign in shown if are_digits(sign)]
    return f"{''.join(digits[:4])}-****-{''.join(digits[-3:])}" if len(digits) >= 9 else ("****" if shown else "")


def facts(member: Membership) -> dict[str, Any]:
    """Return what the trail keeps of a membership: without name and phone, since the trail is never erased."""
    return {
        "group_id": member.group_id,
        "role": member.role,
        "starts_on": member.starts_on.isoformat() if member.starts_on else None,
        "ends_on": member.ends_on.isoformat() if member.ends_on else None,
    }


def _to_change(session: Session, actor: Actor, organisation_id: int) -> Group:
    """The group, locked: its other lines are looked at before one is written."""
    group = group_of(session, actor, organisation_id, lock=True)
    to_keep_members(actor, organisation_id)
    return group


def _take(member: Membership, values: MemberDetails, now: datetime) -> None:
    phone = read_phone(values.phone)
    if phone and not values.contact_consent:
        raise Invalid(
            T("Nomor telepon hanya disimpan bila orangnya setuju. Centang persetujuannya, atau kosongkan nomornya."),
            field="contact_consent",
        )
    if not phone:
        member.contact_consent_at = None
    elif member.contact_consent_at is None or phone != member.phone:
        member.contact_consent_at = now
    member.name, member.phone = " ".join(values.name.split()), phone
    member.role, member.sex, member.user_id = str(values.role), values.sex, values.user_id
    member.starts_on, member.ends_on = values.starts_on, values.ends_on


def _check(session: Session, group: Group, member: Membership, values: MemberDetails) -> None:
    name = required_line(values.name, MAX_NAME, "name", T("Isi namanya."), NAME_TOO_LONG)
    if values.role not in MEMBER_ROLES:
        raise Invalid(T("Pilih perannya dari daftar."), field="role")
    if values.sex not in SEXES:
        raise Invalid(T("Pilih dari daftar."), field="sex")
    _check_days(values.starts_on, values.ends_on)
    _check_account(session, group, values.user_id)
    _check_others(session, group, member, values, name)


def _check_days(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on is not None and starts_on < FIRST_DAY:
        raise Invalid(T("Tanggal mulai ini tidak masuk akal. Periksa tahunnya."), field="starts_on")
    if ends_on is not None and ends_on < (starts_on or FIRST_DAY):
        raise Invalid(T("Hari terakhir lebih awal daripada hari pertama."), field="ends_on")


def _check_account(session: Session, group: Group, user_id: int | None) -> None:
    if user_id is None:
        return
    user = session.get(User, user_id)
    if user is None or user.organisation_id != group.organisation_id:
        raise Invalid(T("Pilih akun milik kelompok ini, atau kosongkan."), field="user_id")


def _check_others(session: Session, group: Group, member: Membership, values: MemberDetails, name: str) -> None:
    """Nobody twice in the same role at the same time, and one chair at a time."""
    others = session.scalars(
        select(Membership).where(
            Membership.group_id == group.organisation_id,
            Membership.role == values.role,
            or_(Membership.ends_on.is_(None), Membership.ends_on > (values.starts_on or FIRST_DAY)),
        )
    )
    for other in others:
        if other.id == member.id or (values.ends_on and other.starts_on and other.starts_on >= values.ends_on):
            continue
        if other.name.casefold() == name.casefold():
            raise Invalid(T("Nama ini sudah ada dengan peran yang sama pada masa itu."), field="name")
        if values.role == MemberRole.CHAIR and not is_erased(other):
            raise Invalid(
                T("Ketua pada masa itu masih %(name)s. Isi dahulu hari terakhirnya.", name=other.name), field="role"
            )
