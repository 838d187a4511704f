"""Two phones that report the same plans at the same moment."""

import threading
import uuid
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.gatherings.events.models import Event
from app.gatherings.field.arrival import Arrival
from app.gatherings.field.intake import receive
from app.gatherings.reports.models import Report
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.roles import Role
from tests.field.build import LONG_LALANG, TZ, record
from tests.world import World

PLANS = 8


def test_records_of_the_same_plans_never_wait_for_each_other_in_a_circle(
    sessions: "sessionmaker[Session]", session: Session, world: World, clock: FrozenClock
) -> None:
    """Each phone's own records, numbered so that one has the plans forwards and the other backwards."""
    kim = world.organisation("kim", name="KIM Long Lalang", village_code=LONG_LALANG)
    member = world.actor(Role.COMMUNITY, organisation=kim)
    plans = [
        world.event(organisation_id=kim.id, starts_in=timedelta(days=-2 - number), village_code=LONG_LALANG).id
        for number in range(PLANS)
    ]
    numbers = sorted(str(uuid.uuid4()) for _ in range(2 * PLANS))
    start, states, faults = threading.Barrier(2), list[str](), list[Exception]()
    arrival = Arrival(clock.now(), TZ, clock.now())

    def phone(turned: bool) -> None:
        mine = [record(kim, uuid=numbers.pop(0), event_id=plan) for plan in (plans[::-1] if turned else plans)]
        try:
            start.wait(10)
            with unit_of_work(sessions) as own:
                states.extend(answer.state for answer in receive(own, member, mine, arrival))
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=phone, args=(turned,)) for turned in (False, True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert (states.count("stored"), states.count("invalid")) == (PLANS, PLANS)
    session.rollback()
    assert len(session.scalars(select(Report.event_id).join(Event)).all()) == PLANS
