"""Practice surveys: a past campaign with its simulated survey before and after, and one that is being asked now.

In the pair one thing is planted: after the campaign more people know Bank Sampah (and remember the campaign), while
the other services are as well known as before. The results pages should say just that.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas.models import Village
from app.campaigns import service as campaigns
from app.campaigns.models import Campaign, CampaignStatus, Service
from app.demo.villages import PRACTICE
from app.instruments.models import Instrument, InstrumentVersion, SurveyAudience
from app.kernel.roles import Actor
from app.people.actors import actor_of
from app.people.models import User
from app.responses.simulate import Truth
from app.responses.simulating import people_of, simulate
from app.responses.tally import fold
from app.surveys import waves
from app.surveys.models import Mode, SampleMethod, Stage, Wave

INSTRUMENT = "pengenalan-warga"
PEOPLE, VILLAGES = 400, 20
BEGAN, LASTED, ASKED = 100, 28, 14  # days ago; days
BEFORE: Mapping[str, float] = {
    "istilah": 0.38, "ingat": 0.16, "pesan_tepat": 0.3, "gambar": 0.08, "paham": 0.42, "pakai": 0.35, "percaya": 0.62,
    "niat": 0.5, "kenal_idaman": 0.31, "kenal_kaw": 0.27, "kenal_umkm": 0.44, "kenal_bpjs": 0.24, "kenal_kim": 0.36,
    "kenal_sampah": 0.33, "sebut_idaman": 0.05, "sebut_kaw": 0.06, "sebut_umkm": 0.09, "sebut_bpjs": 0.04,
    "sebut_kim": 0.07, "sebut_sampah": 0.08, "sapa": 0.04,
}  # fmt: skip
RISES: Mapping[str, float] = {"kenal_sampah": 0.22, "sebut_sampah": 0.1, "ingat": 0.24, "gambar": 0.22}
SEEDS = (2026, 2027)


def fill_surveys(session: Session, people: Mapping[str, User], *, today: date, now: datetime) -> None:
    """Only where the kits brought their instrument and there are villages to ask in."""
    version = session.scalar(
        select(InstrumentVersion)
        .join(Instrument, Instrument.id == InstrumentVersion.instrument_id)
        .where(Instrument.key == INSTRUMENT)
        .order_by(InstrumentVersion.number.desc())
        .limit(1)
    )
    villages = session.scalars(select(Village.code).order_by(Village.code)).all()
    if version is None or not villages:
        return
    editor = actor_of(session, people["editor"], today)
    spread = villages[:: max(1, len(villages) // VILLAGES)][:VILLAGES]
    campaign = _past_campaign(session, editor, today)
    begins, ended = campaign.starts_on, campaign.ends_on
    before = _asked(session, editor, campaign, version, spread, begins - timedelta(days=ASKED), Truth(BEFORE), None)
    risen = {key: share + RISES.get(key, 0.0) for key, share in BEFORE.items()}
    _asked(session, editor, campaign, version, spread, ended + timedelta(days=1), Truth(risen), before)
    _going_on(session, editor, version, spread, today, now)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(4), UTC)  # midday in most of Indonesia


def _past_campaign(session: Session, editor: Actor, today: date) -> Campaign:
    starts_on = today - timedelta(days=BEGAN)
    ends_on = starts_on + timedelta(days=LASTED - 1)
    service_id = session.scalar(select(Service.id).where(Service.key == "bank-sampah"))
    values = campaigns.Plan(
        name=f"Pilah Sampah dari Rumah {PRACTICE}",
        organisation_id=editor.organisation_id,
        starts_on=starts_on,
        ends_on=ends_on,
        summary="Program contoh yang sudah selesai, dengan survei awal dan survei sesudah. Semua jawabannya simulasi.",
        dimension_keys=["smart-environment"],
        service_ids=[service_id] if service_id else [],
    )
    campaign = campaigns.plan(session, editor, values, now=_noon(starts_on - timedelta(days=30)))
    for status, day in ((CampaignStatus.ACTIVE, starts_on), (CampaignStatus.ENDED, ends_on)):
        campaigns.move_status(session, editor, campaign.id, status, now=_noon(day))
    return campaign


def _asked(
    session: Session, editor: Actor, campaign: Campaign, version: InstrumentVersion, villages: Sequence[str],
    starts_on: date, truth: Truth, before: Wave | None,
) -> Wave:  # fmt: skip
    """A survey that was held and closed, with its simulated answers counted."""
    stage = Stage.AFTER if before else Stage.BASELINE
    name = "Survei sesudah" if before else "Survei awal"
    values = waves.Plan(
        name=f"{name} {campaign.name}", organisation_id=campaign.organisation_id, instrument_version_id=version.id,
        starts_on=starts_on, ends_on=starts_on + timedelta(days=ASKED - 1), stage=stage,
        audience=SurveyAudience.RESIDENTS, campaign_id=campaign.id, before_id=before.id if before else None,
        purpose="Data contoh untuk latihan.", modes=[Mode.PHONE, Mode.PAPER], target=PEOPLE, method=SampleMethod.LIST,
        same_places=before is not None, deff=1.5, simulated=True,
        places=[waves.PlacePlan(code, PEOPLE // len(villages)) for code in villages],
    )  # fmt: skip
    wave = waves.plan(session, editor, values, now=_noon(starts_on - timedelta(days=7)))
    waves.open_wave(session, editor, wave.id, now=_noon(starts_on))
    closed = _noon(wave.ends_on + timedelta(days=1))
    who = people_of(session, wave, truth, seed=SEEDS[before is not None], now=closed)
    simulate(session, editor, wave, who, range(PEOPLE), now=closed)
    waves.close_wave(session, editor, wave.id, now=closed)
    fold(session, wave)
    return wave


def _going_on(
    session: Session, editor: Actor, version: InstrumentVersion, villages: Sequence[str], today: date, now: datetime
) -> None:  # fmt: skip
    """A survey to practise with: real answers, by interview, on paper and by link."""
    values = waves.Plan(
        name=f"Survei pengenalan warga {PRACTICE}", organisation_id=editor.organisation_id,
        instrument_version_id=version.id, starts_on=today, ends_on=today + timedelta(days=21), stage=Stage.SINGLE,
        audience=SurveyAudience.RESIDENTS, purpose="Untuk berlatih wawancara, mengisi kertas, dan membuka tautan.",
        modes=[Mode.PHONE, Mode.PAPER, Mode.LINK], target=40, method=SampleMethod.LIST,
        places=[waves.PlacePlan(code, 10) for code in villages[:4]],
    )  # fmt: skip
    wave = waves.plan(session, editor, values, now=now)
    waves.open_wave(session, editor, wave.id, now=now)
