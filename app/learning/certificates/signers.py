"""Who may be taken as signer: the heads of the offices, and who acts for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.people.models import Organisation, User
from app.base.people.roles import POSITIONS
from app.kernel.roles import Position


@dataclass(frozen=True)
class Head:
    """A person with a position that signs, and how it is written under a signature."""

    id: int
    name: str
    title: str


def heads(session: Session, organisation_id: int) -> Sequence[Head]:
    """List the active heads of the organising OPD and of the communications office, the OPD's first."""
    query = (
        select(User.id, User.name, User.title, User.organisation_id, Organisation.name.label("organisation"))
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(User.active, User.position == Position.KADIS)
        .where((User.organisation_id == organisation_id) | Organisation.is_office)
    )
    rows = sorted(session.execute(query), key=lambda row: (row.organisation_id != organisation_id, row.name))
    return [Head(row.id, row.name, row.title or f"{POSITIONS[Position.KADIS]}, {row.organisation}") for row in rows]
