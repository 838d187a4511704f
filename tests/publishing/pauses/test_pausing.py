"""Hentikan sementara: nothing of its scope leaves, nothing is missed, and who stops it or takes a slip back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.errors import Forbidden, Invalid
from app.kernel.roles import Role
from app.outreach.outlets.ports import Outgoing, Receipt, Remember
from app.outreach.posts.models import Post
from app.outreach.publishing import ledger
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.gate import read_gate
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.pauses.active import active_pauses
from app.outreach.publishing.pauses.models import PauseReason, PauseScope
from app.outreach.publishing.pauses.service import pause, undo
from app.outreach.publishing.pauses.waiting import effect_of
from app.outreach.publishing.plan import sweep
from tests.publishing.channels import ScriptedChannel
from tests.publishing.pauses.conftest import Stop
from tests.publishing.rows import rows
from tests.world import World


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
