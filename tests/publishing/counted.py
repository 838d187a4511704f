"""Deliveries that went out, and what platforms said about them."""

from typing import Any

from app.outreach.outlets.models import Outlet
from app.outreach.publishing.models import Delivery, DeliveryStatus, Measurement, MeasureState
from tests.world import World


def sent(world: World, outlet: Outlet, **values: Any) -> Delivery:
    now, number = world.clock.now(), values.pop("remote_id", None)
    post = values.pop("post", None) or world.post(outlet, **values)
    return world._add(
        Delivery(
            post_id=post.id, outlet_id=outlet.id, content_hash=post.content_hash or "x", payload={"text": post.text},
            status=DeliveryStatus.SENT, due_at=now, wake_at=now, sent_at=now, created_at=now,
            remote_id=number or f"{post.id}-{outlet.id}",
        )
    )  # fmt: skip


def measured(world: World, delivery: Delivery, age: int, *, latest: bool = True, **counts: Any) -> Measurement:
    now = world.clock.now()
    counts.setdefault("state", MeasureState.TAKEN)
    return world._add(
        Measurement(delivery_id=delivery.id, age=age, due_at=now, wake_at=now, taken_at=now, latest=latest, **counts)
    )
