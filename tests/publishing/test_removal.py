"""Hapus dari media sosial: what was sent is taken down once, and nothing is called gone that may be there."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid, Refused, Stale
from app.kernel.roles import Role
from app.kernel.text import T
from app.kernel.vault import Vault
from app.outreach.outlets.ports import (
    Gone,
    HandOver,
    Metrics,
    NeedsSignIn,
    NotSent,
    OutcomeUnknown,
    Rejected,
    Undecided,
)
from app.outreach.posts.models import Post
from app.outreach.publishing import decisions
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.measuring import measure_due
from app.outreach.publishing.models import Attempt, Delivery, Measurement
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.pauses.models import PauseReason, PauseScope
from app.outreach.publishing.pauses.service import pause
from app.outreach.publishing.removal import service, work
from app.outreach.publishing.removal.models import Removal, RemovalReason
from app.outreach.publishing.removal.models import RemovalState as R
from config import Settings
from tests.publishing.channels import ScriptedChannel
from tests.world import World

GONE, THERE = Gone("tidak ada"), Metrics(views=1)


class Platform(ScriptedChannel):
    """Its answers to being asked to remove, and to looks, are written down before."""

    can_measure = True

    def __init__(self, *removes: Exception | None, looks: tuple[Metrics | Exception, ...] = (), able: bool = True):
        super().__init__()
        self.can_remove = able
        self.removes, self.looks = list(removes), list(looks)
        self.removed: list[str] = []

    def remove(
        self, remote_id: str, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, now: datetime
    ) -> None:
        self.removed.append(remote_id)
        answer = self.removes.pop(0) if self.removes else None
        if answer is not None:
            raise answer

    def measure(
        self, remote_id: str, credentials: Mapping[str, Any], *, now: datetime,
        settings: Mapping[str, Any] | None = None,
    ) -> Metrics:  # fmt: skip
        answer = self.looks.pop(0) if self.looks else THERE
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def sent(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], world: World, session: Session
) -> Callable[..., Delivery]:
    """A delivery that went out, by a person where the channel hands it over."""

    def make(platform: Platform, kind: str = "x", **outlet: object) -> Delivery:
        post = approved(world.outlet(kind, **outlet))
        make_dispatcher(**{kind: platform}).tick()
        session.rollback()
        row = session.scalars(select(Delivery).where(Delivery.post_id == post.id)).one()
        if row.status == S.HANDED_OVER:
            editor = world.actor(Role.EDITOR)
            decisions.confirm_sent(
                session, editor, row, seen="handed_over", url="https://wa.me/1", now=world.clock.now()
            )
            session.commit()
        return row

    return make


@pytest.fixture
def ask(session: Session, world: World, clock: FrozenClock) -> Callable[..., Removal]:
    def make(row: Delivery, platform: Platform, kind: str = "x") -> Removal:
        post = session.get_one(Post, row.post_id)
        (made,) = service.ask(
            session, world.actor(Role.EDITOR), post, [row], reason=RemovalReason.MISTAKE, channels={kind: platform},
            now=clock.now(),
        )  # fmt: skip
        session.commit()
        return made

    return make


@pytest.fixture
def run(
    sessions: "sessionmaker[Session]", settings: Settings, clock: FrozenClock, session: Session
) -> Callable[..., int]:
    def go(platform: Platform, *, minutes: float = 0, kind: str = "x") -> int:
        clock.advance(minutes=minutes)
        calls = work.remove_due(sessions, {kind: platform}, Vault(settings.credential_keys), clock)
        session.rollback()
        session.expire_all()
        return calls

    return go


def test_what_was_sent_is_taken_down_once_and_the_ledger_says_so(
    sent: Callable[..., Delivery], ask: Callable[..., Removal], run: Callable[..., int], session: Session,
    clock: FrozenClock,
) -> None:  # fmt: skip
    platform = Platform()
    row = sent(platform)
    removal = ask(row, platform)
    run(platform)
    run(platform, minutes=60)
    assert platform.removed == [row.remote_id]
    assert (removal.state, row.status) == (R.REMOVED, S.SENT)
    assert row.removed_at is not None
    outcomes = session.scalars(select(Attempt.outcome).order_by(Attempt.id)).all()
    assert outcomes == ["sent", "ask_removal", "removed"]
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == [
        "removals.asked",
        "removals.done",
    ]


def test_a_lost_reply_is_looked_up_and_gone_is_done(
    sent: Callable[..., Delivery], ask: Callable[..., Removal], run: Callable[..., int]
) -> None:
    platform = Platform(OutcomeUnknown("putus"), looks=(GONE,))
    removal = ask(sent(platform), platform)
    run(platform)
    assert removal.state == R.UNKNOWN
    run(platform, minutes=1)
    assert removal.state == R.REMOVED
    assert len(platform.removed) == 1


def test_a_lost_reply_whose_post_is_still_there_is_asked_again(
    sent: Callable[..., Delivery], ask: Callable[..., Removal], run: Callable[..., int]
) -> None:
    platform = Platform(OutcomeUnknown("putus"), looks=(THERE,))
    removal = ask(sent(platform), platform)
    for _ in range(4):
        run(platform, minutes=1)
    assert removal.state == R.REMOVED
    assert len(platform.removed) == 2


def test_nothing_is_called_gone_while_it_cannot_be_looked_up(
    sent: Callable[..., Delivery], ask: Callable[..., Removal], run: Callable[..., int], session: Session
) -> None:
    platform = Platform(OutcomeUnknown("putus"), looks=tuple(NotSent("padam") for _ in range(20)))
    row = sent(platform)
    removal = ask(row, platform)
    for _ in range(30):
        run(platform, minutes=40)
    assert removal.state == R.REFUSED
    assert row.removed_at is None
    assert session.scalars(select(Notice.kind).where(Notice.kind == "removal_task")).all() == ["removal_task"]


def test_a_worker_killed_in_the_middle_is_followed_by_a_look(
    sent: Callable[..., Delivery], ask: Callable[..., Removal], run: Callable[..., int],
    sessions: "sessionmaker[Session]", settings: Settings, clock: FrozenClock,
) -> None:  # fmt: skip
    platform = Platform(looks=(GONE,))
    removal = ask(sent(platform), platform)
    with sessions.begin() as killed:
        assert work.claim(killed, Vault(settings.credential_keys), now=clock.now()) is not None
    assert run(platform) == 0, "the lease holds"
    run(platform, minutes=7)
    assert (removal.state, platform.removed) == (R.REMOVED, [])


def test_a_late_answer_of_a_worker_that_was_thought_dead_is_the_truth(
    sent: Callable[..., Delivery], ask: Callable[..., Removal], run: Callable[..., int],
    sessions: "sessionmaker[Session]", settings: Settings, clock: FrozenClock, session: Session,
) -> None:  # fmt: skip
    platform = Platform(looks=(NotSent("padam"),))
    removal = ask(sent(platform), platform)
    with sessions.begin() as slow:
        job = work.claim(slow, Vault(settings.credential_keys), now=clock.now())
    assert job is not None
    run(platform, minutes=7)
    with sessions.begin() as slow:
        work.settle(slow, job, "removed", started=clock.now(), now=clock.now())
    session.rollback()
    session.expire_all()
    assert removal.state == R.REMOVED
    with sessions.begin() as slow:
        assert work.settle(slow, job, NotSent("terlambat"), started=clock.now(), now=clock.now()) is None


def test_two_workers_never_ask_at_the_same_time(
    sent: Callable[..., Delivery], ask: Callable[..., Removal], sessions: "sessionmaker[Session]", settings: Settings,
    clock: FrozenClock,
) -> None:  # fmt: skip
    platform, vault = Platform(), Vault(settings.credential_keys)
    ask(sent(platform), platform)
    with sessions.begin() as one:
        assert work.claim(one, vault, now=clock.now()) is not None
    with sessions.begin() as other:
        assert work.claim(other, vault, now=clock.now()) is None


@pytest.mark.parametrize("refusal", [Rejected(T("Tidak boleh.")), Undecided(T("Entah."))])
def test_a_refusal_is_said_with_a_way_out_unless_it_is_gone_already(
    refusal: Exception, sent: Callable[..., Delivery], ask: Callable[..., Removal], run: Callable[..., int]
) -> None:
    stays, gone = Platform(refusal), Platform(refusal, looks=(GONE,))
    there = ask(sent(stays), stays)
    run(stays)
    assert (there.state, str(there.problem).startswith("Belum terhapus: saluran menolak")) == (R.REFUSED, True)
    away = ask(sent(gone), gone)
    run(gone)
    assert away.state == R.REMOVED


def test_a_signed_out_account_asks_for_a_person(
    sent: Callable[..., Delivery], ask: Callable[..., Removal], run: Callable[..., int], session: Session,
    world: World, clock: FrozenClock,
) -> None:  # fmt: skip
    platform = Platform(NeedsSignIn("401"))
    row = sent(platform)
    removal = ask(row, platform)
    run(platform)
    assert removal.state == R.REFUSED
    assert "dihubungkan ulang" in str(removal.problem)
    editor = world.actor(Role.EDITOR)
    service.retry(session, editor, removal, seen="refused", channels={"x": platform}, now=clock.now())
    session.commit()
    run(platform)
    assert (removal.state, len(platform.removed)) == (R.REMOVED, 2)


def test_trouble_that_passes_is_tried_again_later(
    sent: Callable[..., Delivery], ask: Callable[..., Removal], run: Callable[..., int], clock: FrozenClock
) -> None:
    platform = Platform(NotSent("429", retry_at=clock.now() + timedelta(minutes=15)))
    removal = ask(sent(platform), platform)
    run(platform)
    run(platform, minutes=14)
    assert len(platform.removed) == 1
    run(platform, minutes=2)
    assert removal.state == R.REMOVED


def test_where_no_platform_can_be_asked_a_person_has_a_task_until_it_is_gone(
    sent: Callable[..., Delivery], ask: Callable[..., Removal], run: Callable[..., int], session: Session,
    world: World, clock: FrozenClock,
) -> None:  # fmt: skip
    keeper = world.user(Role.CONTRIBUTOR)
    platform = Platform(able=False)
    platform.publishes = [HandOver()]
    row = sent(platform, "whatsapp", responsible_id=keeper.id)
    removal = ask(row, platform, "whatsapp")
    run(platform, minutes=60, kind="whatsapp")
    assert (removal.state, row.removed_at, platform.removed) == (R.TASK, None, [])
    told = session.scalars(select(Notice.user_id).where(Notice.kind == "removal_task")).all()
    assert keeper.id in told
    service.confirm_gone(session, world.actor_of(keeper), removal, seen="task", now=clock.now())
    assert (removal.state, removal.done_by_id, row.removed_at) == (R.REMOVED, keeper.id, clock.now())


def test_what_is_kept_after_all_can_be_asked_for_again(
    sent: Callable[..., Delivery], ask: Callable[..., Removal], session: Session, world: World, clock: FrozenClock
) -> None:
    platform = Platform(able=False)
    row = sent(platform)
    removal = ask(row, platform)
    service.keep(session, world.actor(Role.EDITOR), removal, seen="task", now=clock.now())
    session.commit()
    assert ask(row, platform).state == R.TASK


def test_a_pause_does_not_keep_a_removal_back_and_nothing_is_sent_again(
    sent: Callable[..., Delivery], ask: Callable[..., Removal], run: Callable[..., int], session: Session,
    world: World, clock: FrozenClock, make_dispatcher: Callable[..., Dispatcher],
) -> None:  # fmt: skip
    platform = Platform()
    row = sent(platform)
    pause(session, world.actor(Role.EDITOR), scope=PauseScope.ALL, reason=PauseReason.MISTAKE, now=clock.now())
    session.commit()
    ask(row, platform)
    run(platform)
    assert row.removed_at is not None
    session.get_one(Post, row.post_id).planned_hash = None  # as after any move of its time
    session.commit()
    make_dispatcher(x=platform).tick()
    assert len(platform.sent) == 1


def test_figures_end_and_what_was_measured_stays(
    sent: Callable[..., Delivery], ask: Callable[..., Removal], run: Callable[..., int], session: Session,
    sessions: "sessionmaker[Session]", settings: Settings, clock: FrozenClock,
) -> None:  # fmt: skip
    platform = Platform()
    row = sent(platform)
    vault = Vault(settings.credential_keys)
    measure_due(sessions, {"x": platform}, vault, clock)
    clock.advance(hours=1)
    assert measure_due(sessions, {"x": platform}, vault, clock) == 1
    ask(row, platform)
    run(platform)
    clock.advance(days=30)
    assert measure_due(sessions, {"x": platform}, vault, clock) == 0
    session.rollback()
    session.expire_all()
    states = session.scalars(select(Measurement.state).order_by(Measurement.age)).all()
    assert states == ["taken", "gone", "gone", "gone"]


def test_only_those_who_may_ask_for_it(
    sent: Callable[..., Delivery], session: Session, world: World, clock: FrozenClock
) -> None:
    platform = Platform()
    row = sent(platform)
    post = session.get_one(Post, row.post_id)
    agency = world.organisation()
    for person in (
        world.actor(Role.CONTRIBUTOR),
        world.actor(Role.VIEWER),
        world.actor(Role.EDITOR, organisation=agency),
        world.actor(Role.APPROVER, organisation=agency),
    ):
        with pytest.raises(Forbidden):
            service.ask(
                session, person, post, [row], reason=RemovalReason.MISTAKE, channels={"x": platform}, now=clock.now()
            )


def test_another_reason_is_written_down_and_only_what_went_out_is_taken_down(
    sent: Callable[..., Delivery], approved: Callable[..., Post], dispatcher: Dispatcher, session: Session,
    world: World, clock: FrozenClock,
) -> None:  # fmt: skip
    platform, editor = Platform(), world.actor(Role.EDITOR)
    row = sent(platform)
    post = session.get_one(Post, row.post_id)
    with pytest.raises(Invalid, match="Tulis alasannya"):
        service.ask(session, editor, post, [row], reason=RemovalReason.OTHER, channels={"x": platform}, now=clock.now())
    later = approved(scheduled_at=clock.now() + timedelta(hours=1))
    dispatcher.tick()
    waiting = session.scalars(select(Delivery).where(Delivery.post_id == later.id)).one()
    with pytest.raises(Refused, match="sudah terbit"):
        service.ask(
            session, editor, later, [waiting], reason=RemovalReason.MISTAKE, channels={"x": platform}, now=clock.now()
        )


def test_the_second_of_two_people_is_told(
    sent: Callable[..., Delivery], ask: Callable[..., Removal], session: Session, world: World, clock: FrozenClock
) -> None:
    platform = Platform(able=False)
    removal = ask(sent(platform), platform)
    service.confirm_gone(session, world.actor(Role.EDITOR), removal, seen="task", now=clock.now())
    with pytest.raises(Stale, match="Dihapus"):
        service.keep(session, world.actor(Role.EDITOR), removal, seen="task", now=clock.now())
