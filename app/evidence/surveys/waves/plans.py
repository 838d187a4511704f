"""Values that a person plans of a survey, and what is wrong with them. The verbs are in service.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.evidence.instruments.access import may_plan_for
from app.evidence.instruments.definition import AGE_BANDS, SEXES
from app.evidence.instruments.models import InstrumentVersion, SurveyAudience
from app.evidence.instruments.places import place_names
from app.evidence.instruments.states import SURVEYED
from app.evidence.surveys.models import Mode, SampleMethod, Stage, Wave, WaveStatus
from app.kernel.errors import Forbidden, Invalid
from app.kernel.roles import SYSTEM, Actor
from app.kernel.site import site_of
from app.kernel.text import T
from app.kernel.typed import at_most
from app.outreach.campaigns.models import Campaign

MAX_NAME = 200
MAX_PURPOSE = 5000
MAX_NUMBER = 60
MAX_REASON = 500
MOST_ANSWERS = 1_000_000
MOST_PEOPLE = 100_000_000
LARGEST_DEFF = 50.0
ICC = 0.05
"""How alike the people of one village answer (0 … 1), where nobody knows better."""
LONGEST = timedelta(days=731)
YEARS = range(2000, 2101)
STRATA = ("", "district", "network")
GROUPS = tuple(f"{sex}.{band}" for sex in SEXES for band in AGE_BANDS)
"""Keys of quotas and of the margins "sex_age"."""


@dataclass(frozen=True)
class PlacePlan:
    """Where is asked: a village's code or "opd:ID"; `target` answers, `size` people where known."""

    place: str
    target: int | None = None
    size: int | None = None
    stratum: str = ""
    probability: float | None = None


@dataclass(frozen=True)
class Plan:
    """Everything that is planned of a wave. `places` None leaves them as they are (a draw makes its own)."""

    name: str
    organisation_id: int | None
    instrument_version_id: int | None
    starts_on: date | None
    ends_on: date | None
    stage: str = Stage.SINGLE
    audience: str = SurveyAudience.RESIDENTS
    purpose: str = ""
    campaign_id: int | None = None
    before_id: int | None = None
    modes: Sequence[str] = ()
    target: int | None = None
    method: str = SampleMethod.OPEN
    strata: str = ""
    same_places: bool = False
    deff: float = 1.0
    quotas: Mapping[str, int] = field(default_factory=dict)
    margins: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    double_keying: bool = False
    bps_number: str = ""
    simulated: bool = False
    places: Sequence[PlacePlan] | None = None


PLAIN = (
    "name", "organisation_id", "instrument_version_id", "starts_on", "ends_on", "stage", "audience", "purpose",
    "campaign_id", "before_id", "target", "method", "strata", "same_places", "deff", "double_keying", "bps_number",
    "simulated",
)  # fmt: skip
WHILE_OPEN = ("name", "purpose", "ends_on", "target", "bps_number", "quotas", "margins")
"""What may still change once people answer."""


def today_of(session: Session, now: datetime) -> date:
    """Return the day on the regency's clock."""
    return now.astimezone(ZoneInfo(site_of(session).tz)).date()


def plan_of(wave: Wave) -> Plan:
    """Return the stored plan, with its places."""
    places = [PlacePlan(row.place, row.target, row.size, row.stratum, row.probability) for row in wave.places]
    return Plan(
        **{name: getattr(wave, name) for name in PLAIN}, modes=list(wave.modes), quotas=dict(wave.quotas),
        margins=dict(wave.margins), places=places,
    )  # fmt: skip


def facts(wave: Wave) -> dict[str, Any]:
    """Return what the trail keeps of a plan."""
    return {
        "name": wave.name, "stage": wave.stage, "audience": wave.audience, "campaign_id": wave.campaign_id,
        "before_id": wave.before_id, "instrument_version_id": wave.instrument_version_id, "modes": list(wave.modes),
        "starts_on": wave.starts_on.isoformat(), "ends_on": wave.ends_on.isoformat(), "target": wave.target,
        "method": wave.method, "places": len(wave.places), "quotas": dict(wave.quotas), "bps_number": wave.bps_number,
    }  # fmt: skip


def check(session: Session, actor: Actor, values: Plan, wave: Wave | None = None) -> None:
    """Raise Invalid, with the field, for the first thing that cannot be stored; Forbidden for others' organisations.

    `wave`: the one that is edited; what it has already may stay.
    """
    _check_words(values)
    _check_period(values)
    _check_numbers(values)
    _check_organisation(session, actor, values)
    _check_instrument(session, values, wave)
    _check_before(session, actor, values, wave)
    if values.places is not None:
        _check_places(session, values)


def _check_words(values: Plan) -> None:
    if not values.name.strip():
        raise Invalid(T("Beri nama surveinya."), field="name")
    for name, text, most in (
        ("name", values.name, MAX_NAME),
        ("purpose", values.purpose, MAX_PURPOSE),
        ("bps_number", values.bps_number, MAX_NUMBER),
    ):
        at_most(text.strip(), most, name)
    if values.stage not in set(Stage):
        raise Invalid(T("Pilih survei ini survei awal, sesudah, lanjutan, atau tersendiri."), field="stage")
    if values.audience not in SURVEYED:
        raise Invalid(T("Pilih siapa yang ditanya: warga atau ASN."), field="audience")
    if any(mode not in set(Mode) for mode in values.modes):
        raise Invalid(T("Pilih cara menjawab dari daftar."), field="modes")
    if values.method not in set(SampleMethod) or values.strata not in STRATA:
        raise Invalid(T("Pilih cara memilih tempat dari daftar."), field="method")
    if values.method == SampleMethod.PPS and values.audience != SurveyAudience.RESIDENTS:
        raise Invalid(T("Undian desa hanya untuk survei warga. Untuk ASN, pilih OPD-nya."), field="method")


def _check_period(values: Plan) -> None:
    for name, day in (("starts_on", values.starts_on), ("ends_on", values.ends_on)):
        if day is None:
            raise Invalid(T("Isi tanggalnya."), field=name)
        if day.year not in YEARS:
            raise Invalid(T("Periksa tahunnya."), field=name)
    if values.starts_on and values.ends_on:
        if values.ends_on < values.starts_on:
            raise Invalid(T("Survei selesai sebelum dimulai. Perbaiki hari terakhirnya."), field="ends_on")
        if values.ends_on - values.starts_on > LONGEST:
            raise Invalid(T("Satu survei paling lama dua tahun. Periksa hari terakhirnya."), field="ends_on")


def _check_numbers(values: Plan) -> None:
    if values.target is not None and not 1 <= values.target <= MOST_ANSWERS:
        raise Invalid(T("Isi jumlah jawaban paling sedikit 1, atau kosongkan."), field="target")
    if not 1 <= values.deff <= LARGEST_DEFF:
        raise Invalid(T("Isi angka antara 1 dan %(n)s.", n=int(LARGEST_DEFF)), field="deff")
    for group, answers in values.quotas.items():
        if group not in GROUPS or not 0 <= answers <= MOST_ANSWERS:
            raise Invalid(T("Isi jatah dengan bilangan bulat, atau kosongkan."), field="quotas")
    for name, rows in values.margins.items():
        known = name == "district" or all(group in GROUPS for group in rows)
        if name not in ("sex_age", "district") or not known or any(not 0 < n <= MOST_PEOPLE for n in rows.values()):
            raise Invalid(T("Isi jumlah penduduk dengan bilangan bulat di atas 0, atau kosongkan."), field="margins")


def _check_organisation(session: Session, actor: Actor, values: Plan) -> None:
    if values.organisation_id is None or session.get(Organisation, values.organisation_id) is None:
        raise Invalid(T("Pilih penyelenggara dari daftar."), field="organisation_id")
    if not may_plan_for(actor, values.organisation_id):
        raise Forbidden(T("Anda hanya bisa merencanakan survei untuk organisasi Anda sendiri."))
    if values.campaign_id is None:
        return
    campaign = session.get(Campaign, values.campaign_id)
    office = actor == SYSTEM or actor.of_office
    if campaign is None or not (office or campaign.organisation_id in actor.organisation_ids):
        raise Invalid(T("Pilih program dari daftar."), field="campaign_id")


def _check_instrument(session: Session, values: Plan, wave: Wave | None) -> None:
    number = values.instrument_version_id
    version = session.get(InstrumentVersion, number) if number is not None else None
    if version is None:
        raise Invalid(T("Pilih daftar pertanyaan yang dipakai."), field="instrument_version_id")
    before = session.get(Wave, values.before_id) if values.before_id else None
    kept = number in {
        one.instrument_version_id for one in (wave, before) if one is not None
    }  # asked the same way again
    if version.instrument.archived_at is not None and not kept:
        raise Invalid(T("Daftar pertanyaan ini sudah diarsipkan. Pilih yang lain."), field="instrument_version_id")
    if version.instrument.audience != values.audience:
        raise Invalid(
            T("Daftar pertanyaan ini untuk ASN, sedangkan survei ini untuk warga. Pilih yang sesuai.")
            if values.audience == SurveyAudience.RESIDENTS
            else T("Daftar pertanyaan ini untuk warga, sedangkan survei ini untuk ASN. Pilih yang sesuai."),
            field="instrument_version_id",
        )


def _check_before(session: Session, actor: Actor, values: Plan, wave: Wave | None) -> None:
    if values.before_id is None:
        if values.same_places:
            raise Invalid(T("Pilih dahulu survei sebelumnya yang tempatnya didatangi lagi."), field="before_id")
        return
    before = session.get(Wave, values.before_id)
    allowed = before is not None and (
        actor == SYSTEM or actor.of_office or before.organisation_id in actor.organisation_ids
    )
    if before is None or not allowed or before.status == WaveStatus.CANCELLED:
        raise Invalid(T("Pilih survei pembanding dari daftar."), field="before_id")
    if wave is not None and before.id == wave.id:
        raise Invalid(T("Survei tidak bisa dibandingkan dengan dirinya sendiri."), field="before_id")
    if before.audience != values.audience:
        raise Invalid(T("Survei pembanding menanyai kelompok lain. Pilih yang sama-sama warga atau sama-sama ASN."),
                      field="before_id")  # fmt: skip
    if values.stage == Stage.BASELINE:
        raise Invalid(T("Survei awal tidak punya pembanding. Kosongkan, atau pilih survei sesudah."), field="before_id")


def _check_places(session: Session, values: Plan) -> None:
    places = values.places or ()
    known = place_names(session, values.audience)
    seen: set[str] = set()
    for row in places:
        if row.place not in known or row.place in seen:
            raise Invalid(T("Pilih tempat dari daftar, masing-masing satu kali."), field="places")
        seen.add(row.place)
        if row.target is not None and not 1 <= row.target <= MOST_ANSWERS:
            raise Invalid(T("Isi sasaran tiap tempat paling sedikit 1, atau kosongkan."), field="places")
        if row.size is not None and not 0 <= row.size <= MOST_PEOPLE:
            raise Invalid(T("Isi jumlah orang dengan bilangan bulat, atau kosongkan."), field="places")
