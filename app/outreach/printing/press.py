"""From a piece to its PDF: what the templates get, and whether the text fits the paper.

`sheet_of` reads everything from the database first; what it gives can be rendered outside of any transaction.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

from babel.dates import format_date
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.base.documents.qr import qr
from app.base.documents.render import SIDES, Renderer, page_count
from app.base.media.models import StoredFile
from app.base.people.office import office_of
from app.kernel.errors import Refused
from app.kernel.site import LOCALE
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign
from app.outreach.printing.content import placeholders, unprintable
from app.outreach.printing.models import PieceKind, PrintOrder, PrintPiece

COLUMN_MM, GUTTER_MM = 45, 4  # where the newspaper's own measure is not known
NARROWEST_COLUMN_MM = 30
PAGES = {PieceKind.POSTER: 1, PieceKind.LEAFLET: 2, PieceKind.NEWSPAPER: 1}
PRINTED_WIDTH_MM = {PieceKind.POSTER: 297, PieceKind.LEAFLET: 148}
SHARP_PPI, SOFT_PPI = 200, 110
MM_PER_INCH = 25.4
PREVIEW_SIDE, PRINT_SIDE = 1200, 4000  # pixels
KINDS = {"desa": "Desa", "kelurahan": "Kelurahan", "desa_adat": "Desa Adat"}


class Storage(Protocol):
    """What printing needs of media.storage.Storage."""

    def read(self, file: Any) -> bytes: ...
    def derived(self, file: Any, key: str) -> bytes | None: ...
    def keep_derived(self, file: Any, key: str, data: bytes) -> None: ...


@dataclass(frozen=True)
class Version:
    """One printed version: its short link (complete, with scheme) and, for a village's own, the village."""

    link: str | None = None
    village: Village | None = None


@dataclass(frozen=True)
class Sheet:
    """Everything that a rendering needs, as plain values: no session is asked any more."""

    kind: PieceKind
    data: dict[str, Any]
    image: StoredFile | None = None
    open_places: Sequence[str] = field(default=())

    @property
    def template(self) -> str:
        return self.kind.value


def sheet_of(
    session: Session, piece: PrintPiece, versions: Iterable[Version] = (), *, column_mm: int | None = None
) -> Sheet:
    """Read what the template of `piece` needs. Without versions: one, with the piece's own address in the QR code.

    `column_mm` is the width of one column of the newspaper (an outlet's setting). Names of the programme and the
    office are those kept on the piece, which its fingerprint covers.
    """
    image = session.get(StoredFile, piece.image_id) if piece.image_id else None
    districts = {row.code: row.name for row in session.execute(select(District.code, District.name))}
    columns = piece.columns or 1
    return Sheet(
        kind=PieceKind(piece.kind),
        data={
            **piece.content,
            **piece.context,
            "columns": columns,
            "width_mm": columns * max(column_mm or COLUMN_MM, NARROWEST_COLUMN_MM) + (columns - 1) * GUTTER_MM,
            "height_mm": piece.height_mm or 100,
            "image_alt": (image.alt_text if image else None) or "",
            "versions": [_version(v, districts) for v in versions] or [_version(Version(piece.link_url), {})],
        },
        image=image,
        open_places=placeholders(piece),
    )


def _version(version: Version, districts: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if version.link:
        code = qr(version.link)
        made["link"] = {"text": version.link.partition("://")[2].rstrip("/"), "qr": code.svg, "modules": code.modules}
    if version.village:
        village = version.village
        made["village"] = {
            "name": f"{KINDS.get(village.kind, '')} {village.name}".strip(),
            "district": f"Kecamatan {districts.get(village.district_code, '')}",
        }
    return made


def only_version(sheet: Sheet, number: int) -> Sheet:
    """Return the sheet of one version alone."""
    return replace(sheet, data={**sheet.data, "versions": [sheet.data["versions"][number]]})


def images_of(storage: Storage, sheet: Sheet, side: int = PRINT_SIDE) -> dict[str, bytes]:
    """Return the piece's picture, no larger than `side` pixels; grey for a newspaper."""
    if sheet.image is None:
        return {}
    grey = sheet.kind == PieceKind.NEWSPAPER
    key = f"print-{side}-{'grey' if grey else 'colour'}"
    made = storage.derived(sheet.image, key)
    if made is None:
        made = _prepared(storage.read(sheet.image), side, grey)
        storage.keep_derived(sheet.image, key, made)
    return {"image": made}


def _prepared(data: bytes, side: int, grey: bool) -> bytes:
    with Image.open(io.BytesIO(data)) as picture:
        picture.thumbnail((side, side))
        flat = picture.convert("RGBA")
        paper = Image.new("RGBA", flat.size, "white")  # what is transparent shows the paper
        paper.alpha_composite(flat)
        out = io.BytesIO()
        paper.convert("L" if grey else "RGB").save(out, "JPEG", quality=90, subsampling=0)
    return out.getvalue()


def press_pdf(
    session: Session,
    storage: Storage,
    renderer: Renderer,
    piece: PrintPiece,
    *,
    short_link: str | None,
    village: Village | None = None,
    column_mm: int | None = None,
) -> bytes:
    """Render the PDF for a newspaper or printer: bleed, crop marks, boxes.

    `short_link` is the complete address of `/t/CODE`.

    `column_mm`: width of one column where the newspaper has its own (outlet setting).

    Raises Refused while a `[LENGKAPI: …]` is open: what is unfinished is not printed.
    """
    sheet = sheet_of(session, piece, [Version(short_link or piece.link_url, village)], column_mm=column_mm)
    return render_press(storage, renderer, sheet)


def render_press(storage: Storage, renderer: Renderer, sheet: Sheet) -> bytes:
    """Render as `press_pdf` does, from a sheet that was read before. Raises Refused while a place is open."""
    refuse_open_places(sheet)
    return renderer.press_pdf(sheet.template, sheet.data, images=images_of(storage, sheet))


def refuse_open_places(sheet: Sheet) -> None:
    if sheet.open_places:
        raise Refused(
            T(
                "Masih ada bagian yang belum diisi: %(marks)s. Lengkapi dulu, baru berkas siap cetak bisa dibuat.",
                marks=", ".join(sheet.open_places),
            )
        )


def render_office(storage: Storage, renderer: Renderer, sheet: Sheet) -> bytes:
    """Render the PDF for the office printer: cut size, no marks."""
    return renderer.pdf(sheet.template, sheet.data, images=images_of(storage, sheet))


def render_each(storage: Storage, renderer: Renderer, sheet: Sheet, *, for_press: bool = False) -> list[bytes]:
    """Render one PDF a version."""
    images = images_of(storage, sheet)
    if sheet.template in SIDES:
        return renderer.pdfs(sheet.template, sheet.data, images=images, press=for_press)
    render = renderer.press_pdf if for_press else renderer.pdf
    alone = [only_version(sheet, number) for number in range(len(sheet.data["versions"]))]
    return [render(one.template, one.data, images=images) for one in alone]


def preview_pngs(storage: Storage, renderer: Renderer, sheet: Sheet, *, width: int = 700) -> list[bytes]:
    """Render every page as PNG, about `width` pixels wide."""
    page_mm = {PieceKind.POSTER: 297, PieceKind.LEAFLET: 148, PieceKind.PRESS_RELEASE: 210}
    millimetres = page_mm.get(sheet.kind, sheet.data["width_mm"])
    ppi = width / millimetres * MM_PER_INCH
    return renderer.pngs(sheet.template, sheet.data, images=images_of(storage, sheet, PREVIEW_SIDE), ppi=ppi)


def preview_png(
    session: Session, storage: Storage, renderer: Renderer, piece: PrintPiece, *, width: int = 700
) -> bytes:
    """Render the first page of a piece as PNG."""
    return preview_pngs(storage, renderer, sheet_of(session, piece), width=width)[0]


def warnings(storage: Storage, renderer: Renderer, piece: PrintPiece, sheet: Sheet) -> list[T]:
    """Return what a person should mend before printing: text that runs over, pictographs, a coarse picture."""
    said = []
    pages = PAGES.get(sheet.kind)
    if pages is not None:
        small = images_of(storage, sheet, PREVIEW_SIDE)
        alone = only_version(sheet, 0)
        if page_count(renderer.pdf(alone.template, alone.data, images=small)) > pages:
            said.append(overflow_sentence(sheet.kind))
    signs = unprintable(piece)
    if signs:
        said.append(
            T("Tanda %(signs)s tidak ada dalam huruf cetak dan tidak akan tampak. Hapus.", signs=" ".join(signs))
        )
    coarse = _coarse(sheet)
    if coarse:
        said.append(coarse)
    return said


def overflow_sentence(kind: PieceKind) -> T:
    """Return the sentence for text that runs over its pages."""
    if kind == PieceKind.NEWSPAPER:
        return T("Teksnya tidak muat dalam ukuran ini. Pendekkan teksnya, atau tambah tinggi atau lebar kolomnya.")
    return T("Teksnya tidak muat di kertas ini, walau hurufnya sudah dikecilkan. Pendekkan isi atau pokoknya.")


def _coarse(sheet: Sheet) -> T | None:
    millimetres = PRINTED_WIDTH_MM.get(sheet.kind, sheet.data["width_mm"])
    if sheet.image is None or not sheet.image.width or sheet.kind == PieceKind.PRESS_RELEASE:
        return None
    if sheet.image.width >= millimetres / MM_PER_INCH * SOFT_PPI:
        return None
    return T(
        "Gambarnya hanya %(width)s piksel lebarnya dan akan tampak kabur. Pakai yang paling sedikit %(wanted)s piksel.",
        width=sheet.image.width,
        wanted=round(millimetres / MM_PER_INCH * SHARP_PPI, -2),
    )


def order_sheet(
    session: Session, order: PrintOrder, *, vendor: str, regency: str, ordered_on: date, status: str
) -> dict[str, Any]:
    """Return what the template order_letter gets. `ordered_on` is the day in the regency's zone."""
    piece = order.piece
    campaign = session.get_one(Campaign, piece.campaign_id)
    day = format_date(ordered_on, "d MMMM y", LOCALE)
    newspaper = piece.kind == PieceKind.NEWSPAPER
    rows = [
        ("Cetakan", piece.title),
        ("Ukuran", _size_in_words(piece)),
        ("Jumlah", "1 kali muat" if newspaper else f"{order.copies} lembar"),
        ("Program", campaign.name),
        ("Dipesan", day),
        ("Dikirim ke", order.recipient or ""),
        ("Keadaan", status),
    ]
    return {
        "office": office_of(session, regency),
        "campaign": campaign.name,
        "vendor": vendor,
        "order_number": f"P-{order.id:05d}",
        "date": day,
        "rows": [row for row in rows if row[1]],
    }


def _size_in_words(piece: PrintPiece) -> str:
    sizes = {
        PieceKind.POSTER: "A3, 297 × 420 mm, satu muka",
        PieceKind.LEAFLET: "A5, 148 × 210 mm, dua muka",
        PieceKind.PRESS_RELEASE: "A4",
    }
    kind = PieceKind(piece.kind)
    return sizes.get(kind, f"{piece.columns} kolom × {piece.height_mm} mm")
