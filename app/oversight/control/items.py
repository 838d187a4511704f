"""What can be late: the kinds of it, and one thing that is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.kernel.roles import Actor, Can
from app.kernel.text import T

NOBODY = T("belum ada penanggung jawab")


@dataclass(frozen=True)
class LateKind:
    """A kind of late thing. `label`: what is wrong, for several of them. `todo`: the button that leads to the record.

    It is due `grace` working days after the day that its source tells, and stands on the list as at risk from `ahead`
    working days before. The record's page is `endpoint`, its number goes by the name `number` in the address, `more`
    goes along.
    """

    key: str
    label: T
    todo: T
    endpoint: str
    number: str
    grace: int = 0
    ahead: int = 0
    more: Mapping[str, Any] = field(default_factory=dict)


def _kinds(*kinds: LateKind) -> Mapping[str, LateKind]:
    return {kind.key: kind for kind in kinds}


KINDS = _kinds(
    LateKind("delivery", T("Materi gagal, terlewat atau belum pasti terbit"), T("Periksa penayangannya"),
             "publishing.show", "delivery_id"),
    LateKind("approval", T("Menunggu persetujuan terlalu lama"), T("Putuskan"), "posts.show", "post_id", grace=2),
    LateKind("draft", T("Waktu tayang dekat, belum disetujui"), T("Selesaikan materinya"), "posts.show", "post_id"),
    LateKind("outlet", T("Akun perlu dihubungkan ulang atau dibereskan"), T("Buka saluran"), "outlets.show",
             "outlet_id"),
    LateKind("order", T("Pesanan cetak belum dikonfirmasi"), T("Tanyakan, lalu catat"), "printing.order", "order_id",
             grace=3, ahead=1),
    LateKind("proof", T("Cetakan belum ada bukti terpasang"), T("Catat buktinya"), "printing.prove", "pesanan",
             grace=10, ahead=3),
    LateKind("report", T("Kegiatan belum dilaporkan"), T("Tulis laporannya"), "reports.show", "event_id",
             grace=3, ahead=2),
    LateKind("mending", T("Laporan dikembalikan, belum diperbaiki"), T("Perbaiki laporannya"), "reports.show",
             "event_id", grace=3, ahead=1),
    LateKind("verification", T("Laporan belum diperiksa"), T("Periksa laporannya"), "reports.show", "event_id",
             grace=5, ahead=1),
    LateKind("routing", T("Aspirasi belum diteruskan ke OPD"), T("Teruskan"), "reports.aspiration", "aspiration_id",
             grace=3, ahead=1),
    LateKind("aspiration", T("Aspirasi belum dijawab"), T("Jawab"), "reports.aspiration", "aspiration_id", ahead=3),
    LateKind("wave", T("Survei terbuka lewat batas waktunya"), T("Tutup surveinya"), "surveys.show", "wave_id"),
    LateKind("unopened", T("Survei sesudah belum dibuka"), T("Buka surveinya"), "surveys.show", "wave_id", grace=3),
    LateKind("after", T("Program selesai tanpa survei sesudah"), T("Rencanakan surveinya"), "campaigns.show",
             "campaign_id", grace=3),
    LateKind("baseline", T("Sasaran tanpa angka awal"), T("Catat angka awalnya"), "campaigns.show", "campaign_id",
             ahead=5, more={"_anchor": "sasaran"}),
    LateKind("goal", T("Sasaran lewat waktunya, hasilnya belum dicatat"), T("Catat hasilnya"), "campaigns.show",
             "campaign_id", ahead=5, more={"_anchor": "sasaran"}),
    LateKind("decision", T("Keputusan lewat waktunya"), T("Tindak lanjuti"), "campaigns.show", "campaign_id", ahead=5,
             more={"_anchor": "keputusan"}),
    LateKind("clause", T("Butir perjanjian lewat waktunya"), T("Laporkan kemajuannya"), "commitments.show",
             "commitment_id", ahead=5),
    LateKind("batch", T("Pelatihan lewat hari terakhirnya, belum diselesaikan"), T("Selesaikan pelatihannya"),
             "training.show", "batch_id", grace=5),
    LateKind("marking", T("Tugas praktik belum dinilai"), T("Nilai tugasnya"), "assessments.works", "batch_id",
             grace=5),
)  # fmt: skip
"""In the order in which pages name them."""

NEEDED_CAPABILITY: Mapping[str, Can | None] = dict.fromkeys(KINDS, Can.PLAN_CAMPAIGNS) | {
    "approval": None,  # whoever signs is named as its owner
    "outlet": Can.KEEP_OUTLETS,
    "order": Can.CONFIRM_ORDERS,
    "proof": Can.RECORD_PROOFS,
    "report": Can.PLAN_EVENTS,
    "mending": Can.PLAN_EVENTS,
    "verification": Can.VERIFY_REPORTS,
    "routing": Can.ROUTE_ASPIRATIONS,
    "aspiration": Can.ANSWER_ASPIRATIONS,
    "clause": Can.CHASE_CLAUSES,
    "batch": Can.PLAN_TRAINING,
    "marking": Can.PLAN_TRAINING,
}
"""Who can do what a kind asks for, besides its owner; the record's page asks whose it is."""


@dataclass(frozen=True)
class Item:
    """One thing that is late or at risk. `days`: working days since it was due; below zero until then. `late` tells the
    two apart: what was to go out this morning is late with 0 days.

    `owner` is a person's name, or a post where nobody is named yet, else ""; then `organisation` answers for it.
    `organisation_id` is whose it is, a KIM's or an OPD's; `unit_id` the OPD or bidang under which it is counted.
    `since`: the day from which its time runs. `level`: 0, or how far it was escalated.
    """

    kind: str
    subject_id: int
    title: str
    endpoint: str
    values: Mapping[str, Any]
    due: date
    days: int
    late: bool
    owner_id: int | None
    owner: str
    organisation_id: int | None
    organisation: str
    level: int
    since: date
    detail: str = ""
    unit_id: int | None = None


def may_do(actor: Actor, item: Item) -> bool:
    """Tell whether this person's page of it has the control that does it; others only look."""
    can = NEEDED_CAPABILITY[item.kind]
    return (actor.id is not None and item.owner_id == actor.id) or (can is not None and actor.can(can))


@dataclass(frozen=True)
class UnitTally:
    """What is late (`total`, `by_kind`) and what is at risk in an OPD or bidang. `oldest_days`: working days of the
    longest overdue; None where nothing is late. `organisation_id` None: it belongs to nobody."""

    organisation_id: int | None
    name: str
    total: int
    by_kind: Mapping[str, int]
    oldest_days: int | None
    at_risk: int = 0

    def most(self, number: int) -> list[tuple[str, int]]:
        """Return the kinds of which most are late, the most first."""
        return sorted(self.by_kind.items(), key=lambda pair: -pair[1])[:number]
