"""What a person enters about a batch, and what of it cannot be stored."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.base.people.models import Organisation, User
from app.gatherings.events.service import OPEN_MARK, YEARS
from app.kernel.errors import Forbidden, Invalid
from app.kernel.numbers import read_int
from app.kernel.roles import Actor
from app.kernel.site import site_of
from app.kernel.slots import Slot
from app.kernel.text import T
from app.kernel.typed import at_most
from app.learning.programmes.models import Programme, ScoreFrom
from app.learning.training.access import may_plan_for
from app.learning.training.models import Admission, Batch, QuotaKind
from app.outreach.campaigns.models import Campaign

MAX_NAME = 200
MAX_TEXT = 10_000
MAX_LINK = 500
MOST_PLACES = 10_000
MOST_ROWS = 30  # trainers, quotas or criteria of one batch
MOST_POINTS = 100
LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class TrainerPlan:
    """Who teaches. `user_id`: the account, where there is one."""

    name: str
    title: str = ""
    user_id: int | None = None


@dataclass(frozen=True)
class QuotaPlan:
    """A quota: at most `most` and at least `least` places for one OPD (its id), village or district (its code) or sex
    (f, m)."""

    kind: str  # QuotaKind
    key: str
    most: int | None = None
    least: int | None = None


@dataclass(frozen=True)
class CriterionPlan:
    """A criterion by which applicants get points, 0 to `most`. `key`: of one that the batch has already."""

    text: str
    most: int = 10
    key: str = ""


@dataclass(frozen=True)
class Plan:
    """A batch as somebody enters it; the columns are those of models.Batch."""

    programme_id: int | None
    name: str
    organisation_id: int | None
    starts_on: date | None
    ends_on: date | None
    campaign_id: int | None = None
    admission: str = Admission.OPEN
    selection: bool = False
    criteria: Sequence[CriterionPlan] = ()
    capacity: int | None = 25
    per_opd: int | None = None
    per_village: int | None = None
    register_until: datetime | None = None
    village_code: str | None = None
    place: str = ""
    link: str = ""
    description: str = ""
    contact: str = ""
    min_attendance: int | None = 75
    min_score: int | None = 60
    score_from: str = ScoreFrom.TEST
    work_share: int | None = 50
    simulated: bool = False
    trainers: Sequence[TrainerPlan] = field(default_factory=tuple)
    quotas: Sequence[QuotaPlan] = field(default_factory=tuple)


PLAIN = (
    "programme_id", "name", "organisation_id", "starts_on", "ends_on", "campaign_id", "admission", "selection",
    "capacity", "per_opd", "per_village", "register_until", "village_code", "place", "link", "description", "contact",
    "min_attendance", "min_score", "score_from", "work_share", "simulated",
)  # fmt: skip
RULE_KEPT = Slot[Callable[[Session, int], bool]]("training.rule_kept")
"""Of a higher room: whether the rule for a certificate was used in the batch of this id already."""


def today_of(session: Session, now: datetime) -> date:
    """Return the day on the regency's clock."""
    return now.astimezone(ZoneInfo(site_of(session).tz)).date()


def plan_of(batch: Batch) -> Plan:
    """Return the batch as somebody would have entered it."""
    return Plan(
        **{name: getattr(batch, name) for name in PLAIN},
        criteria=[CriterionPlan(one["text"], int(one["most"]), one["key"]) for one in batch.criteria],
        trainers=[TrainerPlan(one.name, one.title, one.user_id) for one in batch.trainers],
        quotas=[QuotaPlan(one.kind, one.key, one.most, one.least) for one in batch.quotas],
    )


def facts(batch: Batch) -> dict[str, Any]:
    """Return what the trail keeps of a batch."""
    return {
        "name": batch.name, "programme_id": batch.programme_id, "organisation_id": batch.organisation_id,
        "campaign_id": batch.campaign_id, "starts_on": batch.starts_on.isoformat(),
        "ends_on": batch.ends_on.isoformat(), "village_code": batch.village_code, "place": batch.place,
        "link": batch.link, "admission": batch.admission, "selection": batch.selection, "capacity": batch.capacity,
        "per_opd": batch.per_opd, "per_village": batch.per_village,
        "register_until": batch.register_until.isoformat() if batch.register_until else None,
        "criteria": [f"{one['text']} ({one['most']})" for one in batch.criteria],
        "quotas": [f"{one.kind} {one.key}: {one.least or 0}–{'' if one.most is None else one.most}"
                   for one in batch.quotas],
        "trainers": [one.name for one in batch.trainers],
        "min_attendance": batch.min_attendance, "min_score": batch.min_score, "score_from": batch.score_from,
        "work_share": batch.work_share, "description": batch.description, "contact": batch.contact,
    }  # fmt: skip


def open_marks(*texts: str) -> list[str]:
    """List what was left to be filled in: "[LENGKAPI: nama narasumber]"."""
    return [found[0] for text in texts for found in OPEN_MARK.finditer(text)]


def check(session: Session, actor: Actor, values: Plan, batch: Batch | None = None) -> None:
    """Raise Invalid, with the field, for the first thing that cannot be stored; Forbidden for others' organisations.

    `batch`: the one that is edited; what it has already may stay.
    """
    _check_words(values)
    _check_days(values, ZoneInfo(site_of(session).tz))
    _check_places(values)
    _check_rule(values)
    _check_rule_kept(session, values, batch)
    _check_records(session, actor, values, batch)
    _check_rows(session, values)


def _check_words(values: Plan) -> None:
    if not values.name.strip():
        raise Invalid(T("Beri nama angkatannya."), field="name")
    for name, most in (("name", MAX_NAME), ("place", 200), ("contact", 200), ("description", MAX_TEXT)):
        at_most(getattr(values, name).strip(), most, name)
    link = values.link.strip()
    if link and (len(link) > MAX_LINK or not _is_web_address(link)):
        raise Invalid(T("Tautan ini tidak lengkap. Salin seluruhnya, mulai dari https://"), field="link")
    if not values.village_code and not values.place.strip() and not link:
        raise Invalid(T("Isi tempatnya: desa atau kelurahan, nama tempat, atau tautan daring."), field="place")
    if values.admission not in set(Admission):
        raise Invalid(T("Pilih cara mendaftarnya dari daftar."), field="admission")


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(sign.isspace() for sign in text)


def _check_days(values: Plan, zone: ZoneInfo) -> None:
    for name, day in (("starts_on", values.starts_on), ("ends_on", values.ends_on)):
        if day is None:
            raise Invalid(T("Isi tanggalnya."), field=name)
        if day.year not in YEARS:
            raise Invalid(T("Periksa tahunnya."), field=name)
    if values.starts_on is None or values.ends_on is None:
        return
    if values.ends_on < values.starts_on:
        raise Invalid(T("Pelatihan selesai sebelum dimulai. Perbaiki hari terakhirnya."), field="ends_on")
    if values.ends_on - values.starts_on > LONGEST:
        raise Invalid(T("Satu angkatan paling lama satu tahun. Periksa hari terakhirnya."), field="ends_on")
    if values.register_until is not None:
        if values.register_until.year not in YEARS:
            raise Invalid(T("Periksa tahunnya."), field="register_until")
        if values.register_until.astimezone(zone).date() > values.ends_on:
            raise Invalid(T("Pendaftaran ditutup paling lambat pada hari terakhir."), field="register_until")


def _check_places(values: Plan) -> None:
    if values.capacity is None or not 1 <= values.capacity <= MOST_PLACES:
        raise Invalid(T("Isi jumlah tempat antara 1 dan %(n)s.", n=MOST_PLACES), field="capacity")
    for name in ("per_opd", "per_village"):
        limit = getattr(values, name)
        if limit is not None and not 1 <= limit <= values.capacity:
            raise Invalid(T("Isi angka antara 1 dan jumlah tempat, atau kosongkan bila tidak dibatasi."), field=name)


def _check_rule(values: Plan) -> None:
    if values.score_from not in set(ScoreFrom):
        raise Invalid(T("Pilih dari apa nilainya dihitung."), field="score_from")
    for name, percent, optional in (
        ("min_attendance", values.min_attendance, False),
        ("min_score", values.min_score, True),
        ("work_share", values.work_share, False),
    ):
        if percent is None and optional:
            continue
        if percent is None or not 0 <= percent <= 100:
            raise Invalid(T("Isi persen antara 0 dan 100."), field=name)


def _check_rule_kept(session: Session, values: Plan, batch: Batch | None) -> None:
    """Once a certificate was issued by the rule, it is changed where it shows whom that touches."""
    rule = ("min_attendance", "min_score", "score_from", "work_share")
    if batch is None or all(getattr(values, name) == getattr(batch, name) for name in rule):
        return
    if any(kept(session, batch.id) for kept in RULE_KEPT):
        raise Invalid(
            T("Sertifikat sudah terbit dengan aturan ini. Ubah aturannya di halaman Sertifikat angkatan ini."),
            field="min_attendance",
        )


def _check_records(session: Session, actor: Actor, values: Plan, batch: Batch | None) -> None:
    programme = session.get(Programme, values.programme_id) if values.programme_id else None
    kept = batch is not None and batch.programme_id == values.programme_id
    if programme is None or (programme.archived_at is not None and not kept):
        raise Invalid(T("Pilih program pelatihan dari daftar."), field="programme_id")
    if values.organisation_id is None or session.get(Organisation, values.organisation_id) is None:
        raise Invalid(T("Pilih penyelenggaranya."), field="organisation_id")
    held = batch is not None and batch.organisation_id == values.organisation_id
    if not held and not may_plan_for(actor, values.organisation_id):
        raise Forbidden(T("Anda hanya bisa membuat angkatan untuk organisasi Anda sendiri."))
    if values.campaign_id and session.get(Campaign, values.campaign_id) is None:
        raise Invalid(T("Pilih program sosialisasi dari daftar."), field="campaign_id")
    if values.village_code and session.get(Village, values.village_code) is None:
        raise Invalid(T("Pilih desa atau kelurahan dari daftar."), field="village_code")


def _check_rows(session: Session, values: Plan) -> None:
    if max(len(values.trainers), len(values.quotas), len(values.criteria)) > MOST_ROWS:
        raise Invalid(T("Terlalu banyak baris. Paling banyak %(n)s.", n=MOST_ROWS))
    for one in values.trainers:
        if one.user_id is not None and session.get(User, one.user_id) is None:
            raise Invalid(T("Pilih akun pelatih dari daftar."), field="trainers")
        if one.user_id is None and not one.name.strip():
            raise Invalid(T("Tulis nama pelatihnya, atau pilih akunnya."), field="trainers")
    accounts = [one.user_id for one in values.trainers if one.user_id is not None]
    if len(set(accounts)) < len(accounts):
        raise Invalid(T("Satu akun pelatih cukup ditulis satu kali."), field="trainers")
    for each in values.criteria:
        if not each.text.strip() or len(each.text.strip()) > 200 or not 1 <= each.most <= MOST_POINTS:
            raise Invalid(
                T("Tulis ukuran seleksi paling banyak 200 huruf, nilai tertinggi 1 sampai %(n)s.", n=MOST_POINTS),
                field="criteria",
            )
    _check_quotas(session, values)


def _check_quotas(session: Session, values: Plan) -> None:
    seen: set[tuple[str, str]] = set()
    kept: dict[str, int] = {}
    for one in values.quotas:
        if one.kind not in set(QuotaKind) or not _known(session, one):
            raise Invalid(T("Pilih OPD, desa, kecamatan, atau jenis kelamin dari daftar jatah."), field="quotas")
        if (one.kind, one.key) in seen:
            raise Invalid(T("Satu jatah ditulis dua kali. Hapus salah satunya."), field="quotas")
        seen.add((one.kind, one.key))
        _check_numbers(one, values.capacity or 0)
        kept[one.kind] = kept.get(one.kind, 0) + (one.least or 0)
    if any(places > (values.capacity or 0) for places in kept.values()):
        raise Invalid(
            T("Tempat yang disisihkan lebih banyak daripada jumlah tempat. Kurangi, atau tambah tempatnya."),
            field="quotas",
        )


def _check_numbers(one: QuotaPlan, capacity: int) -> None:
    if one.most is None and not one.least:
        raise Invalid(T("Isi jatahnya: paling banyak berapa, atau berapa yang disisihkan."), field="quotas")
    for places in (one.most, one.least):
        if places is not None and not 0 <= places <= MOST_PLACES:
            raise Invalid(T("Isi jatah dengan bilangan bulat, atau kosongkan."), field="quotas")
    if one.most is not None and (one.least or 0) > one.most:
        raise Invalid(T("Yang disisihkan lebih banyak daripada yang paling banyak boleh ikut."), field="quotas")
    if (one.least or 0) > capacity:
        raise Invalid(
            T("Tempat yang disisihkan lebih banyak daripada jumlah tempat. Kurangi, atau tambah tempatnya."),
            field="quotas",
        )


RECORDS: Mapping[str, type] = {
    QuotaKind.OPD: Organisation,
    QuotaKind.VILLAGE: Village,
    QuotaKind.DISTRICT: District,
}


def _known(session: Session, one: QuotaPlan) -> bool:
    if one.kind == QuotaKind.SEX:
        return one.key in ("f", "m")
    if one.kind == QuotaKind.OPD:
        number = read_int(one.key)
        return number is not None and session.get(Organisation, number) is not None
    return session.get(RECORDS[one.kind], one.key) is not None
