"""Rights, delegations and new passwords, as changes that take two people."""

from datetime import date
from typing import Any

from babel.dates import format_date
from sqlalchemy.orm import Session

from app.base.confirmations.kinds import Change, Deed, Described, Kind, Values
from app.base.people import delegations, rights, service
from app.base.people.models import Organisation, User
from app.base.people.roles import LABELS, POSITIONS
from app.kernel.confirmed import Twofold
from app.kernel.errors import Refused
from app.kernel.roles import Actor, Position, Role
from app.kernel.site import LOCALE
from app.kernel.text import T

NONE = "tidak ada"


def _user(session: Session, user_id: int) -> User:
    return session.get_one(User, user_id, populate_existing=True)


def _standing(session: Session, user_id: int, _values: Values) -> dict[str, Any]:
    user = _user(session, user_id)
    return {
        "active": user.active,
        "roles": sorted(rights.roles_of(user)),
        "position": user.position,
        "organisation_id": user.organisation_id,
    }


def _roles(roles: frozenset[Role]) -> str:
    return ", ".join(str(LABELS[role]) for role in Role if role in roles) or NONE


def _place(session: Session, position: str | None, organisation_id: int | None) -> str:
    organisation = session.get(Organisation, organisation_id) if organisation_id else None
    if not position:
        return NONE
    return f"{POSITIONS[Position(position)]}, {organisation.name if organisation else NONE}"


def _check_rights(session: Session, actor: Actor, user_id: int, values: Values, _today: date) -> None:
    user = service.find_user(session, actor, user_id)
    if not user.active:
        raise Refused(T("Akun ini tidak aktif. Aktifkan dahulu, lalu beri haknya."))
    if values["position"] and session.get(Organisation, values["organisation_id"]) is None:
        raise Refused(T("Organisasi ini tidak ada lagi."))


def _describe_rights(session: Session, user_id: int, values: Values) -> Described:
    user, wanted = _user(session, user_id), rights.Rights.of(dict(values))
    held, given, changes = rights.roles_of(user), [], []
    if wanted.roles:
        changes.append(Change("Peran", _roles(held), _roles(held | wanted.roles)))
        given += [f"peran {_roles(wanted.roles)}"]
    if wanted.position:
        now = _place(session, user.position, user.organisation_id)
        then = _place(session, wanted.position, wanted.organisation_id)
        changes.append(Change("Jabatan yang menandatangani", now, then))
        given += [f"jabatan {POSITIONS[Position(wanted.position)]}"]
    return Described(f"Memberi {user.name} {' dan '.join(given)}", tuple(changes))


def _give_rights(session: Session, deed: Deed) -> None:
    user = service.find_user(session, deed.actor, deed.subject_id)
    wanted = rights.Rights.of(dict(deed.values))
    rights.give_rights(session, deed.actor, user, wanted, confirmed=deed.confirmed, now=deed.now)


def _subject(user_id: int, _values: Values) -> frozenset[int]:
    return frozenset({user_id})


def _subject_concerned(_session: Session, user_id: int, _values: Values) -> frozenset[int]:
    return frozenset({user_id})


RIGHTS = Kind(
    name=Twofold.RIGHTS,
    label="Hak pengguna",
    about="users",
    page=("people.user", "user_id"),
    check=_check_rights,
    describe=_describe_rights,
    standing=_standing,
    gains=_subject,
    concerned=_subject_concerned,
    apply=_give_rights,
)


def _check_delegation(session: Session, actor: Actor, _user_id: int, values: Values, today: date) -> None:
    delegations.check_ordered(session, actor, delegations.Term.of(values), today=today)


def _describe_delegation(session: Session, user_id: int, values: Values) -> Described:
    term = delegations.Term.of(values)
    holder, deputy = _user(session, user_id), _user(session, term.to_user_id or 0)
    place = _place(session, holder.position, holder.organisation_id)
    days = " sampai ".join(format_date(day, "d MMMM y", LOCALE) for day in (term.starts_on, term.ends_on))
    kind = term.kind.capitalize()
    return Described(
        f"{deputy.name} menjadi {kind} menggantikan {holder.name}",
        (
            Change(f"Yang menandatangani sebagai {place}", holder.name, f"{deputy.name} ({kind})"),
            Change("Masa tugas", NONE, days),
            Change("Nomor surat perintah", NONE, term.decree),
        ),
    )


def _delegation_standing(session: Session, user_id: int, values: Values) -> dict[str, Any]:
    return {"holder": _standing(session, user_id, values), "deputy": _standing(session, values["to_user_id"], values)}


def _delegate(session: Session, deed: Deed) -> None:
    term = delegations.Term.of(deed.values)
    delegations.delegate(session, deed.actor, term, today=deed.today, now=deed.now, confirmed=deed.confirmed)


DELEGATION = Kind(
    name=Twofold.DELEGATION,
    label="Pengganti pejabat (Plt/Plh)",
    about="users",
    page=("people.user", "user_id"),
    check=_check_delegation,
    describe=_describe_delegation,
    standing=_delegation_standing,
    gains=lambda _user_id, values: frozenset({values["to_user_id"]}),
    concerned=lambda _session, user_id, values: frozenset({user_id, values["to_user_id"]}),
    apply=_delegate,
)


def _check_password(session: Session, actor: Actor, user_id: int, _values: Values, _today: date) -> None:
    user = service.find_user(session, actor, user_id)
    if not user.active:
        raise Refused(T("Akun ini tidak aktif. Aktifkan dahulu, lalu buat kata sandinya."))


def _describe_password(session: Session, user_id: int, _values: Values) -> Described:
    user = _user(session, user_id)
    return Described(
        f"Membuat kata sandi baru untuk {user.name}",
        (Change("Kata sandi", "yang dipakai sekarang", "yang lama tidak berlaku lagi; slip baru dicetak pengusul"),),
    )


NEW_PASSWORD = Kind(
    name=Twofold.NEW_PASSWORD,
    label="Kata sandi penanda tangan atau admin",
    about="users",
    page=("people.user", "user_id"),
    check=_check_password,
    describe=_describe_password,
    standing=lambda session, user_id, _values: {"active": _user(session, user_id).active},
    gains=_subject,
    concerned=_subject_concerned,
    apply=None,
)
