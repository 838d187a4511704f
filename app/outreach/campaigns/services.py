"""The verbs of the list of public services. The communications office keeps it; everybody on the staff reads it."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid, NotFound
from app.kernel.roles import Actor, Can
from app.kernel.text import T
from app.kernel.typed import at_most
from app.outreach.campaigns.models import Dimension, Service
from app.outreach.campaigns.queries import slug

MAX_NAME = 120
MAX_KEY = 60
MAX_AS_OF = 40
MAX_DESCRIPTION = 2000
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class ServiceValues:
    """What a person enters about a service. `as_of` is a year or date as the source gives it."""

    name: str
    dimension_key: str | None = None
    owner_id: int | None = None
    description: str = ""
    as_of: str = ""


def may_keep(actor: Actor) -> bool:
    return actor.id is None or (actor.of_office and actor.can(Can.KEEP_SERVICES))


def find_to_edit(session: Session, actor: Actor, service_id: int) -> Service:
    ask_to_keep(actor)
    service = session.get(Service, service_id)
    if service is None:
        raise NotFound(T("Layanan ini tidak ada. Kembali ke daftar layanan."))
    return service


def ask_to_keep(actor: Actor) -> None:
    if not may_keep(actor):
        raise Forbidden(
            T("Daftar layanan diurus editor di dinas pengelola aplikasi. Hubungi mereka bila ada yang salah.")
        )


def add(session: Session, actor: Actor, values: ServiceValues, *, key: str = "", now: datetime) -> Service:
    """Add a service. `key` is what kits call it and stays as it is; without one it is made from the name."""
    ask_to_keep(actor)
    _check(session, values)
    key = key.strip() or slug(values.name)
    if len(key) > MAX_KEY or not KEY.fullmatch(key):
        raise Invalid(T("Pakai huruf kecil, angka, dan tanda hubung saja, misalnya bank-sampah."), field="key")
    taken = session.scalar(select(Service.name).where(Service.key == key))
    if taken is not None:
        raise Invalid(T("Sebutan ini sudah dipakai layanan “%(name)s”. Pilih yang lain.", name=taken), field="key")
    service = Service(key=key)
    _fill(service, values)
    session.add(service)
    session.flush()
    audit.record(session, actor, "service.added", service, now=now, after=_facts(service))
    return service


def edit(session: Session, actor: Actor, service_id: int, values: ServiceValues, *, now: datetime) -> Service:
    service = find_to_edit(session, actor, service_id)
    _check(session, values, service)
    before = _facts(service)
    _fill(service, values)
    session.flush()
    after = _facts(service)
    changed = [name for name in after if after[name] != before[name]]
    if changed:
        audit.record(
            session,
            actor,
            "service.edited",
            service,
            now=now,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
    return service


def _check(session: Session, values: ServiceValues, service: Service | None = None) -> None:
    name = values.name.strip()
    if not name:
        raise Invalid(T("Beri nama layanan ini."), field="name")
    for text, most, field in (
        (name, MAX_NAME, "name"),
        (values.description.strip(), MAX_DESCRIPTION, "description"),
        (values.as_of.strip(), MAX_AS_OF, "as_of"),
    ):
        at_most(text, most, field)
    same = select(Service.id).where(func.lower(Service.name) == name.lower())
    if session.scalar(same.where(Service.id != service.id) if service else same) is not None:
        raise Invalid(T("Layanan dengan nama ini sudah ada di daftar."), field="name")
    if values.dimension_key and session.get(Dimension, values.dimension_key) is None:
        raise Invalid(T("Pilih dimensi dari daftar."), field="dimension_key")
    owner = session.get(Organisation, values.owner_id) if values.owner_id else None
    if values.owner_id and (owner is None or owner.kind not in {"opd", "bidang"}):
        raise Invalid(T("Pilih OPD pemilik dari daftar."), field="owner_id")


def _fill(service: Service, values: ServiceValues) -> None:
    service.name = values.name.strip()
    service.dimension_key = values.dimension_key or None
    service.owner_id = values.owner_id or None
    service.description = values.description.strip() or None
    service.as_of = values.as_of.strip() or None


def _facts(service: Service) -> dict[str, Any]:
    return {
        "key": service.key,
        "name": service.name,
        "dimension": service.dimension_key,
        "owner_id": service.owner_id,
        "description": service.description,
        "as_of": service.as_of,
    }
