"""Reasons for which a worker does not send, as pages read them."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.kernel.clock import FrozenClock
from app.kernel.text import T
from app.outreach.publishing.safety import FORGOTTEN_AFTER, Reason, resume, stop, stops

SENTENCE = T("Jam server tidak cocok.")


def test_a_stop_is_said_once_and_keeps_its_beginning(session: Session, clock: FrozenClock) -> None:
    began = clock.now()
    assert stop(session, worker="a", reason=Reason.CLOCK, sentence=SENTENCE, now=began)
    clock.advance(minutes=1)
    assert not stop(session, worker="a", reason=Reason.CLOCK, sentence=SENTENCE, now=clock.now())
    (row,) = stops(session, now=clock.now())
    assert (row.since, row.seen_at, row.sentence) == (began, clock.now(), SENTENCE)
    assert resume(session, worker="a", reason=Reason.CLOCK)
    assert not resume(session, worker="a", reason=Reason.CLOCK)
    assert stops(session, now=clock.now()) == []


def test_the_stop_of_a_worker_that_is_gone_is_forgotten_but_not_that_of_an_older_copy(
    session: Session, clock: FrozenClock
) -> None:
    for reason in (Reason.CLOCK, Reason.RESTORED):
        stop(session, worker="gone", reason=reason, sentence=SENTENCE, now=clock.now())
    later = clock.now() + FORGOTTEN_AFTER + timedelta(seconds=1)
    assert [row.reason for row in stops(session, now=later)] == [Reason.RESTORED]
