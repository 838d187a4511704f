"""The rule of who may read pictures of print pieces, PDFs of orders and photos of proofs: who sees the piece.

Whoever recorded a proof keeps seeing it: a KIM proves pieces of others.
"""

from typing import Any

from sqlalchemy import Select, or_, select

from app.base.media.holders import Holder
from app.kernel.roles import Actor, Can
from app.outreach.printing.models import PrintOrder, PrintPiece, Proof
from app.outreach.printing.queries import visible


def _pictures(actor: Actor) -> Select[Any]:
    return select(PrintPiece.image_id).where(visible(actor))


def _orders(actor: Actor) -> Select[Any]:
    return select(PrintOrder.pdf_id).join(PrintPiece, PrintPiece.id == PrintOrder.piece_id).where(visible(actor))


def _proofs(actor: Actor) -> Select[Any]:
    return (
        select(Proof.photo_id)
        .join(PrintPiece, PrintPiece.id == Proof.piece_id)
        .where(or_(visible(actor), Proof.recorded_by_id == actor.id))
    )


HOLDERS = (
    Holder(PrintPiece.image_id, Can.READ_PRINT, _pictures),
    Holder(PrintOrder.pdf_id, Can.READ_PRINT, _orders),
    Holder(Proof.photo_id, Can.READ_PROOFS, _proofs),
)
