"""Notices about proposals, in the app and by e-mail."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.base.confirmations.kinds import Kind
from app.base.confirmations.models import Proposal, ProposalStatus
from app.base.confirmations.people import confirmers
from app.base.notices.service import notify
from app.kernel.site import site_of
from app.kernel.text import T

PATH = "/persetujuan-kedua/{id}"

SUBJECTS = {
    ProposalStatus.READY: T("Disetujui: %(title)s"),
    ProposalStatus.APPLIED: T("Sudah berlaku: %(title)s"),
    ProposalStatus.REFUSED: T("Ditolak: %(title)s"),
    ProposalStatus.WITHDRAWN: T("Ditarik: %(title)s"),
    ProposalStatus.STALE: T("Tidak berlaku lagi: %(title)s"),
    ProposalStatus.EXPIRED: T("Tidak diambil: %(title)s"),
    ProposalStatus.SUPERSEDED: T("Diganti usulan baru: %(title)s"),
}


def tell_asked(session: Session, kind: Kind, proposal: Proposal, *, now: datetime) -> None:
    """Tell everybody concerned but the asker."""
    when = site_of(session).when(proposal.due_at)
    second = confirmers(session, kind, proposal)
    ending = (
        T(
            "Belum ada orang lain yang bisa menyetujui. Bila tidak ada yang menghentikan, ini berlaku %(when)s.",
            when=when,
        )
        if not second
        else T("Bila tidak ada yang menyetujui atau menghentikan, ini berlaku dengan sendirinya %(when)s.", when=when)
    )
    people = {one.user_id for one in proposal.people} - {proposal.asked_by_id}
    acts = {
        T("Buka halamannya untuk menyetujui atau menolak."): people & second,
        T("Bila ini keliru, buka halamannya untuk menolak."): people - second,  # whoever gains by it cannot agree to it
    }
    for act, whom in acts.items():
        notify(
            session,
            user_ids=whom,
            kind="proposal",
            subject=T("Perlu orang kedua: %(title)s", title=proposal.title),
            body=T(
                "%(name)s mengusulkan: %(title)s. Alasannya: %(reason)s\n\n%(ending)s %(act)s",
                name=proposal.asked_by_name, title=proposal.title, reason=proposal.reason, ending=str(ending),
                act=str(act),
            ),
            path=PATH.format(id=proposal.id),
            dedupe_key=f"proposal:{proposal.id}:asked",
            now=now,
        )  # fmt: skip


def tell_decided(session: Session, _kind: Kind, proposal: Proposal, *, now: datetime) -> None:
    """Tell everybody concerned, and the asker, what became of it; not who decided."""
    status = ProposalStatus(proposal.status)
    notify(
        session,
        user_ids={proposal.asked_by_id, *(one.user_id for one in proposal.people)} - {proposal.ended_by_id or 0},
        kind="proposal",
        subject=T(SUBJECTS[status].msgid, title=proposal.title),
        body=str(outcome(proposal)),
        path=PATH.format(id=proposal.id),
        dedupe_key=f"proposal:{proposal.id}:{status}",
        now=now,
    )


def outcome(proposal: Proposal) -> T:
    """Say what became of it, in a sentence."""
    name, why, asker = proposal.ended_by_name, proposal.ended_why, proposal.asked_by_name
    match proposal.status:
        case ProposalStatus.APPLIED if name:
            return T("Diusulkan %(asker)s dan disetujui %(name)s. Sudah berlaku.", asker=asker, name=name)
        case ProposalStatus.APPLIED:
            return T("Diusulkan %(asker)s. Tidak ada yang menghentikan selama masa tunggu. Sudah berlaku.", asker=asker)
        case ProposalStatus.READY if name:
            return T("%(name)s menyetujui. %(asker)s bisa membuat slipnya dalam 24 jam.", name=name, asker=asker)
        case ProposalStatus.READY:
            return T("Masa tunggunya habis. %(asker)s bisa membuat slipnya dalam 24 jam.", asker=asker)
        case ProposalStatus.REFUSED:
            return T("%(name)s menolak: %(why)s Tidak ada yang berubah.", name=name, why=_sentence(why))
        case ProposalStatus.WITHDRAWN:
            return T("%(asker)s menarik usulannya. Tidak ada yang berubah.", asker=asker)
        case ProposalStatus.SUPERSEDED:
            return T("%(name)s mengusulkan ulang. Yang ini tidak berlaku.", name=name)
        case ProposalStatus.EXPIRED:
            return T("Slipnya tidak dibuat dalam 24 jam. Tidak ada yang berubah.")
        case ProposalStatus.STALE:
            return T("%(why)s Tidak ada yang berubah.", why=_sentence(why))
    return T("Menunggu orang kedua. Belum ada yang berubah.")


def _sentence(text: str | None) -> str:
    plain = (text or "").strip()
    return plain if plain.endswith((".", "!", "?")) or not plain else f"{plain}."
