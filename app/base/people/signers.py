"""The signers of today by position and organisation: the holders, or who stands in for them (Plt, Plh)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.people.models import Delegation, Organisation, RoleRow, User
from app.kernel.roles import Position, Role

HEADS = (Position.SEKRETARIS, Position.KADIS)


@dataclass(frozen=True)
class Signers:
    """`by_place`: (organisation, position) → ids of people; `parents`: organisation → its OPD; `office_id`: the
    communications office."""

    by_place: dict[tuple[int, str], tuple[int, ...]]
    parents: dict[int, int]
    office_id: int | None

    def of(self, organisation_id: int | None, *positions: str) -> tuple[int, ...]:
        """Return the people of these positions in that organisation, each once."""
        places = [(organisation_id, position) for position in positions]
        found = (person for place in places if place[0] is not None for person in self.by_place.get(place, ()))  # type: ignore[arg-type]
        return tuple(dict.fromkeys(found))

    def chain(self, organisation_id: int | None) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return who is told first and who next of what is late in this organisation: the head of the bidang, then the
        secretary and the head of the agency. Where a place is empty, the next that is taken stands in for it: the OPD
        of a bidang, and the office for whoever has nobody."""
        opd = self.parents.get(organisation_id or 0, organisation_id)
        above = self.of(opd, *HEADS) or self.of(self.office_id, *HEADS)
        head = self.of(organisation_id, Position.KABID) or self.of(opd, Position.KABID)
        return head or above, above


def signers(session: Session, today: date) -> Signers:
    """Return the signers of a day, in three queries. Only people who are still here and may approve."""
    approves = User.roles.any(RoleRow.name == str(Role.APPROVER))
    standing_in = (
        select(Delegation.from_user_id, Delegation.to_user_id)
        .join(User, User.id == Delegation.to_user_id)
        .where(
            Delegation.revoked_at.is_(None), Delegation.starts_on <= today, Delegation.ends_on >= today,
            User.active, approves,
        )
        .order_by(Delegation.id)
    )  # fmt: skip
    deputies: dict[int, list[int]] = {}
    for holder, deputy in session.execute(standing_in):
        deputies.setdefault(holder, []).append(deputy)
    by_place: dict[tuple[int, str], list[int]] = {}
    holders = select(User.id, User.organisation_id, User.position, User.active, approves.label("approves"))
    for row in session.execute(holders.where(User.position.is_not(None), User.position != "").order_by(User.id)):
        own = [row.id] if row.active and row.approves else []
        by_place.setdefault((row.organisation_id, str(row.position)), []).extend(deputies.get(row.id, own))
    return Signers({place: tuple(people) for place, people in by_place.items() if people}, *_places(session))


def _places(session: Session) -> tuple[dict[int, int], int | None]:
    rows: Sequence[tuple[int, int | None, bool]] = [
        (row.id, row.parent_id, row.is_office)
        for row in session.execute(
            select(Organisation.id, Organisation.parent_id, Organisation.is_office).order_by(Organisation.id)
        )
    ]
    office = next((number for number, parent, is_office in rows if is_office and parent is None), None)
    return {number: parent for number, parent, _office in rows if parent is not None}, office
