"""Events of the practice year in every village but three, with their reports, and what people asked there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.demo import planted
from app.demo.villages import NOTE, PRACTICE
from app.demo.year import Year
from app.demo.year_campaigns import SPECS
from app.gatherings.communities import service as groups
from app.gatherings.events.models import Event, EventKind, EventStatus, EventTag, Headcount, Tag
from app.gatherings.events.service import new_code
from app.gatherings.reports.models import Aspiration, AspirationStatus, Report
from app.gatherings.reports.service import new_receipt
from app.outreach.campaigns.models import Campaign

FIRST, LAST = -295, -42
"""Days between which everybody but a few is visited, some again."""
TITLES = {
    EventKind.SOCIALISATION: "Pertemuan warga", EventKind.KIM_ACTIVITY: "Kegiatan KIM", EventKind.FGD: "Diskusi warga",
    EventKind.BIMTEK: "Belajar bersama", EventKind.MEETING: "Rapat RT",
}  # fmt: skip
KINDS = tuple(TITLES)
GROUPS = (
    ("64.02.06", "Tenggarong"), ("64.02.07", "Sebulu"), ("64.02.13", "Samboja"), ("64.02.16", "Tenggarong Seberang"),
    ("64.02.05", "Muara Badak"), ("64.02.11", "Muara Kaman"),
)  # fmt: skip
QUESTIONS = (
    "Kapan jadwal berikutnya di desa kami?", "Ke mana kami bertanya bila berkasnya ditolak?",
    "Apakah bisa dibantu perangkat desa?", "Bagaimana kalau sinyal di sini lemah?", "Siapa yang menjemput setoran?",
    "Apakah ada pelatihan untuk ibu-ibu?",
)  # fmt: skip
ANSWER = f"Ini contoh jawaban {PRACTICE}; jawaban yang sebenarnya ditulis OPD."
WAITING = 12
"""So many of the latest reports wait to be verified."""


@dataclass(frozen=True)
class Visit:
    village: str
    day: int
    campaign: str | None


def fill_events(year: Year, campaigns: dict[str, Campaign]) -> list[Event]:
    """Make all events with their reports; then what was asked at some of them."""
    groups_by_district = _groups(year)
    visits = sorted(_visits(year), key=lambda visit: (visit.day, visit.village))
    events, reports = [], []
    for number, visit in enumerate(visits):
        event = _event(year, number, visit, campaigns, groups_by_district)
        event.status = _status(number, len(visits))
        events.append(event)
        if event.status != EventStatus.HELD:
            reports.append(_report(year, number, event))
    year.session.add_all([*events, *reports])
    year.session.flush()
    year.session.add_all(_aspirations(year, events))
    year.session.flush()
    return events


def _groups(year: Year) -> dict[str, int]:
    """A KIM in each of these districts: the district's code → the organisation."""
    found = {}
    for district, name in GROUPS:
        code = next(code for code in year.villages if code.startswith(district) and code not in year.unvisited)
        details = groups.Details(name=f"KIM Contoh {name} {PRACTICE}", village_code=code, founded_year=2022, note=NOTE)
        found[district] = groups.register(year.session, year.editor, details, now=year.now).organisation_id
    return found


def _visits(year: Year) -> Iterator[Visit]:
    """Of every village but those that are never reached; see planted.py for when."""
    for code in year.villages:
        if code in planted.NEVER_REACHED:
            continue
        if code in planted.LONG_AGO:
            yield Visit(code, -315 + 2 * planted.LONG_AGO.index(code), None)
        elif code in year.unvisited:
            yield Visit(code, -year.luck.randint(2, 18), planted.TOUR)
        else:
            for _time in range(year.luck.choices((1, 2, 3), (5, 4, 1))[0]):
                day = year.luck.randint(FIRST, LAST)
                yield Visit(code, day, _campaign_on(year, day))
    first = -89
    month = year.day(first).month
    second = first + 2 if year.day(first + 2).month == month else first - 2
    yield from (Visit(planted.TWICE, day, name) for day, name in zip((first, second), planted.TOGETHER, strict=True))


def _campaign_on(year: Year, day: int) -> str | None:
    """One of those that run on this day; environment is what most visits are about."""
    running = [spec for spec in SPECS if spec.begins <= day <= spec.ends]
    weights = [3 if spec.name in {planted.KAMPUNG, planted.PILAH} else 1 for spec in running]
    return year.luck.choices(running, weights)[0].name if running else None


def _event(
    year: Year, number: int, visit: Visit, campaigns: dict[str, Campaign], groups_by_district: dict[str, int]
) -> Event:
    campaign = campaigns.get(visit.campaign or "")
    kind = year.luck.choice(KINDS)
    group = groups_by_district.get(visit.village[:8]) if kind == EventKind.KIM_ACTIVITY else None
    starts_at = year.at(visit.day, year.luck.choice((9, 10, 13, 15, 19)))
    about = (visit.campaign or "Kabar Layanan").removesuffix(f" {PRACTICE}")
    counts = [("f", "adult", 8), ("m", "adult", 6), ("f", "youth", 4), ("m", "youth", 3), ("f", "elder", 2)]
    heads = [Headcount(sex=sex, age_band=band, people=most + year.luck.randint(0, most)) for sex, band, most in counts]
    return Event(
        uid=str(UUID(int=year.luck.getrandbits(128), version=4)), code=new_code(), kind=kind,
        title=f"{TITLES[EventKind(kind)]}: {about} {PRACTICE}", organisation_id=group or year.office.id,
        campaign_id=campaign.id if campaign else None,
        dimension_key=campaign.dimensions[0].key if campaign and len(campaign.dimensions) == 1 else None,
        village_code=visit.village, place="Balai desa", starts_at=starts_at, ends_at=starts_at + timedelta(hours=2),
        people=sum(head.people for head in heads), headcounts=heads,
        tags=[EventTag(tag=year.luck.choice(tuple(Tag)))], responsible_id=year.editor.id,
        created_by_id=year.editor.id, created_at=starts_at - timedelta(days=7), updated_at=starts_at,
    )  # fmt: skip


def _status(number: int, total: int) -> EventStatus:
    """A few early ones were never reported, more of the latest are not reported yet, some were sent back."""
    left = total - number
    if number % 47 == 9 or (left <= 40 and left % 7 == 3):
        return EventStatus.HELD
    if number % 89 == 60:
        return EventStatus.RETURNED
    return EventStatus.REPORTED if left <= WAITING else EventStatus.VERIFIED


def _report(year: Year, number: int, event: Event) -> Report:
    """Most come within a week, some take a month."""
    waited = timedelta(hours=year.luck.randint(3, 120) if number % 11 else 24 * 28)
    submitted = min(event.ends_at + waited, year.now - timedelta(hours=2))
    verified = event.status == EventStatus.VERIFIED
    looked = min(submitted + timedelta(hours=year.luck.randint(4, 90)), year.now - timedelta(hours=1))
    returned = event.status == EventStatus.RETURNED
    return Report(
        event=event, receipt=new_receipt(), source="phone" if number % 3 else "office", on_behalf=number % 3 == 0,
        told="Pesan kunci disampaikan dan dibahas bersama. Contoh untuk latihan.", recorded_by_id=year.editor.id,
        recorded_at=submitted, submitted_at=submitted, verified_at=looked if verified else None,
        verified_by_id=year.people["kabid"].id if verified else None, returned_at=looked if returned else None,
        return_note=f"Fotonya belum ada. {PRACTICE}" if returned else None, missing=["photos"] if returned else [],
        spj={}, flags=[], not_twins=[], carried={},
    )  # fmt: skip


def _aspirations(year: Year, events: Sequence[Event]) -> list[Aspiration]:
    """Answered in time, answered late, late, waiting, only noted."""
    opds = [one for one in year.organisations.values() if one.kind == "opd" and not one.is_office]
    reported = [event for event in events if event.status != EventStatus.HELD]
    asked = reported[3:-WAITING:7] + reported[-WAITING:]
    rows = []
    for number, event in enumerate(asked):
        opd = opds[number % len(opds)]
        text = f"{QUESTIONS[number % len(QUESTIONS)]} {PRACTICE}"
        row = Aspiration(
            event_id=event.id, organisation_id=event.organisation_id, village_code=event.village_code, text=text,
            created_at=event.ends_at + timedelta(days=1),
        )  # fmt: skip
        if number % 9 != 8:
            _routed(year, row, opd.id, event.ends_at + timedelta(days=3), number)
        rows.append(row)
    return rows


def _routed(year: Year, row: Aspiration, opd: int, at: datetime, number: int) -> None:
    """Due after three weeks. Every eighth is not answered, every fifth late."""
    at = min(at, year.now - timedelta(hours=3))
    row.status, row.opd_id, row.routed_at = AspirationStatus.ROUTED, opd, at
    row.due_on = at.astimezone(year.zone).date() + timedelta(days=20)
    answered = at + timedelta(days=27 if number % 5 == 4 else 2 + number % 12)
    if number % 8 != 7 and answered < year.now:
        row.status, row.answer, row.official = AspirationStatus.ANSWERED, ANSWER, True
        row.answered_at, row.answered_by_id = answered, year.people["opd"].id
        row.told_back_at = answered + timedelta(days=5) if number % 2 else None
