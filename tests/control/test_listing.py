"""What is late stands on one list, each by the rule of its own room."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.control import queries
from app.control.items import Item
from app.control.queries import Filters
from app.kernel.clock import FrozenClock
from app.kernel.roles import SYSTEM, Actor
from app.printing.models import OrderStatus
from app.publishing.models import DeliveryStatus
from tests.control.records import delivery, order
from tests.world import World

ZONE = ZoneInfo("Asia/Makassar")
TODAY = date(2026, 11, 24)  # a Tuesday


def found(session: Session, actor: Actor, clock: FrozenClock, kind: str = "", **filters: object) -> list[Item]:
    now = clock.now()
    moment = queries.asked(session, today=now.astimezone(ZONE).date(), now=now, zone=ZONE)
    return list(queries.listed(session, actor, moment, Filters(kind=kind, **filters)).items)  # type: ignore[arg-type]


def test_what_did_not_go_out_is_late_at_once(session: Session, world: World, clock: FrozenClock) -> None:
    failed = delivery(world, DeliveryStatus.FAILED, ago=timedelta(minutes=5))
    delivery(world, DeliveryStatus.SENT)
    delivery(world, DeliveryStatus.QUEUED)
    (item,) = found(session, SYSTEM, clock, "delivery")
    assert (item.subject_id, item.days, item.late, item.due) == (failed.id, 0, True, TODAY)
    assert item.values == {"delivery_id": failed.id}
    assert item.organisation == "Diskominfo"


def test_age_is_told_in_working_days(session: Session, world: World, clock: FrozenClock) -> None:
    delivery(world, DeliveryStatus.MISSED, ago=timedelta(days=4))  # Friday
    (item,) = found(session, SYSTEM, clock, "delivery")
    assert item.days == 2
    clock.move_to(datetime(2026, 12, 28, 2, 0, tzinfo=UTC))  # Monday; Christmas and cuti bersama lie between
    (item,) = found(session, SYSTEM, clock, "delivery")
    assert item.days == 24


def test_an_order_has_its_working_days_before_it_is_late(session: Session, world: World, clock: FrozenClock) -> None:
    order(world, OrderStatus.ORDERED, datetime(2026, 11, 19, 1, 0, tzinfo=UTC))  # Thursday; due on Tuesday
    (item,) = found(session, SYSTEM, clock, "order")
    assert (item.late, item.days, item.due) == (False, 0, TODAY)
    clock.advance(days=1)
    (item,) = found(session, SYSTEM, clock, "order")
    assert (item.late, item.days) == (True, 1)
    clock.move_to(datetime(2026, 11, 22, 1, 0, tzinfo=UTC))
    assert not found(session, SYSTEM, clock, "order")
