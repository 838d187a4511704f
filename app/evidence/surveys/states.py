"""Statuses of a wave and the moves between them, and the words of a survey on the screen."""

from collections.abc import Mapping

from app.evidence.surveys.models import Mode, SampleMethod, Stage, WaveStatus
from app.kernel.text import T

MOVES: Mapping[WaveStatus, frozenset[WaveStatus]] = {
    WaveStatus.DRAFT: frozenset({WaveStatus.OPEN, WaveStatus.CANCELLED}),
    WaveStatus.OPEN: frozenset({WaveStatus.CLOSED}),
    WaveStatus.CLOSED: frozenset({WaveStatus.OPEN}),  # opened again, with the reason in the trail
    WaveStatus.CANCELLED: frozenset(),
}
STATUSES: Mapping[str, T] = {
    WaveStatus.DRAFT: T("Disiapkan"),
    WaveStatus.OPEN: T("Berjalan"),
    WaveStatus.CLOSED: T("Ditutup"),
    WaveStatus.CANCELLED: T("Dibatalkan"),
}
BADGES: Mapping[str, str] = {
    WaveStatus.DRAFT: "muted",
    WaveStatus.OPEN: "ok",
    WaveStatus.CLOSED: "info",
    WaveStatus.CANCELLED: "muted",
}
STAGES: Mapping[str, T] = {
    Stage.BASELINE: T("Survei awal"),
    Stage.AFTER: T("Survei sesudah"),
    Stage.FOLLOWUP: T("Survei lanjutan"),
    Stage.SINGLE: T("Survei tersendiri"),
}
MODES: Mapping[str, T] = {
    Mode.LINK: T("Tautan atau QR"),
    Mode.PHONE: T("Wawancara dengan HP"),
    Mode.PAPER: T("Kertas"),
    Mode.IMPORT: T("Berkas Excel/CSV"),
}
METHODS: Mapping[str, T] = {
    SampleMethod.OPEN: T("Terbuka untuk siapa saja"),
    SampleMethod.LIST: T("Tempat dipilih sendiri"),
    SampleMethod.PPS: T("Desa diundi menurut jumlah penduduk"),
}
