"""What a batch and a place in it may become, and the words for it."""

from collections.abc import Mapping

from app.kernel.text import T
from app.learning.training.models import Admission, BatchStatus, EnrolmentStatus, Outcome, QuotaKind

MOVES: Mapping[BatchStatus, frozenset[BatchStatus]] = {
    BatchStatus.DRAFT: frozenset({BatchStatus.OPEN, BatchStatus.CANCELLED}),
    BatchStatus.OPEN: frozenset({BatchStatus.RUNNING, BatchStatus.FINISHED, BatchStatus.CANCELLED}),
    BatchStatus.RUNNING: frozenset({BatchStatus.OPEN, BatchStatus.FINISHED, BatchStatus.CANCELLED}),
    BatchStatus.FINISHED: frozenset({BatchStatus.RUNNING}),  # back, when it was marked by mistake
    BatchStatus.CANCELLED: frozenset(),
}
ALIVE = (BatchStatus.OPEN, BatchStatus.RUNNING)
LABELS: Mapping[str, T] = {
    BatchStatus.DRAFT: T("Disiapkan"),
    BatchStatus.OPEN: T("Menerima peserta"),
    BatchStatus.RUNNING: T("Berjalan"),
    BatchStatus.FINISHED: T("Selesai"),
    BatchStatus.CANCELLED: T("Dibatalkan"),
}
BADGES: Mapping[str, str] = {
    BatchStatus.DRAFT: "muted",
    BatchStatus.OPEN: "info",
    BatchStatus.RUNNING: "wait",
    BatchStatus.FINISHED: "ok",
    BatchStatus.CANCELLED: "bad",
}
ADMISSIONS: Mapping[str, T] = {
    Admission.OPEN: T("Pendaftaran terbuka"),
    Admission.NOMINATION: T("Usulan OPD dengan surat"),
    Admission.BOTH: T("Pendaftaran terbuka dan usulan OPD"),
}
PLACES: Mapping[EnrolmentStatus, frozenset[EnrolmentStatus]] = {
    EnrolmentStatus.APPLIED: frozenset(
        {EnrolmentStatus.ACCEPTED, EnrolmentStatus.WAITING, EnrolmentStatus.REJECTED, EnrolmentStatus.WITHDRAWN}
    ),
    EnrolmentStatus.WAITING: frozenset({EnrolmentStatus.ACCEPTED, EnrolmentStatus.REJECTED, EnrolmentStatus.WITHDRAWN}),
    EnrolmentStatus.ACCEPTED: frozenset({EnrolmentStatus.WITHDRAWN, EnrolmentStatus.WAITING}),
    EnrolmentStatus.REJECTED: frozenset({EnrolmentStatus.ACCEPTED, EnrolmentStatus.WAITING, EnrolmentStatus.APPLIED}),
    EnrolmentStatus.WITHDRAWN: frozenset({EnrolmentStatus.APPLIED, EnrolmentStatus.ACCEPTED, EnrolmentStatus.WAITING}),
}
OPEN_ENROLMENTS = (EnrolmentStatus.APPLIED, EnrolmentStatus.ACCEPTED, EnrolmentStatus.WAITING)
ENROLMENTS: Mapping[str, T] = {
    EnrolmentStatus.APPLIED: T("Menunggu keputusan"),
    EnrolmentStatus.ACCEPTED: T("Diterima"),
    EnrolmentStatus.WAITING: T("Daftar tunggu"),
    EnrolmentStatus.REJECTED: T("Belum terpilih"),
    EnrolmentStatus.WITHDRAWN: T("Batal ikut"),
}
ENROLMENT_BADGES: Mapping[str, str] = {
    EnrolmentStatus.APPLIED: "wait",
    EnrolmentStatus.ACCEPTED: "ok",
    EnrolmentStatus.WAITING: "info",
    EnrolmentStatus.REJECTED: "muted",
    EnrolmentStatus.WITHDRAWN: "muted",
}
OUTCOMES: Mapping[str, T] = {
    Outcome.COMPLETED: T("Lulus"),
    Outcome.INCOMPLETE: T("Belum lulus"),
}
QUOTAS: Mapping[str, T] = {
    QuotaKind.OPD: T("OPD"),
    QuotaKind.VILLAGE: T("Desa atau kelurahan"),
    QuotaKind.DISTRICT: T("Kecamatan"),
    QuotaKind.SEX: T("Jenis kelamin"),
}
