"""What the pages of pauses show: what can be stopped, what is stopped, and pauses that are over."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.kernel.audit import AuditEntry
from app.kernel.roles import Actor
from app.outreach.campaigns.models import Campaign, CampaignStatus
from app.outreach.campaigns.rules import visible as visible_campaigns
from app.outreach.outlets.models import Outlet
from app.outreach.publishing.gate import OPEN, gate_of
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.pauses.active import active_pauses
from app.outreach.publishing.pauses.models import Pause


def agencies(session: Session) -> Sequence[tuple[int, str]]:
    """Return (id, name) of the OPD and bidang, the office first."""
    query = select(Organisation.id, Organisation.name).where(
        Organisation.kind.in_(("opd", "bidang")), Organisation.active
    )
    query = query.order_by(Organisation.is_office.desc(), Organisation.name)
    return session.execute(query).tuples().all()


def campaigns(session: Session, actor: Actor) -> Sequence[tuple[int, str]]:
    """Return (id, name) of the campaigns that this person sees and that were not called off, the latest first."""
    query = select(Campaign.id, Campaign.name).where(
        visible_campaigns(actor), Campaign.status != CampaignStatus.CANCELLED
    )
    return session.execute(query.order_by(Campaign.starts_on.desc(), Campaign.name)).tuples().all()


def outlets(session: Session) -> Sequence[tuple[int, str]]:
    """Return (id, name) of the outlets in use."""
    query = select(Outlet.id, Outlet.name).where(Outlet.active).order_by(Outlet.name)
    return session.execute(query).tuples().all()


def all_pauses() -> Select[Any]:
    """Select every pause, those that hold first, then the latest."""
    return select(Pause).order_by(Pause.lifted_at.is_not(None), Pause.id.desc())


def decided(session: Session, pause: Pause) -> Mapping[str, Any] | None:
    """Return how many posts got which end when this pause was ended; None where nobody decided, or it is erased."""
    query = select(AuditEntry.after).where(
        AuditEntry.subject_kind == Pause.__tablename__,
        AuditEntry.subject_id == str(pause.id),
        AuditEntry.action == "pauses.resumed",
    )
    return session.scalars(query.order_by(AuditEntry.id.desc()).limit(1)).first()


def is_kept_back(session: Session, delivery: Delivery) -> bool:
    """Decide whether a pause keeps this delivery back now."""
    gate = gate_of(session, active_pauses(session))
    if gate == OPEN:
        return False
    return bool(session.scalar(select(exists().where(Delivery.id == delivery.id, gate.keeps()))))
