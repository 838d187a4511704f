from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, UtcDateTime


class PieceKind(StrEnum):
    POSTER = "poster"  # A3
    LEAFLET = "leaflet"  # A5
    NEWSPAPER = "newspaper"  # columns × millimetres
    PRESS_RELEASE = "press_release"  # A4 on letterhead


class OrderStatus(StrEnum):
    ORDERED = "ordered"  # "pesanan terkirim": the mail was taken by the server
    CONFIRMED = "confirmed"  # the newspaper or printer said yes
    DONE = "done"  # printed and handed over, or published
    CANCELLED = "cancelled"


MOVES: dict[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.ORDERED: frozenset({OrderStatus.CONFIRMED, OrderStatus.DONE, OrderStatus.CANCELLED}),
    OrderStatus.CONFIRMED: frozenset({OrderStatus.DONE, OrderStatus.CANCELLED}),
    # back, when its only proof is withdrawn
    OrderStatus.DONE: frozenset({OrderStatus.CONFIRMED, OrderStatus.ORDERED}),
    OrderStatus.CANCELLED: frozenset(),
}


class PrintPiece(Base):
    """What is printed. `content`: headline, lead, body (paragraphs parted by an empty line), points (list), contact,
    call; a press release also number, city, date, signer_name, signer_title (content.py cleans it).

    `context` keeps the other words on the paper, the programme's name and the office's, as they stood when the piece
    was last saved (app/outreach/printing/context.py).

    `content_hash` covers all that is printed (text, context, size, image, link), so that a post's approval covers it
    too.
    """

    __tablename__ = "print_pieces"
    __table_args__ = (UniqueConstraint("campaign_id", "kit_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    kit_key: Mapped[str | None] = mapped_column(String(60))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    context: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    columns: Mapped[int | None]  # newspaper
    height_mm: Mapped[int | None]  # newspaper
    image_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    link_url: Mapped[str | None] = mapped_column(String(2000))
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class PrintOrder(Base):
    """An order that was mailed (or a PDF given to the office printer). Ordered is not printed."""

    __tablename__ = "print_orders"
    __table_args__ = (Index("ix_print_orders_status", "status", "ordered_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("print_pieces.id"), index=True)
    outlet_id: Mapped[int] = mapped_column(ForeignKey("outlets.id"))
    delivery_key: Mapped[str | None] = mapped_column(String(60), unique=True)  # "post:12:3"
    copies: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(String(20), default=OrderStatus.ORDERED)
    message_id: Mapped[str | None] = mapped_column(String(200))  # receipt of the mail
    recipient: Mapped[str | None] = mapped_column(String(254))
    pdf_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    cost: Mapped[int | None]  # rupiah, as confirmed
    note: Mapped[str | None] = mapped_column(Text)
    ordered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    piece: Mapped[PrintPiece] = relationship()


class Proof(Base):
    """A proof that a piece stood there on that day: the only thing about print that counts a village as reached."""

    __tablename__ = "proofs"
    __table_args__ = (CheckConstraint("copies > 0", name="copies_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("print_pieces.id"), index=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("print_orders.id"), index=True)
    placed_on: Mapped[date] = mapped_column(index=True)
    copies: Mapped[int]
    note: Mapped[str | None] = mapped_column(Text)
    photo_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # a proof entered by mistake
    withdrawn_reason: Mapped[str | None] = mapped_column(String(300))

    piece: Mapped[PrintPiece] = relationship()
    villages: Mapped[list["ProofVillage"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class ProofVillage(Base):
    __tablename__ = "proof_villages"

    proof_id: Mapped[int] = mapped_column(ForeignKey("proofs.id", ondelete="CASCADE"), primary_key=True)
    village_code: Mapped[str] = mapped_column(ForeignKey("villages.code"), primary_key=True, index=True)
