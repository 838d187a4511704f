"""After an hour nothing leaves by itself: an approver decides what becomes of each post that waited."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.kernel.clock import FrozenClock
from app.kernel.errors import Invalid, Refused, Stale
from app.kernel.roles import Role
from app.outreach.posts.models import Post, PostStatus
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.gate import read_gate
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.pauses.models import PauseReason, PauseScope
from app.outreach.publishing.pauses.resuming import Choice, Resumed
from app.outreach.publishing.pauses.service import pause, undo
from app.outreach.publishing.pauses.waiting import waiting_posts
from tests.publishing.channels import ScriptedChannel
from tests.publishing.pauses.conftest import GoOn, Stop
from tests.publishing.rows import rows
from tests.world import World


def test_after_a_pause_of_over_an_hour_nothing_leaves_by_itself(
    approved: Callable[..., Post],
    dispatcher: Dispatcher,
    channel: ScriptedChannel,
    clock: FrozenClock,
    stop: Stop,
    go_on: GoOn,
    session: Session,
) -> None:
    approved()
    made = stop()
    dispatcher.tick()
    clock.advance(minutes=61)
    with pytest.raises(Invalid, match="Pilih apa yang terjadi"):
        go_on(made)
    session.rollback()
    assert read_gate(session, now=clock.now()).closed
    session.commit()
    assert go_on(made, Choice.NEW_TIME) == Resumed(moved=1)
    for _ in range(3):
        dispatcher.tick()
    assert channel.sent == []
    (row,) = rows(session)
    assert row.status == S.QUEUED
    assert row.due_at > clock.now()
    clock.move_to(row.due_at)
    dispatcher.tick()
    assert len(channel.sent) == 1


def test_two_pauses_one_after_the_other_count_together(
    approved: Callable[..., Post], dispatcher: Dispatcher, clock: FrozenClock, world: World, stop: Stop, go_on: GoOn
) -> None:
    outlet = world.outlet()
    approved(outlet)
    everything = stop()
    dispatcher.tick()
    clock.advance(minutes=50)
    account = stop(PauseScope.OUTLET, outlet.id)
    go_on(everything)
    clock.advance(minutes=20)
    with pytest.raises(Invalid, match="Pilih apa yang terjadi"):
        go_on(account)


def test_exceptions_by_campaign_and_by_post(
    approved: Callable[..., Post],
    dispatcher: Dispatcher,
    channel: ScriptedChannel,
    clock: FrozenClock,
    world: World,
    stop: Stop,
    go_on: GoOn,
    session: Session,
) -> None:
    moved, sent, own = approved(text="Dipindah."), approved(text="Dikirim."), approved(text="Waktu sendiri.")
    off = [approved(campaign=world.campaign(), text="Batal.") for _ in range(2)]
    made = stop()
    dispatcher.tick()
    clock.advance(hours=2)
    at = clock.now() + timedelta(hours=3)
    result = go_on(
        made,
        Choice.NEW_TIME,
        by_post={sent.id: Choice.SEND, own.id: Choice.NEW_TIME},
        by_campaign={post.campaign_id: Choice.CANCEL for post in off},
        times={own.id: at},
    )
    assert result == Resumed(moved=2, sent=1, cancelled=2)
    dispatcher.tick()
    assert [out.text for out in channel.sent] == ["Dikirim."]
    session.expire_all()
    assert session.get_one(Post, own.id).scheduled_at == at
    assert session.get_one(Post, moved.id).status == PostStatus.APPROVED
    states = {row.post_id: row.status for row in rows(session)}
    assert [states[post.id] for post in off] == [S.CANCELLED, S.CANCELLED]


def test_new_times_are_spaced_and_the_soonest_useful_comes_first(
    approved: Callable[..., Post], dispatcher: Dispatcher, clock: FrozenClock, stop: Stop, go_on: GoOn, session: Session
) -> None:
    late = approved(useful_until=clock.now() + timedelta(days=3))
    soon = approved(useful_until=clock.now() + timedelta(days=1))
    made = stop()
    dispatcher.tick()
    clock.advance(hours=2)
    first = clock.now() + timedelta(minutes=30)
    go_on(made, Choice.NEW_TIME, first=first, gap=timedelta(minutes=10))
    session.expire_all()
    assert session.get_one(Post, soon.id).scheduled_at == first
    assert session.get_one(Post, late.id).scheduled_at == first + timedelta(minutes=10)


def test_new_times_keep_to_the_sending_hours(
    approved: Callable[..., Post], dispatcher: Dispatcher, clock: FrozenClock, stop: Stop, go_on: GoOn, session: Session
) -> None:
    posts = [approved() for _ in range(3)]
    made = stop()
    dispatcher.tick()
    clock.advance(hours=12, minutes=50)  # 20.50 WITA
    assert go_on(made, Choice.NEW_TIME, first=clock.now() + timedelta(minutes=5), gap=timedelta(minutes=30)).moved == 3
    session.expire_all()
    hours = [session.get_one(Post, post.id).scheduled_at for post in posts]
    assert all(at is not None and not 13 < at.hour < 22 for at in hours)


def test_a_new_time_outside_what_was_approved_asks_for_approval_again(
    approved: Callable[..., Post],
    dispatcher: Dispatcher,
    channel: ScriptedChannel,
    clock: FrozenClock,
    stop: Stop,
    go_on: GoOn,
    session: Session,
) -> None:
    post = approved(useful_until=clock.now() + timedelta(hours=1))
    made = stop()
    dispatcher.tick()
    clock.advance(hours=2)
    (one,) = waiting_posts(session, made, now=clock.now())
    assert one.late
    assert go_on(made, Choice.SEND) == Resumed(reopened=1)
    session.expire_all()
    assert session.get_one(Post, post.id).status == PostStatus.DRAFT
    clock.advance(days=1)
    dispatcher.tick()
    assert channel.sent == []


def test_what_fell_due_after_the_page_was_opened_is_shown_first(
    approved: Callable[..., Post], dispatcher: Dispatcher, clock: FrozenClock, stop: Stop, go_on: GoOn
) -> None:
    approved()
    made = stop()
    dispatcher.tick()
    with pytest.raises(Stale, match="1 materi jatuh tempo"):
        go_on(made, Choice.SEND, seen=[])


def test_a_slip_is_not_taken_back_where_something_needs_a_decision(
    approved: Callable[..., Post],
    dispatcher: Dispatcher,
    session: Session,
    world: World,
    clock: FrozenClock,
    stop: Stop,
    go_on: GoOn,
) -> None:
    outlet = world.outlet()
    approved(outlet)
    everything = stop()
    dispatcher.tick()
    clock.advance(hours=2)
    editor = world.actor(Role.EDITOR)
    made = pause(
        session, editor, scope=PauseScope.OUTLET, record_id=outlet.id, reason=PauseReason.MISTAKE, now=clock.now()
    )
    session.commit()
    go_on(everything)
    with pytest.raises(Refused, match="lebih dari satu jam"):
        undo(session, editor, made, now=clock.now())


def test_what_waits_for_a_sign_in_does_not_leave_by_itself_after_an_hour_either(
    approved: Callable[..., Post],
    dispatcher: Dispatcher,
    channel: ScriptedChannel,
    session: Session,
    clock: FrozenClock,
    stop: Stop,
    go_on: GoOn,
) -> None:
    approved(scheduled_at=clock.now() + timedelta(minutes=1))
    dispatcher.tick()
    (row,) = rows(session)
    row.status, row.hold_reason = S.HELD, "sign_in"
    session.commit()
    made = stop()
    clock.advance(hours=2)
    assert go_on(made, Choice.NEW_TIME).moved == 1
    dispatcher.tick()  # the account is connected: what waited for it is queued
    dispatcher.tick()
    assert channel.sent == []


def test_new_times_step_over_what_the_same_account_has_planned_and_keep_their_order(
    approved: Callable[..., Post],
    dispatcher: Dispatcher,
    clock: FrozenClock,
    world: World,
    stop: Stop,
    go_on: GoOn,
    session: Session,
) -> None:
    account, other = world.outlet(), world.outlet()
    begin = clock.now()
    posts = [approved(outlet, useful_until=begin + timedelta(days=number)) for number, outlet in
             enumerate((account, other, account), start=1)]  # fmt: skip
    first = begin + timedelta(hours=3)
    approved(account, scheduled_at=first)
    approved(account, scheduled_at=first + timedelta(minutes=40))
    approved(other, scheduled_at=first + timedelta(minutes=45))
    own = approved(account, useful_until=begin + timedelta(days=9))
    made = stop()
    dispatcher.tick()
    clock.advance(hours=2)
    go_on(made, Choice.NEW_TIME, first=first, times={own.id: first + timedelta(minutes=60)})
    session.expire_all()
    times = [session.get_one(Post, post.id).scheduled_at for post in posts]
    minutes = [(at - first) / timedelta(minutes=1) for at in times if at is not None]
    assert minutes == [15, 30, 75], "0 and 60 are taken, 45 is too close to 40; others hinder nobody"


def test_new_times_step_over_what_another_pause_gave_a_moment_ago(
    approved: Callable[..., Post],
    dispatcher: Dispatcher,
    clock: FrozenClock,
    world: World,
    stop: Stop,
    go_on: GoOn,
    session: Session,
) -> None:
    account = world.outlet()
    one, other = approved(account), approved(account)
    dispatcher.tick()
    pauses = [stop(PauseScope.CAMPAIGN, post.campaign_id) for post in (one, other)]
    for row in rows(session):
        row.status, row.sent_at = S.QUEUED, None
    session.commit()
    clock.advance(hours=2)
    first = clock.now() + timedelta(minutes=30)
    for made in pauses:
        go_on(made, Choice.NEW_TIME, first=first)
    session.expire_all()
    times = [session.get_one(Post, post.id).scheduled_at for post in (one, other)]
    assert times == [first, first + timedelta(minutes=15)]


def test_new_times_step_over_the_plan_of_an_outage(
    approved: Callable[..., Post], dispatcher: Dispatcher, clock: FrozenClock, world: World, stop: Stop, go_on: GoOn,
    session: Session,
) -> None:  # fmt: skip
    account = world.outlet()
    spaced, moved = approved(account), approved(account)
    made = stop(PauseScope.CAMPAIGN, moved.campaign_id)
    clock.advance(hours=2)
    first = clock.now() + timedelta(minutes=30)
    with_plan = stop(PauseScope.CAMPAIGN, spaced.campaign_id)
    dispatcher.tick()
    (row,) = [one for one in rows(session) if one.post_id == spaced.id]
    row.wake_at, row.spaced_at = first, clock.now()
    session.commit()
    assert with_plan.lifted_at is None
    go_on(made, Choice.NEW_TIME, first=first)
    session.expire_all()
    assert session.get_one(Post, moved.id).scheduled_at == first + timedelta(minutes=15)
