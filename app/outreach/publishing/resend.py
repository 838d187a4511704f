"""One more try of the identical text after a lost answer, where the channel may (docs/decisions: a second try at X).

It is begun in the same breath as the last of several looks that saw the whole account and did not find the post. The
row goes from *unknown* to *sending* in one statement that also marks it, so that no delivery is ever tried so twice,
whoever is killed when. What comes of it other than a receipt leaves the row unknown: the first try may still be live.
"""

from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from app.outreach.outlets.ports import Channel, Resending
from app.outreach.publishing.gate import read_gate
from app.outreach.publishing.ledger import LOOKUP_AFTER, still_approved
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.outgoing import Parcel

WITHIN = timedelta(minutes=15)
"""So long after the last try: X refuses the same words for some time, and nobody has measured for how long."""
LEAST_LOOKS = 3


def is_wanted(channel: Channel, parcel: Parcel) -> bool:
    """Tell whether the look that just found nothing was the last one, at a channel that may send once more."""
    may = isinstance(channel, Resending) and channel.can_resend
    looks = parcel.lookups + 1
    return may and parcel.resent_at is None and looks >= max(LEAST_LOOKS, len(LOOKUP_AFTER))


def begin(session: Session, parcel: Parcel, *, now: datetime, seconds: float) -> bool:
    """Mark the row as sent once more, and as being sent; return whether it may be. Conditions as of `ledger.start`."""
    gate = read_gate(session, now=now)
    if gate.closed:
        return False
    begun = session.execute(
        update(Delivery)
        .where(
            Delivery.id == parcel.delivery_id,
            Delivery.token == parcel.token,
            Delivery.status == S.UNKNOWN,
            Delivery.lease_until >= now,
            Delivery.resent_at.is_(None),
            Delivery.wish.is_(None),
            Delivery.started_at >= now - WITHIN,
            or_(Delivery.useful_until.is_(None), Delivery.useful_until >= now),
            still_approved(gate),
        )
        .values(
            status=S.SENDING, started_at=now, resent_at=now, lookups=0, lease_until=now + timedelta(seconds=seconds)
        )
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return begun.scalar_one_or_none() is not None
