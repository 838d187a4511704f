"""Labels, badges and filters for the states of agreements and their clauses."""

from collections.abc import Mapping

from app.kernel.text import T
from app.oversight.commitments.models import ClauseStatus, CommitmentKind, EvidenceKind

KINDS: Mapping[str, T] = {
    CommitmentKind.REGULATION: T("Peraturan"),
    CommitmentKind.DECREE: T("Surat keputusan"),
    CommitmentKind.MEMORANDUM: T("Nota kesepahaman (MoU)"),
    CommitmentKind.COOPERATION: T("Perjanjian kerja sama"),
    CommitmentKind.OTHER: T("Lainnya"),
}
LABELS: Mapping[str, T] = {
    ClauseStatus.NOT_STARTED: T("Belum dimulai"),
    ClauseStatus.RUNNING: T("Berjalan"),
    ClauseStatus.DONE: T("Selesai"),
    ClauseStatus.STOPPED: T("Tidak dilanjutkan"),
}
BADGES: Mapping[str, tuple[str, str]] = {
    ClauseStatus.NOT_STARTED: ("info", "circle-dotted"),
    ClauseStatus.RUNNING: ("wait", "progress"),
    ClauseStatus.DONE: ("ok", "circle-check"),
    ClauseStatus.STOPPED: ("muted", "ban"),
}
"""Kind and icon of ui.badge."""

EVIDENCE: Mapping[str, T] = {
    EvidenceKind.CAMPAIGN: T("Program sosialisasi"),
    EvidenceKind.EVENT: T("Kegiatan"),
    EvidenceKind.BATCH: T("Angkatan pelatihan"),
    EvidenceKind.SURVEY: T("Survei"),
    EvidenceKind.FILE: T("Berkas"),
    EvidenceKind.ADDRESS: T("Alamat web"),
}

LATE, UNKNOWN, NO_OWNER, NO_DUE = "terlambat", "belum-dicatat", "tanpa-penanggung-jawab", "tanpa-batas-waktu"
FILTERS: Mapping[str, T] = {
    LATE: T("Terlambat"),
    UNKNOWN: T("Keadaan belum dicatat"),
    NO_OWNER: T("Tanpa penanggung jawab"),
    NO_DUE: T("Tanpa batas waktu"),
    **{str(key): label for key, label in LABELS.items()},
}
"""What the list can be narrowed to: agreements with a clause in this state."""
