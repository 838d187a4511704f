"""Words of the register of groups."""

from collections.abc import Mapping
from enum import StrEnum

from app.gatherings.communities.models import GroupKind, MemberRole
from app.kernel.text import T


class Activity(StrEnum):
    ACTIVE = "active"
    QUIET = "quiet"
    ASLEEP = "asleep"
    NEVER = "never"


class Completeness(StrEnum):
    UNREGISTERED = "unregistered"  # an organisation without its data as a group
    LACKING = "lacking"
    COMPLETE = "complete"


KINDS: Mapping[str, T] = {
    GroupKind.KIM: T("Kelompok Informasi Masyarakat (KIM)"),
    GroupKind.PROGRAMMER: T("Komunitas programmer"),
}
SHORT_KINDS: Mapping[str, T] = {GroupKind.KIM: T("KIM"), GroupKind.PROGRAMMER: T("Komunitas programmer")}
MEMBER_ROLES: Mapping[str, T] = {
    MemberRole.CHAIR: T("Ketua"),
    MemberRole.SECRETARY: T("Sekretaris"),
    MemberRole.TREASURER: T("Bendahara"),
    MemberRole.OFFICER: T("Pengurus"),
    MemberRole.MEMBER: T("Anggota"),
}
OFFICERS = (MemberRole.CHAIR, MemberRole.SECRETARY, MemberRole.TREASURER, MemberRole.OFFICER)
ACTIVITIES: Mapping[str, T] = {
    Activity.ACTIVE: T("Aktif"),
    Activity.QUIET: T("Kurang aktif"),
    Activity.ASLEEP: T("Tidak aktif"),
    Activity.NEVER: T("Belum pernah"),
}
ACTIVITY_BADGES: Mapping[str, str] = {
    Activity.ACTIVE: "ok",
    Activity.QUIET: "warn",
    Activity.ASLEEP: "bad",
    Activity.NEVER: "muted",
}
COMPLETENESS: Mapping[str, T] = {
    Completeness.UNREGISTERED: T("Belum dilengkapi"),
    Completeness.LACKING: T("Kurang lengkap"),
    Completeness.COMPLETE: T("Lengkap"),
}
COMPLETENESS_BADGES: Mapping[str, str] = {
    Completeness.UNREGISTERED: "warn",
    Completeness.LACKING: "wait",
    Completeness.COMPLETE: "ok",
}
ISSUERS = ("Lurah", "Kepala Desa", "Camat", "Kepala Dinas Komunikasi dan Informatika", "Bupati")
"""Who usually signs the SK; anything else may be typed."""
SEXES: Mapping[str, T] = {"f": T("Perempuan"), "m": T("Laki-laki"), "u": T("Tidak dicatat")}
