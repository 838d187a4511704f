"""Short links: one code for each purpose, a target that never changes, visits without cookies."""

import threading
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import FrozenClock
from app.kernel.db import writing
from app.kernel.errors import Invalid
from app.outreach.campaigns.links import ALPHABET, check_target, count_visit, find_link, shorten, target_with_utm
from app.outreach.campaigns.models import LinkVisits, ShortLink
from tests.world import World

SITE = "https://kukarkab.go.id"
TODAY = date(2026, 11, 24)


def make(session: Session, clock: FrozenClock, target: str = SITE, purpose: str = "post:1:2", **more: str) -> ShortLink:
    return shorten(session, purpose=purpose, target=target, now=clock.now(), **more)  # type: ignore[arg-type]


def test_same_purpose_gives_the_same_code(session: Session, clock: FrozenClock) -> None:
    first = make(session, clock)
    session.commit()
    assert make(session, clock).code == first.code
    assert make(session, clock, purpose="post:1:3").code != first.code
    assert len(first.code) == 7
    assert set(first.code) <= set(ALPHABET)


def test_a_changed_target_gets_its_own_code_and_the_old_one_stays(session: Session, clock: FrozenClock) -> None:
    first = make(session, clock)
    second = make(session, clock, target=f"{SITE}/berita")
    session.commit()
    assert second.code != first.code
    assert make(session, clock, target=f"{SITE}/berita").code == second.code
    assert make(session, clock).code == first.code
    session.refresh(first)
    assert first.target == SITE


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "ftp://kukarkab.go.id",
        "kukarkab.go.id",
        "//kukarkab.go.id",
        "https://",
        "https://user:rahasia@kukarkab.go.id",
        "https://kukarkab.go.id\\@jahat.example",
        "https://kukarkab.go.id/a b",
        "https://kukarkab.go.id/\nX",
        "http://[::1",
        "https://kukarkab.go.id:abc/",
        "https://kukarkab.go.id/" + "a" * 2000,
        "",
    ],
)
def test_only_whole_web_addresses_are_targets(target: str) -> None:
    with pytest.raises(Invalid):
        check_target(target)


def test_a_code_is_found_as_people_type_it(session: Session, clock: FrozenClock) -> None:
    link = make(session, clock)
    assert find_link(session, f" {link.code.upper()} ") is link
    assert find_link(session, "tidakada") is None


def test_utm_is_added_and_nothing_of_the_address_is_lost(session: Session, clock: FrozenClock) -> None:
    plain = make(session, clock, source="facebook", medium="social")
    assert target_with_utm(plain, "kenal") == f"{SITE}/?utm_source=facebook&utm_medium=social&utm_campaign=kenal"
    own = make(session, clock, target=f"{SITE}/x?a=1&utm_source=koran&b=%2F#bawah", purpose="piece:7:64.02.12.2002")
    assert (
        target_with_utm(own, "kenal")
        == f"{SITE}/x?a=1&utm_source=koran&b=%2F&utm_medium=print&utm_campaign=kenal#bawah"
    )


def test_visits_of_many_at_once_are_all_counted(
    session: Session, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    code = make(session, clock).code
    session.commit()
    engine = sessions.kw["bind"]
    counted: list[bool] = []

    def visitor() -> None:
        counted.extend(count_visit(engine, code, TODAY, patience_ms=10_000) for _number in range(5))

    threads = [threading.Thread(target=visitor) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    count_visit(engine, code, date(2026, 11, 25))
    rows = {row.day: row.count for row in session.scalars(select(LinkVisits).where(LinkVisits.code == code))}
    assert counted == [True] * 20
    assert rows == {TODAY: 20, date(2026, 11, 25): 1}


def test_a_locked_database_gives_the_visit_up_soon(
    session: Session, sessions: "sessionmaker[Session]", clock: FrozenClock, world: World
) -> None:
    code = make(session, clock).code
    session.commit()
    engine = sessions.kw["bind"]
    count_visit(engine, code, TODAY)
    with writing(), sessions() as other:
        other.execute(text("UPDATE link_visits SET count = count + 100"))  # holds the lock
        assert count_visit(engine, code, TODAY, patience_ms=50) is False
        other.rollback()
    assert count_visit(engine, code, TODAY) is True
    assert session.scalar(select(LinkVisits.count).where(LinkVisits.code == code)) == 2
