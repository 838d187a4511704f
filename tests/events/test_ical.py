"""The calendar files, read by two parsers: what moved and what was cancelled arrives as such."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import vobject
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.base.people.models import Organisation
from app.gatherings.events.agenda import ical
from app.gatherings.events.agenda.ical import MOST, Feed, event_calendar, feed_calendar, feed_etag, in_district
from app.gatherings.events.models import Event, EventStatus
from app.gatherings.events.planning.changes import cancel_event, move_event
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from tests.world import World

SITE = "https://gaung.kukarkab.go.id/"
ALL = Feed("Agenda Kukar")


def entries(session: Session, feed: Feed, clock: FrozenClock) -> list[icalendar.Event]:
    data = feed_calendar(session, feed, site_url=SITE, now=clock.now())
    return list(icalendar.Calendar.from_ical(data).walk("VEVENT"))


@pytest.fixture
def event(world: World) -> Event:
    return world.event(
        status=EventStatus.ANNOUNCED, title="Rembuk; warga, “baru”", description="Baris satu\nBaris dua",
        place="Balai Desa", starts_at=datetime(2026, 11, 27, 0, 0, tzinfo=UTC),
    )  # fmt: skip


def test_both_parsers_read_the_same_event(session: Session, event: Event, clock: FrozenClock) -> None:
    data = feed_calendar(session, ALL, site_url=SITE, now=clock.now())
    [one] = icalendar.Calendar.from_ical(data).walk("VEVENT")
    other = vobject.readOne(data.decode()).vevent
    village = session.get_one(Village, event.village_code)
    where = f"Balai Desa, {village.name}, {village.district.name}"
    assert (str(one["SUMMARY"]), other.summary.value) == ("Rembuk; warga, “baru”",) * 2
    assert (str(one["UID"]), other.uid.value) == (event.uid, event.uid)
    assert (str(one["LOCATION"]), other.location.value) == (where, where)
    assert one["DTSTART"].dt == other.dtstart.value == event.starts_at
    assert one["DTEND"].dt == other.dtend.value == event.ends_at
    assert (int(one["SEQUENCE"]), other.sequence.value) == (0, "0")
    assert (str(one["STATUS"]), other.status.value) == ("CONFIRMED", "CONFIRMED")
    assert str(one["URL"]) == other.url.value == f"https://gaung.kukarkab.go.id/agenda/{event.code}"
    assert "Baris satu\nBaris dua" in str(one["DESCRIPTION"])
    assert one["DTSTAMP"].dt == one["LAST-MODIFIED"].dt == event.updated_at


def test_the_calendar_says_its_name_and_when_to_ask_again(session: Session, event: Event, clock: FrozenClock) -> None:
    data = feed_calendar(session, ALL, site_url=SITE, now=clock.now())
    calendar = icalendar.Calendar.from_ical(data)
    assert str(calendar["X-WR-CALNAME"]) == "Agenda Kukar"
    assert calendar["VERSION"] == "2.0"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in data
    assert vobject.readOne(data.decode()).x_wr_calname.value == "Agenda Kukar"
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))


def test_a_moved_event_keeps_its_uid_and_raises_its_sequence(
    session: Session, world: World, event: Event, clock: FrozenClock
) -> None:
    [before] = entries(session, ALL, clock)
    mark = feed_etag(session, ALL, clock.now())
    clock.advance(hours=1)
    start = event.starts_at + timedelta(days=2)
    move_event(
        session, world.actor(Role.EDITOR), event.id, starts_at=start, ends_at=start + timedelta(hours=1),
        reason="Balai dipakai.", village_code=None, place=event.place, now=clock.now(),
    )  # fmt: skip
    session.commit()
    [after] = entries(session, ALL, clock)
    assert after["UID"] == before["UID"]
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert (after["DTSTART"].dt, str(after["STATUS"])) == (start, "CONFIRMED")
    assert after["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt
    assert feed_etag(session, ALL, clock.now()) != mark


def test_a_cancelled_event_arrives_as_cancelled(
    session: Session, world: World, event: Event, clock: FrozenClock
) -> None:
    mark = feed_etag(session, ALL, clock.now())
    cancel_event(session, world.actor(Role.EDITOR), event.id, reason="Hujan lebat.", now=clock.now())
    session.commit()
    data = feed_calendar(session, ALL, site_url=SITE, now=clock.now())
    [one] = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert (str(one["UID"]), str(one["STATUS"]), int(one["SEQUENCE"])) == (event.uid, "CANCELLED", 1)
    assert str(one["SUMMARY"]).startswith("Dibatalkan: ")
    assert "Hujan lebat." in str(one["DESCRIPTION"])
    assert vobject.readOne(data.decode()).vevent.status.value == "CANCELLED"
    assert feed_etag(session, ALL, clock.now()) != mark


def test_only_what_was_announced_is_in_a_feed_and_not_what_is_long_past(
    session: Session, world: World, event: Event, clock: FrozenClock
) -> None:
    world.event()  # planned
    world.event(status=EventStatus.MERGED, announced_at=clock.now())
    world.event(status=EventStatus.CANCELLED)  # cancelled before anybody heard of it
    world.event(status=EventStatus.VERIFIED, announced_at=clock.now(), starts_in=timedelta(days=-91))
    recent = world.event(status=EventStatus.HELD, announced_at=clock.now(), starts_in=timedelta(days=-89))
    assert [str(one["UID"]) for one in entries(session, ALL, clock)] == [recent.uid, event.uid]
    assert MOST == 1_000


def test_the_feeds_of_a_district_a_group_and_a_campaign(
    session: Session, world: World, event: Event, clock: FrozenClock
) -> None:
    kim, campaign = world.kim(), world.campaign()
    last = session.query(Village).order_by(Village.code.desc()).first()
    assert last is not None
    far = world.event(
        status=EventStatus.ANNOUNCED, village_code=last.code, organisation_id=kim.id, campaign_id=campaign.id
    )
    for condition in (
        in_district(last.district_code), Event.organisation_id == kim.id, Event.campaign_id == campaign.id,
    ):  # fmt: skip
        assert [str(one["UID"]) for one in entries(session, Feed("x", condition), clock)] == [far.uid]


def test_one_event_to_keep_and_none_for_what_is_not_public(
    session: Session, world: World, event: Event, clock: FrozenClock
) -> None:
    found = event_calendar(session, event.code, site_url=SITE)
    assert found is not None
    assert found[0] == event.title
    assert [str(one["UID"]) for one in icalendar.Calendar.from_ical(found[1]).walk("VEVENT")] == [event.uid]
    assert event_calendar(session, world.event().code, site_url=SITE) is None


def test_an_empty_feed_is_a_calendar_too(session: Session, clock: FrozenClock) -> None:
    data = feed_calendar(session, ALL, site_url=SITE, now=clock.now())
    assert icalendar.Calendar.from_ical(data).walk("VEVENT") == []


def test_where_not_all_find_room_the_oldest_are_left_out(
    session: Session, world: World, event: Event, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.event(status=EventStatus.HELD, announced_at=clock.now(), starts_in=timedelta(days=-30))
    recent = world.event(status=EventStatus.HELD, announced_at=clock.now(), starts_in=timedelta(days=-2))
    going = world.event(status=EventStatus.ANNOUNCED, starts_in=timedelta(hours=-1))
    monkeypatch.setattr(ical, "MOST", 3)
    assert [str(one["UID"]) for one in entries(session, ALL, clock)] == [recent.uid, going.uid, event.uid]


def test_an_event_without_a_length_has_no_end(session: Session, event: Event, clock: FrozenClock) -> None:
    event.ends_at = event.starts_at
    session.commit()
    [one] = entries(session, ALL, clock)
    assert one["DTSTART"].dt == event.starts_at
    assert "DTEND" not in one


@pytest.mark.parametrize("renamed", [Organisation, Village, District])
def test_a_new_name_makes_a_new_calendar(
    session: Session, event: Event, clock: FrozenClock, renamed: type[Organisation | Village | District]
) -> None:
    village = session.get_one(Village, event.village_code)
    record = {
        Organisation: session.get_one(Organisation, event.organisation_id),
        Village: village,
        District: session.get_one(District, village.district_code),
    }[renamed]
    mark = feed_etag(session, ALL, clock.now())
    assert feed_etag(session, ALL, clock.now()) == mark
    record.name = "Nama Baru"
    session.commit()
    assert feed_etag(session, ALL, clock.now()) != mark
    assert feed_etag(session, Feed("Agenda lain"), clock.now()) != feed_etag(session, ALL, clock.now())
