"""The verbs of print pieces and of their orders. What proves that something was printed is in proofs.py.

A piece's `content_hash` is renewed by every edit; the posts that name it follow (app/outreach/posts/pieces.py).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.media.models import StoredFile
from app.base.media.service import file_of
from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid, NotFound, Stale
from app.kernel.roles import SYSTEM, Actor, Can
from app.kernel.text import T
from app.kernel.transitions import move
from app.outreach.campaigns.links import shorten
from app.outreach.campaigns.models import Campaign
from app.outreach.outlets.kinds import PRINT
from app.outreach.outlets.models import Outlet
from app.outreach.printing.content import clean, fingerprint, placeholders
from app.outreach.printing.context import context_of
from app.outreach.printing.models import MOVES, OrderStatus, PrintOrder, PrintPiece
from app.outreach.printing.proofs import prove, withdraw_proof

__all__ = [
    "cancel_order", "confirm_order", "draft_piece", "edit_piece", "find_piece", "link_villages", "may_write",
    "piece_link_purpose", "placeholders", "prove", "record_order", "refresh_context", "withdraw_proof",
]  # fmt: skip

MAX_COPIES = 1_000_000
MAX_COST = 10**12
ORDER_NAMES = {
    OrderStatus.ORDERED: T("Pesanan terkirim"),
    OrderStatus.CONFIRMED: T("Dikonfirmasi"),
    OrderStatus.DONE: T("Selesai, ada bukti"),
    OrderStatus.CANCELLED: T("Dibatalkan"),
}


def find_piece(session: Session, actor: Actor, piece_id: int) -> PrintPiece:
    """Return the piece if the actor works in the office or it is of the actor's organisation. Else raise NotFound."""
    piece = session.get(PrintPiece, piece_id)
    if piece is None or not _owns(actor, piece.organisation_id):
        raise NotFound(T("Cetakan ini tidak ada, atau bukan milik instansi Anda."))
    return piece


def may_write(actor: Actor, organisation_id: int) -> bool:
    return actor == SYSTEM or (actor.can(Can.MAKE_PRINT) and _owns(actor, organisation_id))


def _owns(actor: Actor, organisation_id: int) -> bool:
    return actor.of_office or organisation_id in actor.organisation_ids


def draft_piece(
    session: Session,
    actor: Actor,
    campaign_id: int,
    kind: str,
    title: str,
    content: Mapping[str, Any],
    *,
    columns: int | None = None,
    height_mm: int | None = None,
    image_id: int | None = None,
    link_url: str | None = None,
    kit_key: str | None = None,
    now: datetime,
) -> PrintPiece:
    """Make a piece; it belongs to the campaign's OPD. `columns` and `height_mm` are for the newspaper only.

    Raises Invalid (with its field), NotFound for an unknown campaign, Forbidden for another organisation's.
    """
    campaign = session.get(Campaign, campaign_id)
    if campaign is None:
        raise NotFound(T("Program sosialisasi ini tidak ada. Pilih program lain."))
    if not may_write(actor, campaign.organisation_id):
        raise Forbidden(T("Anda tidak bisa membuat cetakan untuk program instansi lain."))
    printed = clean(
        kind, title, content, columns=columns, height_mm=height_mm, image_id=image_id, link_url=link_url
    )  # fmt: skip
    _check_image(session, actor, image_id)
    piece = PrintPiece(
        campaign_id=campaign.id,
        kit_key=kit_key,
        organisation_id=campaign.organisation_id,
        kind=printed.kind,
        title=printed.title,
        content=dict(printed.content),
        context=context_of(session, campaign.id),
        columns=printed.columns,
        height_mm=printed.height_mm,
        image_id=image_id,
        link_url=printed.link_url,
        created_at=now,
        updated_at=now,
    )
    piece.content_hash = fingerprint(piece)
    session.add(piece)
    session.flush()
    _shorten_link(session, piece, now=now)
    audit.record(session, actor, "piece.draft", piece, now=now, after=_state(piece))
    return piece


def edit_piece(
    session: Session,
    actor: Actor,
    piece: PrintPiece,
    *,
    version: int,
    title: str,
    content: Mapping[str, Any],
    columns: int | None = None,
    height_mm: int | None = None,
    image_id: int | None = None,
    link_url: str | None = None,
    now: datetime,
) -> PrintPiece:
    """Replace what is printed. `version` is the one the person opened: raises Stale if somebody saved since.

    The names of the programme and the office are taken over as they are today, as the form's preview shows them.

    An edit that changes nothing changes no hash, so it takes back no approval.
    """
    if not may_write(actor, piece.organisation_id):
        raise Forbidden(T("Anda tidak bisa mengubah cetakan ini."))
    if piece.version != version:
        raise Stale(
            T(
                "Cetakan ini sudah diubah orang lain sejak Anda membukanya, jadi belum disimpan. "
                "Isian Anda masih ada di bawah; bandingkan dengan versi terakhir, lalu simpan lagi."
            )
        )
    printed = clean(
        piece.kind, title, content, columns=columns, height_mm=height_mm, image_id=image_id, link_url=link_url
    )  # fmt: skip
    if image_id != piece.image_id:
        _check_image(session, actor, image_id)
    before = _state(piece)
    piece.title, piece.content = printed.title, dict(printed.content)
    piece.columns, piece.height_mm = printed.columns, printed.height_mm
    piece.image_id, piece.link_url = image_id, printed.link_url
    piece.context = context_of(session, piece.campaign_id)
    piece.content_hash = fingerprint(piece)
    if piece.content_hash == before["content_hash"]:
        return piece
    piece.updated_at = now
    session.flush()
    _shorten_link(session, piece, now=now)
    audit.record(session, actor, "piece.edit", piece, now=now, before=before, after=_state(piece))
    return piece


def refresh_context(session: Session, actor: Actor, piece: PrintPiece, *, now: datetime) -> PrintPiece:
    """Print the names of the programme and the office as they are today. Where they changed, this is an edit."""
    if not may_write(actor, piece.organisation_id):
        raise Forbidden(T("Anda tidak bisa mengubah cetakan ini."))
    before = _state(piece)
    piece.context = context_of(session, piece.campaign_id)
    piece.content_hash = fingerprint(piece)
    if piece.content_hash != before["content_hash"]:
        piece.updated_at = now
        session.flush()
        audit.record(session, actor, "piece.refresh", piece, now=now, before=before, after=_state(piece))
    return piece


def _check_image(session: Session, actor: Actor, image_id: int | None) -> None:
    if image_id is None:
        return
    file = session.get(StoredFile, image_id) if actor == SYSTEM else file_of(session, actor, image_id)
    if file is None or not file.mime.startswith("image/"):
        raise Invalid(T("Berkas yang dipilih bukan gambar. Unggah JPG atau PNG."), field="image_id")


def _state(piece: PrintPiece) -> dict[str, Any]:
    names = ("title", "content", "context", "columns", "height_mm", "image_id", "link_url", "content_hash")
    return {name: getattr(piece, name) for name in names}


def piece_link_purpose(piece_id: int, village_code: str = "") -> str:
    """Return the purpose of the short link printed on a piece, or on its version for one village."""
    return f"piece:{piece_id}:{village_code}"


def _shorten_link(session: Session, piece: PrintPiece, *, now: datetime) -> None:
    if piece.link_url:
        shorten(
            session,
            purpose=piece_link_purpose(piece.id),
            target=piece.link_url,
            campaign_id=piece.campaign_id,
            medium="print",
            now=now,
        )


def link_villages(session: Session, actor: Actor, piece: PrintPiece, villages: list[Village], *, now: datetime) -> None:
    """Give each village's version of the piece a code of its own, so that visits tell from where they come.

    Idempotent. Raises Invalid when the piece has no link to shorten.
    """
    if not may_write(actor, piece.organisation_id):
        raise Forbidden(T("Anda tidak bisa menyiapkan versi desa cetakan ini."))
    if not piece.link_url:
        raise Invalid(T("Cetakan ini belum punya tautan, jadi kode QR per desa belum bisa dibuat. Isi tautannya dulu."))
    for village in villages:
        shorten(
            session,
            purpose=piece_link_purpose(piece.id, village.code),
            target=piece.link_url,
            campaign_id=piece.campaign_id,
            village_code=village.code,
            medium="print",
            now=now,
        )


def record_order(
    session: Session,
    actor: Actor,
    *,
    piece_id: int,
    outlet_id: int,
    delivery_key: str | None = None,
    copies: int = 1,
    message_id: str | None = None,
    recipient: str | None = None,
    pdf_id: int | None = None,
    now: datetime,
) -> PrintOrder:
    """Note that a piece was ordered. The same `delivery_key` again gives the order that is there already.

    Ordered is not printed: nothing here counts a village as reached.
    """
    found = _order_of(session, delivery_key)
    if found is not None:
        return found
    piece, outlet = session.get(PrintPiece, piece_id), session.get(Outlet, outlet_id)
    if piece is None or outlet is None or outlet.kind not in PRINT:
        raise NotFound(T("Cetakan atau saluran cetak ini tidak ada."))
    if actor != SYSTEM and not (actor.can(Can.CONFIRM_ORDERS) and _owns(actor, piece.organisation_id)):
        raise Forbidden(T("Anda tidak bisa mencatat pesanan cetakan ini."))
    check_copies(copies)
    made = PrintOrder(
        piece_id=piece.id, outlet_id=outlet.id, delivery_key=delivery_key, copies=copies, status=OrderStatus.ORDERED,
        message_id=message_id, recipient=recipient, pdf_id=pdf_id, ordered_at=now,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        found = _order_of(session, delivery_key)  # another worker was first with this key
        if found is None:
            raise
        return found
    audit.record(session, actor, "order.sent", made, now=now, after={"copies": copies, "outlet_id": outlet.id})
    return made


def _order_of(session: Session, delivery_key: str | None) -> PrintOrder | None:
    if delivery_key is None:
        return None
    return session.scalar(select(PrintOrder).where(PrintOrder.delivery_key == delivery_key))


def check_copies(copies: int | None) -> int:
    if copies is None or not 1 <= copies <= MAX_COPIES:
        raise Invalid(T("Isi jumlah lembar: 1 sampai %(limit)s.", limit="1.000.000"), field="copies")
    return copies


def confirm_order(
    session: Session, actor: Actor, print_order: PrintOrder, *, cost: int | None, note: str | None = None, now: datetime
) -> PrintOrder:
    """Note that the newspaper or printer said yes. The same values again do nothing; others correct them.

    `cost` in rupiah, None where it was not named. Raises Refused for an order that is done or cancelled.
    """
    _may_handle(actor, print_order)
    if cost is not None and not 0 <= cost <= MAX_COST:
        raise Invalid(T("Biaya ini tidak masuk akal. Periksa banyaknya angka nol."), field="cost")
    note = (note or "").strip()[:2000] or None
    confirmed = print_order.status == OrderStatus.CONFIRMED
    if confirmed and (print_order.cost, print_order.note) == (cost, note):
        return print_order
    before = {"status": print_order.status, "cost": print_order.cost, "note": print_order.note}
    if not confirmed:
        move(print_order, MOVES, OrderStatus.CONFIRMED, ORDER_NAMES_TEXT)
        print_order.confirmed_at = now
    print_order.cost, print_order.note = cost, note
    session.flush()
    audit.record(
        session, actor, "order.confirm", print_order, now=now, before=before,
        after={"status": print_order.status, "cost": cost, "note": note},
    )  # fmt: skip
    return print_order


def cancel_order(session: Session, actor: Actor, print_order: PrintOrder, *, reason: str, now: datetime) -> PrintOrder:
    """Cancel an order; the reason is kept with it. Once more does nothing. Raises Refused when it has a proof."""
    _may_handle(actor, print_order)
    if print_order.status == OrderStatus.CANCELLED:
        return print_order
    reason = reason.strip()[:2000]
    if not reason:
        raise Invalid(T("Tulis alasan pembatalan, supaya rekan Anda tahu."), field="reason")
    before = {"status": print_order.status, "note": print_order.note}
    move(print_order, MOVES, OrderStatus.CANCELLED, ORDER_NAMES_TEXT)
    print_order.note = reason
    session.flush()
    audit.record(session, actor, "order.cancel", print_order, now=now, before=before, after={"note": reason})
    return print_order


ORDER_NAMES_TEXT = {status: str(name) for status, name in ORDER_NAMES.items()}


def _may_handle(actor: Actor, print_order: PrintOrder) -> None:
    if actor != SYSTEM and not (actor.can(Can.CONFIRM_ORDERS) and _owns(actor, print_order.piece.organisation_id)):
        raise Forbidden(T("Anda tidak bisa mengubah pesanan ini. Mintalah editor instansi pemilik programnya."))
