"""Hold, cancel and withdraw while a call is under way: nothing is called back, nothing is sent twice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.errors import Refused, Stale
from app.kernel.roles import Actor, Role
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign, CampaignStatus
from app.outreach.outlets.ports import NotSent, NotThere, OutcomeUnknown, Receipt, Rejected
from app.outreach.posts.models import Post, PostStatus
from app.outreach.posts.service import content_hash
from app.outreach.publishing import decisions, ledger
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.models import Attempt, Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.plan import sweep
from app.outreach.publishing.states import BY_PERSON
from tests.publishing.channels import ScriptedChannel
from tests.publishing.rows import only
from tests.world import World

Make = Callable[..., Dispatcher]
Verb = Callable[..., None]
ENDS = {
    "live": Receipt("77"),
    "not sent": NotSent("503"),
    "refused": Rejected(T("Ditolak.")),
    "unknown": OutcomeUnknown("dropped"),
}


@pytest.fixture
def editor(world: World) -> Actor:
    return world.actor(Role.EDITOR)


@pytest.fixture
def sending(approved: Callable[..., Post], make_dispatcher: Make, session: Session) -> Callable[..., Delivery]:
    """Send a post, do something while its call is under way, and let the call end."""

    def send(meanwhile: Callable[[], Any], end: Any, finds: list[Any] | None = None) -> Delivery:
        def call(_out: object, _remember: object) -> Any:
            meanwhile()
            if isinstance(end, Exception):
                raise end
            return end

        approved()
        make_dispatcher(x=ScriptedChannel(call, finds=finds)).tick()
        return only(session)

    return send


@pytest.fixture
def decide(sessions: "sessionmaker[Session]", clock: FrozenClock, editor: Actor) -> Callable[..., Callable[[], None]]:
    """A decision as the page takes it, in a transaction of its own."""

    def make(verb: Verb, seen: str = "sending") -> Callable[[], None]:
        def act() -> None:
            with unit_of_work(sessions) as work:
                verb(work, editor, work.scalars(select(Delivery)).one(), seen=seen, now=clock.now())

        return act

    return make


@pytest.mark.parametrize(
    ("verb", "end", "state"),
    [
        (decisions.hold, "live", S.SENT),
        (decisions.hold, "not sent", S.HELD),
        (decisions.hold, "refused", S.FAILED),
        (decisions.hold, "unknown", S.UNKNOWN),
        (decisions.cancel, "live", S.SENT),
        (decisions.cancel, "not sent", S.CANCELLED),
        (decisions.cancel, "refused", S.CANCELLED),
        (decisions.cancel, "unknown", S.UNKNOWN),
    ],
)
def test_a_wish_takes_effect_once_the_call_has_ended_without_being_live(
    sending: Callable[..., Delivery], decide: Callable[..., Callable[[], None]], verb: Verb, end: str, state: S
) -> None:
    row = sending(decide(verb), ENDS[end])
    assert (row.status, row.remote_id) == (state, "77" if state == S.SENT else None)
    assert (row.wish is None) == (state not in {S.SENT, S.UNKNOWN})
    if state in {S.HELD, S.CANCELLED}:
        assert row.hold_reason == BY_PERSON


def test_the_state_does_not_change_while_the_call_is_under_way(
    sending: Callable[..., Delivery], decide: Callable[..., Callable[[], None]], sessions: "sessionmaker[Session]"
) -> None:
    seen = []

    def meanwhile() -> None:
        decide(decisions.hold)()
        with sessions() as session:
            seen.append(session.execute(select(Delivery.status, Delivery.wish)).one())

    sending(meanwhile, Receipt("77"))
    assert seen == [(S.SENDING, "hold")]


@pytest.mark.parametrize("verb", [decisions.retry, decisions.give_up, decisions.confirm_sent])
def test_nothing_else_is_decided_while_the_call_is_under_way(
    sending: Callable[..., Delivery], decide: Callable[..., Callable[[], None]], verb: Verb
) -> None:
    def meanwhile() -> None:
        with pytest.raises(Refused, match="Sedang dikirim"):
            decide(verb)()

    assert sending(meanwhile, Receipt("77")).status == S.SENT


def test_whoever_wanted_it_held_is_told_that_it_is_live(
    sending: Callable[..., Delivery], decide: Callable[..., Callable[[], None]], session: Session, editor: Actor
) -> None:
    sending(decide(decisions.hold), Receipt("77"))
    notice = session.scalars(select(Notice).where(Notice.kind == "delivery_live")).one()
    assert (notice.user_id, "Tetap terbit" in notice.subject) == (editor.id, True)


def test_a_wish_can_be_taken_back_and_the_post_goes_on(
    sending: Callable[..., Delivery], decide: Callable[..., Callable[[], None]]
) -> None:
    def meanwhile() -> None:
        decide(decisions.hold)()
        decide(decisions.release)()

    assert sending(meanwhile, NotSent("503")).status == S.RETRYING


def test_a_row_that_was_only_claimed_is_held_at_once_and_its_worker_starts_nothing(
    approved: Callable[..., Post], sessions: "sessionmaker[Session]", clock: FrozenClock,
    decide: Callable[..., Callable[[], None]], session: Session,
) -> None:  # fmt: skip
    approved()
    with unit_of_work(sessions) as work:
        sweep(work, public_url="http://localhost", now=clock.now())
        (row,) = ledger.claim(work, token="mine", now=clock.now(), limit=9)
    decide(decisions.hold)()
    with unit_of_work(sessions) as work:
        assert ledger.start(work, [row.id], token="mine", now=clock.now(), seconds=30) == set()
        ledger.release(work, [row.id], token="mine")
    assert only(session).status == S.HELD


def test_a_look_up_that_proves_nothing_went_out_lets_the_wish_take_effect(
    sending: Callable[..., Delivery], decide: Callable[..., Callable[[], None]], make_dispatcher: Make,
    clock: FrozenClock, session: Session,
) -> None:  # fmt: skip
    assert sending(decide(decisions.hold), OutcomeUnknown("dropped")).status == S.UNKNOWN
    clock.advance(minutes=1)
    make_dispatcher(x=ScriptedChannel(finds=[NotThere("EXPIRED")])).tick()
    assert only(session).status == S.HELD


def test_what_is_still_looked_for_is_not_sent_again_by_a_person(
    sending: Callable[..., Delivery], decide: Callable[..., Callable[[], None]]
) -> None:
    row = sending(lambda: None, OutcomeUnknown("dropped"))
    assert row.lookups < len(ledger.LOOKUP_AFTER)
    with pytest.raises(Refused, match="dicari"):
        decide(decisions.retry, seen="unknown")()


@pytest.mark.parametrize("verb", [decisions.hold, decisions.cancel])
def test_a_wish_for_an_unknown_row_is_kept_and_a_receipt_wins(
    sending: Callable[..., Delivery], decide: Callable[..., Callable[[], None]], make_dispatcher: Make,
    clock: FrozenClock, session: Session, verb: Verb,
) -> None:  # fmt: skip
    sending(lambda: None, OutcomeUnknown("dropped"))
    decide(verb, seen="unknown")()
    assert only(session).status == S.UNKNOWN
    clock.advance(minutes=1)
    make_dispatcher(x=ScriptedChannel(finds=[Receipt("77")])).tick()
    assert (only(session).status, only(session).remote_id) == (S.SENT, "77")


def test_an_old_page_decides_nothing(
    decide: Callable[..., Callable[[], None]], sending: Callable[..., Delivery]
) -> None:
    sending(lambda: None, Receipt("77"))
    with pytest.raises(Stale):
        decide(decisions.hold)()


# a receipt that comes late


@pytest.mark.parametrize("state", [S.QUEUED, S.RETRYING, S.HELD, S.CANCELLED, S.UNKNOWN, S.FAILED, S.MISSED])
def test_a_late_receipt_wins_over_every_state(
    sending: Callable[..., Delivery], sessions: "sessionmaker[Session]", state: S, session: Session, world: World,
    make_dispatcher: Make, clock: FrozenClock,
) -> None:  # fmt: skip
    author = world.user(Role.EDITOR)

    def meanwhile() -> None:
        with unit_of_work(sessions) as work:
            work.execute(update(Post).values(author_id=author.id))
            work.execute(update(Delivery).values(status=state, token="anothers"))

    row = sending(meanwhile, Receipt("77", "https://x.example/77"))
    assert (row.status, row.remote_id, row.remote_url, row.token) == (S.SENT, "77", "https://x.example/77", None)
    assert [attempt.outcome for attempt in row.attempts] == ["sent"]
    told = session.scalars(select(Notice.user_id).where(Notice.kind == "delivery_live")).all()
    assert told == ([] if state == S.UNKNOWN else [author.id])
    clock.advance(hours=1)
    later = ScriptedChannel()
    make_dispatcher(x=later).tick()
    assert later.sent == []


def test_a_late_refusal_changes_nothing(sending: Callable[..., Delivery], sessions: "sessionmaker[Session]") -> None:
    def meanwhile() -> None:
        with unit_of_work(sessions) as work:
            work.execute(update(Delivery).values(status=S.HELD, token=None, hold_reason=BY_PERSON))

    assert sending(meanwhile, NotSent("503")).status == S.HELD


def test_a_receipt_fills_in_the_number_of_what_a_person_said_to_be_live(
    sending: Callable[..., Delivery], sessions: "sessionmaker[Session]"
) -> None:
    def meanwhile() -> None:
        with unit_of_work(sessions) as work:
            work.execute(update(Delivery).values(status=S.SENT, token=None, remote_url="https://x.com/a/77"))

    row = sending(meanwhile, Receipt("77"))
    assert (row.status, row.remote_id, row.remote_url) == (S.SENT, "77", "https://x.com/a/77")


# what happens to the post meanwhile


def post_of(session: Session) -> Post:
    return session.scalars(select(Post)).one()


def cancel_post(session: Session) -> None:
    post = post_of(session)
    post.status, post.planned_hash = PostStatus.CANCELLED, None


def cancel_campaign(session: Session) -> None:
    session.scalars(select(Campaign)).one().status = CampaignStatus.CANCELLED


@pytest.mark.parametrize("end_it", [cancel_post, cancel_campaign])
@pytest.mark.parametrize(("end", "state"), [("live", S.SENT), ("not sent", S.CANCELLED), ("unknown", S.UNKNOWN)])
def test_a_post_that_ends_while_it_is_sent_is_not_tried_again(
    sending: Callable[..., Delivery], sessions: "sessionmaker[Session]", make_dispatcher: Make, clock: FrozenClock,
    session: Session, end_it: Callable[[Session], None], end: str, state: S,
) -> None:  # fmt: skip
    def meanwhile() -> None:
        with unit_of_work(sessions) as work:
            end_it(work)
        make_dispatcher()._house.pass_once()  # another worker's round

    assert sending(meanwhile, ENDS[end]).status == state
    clock.advance(hours=1)
    again = ScriptedChannel()
    make_dispatcher(x=again).tick()
    assert (only(session).status, again.sent) == (state, [])


def approve_anew(session: Session, **values: Any) -> None:
    post = post_of(session)
    for name, value in values.items():
        setattr(post, name, value)
    post.content_hash = content_hash(post)
    post.approved_hash, post.planned_hash = post.content_hash, None


def test_a_text_approved_anew_while_the_old_one_was_sent_in_vain_goes_out_instead(
    sending: Callable[..., Delivery], sessions: "sessionmaker[Session]", make_dispatcher: Make, clock: FrozenClock
) -> None:
    def meanwhile() -> None:
        with unit_of_work(sessions) as work:
            approve_anew(work, text="Isi yang baru.")
        make_dispatcher()._house.pass_once()

    sending(meanwhile, NotSent("503"))
    clock.advance(minutes=1)
    again = ScriptedChannel()
    make_dispatcher(x=again).tick()
    assert [out.text for out in again.sent] == ["Isi yang baru."]


def test_a_post_moved_while_it_was_sent_in_vain_waits_for_its_new_time(
    sending: Callable[..., Delivery], sessions: "sessionmaker[Session]", make_dispatcher: Make, clock: FrozenClock,
    session: Session,
) -> None:  # fmt: skip
    later = clock.now() + timedelta(days=2)

    def meanwhile() -> None:
        with unit_of_work(sessions) as work:
            approve_anew(work, scheduled_at=later)
        make_dispatcher()._house.pass_once()

    sending(meanwhile, NotSent("503"))
    clock.advance(hours=1)
    again = ScriptedChannel()
    make_dispatcher(x=again).tick()
    assert (again.sent, only(session).wake_at) == ([], later)


def test_an_outlet_taken_out_of_a_post_and_put_back_while_it_is_sent_goes_on(
    sending: Callable[..., Delivery], sessions: "sessionmaker[Session]", make_dispatcher: Make, session: Session
) -> None:
    def meanwhile() -> None:
        with unit_of_work(sessions) as work:
            row = work.scalars(select(Delivery)).one()
            row.wish, row.wish_at = "cancel", row.due_at  # as withdrawing leaves it
            post_of(work).planned_hash = None
        make_dispatcher()._house.pass_once()

    assert sending(meanwhile, NotSent("503")).status == S.RETRYING
    assert session.scalars(select(Attempt.outcome)).all() == ["NotSent"]


def test_a_second_failure_after_sending_again_is_told_again(
    approved: Callable[..., Post], make_dispatcher: Make, session: Session, world: World,
    decide: Callable[..., Callable[[], None]],
) -> None:  # fmt: skip
    approved(world.outlet(responsible_id=world.user(Role.EDITOR).id))
    worker = make_dispatcher(x=ScriptedChannel(Rejected(T("Ditolak.")), Rejected(T("Ditolak lagi."))))
    worker.tick()
    decide(decisions.retry, seen="failed")()
    worker.tick()
    assert session.scalars(select(Notice.kind)).all() == ["delivery_failed"] * 2
