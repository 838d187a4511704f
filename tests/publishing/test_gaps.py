"""Faults between the steps: what a reviewer found, each with the promise it broke."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.roles import Role
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.outlets.ports import HandOver, NeedsSignIn, NotSent, NotThere, OutcomeUnknown, Receipt
from app.outreach.posts.models import Post, PostStatus
from app.outreach.posts.service import content_hash
from app.outreach.printing.models import PrintOrder
from app.outreach.publishing import calls, decisions, ledger
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.plan import sweep
from tests.printing.builders import piece
from tests.publishing.channels import ScriptedChannel
from tests.publishing.rows import only
from tests.world import World

Make = Callable[..., Dispatcher]
Approve = Callable[..., Post]


def approve_again(session: Session, post: Post, **values: object) -> None:
    """As the approvers would after an edit or a move."""
    session.refresh(post)
    for name, value in values.items():
        setattr(post, name, value)
    post.content_hash = content_hash(post)
    post.approved_hash, post.planned_hash, post.status = post.content_hash, None, PostStatus.APPROVED
    session.commit()


def test_what_a_person_cancelled_stays_cancelled_when_the_post_moves(
    approved: Approve, dispatcher: Dispatcher, channel: ScriptedChannel, session: Session, world: World,
    clock: FrozenClock,
) -> None:  # fmt: skip
    post = approved(scheduled_at=clock.now() + timedelta(minutes=1))
    dispatcher.tick()
    decisions.cancel(session, world.actor(Role.EDITOR), only(session), seen="queued", now=clock.now())
    session.commit()
    approve_again(session, post, scheduled_at=clock.now() + timedelta(minutes=2))
    clock.advance(minutes=3)
    dispatcher.tick()
    assert (only(session).status, channel.sent) == (S.CANCELLED, [])
    approve_again(session, post, text="Isi yang baru.")
    dispatcher.tick()
    assert [out.text for out in channel.sent] == ["Isi yang baru."]


def test_a_call_that_could_not_begin_in_time_is_not_made(
    approved: Approve, make_dispatcher: Make, channel: ScriptedChannel, session: Session, monkeypatch: object
) -> None:
    approved()
    worker = make_dispatcher()
    monkeypatch.setattr(calls, "LEASE_MARGIN", -1.0)  # type: ignore[attr-defined]
    worker.tick()
    row = only(session)
    assert (row.status, channel.sent) == (S.RETRYING, [])


def test_one_slow_platform_leaves_threads_for_the_others(
    approved: Approve, make_dispatcher: Make, session: Session, world: World
) -> None:
    gate = threading.Event()

    def slow(_out: object, _remember: object) -> Receipt:
        gate.wait(10)
        return Receipt("late")

    quick = ScriptedChannel()
    worker = make_dispatcher(x=ScriptedChannel(*[slow] * 8), facebook=quick)
    for _ in range(8):
        approved(world.outlet("x"))
    approved(world.outlet("facebook"))
    thread = threading.Thread(target=worker.run)
    thread.start()
    worker.wake()
    until = time.monotonic() + 5
    while not quick.sent and time.monotonic() < until:
        time.sleep(0.05)
    sent_meanwhile = len(quick.sent)
    gate.set()
    worker.stop()
    thread.join()
    assert sent_meanwhile == 1


def test_a_quarter_of_the_threads_looks_up_what_a_burst_leaves_in_doubt(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, world: World
) -> None:
    """Later it stands below hundreds of newer posts, where no look gets to."""
    gate, begun = threading.Event(), threading.Semaphore(0)

    def slow(_out: object, _remember: object) -> Receipt:
        begun.release()
        gate.wait(10)
        return Receipt("late")

    doubtful = ScriptedChannel(*[OutcomeUnknown("gone")] * 4)
    channels = {"newspaper": doubtful, "x": ScriptedChannel(*[slow] * 6), "facebook": ScriptedChannel(*[slow] * 6)}
    worker = make_dispatcher(threads=8, **channels)
    for _ in range(4):
        approved(world.outlet("newspaper"))
    worker.tick()
    for kind in ("x", "facebook") * 5:
        approved(world.outlet(kind))
    thread = threading.Thread(target=worker.run)
    thread.start()
    worker.wake()
    assert all(begun.acquire(timeout=5) for _ in range(8))  # every thread has a call
    clock.advance(seconds=6)
    worker.wake()
    until, looked = time.monotonic() + 5, 0
    while looked < 2 and time.monotonic() < until:
        time.sleep(0.05)
        session.rollback()
        taken = Delivery.lease_until > clock.now()
        looked = session.scalar(select(func.count()).where(Delivery.status == S.UNKNOWN, taken)) or 0
    gate.set()
    worker.stop()
    thread.join()
    assert looked == 2


def test_keys_that_cannot_be_opened_stop_one_outlet_and_are_told(
    approved: Approve, dispatcher: Dispatcher, channel: ScriptedChannel, session: Session, world: World
) -> None:
    keeper = world.user(Role.EDITOR)
    broken = world.outlet(credentials="no fernet token", responsible_id=keeper.id)
    approved(broken)
    approved(world.outlet())
    dispatcher.tick()
    session.expire_all()
    states = {row.outlet_id: row.status for row in session.scalars(select(Delivery))}
    assert sorted(states.values()) == [S.HELD, S.SENT]
    assert session.get_one(Outlet, broken.id).status == OutletStatus.NEEDS_SIGN_IN
    assert session.scalars(select(Notice.user_id)).all() == [keeper.id]


def test_a_newly_approved_text_reaches_the_person_who_posts_by_hand(
    approved: Approve, make_dispatcher: Make, session: Session, world: World
) -> None:
    keeper = world.user(Role.EDITOR)
    post = approved(world.outlet("whatsapp", responsible_id=keeper.id))
    worker = make_dispatcher(whatsapp=ScriptedChannel(HandOver(), HandOver()))
    worker.tick()
    approve_again(session, post, text="Isi yang baru.")
    worker.tick()
    row = only(session)
    assert (row.status, row.payload["text"]) == (S.HANDED_OVER, "Isi yang baru.")
    assert len(session.scalars(select(Notice.id)).all()) == 2


def test_an_unknown_with_an_old_text_can_be_ended_and_the_new_text_goes_out(
    approved: Approve, make_dispatcher: Make, session: Session, world: World, clock: FrozenClock
) -> None:
    post = approved()
    channel = ScriptedChannel(OutcomeUnknown("dropped"))
    worker = make_dispatcher(x=channel)
    worker.tick()
    approve_again(session, post, text="Isi yang baru.")
    worker.tick()
    decisions.give_up(session, world.actor(Role.EDITOR), only(session), seen="unknown", now=clock.now())
    session.commit()
    worker.tick()
    assert (only(session).status, channel.sent[-1].text) == (S.SENT, "Isi yang baru.")


def test_a_look_up_with_a_closed_account_is_given_to_a_person(
    approved: Approve, make_dispatcher: Make, session: Session, world: World, clock: FrozenClock
) -> None:
    keeper = world.user(Role.EDITOR)
    outlet = world.outlet(responsible_id=keeper.id)
    approved(outlet)
    worker = make_dispatcher(x=ScriptedChannel(OutcomeUnknown("dropped"), finds=[NeedsSignIn("190")]))
    worker.tick()
    clock.advance(seconds=30)
    worker.tick()
    row = only(session)
    assert row.status == S.UNKNOWN
    assert "tidak dapat ditanya" in str(row.problem)
    assert session.get_one(Outlet, outlet.id).status == OutletStatus.NEEDS_SIGN_IN
    assert "delivery_unknown" in session.scalars(select(Notice.kind)).all()


def test_a_platform_that_never_answers_look_ups_is_given_to_a_person(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, world: World
) -> None:
    approved(world.outlet(responsible_id=world.user(Role.EDITOR).id))
    channel = ScriptedChannel(OutcomeUnknown("dropped"), finds=[NotSent("down")] * 40)
    worker = make_dispatcher(x=channel)
    for _ in range(40):
        worker.tick()
        clock.advance(minutes=31)
    assert len(channel.looked) == 8
    assert session.scalars(select(Notice.kind)).all() == ["delivery_unknown"]


def test_a_worker_killed_while_mailing_asks_a_person_and_one_handing_over_starts_again(
    approved: Approve, make_dispatcher: Make, sessions: "sessionmaker[Session]", session: Session, world: World,
    clock: FrozenClock,
) -> None:  # fmt: skip
    mail, group = world.outlet("newspaper"), world.outlet("whatsapp")
    approved(mail, group)
    worker = make_dispatcher(newspaper=ScriptedChannel(can_look=False), whatsapp=ScriptedChannel(HandOver()))
    with unit_of_work(sessions) as work:
        sweep(work, public_url="http://localhost", now=clock.now())
        rows = ledger.claim(work, token="dead", now=clock.now(), limit=9)
        ledger.start(work, [row.id for row in rows], token="dead", now=clock.now(), seconds=40)
    clock.advance(seconds=41)
    worker.tick()
    session.expire_all()
    states = {row.outlet_id: row for row in session.scalars(select(Delivery))}
    assert states[mail.id].status == S.UNKNOWN
    assert "Tanyakan kepada penerima" in str(states[mail.id].problem)
    assert states[group.id].status == S.HANDED_OVER


def test_retrying_after_a_lost_answer_keeps_what_the_channel_remembered(
    approved: Approve, make_dispatcher: Make, session: Session, world: World, clock: FrozenClock
) -> None:
    def container(_out: object, remember: Callable[[dict[str, str]], None]) -> None:
        remember({"container": "c1"})
        raise OutcomeUnknown("dropped")

    channel = ScriptedChannel(container)
    approved()
    worker = make_dispatcher(x=channel)
    worker.tick()
    only(session).lookups = 4
    session.commit()
    decisions.retry(session, world.actor(Role.EDITOR), only(session), seen="unknown", now=clock.now())
    session.commit()
    worker.tick()
    assert channel.sent[1].remembered == {"container": "c1"}


def test_a_withdrawn_post_ends_without_an_alarm(
    approved: Approve, dispatcher: Dispatcher, session: Session, clock: FrozenClock, world: World
) -> None:
    post = approved(
        world.outlet(responsible_id=world.user(Role.EDITOR).id),
        scheduled_at=clock.now() + timedelta(minutes=1),
        useful_until=clock.now() + timedelta(minutes=5),
    )
    dispatcher.tick()
    session.refresh(post)
    post.status = PostStatus.DRAFT
    session.commit()
    clock.advance(minutes=6)
    dispatcher.tick()
    assert only(session).status == S.CANCELLED
    assert session.scalars(select(Notice.id)).all() == []


def test_a_post_that_cannot_be_planned_blocks_no_other_and_is_told(
    approved: Approve, dispatcher: Dispatcher, channel: ScriptedChannel, session: Session, world: World
) -> None:
    author = world.user(Role.EDITOR)
    approved(link_url="gopher://tidak", author_id=author.id)
    approved()
    dispatcher.tick()
    assert len(channel.sent) == 1
    assert session.scalars(select(Notice.kind)).all() == ["delivery_unplanned"]


def test_an_order_that_a_person_confirms_is_written(
    approved: Approve, make_dispatcher: Make, session: Session, world: World, clock: FrozenClock
) -> None:
    vendor = world.organisation("newspaper", email="iklan@koran.example")
    outlet = world.outlet("newspaper", vendor_id=vendor.id)
    approved(outlet)
    make_dispatcher(newspaper=ScriptedChannel(OutcomeUnknown("dropped"), can_look=False)).tick()
    row = only(session)
    row.piece_id = piece(world).id
    session.commit()
    decisions.confirm_sent(session, world.actor(Role.EDITOR), row, seen="unknown", now=clock.now())
    session.commit()
    (order,) = session.scalars(select(PrintOrder)).all()
    assert (order.recipient, order.outlet_id) == ("iklan@koran.example", outlet.id)


def test_what_is_proved_not_to_be_there_goes_out_again_without_asking_anybody(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], session: Session, clock: FrozenClock
) -> None:
    approved()
    channel = ScriptedChannel(OutcomeUnknown("dropped"), finds=[None, NotThere("container FINISHED")])
    worker = make_dispatcher(x=channel)
    for seconds in (0, 10, 40, 60):
        clock.advance(seconds=seconds)
        worker.tick()
    row = session.scalars(select(Delivery)).one()
    assert (row.status, len(channel.sent)) == (S.SENT, 2)
    outcomes = [attempt.outcome for attempt in row.attempts]
    assert outcomes == ["OutcomeUnknown", "not found", "NotThere", "sent"]
    assert row.attempts[2].detail == "container FINISHED"
