"""The three sentences of a manager, and that each number is that of the page behind it."""

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.gatherings.events.models import EventStatus
from app.kernel.clock import FrozenClock
from app.kernel.periods import Period
from app.kernel.roles import SYSTEM
from app.outreach.publishing.models import DeliveryStatus
from app.oversight.control.queries import tally
from app.oversight.insights.overview import Overview, VillageReach, overview, reach_of
from tests.control.records import bidang, delivery
from tests.world import World

ZONE = ZoneInfo("Asia/Makassar")
TODAY = date(2026, 11, 24)
YEAR = Period.year(2026)


def told(session: Session, clock: FrozenClock, period: Period = YEAR) -> Overview:
    return overview(
        session, SYSTEM, regency_code="64.02", period=period, today=TODAY, now=clock.now(), zone=ZONE
    )  # fmt: skip


def reach(session: Session, clock: FrozenClock, period: Period = YEAR) -> VillageReach:
    return reach_of(session, "64.02", period, now=clock.now(), zone=ZONE)


def visit(world: World, code: str, days_ago: int) -> None:
    world.event(starts_in=-timedelta(days=days_ago), village_code=code, status=EventStatus.HELD)


@pytest.fixture
def queries(session: Session) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    yield said
    event.remove(session.get_bind(), "before_cursor_execute", note)


def test_what_nobody_has_entered_is_said_to_be_missing_and_is_no_zero(session: Session, clock: FrozenClock) -> None:
    found = told(session, clock)
    assert str(found.awareness.sentence).startswith("Pengenalan belum dicatat")
    assert str(found.reach.sentence("tahun 2026")).startswith("Belum dicatat: dalam tahun 2026 belum ada kegiatan")
    assert str(found.overdue.sentence("tanpa bidang")) == "Tidak ada yang terlambat."


def test_villages_without_a_contact_are_counted_by_district(session: Session, world: World, clock: FrozenClock) -> None:
    visit(world, "64.02.01.2003", 10)
    visit(world, "64.02.01.2005", 400)  # the year before
    found = reach(session, clock)
    assert (found.villages, found.unreached, found.never) == (237, 236, 235)
    muara_muntai = next(one for one in found.districts if one.code == "64.02.01")
    assert (muara_muntai.unreached, muara_muntai.villages) == (12, 13)
    assert [one.unreached for one in found.districts] == sorted(
        (one.unreached for one in found.districts), reverse=True
    )
    words = str(found.sentence("tahun 2026"))
    assert words.startswith("236 dari 237 desa/kelurahan belum terjangkau dalam tahun 2026: ")
    assert words.endswith("dan 17 lainnya.")


def test_a_period_counts_its_own_visits_also_where_somebody_went_again_later(
    session: Session, world: World, clock: FrozenClock
) -> None:
    visit(world, "64.02.01.2003", 40)  # October
    visit(world, "64.02.01.2003", 2)
    assert reach(session, clock, Period.month(2026, 10)).unreached == 236
    assert not reach(session, clock, Period.month(2026, 9)).recorded


def test_what_is_late_is_said_by_bidang_as_the_list_behind_it_counts_it(
    session: Session, world: World, clock: FrozenClock
) -> None:
    unit = bidang(world)
    for _ in range(2):
        delivery(world, DeliveryStatus.FAILED, ago=timedelta(days=3))
    found = told(session, clock).overdue
    assert list(found.units) == tally(session, SYSTEM, today=TODAY, now=clock.now(), zone=ZONE)
    assert found.late == 2
    assert str(found.sentence("tanpa bidang")) == f"2 hal terlambat: {found.behind[0].name} (2)."
    assert unit.name not in str(found.sentence("")), "nothing of its own is late"


def test_only_campaigns_that_go_on_stand_there(session: Session, world: World, clock: FrozenClock) -> None:
    world.campaign(name="Sudah selesai", status="ended")
    going = world.campaign(name="Sedang jalan", status="active")
    found = told(session, clock)
    assert [(one.id, one.name) for one in found.running] == [(going.id, "Sedang jalan")]
    assert found.running_total == 1


def test_the_number_of_queries_does_not_grow(
    session: Session, world: World, clock: FrozenClock, queries: list[str]
) -> None:
    visit(world, "64.02.01.2003", 10)
    world.campaign(status="active")
    delivery(world, DeliveryStatus.FAILED)
    session.commit()
    queries.clear()
    told(session, clock)
    few = len(queries)
    for number in range(8):
        visit(world, world.village(number), 20 + number)
        world.campaign(status="active")
        delivery(world, DeliveryStatus.FAILED)
    session.commit()
    queries.clear()
    told(session, clock)
    assert len(queries) == few
