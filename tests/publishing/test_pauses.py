"""Hentikan sementara: nothing of its scope leaves, nothing is missed, and after an hour nothing leaves by itself."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.errors import Forbidden, Invalid, Refused, Stale
from app.kernel.roles import Role
from app.outreach.outlets.ports import HandOver, Outgoing, Receipt, Remember
from app.outreach.posts.models import Post, PostStatus
from app.outreach.publishing import ledger
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.gate import read_gate
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.pauses.active import active_pauses
from app.outreach.publishing.pauses.models import Pause, PauseReason, PauseScope
from app.outreach.publishing.pauses.resuming import Choice, Plan, Resumed, resume
from app.outreach.publishing.pauses.service import pause, undo
from app.outreach.publishing.pauses.waiting import effect_of, waiting_posts
from app.outreach.publishing.plan import sweep
from config import Settings
from tests.publishing.channels import ScriptedChannel
from tests.world import World

Stop = Callable[..., Pause]
GoOn = Callable[..., Resumed]


@pytest.fixture
def stop(session: Session, world: World, clock: FrozenClock) -> Stop:
    def make(scope: PauseScope = PauseScope.ALL, record_id: int | None = None) -> Pause:
        editor = world.actor(Role.EDITOR)
        reason, words = PauseReason.DISASTER, "Banjir"
        made = pause(session, editor, scope=scope, record_id=record_id, reason=reason, words=words, now=clock.now())
        session.commit()
        return made

    return make


@pytest.fixture
def go_on(session: Session, world: World, clock: FrozenClock, settings: Settings) -> GoOn:
    """The pause is ended by an approver who saw everything that waits."""

    def make(made: Pause, everything: Choice | None = None, **plan: object) -> Resumed:
        seen = [one.post_id for one in waiting_posts(session, made, now=clock.now())]
        decided = Plan(**{"everything": everything, "seen": seen, **plan})  # type: ignore[arg-type]
        result = resume(
            session, world.actor(Role.APPROVER), made, decided, settings=settings, now=clock.now()
        )  # fmt: skip
        session.commit()
        return result

    return make


def rows(session: Session) -> list[Delivery]:
    session.commit()
    session.expire_all()
    return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def test_what_is_due_does_not_leave_while_everything_is_stopped(
    approved: Callable[..., Post], dispatcher: Dispatcher, channel: ScriptedChannel, stop: Stop, session: Session
) -> None:
    approved()
    stop()
    dispatcher.tick()
    assert channel.sent == []
    assert [row.status for row in rows(session)] == [S.QUEUED]


def test_a_pause_takes_effect_before_the_next_start(
    approved: Callable[..., Post],
    make_dispatcher: Callable[..., Dispatcher],
    world: World,
    sessions: "sessionmaker[Session]",
    session: Session,
    clock: FrozenClock,
) -> None:
    """Eight are claimed together and three are called together; while the first is under way somebody stops all."""
    editor = world.actor(Role.EDITOR)

    def stopping(out: Outgoing, remember: Remember) -> Receipt:
        with unit_of_work(sessions) as work:
            pause(work, editor, scope=PauseScope.ALL, reason=PauseReason.MOURNING, now=clock.now())
        return Receipt(f"id-{out.key}")

    x = ScriptedChannel(*[stopping] * 8)
    approved(*[world.outlet("x") for _ in range(8)])
    worker = make_dispatcher(x=x)
    worker.tick()
    worker.tick()
    assert 1 <= len(x.sent) <= 3  # three quarters of its four threads: what was under way
    states = [row.status for row in rows(session)]
    assert states.count(S.SENT) == len(x.sent)
    assert states.count(S.QUEUED) == 8 - len(x.sent)


def test_a_claimed_row_is_not_started_once_it_is_paused(
    approved: Callable[..., Post], sessions: "sessionmaker[Session]", clock: FrozenClock, stop: Stop
) -> None:
    approved()
    with unit_of_work(sessions) as work:
        sweep(work, public_url="http://localhost", now=clock.now())
        (row,) = ledger.claim(work, token="t", now=clock.now(), limit=5)
    stop()
    with unit_of_work(sessions) as work:
        gate = read_gate(work, now=clock.now())
        assert ledger.start(work, [row.id], token="t", now=clock.now(), seconds=30, gate=gate) == set()


@pytest.mark.parametrize("scope", [PauseScope.OUTLET, PauseScope.CAMPAIGN, PauseScope.ORGANISATION])
def test_only_what_is_within_the_scope_is_kept_back(
    scope: PauseScope,
    approved: Callable[..., Post],
    dispatcher: Dispatcher,
    channel: ScriptedChannel,
    world: World,
    stop: Stop,
    session: Session,
) -> None:
    outlet, other = world.outlet("x"), world.outlet("x")
    bidang = world.organisation("bidang", parent_id=world.organisation().id)
    within = approved(outlet, text="Yang dihentikan.", organisation_id=bidang.id)
    approved(other, text="Yang lain.")
    number = {
        PauseScope.OUTLET: outlet.id, PauseScope.CAMPAIGN: within.campaign_id, PauseScope.ORGANISATION: bidang.parent_id
    }[scope]  # fmt: skip
    stop(scope, number)
    dispatcher.tick()
    assert [out.text for out in channel.sent] == ["Yang lain."]


def test_orders_by_mail_are_stopped_and_posts_by_hand_are_not_handed_over(
    approved: Callable[..., Post], dispatcher: Dispatcher, channel: ScriptedChannel, world: World, stop: Stop
) -> None:
    approved(world.outlet("newspaper"), world.outlet("whatsapp"))
    stop()
    dispatcher.tick()
    assert channel.sent == []


def test_nothing_is_missed_because_of_a_pause(
    approved: Callable[..., Post], dispatcher: Dispatcher, clock: FrozenClock, stop: Stop, session: Session
) -> None:
    approved(useful_until=clock.now() + timedelta(minutes=10))
    stop()
    clock.advance(minutes=30)
    dispatcher.tick()
    assert [row.status for row in rows(session)] == [S.QUEUED]


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


def test_what_fell_due_after_the_page_was_opened_is_shown_first(
    approved: Callable[..., Post], dispatcher: Dispatcher, clock: FrozenClock, stop: Stop, go_on: GoOn
) -> None:
    approved()
    made = stop()
    dispatcher.tick()
    with pytest.raises(Stale, match="1 materi jatuh tempo"):
        go_on(made, Choice.SEND, seen=[])


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


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR, Role.OPD_CONTACT, Role.COMMUNITY])
def test_others_do_not_stop(role: Role, session: Session, world: World, clock: FrozenClock) -> None:
    with pytest.raises(Forbidden):
        pause(session, world.actor(role), scope=PauseScope.ALL, reason=PauseReason.DISASTER, now=clock.now())


def test_another_reason_is_written_down(session: Session, world: World, clock: FrozenClock) -> None:
    with pytest.raises(Invalid, match="Tulis alasannya"):
        pause(session, world.actor(Role.EDITOR), scope=PauseScope.ALL, reason=PauseReason.OTHER, now=clock.now())


def test_pressing_twice_is_one_pause(stop: Stop, session: Session) -> None:
    assert stop().id == stop().id
    assert len(active_pauses(session)) == 1


def test_a_slip_is_taken_back_within_a_minute_by_whoever_made_it(
    approved: Callable[..., Post],
    dispatcher: Dispatcher,
    channel: ScriptedChannel,
    session: Session,
    world: World,
    clock: FrozenClock,
) -> None:
    approved()
    editor = world.actor(Role.EDITOR)
    made = pause(session, editor, scope=PauseScope.ALL, reason=PauseReason.MISTAKE, now=clock.now())
    session.commit()
    with pytest.raises(Forbidden):
        undo(session, world.actor(Role.EDITOR), made, now=clock.now())
    clock.advance(seconds=59)
    undo(session, editor, made, now=clock.now())
    session.commit()
    dispatcher.tick()
    assert len(channel.sent) == 1
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == [
        "pauses.started",
        "pauses.undone",
    ]


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
    assert go_on(made, Choice.NEW_TIME) == Resumed(sent=1)
    kinds = session.scalars(select(Notice.kind).where(Notice.user_id == keeper.id).order_by(Notice.id)).all()
    assert kinds == ["delivery_handed_over", "pause_in_hand", "pause_ended"]
    worker.tick()
    assert [row.status for row in rows(session)] == [S.HANDED_OVER]


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


def test_approvers_are_told_at_once(stop: Stop, session: Session, world: World) -> None:
    approver = world.user(Role.APPROVER)
    world.user(Role.APPROVER, organisation=world.organisation())
    stop()
    told = session.scalars(select(Notice.user_id).where(Notice.kind == "pause_started")).all()
    assert told == [approver.id]


def test_a_pause_says_what_waits_and_what_was_under_way(
    approved: Callable[..., Post],
    sessions: "sessionmaker[Session]",
    session: Session,
    clock: FrozenClock,
    stop: Stop,
) -> None:
    approved()
    approved()
    with unit_of_work(sessions) as work:
        sweep(work, public_url="http://localhost", now=clock.now())
        (first,) = ledger.claim(work, token="t", now=clock.now(), limit=1)
        ledger.start(work, [first.id], token="t", now=clock.now(), seconds=30)
    stop()
    found = effect_of(session, read_gate(session, now=clock.now()), now=clock.now())
    assert (found.waiting, found.under_way) == (1, 1)
