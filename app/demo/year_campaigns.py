"""The campaigns of the practice year, with goals (of some nobody knows where they began), messages, and money."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.demo import planted
from app.demo.year import Year
from app.outreach.campaigns.models import Campaign, CampaignStatus, Dimension, Goal, KeyMessage, Spending

SPENT = (
    ("Cetak poster dan selebaran", 0.45, 6.0),
    ("Perjalanan ke desa", 0.3, 24.0),
    ("Iklan koran", 0.2, 2.0),
    ("Menulis dan menyunting materi", 0.0, 40.0),
)
"""For what, share of what was spent, hours of staff."""
SUMMARY = "Program contoh untuk latihan. Tidak benar-benar dijalankan; semua angkanya simulasi."


@dataclass(frozen=True)
class Spec:
    """A campaign of the practice year. `begins`, `days`: when. `goals`: (measure, unit, from, to); from None: nobody
    measured it. `results`: what came out of them, with its source. `spent`: share of the budget; without a budget none
    was recorded."""

    name: str
    dimensions: Sequence[str]
    services: Sequence[str]
    begins: int
    days: int
    budget: int | None
    spent: float
    goals: Sequence[tuple[str, str, float | None, float | None]]
    messages: Sequence[str]
    owner: str = ""
    posts: int = 8
    results: Sequence[tuple[float, str] | None] = ()

    @property
    def ends(self) -> int:
        return self.begins + self.days - 1


ALL_SIX = (
    "smart-governance", "smart-branding", "smart-economy", "smart-living", "smart-society", "smart-environment",
)  # fmt: skip
TRADE, FOREST = "Dinas Koperasi dan UKM", "Dinas Lingkungan Hidup dan Kehutanan"
SPECS = (
    Spec(
        planted.IDAMAN, ["smart-governance"], ["idaman-rt"], -292, 56, 38_000_000, 0.82,
        [("Warga yang mengenal Idaman RT", "%", 31.0, 45.0)],
        ["Idaman RT adalah layanan kependudukan yang bisa ditanyakan lewat ketua RT.", "Tanya dulu sebelum berangkat."],
        "Dinas Kependudukan dan Pencatatan Sipil", 9,
    ),
    Spec(
        planted.KAMPUNG, ["smart-environment"], ["bank-sampah"], -286, 84, 52_000_000, 0.97,
        [("Warga yang mengenal Bank Sampah", "%", 33.0, 45.0), ("Desa yang didatangi", "desa/kelurahan", 0.0, 80.0)],
        ["Sampah yang dipilah ada harganya.", "Bank Sampah menerima setoran warga di sekitarnya."], FOREST, 12,
    ),
    Spec(
        planted.WISATA, ["smart-branding"], ["kukar-asia-wonders"], -252, 42, 30_000_000, 0.7,
        [("Warga yang mengenal Kukar Asia Wonders", "%", 27.0, 40.0)],
        ["Wisata Kukar dimulai dari cerita warganya."], "Dinas Pariwisata", 8,
    ),
    Spec(
        planted.BPJS, ["smart-living"], ["simpel-bpjs"], -243, 35, None, 0.0,
        [("Warga yang mengenal Simpel BPJS", "%", None, None)],
        ["Siapkan berkas sebelum ke rumah sakit."], "RSUD Aji Batara Agung Dewa Sakti", 6,
    ),
    Spec(
        planted.UMKM, ["smart-economy"], ["umkm"], -192, 63, 45_000_000, 1.08,
        [("Pelaku usaha kecil yang ikut pendampingan", "pelaku usaha", 0.0, 150.0),
         ("Warga yang mengenal Program UMKM", "%", None, 55.0)],
        ["Foto yang jelas membuat pembeli percaya.", "Catat uang masuk dan keluar setiap hari."], TRADE, 10,
        [(163.0, "Daftar peserta pendampingan"), None],
    ),
    Spec(
        planted.KIM, ["smart-society"], ["kim"], -152, 46, 25_000_000, 0.6,
        [("KIM yang melaporkan kegiatan", "KIM", 3.0, 10.0)],
        ["KIM mencatat, bertanya, dan menyampaikan kembali jawabannya."], "", 8,
        [(7.0, "Laporan kegiatan yang masuk dari KIM")],
    ),
    Spec(
        planted.PILAH, [], [], -100, 28, 40_000_000, 0.9,
        [("Warga yang mengenal Bank Sampah", "%", 35.0, 50.0), ("Materi yang terbit tepat waktu", "%", None, 95.0)],
        ["Pilah dari dapur sendiri: basah, kering, berbahaya.", "Setor yang kering ke Bank Sampah."], FOREST, 12,
    ),
    Spec(
        planted.LAYANAN, ["smart-governance"], ["idaman-rt"], -94, 52, 35_000_000, 0.75,
        [("Warga yang mengenal Idaman RT", "%", 31.0, 45.0)],
        ["Banyak urusan bisa ditanyakan dari rumah.", "Pengaduan resmi lewat SP4N-LAPOR!"],
        "Dinas Kependudukan dan Pencatatan Sipil", 10,
    ),
    Spec(
        planted.TOUR, ALL_SIX, [], -24, 45, 60_000_000, 0.35,
        [("Desa dan kelurahan yang dijangkau tahun ini", "desa/kelurahan", None, 237.0)],
        ["Tidak ada desa yang terlalu jauh untuk didatangi.", "Pertanyaan warga dibawa pulang dan dijawab."], "", 7,
    ),
)  # fmt: skip


def fill_campaigns(year: Year) -> dict[str, Campaign]:
    """Make the campaigns and return them by name; the one that the practice surveys are about is there already."""
    dimensions = {one.key: one for one in year.session.scalars(select(Dimension))}
    found = year.session.scalar(select(Campaign).where(Campaign.name == planted.PILAH))
    campaigns = {}
    for spec in SPECS:
        if spec.name == planted.PILAH:
            if found is None:
                continue
            campaign = found
        else:
            campaign = _campaign(year, spec)
            campaign.dimensions = [dimensions[key] for key in spec.dimensions]
        _details(year, spec, campaign)
        campaigns[spec.name] = campaign
    year.session.add_all(campaigns.values())
    year.session.flush()
    return campaigns


def _campaign(year: Year, spec: Spec) -> Campaign:
    return Campaign(
        name=spec.name, summary=SUMMARY, organisation_id=year.office.id, starts_on=year.day(spec.begins),
        ends_on=year.day(spec.ends), status=CampaignStatus.ENDED if spec.ends < 0 else CampaignStatus.ACTIVE,
        services=[year.services[key] for key in spec.services if key in year.services],
        created_by_id=year.editor.id, created_at=year.at(spec.begins - 21),
    )  # fmt: skip


def _details(year: Year, spec: Spec, campaign: Campaign) -> None:
    campaign.budget = spec.budget
    campaign.goals = [
        Goal(
            measure=measure, unit=unit, baseline=begun, target=target, due_on=year.day(min(spec.ends + 14, 30)),
            baseline_note=None if begun is not None else "Belum pernah diukur.",
            responsible_id=year.people["kabid"].id if place == 0 else None,
            responsible_text=None if place == 0 else spec.owner or "Editor program",
        )
        for place, (measure, unit, begun, target) in enumerate(spec.goals)
    ]  # fmt: skip
    for goal, result in zip(campaign.goals, spec.results, strict=False):
        if result is not None:
            goal.result, goal.result_note = result
            goal.result_on = year.day(spec.ends + 7)
    campaign.key_messages = [KeyMessage(position=place, text=text) for place, text in enumerate(spec.messages, start=1)]
    campaign.spendings = _spendings(year, spec)


def _spendings(year: Year, spec: Spec) -> list[Spending]:
    """Spread over the days that are over; nothing where nobody recorded the money."""
    lasted = min(spec.days, -spec.begins)
    return [
        Spending(
            spent_on=year.day(spec.begins + lasted * place // len(SPENT)), hours=hours, note=note,
            amount=round((spec.budget or 0) * spec.spent * share / 0.95, -3) if share else 0,
            recorded_by_id=year.editor.id, recorded_at=year.at(spec.begins + lasted * place // len(SPENT), 16),
        )
        for place, (note, share, hours) in enumerate(SPENT)
        if spec.budget
    ]  # fmt: skip
