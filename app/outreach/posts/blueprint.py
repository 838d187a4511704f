from datetime import datetime
from typing import Any

from flask import Blueprint
from flask_babel import gettext as _

from app.base.web.formats import local
from app.base.web.guard import current_actor
from app.base.web.menu import may_open
from app.outreach.outlets.kinds import KINDS, PRINT, SOCIAL
from app.outreach.posts import states
from app.outreach.printing.models import PieceKind, PrintPiece
from app.outreach.printing.press import PAGES

bp = Blueprint("posts", __name__, template_folder="templates")


def in_words(value: Any) -> str:
    """Return one side of a difference in words."""
    if value is None or value in ("", []):
        return _("(kosong)")
    if isinstance(value, datetime):
        return local(value)
    return ", ".join(value) if isinstance(value, list) else str(value)


def may_open_piece(piece: PrintPiece) -> bool:
    """Decide whether a piece's own page opens for this person: for the office and its own organisation."""
    actor = current_actor()
    return may_open("printing.show") and (actor.of_office or piece.organisation_id in actor.organisation_ids)


def piece_pages(piece: PrintPiece) -> int:
    """Count the pages of it that a preview shows."""
    return PAGES.get(PieceKind(piece.kind), 1)


@bp.context_processor
def _words() -> dict[str, Any]:
    return {
        "status_labels": states.LABELS,
        "step_labels": states.STEP_LABELS,
        "decision_labels": states.DECISION_LABELS,
        "action_labels": states.ACTION_LABELS,
        "audience_labels": states.AUDIENCE_LABELS,
        "outlet_kinds": KINDS,
        "print_kinds": PRINT,
        "social_kinds": SOCIAL,
        "in_words": in_words,
        "may_open_piece": may_open_piece,
        "piece_pages": piece_pages,
    }
