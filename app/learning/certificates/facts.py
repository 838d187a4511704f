"""Everything that stands on a certificate, as it was on the day it was issued: plain JSON, kept with it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Regency
from app.base.people.models import Organisation
from app.base.people.office import office_of
from app.kernel.errors import Invalid, Refused
from app.kernel.text import T
from app.learning.programmes.models import Module
from app.learning.programmes.states import LEVELS
from app.learning.training.models import Batch
from app.learning.training.sessions.taught_modules import days_taught, modules_taught

OPEN_PLACE = "[LENGKAPI"
LESSON_MINUTES = 45  # "JP", by which hours of training are counted for civil servants


@dataclass(frozen=True)
class Signer:
    """Who signs, in which position, and where. `number`: NIP, where there is one."""

    name: str
    title: str
    city: str
    number: str = ""

    def checked(self) -> "Signer":
        """Return the signer with tidied words. Raises Invalid with the field that is missing or too long."""
        kept = {}
        for field, (label, most, needed) in FIELDS.items():
            text = " ".join(str(getattr(self, field)).split())
            if needed and not text:
                raise Invalid(T("Isi %(what)s.", what=label), field=field)
            if len(text) > most:
                raise Invalid(T("Terlalu panjang; paling banyak %(most)s huruf.", most=most), field=field)
            kept[field] = text
        return Signer(**kept)


FIELDS = {
    "name": (T("nama penanda tangan"), 120, True),
    "title": (T("jabatan penanda tangan"), 160, True),
    "city": (T("tempat penandatanganan"), 60, True),
    "number": (T("NIP"), 40, False),
}


def facts_of(session: Session, batch: Batch, signer: Signer, day: date, *, now: datetime) -> dict[str, Any]:
    """Return what all certificates of a batch share; the name stands beside them. Raises Refused while a place is open.

    Days, modules, hours and skills are those of the sessions that took place.
    """
    first, last = days_taught(session, batch, now=now)
    modules = modules_taught(session, batch, now=now)
    regency = session.scalar(select(Regency.name)) or ""
    organiser = session.get_one(Organisation, batch.organisation_id)
    made = {
        "programme": batch.programme.title,
        "batch": batch.name,
        "starts_on": first.isoformat(),
        "ends_on": last.isoformat(),
        "minutes": sum(module.minutes for module in modules),
        "modules": [_module(module) for module in modules],
        "skills": _skills(modules),
        "organiser": organiser.name,
        "regency": regency,
        "office": office_of(session, regency),
        "signer": {"name": signer.name, "title": signer.title, "city": signer.city, "number": signer.number},
        "day": day.isoformat(),
        "simulated": batch.simulated,
    }
    if OPEN_PLACE in str(made):
        raise Refused(T("Program, modul, atau nama angkatannya masih berisi “[LENGKAPI …]”. Lengkapi dulu isinya."))
    return made


def lessons(minutes: int) -> int:
    """Convert minutes to JP (jam pelajaran) of 45 minutes."""
    return round(minutes / LESSON_MINUTES)


def _module(module: Module) -> dict[str, Any]:
    return {
        "title": module.title,
        "minutes": module.minutes,
        "skills": [{"name": one.skill.name, "level": one.level} for one in module.skills],
    }


def _skills(modules: list[Module]) -> list[dict[str, Any]]:
    """The highest level of each skill over the modules, and what that level means."""
    best: dict[int, Any] = {}
    for one in (skill for module in modules for skill in module.skills):
        if one.skill_id not in best or best[one.skill_id].level < one.level:
            best[one.skill_id] = one
    meanings = {1: "basic", 2: "independent", 3: "coaching"}
    return [
        {
            "skill_id": one.skill_id,
            "name": one.skill.name,
            "level": one.level,
            "level_name": str(LEVELS[one.level]),
            "means": getattr(one.skill, meanings[one.level]),
        }
        for one in sorted(best.values(), key=lambda one: (-one.level, one.skill.name))
    ]
