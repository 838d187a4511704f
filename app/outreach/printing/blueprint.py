from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from app.base.web.guard import current_actor, signed_in
from app.kernel.roles import Can
from app.outreach.printing.models import OrderStatus, PieceKind
from app.outreach.printing.service import ORDER_NAMES

bp = Blueprint("printing", __name__, template_folder="templates")

KIND_LABELS = {
    PieceKind.POSTER: _l("Poster A3"),
    PieceKind.LEAFLET: _l("Selebaran A5"),
    PieceKind.NEWSPAPER: _l("Materi koran"),
    PieceKind.PRESS_RELEASE: _l("Siaran pers A4"),
}
KIND_HINTS = {
    PieceKind.POSTER: _l("297 × 420 mm, satu muka. Untuk papan pengumuman, balai desa, dan kantor layanan."),
    PieceKind.LEAFLET: _l("148 × 210 mm, dua muka. Untuk dibagikan: muka depan mengajak, muka belakang menjelaskan."),
    PieceKind.NEWSPAPER: _l("Kolom × milimeter, hitam putih. Untuk dimuat di koran sebagai pengumuman."),
    PieceKind.PRESS_RELEASE: _l("Surat di atas kop kantor, dengan nomor, narahubung, dan tanda tangan."),
}
KIND_ICONS = {
    PieceKind.POSTER: "photo",
    PieceKind.LEAFLET: "file-text",
    PieceKind.NEWSPAPER: "news",
    PieceKind.PRESS_RELEASE: "speakerphone",
}
ORDER_BADGES = {
    OrderStatus.ORDERED: "wait",
    OrderStatus.CONFIRMED: "info",
    OrderStatus.DONE: "ok",
    OrderStatus.CANCELLED: "muted",
}


@bp.context_processor
def _words() -> dict[str, Any]:
    actor = current_actor() if signed_in() else None
    return {
        "kind_labels": KIND_LABELS,
        "kind_hints": KIND_HINTS,
        "kind_icons": KIND_ICONS,
        "order_names": ORDER_NAMES,
        "order_badges": ORDER_BADGES,
        "may_write": actor is not None and actor.can(Can.MAKE_PRINT),
        "may_confirm": actor is not None and actor.can(Can.CONFIRM_ORDERS),
        "may_prove": actor is not None and actor.can(Can.RECORD_PROOFS),
        "is_staff": actor is not None and actor.can(Can.READ_PRINT),
    }
