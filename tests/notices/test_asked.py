"""Mails that somebody brought about who may be a stranger to the address: the second waits for the first."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.base.notices.service import mark_opened, notify_address
from app.kernel.clock import FrozenClock


def asked(session: Session, number: int, clock: FrozenClock, address: str = "siti@contoh.id") -> bool:
    made = notify_address(
        session, address=address, kind="event", subject="Terdaftar", body="Halo", path=f"/agenda/ikut/{number}",
        dedupe_key=f"registration:{number}", asked=True, now=clock.now(),
    )  # fmt: skip
    session.commit()
    return made


def due(session: Session) -> list[float]:
    """Hours from its making until each may go."""
    session.expire_all()
    rows = session.scalars(select(Notice).order_by(Notice.id)).all()
    return [(one.next_at - one.created_at) / timedelta(hours=1) for one in rows if one.next_at is not None]


def test_a_second_mail_waits_a_day_and_a_third_is_not_made(session: Session, clock: FrozenClock) -> None:
    assert [asked(session, number, clock) for number in (1, 2, 3)] == [True, True, False]
    assert due(session) == [0, 24]
    assert asked(session, 4, clock, "budi@contoh.id"), "another address is not concerned"


def test_sixty_requests_are_two_mails(session: Session, clock: FrozenClock) -> None:
    assert sum(asked(session, number, clock) for number in range(60)) == 2


def test_opening_the_first_lets_the_second_out(session: Session, clock: FrozenClock) -> None:
    asked(session, 1, clock)
    asked(session, 2, clock)
    clock.advance(hours=3)
    assert mark_opened(session, "/agenda/ikut/1", now=clock.now())
    session.commit()
    assert due(session) == [0, 3]
    assert not mark_opened(session, "/agenda/ikut/1", now=clock.now())
    assert asked(session, 3, clock), "an address that was confirmed waits no more"
    assert due(session) == [0, 3, 0]


def test_after_a_day_one_more_may_go(session: Session, clock: FrozenClock) -> None:
    asked(session, 1, clock)
    clock.advance(days=1, minutes=1)
    assert asked(session, 2, clock)
    assert due(session) == [0, 0]


def test_a_link_that_nobody_was_mailed_opens_nothing(session: Session, clock: FrozenClock) -> None:
    asked(session, 1, clock)
    assert not mark_opened(session, "/agenda/ikut/9", now=clock.now())
