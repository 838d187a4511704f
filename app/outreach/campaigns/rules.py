"""Rules of campaigns: who may see and change one, its allowed moves, and the checks before anything is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from app.base.areas.models import District, Village
from app.base.people.models import Organisation
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.roles import Actor, Can, Role
from app.kernel.text import T
from app.kernel.typed import at_most
from app.outreach.campaigns.models import Audience, Campaign, CampaignStatus, Dimension, Service

ALLOWED: Mapping[CampaignStatus, frozenset[CampaignStatus]] = {
    CampaignStatus.PLANNED: frozenset({CampaignStatus.ACTIVE, CampaignStatus.CANCELLED}),
    CampaignStatus.ACTIVE: frozenset({CampaignStatus.ENDED, CampaignStatus.CANCELLED}),
    CampaignStatus.ENDED: frozenset(),
    CampaignStatus.CANCELLED: frozenset(),
}
STATUS_LABELS: Mapping[str, T] = {
    CampaignStatus.PLANNED: T("Direncanakan"),
    CampaignStatus.ACTIVE: T("Berjalan"),
    CampaignStatus.ENDED: T("Selesai"),
    CampaignStatus.CANCELLED: T("Dibatalkan"),
}
AUDIENCE_LABELS: Mapping[str, T] = {
    Audience.RESIDENTS: T("Warga"),
    Audience.CIVIL_SERVANTS: T("ASN perangkat daerah"),
    Audience.BOTH: T("Warga dan ASN"),
}
LARGEST_RUPIAH = 10**15 - 1
MAX_NAME = 200
MAX_SUMMARY = 5000
STALE = T(
    "Program ini baru saja diubah orang lain, jadi isian Anda belum tersimpan. Isian Anda masih ada di halaman ini: "
    "bandingkan dengan keadaan terakhir, lalu simpan sekali lagi."
)


@dataclass(frozen=True)
class Plan:
    """What a person enters about a campaign. No districts and no villages: the whole regency."""

    name: str
    organisation_id: int | None
    starts_on: date | None
    ends_on: date | None
    summary: str = ""
    audience: str = Audience.RESIDENTS
    dimension_keys: Sequence[str] = ()
    service_ids: Sequence[int] = ()
    district_codes: Sequence[str] = ()
    village_codes: Sequence[str] = ()
    budget: int | None = None  # rupiah


def visible(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which this person sees a campaign.

    The office sees all. Others see what their own organisation owns and what speaks about their own services.
    """
    if actor.of_office:
        return true()
    if not actor.organisation_ids:
        return false()
    own = Campaign.organisation_id.in_(actor.organisation_ids)
    return or_(own, Campaign.services.any(Service.owner_id.in_(actor.organisation_ids)))


def may_plan(actor: Actor) -> bool:
    return actor.id is None or actor.can(Can.PLAN_CAMPAIGNS)


def may_edit(actor: Actor, campaign: Campaign) -> bool:
    """Decide whether somebody may change a campaign: editors and administrators what their organisation owns (the
    office: all), contributors what they made."""
    if actor.id is None:
        return True
    if not (actor.of_office or campaign.organisation_id in actor.organisation_ids):
        return False
    if actor.can(Can.EDIT_CAMPAIGNS):
        return True
    return actor.has(Role.CONTRIBUTOR) and campaign.created_by_id == actor.id


def ask_to_edit(actor: Actor, campaign: Campaign) -> None:
    """Raise Forbidden where it is not this person's to change, Refused where the campaign was called off."""
    if not may_edit(actor, campaign):
        raise Forbidden(
            T(
                "Program ini hanya bisa diubah oleh pembuatnya atau editor. "
                "Hubungi editor bila ada yang perlu diperbaiki."
            )
        )
    if campaign.status == CampaignStatus.CANCELLED:
        raise Refused(T("Program ini sudah dibatalkan, jadi tidak bisa diubah lagi. Tidak ada yang tersimpan."))


def check(session: Session, actor: Actor, plan: Plan) -> None:
    """Raise Invalid, with the field, for the first thing that cannot be stored."""
    if not plan.name.strip():
        raise Invalid(T("Beri nama program sosialisasi ini."), field="name")
    at_most(plan.name.strip(), MAX_NAME, "name", T("Nama program terlalu panjang. Paling banyak %(n)s huruf."))
    at_most(plan.summary, MAX_SUMMARY, "summary", T("Ringkasan terlalu panjang. Paling banyak %(n)s huruf."))
    if plan.starts_on is None:
        raise Invalid(T("Isi tanggal mulai."), field="starts_on")
    if plan.ends_on is None:
        raise Invalid(T("Isi tanggal selesai."), field="ends_on")
    if plan.ends_on < plan.starts_on:
        raise Invalid(T("Tanggal selesai mendahului tanggal mulai. Perbaiki salah satunya."), field="ends_on")
    if plan.audience not in set(Audience):
        raise Invalid(T("Pilih untuk siapa program ini: warga, ASN, atau keduanya."), field="audience")
    if plan.budget is not None:
        check_rupiah(plan.budget, "budget")
    _check_owner(session, actor, plan)


def check_rupiah(amount: int, field: str) -> None:
    if amount < 0:
        raise Invalid(T("Jumlah rupiah tidak boleh kurang dari nol."), field=field)
    if amount > LARGEST_RUPIAH:
        raise Invalid(T("Jumlah rupiah ini terlalu besar. Periksa banyaknya angka nol."), field=field)


def _check_owner(session: Session, actor: Actor, plan: Plan) -> None:
    owner = session.get(Organisation, plan.organisation_id) if plan.organisation_id else None
    if owner is None or owner.kind not in {"opd", "bidang"}:
        raise Invalid(T("Pilih OPD penanggung jawab dari daftar."), field="organisation_id")
    if not (actor.of_office or owner.id in actor.organisation_ids):
        raise Forbidden(T("Anda hanya bisa membuat program untuk instansi sendiri."))


def check_new_owner(session: Session, campaign: Campaign, organisation_id: int | None) -> None:
    """Raise Invalid where the new owner has a campaign of the same kit and start already: it can have one."""
    if campaign.kit_key is None or organisation_id == campaign.organisation_id:
        return
    same = select(Campaign.id).filter_by(
        organisation_id=organisation_id, kit_key=campaign.kit_key, kit_start=campaign.kit_start
    )
    if session.scalar(same) is not None:
        raise Invalid(
            T("OPD ini sudah punya program dari Paket Materi yang sama dengan tanggal mulai yang sama."),
            field="organisation_id",
        )


def dimensions(session: Session, keys: Sequence[str]) -> list[Dimension]:
    found = {row.key: row for row in session.scalars(select(Dimension).where(Dimension.key.in_(keys)))}
    _refuse_unknown(T("dimensi"), [key for key in keys if key not in found], "dimension_keys")
    return [found[key] for key in dict.fromkeys(keys)]


def services(session: Session, ids: Sequence[int]) -> list[Service]:
    found = {row.id: row for row in session.scalars(select(Service).where(Service.id.in_(ids)))}
    _refuse_unknown(T("layanan"), [str(key) for key in ids if key not in found], "service_ids")
    return [found[key] for key in dict.fromkeys(ids)]


def districts(session: Session, codes: Sequence[str]) -> list[District]:
    found = {row.code: row for row in session.scalars(select(District).where(District.code.in_(codes)))}
    unknown = [code for code in codes if code not in found]
    if unknown:
        raise Invalid(
            T("Kode kecamatan %(codes)s tidak dikenal. Tulis seperti 64.02.12.", codes=", ".join(unknown)),
            field="district_codes",
        )
    return [found[code] for code in dict.fromkeys(codes)]


def villages(session: Session, codes: Sequence[str]) -> list[Village]:
    found = {row.code: row for row in session.scalars(select(Village).where(Village.code.in_(codes)))}
    unknown = [code for code in codes if code not in found]
    if unknown:
        raise Invalid(
            T(
                "Kode desa/kelurahan %(codes)s tidak dikenal. Tulis kode Kemendagri lengkap, misalnya 64.02.12.2002, "
                "atau pilih dari daftar.",
                codes=", ".join(unknown),
            ),
            field="village_codes",
        )
    return [found[code] for code in dict.fromkeys(codes)]


def _refuse_unknown(what: T, unknown: Sequence[str], field: str) -> None:
    if unknown:
        raise Invalid(
            T("Pilihan %(what)s “%(keys)s” tidak dikenal. Pilih dari daftar.", what=what, keys=", ".join(unknown)),
            field=field,
        )


def sees(session: Session, actor: Actor, campaign_id: int) -> bool:
    return session.scalar(select(Campaign.id).where(Campaign.id == campaign_id, visible(actor))) is not None


def find(session: Session, actor: Actor, campaign_id: int) -> Campaign:
    """Return the campaign, or raise NotFound where there is none for this person."""
    campaign = session.scalar(select(Campaign).where(Campaign.id == campaign_id, visible(actor)))
    if campaign is None:
        raise NotFound(T("Program ini tidak ada, atau bukan program instansi Anda. Kembali ke daftar program."))
    return campaign


def find_to_edit(session: Session, actor: Actor, campaign_id: int, version: int | None) -> Campaign:
    """Return the campaign that this person is about to change.

    `version` is the one on the person's screen (None: whatever it is now). Raises Stale if somebody was quicker.
    """
    campaign = find(session, actor, campaign_id)
    ask_to_edit(actor, campaign)
    if version is not None and version != campaign.version:
        raise Stale(STALE)
    return campaign


def touch(session: Session, campaign: Campaign) -> None:
    """Give the campaign a new version and flush, so that a form opened before is told. Raises Stale."""
    flag_modified(campaign, "name")
    try:
        session.flush()
    except StaleDataError as error:
        raise Stale(STALE) from error
