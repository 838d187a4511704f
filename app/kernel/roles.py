"""The roles of the office. A person may hold several."""

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    VIEWER = "viewer"
    CONTRIBUTOR = "contributor"
    EDITOR = "editor"
    APPROVER = "approver"
    OPD_CONTACT = "opd_contact"
    COMMUNITY = "community"
    TRAINER = "trainer"
    ENUMERATOR = "enumerator"
    ADMIN = "admin"


class Position(StrEnum):
    """Posts that sign. A step of an approval names one of these."""

    KABID = "kabid"
    SEKRETARIS = "sekretaris"
    KADIS = "kadis"


@dataclass(frozen=True)
class Actor:
    """Who acts, as plain values: services ask this and never the session's user.

    `organisation_ids` holds the person's organisation and, for an OPD, its bidang (and the other way round).
    `positions` holds the own position and those held today by delegation (Plt/Plh).
    `of_office` is true for staff of the communications office and its bidang: they see every organisation's records.
    """

    id: int | None
    name: str
    roles: frozenset[Role] = frozenset()
    organisation_id: int | None = None
    organisation_ids: frozenset[int] = frozenset()
    positions: frozenset[str] = field(default_factory=frozenset)
    of_office: bool = False

    def has(self, *roles: Role) -> bool:
        """True if the person holds any of the roles."""
        return bool(self.roles.intersection(roles))


SYSTEM = Actor(id=None, name="Gaung", of_office=True)
"""The worker and the command line."""
