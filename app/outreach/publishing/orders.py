"""The print order, written when its mail was taken, or when a person says that it was."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.kernel.roles import Actor
from app.outreach.outlets.kinds import ORDERED_PRINT
from app.outreach.outlets.models import Outlet
from app.outreach.printing import service as printing
from app.outreach.publishing.keys import PDF_ID, delivery_key
from app.outreach.publishing.models import Delivery


def write_order(session: Session, actor: Actor, delivery_id: int, *, message_id: str | None, now: datetime) -> None:
    """Write the order of a delivery to a newspaper or printer; nothing for other outlets. A repeat changes nothing."""
    delivery = session.get_one(Delivery, delivery_id, populate_existing=True)
    outlet = session.get_one(Outlet, delivery.outlet_id)
    if outlet.kind not in ORDERED_PRINT or delivery.piece_id is None:
        return
    vendor = session.get(Organisation, outlet.vendor_id) if outlet.vendor_id else None
    printing.record_order(
        session,
        actor,
        piece_id=delivery.piece_id,
        outlet_id=outlet.id,
        delivery_key=delivery_key(delivery.post_id, outlet.id),
        copies=delivery.payload.get("copies") or 1,
        message_id=message_id,
        recipient=vendor.email if vendor else None,
        pdf_id=delivery.remembered.get(PDF_ID),
        now=now,
    )
