"""What the calendar reads, on both databases."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.media.models import StoredFile
from app.desk.entries import CalendarFilters, day_borders, entries_by_day, page_of_entries
from app.desk.months import Month
from app.kernel.clock import FrozenClock
from app.kernel.roles import Actor, Role
from app.outreach.campaigns.models import Goal
from app.outreach.printing.models import PrintPiece, Proof
from tests.desk.test_states import deliver
from tests.world import World

WITA = ZoneInfo("Asia/Makassar")
NOVEMBER = [day for week in Month(2026, 11).weeks() for day in week]
TODAY = date(2026, 11, 24)
OPEN = {"starts_on": date(2026, 9, 1), "ends_on": date(2027, 1, 31)}  # begins and ends outside of November


@pytest.fixture
def editor(world: World) -> Actor:
    return world.actor(Role.EDITOR)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WITA).astimezone(UTC)


def titles(session: Session, actor: Actor, filters: CalendarFilters | None = None) -> list[str]:
    return [
        entry.title for entry in page_of_entries(session, actor, NOVEMBER, WITA, filters or CalendarFilters()).items
    ]


def test_a_day_ends_at_local_midnight(session: Session, world: World, editor: Actor) -> None:
    campaign = world.campaign(**OPEN)
    for moment in ("2026-11-23T23:59", "2026-11-24T00:00", "2026-11-24T23:59", "2026-11-25T00:00"):
        world.post(campaign=campaign, scheduled_at=at(moment), useful_until=None)
    days = entries_by_day(session, editor, NOVEMBER, WITA, CalendarFilters())
    assert {day.day: found.total for day, found in days.items()} == {23: 1, 24: 2, 25: 1}


def test_a_full_day_gives_three_and_a_count(session: Session, world: World, editor: Actor) -> None:
    campaign = world.campaign(**OPEN)
    for number in range(74):
        moment = at("2026-11-24T08:00") + timedelta(minutes=74 - number)
        world.post(campaign=campaign, title=f"Materi {74 - number}", scheduled_at=moment, useful_until=None)
    day = entries_by_day(session, editor, NOVEMBER, WITA, CalendarFilters())[TODAY]
    assert [entry.title for entry in day.entries] == ["Materi 1", "Materi 2", "Materi 3"]
    assert (day.total, day.more) == (74, 71)


def test_everything_dated_is_there(session: Session, world: World, editor: Actor, clock: FrozenClock) -> None:
    campaign = world.campaign(name="Kenal", starts_on=date(2026, 11, 2), ends_on=date(2026, 11, 30))
    session.add(Goal(campaign_id=campaign.id, measure="Pengenalan", due_on=date(2026, 11, 27)))
    _prove(session, campaign.id, world.office().id, clock, copies=(5, 7))
    world.post(campaign=campaign, title="Unggahan", scheduled_at=at("2026-11-24T09:00"))
    found = page_of_entries(session, editor, NOVEMBER, WITA, CalendarFilters()).items
    assert [(entry.day.day, entry.kind, entry.title, entry.amount) for entry in found] == [
        (2, "starts", "Kenal", None),
        (20, "proof", "Poster 112", 12),
        (24, "post", "Unggahan", None),
        (27, "goal", "Pengenalan", None),
        (30, "ends", "Kenal", None),
    ]
    assert {entry.campaign for entry in found} == {"Kenal"}


def test_events_stand_on_their_day_with_village_and_mark(session: Session, world: World, editor: Actor) -> None:
    campaign = world.campaign(name="Kenal", **OPEN)
    kim = world.kim()
    moment, village = at("2026-11-24T23:30"), world.village(3)
    world.event(title="Malam", starts_at=moment, campaign_id=campaign.id, village_code=village, moved_from=moment)
    world.event(title="Tanpa desa", starts_at=at("2026-11-24T09:00"), village_code=None, organisation_id=kim.id)
    world.event(title="Batal", starts_at=moment, status="cancelled")
    world.event(title="Digabung", starts_at=moment, status="merged")
    day = entries_by_day(session, editor, NOVEMBER, WITA, CalendarFilters())[TODAY]
    assert [(entry.title, entry.kind, entry.campaign) for entry in day.entries] == [
        ("Tanpa desa", "event", ""),
        ("Malam", "event", "Kenal"),
    ]
    marks = [entry.gathering for entry in day.entries]
    name = session.get_one(Village, village).name
    assert [(mark.village, mark.moved, mark.status) for mark in marks if mark] == [
        ("", False, "planned"),
        (name, True, "planned"),
    ]
    assert titles(session, editor, CalendarFilters(campaign_id=campaign.id)) == ["Malam"]
    assert titles(session, editor, CalendarFilters(organisation_id=kim.id)) == ["Tanpa desa"]
    assert titles(session, editor, CalendarFilters(state="draf")) == [], "a state belongs to posts alone"
    assert titles(session, world.actor(Role.EDITOR, organisation=world.organisation())) == []


def _prove(
    session: Session, campaign_id: int, organisation_id: int, clock: FrozenClock, copies: tuple[int, ...]
) -> None:
    """Proofs of one poster on 20 November, and one that was withdrawn."""
    now = clock.now()
    piece = PrintPiece(
        campaign_id=campaign_id, organisation_id=organisation_id, kind="poster", title="Poster 112",
        created_at=now, updated_at=now,
    )  # fmt: skip
    photo = StoredFile(sha256="0" * 64, mime="image/jpeg", size=1, name="foto.jpg", created_at=now)
    session.add_all([piece, photo])
    session.flush()
    for number in (*copies, 100):
        session.add(
            Proof(
                piece_id=piece.id, placed_on=date(2026, 11, 20), copies=number, photo_id=photo.id, recorded_at=now,
                withdrawn_at=now if number == 100 else None,
            )
        )  # fmt: skip
    session.commit()


def test_cancelled_things_are_left_out_unless_asked_for(session: Session, world: World, editor: Actor) -> None:
    world.campaign(name="Batal").status = "cancelled"
    campaign = world.campaign(**OPEN)
    world.post(campaign=campaign, title="Tidak jadi", status="cancelled")
    world.post(campaign=campaign, title="Jadi")
    session.commit()
    assert titles(session, editor) == ["Jadi"]
    assert titles(session, editor, CalendarFilters(state="dibatalkan")) == ["Tidak jadi"]


def test_filters_narrow_by_campaign_channel_state_and_opd(
    session: Session, world: World, editor: Actor, clock: FrozenClock
) -> None:
    dinas = world.organisation()
    one = world.campaign(name="Satu", **OPEN)
    other = world.campaign(name="Dua", starts_on=date(2026, 11, 10), ends_on=date(2026, 12, 31))
    x, paper = world.outlet("x"), world.outlet("newspaper")
    failed = world.post(x, campaign=one, title="Di X", status="approved")
    deliver(session, clock, failed, x, "failed")
    world.post(paper, campaign=other, title="Di koran", organisation_id=dinas.id)
    assert titles(session, editor, CalendarFilters(campaign_id=one.id)) == ["Di X"]
    assert titles(session, editor, CalendarFilters(campaign_id=other.id)) == ["Dua", "Di koran"]
    assert titles(session, editor, CalendarFilters(channel="newspaper")) == ["Di koran"]
    assert titles(session, editor, CalendarFilters(state="gagal")) == ["Di X"]
    assert titles(session, editor, CalendarFilters(state="terbit")) == []
    assert titles(session, editor, CalendarFilters(organisation_id=dinas.id)) == ["Di koran"]


def test_an_opd_sees_its_own_and_the_office_sees_all(session: Session, world: World, editor: Actor) -> None:
    dinas, foreign = world.organisation(), world.organisation()
    campaign = world.campaign(**OPEN)
    world.post(campaign=campaign, title="Milik dinas", organisation_id=dinas.id)
    world.post(campaign=campaign, title="Milik lain", organisation_id=foreign.id)
    world.campaign(name="Program lain", organisation_id=foreign.id)
    own = world.actor(Role.EDITOR, organisation=dinas)
    assert titles(session, own) == ["Milik dinas"]
    assert set(titles(session, editor)) == {"Milik dinas", "Milik lain", "Program lain"}


def test_an_entry_carries_its_state_and_channels(
    session: Session, world: World, editor: Actor, clock: FrozenClock
) -> None:
    outlets = [world.outlet("x"), world.outlet("facebook"), world.outlet("x")]
    post = world.post(*outlets, campaign=world.campaign(**OPEN), status="approved")
    deliver(session, clock, post, outlets[0], "sent")
    deliver(session, clock, post, outlets[1], "unknown")
    entry = entries_by_day(session, editor, NOVEMBER, WITA, CalendarFilters())[TODAY].entries[0]
    assert entry.state is not None
    assert entry.state.key == "belum-pasti"
    assert entry.channels == ("x", "facebook")


def test_the_list_pages_and_says_how_many(session: Session, world: World, editor: Actor) -> None:
    campaign = world.campaign(**OPEN)
    for number in range(7):
        world.post(
            campaign=campaign, title=f"M{number}", scheduled_at=at(f"2026-11-2{number}T08:00"), useful_until=None
        )
    page = page_of_entries(session, editor, NOVEMBER, WITA, CalendarFilters(), number=2, size=3)
    assert [entry.title for entry in page.items] == ["M3", "M4", "M5"]
    assert (page.total, page.pages) == (7, 3)


def test_a_month_takes_as_many_queries_with_one_post_as_with_fifty(
    session: Session, world: World, editor: Actor
) -> None:
    campaign, outlet = world.campaign(**OPEN), world.outlet()

    def queries() -> int:
        statements: list[str] = []
        engine = session.get_bind()

        def note(_connection, _cursor, statement, *_more) -> None:
            statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        entries_by_day(session, editor, NOVEMBER, WITA, CalendarFilters())
        event.remove(engine, "before_cursor_execute", note)
        return len(statements)

    world.post(outlet, campaign=campaign)
    world.event(starts_in=timedelta(hours=1), campaign_id=campaign.id)
    few = queries()
    for number in range(50):
        world.event(starts_at=at(f"2026-11-{number % 28 + 1:02}T08:00"), campaign_id=campaign.id)
        world.post(outlet, campaign=campaign, scheduled_at=at(f"2026-11-{number % 28 + 1:02}T08:00"), useful_until=None)
    assert queries() == few <= 7  # one of them is BEGIN


def test_days_follow_the_zone_through_a_change_of_the_clock() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start, end = day_borders(date(2026, 10, 25), berlin)
    assert end - start == timedelta(hours=25)
    assert day_borders(date(2026, 10, 26), berlin)[0] == end


@pytest.mark.parametrize(
    ("text", "shown"),
    [("2026-11", "2026-11"), ("2026-13", None), ("2026", None), ("", None), (None, None), ("0001-01", None)],
)
def test_a_month_is_read_or_refused(text: str | None, shown: str | None) -> None:
    assert (str(Month.read(text)) if Month.read(text) else None) == shown


def test_months_follow_each_other_over_the_year() -> None:
    assert (str(Month(2026, 12).next), str(Month(2026, 1).before)) == ("2027-01", "2025-12")
    assert Month(2026, 11).weeks()[0][0] == date(2026, 10, 26), "weeks begin on Monday"
    assert len(list(Month(2028, 2).days())) == 29


def test_a_survey_stands_on_its_first_and_last_day(session: Session, world: World, editor: Actor) -> None:
    days = {"starts_on": date(2026, 11, 10), "ends_on": date(2026, 11, 20)}
    wave = world.wave(name="Survei awal", **days)
    world.wave(name="Tidak diadakan", status="cancelled", **days)
    found = page_of_entries(session, editor, NOVEMBER, WITA, CalendarFilters()).items
    assert [(entry.day.day, entry.kind, entry.id) for entry in found] == [
        (10, "survey_starts", wave.id), (20, "survey_ends", wave.id),
    ]  # fmt: skip
    stranger = world.actor(Role.VIEWER, organisation=world.organisation())
    assert titles(session, stranger) == []
    assert titles(session, editor, CalendarFilters(campaign_id=world.campaign(**OPEN).id)) == []
