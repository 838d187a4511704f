"""Made-up participants of training: every name says that it is practice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.base.people.models import Organisation
from app.demo.villages import PRACTICE
from app.learning.training.participants.people import Applicant

DISDUKCAPIL = "Dinas Kependudukan dan Pencatatan Sipil"
TOURISM = "Dinas Pariwisata"
TRADE = "Dinas Koperasi dan UKM"
HOSPITAL = "RSUD Aji Batara Agung Dewa Sakti"
FOREST = "Dinas Lingkungan Hidup dan Kehutanan"


@dataclass(frozen=True)
class Learner:
    """A made-up participant. `able`: the share of right answers before and after, and what is given of the points for
    the work; `came`: of twelve sessions. Without `opd` somebody of a village."""

    name: str
    sex: str
    age_band: str
    opd: str | None
    occupation: str
    able: tuple[float, float, float]
    came: int = 12


PROGRAMMERS: Sequence[Learner] = (
    Learner("Aulia Rahma", "f", "youth", None, "Mahasiswa", (0.55, 0.95, 0.95)),
    Learner("Bagus Pratama", "m", "youth", None, "Mahasiswa", (0.5, 0.9, 0.85)),
    Learner("Citra Lestari", "f", "adult", DISDUKCAPIL, "Pranata komputer", (0.6, 0.95, 0.95)),
    Learner("Dimas Saputra", "m", "adult", DISDUKCAPIL, "Staf pelayanan", (0.3, 0.75, 0.7)),
    Learner("Eka Wulandari", "f", "adult", TOURISM, "Pengelola data", (0.35, 0.8, 0.75)),
    Learner("Fajar Nugroho", "m", "adult", TOURISM, "Staf promosi", (0.3, 0.7, 0.65), 10),
    Learner("Gita Permata", "f", "adult", TRADE, "Pendamping usaha", (0.4, 0.8, 0.8)),
    Learner("Hendra Wijaya", "m", "adult", TRADE, "Pengadministrasi", (0.25, 0.6, 0.55), 9),
    Learner("Indah Puspita", "f", "adult", HOSPITAL, "Perekam medis", (0.45, 0.85, 0.8)),
    Learner("Joko Susilo", "m", "adult", HOSPITAL, "Teknisi jaringan", (0.5, 0.85, 0.85)),
    Learner("Kurnia Sari", "f", "adult", FOREST, "Pengelola Bank Sampah", (0.35, 0.75, 0.7)),
    Learner("Lukman Hakim", "m", "adult", FOREST, "Staf laboratorium", (0.4, 0.75, 0.75), 11),
    Learner("Maya Anggraini", "f", "youth", None, "Operator desa", (0.35, 0.8, 0.8)),
    Learner("Nanda Kusuma", "m", "youth", None, "Pelajar SMK", (0.5, 0.9, 0.9)),
    Learner("Oktavia Dewi", "f", "adult", None, "Guru", (0.4, 0.85, 0.8)),
    Learner("Panji Ramadhan", "m", "adult", None, "Perangkat desa", (0.3, 0.7, 0.6), 10),
    Learner("Qonita Zahra", "f", "youth", None, "Anggota KIM", (0.45, 0.8, 0.75)),
    Learner("Rizky Maulana", "m", "youth", None, "Wirausaha", (0.4, 0.7, 0.65), 11),
    Learner("Siti Halimah", "f", "adult", None, "Perangkat desa", (0.25, 0.65, 0.6), 7),
    Learner("Taufik Hidayat", "m", "adult", None, "Petani", (0.2, 0.5, 0.3), 6),
)
"""The last two came too seldom; no work of theirs was handed in."""

CLERKS: Sequence[Learner] = (
    Learner("Umi Kalsum", "f", "adult", DISDUKCAPIL, "Pengadministrasi persuratan", (0.5, 0.95, 0.95)),
    Learner("Vina Oktaviani", "f", "adult", DISDUKCAPIL, "Arsiparis", (0.6, 1.0, 0.95)),
    Learner("Wahyu Setiawan", "m", "adult", TRADE, "Kepala subbagian umum", (0.45, 0.85, 0.85)),
    Learner("Xaverius Bayu", "m", "adult", TRADE, "Pengadministrasi persuratan", (0.4, 0.85, 0.8)),
    Learner("Yuliana Putri", "f", "adult", HOSPITAL, "Sekretaris", (0.55, 0.9, 0.9)),
    Learner("Zainal Abidin", "m", "adult", HOSPITAL, "Pengadministrasi umum", (0.35, 0.8, 0.8)),
    Learner("Arini Safitri", "f", "adult", FOREST, "Arsiparis", (0.5, 0.9, 0.85)),
    Learner("Budi Hartono", "m", "adult", FOREST, "Kepala subbagian umum", (0.4, 0.85, 0.75)),
    Learner("Cahya Ningrum", "f", "adult", TOURISM, "Pengadministrasi persuratan", (0.35, 0.5, 0.45)),
    Learner("Darmawan Putra", "m", "adult", TOURISM, "Sekretaris", (0.3, 0.55, 0.5), 6),
)
"""Nobody of the tourism office meets the rule: no skill at the second level there."""

BEGINNERS: Sequence[Learner] = (
    Learner("Elisa Natalia", "f", "youth", None, "Mahasiswa", (0.45, 0, 0)),
    Learner("Firman Syah", "m", "youth", None, "Pelajar SMK", (0.4, 0, 0)),
    Learner("Galuh Pramesti", "f", "adult", DISDUKCAPIL, "Staf pelayanan", (0.35, 0, 0)),
    Learner("Hasanuddin", "m", "adult", None, "Perangkat desa", (0.25, 0, 0), 8),
    Learner("Ika Rosmala", "f", "adult", TRADE, "Pendamping usaha", (0.4, 0, 0)),
    Learner("Jumadi", "m", "adult", None, "Anggota KIM", (0.3, 0, 0)),
    Learner("Krisna Aditya", "m", "youth", None, "Mahasiswa", (0.55, 0, 0)),
    Learner("Laila Fitri", "f", "adult", HOSPITAL, "Perekam medis", (0.35, 0, 0)),
)

APPLICANTS: Sequence[Learner] = (
    Learner("Mulyadi", "m", "adult", DISDUKCAPIL, "Pengadministrasi persuratan", (0, 0, 0)),
    Learner("Nurul Aini", "f", "adult", TRADE, "Arsiparis", (0, 0, 0)),
    Learner("Obed Simanjuntak", "m", "adult", HOSPITAL, "Pengadministrasi umum", (0, 0, 0)),
    Learner("Purnama Sari", "f", "adult", FOREST, "Sekretaris", (0, 0, 0)),
    Learner("Rahmat Hidayat", "m", "adult", TOURISM, "Pengadministrasi persuratan", (0, 0, 0)),
    Learner("Sri Wahyuni", "f", "adult", TOURISM, "Kepala subbagian umum", (0, 0, 0)),
    Learner("Tono Sumarno", "m", "adult", DISDUKCAPIL, "Staf pelayanan", (0, 0, 0)),
    Learner("Utami Dewi", "f", "adult", TRADE, "Pendamping usaha", (0, 0, 0)),
    Learner("Viktor Lase", "m", "adult", HOSPITAL, "Teknisi jaringan", (0, 0, 0)),
)


def practice_name(learner: Learner) -> str:
    return f"{learner.name} {PRACTICE}"


def applicant(
    learner: Learner, place: int, organisations: Mapping[str, Organisation], villages: Sequence[str]
) -> Applicant:
    """Return what stands in the application form. `place` spreads people over the villages."""
    return Applicant(
        name=practice_name(learner), sex=learner.sex, age_band=learner.age_band, occupation=learner.occupation,
        organisation_id=organisations[learner.opd].id if learner.opd else None,
        village_code=villages[place % len(villages)] if villages else "",
        motivation="Ingin belajar supaya bisa membantu pekerjaan dan warga di sekitar saya.", consent=True,
    )  # fmt: skip
