"""What a module is taught with: files (images and PDF, told by their content) and links."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.base.media.check import Checked, check_file
from app.base.media.models import StoredFile
from app.kernel import audit
from app.kernel.errors import Invalid, NotFound
from app.kernel.ordered import next_place
from app.kernel.roles import SYSTEM, Actor, Can
from app.kernel.text import T
from app.kernel.typed import at_most, line
from app.learning.programmes.models import Module, ModuleMaterial, Programme
from app.learning.programmes.modules import of_programme
from app.learning.programmes.service import to_change, touch
from app.learning.programmes.wording import read_link

MOST_MATERIALS = 30
MAX_TITLE = 200
MISSING = T("Bahan ini tidak ada, atau hanya untuk pelatih.")


@dataclass(frozen=True)
class MaterialValues:
    """What a person enters about a material; `url` where it is a link. `for_trainers`: participants do not see it."""

    title: str = ""
    url: str = ""
    for_trainers: bool = False


def check_material(data: bytes, name: str) -> Checked:
    """Check an image or a PDF, as `media.check.check_file`. Raises Invalid (field file) with what to do instead."""
    if data[:4] in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"}:
        raise Invalid(
            T("“%(name)s” adalah berkas Office atau ZIP. Simpan sebagai PDF lalu unggah PDF itu, atau taruh berkasnya "
              "di penyimpanan kantor dan isi alamatnya sebagai tautan.", name=name), field="file",
        )  # fmt: skip
    return check_file(data, name)


def add_material(
    session: Session,
    actor: Actor,
    module_id: int,
    values: MaterialValues,
    *,
    file: StoredFile | None = None,
    seen: int | None = None,
    now: datetime,
) -> ModuleMaterial:
    """Add a file (kept before) or a link, not both. Raises Invalid with its field, Stale, Forbidden, NotFound."""
    programme, module = of_programme(session, actor, module_id, seen=seen)
    title, url = _checked(values)
    if (file is None) == (not url):
        raise Invalid(T("Pilih berkas, atau isi alamat tautannya; salah satu saja."), field="url")
    if len(module.materials) >= MOST_MATERIALS:
        raise Invalid(T("Paling banyak %(n)s bahan dalam satu modul.", n=MOST_MATERIALS), field="title")
    material = ModuleMaterial(
        position=next_place(module.materials),
        title=title, url=url or None, file_id=file.id if file else None, for_trainers=values.for_trainers,
    )  # fmt: skip
    module.materials.append(material)
    touch(session, programme, now)
    audit.record(session, actor, "programme.material_added", programme, now=now, after=facts(material))
    return material


def edit_material(
    session: Session, actor: Actor, material_id: int, values: MaterialValues, *, seen: int | None = None, now: datetime
) -> ModuleMaterial:
    """Change its name, who sees it and, of a link, the address; a file stays the file. Raises as `add_material`."""
    programme, _module, material = find_to_change(session, actor, material_id, seen=seen)
    title, url = _checked(values)
    if material.file_id is None and not url:
        raise Invalid(T("Isi alamat tautannya."), field="url")
    before = facts(material)
    material.title, material.for_trainers = title, values.for_trainers
    if material.file_id is None:
        material.url = url
    if facts(material) != before:
        touch(session, programme, now)
        after = facts(material)
        audit.record(session, actor, "programme.material_edited", programme, now=now, before=before, after=after)
    return material


def remove_material(session: Session, actor: Actor, material_id: int, *, now: datetime) -> Module:
    """Take it out of its module; a file stays in the store, where a copy of the programme may use it."""
    programme, module, material = find_to_change(session, actor, material_id)
    before = facts(material)
    module.materials.remove(material)
    touch(session, programme, now)
    audit.record(session, actor, "programme.material_removed", programme, now=now, before=before)
    return module


def find_to_change(
    session: Session, actor: Actor, material_id: int, *, seen: int | None = None
) -> tuple[Programme, Module, ModuleMaterial]:
    """Return the material with its module and programme, to be changed. Raises NotFound, Forbidden, Stale."""
    material = session.get(ModuleMaterial, material_id)
    if material is None:
        raise NotFound(MISSING)
    module = session.get_one(Module, material.module_id)
    return to_change(session, actor, module.programme_id, seen=seen), module, material


def file_of_material(session: Session, actor: Actor, material_id: int) -> StoredFile:
    """Return the file, for who reads programmes. Raises NotFound, also for others than trainers where it is for
    them."""
    material = session.get(ModuleMaterial, material_id)
    file = session.get(StoredFile, material.file_id) if material and material.file_id else None
    if material is None or file is None or (material.for_trainers and not sees_trainers_part(actor)):
        raise NotFound(MISSING)
    return file


def sees_trainers_part(actor: Actor) -> bool:
    """Return whether this person reads what is for trainers only: answers, notes for teaching. Everybody who plans
    training."""
    return actor == SYSTEM or actor.can(Can.PLAN_TRAINING)


def seen_by(actor: Actor, materials: Sequence[ModuleMaterial]) -> list[ModuleMaterial]:
    return [one for one in materials if not one.for_trainers or sees_trainers_part(actor)]


def facts(material: ModuleMaterial) -> dict[str, Any]:
    return {
        "title": material.title, "url": material.url, "file_id": material.file_id,
        "for_trainers": material.for_trainers,
    }  # fmt: skip


def _checked(values: MaterialValues) -> tuple[str, str]:
    title = line(values.title)
    if not title:
        raise Invalid(T("Isi nama bahannya, misalnya “Paparan pertemuan 1”."), field="title")
    at_most(title, MAX_TITLE, "title")
    return title, read_link(values.url, "url")
