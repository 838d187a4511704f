"""Register a group, change it, let it rest. Its members: `members.py`; lists from a file: `imports.py`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.base.areas.models import Village
from app.base.media.models import StoredFile
from app.base.media.service import readable_file
from app.base.people.identity import read_email, read_phone
from app.base.people.models import Organisation
from app.base.people.organisations import add_organisation, edit_organisation
from app.gatherings.communities.access import (
    KINDS,
    as_keeper_of_organisations,
    group_of,
    keeps_register,
    organisation_of,
    sees_people,
    to_keep,
    to_keep_members,
)
from app.gatherings.communities.models import Group, GroupKind
from app.kernel import audit
from app.kernel.errors import Invalid, NotFound, Refused, Stale
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.typed import at_most

FIRST_YEAR = 1945
LIMITS = {
    "name": 200, "short_name": 60, "address": 500, "kim_number": 40, "decree_number": 120, "decree_issuer": 120,
    "contact_name": 200, "note": 4000,
}  # fmt: skip


@dataclass(frozen=True)
class Details:
    """What a person enters about a group. Phone and e-mail are kept only with `contact_consent`."""

    name: str = ""
    kind: str = GroupKind.KIM
    short_name: str = ""
    village_code: str | None = None
    address: str = ""
    kim_number: str = ""  # at kim.id
    decree_number: str = ""
    decree_issuer: str = ""
    decree_on: date | None = None
    decree_file_id: int | None = None
    founded_year: int | None = None
    contact_name: str = ""
    phone: str = ""
    email: str = ""
    contact_consent: bool = False
    note: str = ""


CHANGED = T("Data kelompok ini baru saja diubah orang lain. Periksa lagi isian Anda, lalu simpan sekali lagi.")
CONTACT = ("contact_name", "phone", "email", "contact_consent", "address")
"""What a KIM changes of itself."""
OF_THE_GROUP = (
    "kim_number", "decree_number", "decree_issuer", "decree_on", "decree_file_id", "founded_year", "note",
)  # fmt: skip


def register(session: Session, actor: Actor, values: Details, *, now: datetime) -> Group:
    """Register a new group with its organisation. Raises Invalid with its field, also for a name or number that is
    taken; Forbidden for everybody but the office."""
    to_keep(actor)
    _check(session, actor, values, None, now)
    with _nothing_taken():
        organisation = add_organisation(
            session, as_keeper_of_organisations(actor), kind=values.kind, name=values.name, now=now,
            short_name=values.short_name, village_code=values.village_code,
        )  # fmt: skip
    return _new_group(session, actor, organisation, values, now)


def complete(session: Session, actor: Actor, organisation_id: int, values: Details, *, now: datetime) -> Group:
    """Fill in the data of a group that was only an organisation so far. Raises as `register`, and Refused."""
    to_keep(actor)
    organisation = organisation_of(session, actor, organisation_id)
    if session.get(Group, organisation_id) is not None:
        raise Refused(T("Data kelompok ini sudah dilengkapi. Buka halamannya untuk mengubah."))
    _check(session, actor, values, organisation, now)
    _edit_organisation(session, actor, organisation, values, now=now)
    return _new_group(session, actor, organisation, values, now)


def edit(
    session: Session, actor: Actor, organisation_id: int, values: Details, *, version: int, now: datetime
) -> Group:
    """Change a group. A KIM member changes the contact only; what else stands in `values` is left out then.

    Raises Stale where somebody saved in between, Invalid with its field, Forbidden, NotFound.
    """
    group = group_of(session, actor, organisation_id)
    to_keep_members(actor, organisation_id)
    if group.version != version:
        raise Stale(CHANGED)
    before = facts(group)
    old_contact = _reached(group)
    if keeps_register(actor):
        _check(session, actor, values, group.organisation, now)
        _edit_organisation(session, actor, group.organisation, values, now=now)
        _take(group, values)
    else:
        _check_lengths(values, ("contact_name", "address"))
    _take_contact(group, values, now)
    group.updated_at = now
    with _nothing_taken():
        session.flush()
    changed = _changes(before, facts(group))
    if old_contact != _reached(group):
        changed["contact"] = (None, True)
    audit.record(
        session, actor, "group.edited", group, now=now,
        before={name: values[0] for name, values in changed.items()},
        after={name: values[1] for name, values in changed.items()},
    )  # fmt: skip
    return group


def set_active(session: Session, actor: Actor, organisation_id: int, active: bool, *, now: datetime) -> Organisation:
    """Let a group rest, or take it up again. Raises Refused while active accounts belong to it."""
    to_keep(actor)
    organisation = organisation_of(session, actor, organisation_id)
    if organisation.active == active:
        return organisation
    _edit_organisation(session, actor, organisation, None, now=now, active=active)
    group = session.get(Group, organisation_id)
    if group is not None:
        audit.record(session, actor, "group.reactivated" if active else "group.deactivated", group, now=now)
    return organisation


def decree_file(session: Session, actor: Actor, organisation_id: int) -> StoredFile:
    """Return the scanned SK: for the office and the group itself, since it names people. Raises NotFound."""
    group = group_of(session, actor, organisation_id)
    may_see = sees_people(actor, organisation_id)
    file = session.get(StoredFile, group.decree_file_id) if group.decree_file_id and may_see else None
    if file is None:
        raise NotFound(T("Berkas SK kelompok ini belum diunggah, atau bukan untuk Anda."))
    return file


def facts(group: Group) -> dict[str, Any]:
    """Return what the trail keeps of a group: nothing that names a person or how to reach one, since the trail is never
    erased."""
    return {
        "name": group.organisation.name,
        "kind": group.kind,
        "village_code": group.organisation.village_code,
        "kim_number": group.kim_number,
        "decree_number": group.decree_number,
        "decree_issuer": group.decree_issuer,
        "decree_on": group.decree_on.isoformat() if group.decree_on else None,
        "decree_file_id": group.decree_file_id,
        "founded_year": group.founded_year,
    }


def _reached(group: Group) -> tuple[str | None, ...]:
    organisation = group.organisation
    return group.contact_name, organisation.phone, organisation.email, organisation.address


def _changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {name: (before[name], after[name]) for name in after if before[name] != after[name]}


@contextmanager
def _nothing_taken() -> Iterator[None]:
    """Two people may enter the same name or number in the same second; the database lets one of them in."""
    try:
        yield
    except StaleDataError as error:
        raise Stale(CHANGED) from error
    except IntegrityError as error:
        if "kim_number" in str(error.orig):
            raise Invalid(T("Nomor kim.id ini baru saja dipakai kelompok lain."), field="kim_number") from error
        raise Invalid(T("Nama ini baru saja dipakai kelompok atau organisasi lain."), field="name") from error


def _new_group(session: Session, actor: Actor, organisation: Organisation, values: Details, now: datetime) -> Group:
    group = Group(organisation=organisation, kind=str(values.kind), created_at=now, updated_at=now)
    _take(group, values)
    _take_contact(group, values, now)
    session.add(group)
    with _nothing_taken():
        session.flush()
    audit.record(session, actor, "group.registered", group, now=now, after=facts(group))
    return group


def _edit_organisation(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    values: Details | None,
    *,
    now: datetime,
    active: bool | None = None,
) -> None:
    """The organisation's part; how to reach somebody stays out of its trail (`facts`): it is taken apart from it."""
    new = values or Details(
        name=organisation.name, kind=organisation.kind, short_name=organisation.short_name or "",
        village_code=organisation.village_code,
    )  # fmt: skip
    with _nothing_taken():
        edit_organisation(
            session, as_keeper_of_organisations(actor), organisation, now=now,
            active=organisation.active if active is None else active, kind=new.kind, name=new.name,
            short_name=new.short_name, village_code=new.village_code, address=organisation.address,
            email=organisation.email, phone=organisation.phone,
        )  # fmt: skip


def _take(group: Group, values: Details) -> None:
    group.kind = str(values.kind)
    for name in OF_THE_GROUP:
        value = getattr(values, name)
        if name == "note":
            group.note = value.replace("\r\n", "\n").strip()
        elif name == "kim_number":
            group.kim_number = clean_number(value) or None
        else:
            setattr(group, name, (" ".join(value.split()) or None) if isinstance(value, str) else value)


def _take_contact(group: Group, values: Details, now: datetime) -> None:
    phone, email = read_phone(values.phone), read_email(values.email)
    _check_consent(values)
    same = (phone, email) == (group.organisation.phone, group.organisation.email)
    group.contact_name = " ".join(values.contact_name.split()) or None
    group.organisation.address = values.address.strip() or None  # a secretariat is mostly somebody's home
    group.organisation.phone, group.organisation.email = phone, email
    if not (phone or email):
        group.contact_consent_at = None
    elif not same or group.contact_consent_at is None:
        group.contact_consent_at = now


def clean_number(text: str) -> str:
    """Return a number of kim.id as it is compared: no blanks around or inside, capitals."""
    return "".join(text.split()).upper()


def problems(
    session: Session, actor: Actor, values: Details, organisation: Organisation | None, now: datetime
) -> list[Invalid]:
    """Return everything that keeps these data from being saved, each with its field."""
    found: list[Invalid] = []
    checks: list[Callable[[], object]] = [
        lambda: _check_kind(values),
        *(partial(_check_lengths, values, (name,)) for name in LIMITS),
        lambda: _check_name(session, values, organisation),
        lambda: _check_village(session, values),
        lambda: _check_founded(values, now),
        lambda: _check_decree_day(values, now),
        lambda: _check_decree_file(session, actor, values),
        lambda: _check_number(session, clean_number(values.kim_number), organisation),
        lambda: read_phone(values.phone),
        lambda: read_email(values.email),
        lambda: _check_consent(values),
    ]
    for check in checks:
        try:
            check()
        except Invalid as error:
            found.append(error)
    return found


def _check_lengths(values: Details, names: tuple[str, ...]) -> None:
    for name in names:
        at_most(getattr(values, name), LIMITS[name], name)


def _check(session: Session, actor: Actor, values: Details, organisation: Organisation | None, now: datetime) -> None:
    for problem in problems(session, actor, values, organisation, now):
        raise problem


def _check_kind(values: Details) -> None:
    if values.kind not in KINDS:
        raise Invalid(T("Pilih jenis kelompok dari daftar."), field="kind")


def _check_name(session: Session, values: Details, organisation: Organisation | None) -> None:
    name = " ".join(values.name.split())
    if not name:
        raise Invalid(T("Isi nama kelompoknya."), field="name")
    taken = session.scalar(select(Organisation).where(func.lower(Organisation.name) == name.lower()))
    if taken is not None and taken is not organisation:
        raise Invalid(T("Sudah ada organisasi bernama “%(name)s”.", name=taken.name), field="name")


def _check_village(session: Session, values: Details) -> None:
    if values.village_code and session.get(Village, values.village_code) is None:
        raise Invalid(T("Pilih desa atau kelurahan dari daftar."), field="village_code")


def _check_founded(values: Details, now: datetime) -> None:
    if values.founded_year is not None and not FIRST_YEAR <= values.founded_year <= now.year:
        raise Invalid(T("Tahun berdiri harus antara %(a)s dan %(b)s.", a=FIRST_YEAR, b=now.year), field="founded_year")


def _check_decree_day(values: Details, now: datetime) -> None:
    if values.decree_on is not None and not FIRST_YEAR <= values.decree_on.year <= now.year + 1:
        raise Invalid(T("Tanggal SK ini tidak masuk akal. Periksa tahunnya."), field="decree_on")


def _check_decree_file(session: Session, actor: Actor, values: Details) -> None:
    if values.decree_file_id is not None and readable_file(session, actor, values.decree_file_id) is None:
        raise Invalid(T("Berkas SK tidak ditemukan. Unggah sekali lagi."), field="decree_file_id")


def _check_consent(values: Details) -> None:
    if (values.phone.strip() or values.email.strip()) and not values.contact_consent:
        raise Invalid(
            T("Nomor telepon dan surel hanya disimpan bila orangnya setuju. Centang persetujuannya, atau kosongkan."),
            field="contact_consent",
        )


def _check_number(session: Session, number: str, organisation: Organisation | None) -> None:
    if not number:
        return
    taken = session.scalar(select(Group).where(Group.kim_number == number))
    if taken is not None and (organisation is None or taken.organisation_id != organisation.id):
        raise Invalid(T("Nomor kim.id ini sudah dipakai “%(name)s”.", name=taken.organisation.name), field="kim_number")
