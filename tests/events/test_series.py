"""Recurring events: which days, the hour on the wall, and changing this one or those after it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.gatherings.events.models import Event, EventStatus, Series
from app.gatherings.events.planning import series
from app.gatherings.events.planning.plans import plan_of, shift_plan
from app.gatherings.events.planning.series import Every, Repeat
from app.kernel.errors import Invalid, Stale
from app.kernel.roles import SYSTEM
from tests.events.plans import a_plan
from tests.world import ZONE, World

TZ = "Asia/Makassar"


def at(day: str, hour: int = 1) -> datetime:
    """01.00 UTC is 09.00 WITA."""
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(hours=hour)


def days(world: World, first: str, repeat: Repeat, tz: str = TZ) -> list[str]:
    plan = a_plan(world, starts_at=at(first))
    return [each.day.isoformat() for each in series.occurrences(plan, repeat, tz)]


def test_every_week_on_the_weekday_of_the_first(world: World) -> None:
    assert days(world, "2026-12-01", Repeat(Every.WEEK, count=3)) == ["2026-12-01", "2026-12-08", "2026-12-15"]


def test_on_several_weekdays_until_a_day(world: World) -> None:
    repeat = Repeat(Every.WEEK, weekdays=[0, 3], until=date(2026, 12, 14))
    assert days(world, "2026-12-01", repeat) == ["2026-12-03", "2026-12-07", "2026-12-10", "2026-12-14"]


def test_every_second_week(world: World) -> None:
    assert days(world, "2026-12-01", Repeat(Every.WEEK, interval=2, count=2)) == ["2026-12-01", "2026-12-15"]


def test_every_month_on_a_date_leaves_out_months_without_it(world: World) -> None:
    assert days(world, "2026-12-31", Repeat(Every.MONTH_DAY, count=3)) == ["2026-12-31", "2027-01-31", "2027-03-31"]


@pytest.mark.parametrize(
    ("first", "second"), [("2026-12-08", "2027-01-12"), ("2026-12-29", "2027-01-26"), ("2026-12-22", "2027-01-26")]
)
def test_every_month_on_the_nth_weekday(world: World, first: str, second: str) -> None:
    """The fifth means the last."""
    assert days(world, first, Repeat(Every.MONTH_WEEKDAY, count=2)) == [first, second]


def test_the_day_is_that_of_the_regency(world: World) -> None:
    plan = a_plan(world, starts_at=at("2026-12-01", 17))  # 01.00 WITA on the second
    found = series.occurrences(plan, Repeat(Every.WEEK, count=2), TZ)
    assert [each.day.isoformat() for each in found] == ["2026-12-02", "2026-12-09"]


def test_the_hour_on_the_wall_stays_where_the_zone_changes(world: World) -> None:
    plan = a_plan(world, starts_at=datetime(2027, 3, 21, 8, 0, tzinfo=UTC))
    found = series.occurrences(plan, Repeat(Every.WEEK, count=2), "Europe/Amsterdam")
    assert [each.starts_at.hour for each in found] == [9, 9]
    assert found[1].starts_at.astimezone(UTC).hour == 7


def test_public_holidays_are_named(world: World) -> None:
    plan = a_plan(world, starts_at=at("2026-12-18"))
    named = [each.holiday for each in series.occurrences(plan, Repeat(Every.WEEK, count=2), TZ)]
    assert named == [None, "Kelahiran Yesus Kristus"]
    assert series.holiday(date(2050, 12, 25)) is None


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("repeat", "field"),
    [
        (Repeat("tahun", count=2), "repeat"),
        (Repeat(Every.WEEK), "repeat_count"),
        (Repeat(Every.WEEK, count=1), "repeat_count"),
        (Repeat(Every.WEEK, count=53), "repeat_count"),
        (Repeat(Every.WEEK, count=2, interval=0), "repeat_interval"),
        (Repeat(Every.WEEK, until=date(2026, 12, 1)), "repeat_until"),
        (Repeat(Every.WEEK, until=date(2026, 12, 7)), "repeat_until"),
        (Repeat(Every.WEEK, until=date(2028, 12, 7)), "repeat_until"),
        (Repeat(Every.WEEK, until=date(9999, 12, 31)), "repeat_until"),
    ],
)
def test_a_rule_that_cannot_be_kept_says_which_field(world: World, repeat: Repeat, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        days(world, "2026-12-01", repeat)
    assert refused.value.field == field


def planned(world: World, *, count: int = 4, skip: Any = (), **values: Any) -> list[Event]:
    plan = a_plan(world, starts_at=at("2026-12-01"), **values)
    found = series.plan_series(
        world.session, SYSTEM, plan, Repeat(Every.WEEK, count=count), tz=TZ, now=world.clock.now(), skip=skip
    )  # fmt: skip
    world.session.commit()
    return found


def test_every_day_is_an_event_of_its_own(world: World, session: Session) -> None:
    until = at("2026-11-30")
    found = planned(world, skip=[date(2026, 12, 8)], registration=True, registration_until=until)
    assert [event.starts_at.astimezone(ZONE).day for event in found] == [1, 15, 22]
    assert len({event.code for event in found} | {event.uid for event in found}) == 6
    assert session.scalars(select(Series.rule)).one() == "FREQ=WEEKLY;BYDAY=TU;COUNT=4"
    assert {event.series_id for event in found} == {found[0].series_id}
    assert found[2].registration_until == until + timedelta(weeks=3)


def test_skipping_every_day_plans_nothing(world: World, session: Session) -> None:
    skip = [date(2026, 12, 1) + timedelta(weeks=week) for week in range(4)]
    with pytest.raises(Invalid, match="Semua tanggal dilewati"):
        planned(world, skip=skip)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Series)) == 0


def test_this_one_and_those_after_it_keep_their_days(world: World) -> None:
    first, second, third, last = planned(world)
    cancelled = world.event(series_id=first.series_id, starts_at=at("2026-12-29"), status=EventStatus.CANCELLED)
    wanted = shift_plan(plan_of(second), timedelta(hours=3))
    values = replace(wanted, title="Judul baru")
    changed = series.edit_following(
        world.session, SYSTEM, second.id, values, version=second.version, tz=TZ, now=world.clock.now()
    )
    assert changed == [second, third, last]
    assert [event.title for event in (first, second, third, last)] == ["Sosialisasi Smart City"] + ["Judul baru"] * 3
    assert [event.starts_at for event in (second, third, last)] == [
        at("2026-12-08", 4), at("2026-12-15", 4), at("2026-12-22", 4),
    ]  # fmt: skip
    assert cancelled.title != "Judul baru"


def test_a_changed_day_moves_the_later_ones_by_as_many_days(world: World) -> None:
    _first, second, third, _last = planned(world)
    wanted = shift_plan(plan_of(second), timedelta(days=1))
    series.edit_following(
        world.session, SYSTEM, second.id, wanted, version=second.version, tz=TZ, now=world.clock.now()
    )  # fmt: skip
    assert (second.starts_at, third.starts_at) == (at("2026-12-09"), at("2026-12-16"))


def test_editing_a_series_notices_another_save(world: World) -> None:
    first, *_others = planned(world)
    with pytest.raises(Stale):
        series.edit_following(
            world.session, SYSTEM, first.id, plan_of(first), version=first.version + 1, tz=TZ, now=world.clock.now()
        )


def test_cancelling_this_one_and_those_after_it(world: World) -> None:
    first, second, third, last = planned(world)
    third.status = EventStatus.HELD
    world.session.commit()
    series.cancel_following(world.session, SYSTEM, second.id, reason="Anggaran dipotong", now=world.clock.now())
    assert [event.status for event in (first, second, third, last)] == ["planned", "cancelled", "held", "cancelled"]


def test_an_event_that_stands_alone_has_none_after_it(world: World) -> None:
    event = world.event()
    world.event()
    series.cancel_following(world.session, SYSTEM, event.id, reason="Hujan", now=world.clock.now())
    assert world.session.scalar(select(func.count()).where(Event.status == EventStatus.CANCELLED)) == 1


def test_each_keeps_its_own_day_where_only_the_words_change(world: World) -> None:
    first, second, third, _last = planned(world)
    third.starts_at, third.ends_at, third.place = at("2026-12-16", 6), at("2026-12-16", 8), "Lapangan"
    third.status = EventStatus.ANNOUNCED
    world.session.commit()
    wanted = replace(plan_of(second), title="Judul baru", description="Untuk semua")
    series.edit_following(
        world.session, SYSTEM, second.id, wanted, version=second.version, tz=TZ, now=world.clock.now()
    )  # fmt: skip
    assert (third.title, third.starts_at, third.place) == ("Judul baru", at("2026-12-16", 6), "Lapangan")
    assert first.title != "Judul baru"


def test_an_announced_one_among_them_is_not_moved_by_an_edit(world: World) -> None:
    first, _second, third, _last = planned(world)
    third.status = EventStatus.ANNOUNCED
    world.session.commit()
    wanted = shift_plan(plan_of(first), timedelta(hours=1))
    with pytest.raises(Invalid, match="Pindahkan"):
        series.edit_following(
            world.session, SYSTEM, first.id, wanted, version=first.version, tz=TZ, now=world.clock.now()
        )
    world.session.rollback()
    world.session.refresh(first)
    assert first.starts_at == at("2026-12-01"), "nothing is half done"
