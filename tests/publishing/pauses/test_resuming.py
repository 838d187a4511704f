"""Once an approver ends the last pause that kept it back, what waited leaves, one after the other."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Stale
from app.kernel.roles import Role
from app.outreach.outlets.ports import HandOver
from app.outreach.posts.models import Post
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.pauses.models import PauseScope
from app.outreach.publishing.pauses.resuming import Choice, Plan, Resumed, resume
from config import Settings
from tests.publishing.channels import ScriptedChannel
from tests.publishing.pauses.conftest import GoOn, Stop
from tests.publishing.rows import rows
from tests.publishing.spacing.conftest import Waiting
from tests.world import World


def test_overlapping_pauses_let_a_row_leave_when_the_last_is_lifted(
    approved: Callable[..., Post],
    dispatcher: Dispatcher,
    channel: ScriptedChannel,
    clock: FrozenClock,
    world: World,
    stop: Stop,
    go_on: GoOn,
) -> None:
    outlet = world.outlet()
    approved(outlet)
    everything, account = stop(), stop(PauseScope.OUTLET, outlet.id)
    dispatcher.tick()
    clock.advance(minutes=5)
    go_on(everything)
    dispatcher.tick()
    assert channel.sent == []
    go_on(account)
    dispatcher.tick()
    assert len(channel.sent) == 1


def test_after_a_short_pause_posts_leave_spaced(
    approved: Callable[..., Post],
    dispatcher: Dispatcher,
    channel: ScriptedChannel,
    clock: FrozenClock,
    world: World,
    stop: Stop,
    go_on: GoOn,
) -> None:
    outlet = world.outlet()
    for text in ("Satu.", "Dua.", "Tiga."):
        approved(outlet, text=text)
    made = stop()
    dispatcher.tick()
    clock.advance(minutes=20)
    assert go_on(made) == Resumed(sent=3)
    dispatcher.tick()
    assert len(channel.sent) == 1
    clock.advance(minutes=1)
    dispatcher.tick()
    assert len(channel.sent) == 2
    clock.advance(minutes=1)
    dispatcher.tick()
    assert len(channel.sent) == 3


def test_what_is_of_no_use_soon_leaves_before_that_and_not_spaced_beyond_it(
    approved: Callable[..., Post],
    dispatcher: Dispatcher,
    channel: ScriptedChannel,
    clock: FrozenClock,
    world: World,
    stop: Stop,
    go_on: GoOn,
) -> None:
    outlet = world.outlet()
    for text in ("Satu.", "Dua.", "Tiga.", "Empat."):
        approved(outlet, text=text, useful_until=clock.now() + timedelta(minutes=22))
    made = stop()
    dispatcher.tick()
    clock.advance(minutes=20)
    go_on(made)
    for _ in range(3):
        dispatcher.tick()
        clock.advance(seconds=61)
    assert len(channel.sent) == 4


def test_what_leaves_one_by_one_after_a_pause_is_not_spaced_again_as_after_an_outage(
    approved: Callable[..., Post],
    dispatcher: Dispatcher,
    channel: ScriptedChannel,
    clock: FrozenClock,
    world: World,
    stop: Stop,
    go_on: GoOn,
) -> None:
    outlet = world.outlet()
    for number in range(6):
        approved(outlet, text=f"Kabar {number}.")
    made = stop()
    dispatcher.tick()
    clock.advance(minutes=40)
    assert go_on(made) == Resumed(sent=6)
    for sent in range(1, 7):
        dispatcher.tick()
        assert len(channel.sent) == sent
        clock.advance(minutes=1)


def test_what_is_still_to_come_goes_on_as_planned(
    approved: Callable[..., Post],
    dispatcher: Dispatcher,
    channel: ScriptedChannel,
    clock: FrozenClock,
    stop: Stop,
    go_on: GoOn,
) -> None:
    approved(scheduled_at=clock.now() + timedelta(hours=3))
    made = stop()
    dispatcher.tick()
    clock.advance(hours=2)
    assert go_on(made) == Resumed()
    clock.advance(hours=1)
    dispatcher.tick()
    assert len(channel.sent) == 1


def test_only_an_approver_goes_on_and_an_agency_only_with_its_own(
    stop: Stop, session: Session, world: World, clock: FrozenClock, settings: Settings
) -> None:
    agency = world.organisation()
    made = stop()
    own = stop(PauseScope.ORGANISATION, agency.id)
    for person in (world.actor(Role.EDITOR), world.actor(Role.ADMIN), world.actor(Role.APPROVER, organisation=agency)):
        with pytest.raises(Forbidden):
            resume(session, person, made, Plan(), settings=settings, now=clock.now())
    resume(session, world.actor(Role.APPROVER, organisation=agency), own, Plan(), settings=settings, now=clock.now())
    assert own.lifted_at == clock.now()


def test_the_second_of_two_approvers_is_told(
    stop: Stop, go_on: GoOn, session: Session, world: World, clock: FrozenClock, settings: Settings
) -> None:
    made = stop()
    go_on(made)
    with pytest.raises(Stale, match="Sudah dilanjutkan oleh"):
        resume(session, world.actor(Role.APPROVER), made, Plan(), settings=settings, now=clock.now())


def test_whoever_has_something_to_post_by_hand_is_told_to_wait_and_to_go_on(
    approved: Callable[..., Post],
    make_dispatcher: Callable[..., Dispatcher],
    session: Session,
    world: World,
    clock: FrozenClock,
    stop: Stop,
    go_on: GoOn,
) -> None:
    keeper = world.user(Role.CONTRIBUTOR)
    approved(world.outlet("whatsapp", responsible_id=keeper.id))
    worker = make_dispatcher(whatsapp=ScriptedChannel(HandOver()))
    worker.tick()
    made = stop()
    clock.advance(hours=2)
    assert go_on(made, Choice.NEW_TIME) == Resumed(by_hand=1)
    kinds = session.scalars(select(Notice.kind).where(Notice.user_id == keeper.id).order_by(Notice.id)).all()
    assert kinds == ["delivery_handed_over", "pause_in_hand", "pause_ended"]
    worker.tick()
    assert [row.status for row in rows(session)] == [S.HANDED_OVER]


def test_what_is_sent_at_the_end_of_a_pause_leaves_before_its_time_in_a_delay_plan(
    waiting: Waiting, dispatcher: Dispatcher, channel: ScriptedChannel, clock: FrozenClock, stop: Stop, go_on: GoOn
) -> None:
    waiting(5)
    dispatcher.tick()
    assert len(channel.sent) == 1, "the others have times ten minutes apart"
    made = stop()
    clock.advance(minutes=2)
    assert go_on(made, Choice.SEND) == Resumed(sent=4)
    for sent in range(2, 6):
        dispatcher.tick()
        assert len(channel.sent) == sent
        clock.advance(minutes=1)


def test_what_waits_for_its_next_try_is_not_tried_sooner_by_the_end_of_a_pause(
    approved: Callable[..., Post], dispatcher: Dispatcher, session: Session, clock: FrozenClock, stop: Stop, go_on: GoOn
) -> None:
    approved(scheduled_at=clock.now() + timedelta(minutes=1))
    dispatcher.tick()
    clock.advance(minutes=2)
    (row,) = rows(session)
    row.status, row.wake_at = S.RETRYING, (again := clock.now() + timedelta(minutes=15))
    session.commit()
    go_on(stop(), Choice.SEND)
    assert [row.wake_at for row in rows(session)] == [again]


def test_the_end_of_a_pause_says_who_has_it_and_what_waits_for_an_account(
    approved: Callable[..., Post],
    make_dispatcher: Callable[..., Dispatcher],
    session: Session,
    clock: FrozenClock,
    world: World,
    stop: Stop,
    go_on: GoOn,
) -> None:
    approved(world.outlet("whatsapp", responsible_id=world.user(Role.CONTRIBUTOR).id))
    approved(scheduled_at=(due := clock.now() + timedelta(minutes=1)))
    make_dispatcher(whatsapp=ScriptedChannel(HandOver())).tick()
    clock.advance(minutes=2)
    (row,) = [one for one in rows(session) if one.due_at == due]
    row.status, row.hold_reason = S.HELD, "sign_in"
    session.commit()
    assert go_on(stop(), Choice.SEND) == Resumed(by_hand=1, signing_in=1)
