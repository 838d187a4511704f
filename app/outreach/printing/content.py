"""What is printed, as plain values: cleaned, with a fingerprint, and with the places that are still open."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.kernel.errors import Invalid
from app.kernel.text import T
from app.kernel.typed import at_most
from app.outreach.campaigns.links import check_target
from app.outreach.printing.models import PieceKind, PrintPiece

OPEN_PLACE = re.compile(r"\[LENGKAPI[^\]\[]*\]", re.IGNORECASE)
MAX_TITLE = 200
MAX_POINTS, MAX_POINT = 12, 300
MAX_COLUMNS, MIN_HEIGHT_MM, MAX_HEIGHT_MM = 9, 30, 540

# characters of each text; the same as in the schema of kits
LIMITS = {
    "headline": 160,
    "lead": 600,
    "body": 12_000,
    "contact": 400,
    "call": 60,  # the words over the address beside the QR code
    "number": 80,  # press release: number, place and day, who signs
    "city": 60,
    "date": 60,
    "signer_name": 120,
    "signer_title": 160,
}
NAMES = {
    "headline": T("Judul"),
    "lead": T("Kalimat pembuka"),
    "body": T("Isi"),
    "contact": T("Informasi/narahubung"),
    "call": T("Ajakan di samping kode QR"),
    "number": T("Nomor"),
    "city": T("Tempat"),
    "date": T("Tanggal"),
    "signer_name": T("Nama penanda tangan"),
    "signer_title": T("Jabatan penanda tangan"),
}
SEVERAL_LINES = frozenset({"body"})


@dataclass(frozen=True)
class Printed:
    """All that a reader of the printed piece will see."""

    kind: PieceKind
    title: str
    content: Mapping[str, Any]
    columns: int | None = None
    height_mm: int | None = None
    image_id: int | None = None
    link_url: str | None = None


def clean(
    kind: str,
    title: str,
    content: Mapping[str, Any],
    *,
    columns: int | None = None,
    height_mm: int | None = None,
    image_id: int | None = None,
    link_url: str | None = None,
) -> Printed:
    """Tidy what was typed. Raises Invalid with the field it belongs to (`headline`, `points`, `height_mm`, …)."""
    if kind not in set(PieceKind):
        raise Invalid(
            T("Jenis cetakan “%(kind)s” tidak dikenal. Pilih salah satu dari daftar.", kind=kind), field="kind"
        )
    title = _one_line(title)
    if not title:
        raise Invalid(T("Isi nama cetakan, misalnya “Poster Kenal Smart City”."), field="title")
    _short_enough(title, MAX_TITLE, T("Nama cetakan"), "title")
    is_newspaper = kind == PieceKind.NEWSPAPER
    if is_newspaper:
        _check_size(columns, height_mm)
    return Printed(
        kind=PieceKind(kind),
        title=title,
        content=_clean_content(content),
        columns=columns if is_newspaper else None,
        height_mm=height_mm if is_newspaper else None,
        image_id=image_id,
        link_url=check_target(link_url) if link_url and link_url.strip() else None,
    )


def _clean_content(content: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(content) - set(LIMITS) - {"points"}
    if unknown:
        raise Invalid(T("Isian “%(names)s” tidak dikenal pada cetakan.", names=", ".join(sorted(unknown))))
    cleaned: dict[str, Any] = {}
    for name, limit in LIMITS.items():
        value = content.get(name)
        text = _lines(value) if name in SEVERAL_LINES else _one_line(value)
        _short_enough(text, limit, NAMES[name], name)
        if text:
            cleaned[name] = text
    if "headline" not in cleaned:
        raise Invalid(T("Isi judul yang akan dicetak paling besar."), field="headline")
    points = [point for point in (_one_line(item) for item in content.get("points") or ()) if point]
    if len(points) > MAX_POINTS:
        raise Invalid(
            T(
                "Pokok-pokoknya terlalu banyak (%(count)s). Paling banyak %(limit)s.",
                count=len(points),
                limit=MAX_POINTS,
            ),
            field="points",
        )
    for point in points:
        _short_enough(point, MAX_POINT, T("Satu pokok"), "points")
    if points:
        cleaned["points"] = points
    return cleaned


def _one_line(value: Any) -> str:
    return " ".join(_without_controls(str(value or "")).split())


def _lines(value: Any) -> str:
    text = _without_controls(str(value or "").replace("\r\n", "\n").replace("\r", "\n"))
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def _without_controls(text: str) -> str:
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"})


def _short_enough(text: str, limit: int, name: T, field_name: str) -> None:
    too_long = T(
        "%(name)s terlalu panjang (%(count)s huruf); paling banyak %(limit)s. Ringkas lalu simpan lagi.",
        name=name,
        count=len(text),
        limit=limit,
    )
    at_most(text, limit, field_name, too_long)


def _check_size(columns: int | None, height_mm: int | None) -> None:
    if columns is None or not 1 <= columns <= MAX_COLUMNS:
        raise Invalid(T("Isi lebar materi koran: 1 sampai %(limit)s kolom.", limit=MAX_COLUMNS), field="columns")
    if height_mm is None or not MIN_HEIGHT_MM <= height_mm <= MAX_HEIGHT_MM:
        raise Invalid(
            T("Isi tinggi materi koran: %(least)s sampai %(most)s mm.", least=MIN_HEIGHT_MM, most=MAX_HEIGHT_MM),
            field="height_mm",
        )


def fingerprint(piece: PrintPiece) -> str:
    """Return the SHA-256 (hex) over kind, title, text, context, size, image and link, as canonical JSON.

    A post's own hash covers this one, so that an edit of the piece takes back the post's approval. A stored file
    never changes, so its id stands for the image.
    """
    covered = {
        "kind": piece.kind,
        "title": piece.title,
        "content": piece.content,
        "context": piece.context,
        "columns": piece.columns,
        "height_mm": piece.height_mm,
        "image": piece.image_id,
        "link": piece.link_url,
    }
    canonical = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def placeholders(piece: PrintPiece | Printed) -> list[str]:
    """Return the marks `[LENGKAPI: …]` that are still open, each once, in reading order."""
    texts = [piece.title]
    for name in (*LIMITS, "points"):
        value = piece.content.get(name)
        texts.extend(value if isinstance(value, list) else [value or ""])
    return list(dict.fromkeys(mark for text in texts for mark in OPEN_PLACE.findall(text)))


def unprintable(piece: PrintPiece | Printed) -> list[str]:
    """Return the pictographs (emoji) in the text, for which the house's typeface has no shape."""
    words = json.dumps([piece.content], ensure_ascii=False)
    return list(dict.fromkeys(char for char in words if unicodedata.category(char) == "So" and char not in "©®°™"))
