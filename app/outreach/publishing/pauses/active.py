"""The pauses that hold at this moment, as plain ids: the gate asks for them at each round and at each start."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.outreach.publishing.pauses.models import Pause, PauseScope


class Scopes(NamedTuple):
    """What some pauses stop: everything, or what belongs to these records."""

    everything: bool
    outlets: frozenset[int]
    campaigns: frozenset[int]
    organisations: frozenset[int]


def active_pauses(session: Session) -> Sequence[Pause]:
    """Return the pauses that hold now, the first one first."""
    return session.scalars(select(Pause).where(Pause.lifted_at.is_(None)).order_by(Pause.id)).all()


def scopes_of(session: Session, pauses: Sequence[Pause]) -> Scopes:
    """Return what these pauses stop together, also where they were lifted. A bidang goes with its OPD."""
    organisations = {one.organisation_id for one in pauses if one.organisation_id is not None}
    if organisations:
        within = or_(Organisation.id.in_(organisations), Organisation.parent_id.in_(organisations))
        organisations = set(session.scalars(select(Organisation.id).where(within)))
    return Scopes(
        everything=any(one.scope == PauseScope.ALL for one in pauses),
        outlets=frozenset(one.outlet_id for one in pauses if one.outlet_id is not None),
        campaigns=frozenset(one.campaign_id for one in pauses if one.campaign_id is not None),
        organisations=frozenset(organisations),
    )
