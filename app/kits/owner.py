"""The organisation that owns what is made from a kit."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.kernel.errors import Invalid
from app.kernel.roles import Actor
from app.kernel.text import T


def owner_id(session: Session, actor: Actor) -> int:
    """Return the owner of what is made: the office for its staff and the command line, else the person's own
    organisation. Raises Invalid where there is no office yet."""
    if not actor.of_office and actor.organisation_id is not None:
        return actor.organisation_id
    office = session.scalar(select(Organisation.id).where(Organisation.is_office).order_by(Organisation.id))
    if office is None:
        raise Invalid(T("Belum ada kantor pemilik program. Buat organisasi kantor di halaman Organisasi lebih dulu."))
    return office
