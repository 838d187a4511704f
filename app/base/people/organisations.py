"""The verbs about organisations: an OPD with its bidang, a KIM, a newspaper, a printer."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.people.identity import read_email, read_phone
from app.base.people.models import Organisation, User
from app.base.people.service import require_admin
from app.kernel import audit
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.roles import Actor
from app.kernel.text import T


class OrganisationKind(StrEnum):
    OPD = "opd"
    BIDANG = "bidang"
    KIM = "kim"
    PROGRAMMER = "programmer"
    NEWSPAPER = "newspaper"
    PRINTER = "printer"
    OTHER = "other"


KINDS: Mapping[OrganisationKind, T] = {
    OrganisationKind.OPD: T("OPD"),
    OrganisationKind.BIDANG: T("Bidang pada OPD"),
    OrganisationKind.KIM: T("Kelompok Informasi Masyarakat"),
    OrganisationKind.PROGRAMMER: T("Komunitas programmer"),
    OrganisationKind.NEWSPAPER: T("Koran atau media"),
    OrganisationKind.PRINTER: T("Percetakan"),
    OrganisationKind.OTHER: T("Lainnya"),
}


def find_organisation(session: Session, actor: Actor, organisation_id: int) -> Organisation:
    require_admin(actor)
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound(T("Organisasi ini tidak ada."))
    return organisation


def add_organisation(
    session: Session,
    actor: Actor,
    *,
    kind: str,
    name: str,
    now: datetime,
    short_name: str | None = None,
    parent_id: int | None = None,
    village_code: str | None = None,
    address: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    is_office: bool = False,
) -> Organisation:
    """Make an organisation. `is_office`: the communications office itself, whose staff see all records; set by the
    installation."""
    require_admin(actor)
    typed = {
        "kind": kind,
        "name": name,
        "short_name": short_name,
        "parent_id": parent_id,
        "village_code": village_code,
        "address": address,
        "email": email,
        "phone": phone,
    }
    organisation = Organisation(is_office=is_office, **_read(session, None, typed))
    session.add(organisation)
    session.flush()
    audit.record(session, actor, "organisation.added", organisation, now=now, after=_facts(organisation))
    return organisation


def edit_organisation(
    session: Session, actor: Actor, organisation: Organisation, *, now: datetime, active: bool = True, **typed: Any
) -> None:
    """Change it. `typed` as in `add_organisation`. The office itself and one with active people stay active."""
    require_admin(actor)
    before = _facts(organisation)
    values = _read(session, organisation, typed)
    if organisation.active and not active:
        _may_close(session, organisation)
    for key, value in values.items():
        setattr(organisation, key, value)
    organisation.active = active
    session.flush()
    after = _facts(organisation)
    changed = sorted(key for key in after if after[key] != before[key])
    audit.record(
        session,
        actor,
        "organisation.edited",
        organisation,
        now=now,
        before={key: before[key] for key in changed},
        after={key: after[key] for key in changed},
    )


def _may_close(session: Session, organisation: Organisation) -> None:
    if organisation.is_office:
        raise Refused(T("Dinas pengelola aplikasi tidak bisa dinonaktifkan."), field="active")
    people = session.scalar(
        select(func.count()).select_from(User).where(User.organisation_id == organisation.id, User.active)
    )
    if people:
        raise Refused(
            T("Masih ada %(n)s pengguna aktif di organisasi ini. Pindahkan atau nonaktifkan mereka dahulu.", n=people),
            field="active",
        )
    if any(child.active for child in organisation.children):
        raise Refused(T("Masih ada bidang yang aktif. Nonaktifkan bidangnya dahulu."), field="active")


def _read(session: Session, organisation: Organisation | None, typed: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an organisation, checked."""
    kind, name = typed["kind"], " ".join((typed["name"] or "").split())
    if kind not in set(OrganisationKind):
        raise Invalid(T("Pilih jenis organisasi dari daftar."), field="kind")
    if not name:
        raise Invalid(T("Isi nama organisasinya."), field="name")
    twin = session.scalar(select(Organisation).where(func.lower(Organisation.name) == name.lower()))
    if twin is not None and twin is not organisation:
        raise Invalid(T("Sudah ada organisasi bernama “%(name)s”.", name=twin.name), field="name")
    village_code = typed.get("village_code") or None
    if village_code and session.get(Village, village_code) is None:
        raise Invalid(T("Pilih desa atau kelurahan dari daftar."), field="village_code")
    return {
        "kind": str(kind),
        "name": name,
        "short_name": (typed.get("short_name") or "").strip() or None,
        "parent_id": _parent(session, organisation, kind, typed.get("parent_id")),
        "village_code": village_code,
        "address": (typed.get("address") or "").strip() or None,
        "email": read_email(typed.get("email")),
        "phone": read_phone(typed.get("phone")),
    }


def _parent(session: Session, organisation: Organisation | None, kind: str, parent_id: int | None) -> int | None:
    """Only a bidang has a parent, and it is an OPD."""
    if kind != OrganisationKind.OPD and organisation is not None and organisation.children:
        raise Invalid(T("Organisasi ini punya bidang, jadi jenisnya tetap OPD."), field="kind")
    if kind != OrganisationKind.BIDANG:
        return None
    parent = session.get(Organisation, parent_id) if parent_id else None
    if parent is None or parent.kind != OrganisationKind.OPD:
        raise Invalid(T("Pilih OPD tempat bidang ini."), field="parent_id")
    return parent.id


def _facts(organisation: Organisation) -> dict[str, Any]:
    return {
        "kind": organisation.kind,
        "name": organisation.name,
        "short_name": organisation.short_name,
        "parent_id": organisation.parent_id,
        "village_code": organisation.village_code,
        "address": organisation.address,
        "email": organisation.email,
        "phone": organisation.phone,
        "active": organisation.active is not False,
    }
