"""Practice surveys: a past campaign with its simulated survey before and after, and one that is being asked now.

In the pair one thing is planted: after the campaign more people know Bank Sampah (and remember the campaign), most of
them where somebody was in the meantime, while the other services are as well known as before. The results pages should
say just that. `year_surveys.py` asks the same of the whole regency.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import product

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.people.actors import actor_of
from app.base.people.models import User
from app.demo import planted
from app.demo.villages import PRACTICE
from app.evidence.instruments.models import Instrument, InstrumentVersion, SurveyAudience
from app.evidence.responses.simulation.people import People, Truth
from app.evidence.responses.simulation.service import people_of, simulate
from app.evidence.responses.tally import fold
from app.evidence.surveys.models import Mode, SampleMethod, Stage, Wave
from app.evidence.surveys.waves import service as waves
from app.kernel.roles import Actor
from app.outreach.campaigns import service as campaigns
from app.outreach.campaigns.models import Campaign, CampaignStatus, Service

INSTRUMENT = "pengenalan-warga"
PEOPLE, VILLAGES = 400, 20
BEGAN, LASTED, ASKED = 100, 28, 14  # days ago; days
BEFORE: Mapping[str, float] = {
    "istilah": 0.38, "ingat": 0.16, "pesan_tepat": 0.3, "gambar": 0.08, "paham": 0.42, "pakai": 0.35, "percaya": 0.62,
    "niat": 0.5, "kenal_idaman": 0.31, "kenal_kaw": 0.27, "kenal_umkm": 0.44, "kenal_bpjs": 0.24, "kenal_kim": 0.36,
    "kenal_sampah": 0.33, "sebut_idaman": 0.05, "sebut_kaw": 0.06, "sebut_umkm": 0.09, "sebut_bpjs": 0.04,
    "sebut_kim": 0.07, "sebut_sampah": 0.08, "sapa": 0.04,
}  # fmt: skip
RISES: Mapping[str, float] = {"sebut_sampah": 0.1, "ingat": 0.24, "gambar": 0.22}
"""What else rises, everywhere alike."""
SEEDS = (2026, 2031)


@dataclass(frozen=True)
class Asking:
    """A survey that was held. `places`: village → answers. `rise`: how many more know what rises, where somebody was
    and where nobody was; `told`: how much of RISES there is."""

    name: str
    campaign: Campaign | None
    starts_on: date
    days: int
    places: Mapping[str, int]
    stage: str = Stage.BASELINE
    before: Wave | None = None
    rise: tuple[float, float] = (0.0, 0.0)
    told: float = 0.0
    seed: int = SEEDS[0]


def fill_surveys(session: Session, people: Mapping[str, User], *, today: date, now: datetime) -> None:
    """Make the practice surveys, only where the kits brought their instrument and there are villages to ask in, and
    nothing a second time."""
    version = version_of(session)
    villages = session.scalars(select(Village.code).order_by(Village.code)).all()
    filled = session.scalar(select(Campaign.id).where(Campaign.name == planted.PILAH).limit(1))
    if version is None or not villages or filled is not None:
        return
    editor = actor_of(session, people["editor"], today)
    places = dict.fromkeys(planted.campaign_survey_villages(villages, VILLAGES), PEOPLE // VILLAGES)
    campaign = _past_campaign(session, editor, today)
    first = Asking(f"Survei awal {campaign.name}", campaign, campaign.starts_on - timedelta(days=ASKED), ASKED, places)
    before = hold_survey(session, editor, version, first, planted.unvisited_villages(villages))
    second = Asking(
        f"Survei sesudah {campaign.name}", campaign, campaign.ends_on + timedelta(days=1), ASKED, places, Stage.AFTER,
        before, rise=(planted.RISE_REACHED, planted.RISE_LEFT_OUT), told=1.0, seed=SEEDS[1],
    )  # fmt: skip
    hold_survey(session, editor, version, second, planted.unvisited_villages(villages))
    _going_on(session, editor, version, list(places), today, now)


def version_of(session: Session) -> InstrumentVersion | None:
    """Return the newest version of the questions for residents, or None."""
    return session.scalar(
        select(InstrumentVersion)
        .join(Instrument, Instrument.id == InstrumentVersion.instrument_id)
        .where(Instrument.key == INSTRUMENT)
        .order_by(InstrumentVersion.number.desc())
        .limit(1)
    )


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(4), UTC)  # midday in most of Indonesia


def _past_campaign(session: Session, editor: Actor, today: date) -> Campaign:
    starts_on = today - timedelta(days=BEGAN)
    ends_on = starts_on + timedelta(days=LASTED - 1)
    service_id = session.scalar(select(Service.id).where(Service.key == "bank-sampah"))
    values = campaigns.Plan(
        name=planted.PILAH,
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


def hold_survey(
    session: Session, editor: Actor, version: InstrumentVersion, asking: Asking, unvisited: frozenset[str]
) -> Wave:  # fmt: skip
    """Plan, open, answer and close a survey on its days, with its simulated answers counted."""
    values = waves.Plan(
        name=asking.name, organisation_id=editor.organisation_id, instrument_version_id=version.id,
        starts_on=asking.starts_on, ends_on=asking.starts_on + timedelta(days=asking.days - 1), stage=asking.stage,
        audience=SurveyAudience.RESIDENTS, campaign_id=asking.campaign.id if asking.campaign else None,
        before_id=asking.before.id if asking.before else None, purpose="Data contoh untuk latihan.",
        modes=[Mode.PHONE, Mode.PAPER], target=sum(asking.places.values()), method=SampleMethod.LIST,
        same_places=asking.before is not None, deff=1.5, simulated=True,
        places=[waves.PlacePlan(code, target) for code, target in asking.places.items()],
    )  # fmt: skip
    wave = waves.plan(session, editor, values, now=_noon(asking.starts_on - timedelta(days=7)))
    waves.open_wave(session, editor, wave.id, now=_noon(asking.starts_on))
    closed = _noon(wave.ends_on + timedelta(days=1))
    for number, (places, truth) in enumerate(_groups(asking, unvisited)):
        who = people_of(session, wave, truth, seed=asking.seed + number, now=closed)
        # by name: the code of a survey is another in every installation, the people are the same
        setting = replace(who.setting, places=places, code=asking.name)
        some = People(who.definition, setting, truth, seed=who.seed)
        simulate(session, editor, wave, some, range(int(sum(places.values()))), now=closed)
    waves.close_wave(session, editor, wave.id, now=closed)
    fold(session, wave)
    return wave


def _groups(asking: Asking, unvisited: frozenset[str]) -> Iterator[tuple[Mapping[str, float], Truth]]:
    """Villages where the same is true, with their answers; those of the district with few answers apart, so that they
    are exactly as few."""
    for nobody, few in product((False, True), repeat=2):
        places = {
            code: float(target)
            for code, target in asking.places.items()
            if (code in unvisited, target == planted.FEW) == (nobody, few)
        }
        shares = {key: share + asking.told * RISES.get(key, 0.0) for key, share in BEFORE.items()}
        shares[planted.RISES_MEASURE] += asking.rise[nobody]
        if places:
            yield places, Truth(shares)


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
