"""The ledger's promises: nothing lost, nothing twice, nothing unapproved."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign, CampaignStatus
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.outlets.ports import HandOver, NeedsSignIn, NotReady, NotSent, OutcomeUnknown, Receipt, Rejected
from app.outreach.posts.models import Post, PostStatus
from app.outreach.publishing import dispatch, ledger, settling
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.models import Attempt, Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.plan import sweep
from tests.publishing.channels import ScriptedChannel
from tests.publishing.rows import only
from tests.world import World


def test_a_due_post_is_sent_once_and_its_receipt_kept(
    approved: Callable[..., Post], dispatcher: Dispatcher, channel: ScriptedChannel, session: Session
) -> None:
    approved()
    dispatcher.tick()
    dispatcher.tick()
    row = only(session)
    assert [out.text for out in channel.sent] == ["Kukar menuju kota cerdas."]
    assert (row.status, row.remote_id, row.remote_url) == (S.SENT, "id-1", "https://x.example/1")
    assert [attempt.outcome for attempt in row.attempts] == ["sent"]


def test_a_future_post_waits_for_its_second(
    approved: Callable[..., Post],
    dispatcher: Dispatcher,
    channel: ScriptedChannel,
    clock: FrozenClock,
) -> None:
    approved(scheduled_at=clock.now() + timedelta(seconds=30))
    dispatcher.tick()
    assert channel.sent == []
    clock.advance(seconds=30)
    dispatcher.tick()
    assert len(channel.sent) == 1


def test_one_outlets_failure_does_not_touch_the_others(
    world: World, approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], session: Session
) -> None:
    broken = ScriptedChannel(Rejected(T("Ditolak.")))
    good = ScriptedChannel()
    approved(world.outlet("x"), world.outlet("facebook"))
    make_dispatcher(x=broken, facebook=good).tick()
    states = {row.outlet_id: row.status for row in session.scalars(select(Delivery))}
    assert sorted(states.values()) == [S.FAILED, S.SENT]


def test_an_edit_after_approval_keeps_the_text_at_home(
    approved: Callable[..., Post],
    dispatcher: Dispatcher,
    channel: ScriptedChannel,
    session: Session,
    clock: FrozenClock,
) -> None:
    post = approved(scheduled_at=clock.now() + timedelta(seconds=1))
    dispatcher.tick()  # planned
    post.text, post.content_hash = "Teks lain", "0" * 64
    session.commit()
    clock.advance(seconds=1)
    dispatcher.tick()
    assert channel.sent == []


def test_an_edit_between_claim_and_start_keeps_the_text_at_home(
    approved: Callable[..., Post], session: Session, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    post = approved()
    with unit_of_work(sessions) as work:
        sweep(work, public_url="http://localhost", now=clock.now())
    with unit_of_work(sessions) as work:
        (row,) = ledger.claim(work, token="t1", now=clock.now(), limit=10)
    session.refresh(post)
    post.status = PostStatus.DRAFT
    session.commit()
    with unit_of_work(sessions) as work:
        assert ledger.start(work, [row.id], token="t1", now=clock.now(), seconds=30) == set()


def test_two_workers_never_claim_the_same_row(
    approved: Callable[..., Post], sessions: "sessionmaker[Session]", clock: FrozenClock, world: World
) -> None:
    outlets = [world.outlet() for _ in range(8)]
    approved(*outlets)
    with unit_of_work(sessions) as work:
        sweep(work, public_url="http://localhost", now=clock.now())
    taken: list[int] = []
    lock, gate = threading.Lock(), threading.Barrier(4)

    def claim(token: str) -> None:
        gate.wait()
        for _ in range(4):
            with unit_of_work(sessions) as work:
                rows = ledger.claim(work, token=token, now=clock.now(), limit=2)
            with lock:
                taken.extend(row.id for row in rows)

    threads = [threading.Thread(target=claim, args=(f"t{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 8
    assert len(set(taken)) == 8


def test_certainly_not_sent_is_tried_again_after_the_platforms_reset(
    approved: Callable[..., Post],
    make_dispatcher: Callable[..., Dispatcher],
    session: Session,
    clock: FrozenClock,
) -> None:
    reset = clock.now() + timedelta(minutes=14)
    busy = ScriptedChannel(NotSent("429", retry_at=reset))
    approved()
    worker = make_dispatcher(x=busy)
    worker.tick()
    row = only(session)
    assert (row.status, row.tries) == (S.RETRYING, 1)
    assert reset <= row.wake_at <= reset + timedelta(seconds=6)
    clock.advance(minutes=13)
    worker.tick()
    assert len(busy.sent) == 1
    clock.advance(minutes=2)
    worker.tick()
    assert only(session).status == S.SENT


def test_a_lost_reply_is_looked_up_and_not_sent_again(
    approved: Callable[..., Post],
    make_dispatcher: Callable[..., Dispatcher],
    session: Session,
    clock: FrozenClock,
) -> None:
    shy = ScriptedChannel(OutcomeUnknown("dropped"), finds=[None, Receipt("77", "https://x.example/77")])
    approved()
    worker = make_dispatcher(x=shy)
    worker.tick()
    assert only(session).status == S.UNKNOWN
    for _ in range(3):
        clock.advance(minutes=3)
        worker.tick()
    row = only(session)
    assert (row.status, row.remote_id) == (S.SENT, "77")
    assert (len(shy.sent), len(shy.looked)) == (1, 2)


def test_what_is_never_found_is_left_to_a_person(
    approved: Callable[..., Post],
    make_dispatcher: Callable[..., Dispatcher],
    session: Session,
    clock: FrozenClock,
    world: World,
) -> None:
    shy = ScriptedChannel(OutcomeUnknown("dropped"))
    keeper = world.user()
    approved(world.outlet(responsible_id=keeper.id))
    worker = make_dispatcher(x=shy)
    for _ in range(12):
        worker.tick()
        clock.advance(minutes=15)
    row = only(session)
    assert (row.status, len(shy.sent), len(shy.looked)) == (S.UNKNOWN, 1, 4)
    assert "Belum terbit, kirim lagi" in str(row.problem)
    assert session.scalars(select(Notice.kind).where(Notice.user_id == keeper.id)).all() == ["delivery_unknown"]


def test_a_crash_of_the_channel_counts_as_unknown(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], session: Session
) -> None:
    approved()
    make_dispatcher(x=ScriptedChannel(RuntimeError("token=geheim"))).tick()
    row = only(session)
    assert row.status == S.UNKNOWN
    assert row.attempts[0].detail == "RuntimeError"


def test_mail_that_may_have_gone_is_asked_of_a_person_at_once(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], session: Session, clock: FrozenClock
) -> None:
    mail = ScriptedChannel(OutcomeUnknown("dropped after DATA"), can_look=False)
    approved()
    worker = make_dispatcher(x=mail)
    worker.tick()
    clock.advance(hours=1)
    worker.tick()
    assert (only(session).status, mail.looked) == (S.UNKNOWN, [])


def test_an_account_that_needs_sign_in_holds_its_posts_until_it_is_connected(
    approved: Callable[..., Post],
    make_dispatcher: Callable[..., Dispatcher],
    session: Session,
    clock: FrozenClock,
    world: World,
) -> None:
    keeper = world.user()
    outlet = world.outlet(responsible_id=keeper.id)
    channel = ScriptedChannel(NeedsSignIn("190"))
    approved(outlet)
    worker = make_dispatcher(x=channel)
    worker.tick()
    assert (only(session).status, session.get_one(Outlet, outlet.id).status) == (S.HELD, OutletStatus.NEEDS_SIGN_IN)
    assert session.scalars(select(Notice.path)).all() == [f"/saluran/{outlet.id}"]
    session.get_one(Outlet, outlet.id).status = OutletStatus.CONNECTED
    session.commit()
    clock.advance(seconds=1)
    worker.tick()
    assert (only(session).status, len(channel.sent)) == (S.SENT, 2)


def test_not_ready_comes_back_with_what_was_remembered(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], session: Session, clock: FrozenClock
) -> None:
    def container(_out: object, remember: Callable[[dict[str, str]], None]) -> None:
        remember({"container": "c1"})
        raise NotReady(after=5)

    channel = ScriptedChannel(container)
    approved()
    worker = make_dispatcher(x=channel)
    worker.tick()
    clock.advance(seconds=5)
    worker.tick()
    assert channel.sent[1].remembered == {"container": "c1"}
    assert (only(session).status, only(session).tries) == (S.SENT, 0)


def test_assisted_outlets_hand_the_post_to_the_responsible_person(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], session: Session, world: World
) -> None:
    keeper = world.user()
    approved(world.outlet("whatsapp", responsible_id=keeper.id))
    make_dispatcher(whatsapp=ScriptedChannel(HandOver())).tick()
    assert only(session).status == S.HANDED_OVER
    assert session.scalars(select(Notice.user_id)).all() == [keeper.id]


def test_an_unconnected_account_is_posted_to_by_a_person(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], session: Session, world: World
) -> None:
    real = ScriptedChannel()
    approved(world.outlet("x", status=OutletStatus.UNCONNECTED))
    make_dispatcher(x=real, assisted=ScriptedChannel(HandOver())).tick()
    assert (only(session).status, real.sent) == (S.HANDED_OVER, [])


def test_past_its_use_a_post_is_missed_and_said(
    approved: Callable[..., Post],
    dispatcher: Dispatcher,
    channel: ScriptedChannel,
    session: Session,
    clock: FrozenClock,
) -> None:
    approved(useful_until=clock.now() + timedelta(minutes=5))
    clock.advance(minutes=6)
    dispatcher.tick()
    assert (only(session).status, channel.sent) == (S.MISSED, [])


def test_a_lease_that_ran_out_before_the_start_is_queued_again(
    approved: Callable[..., Post], dispatcher: Dispatcher, sessions: "sessionmaker[Session]", clock: FrozenClock,
    session: Session,
) -> None:  # fmt: skip
    approved()
    with unit_of_work(sessions) as work:
        sweep(work, public_url="http://localhost", now=clock.now())
        ledger.claim(work, token="dead", now=clock.now(), limit=1)
    clock.advance(seconds=ledger.CLAIM_SECONDS + 1)
    dispatcher.tick()
    assert only(session).status == S.SENT


def test_a_worker_killed_after_the_start_leads_to_a_look_and_no_second_post(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], sessions: "sessionmaker[Session]",
    clock: FrozenClock, session: Session,
) -> None:  # fmt: skip
    approved()
    with unit_of_work(sessions) as work:
        sweep(work, public_url="http://localhost", now=clock.now())
        (row,) = ledger.claim(work, token="dead", now=clock.now(), limit=1)
        ledger.start(work, [row.id], token="dead", now=clock.now(), seconds=40)
    channel = ScriptedChannel(finds=[Receipt("9")])
    clock.advance(seconds=41)
    worker = make_dispatcher(x=channel)
    worker.tick()
    clock.advance(seconds=10)
    worker.tick()
    assert (only(session).status, channel.sent) == (S.SENT, [])


def test_a_late_answer_does_not_overwrite_a_finished_row(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], session: Session,
    sessions: "sessionmaker[Session]", clock: FrozenClock,
) -> None:  # fmt: skip
    def slow(_out: object, _remember: object) -> Receipt:
        with unit_of_work(sessions) as work:
            row = work.scalars(select(Delivery)).one()
            row.status, row.token, row.remote_id = S.SENT, "other", "first"
        return Receipt("second")

    approved()
    make_dispatcher(x=ScriptedChannel(slow)).tick()
    row = only(session)
    assert row.remote_id == "first"
    assert len(session.scalars(select(Attempt)).all()) == 1


def test_every_delivery_carries_a_link_of_its_own(
    approved: Callable[..., Post], dispatcher: Dispatcher, channel: ScriptedChannel, world: World
) -> None:
    approved(world.outlet("x"), world.outlet("facebook"), link_url="https://kukarkab.go.id")
    dispatcher.tick()
    links = {out.link for out in channel.sent}
    assert len(links) == 2
    assert all(link and link.startswith("http://localhost/t/") for link in links)
    assert all(out.link and out.link in out.text for out in channel.sent)


def test_an_outlet_taken_out_of_the_post_is_cancelled_and_moved_posts_move(
    approved: Callable[..., Post], dispatcher: Dispatcher, channel: ScriptedChannel, session: Session,
    clock: FrozenClock, world: World,
) -> None:  # fmt: skip
    first, second = world.outlet("x"), world.outlet("facebook")
    post = approved(first, second, scheduled_at=clock.now() + timedelta(minutes=5))
    dispatcher.tick()
    session.refresh(post)
    post.variants = [variant for variant in post.variants if variant.outlet_id == first.id]
    post.scheduled_at += timedelta(minutes=10)
    post.planned_hash = None
    session.commit()
    clock.advance(minutes=6)
    dispatcher.tick()
    assert channel.sent == []
    session.expire_all()
    states = {row.outlet_id: row.status for row in session.scalars(select(Delivery))}
    assert states == {first.id: S.QUEUED, second.id: S.CANCELLED}


@pytest.mark.parametrize("faults", [1, 3])
def test_a_database_that_is_away_for_a_moment_loses_no_outcome(
    approved: Callable[..., Post],
    dispatcher: Dispatcher,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    faults: int,
) -> None:
    approved()
    real, left = settling.settle, [faults]

    def flaky(*arguments: object, **named: object) -> object:
        if left[0]:
            left[0] -= 1
            raise RuntimeError("database is locked")
        return real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(settling, "settle", flaky)
    monkeypatch.setattr(settling, "ASK_AGAIN", 0.05)  # doubled each time: seconds, at the real pace
    monkeypatch.setattr(dispatch, "IDLE", 0.05)
    thread = threading.Thread(target=dispatcher.run)
    thread.start()
    dispatcher.wake()
    for _ in range(100):
        threading.Event().wait(0.1)
        if only(session).status == S.SENT if session.scalar(select(Delivery.id)) else False:
            break
    dispatcher.stop()
    thread.join()
    assert only(session).status == S.SENT


def test_a_cancelled_campaign_sends_nothing_more(
    approved: Callable[..., Post], dispatcher: Dispatcher, channel: ScriptedChannel, session: Session,
    clock: FrozenClock,
) -> None:  # fmt: skip
    post = approved(scheduled_at=clock.now() + timedelta(seconds=30))
    dispatcher.tick()
    session.get_one(Campaign, post.campaign_id).status = CampaignStatus.CANCELLED
    session.commit()
    clock.advance(minutes=1)
    dispatcher.tick()
    row = only(session)
    assert (row.status, channel.sent) == (S.CANCELLED, [])
    assert "programnya" in str(row.problem)
