"""What a campaign's page and a village's page show of printing: pieces, and what is proved to have arrived."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.web.formats import angka, local_date
from app.base.web.menu import may_open
from app.base.web.panels import Panel, PanelLine
from app.kernel.roles import Actor, Can
from app.outreach.campaigns.models import Campaign
from app.outreach.printing.models import PrintPiece, Proof
from app.outreach.printing.proofs import village_of_group
from app.outreach.printing.queries import pieces, proofs, visible
from app.outreach.printing.reach import reach_of, village_reach

SHOWN = 8


def campaign_pieces(session: Session, actor: Actor, campaign: Campaign) -> Panel | None:
    """Return the panel of the pieces and how far they are; None where the list of pieces is not for them."""
    if not may_open("printing.index"):
        return None
    total = session.scalar(
        select(func.count()).select_from(PrintPiece).where(PrintPiece.campaign_id == campaign.id, visible(actor))
    )
    rows = session.execute(pieces(actor, campaign_id=campaign.id).limit(SHOWN)).all()
    return Panel(
        title=_l("Cetakan"),
        empty=_l("Belum ada cetakan untuk program ini."),
        url=url_for("printing.index", program=campaign.id),
        total=total or 0,
        lines=[
            PanelLine(
                title=piece.title, url=url_for("printing.show", piece_id=piece.id), badge=_state(orders, villages)
            )
            for piece, _campaign_name, orders, villages in rows
        ],
        new_url=url_for("printing.new", program=campaign.id) if may_open("printing.new") else None,
        new_label=_l("Buat cetakan"),
    )


def _state(orders: int, villages: int) -> tuple[str, str]:
    if villages:
        return "ok", _("Terpasang di %(n)s desa/kelurahan", n=villages)
    if orders:
        return "wait", _("Dipesan, belum ada bukti")
    return "muted", _("Belum dipesan")


def campaign_reach(session: Session, actor: Actor, campaign: Campaign) -> Panel | None:
    """Return the panel of how many of the villages aimed at are proved to be reached; orders stand apart."""
    if not may_open("printing.reach"):
        return None
    reach, page = reach_of(session, campaign.id), url_for("printing.reach", campaign_id=campaign.id)
    lines = [
        PanelLine(
            title=_("%(n)s dari %(of)s desa/kelurahan", n=angka(reach.reached), of=angka(reach.aimed)),
            url=page,
            badge=("ok", _("terakhir %(day)s", day=local_date(reach.last)))
            if reach.last
            else ("muted", _("belum ada bukti")),
        ),
        PanelLine(
            title=_("%(n)s desa/kelurahan belum terjangkau", n=angka(reach.missing)),
            url=url_for("printing.reach", campaign_id=campaign.id, keadaan="belum"),
        ),
        PanelLine(
            title=_("%(n)s bukti dengan foto", n=angka(reach.proofs)),
            url=url_for("printing.proofs", program=campaign.id),
        ),
    ]
    if reach.orders:
        ordered = _("%(n)s pesanan cetak", n=angka(reach.orders))
        pieces_page = url_for("printing.index", program=campaign.id)
        lines.append(PanelLine(title=ordered, url=pieces_page, badge=("muted", _("tidak dihitung"))))
    return Panel(
        title=_l("Desa terjangkau (bukti cetak)"),
        empty="",
        url=page,
        lines=lines,
        new_url=url_for("printing.prove") if may_open("printing.prove") else None,
        new_label=_l("Catat bukti"),
    )


def proofs_in_village(session: Session, actor: Actor, village: Village) -> Panel | None:
    """Return the panel of the proofs in a village that this person sees, and whether it is reached by any."""
    if not may_open("printing.proofs"):
        return None
    count, last, aiming = village_reach(session, village)
    seen = session.execute(
        proofs(actor, village_code=village.code).where(Proof.withdrawn_at.is_(None)).limit(SHOWN)
    ).all()
    notes = []
    if count > len(seen):
        notes.append(_("%(n)s bukti lainnya, termasuk milik instansi lain.", n=angka(count - len(seen))))
    if aiming:
        notes.append(_("Dituju %(n)s program yang berjalan. Dituju atau dipesan belum dihitung.", n=angka(aiming)))
    may_prove = actor.can(Can.RECORD_ALL_PROOFS) or (
        may_open("printing.prove") and village_of_group(session, actor) == village.code
    )
    reached = ("ok", _("Terjangkau, terakhir %(day)s", day=local_date(last)))
    return Panel(
        title=_l("Bukti cetak di sini"),
        state=reached if last else ("muted", _("Belum dicatat")),
        empty=_l("Belum dicatat ada cetakan yang terpasang, terbit, atau dibagikan di sini."),
        lines=[_entry(proof, piece) for proof, piece in seen],
        notes=notes,
        url=url_for("printing.proofs", desa=village.code) if seen else None,
        new_url=url_for("printing.prove", desa=village.code) if may_prove else None,
        new_label=_l("Catat bukti"),
        new_icon="camera",
    )


def _entry(proof: Proof, piece: PrintPiece) -> PanelLine:
    staff = may_open("printing.show")
    return PanelLine(
        title=piece.title,
        url=url_for("printing.show", piece_id=piece.id) if staff else url_for("printing.proofs", cetakan=piece.id),
        on=proof.placed_on,
        detail=_("%(n)s lembar", n=angka(proof.copies)),
        photo_url=url_for("printing.photo", proof_id=proof.id),
        photo_alt=_("Foto bukti: %(title)s, %(day)s", title=piece.title, day=local_date(proof.placed_on)),
    )
