"""The verbs about users. Organisations and delegations have files of their own.

Passwords are hashed by Flask-Security, so verbs that set one need an application context.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.base.people.actors import actor_of
from app.base.people.identity import read_email, read_phone, read_username
from app.base.people.models import Organisation, RoleRow, User
from app.base.people.passwords import check_new, hashed_password, one_time_password
from app.base.people.rights import gained_rights, is_guarded
from app.base.people.roles import load_roles, role_rows
from app.kernel import audit
from app.kernel.confirmed import Confirmed, require_second
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import SYSTEM, Actor, Can, Position, Role
from app.kernel.text import T

__all__ = [
    "actor_of",
    "change_contact",
    "deactivate",
    "edit_user",
    "find_user",
    "grant",
    "invite",
    "load_roles",
    "reactivate",
    "reset_password",
    "set_password",
]


def require_admin(actor: Actor) -> None:
    """Raise Forbidden for everybody but an admin and the system itself."""
    if actor != SYSTEM and not actor.can(Can.ADMINISTER):
        raise Forbidden(T("Hanya admin yang boleh mengurus pengguna dan organisasi."))


def find_user(session: Session, actor: Actor, user_id: int) -> User:
    require_admin(actor)
    user = session.get(User, user_id)
    if user is None:
        raise NotFound(T("Pengguna ini tidak ada."))
    return user


def invite(
    session: Session,
    actor: Actor,
    *,
    username: str,
    name: str,
    organisation_id: int | None,
    roles: frozenset[Role],
    now: datetime,
    title: str | None = None,
    position: Position | str | None = None,
    phone: str | None = None,
    email: str | None = None,
    password: str | None = None,
    others_follow: bool = False,
) -> tuple[User, str]:
    """Make an account and return it with its one-time password, which is nowhere else.

    `password`: a given one instead (demo accounts); it then need not be changed at the first sign-in. Rights that take
    two people are given afterwards (rights.py); `others_follow` where there is no other role until then.
    """
    require_admin(actor)
    if gained_rights(None, roles=roles, position=position, organisation_id=organisation_id):
        require_second(actor, None)
    values = _read(
        session,
        None,
        username=username,
        name=name,
        organisation_id=organisation_id,
        title=title,
        position=position,
        phone=phone,
        email=email,
    )
    once = password or one_time_password()
    user = User(
        fs_uniquifier=uuid.uuid4().hex,
        password=hashed_password(once),
        must_change_password=password is None,
        roles=role_rows(session, roles if others_follow else _some(roles)),
        created_at=now,
        **values,
    )
    session.add(user)
    _flush_unique(session)
    session.refresh(user, ["organisation"])
    audit.record(session, actor, "user.invited", user, now=now, after=_facts(user))
    return user, once


def edit_user(
    session: Session,
    actor: Actor,
    user: User,
    *,
    username: str,
    name: str,
    organisation_id: int | None,
    now: datetime,
    title: str | None = None,
    position: Position | str | None = None,
    phone: str | None = None,
    email: str | None = None,
) -> User:
    """Change what is known of a person. Roles are changed by `grant`, and a place that signs is given by rights.py."""
    require_admin(actor)
    if gained_rights(user, roles=frozenset(), position=position, organisation_id=organisation_id):
        require_second(actor, None)
    before = _facts(user)
    values = _read(
        session,
        user,
        username=username,
        name=name,
        organisation_id=organisation_id,
        title=title,
        position=position,
        phone=phone,
        email=email,
    )
    _keep_own_address(actor, user, values["email"])
    for key, value in values.items():
        setattr(user, key, value)
    _flush_unique(session)
    session.refresh(user, ["organisation"])
    _record_change(session, actor, "user.edited", user, before=before, now=now)
    return user


def grant(
    session: Session,
    actor: Actor,
    user: User,
    roles: frozenset[Role],
    *,
    now: datetime,
    others_follow: bool = False,
) -> None:
    """Give exactly these roles. Nobody takes the admin role from themself or from the last active admin.

    A role that takes two people is added by rights.py; here it can only be taken away. `others_follow` where it will be
    the only one.
    """
    require_admin(actor)
    if gained_rights(user, roles=roles, position=None, organisation_id=None):
        require_second(actor, None)
    if _is_admin(user) and Role.ADMIN not in roles:
        if user.id == actor.id:
            raise Refused(T("Peran admin Anda sendiri hanya bisa dicabut oleh admin lain."), field="roles")
        _keep_an_admin(session, user, field="roles")
    before = _facts(user)
    user.roles = role_rows(session, roles if others_follow else _some(roles))
    session.flush()
    if _facts(user) != before:
        _record_change(session, actor, "user.granted", user, before=before, now=now)


def deactivate(session: Session, actor: Actor, user: User, *, now: datetime) -> None:
    """Close the account and end its sessions. What the person did stays."""
    require_admin(actor)
    if user.id == actor.id:
        raise Refused(T("Akun Anda sendiri hanya bisa dinonaktifkan oleh admin lain."))
    if _is_admin(user):
        _keep_an_admin(session, user)
    if not user.active:
        return
    user.active = False
    user.fs_uniquifier = uuid.uuid4().hex
    session.flush()
    audit.record(session, actor, "user.deactivated", user, now=now, before={"active": True}, after={"active": False})


def reactivate(session: Session, actor: Actor, user: User, *, now: datetime) -> None:
    require_admin(actor)
    if user.active:
        return
    user.active = True
    session.flush()
    audit.record(session, actor, "user.reactivated", user, now=now, before={"active": False}, after={"active": True})


def reset_password(
    session: Session, actor: Actor, user: User, *, now: datetime, confirmed: Confirmed | None = None
) -> str:
    """Return a new one-time password; open sessions end, and earlier failures delay nobody any more.

    Of who signs or appoints it takes two: the slip opens their account.
    """
    require_admin(actor)
    if is_guarded(user):
        require_second(actor, confirmed)
    once = one_time_password()
    _store_password(user, once, must_change=True)
    session.flush()
    audit.record(session, actor, "user.password_reset", user, now=now)
    return once


def set_password(session: Session, actor: Actor, user: User, password: str, *, now: datetime) -> None:
    """Store the person's own new password. All other sessions end."""
    if actor.id != user.id:
        raise Forbidden(T("Kata sandi hanya bisa diganti oleh pemilik akun."))
    check_new(session, password, user)
    if user.must_change_password and user.verify_and_update_password(password):
        raise Invalid(T("Ini masih kata sandi dari slip. Buat kata sandi Anda sendiri."), field="new_password")
    _store_password(user, password, must_change=False)
    session.flush()
    audit.record(session, actor, "user.password_changed", user, now=now)


def change_contact(
    session: Session, actor: Actor, user: User, *, phone: str | None, email: str | None, now: datetime
) -> None:
    """Change the person's own phone number and e-mail; both may be empty."""
    if actor.id != user.id:
        raise Forbidden(T("Kontak hanya bisa diganti oleh pemilik akun."))
    before = _facts(user)
    user.phone = _free(session, user, "phone", read_phone(phone))
    user.email = _free(session, user, "email", read_email(email))
    _flush_unique(session)
    _record_change(session, actor, "user.contact_changed", user, before=before, now=now)


def _store_password(user: User, password: str, *, must_change: bool) -> None:
    user.password = hashed_password(password)
    user.must_change_password = must_change
    user.fs_uniquifier = uuid.uuid4().hex  # every session and "ingat saya" holds the old one


def _some(roles: frozenset[Role]) -> frozenset[Role]:
    if not roles:
        raise Invalid(T("Pilih paling sedikit satu peran."), field="roles")
    return roles


def _is_admin(user: User) -> bool:
    return any(row.name == Role.ADMIN for row in user.roles)


def _keep_an_admin(session: Session, user: User, field: str | None = None) -> None:
    """Raise Refused if nobody else could mend it afterwards."""
    admins = session.scalars(
        select(User.id)
        .join(User.roles)
        .where(RoleRow.name == Role.ADMIN.value, User.active)
        .order_by(User.id)
        .with_for_update(of=User)
    ).all()
    if set(admins) <= {user.id}:
        raise Refused(T("Ini satu-satunya admin yang aktif. Angkat admin lain lebih dahulu."), field=field)


TAKEN = {
    "username": T("Nama pengguna ini sudah dipakai. Tambahkan angka atau nama kecamatan."),
    "phone": T("Nomor telepon ini sudah terdaftar pada pengguna lain."),
    "email": T("Surel ini sudah terdaftar pada pengguna lain."),
}


def _free(session: Session, user: User | None, column: str, value: str | None) -> str | None:
    """The value, if no other account holds it."""
    if value is None:
        return None
    holder = session.scalar(select(User.id).where(getattr(User, column) == value))
    if holder is not None and (user is None or holder != user.id):
        raise Invalid(TAKEN[column], field=column)
    return value


def _flush_unique(session: Session) -> None:
    """Write, and tell whoever came second when two people took the same name in one moment."""
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise Invalid(
            T("Nama pengguna, telepon, atau surel ini baru saja dipakai orang lain. Periksa daftar.")
        ) from error


def _keep_own_address(actor: Actor, user: User, address: str | None) -> None:
    """Raise Invalid where an admin gives another signer or admin an e-mail address: an account elsewhere that has it
    may sign in as that person."""
    if actor != SYSTEM and actor.id != user.id and is_guarded(user) and address not in {None, user.email}:
        raise Invalid(
            T("Surel penanda tangan dan admin diganti oleh pemiliknya sendiri, di halaman Akun."), field="email"
        )


def _read(
    session: Session,
    user: User | None,
    *,
    username: str,
    name: str,
    organisation_id: int | None,
    title: str | None,
    position: Position | str | None,
    phone: str | None,
    email: str | None,
) -> dict[str, Any]:
    """The columns of an account, checked."""
    if not name.strip():
        raise Invalid(T("Isi nama lengkapnya."), field="name")
    organisation = session.get(Organisation, organisation_id) if organisation_id else None
    if organisation is None:
        raise Invalid(T("Pilih organisasi dari daftar."), field="organisation_id")
    if position and position not in set(Position):
        raise Invalid(T("Pilih jabatan dari daftar."), field="position")
    return {
        "username": _free(session, user, "username", read_username(username)),
        "name": " ".join(name.split()),
        "organisation_id": organisation.id,
        "title": (title or "").strip() or None,
        "position": str(position) if position else None,
        "phone": _free(session, user, "phone", read_phone(phone)),
        "email": _free(session, user, "email", read_email(email)),
    }


def _facts(user: User) -> dict[str, Any]:
    """For the audit trail. Phone and e-mail are personal: only that they are there."""
    return {
        "username": user.username,
        "name": user.name,
        "organisation_id": user.organisation_id,
        "title": user.title,
        "position": user.position,
        "phone": bool(user.phone),
        "email": bool(user.email),
        "roles": sorted(row.name for row in user.roles),
    }


def _record_change(
    session: Session, actor: Actor, action: str, user: User, *, before: dict[str, Any], now: datetime
) -> None:
    after = _facts(user)
    changed = {key for key in after if after[key] != before[key]}
    audit.record(
        session,
        actor,
        action,
        user,
        now=now,
        before={key: before[key] for key in sorted(changed)},
        after={key: after[key] for key in sorted(changed)},
    )
