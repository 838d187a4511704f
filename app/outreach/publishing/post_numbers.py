"""The right number of a post that was live before its platform listed it; until then a provisional one stands there."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import Clock
from app.kernel.db import unit_of_work
from app.kernel.vault import Vault
from app.outreach.outlets.ports import PROVISIONAL, Channel, ChannelError, Receipt
from app.outreach.publishing.ledger import COLUMNS
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.outgoing import Packer, Parcel, load

log = logging.getLogger(__name__)

ASKED_FOR = timedelta(days=2)
FIRST_PAUSE = timedelta(minutes=1)
AT_ONCE = 20


def learn_numbers(
    sessions: "sessionmaker[Session]", channels: Mapping[str, Channel], vault: Vault, clock: Clock
) -> int:
    """Ask for the numbers of posts that were not listed when they were found; return how many were learnt.

    A row is asked about at growing distances, for two days; no transaction is open meanwhile.
    """
    with sessions() as session:
        rows = _waiting(session, clock.now())
        parcels = load(session, rows, vault, now=clock.now()) if rows else []
        session.expunge_all()
    return sum(_learn(sessions, parcel, channels, clock) for parcel in parcels)


def _waiting(session: Session, now: datetime) -> Sequence[Any]:
    return session.execute(
        select(*COLUMNS)
        .where(
            Delivery.sent_at > now - ASKED_FOR,
            Delivery.status == S.SENT,
            Delivery.wake_at <= now,
            Delivery.remote_id.startswith(PROVISIONAL, autoescape=True),
        )
        .order_by(Delivery.sent_at)
        .limit(AT_ONCE)
    ).all()


def _learn(sessions: "sessionmaker[Session]", parcel: Parcel, channels: Mapping[str, Channel], clock: Clock) -> bool:
    found = _look(parcel, channels, clock.now())
    try:
        with unit_of_work(sessions) as session:
            return _write(session, parcel.delivery_id, found, clock.now())
    except IntegrityError:  # another delivery of the outlet has come by it meanwhile
        log.warning("the number of delivery %s belongs to another", parcel.delivery_id)
        return False


def _look(parcel: Parcel, channels: Mapping[str, Channel], now: datetime) -> Receipt | None:
    try:
        found = None if parcel.locked else channels[parcel.channel].find(Packer.bare(parcel, now))
    except ChannelError:
        return None
    except Exception:
        log.exception("the number of delivery %s could not be asked for", parcel.delivery_id)
        return None
    return found if isinstance(found, Receipt) and not found.remote_id.startswith(PROVISIONAL) else None


def _write(session: Session, delivery_id: int, found: Receipt | None, now: datetime) -> bool:
    row = session.scalars(
        select(Delivery)
        .where(Delivery.id == delivery_id, Delivery.status == S.SENT, Delivery.remote_id.startswith(PROVISIONAL))
        .with_for_update()
    ).one_or_none()
    if row is None:
        return False
    values: dict[str, Any] = {"wake_at": now + max(FIRST_PAUSE, now - (row.sent_at or now))}
    if found:
        values = {"remote_id": found.remote_id, "remote_url": row.remote_url or found.url}
    session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.remote_id == row.remote_id)
        .values(values)
        .execution_options(synchronize_session=False)
    )
    return found is not None
