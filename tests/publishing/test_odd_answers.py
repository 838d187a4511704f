"""What platforms say may be of any length and hold any sign: the outcome is written down all the same."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.errors import Invalid
from app.kernel.roles import Role
from app.kernel.text import T
from app.kernel.vault import Vault
from app.kernel.witnesses import running_seconds
from app.outreach.outlets.ports import (
    AccountPaused,
    Metrics,
    NeedsSignIn,
    NotSent,
    OutcomeUnknown,
    Receipt,
    Rejected,
    Sighting,
    Undecided,
)
from app.outreach.posts.models import Post
from app.outreach.publishing import decisions, ledger, measuring, spool
from app.outreach.publishing.calls import Ready
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.measuring import measure_due
from app.outreach.publishing.models import Attempt, Delivery, Measurement
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.outgoing import load
from app.outreach.publishing.plan import sweep
from config import Settings
from tests.publishing.channels import ScriptedChannel
from tests.world import World

ODD = "\0 \ud800 é " + "panjang " * 500
SAID = T("Ditolak: “%(said)s”.", said=ODD)
LONG = "r" * 900
ANSWERS: list[tuple[Callable[[], Any], S]] = [
    (lambda: NotSent(ODD, request_id=LONG), S.RETRYING),
    (lambda: OutcomeUnknown(ODD, request_id="\0" + LONG), S.UNKNOWN),
    (lambda: Rejected(SAID, detail=ODD), S.FAILED),
    (lambda: Undecided(SAID, detail=ODD), S.FAILED),
    (lambda: NeedsSignIn(ODD, sentence=SAID), S.HELD),
    (lambda: AccountPaused(SAID, detail=ODD), S.QUEUED),
    (lambda: Receipt("1", "https://x.example/" + LONG, LONG), S.SENT),
    (lambda: Receipt("1", "https://x.example/\ud800", "\0"), S.SENT),
]


@pytest.mark.parametrize(("answer", "status"), ANSWERS)
def test_no_sign_and_no_length_keeps_an_outcome_out_of_the_ledger(
    make_dispatcher: Callable[..., Dispatcher], approved: Callable[..., Post], session: Session,
    answer: Callable[[], Any], status: S,
) -> None:  # fmt: skip
    worker = make_dispatcher(x=ScriptedChannel(lambda _out, _remember: _given(answer())))
    approved()
    worker.tick()
    assert session.scalars(select(Delivery.status)).one() == status
    kept = session.scalars(select(Attempt)).one()
    assert kept.outcome == ("sent" if status == S.SENT else type(answer()).__name__)
    assert "\0" not in f"{kept.detail}{kept.request_id}"


def _given(answer: Any) -> Any:
    if isinstance(answer, Exception):
        raise answer
    return answer


def test_a_number_that_cannot_be_kept_may_still_be_of_a_live_post(
    make_dispatcher: Callable[..., Dispatcher], approved: Callable[..., Post], session: Session
) -> None:
    worker = make_dispatcher(x=ScriptedChannel(lambda _out, _remember: Receipt("1" * 300)))
    approved()
    worker.tick()
    assert session.scalars(select(Delivery.status)).one() == S.UNKNOWN


def test_what_a_look_sees_stops_no_thread(
    make_dispatcher: Callable[..., Dispatcher], approved: Callable[..., Post], session: Session, clock: FrozenClock
) -> None:
    """Every call ends with an outcome: a thread without one would be missing for good."""
    channel = ScriptedChannel(OutcomeUnknown("hilang"))
    worker = make_dispatcher(x=channel)
    got: list[Any] = []
    worker._calls._put = got.append
    parcel = _parcel(worker, approved, session, clock)
    for shown in ([Sighting("1", None, "kata \ud800 \0", url="http://[")], [None], RuntimeError("rusak")):
        channel.shown = shown  # type: ignore[assignment]
        worker._calls.find(parcel)
    parcel.channel = "tidak ada"
    worker._calls.find(parcel)
    assert [(packing, outcome.action) for packing, outcome, _kept in got] == [(False, "find")] * 4
    assert got[0][1].evidence["nearest"][0]["words"] == "kata ?"


def _parcel(worker: Dispatcher, approved: Callable[..., Post], session: Session, clock: FrozenClock) -> Any:
    approved()
    sweep(session, public_url="http://localhost", now=clock.now())
    rows = ledger.claim(session, token="mine", now=clock.now(), limit=1)
    session.commit()
    (parcel,) = load(session, rows, worker._vault, now=clock.now())
    session.rollback()
    return parcel


def test_an_outcome_that_no_line_can_hold_is_settled_all_the_same(
    make_dispatcher: Callable[..., Dispatcher], approved: Callable[..., Post], session: Session, clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def fails(_outcome: object) -> bytes:
        raise TypeError("no JSON")

    monkeypatch.setattr(spool, "encode", fails)
    worker = make_dispatcher()
    got: list[Any] = []
    worker._calls._put = got.append
    parcel = _parcel(worker, approved, session, clock)
    worker._calls.publish(Ready(parcel, worker._packer.bare(parcel, clock.now())), running_seconds() + 10)
    ((packing, outcome, kept),) = got
    assert (packing, outcome.result.remote_id, kept) == (False, "id-1", None)


def test_a_row_that_cannot_be_made_ready_keeps_no_other_back(
    make_dispatcher: Callable[..., Dispatcher], approved: Callable[..., Post], session: Session, clock: FrozenClock,
    sessions: "sessionmaker[Session]", world: World,
) -> None:  # fmt: skip
    worker = make_dispatcher()
    broken, whole = (
        approved(scheduled_at=clock.now() + timedelta(minutes=1)),
        approved(world.outlet("facebook"), scheduled_at=clock.now() + timedelta(minutes=1)),
    )
    worker.tick()
    with unit_of_work(sessions) as writing:
        writing.execute(update(Delivery).where(Delivery.post_id == broken.id).values(payload={}))
    clock.advance(minutes=1)
    worker.tick()
    states = dict(session.execute(select(Delivery.post_id, Delivery.status)).tuples().all())
    assert states == {broken.id: S.RETRYING, whole.id: S.SENT}


class Counting(ScriptedChannel):
    can_measure = True

    def __init__(self, *figures: Any) -> None:
        super().__init__()
        self.figures = list(figures)

    def measure(self, *_args: object, **_more: object) -> Metrics:
        return _given(self.figures.pop(0))


def test_a_figure_that_no_column_holds_is_left_out_and_one_that_fails_keeps_no_other_back(
    make_dispatcher: Callable[..., Dispatcher], approved: Callable[..., Post], session: Session, clock: FrozenClock,
    sessions: "sessionmaker[Session]", settings: Settings, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    worker = make_dispatcher()
    for _ in range(2):
        approved()
    worker.tick()
    clock.advance(hours=1, minutes=5)
    real = measuring.keep
    failing = iter((True, False))

    def keep(*args: Any, **more: Any) -> bool:
        if next(failing):
            raise RuntimeError("rusak")
        return real(*args, **more)

    monkeypatch.setattr(measuring, "keep", keep)
    channel = Counting(Metrics(views=3), Metrics(views=10**30, reactions=7))
    kept = measure_due(sessions, {"x": channel}, Vault(settings.credential_keys), clock)
    assert kept == 1
    row = session.scalars(select(Measurement).where(Measurement.state == "taken")).one()
    assert (row.views, row.reactions) == (None, 7)


@pytest.mark.parametrize("url", ["http://[", "https://x.example/" + "a" * 600, "https://", "javascript:alert(1)"])
def test_an_address_that_is_none_is_refused_in_words(
    dispatcher: Dispatcher, approved: Callable[..., Post], session: Session, world: World, clock: FrozenClock, url: str
) -> None:
    approved(scheduled_at=clock.now() + timedelta(minutes=1))
    dispatcher.tick()
    row = session.scalars(select(Delivery)).one()
    row.status = S.FAILED
    session.commit()
    with pytest.raises(Invalid):
        decisions.confirm_sent(session, world.actor(Role.EDITOR), row, seen=S.FAILED, url=url, now=clock.now())
