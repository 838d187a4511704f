"""The print pieces of a campaign, as its page shows them."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.campaigns.panels import Line, Panel, panel
from app.kernel.roles import Actor
from app.printing.models import PrintPiece
from app.printing.queries import pieces, visible
from app.web.menu import may_open

SHOWN = 8


@panel("2-printing")
def campaign_pieces(session: Session, actor: Actor, campaign: Campaign) -> Panel | None:
    """The pieces and how far they are; None where the list of pieces is not for them."""
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
            Line(title=piece.title, url=url_for("printing.show", piece_id=piece.id), badge=_state(orders, villages))
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
