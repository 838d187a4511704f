"""Five years of an office, filled in bulk: campaigns with goals and money, posts with deliveries and their figures,
events, proofs of print, and surveys before and after. Ten of fifty campaigns of each year were surveyed twice.
"""

import random
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from sqlalchemy import insert, select
from sqlalchemy.orm import Session, sessionmaker

from app.base.areas.models import Village
from app.base.areas.service import load_regency
from app.base.media.models import StoredFile
from app.base.people.models import Organisation, User
from app.base.people.roles import load_roles, role_rows
from app.evidence.instruments.definition import AGE_BANDS, SEXES, Definition, read
from app.evidence.instruments.models import Instrument, InstrumentVersion
from app.evidence.responses.models import Cell, Response
from app.evidence.responses.simulation.people import People, Setting, Truth
from app.evidence.responses.tally import Key, vectors
from app.evidence.surveys.models import Wave, WavePlace
from app.gatherings.events.models import Event, Headcount
from app.kernel.db import unit_of_work
from app.kernel.roles import Role
from app.outreach.campaigns.models import Campaign, Goal, Service, Spending, campaign_dimensions, campaign_services
from app.outreach.campaigns.reference import load_dimensions, load_services
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post, Variant
from app.outreach.printing.models import PrintPiece, Proof, ProofVillage
from app.outreach.publishing.models import Delivery, Measurement

YEARS = 5
NOW = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
TODAY = NOW.date()
ZONE = ZoneInfo("Asia/Makassar")
QUESTIONNAIRE = Path("campaigns/kenal-smart-city/surveys/pengenalan-warga.yaml")
OUTLETS = ("x", "facebook", "instagram", "newspaper")
OPDS = 12
FORMS = 400
"""Different people whose answers are given again and again."""
CAMPAIGN_DAYS, SURVEY_DAYS = 40, 14
AGES = (1, 24, 7 * 24, 28 * 24)
SHARES = {"kenal_sampah": 0.33, "sebut_sampah": 0.08, "ingat": 0.16}
RISEN = {"kenal_sampah": 0.53, "sebut_sampah": 0.16, "ingat": 0.35}


@dataclass(frozen=True)
class Size:
    """`posts` go to four outlets each; `waves` are half before and half after, of `answers` each."""

    campaigns: int = 500
    posts: int = 20_000
    events: int = 10_000
    waves: int = 100
    answers: int = 10_000

    @property
    def tenth(self) -> "Size":
        return Size(self.campaigns // 10, self.posts // 10, self.events // 10, self.waves // 10, self.answers)


@dataclass(frozen=True)
class Form:
    """One way to answer, as a row of responses has it."""

    answers: Mapping[str, Any]
    codes: Mapping[str, list[str]]
    place: str = ""
    sex: str = ""
    age_band: str = ""
    mode: str = ""
    flags: Sequence[str] = ()


def fill(sessions: "sessionmaker[Session]", size: Size) -> int:
    """Everything, and a viewer and an editor of the office; returns the id of the newest campaign that was surveyed."""
    chance = random.Random(2026)
    with unit_of_work(sessions) as session:
        load_regency(session, "64.02")
        load_roles(session)
        load_dimensions(session)
        office = Organisation(kind="opd", name="Diskominfo", is_office=True)
        opds = [Organisation(kind="opd", name=f"Dinas contoh nomor {number}") for number in range(1, OPDS)]
        session.add_all([office, *opds])
        session.flush()
        load_services(session)
        for role in (Role.VIEWER, Role.EDITOR):
            session.add(
                User(username=role, name=role, fs_uniquifier=role, organisation_id=office.id, created_at=NOW,
                     roles=role_rows(session, frozenset({role})))
            )  # fmt: skip
        outlets = [
            Outlet(kind=kind, name=kind, organisation_id=office.id, status="connected", settings={}, created_at=NOW)
            for kind in OUTLETS
        ]
        session.add_all(outlets)
        session.flush()
        owners = [office.id, *(one.id for one in opds)]
        villages = session.scalars(select(Village.code).order_by(Village.code)).all()
        starts = _campaigns(session, chance, size, owners)
        _posts(session, chance, size, starts, office.id, [one.id for one in outlets])
        _events(session, chance, size, starts, owners, villages)
        _proofs(session, chance, starts, office.id, villages)
    return _surveys(sessions, chance, size, starts, villages)


def _campaigns(session: Session, chance: random.Random, size: Size, owners: Sequence[int]) -> dict[int, date]:
    """Id → first day, spread evenly over the years; the last one ended two months ago."""
    last = TODAY - timedelta(days=60 + CAMPAIGN_DAYS)
    step = timedelta(days=YEARS * 365) / size.campaigns
    starts = {number: last - (size.campaigns - number) * step for number in range(1, size.campaigns + 1)}
    session.execute(
        insert(Campaign),
        [
            {"id": number, "name": f"Program nomor {number}", "organisation_id": chance.choice(owners),
             "starts_on": day, "ends_on": day + timedelta(days=CAMPAIGN_DAYS), "status": "ended",
             "budget": 50_000_000 if number % 4 else None, "created_at": NOW}
            for number, day in starts.items()
        ],
    )  # fmt: skip
    goals = [
        {"campaign_id": number, "measure": "Warga yang mengenal layanan", "unit": "%", "target": 60.0,
         "baseline": 33.0 if number % 3 else None, "due_on": day + timedelta(days=90)}
        for number, day in starts.items()
    ]  # fmt: skip
    session.execute(insert(Goal), goals)
    spent = [
        {"campaign_id": number, "spent_on": day + timedelta(days=turn), "amount": 1_500_000, "hours": 8.0,
         "note": "Cetak", "recorded_at": NOW}
        for number, day in starts.items() for turn in range(0, CAMPAIGN_DAYS, 10)
    ]  # fmt: skip
    session.execute(insert(Spending), spent)
    service = session.scalars(select(Service.id).where(Service.key == "bank-sampah")).one()
    session.execute(campaign_services.insert(), [{"campaign_id": number, "service_id": service} for number in starts])
    session.execute(
        campaign_dimensions.insert(),
        [{"campaign_id": number, "dimension_key": "smart-environment"} for number in starts],
    )
    return starts


def _noon(day: date, chance: random.Random) -> datetime:
    return datetime.combine(day, time(chance.randrange(1, 8), chance.randrange(60)), UTC)


def _posts(
    session: Session, chance: random.Random, size: Size, starts: Mapping[int, date], office: int,
    outlets: Sequence[int],
) -> None:  # fmt: skip
    mark = "a" * 64
    for first in range(1, size.posts + 1, 5_000):
        numbers = range(first, min(first + 5_000, size.posts + 1))
        posts, deliveries, figures = [], [], []
        for number in numbers:
            campaign = 1 + number % size.campaigns
            at = _noon(starts[campaign] + timedelta(days=chance.randrange(CAMPAIGN_DAYS)), chance)
            posts.append({
                "id": number, "campaign_id": campaign, "organisation_id": office, "title": f"Unggahan {number}",
                "text": "Kenali layanan kota cerdas.", "status": "approved", "scheduled_at": at,
                "useful_until": at + timedelta(days=3), "content_hash": mark, "approved_hash": mark,
                "submitted_at": at - timedelta(days=3), "created_at": at, "updated_at": at, "round": 1,
            })  # fmt: skip
            for turn, outlet in enumerate(outlets):
                delivery = (number - 1) * len(outlets) + turn + 1
                sent = chance.random() > 0.002 or at < NOW - timedelta(days=200)
                deliveries.append({
                    "id": delivery, "post_id": number, "outlet_id": outlet, "content_hash": mark, "payload": {},
                    "status": "sent" if sent else "missed", "due_at": at, "wake_at": at, "created_at": at,
                    "sent_at": at if sent else None,
                })  # fmt: skip
                if sent and turn < 3:
                    figures += [_figure(chance, delivery, at, age) for age in AGES]
        session.execute(insert(Post), posts)
        session.execute(
            insert(Variant), [{"post_id": one, "outlet_id": outlet} for one in numbers for outlet in outlets]
        )
        session.execute(insert(Delivery), deliveries)
        session.execute(insert(Measurement), figures)


def _figure(chance: random.Random, delivery: int, at: datetime, age: int) -> dict[str, Any]:
    when = at + timedelta(hours=age)
    views = chance.randrange(200, 4000)
    return {
        "delivery_id": delivery, "age": age, "due_at": when, "wake_at": when, "state": "taken", "tries": 1,
        "taken_at": when, "latest": age == AGES[-1], "views": views, "reach": None, "reactions": views // 30,
        "comments": views // 200, "shares": views // 150, "saves": None, "clicks": views // 90, "detail": None,
    }  # fmt: skip


def _events(
    session: Session, chance: random.Random, size: Size, starts: Mapping[int, date], owners: Sequence[int],
    villages: Sequence[str],
) -> None:  # fmt: skip
    events, people = [], []
    for number in range(1, size.events + 1):
        campaign = 1 + number % size.campaigns
        at = _noon(starts[campaign] + timedelta(days=chance.randrange(CAMPAIGN_DAYS)), chance)
        events.append({
            "id": number, "uid": f"bench-{number}", "code": f"bench{number}", "kind": "socialisation",
            "title": f"Kegiatan {number}", "organisation_id": chance.choice(owners), "campaign_id": campaign,
            # a few villages nobody ever goes to
            "village_code": chance.choice(villages[:-5]), "place": "Balai desa", "starts_at": at,
            "ends_at": at + timedelta(hours=2), "status": "verified" if number % 50 else "held", "people": 40,
            "created_at": at, "updated_at": at,
        })  # fmt: skip
        people += [{"event_id": number, "sex": sex, "age_band": "adult", "people": 20} for sex in SEXES]
    session.execute(insert(Event), events)
    session.execute(insert(Headcount), people)


def _proofs(
    session: Session, chance: random.Random, starts: Mapping[int, date], office: int, villages: Sequence[str]
) -> None:  # fmt: skip
    photo = StoredFile(sha256="0" * 64, mime="image/jpeg", size=1, width=1, height=1, name="bukti.jpg", created_at=NOW)
    session.add(photo)
    session.flush()
    session.execute(
        insert(PrintPiece),
        [
            {"id": number, "campaign_id": number, "organisation_id": office, "kind": "poster", "title": "Poster",
             "content": {}, "created_at": NOW, "updated_at": NOW}
            for number in starts
        ],
    )  # fmt: skip
    proofs = [
        {"id": number * 4 + turn, "piece_id": number, "placed_on": day + timedelta(days=5 + turn), "copies": 10,
         "photo_id": photo.id, "recorded_at": NOW}
        for number, day in starts.items() for turn in range(4)
    ]  # fmt: skip
    session.execute(insert(Proof), proofs)
    places = [
        {"proof_id": one["id"], "village_code": code} for one in proofs for code in chance.sample(villages[:-5], 5)
    ]
    session.execute(insert(ProofVillage), places)


def _surveys(
    sessions: "sessionmaker[Session]", chance: random.Random, size: Size, starts: Mapping[int, date],
    villages: Sequence[str],
) -> int:  # fmt: skip
    pairs = size.waves // 2
    surveyed = list(starts)[size.campaigns // pairs - 1 :: size.campaigns // pairs][:pairs]
    with unit_of_work(sessions) as session:
        version_id, definition = _questionnaire(session)
    forms = [_forms(definition, shares, villages) for shares in (SHARES, RISEN)]
    for number in surveyed:
        day, before = starts[number], None
        for after, first in enumerate((day - timedelta(days=20), day + timedelta(days=CAMPAIGN_DAYS + 1))):
            with unit_of_work(sessions) as session:
                wave = _wave(session, number, first, version_id, before, villages, size.answers)
                _answers(session, chance, wave, definition, forms[after], villages, size.answers)
                before = wave.id
    return surveyed[-1]


def _questionnaire(session: Session) -> tuple[int, Definition]:
    raw = yaml.safe_load(QUESTIONNAIRE.read_text(encoding="utf-8"))
    raw = {name: value for name, value in raw.items() if name not in {"key", "audience"}}
    raw["sections"] = [
        {**section, "questions": [{k: v for k, v in one.items() if k != "image"} for one in section["questions"]]}
        for section in raw["sections"]
    ]
    version = InstrumentVersion(
        number=1, definition={"languages": ["id"], **raw}, frozen_at=NOW, created_at=NOW, updated_at=NOW
    )
    office = session.scalars(select(Organisation.id).where(Organisation.is_office)).one()
    session.add(Instrument(key="warga", title="Pengenalan", organisation_id=office, created_at=NOW, versions=[version]))
    session.flush()
    return version.id, read(version.definition)


def _forms(definition: Definition, shares: Mapping[str, float], villages: Sequence[str]) -> list[Form]:
    setting = Setting("ukur", dict.fromkeys(villages, 1.0), ["phone"], TODAY, TODAY, ZONE)
    people = People(definition, setting, Truth(shares), seed=1)
    found = (people.person(number) for number in range(FORMS))
    return [Form(one.sent.answers, one.codes) for one in found]


def _wave(
    session: Session, campaign_id: int, first: date, version_id: int, before: int | None, villages: Sequence[str],
    answers: int,
) -> Wave:  # fmt: skip
    last = first + timedelta(days=SURVEY_DAYS)
    office = session.scalars(select(Organisation.id).where(Organisation.is_office)).one()
    at = datetime.combine(last, time(4), UTC)
    wave = Wave(
        code=f"u{campaign_id}{'b' if before else 'a'}", name=f"Survei {'sesudah' if before else 'awal'} {campaign_id}",
        organisation_id=office, campaign_id=campaign_id, instrument_version_id=version_id, modes=["phone"],
        stage="after" if before else "baseline", starts_on=first, ends_on=last, target=answers, method="pps",
        strata="district", same_places=before is not None, before_id=before, status="closed", opened_at=at,
        closed_at=at, created_at=at, updated_at=at,
        places=[
            WavePlace(place=code, position=n, target=answers // len(villages), size=1000 + n, stratum=code[:8],
                      probability=0.1 + n / 1000)
            for n, code in enumerate(villages)
        ],
    )  # fmt: skip
    session.add(wave)
    session.flush()
    return wave


def _answers(
    session: Session, chance: random.Random, wave: Wave, definition: Definition, forms: Sequence[Form],
    villages: Sequence[str], answers: int,
) -> None:  # fmt: skip
    counted: Counter[tuple[int, str, str, str]] = Counter()
    rows = []
    for _ in range(answers):
        form, place = chance.randrange(FORMS), chance.choice(villages)
        key = (form, place, chance.choice(SEXES), chance.choice(AGE_BANDS))
        counted[key] += 1
        rows.append({
            "uuid": str(uuid.UUID(int=chance.getrandbits(128), version=4)), "wave_id": wave.id, "mode": "phone",
            "place": place, "sex": key[2], "age_band": key[3], "answers": forms[form].answers,
            "codes": forms[form].codes, "content_hash": "x", "received_at": wave.closed_at, "flags": [],
            "tallied": True,
        })  # fmt: skip
    session.execute(insert(Response), rows)
    session.execute(insert(Cell), list(_cells(wave.id, definition, forms, counted)))


def _cells(
    wave_id: int, definition: Definition, forms: Sequence[Form], counted: Mapping[tuple[int, str, str, str], int]
) -> Iterator[dict[str, Any]]:
    of_form = [next(iter(vectors(definition, [form]).values()))[1] for form in forms]
    cells: dict[Key, tuple[int, Any]] = {}
    for (form, place, sex, band), people in counted.items():
        key = (place, sex, band, "phone")
        before = cells.get(key, (0, 0.0))
        cells[key] = (before[0] + people, before[1] + people * of_form[form])
    for (place, sex, band, mode), (people, sums) in cells.items():
        yield {
            "wave_id": wave_id, "place": place, "sex": sex, "age_band": band, "mode": mode, "people": people,
            "sums": sums.astype("<f8").tobytes(),
        }  # fmt: skip
