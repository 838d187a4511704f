"""Late things for tests, and who hears of them."""

from datetime import datetime, timedelta
from typing import Any

from app.base.people.models import Organisation, User
from app.kernel.roles import Position, Role
from app.outreach.campaigns.models import Campaign
from app.outreach.printing.models import OrderStatus, PieceKind, PrintOrder, PrintPiece
from app.outreach.publishing.models import Delivery, DeliveryStatus
from tests.world import World


def delivery(
    world: World, status: DeliveryStatus = DeliveryStatus.FAILED, *, ago: timedelta = timedelta(days=1), **values: Any
) -> Delivery:
    """A post that was due so long ago, at an outlet that nobody answers for."""
    outlet = world.outlet(responsible_id=values.pop("responsible_id", None))
    post = world.post(outlet, status="approved", **values)
    due = world.clock.now() - ago
    row = Delivery(post_id=post.id, outlet_id=outlet.id, content_hash="x", payload={}, status=status, due_at=due,
                   wake_at=due, created_at=due)  # fmt: skip
    world.session.add(row)
    world.session.commit()
    return row


def order(world: World, status: OrderStatus, ordered_at: datetime, campaign: Campaign | None = None) -> PrintOrder:
    now = world.clock.now()
    piece = PrintPiece(campaign_id=(campaign or world.campaign()).id, organisation_id=world.office().id,
                       kind=PieceKind.POSTER, title="Poster Bank Sampah", created_at=now, updated_at=now)  # fmt: skip
    row = PrintOrder(piece=piece, outlet_id=world.outlet("printer").id, status=status, ordered_at=ordered_at)
    world.session.add(row)
    world.session.commit()
    return row


def bidang(world: World, name: str = "Bidang IKP") -> Organisation:
    return world.organisation("bidang", name=name, parent_id=world.office().id)


def head(world: World, position: Position, organisation: Organisation | None = None, **values: Any) -> User:
    return world.user(Role.APPROVER, organisation=organisation, position=str(position), **values)
