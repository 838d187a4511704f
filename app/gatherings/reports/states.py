"""Words of reports: what may be missing, the SPJ list, where an aspiration stands, what a verifier is warned of."""

from collections.abc import Mapping

from app.gatherings.reports.models import AspirationStatus
from app.kernel.text import T

MISSING: Mapping[str, T] = {
    "headcount": T("Jumlah peserta"),
    "photos": T("Foto kegiatan"),
    "minutes": T("Notulen: apa yang disampaikan dan disepakati"),
    "attendance": T("Daftar hadir"),
    "place": T("Tempat atau waktu kegiatan"),
    "spj": T("Kelengkapan SPJ"),
    "other": T("Lainnya (lihat catatan)"),
}
SPJ: Mapping[str, T] = {
    "kak": T("KAK/TOR"),
    "sk": T("SK panitia atau narasumber"),
    "undangan": T("Undangan"),
    "daftar_hadir": T("Daftar hadir peserta, narasumber, dan panitia"),
    "materi": T("Bahan paparan"),
    "notulen": T("Notulen"),
    "dokumentasi": T("Dokumentasi foto"),
    "evaluasi": T("Lembar evaluasi"),
    "kuitansi": T("Kuitansi dan bukti belanja"),
    "pajak": T("Bukti setor pajak"),
    "identitas": T("Salinan identitas penerima honor sudah ada di bendahara (tidak diunggah ke sini)"),
}
"""Ticks only: copies of KTP, NPWP and bank books never enter."""
ASPIRATIONS: Mapping[str, T] = {
    AspirationStatus.NOTED: T("Dicatat"),
    AspirationStatus.ROUTED: T("Menunggu jawaban OPD"),
    AspirationStatus.ANSWERED: T("Sudah dijawab"),
    AspirationStatus.CLOSED: T("Tidak perlu dijawab"),
}
ASPIRATION_MOVES: Mapping[AspirationStatus, frozenset[AspirationStatus]] = {
    AspirationStatus.NOTED: frozenset({AspirationStatus.ROUTED, AspirationStatus.ANSWERED, AspirationStatus.CLOSED}),
    # to another OPD, or with another day
    AspirationStatus.ROUTED: frozenset({AspirationStatus.ROUTED, AspirationStatus.ANSWERED, AspirationStatus.CLOSED}),
    # mended, or asked again
    AspirationStatus.ANSWERED: frozenset({AspirationStatus.ANSWERED, AspirationStatus.ROUTED}),
    AspirationStatus.CLOSED: frozenset({AspirationStatus.ROUTED}),
}
ASPIRATION_BADGES: Mapping[str, str] = {
    AspirationStatus.NOTED: "muted",
    AspirationStatus.ROUTED: "wait",
    AspirationStatus.ANSWERED: "ok",
    AspirationStatus.CLOSED: "muted",
}
SOURCES: Mapping[str, T] = {
    "phone": T("lewat HP"),
    "web": T("lewat halaman laporan"),
    "office": T("diketik kantor dari kertas"),
}
FLAGS: Mapping[str, T] = {
    "clock": T("Jam di HP pencatat tidak cocok dengan jam kita. Periksa tanggal kegiatannya."),
    "future": T("Tanggal kegiatan ini belum tiba menurut jam kita."),
    "past": T("Kegiatan ini dicatat lama sesudah berlangsung."),
    "running": T("Diserahkan sebelum kegiatannya selesai. Peserta dan isinya mungkin belum lengkap."),
    "no_minutes": T("Apa yang disampaikan belum ditulis."),
    "over_capacity": T("Peserta lebih banyak daripada tempat yang disediakan."),
    "twin": T("Mungkin kegiatan yang sama sudah dicatat orang lain."),
}
"""A flag may carry a number: "twin:12" is event 12."""
