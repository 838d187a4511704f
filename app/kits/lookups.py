"""What routes look up: the folder of a kit, and the services and skills that there are."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.errors import NotFound
from app.kernel.text import T
from app.kits.kit import find_kits
from app.learning.programmes.models import Skill
from app.outreach.campaigns.models import Service


def kit_folder(kits_dir: Path, name: str) -> Path:
    """Return the folder of that name among the kits found, so that no address leads elsewhere. Raises NotFound."""
    for folder in find_kits(kits_dir):
        if folder.name == name:
            return folder
    raise NotFound(T("Paket ini tidak ada. Kembali ke daftar paket."))


def service_keys(session: Session) -> list[str]:
    return list(session.scalars(select(Service.key)))


def skill_keys(session: Session) -> list[str]:
    return list(session.scalars(select(Skill.key)))
