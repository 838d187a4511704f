"""One more try of a lost post: only where nothing was seen several times, soon, and never a second time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from app.channels.registry import make_channels
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.text import T
from app.kernel.vault import Vault
from app.outreach.outlets.models import OutletStatus
from app.outreach.outlets.ports import AccountPaused, NotSent, OutcomeUnknown, Receipt, Rejected
from app.outreach.posts.models import Post, PostStatus
from app.outreach.publishing import resend
from app.outreach.publishing.calls import Calls
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.ledger import LOOKUP_AFTER
from app.outreach.publishing.models import DeliveryStatus as S
from config import Settings
from tests.practice_server import running_practice
from tests.publishing.channels import ScriptedChannel
from tests.publishing.rows import only
from tests.world import World

SENTENCE = OutcomeUnknown("dropped")


def careful(*publishes: Any, finds: list[Any] | None = None, can_resend: bool = True) -> ScriptedChannel:
    """A channel that may send once more."""
    channel = ScriptedChannel(*publishes, finds=finds)
    channel.can_resend = can_resend
    return channel


@pytest.fixture
def looked(make_dispatcher: Callable[..., Dispatcher], clock: FrozenClock) -> Callable[..., Dispatcher]:
    """Lets a worker send, and look as often as it does before a person is asked."""

    def go(channel: ScriptedChannel, *, pauses: tuple[timedelta, ...] = LOOKUP_AFTER) -> Dispatcher:
        worker = make_dispatcher(x=channel)
        worker.tick()
        for pause in pauses:
            clock.advance(seconds=pause.total_seconds())
            worker.tick()
        return worker

    return go


def test_a_lost_post_that_is_not_seen_is_sent_once_more(
    approved: Callable[..., Post], looked: Callable[..., Dispatcher], session: Session
) -> None:
    channel = careful(SENTENCE)
    approved()
    looked(channel)
    row = only(session)
    assert (row.status, len(channel.sent), len(channel.looked)) == (S.SENT, 2, 4)
    assert [attempt.outcome for attempt in row.attempts] == ["OutcomeUnknown", *["not found"] * 4, "sent"]
    assert channel.sent[0].text == channel.sent[1].text
    assert row.resent_at is not None
    assert row.resent_at - row.first_tried_at <= resend.WITHIN  # type: ignore[operator]


def test_it_is_off_unless_the_channel_may(
    approved: Callable[..., Post], looked: Callable[..., Dispatcher], session: Session
) -> None:
    channel = careful(SENTENCE, can_resend=False)
    approved()
    looked(channel)
    assert (only(session).status, len(channel.sent), only(session).resent_at) == (S.UNKNOWN, 1, None)
    assert make_channels(Settings(env="test"))["x"].can_resend is False  # type: ignore[attr-defined]
    assert make_channels(Settings(env="test", x_resend=True))["x"].can_resend is True  # type: ignore[attr-defined]


def test_a_post_that_is_seen_is_not_sent_again(
    approved: Callable[..., Post], looked: Callable[..., Dispatcher], session: Session
) -> None:
    channel = careful(SENTENCE, finds=[None, None, None, Receipt("77")])
    approved()
    looked(channel)
    assert (only(session).remote_id, len(channel.sent)) == ("77", 1)


@pytest.mark.parametrize(
    "answer", [SENTENCE, NotSent("429"), Rejected(T("Tidak")), AccountPaused(T("Tidak")), RuntimeError("x")]
)  # fmt: skip
def test_what_comes_of_it_other_than_a_receipt_says_nothing_of_the_first_and_is_not_tried_a_third_time(
    approved: Callable[..., Post], looked: Callable[..., Dispatcher], session: Session, clock: FrozenClock,
    answer: Exception,
) -> None:  # fmt: skip
    channel = careful(SENTENCE, answer)
    approved()
    worker = looked(channel)
    for pause in (*LOOKUP_AFTER, *LOOKUP_AFTER):
        clock.advance(seconds=pause.total_seconds())
        worker.tick()
    row = only(session)
    assert (row.status, len(channel.sent), len(channel.looked)) == (S.UNKNOWN, 2, 8)
    assert "Belum terbit, kirim lagi" in str(row.problem)


def test_looks_that_could_not_see_count_for_nothing(
    approved: Callable[..., Post], looked: Callable[..., Dispatcher], session: Session
) -> None:
    channel = careful(SENTENCE, finds=[NotSent("503")] * 8)
    approved()
    looked(channel, pauses=(timedelta(minutes=1),) * 12)
    assert (only(session).status, len(channel.sent)) == (S.UNKNOWN, 1)


def test_later_than_a_quarter_of_an_hour_a_person_is_asked(
    approved: Callable[..., Post], looked: Callable[..., Dispatcher], session: Session
) -> None:
    channel = careful(SENTENCE)
    approved()
    looked(channel, pauses=(*LOOKUP_AFTER[:3], timedelta(minutes=14)))
    assert (only(session).status, len(channel.sent)) == (S.UNKNOWN, 1)


@pytest.mark.parametrize("change", ["withdrawn", "edited", "no use", "wished", "done before"])
def test_what_may_not_leave_any_more_is_not_sent_once_more(
    approved: Callable[..., Post], looked: Callable[..., Dispatcher], session: Session, clock: FrozenClock, change: str
) -> None:
    channel = careful(SENTENCE)
    post = approved()
    worker = looked(channel, pauses=LOOKUP_AFTER[:3])
    row = only(session)
    if change == "withdrawn":
        post.status = PostStatus.DRAFT
    elif change == "edited":
        post.content_hash = "0" * 64
    elif change == "no use":
        row.useful_until = clock.now()
    elif change == "wished":
        row.wish = "hold"
    else:
        row.resent_at = clock.now()
    session.commit()
    clock.advance(seconds=LOOKUP_AFTER[3].total_seconds())
    worker.tick()
    assert (only(session).status, len(channel.sent)) == (S.UNKNOWN, 1)


def test_a_worker_that_dies_between_the_mark_and_the_call_leaves_no_second_try(
    approved: Callable[..., Post], looked: Callable[..., Dispatcher], session: Session, clock: FrozenClock,
    sessions: "sessionmaker[Session]", make_dispatcher: Callable[..., Dispatcher], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    channel = careful(SENTENCE)
    approved()
    worker = looked(channel, pauses=LOOKUP_AFTER[:3])
    monkeypatch.setattr(Calls, "publish", lambda self, item, by, again=False: self._put(
        (False, _nothing(item.parcel), None)))  # fmt: skip
    clock.advance(seconds=LOOKUP_AFTER[3].total_seconds())
    worker.tick()
    monkeypatch.undo()
    assert (only(session).status, only(session).resent_at is not None) == (S.SENDING, True)
    other = make_dispatcher(x=channel)
    for pause in (timedelta(minutes=10), *LOOKUP_AFTER, *LOOKUP_AFTER):
        clock.advance(seconds=pause.total_seconds())
        other.tick()
    assert (only(session).status, len(channel.sent)) == (S.UNKNOWN, 1)


def _nothing(parcel: Any) -> Any:
    """An outcome under a claim that is not the row's: as if the worker had never answered."""
    from app.outreach.publishing.outcomes import LostClaim, Outcome  # noqa: PLC0415

    return Outcome(replace(parcel, token="other"), "publish", parcel.due_at, LostClaim("gone"))


@pytest.mark.parametrize("refuses", [True, False], ids=["x refuses the same words", "x takes them again"])
@pytest.mark.parametrize(("fault", "looks"), [("rusak", 4), ("balasan_hilang", 1)])
def test_at_the_practice_x_a_lost_post_stands_once(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], world: World, session: Session,
    clock: FrozenClock, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refuses: bool, fault: str,
    looks: int,
) -> None:  # fmt: skip
    if not refuses:
        monkeypatch.setattr("app.practice.x._is_duplicate", lambda text, media: False)
    with running_practice(tmp_path, clock) as practice:
        x = make_channels(replace(settings, x_resend=True, **practice.settings))["x"]
        outlet = world.outlet("x", settings=practice.account("x"))
        outlet.credentials = Vault(settings.credential_keys).seal(practice.credentials("x"))
        outlet.status = OutletStatus.CONNECTED
        approved(outlet)
        practice.fault("x", fault)
        worker = make_dispatcher(x=x)
        worker.tick()
        for pause in LOOKUP_AFTER:
            clock.advance(seconds=pause.total_seconds())
            worker.tick()
        assert len(practice.posts("x")) == 1
        row = only(session)
        assert (row.status, row.remote_id) == (S.SENT, practice.posts("x")[0]["id"])
        assert [attempt.outcome for attempt in row.attempts].count("not found") == (looks if fault == "rusak" else 0)
        with unit_of_work(make_dispatcher()._sessions):
            assert (row.resent_at is not None) == (fault == "rusak")
