"""Decisions and agreements of the practice year, some of them late; and figures from a service's own books."""

from collections.abc import Mapping
from datetime import timedelta

from app.demo import planted
from app.demo.villages import PRACTICE
from app.demo.year import Year
from app.outreach.campaigns.models import Campaign, Decision, DecisionStatus
from app.oversight.commitments.models import Clause, ClauseStatus, Commitment, CommitmentKind, Evidence, EvidenceKind
from app.oversight.insights.models import ImpactFigure

OPEN, DONE, DROPPED = DecisionStatus.OPEN, DecisionStatus.DONE, DecisionStatus.DROPPED
DECISIONS = (
    # campaign, what, who (an account or a post), decided, due, status, what came of it
    (planted.IDAMAN, "Selebaran ditulis ulang dengan kata yang dipakai ketua RT.", "editor", -225, -200, DONE,
     "Naskah baru dipakai sejak program berikutnya."),
    (planted.KAMPUNG, "Jadwal penjemputan setoran diminta tertulis dari tiap Bank Sampah.", "Kepala Seksi Persampahan",
     -190, -150, DONE, "Dua belas jadwal diterima."),
    (planted.WISATA, "Survei sesudah direncanakan sebelum program berikutnya dimulai.", "kabid", -205, -120, OPEN, ""),
    (planted.UMKM, "Pendampingan dipindah ke hari pasar.", "Kepala Bidang UKM", -125, -60, DROPPED,
     "Hari pasar tiap desa berbeda; tidak bisa dijadwalkan bersama."),
    (planted.KIM, "KIM yang belum pernah melapor ditelepon satu per satu.", "kontributor", -100, -14, OPEN, ""),
    (planted.PILAH, "Kegiatan di desa diteruskan di desa yang belum didatangi.", "editor", -55, 21, OPEN, ""),
    (planted.PILAH, "Poster Bank Sampah dicetak lagi untuk pasar.", "editor", -60, -30, DONE, "Dicetak 200 lembar."),
    (planted.LAYANAN, "Pesan tentang Idaman RT diperbaiki bersama Disdukcapil: belum mengubah pengenalan.", "opd",
     -20, 30, OPEN, ""),
)  # fmt: skip
TITLE = f"Nota kesepahaman contoh tentang sosialisasi layanan {PRACTICE}"
CLAUSES = (
    # text, owner, person, due, status
    ("Menyediakan narahubung yang menjawab pertanyaan warga.", "Dinas Kependudukan dan Pencatatan Sipil", "opd", -90,
     ClauseStatus.DONE),
    ("Menyerahkan data layanan tiap tiga bulan.", "Dinas Kependudukan dan Pencatatan Sipil", "opd", -25,
     ClauseStatus.RUNNING),
    ("Mengisi keterangan layanan dalam materi sosialisasi.", "Dinas Pariwisata", None, -60, ClauseStatus.NOT_STARTED),
    ("Mendampingi kegiatan di desa sekali sebulan.", "Dinas Lingkungan Hidup dan Kehutanan", None, 60,
     ClauseStatus.RUNNING),
    ("Menunjuk penanggung jawab pendataan.", None, None, None, None),
)  # fmt: skip
IMPACT = ((-98, 410), (-70, 455), (-40, 520), (-10, 538))


def fill_promises(year: Year, campaigns: Mapping[str, Campaign]) -> None:
    year.session.add_all(_decision(year, campaigns[row[0]], *row[1:]) for row in DECISIONS if row[0] in campaigns)
    _agreement(year, campaigns)
    if planted.PILAH in campaigns:
        year.session.add_all(_books(year, campaigns[planted.PILAH], day, value) for day, value in IMPACT)
    year.session.flush()


def _decision(
    year: Year, campaign: Campaign, text: str, who: str, decided: int, due: int, status: DecisionStatus, outcome: str
) -> Decision:
    account = year.people.get(who)
    return Decision(
        campaign_id=campaign.id, text=f"{text} {PRACTICE}", owner_id=account.id if account else None,
        owner_text=None if account else who, due_on=year.day(due), status=status, decided_on=year.day(decided),
        outcome=outcome or None, done_on=year.day(due - 3) if status == DONE else None,
        recorded_by_id=year.editor.id, recorded_at=year.at(decided, 15),
    )  # fmt: skip


def _agreement(year: Year, campaigns: Mapping[str, Campaign]) -> None:
    commitment = Commitment(
        kind=CommitmentKind.MEMORANDUM, title=TITLE, number="LATIHAN/01", parties="Diskominfo dan OPD pemilik layanan",
        signed_on=year.day(-340), ends_on=year.day(390), source="Data contoh untuk latihan.",
        created_by_id=year.editor.id, created_at=year.at(-338),
    )  # fmt: skip
    clauses = [
        Clause(
            commitment=commitment, position=place, number=f"Pasal {place}", text=text,
            organisation_id=year.organisations[owner].id if owner else None,
            person_id=year.people[person].id if person else None, due_on=None if due is None else year.day(due),
            status=status, reported_at=year.at(-20) if status else None,
        )
        for place, (text, owner, person, due, status) in enumerate(CLAUSES, start=1)
    ]  # fmt: skip
    year.session.add_all([commitment, *clauses])
    year.session.flush()
    shown = campaigns[planted.IDAMAN]
    year.session.add(
        Evidence(
            clause_id=clauses[0].id, kind=EvidenceKind.CAMPAIGN, record_id=shown.id, on=shown.ends_on,
            what=f"Narahubung hadir selama program {PRACTICE}", added_by_id=year.editor.id, added_at=year.at(-89),
        )
    )  # fmt: skip


def _books(year: Year, campaign: Campaign, day: int, value: int) -> ImpactFigure:
    return ImpactFigure(
        campaign_id=campaign.id, service_id=campaign.services[0].id if campaign.services else None,
        what=f"Nasabah Bank Sampah {PRACTICE}", unit="orang", value=value, on=year.day(day),
        source="Data contoh untuk latihan, bukan catatan DLHK.", recorded_by_id=year.editor.id,
        recorded_at=year.at(day) + timedelta(days=1),
    )  # fmt: skip
