"""The states of an event with their allowed moves, and the words for them."""

from collections.abc import Mapping

from app.gatherings.events.models import AgeBand, EventKind, EventStatus, RegistrationStatus, Sex, Tag
from app.kernel.text import T

MOVES: Mapping[EventStatus, frozenset[EventStatus]] = {
    EventStatus.PLANNED: frozenset(
        {EventStatus.ANNOUNCED, EventStatus.HELD, EventStatus.REPORTED, EventStatus.CANCELLED}
    ),
    EventStatus.ANNOUNCED: frozenset({EventStatus.HELD, EventStatus.REPORTED, EventStatus.CANCELLED}),
    # back, when it was marked by mistake
    EventStatus.HELD: frozenset({EventStatus.REPORTED, EventStatus.ANNOUNCED, EventStatus.PLANNED}),
    EventStatus.REPORTED: frozenset({EventStatus.RETURNED, EventStatus.VERIFIED, EventStatus.MERGED}),
    EventStatus.RETURNED: frozenset({EventStatus.REPORTED, EventStatus.MERGED}),
    EventStatus.VERIFIED: frozenset({EventStatus.RETURNED}),
    EventStatus.CANCELLED: frozenset(),
    EventStatus.MERGED: frozenset({EventStatus.REPORTED}),
}
UPCOMING = (EventStatus.PLANNED, EventStatus.ANNOUNCED)
TOOK_PLACE = (EventStatus.HELD, EventStatus.REPORTED, EventStatus.RETURNED, EventStatus.VERIFIED)
"""Only these reach a village."""

LABELS: Mapping[str, T] = {
    EventStatus.PLANNED: T("Direncanakan"),
    EventStatus.ANNOUNCED: T("Diumumkan"),
    EventStatus.HELD: T("Terlaksana, belum dilaporkan"),
    EventStatus.REPORTED: T("Dilaporkan, menunggu diperiksa"),
    EventStatus.RETURNED: T("Laporan dikembalikan"),
    EventStatus.VERIFIED: T("Laporan sudah diperiksa"),
    EventStatus.CANCELLED: T("Dibatalkan"),
    EventStatus.MERGED: T("Digabung dengan catatan lain"),
}
BADGES: Mapping[str, str] = {
    EventStatus.PLANNED: "muted",
    EventStatus.ANNOUNCED: "info",
    EventStatus.HELD: "wait",
    EventStatus.REPORTED: "wait",
    EventStatus.RETURNED: "warn",
    EventStatus.VERIFIED: "ok",
    EventStatus.CANCELLED: "bad",
    EventStatus.MERGED: "muted",
}
KINDS: Mapping[str, T] = {
    EventKind.KIM_ACTIVITY: T("Kegiatan KIM"),
    EventKind.SOCIALISATION: T("Sosialisasi"),
    EventKind.FGD: T("Diskusi kelompok terarah (FGD)"),
    EventKind.BIMTEK: T("Bimbingan teknis (bimtek)"),
    EventKind.TRAINING: T("Pelatihan"),
    EventKind.MEDIA_VISIT: T("Kunjungan media"),
    EventKind.MEETING: T("Rapat atau pertemuan"),
    EventKind.OTHER: T("Lainnya"),
}
TAGS: Mapping[str, T] = {
    Tag.AKSES: T("Akses informasi"),
    Tag.DISKUSI: T("Diskusi"),
    Tag.IMPLEMENTASI: T("Implementasi"),
    Tag.NETWORKING: T("Networking (jejaring)"),
    Tag.DISEMINASI: T("Diseminasi"),
    Tag.ASPIRASI: T("Aspirasi"),
}
SEXES: Mapping[str, T] = {
    Sex.FEMALE: T("Perempuan"),
    Sex.MALE: T("Laki-laki"),
    Sex.UNKNOWN: T("Tidak dicatat"),
}
AGE_BANDS: Mapping[str, T] = {
    AgeBand.CHILD: T("Anak (di bawah 17 tahun)"),
    AgeBand.YOUTH: T("Muda (17–30 tahun)"),
    AgeBand.ADULT: T("Dewasa (31–59 tahun)"),
    AgeBand.ELDER: T("Lansia (60 tahun ke atas)"),
    AgeBand.UNKNOWN: T("Umur tidak dicatat"),
}
REGISTRATIONS: Mapping[str, T] = {
    RegistrationStatus.REGISTERED: T("Terdaftar"),
    RegistrationStatus.WAITING: T("Daftar tunggu"),
    RegistrationStatus.HELD: T("Perlu diperiksa"),
    RegistrationStatus.CANCELLED: T("Batal ikut"),
}
PARTS: Mapping[str, T] = {
    "title": T("nama kegiatan"),
    "kind": T("jenis"),
    "organisation_id": T("penyelenggara"),
    "campaign_id": T("program"),
    "village_code": T("desa"),
    "place": T("nama tempat"),
    "starts_at": T("waktu mulai"),
    "ends_at": T("waktu selesai"),
    "capacity": T("jumlah tempat"),
    "registration": T("pendaftaran"),
}
"""What of an event the trail keeps (service.facts)."""
