"""Print of the practice year: what was drawn, ordered, confirmed or forgotten, and where it is proved to stand."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from PIL import Image, ImageDraw

from app.base.media.models import StoredFile
from app.base.media.service import store
from app.demo import planted
from app.demo.villages import PRACTICE
from app.demo.year import Year
from app.demo.year_campaigns import SPECS
from app.outreach.campaigns.links import ALPHABET, CODE_LENGTH
from app.outreach.campaigns.models import Campaign, LinkVisits, ShortLink
from app.outreach.printing.models import OrderStatus, PieceKind, PrintOrder, PrintPiece, Proof, ProofVillage
from app.outreach.printing.service import draft_piece, piece_link_purpose

LINK = "https://kukarkab.go.id"
POSTERS = (planted.IDAMAN, planted.KAMPUNG, planted.UMKM, planted.KIM, planted.PILAH, planted.LAYANAN)
ADVERTS = (planted.KAMPUNG, planted.WISATA, planted.PILAH, planted.LAYANAN)
ORDERS = (
    # campaign, days after its beginning, copies, status
    (planted.IDAMAN, 3, 300, OrderStatus.DONE), (planted.KAMPUNG, 4, 600, OrderStatus.DONE),
    (planted.UMKM, 5, 400, OrderStatus.DONE), (planted.KIM, 6, 200, OrderStatus.CONFIRMED),
    (planted.PILAH, 2, 500, OrderStatus.DONE), (planted.LAYANAN, 4, 400, OrderStatus.DONE),
    (planted.LAYANAN, 30, 250, OrderStatus.ORDERED), (planted.KIM, 20, 150, OrderStatus.CANCELLED),
)  # fmt: skip
AT_ONCE = 6
"""Villages of a proof."""


@dataclass(frozen=True)
class Pieces:
    """Print pieces by the campaign's name."""

    posters: Mapping[str, PrintPiece]
    adverts: Mapping[str, PrintPiece]


def draw_pieces(year: Year, campaigns: Mapping[str, Campaign]) -> Pieces:
    specs = {spec.name: spec for spec in SPECS}

    def piece(name: str, title: str, columns: int | None = None, height_mm: int | None = None) -> PrintPiece:
        spec, kind = specs[name], PieceKind.NEWSPAPER if columns else PieceKind.POSTER
        content = {"headline": spec.messages[0], "lead": "Contoh untuk latihan.", "points": list(spec.messages)}
        return draft_piece(
            year.session, year.editor, campaigns[name].id, kind, f"{title}: {name}", content, columns=columns,
            height_mm=height_mm, link_url=LINK, now=year.at(spec.begins - 10),
        )  # fmt: skip

    return Pieces(
        {name: piece(name, "Poster") for name in POSTERS if name in campaigns},
        {name: piece(name, "Iklan koran", 3, 150) for name in ADVERTS if name in campaigns},
    )


def fill_print(year: Year, pieces: Pieces) -> None:
    """Make orders, then proofs of those that are done, and the codes of the versions for villages with their visits."""
    begins = {spec.name: spec.begins for spec in SPECS}
    printer = year.outlets["printer"]
    photo = _photo(year)
    for name, after, copies, status in ORDERS:
        if name not in pieces.posters:
            continue
        ordered = year.at(begins[name] + after - 8, 10)
        order = PrintOrder(
            piece_id=pieces.posters[name].id, outlet_id=printer.id, copies=copies, status=status, ordered_at=ordered,
            recipient="pesanan@percetakan-latihan.example", note=f"Dipesan untuk latihan {PRACTICE}",
            confirmed_at=None if status == OrderStatus.ORDERED else ordered + timedelta(days=2),
            cost=copies * 4500 if status in {OrderStatus.CONFIRMED, OrderStatus.DONE} else None,
        )  # fmt: skip
        year.session.add(order)
        if status == OrderStatus.DONE:
            year.session.flush()
            year.session.add_all(_proofs(year, order, photo, begins[name] + after))
    year.session.flush()
    if planted.PILAH in pieces.posters:
        _village_codes(year, pieces.posters[planted.PILAH], begins[planted.PILAH])


def _places(year: Year) -> list[str]:
    """Where paper may have been put up: not where nobody was, and not where somebody was only long ago."""
    never = {*planted.NEVER_REACHED, *planted.LONG_AGO, *year.unvisited}
    return [code for code in year.villages if code not in never]


def _proofs(year: Year, order: PrintOrder, photo: StoredFile, day: int) -> Iterator[Proof]:
    codes = _places(year)
    begin = year.luck.randrange(len(codes) - 5 * AT_ONCE)
    for place in range(5):
        some = codes[begin + place * AT_ONCE : begin + (place + 1) * AT_ONCE]
        placed = day + 2 + 3 * place
        yield Proof(
            piece_id=order.piece_id, order_id=order.id, placed_on=year.day(placed), copies=order.copies // 6,
            photo_id=photo.id, recorded_by_id=year.editor.id, recorded_at=year.at(placed + 1, 11),
            note=f"Dipasang di papan pengumuman {PRACTICE}",
            villages=[ProofVillage(village_code=code) for code in some],
        )  # fmt: skip


def _photo(year: Year) -> StoredFile:
    """Nobody is on it, and it says what it is."""
    picture = Image.new("RGB", (640, 420), "#e9e2d3")
    drawing = ImageDraw.Draw(picture)
    drawing.rectangle((170, 60, 470, 360), fill="#fdfaf3", outline="#7a6a4f", width=6)
    drawing.text((230, 190), "CONTOH - LATIHAN", fill="#3b3326", font_size=22)
    data = io.BytesIO()
    picture.save(data, "PNG")
    name = "contoh-bukti-latihan.png"
    return store(
        year.session, year.storage, year.editor, data.getvalue(), name, now=year.now,
        alt_text="Gambar contoh: poster di papan pengumuman",
    )  # fmt: skip


def new_code(year: Year) -> str:
    """Return a new code of a short link."""
    return "".join(year.luck.choices(ALPHABET, k=CODE_LENGTH))


def visits_of(year: Year, code: str, begin: int, many: int) -> list[LinkVisits]:
    """Return `many` visits over two weeks, most of them at the beginning."""
    shares = [many * (14 - day) // 105 for day in range(14)]
    return [
        LinkVisits(code=code, day=year.day(begin + day), count=count)
        for day, count in enumerate(shares)
        if count and begin + day <= 0
    ]


def _village_codes(year: Year, piece: PrintPiece, begin: int) -> None:
    """A code on the poster of each of these villages; from some nobody came."""
    links, visits = [], []
    for number, village in enumerate(_places(year)[:120:8]):
        link = ShortLink(
            code=new_code(year), purpose=piece_link_purpose(piece.id, village), target=LINK,
            campaign_id=piece.campaign_id, village_code=village, medium="print", created_at=year.at(begin - 9),
        )  # fmt: skip
        links.append(link)
        visits += visits_of(year, link.code, begin + 4, 0 if number % 5 == 4 else 20 + 9 * number)
    add_links(year, links, visits)


def add_links(year: Year, links: Sequence[ShortLink], visits: Sequence[LinkVisits]) -> None:
    year.session.add_all(links)
    year.session.flush()
    year.session.add_all(visits)
    year.session.flush()
