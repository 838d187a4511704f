"""The last contact of each village, and who was left out."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.connectivity import REGISTER_2021, load_blankspots
from app.base.areas.models import Connectivity, Village
from app.base.media.models import StoredFile
from app.gatherings.events.models import Event, EventStatus, Tag
from app.gatherings.reports import contacts, queries
from app.kernel.clock import FrozenClock
from app.kernel.periods import Period
from app.outreach.printing.models import PrintPiece, Proof, ProofVillage
from tests.pages import asked
from tests.reports.conftest import People
from tests.world import World

ZONE = ZoneInfo("Asia/Makassar")


def rows(session: Session, world: World, **filters: Any) -> dict[str, contacts.VillageRow]:
    found = contacts.village_rows(session, "64.02", ZONE, now=world.clock.now(), **filters)
    return {row.code: row for row in found}


def codes(session: Session, count: int) -> list[str]:
    return list(session.scalars(select(Village.code).order_by(Village.code.desc()).limit(count)))


def held(world: World, village: str, days: float, **values: Any) -> Event:
    values.setdefault("status", EventStatus.HELD)
    return world.event(village_code=village, starts_in=timedelta(days=-days), **values)


def proved(session: Session, world: World, village: str, day: date, **values: Any) -> Proof:
    now, campaign = world.clock.now(), world.campaign()
    file = StoredFile(sha256="c" * 64, mime="image/jpeg", size=1, name="f.jpg", created_at=now)
    piece = PrintPiece(
        campaign_id=campaign.id, organisation_id=campaign.organisation_id, kind="poster", title="Poster", content={},
        context={}, created_at=now, updated_at=now,
    )  # fmt: skip
    session.add_all([file, piece])
    session.flush()
    proof = Proof(piece_id=piece.id, photo_id=file.id, placed_on=day, copies=1, recorded_at=now, **values)
    proof.villages = [ProofVillage(village_code=village)]
    session.add(proof)
    session.commit()
    return proof


def test_only_what_took_place_counts(session: Session, world: World) -> None:
    village, other, third = codes(session, 3)
    held(world, village, 10)
    world.event(village_code=other, status=EventStatus.ANNOUNCED)
    held(world, third, 10, status=EventStatus.MERGED)
    found = rows(session, world)
    assert found[village].days == 10
    assert found[other].last is None
    assert found[other].planned is not None
    assert found[third].last is None


def test_the_later_of_event_and_proof_is_the_last_contact(session: Session, world: World) -> None:
    village, other, third = codes(session, 3)
    held(world, village, 10)
    proved(session, world, village, date(2026, 11, 20))
    proved(session, world, other, date(2026, 11, 20), withdrawn_at=world.clock.now())
    held(world, third, 4)
    proved(session, world, third, date(2026, 11, 20))
    found = contacts.contacts(session, ZONE, world.clock.now())
    assert found[village].on == date(2026, 11, 20)
    assert [source.key for source in found[village].sources] == ["print"]
    assert other not in found
    assert [source.key for source in found[third].sources] == ["event", "print"]


def test_one_dated_ahead_by_a_wrong_clock_counts_from_its_day_on(
    session: Session, world: World, clock: FrozenClock, people: People
) -> None:
    village = codes(session, 1)[0]
    ahead = held(world, village, -1, organisation_id=people.kim.id)
    assert rows(session, world)[village].last is None
    assert queries.year_of_group(session, people.kim.id, 2026, ZONE, clock.now()).activities == 0
    clock.advance(days=1)
    assert rows(session, world)[village].days == 0
    assert queries.year_of_group(session, people.kim.id, 2026, ZONE, clock.now()).activities == 1
    assert ahead.starts_at <= clock.now()


def test_a_day_is_that_of_the_regency(session: Session, world: World) -> None:
    village = codes(session, 1)[0]
    late = datetime(2026, 11, 10, 17, 30, tzinfo=UTC)  # the 11th, half past one at night, in WITA
    world.event(village_code=village, status=EventStatus.HELD, starts_at=late)
    assert contacts.contacts(session, ZONE, world.clock.now())[village].on == date(2026, 11, 11)


def stated(session: Session, village: str, year: int, status: str, **values: Any) -> None:
    session.add(
        Connectivity(
            village_code=village, as_of=date(year, 1, 1), status=status, status_text=status, source="x", **values
        )
    )
    session.commit()


def test_no_network_comes_first_then_some_then_once_then_never_then_the_longest(session: Session, world: World) -> None:
    none, partial, once, never, long, short = codes(session, 6)
    stated(session, none, 2026, "none")
    stated(session, partial, 2024, "partial", register=REGISTER_2021)
    stated(session, once, 2024, "served", register=REGISTER_2021)
    for village in (none, partial, once):
        held(world, village, 5)
    held(world, long, 200)
    held(world, short, 100)
    order = [row.code for row in rows(session, world).values() if row.code in {none, partial, once, never, long, short}]
    assert order == [none, partial, once, never, long, short]


@pytest.mark.parametrize(
    ("statements", "network", "is_blank"),
    [
        ([(2021, "none")], "none", True),
        ([(2021, "none"), (2025, "partial")], "partial", True),
        ([(2021, "none"), (2025, "served")], "", False),
        ([(2024, "served", REGISTER_2021)], "once", False),
        ([(2024, "served", REGISTER_2021), (2026, "none")], "none", True),
        ([(2024, "partial", REGISTER_2021), (2026, "served")], "once", False),
        ([(2025, "served")], "", False),
        ([], "", False),
    ],
)
def test_the_latest_statement_decides_what_is_a_blank_spot(
    session: Session, world: World, statements: list[Any], network: str, is_blank: bool
) -> None:
    village = codes(session, 1)[0]
    for year, status, *register in statements:
        stated(session, village, year, status, register=register[0] if register else None)
    found = rows(session, world)
    assert (found[village].network, found[village].is_blank) == (network, is_blank)
    assert contacts.summary(found.values(), 90).blank == int(is_blank)


def test_of_the_register_of_2021_only_those_still_without_network_count(session: Session, world: World) -> None:
    load_blankspots(session)
    session.commit()
    found = rows(session, world)
    assert contacts.summary(found.values(), 90).blank == 3
    assert sum(row.network == "once" for row in found.values()) == 20


@pytest.mark.parametrize(("days", "without"), [(9, True), (10, False)])
def test_the_limit_is_in_whole_days(session: Session, world: World, days: int, without: bool) -> None:
    village = codes(session, 1)[0]
    held(world, village, 10)
    assert rows(session, world)[village].without_for(days) is without


def test_a_programme_counts_its_own_contacts(session: Session, world: World) -> None:
    village, other = codes(session, 2)
    campaign = world.campaign()
    held(world, village, 3, campaign_id=campaign.id)
    held(world, other, 3)
    found = rows(session, world, campaign_id=campaign.id)
    assert found[village].last is not None
    assert found[other].last is None


def test_the_counts_on_top_add_up(session: Session, world: World) -> None:
    village, other = codes(session, 2)
    held(world, village, 3)
    held(world, other, 300)
    found = contacts.summary(rows(session, world).values(), 90)
    assert (found.villages, found.reached, found.recent, found.never) == (237, 2, 1, 235)


def test_the_list_asks_the_same_number_of_questions_however_many_contacts(session: Session, world: World) -> None:
    rows(session, world)
    with asked() as few:
        rows(session, world)
    for village in codes(session, 12):
        held(world, village, 3)
    rows(session, world)
    with asked() as many:
        rows(session, world)
    assert len(few) == len(many) == 3 + len(contacts.SOURCES)  # higher rooms add theirs


def test_a_period_counts_its_own_contacts_also_where_later_ones_followed(
    session: Session, world: World, clock: FrozenClock
) -> None:
    village, printed, before, after = codes(session, 4)
    october = Period.month(2026, 10)
    world.event(village_code=village, status=EventStatus.HELD, starts_at=datetime(2026, 9, 30, 16, 0, tzinfo=UTC))
    held(world, village, 2)
    proved(session, world, printed, date(2026, 10, 31))
    world.event(village_code=before, status=EventStatus.HELD, starts_at=datetime(2026, 9, 30, 15, 59, tzinfo=UTC))
    world.event(village_code=after, status=EventStatus.HELD, starts_at=datetime(2026, 10, 31, 16, 0, tzinfo=UTC))
    found = contacts.contacts(session, ZONE, clock.now(), period=october)
    assert {code: one.on for code, one in found.items()} == {
        village: date(2026, 10, 1),
        printed: date(2026, 10, 31),
    }
    listed = rows(session, world, period=october)
    assert (listed[village].last, listed[after].last) == (found[village], None)


def test_another_kind_of_contact_joins_as_a_source(session: Session, world: World) -> None:
    survey = contacts.Source("survey", contacts.EVENT_CONTACTS.label, lambda *_: {"64.02.01.1001": date(2026, 5, 1)})
    found = contacts.contacts(session, ZONE, world.clock.now(), sources=[*contacts.SOURCES, survey])
    assert found["64.02.01.1001"].on == date(2026, 5, 1)


def test_a_groups_year(session: Session, world: World, people: People, logged: Callable[..., Event]) -> None:
    logged(days=1, tags=["diskusi", "aspirasi"], questions=[("Kapan?", ""), ("Biaya?", "Gratis")])
    logged("rudi", days=30, title="Tanpa tanda")
    held(world, people.kim.village_code or "", 2, organisation_id=people.kim.id, status=EventStatus.MERGED, people=99)
    held(world, people.kim.village_code or "", 400, organisation_id=people.kim.id, people=50)
    year = queries.year_of_group(session, people.kim.id, 2026, ZONE, world.clock.now())
    assert (year.activities, year.people, year.villages, year.untagged) == (2, 24, 1, 1)
    assert (year.by_tag[Tag.DISKUSI], year.by_tag[Tag.ASPIRASI], year.by_tag[Tag.AKSES]) == (1, 1, 0)
    assert (year.aspirations_noted, year.aspirations_answered) == (2, 1)
    assert queries.year_of_group(session, people.kim.id, 2025, ZONE, world.clock.now()).activities == 1
