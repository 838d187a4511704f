"""The letter that goes with a press-ready PDF to a newspaper or a printer."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.outreach.printing.models import PieceKind, PrintPiece

KIND_NAMES = {
    PieceKind.POSTER: "Poster A3",
    PieceKind.LEAFLET: "Selebaran A5",
    PieceKind.NEWSPAPER: "Materi koran",
    PieceKind.PRESS_RELEASE: "Siaran pers A4",
}


@dataclass(frozen=True)
class Letter:
    subject: str
    body: str
    file_name: str


def order_letter(
    piece: PrintPiece,
    *,
    campaign_name: str,
    vendor_name: str,
    copies: int,
    when: str,
    office: Mapping[str, str],
) -> Letter:
    """Write the order as plain text; `when` is the wanted day in words, `office` holds name, address, phone, email."""
    size = KIND_NAMES[PieceKind(piece.kind)]
    if piece.kind == PieceKind.NEWSPAPER and piece.columns and piece.height_mm:
        size = f"{size}, {piece.columns} kolom × {piece.height_mm} mm"
    amount = "1 kali muat" if piece.kind == PieceKind.NEWSPAPER else f"{copies} lembar"
    lines = [
        f"Yth. {vendor_name}",
        "",
        f"Kami memesan: {piece.title}",
        f"Ukuran: {size}",
        f"Jumlah: {amount}",
        f"Diharapkan terbit atau selesai: {when}",
        f"Program: {campaign_name}",
        "",
        "Berkas siap cetak terlampir (PDF dengan lebihan 3 mm dan tanda potong).",
        "Mohon balas surel ini untuk menyatakan sanggup, beserta biayanya.",
        "",
        "Hormat kami,",
        office.get("name", ""),
        *[line for line in (office.get("address"), office.get("phone"), office.get("email")) if line],
    ]
    safe = "".join(char if char.isalnum() or char in " -" else " " for char in piece.title).strip() or "cetakan"
    return Letter(subject=f"Pesanan: {piece.title}", body="\n".join(lines), file_name=f"{safe}.pdf")
