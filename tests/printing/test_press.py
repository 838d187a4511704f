"""From a stored piece to paper: what stands on it, whether it fits, and that nothing unfinished is printed."""

import io
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader
from sqlalchemy.orm import Session

from app.base.documents.render import Renderer
from app.base.media.storage import Storage
from app.kernel.errors import Refused
from app.kernel.roles import Role
from app.outreach.printing import press, service
from app.outreach.printing.press import Version, sheet_of
from tests.printing import builders
from tests.world import World

LONG = "Pemerintah kabupaten mengajak warga mengenal enam dimensi kota cerdas. " * 40


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer()


def words(document: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages).split())


def said(storage: Storage, renderer: Renderer, session: Session, piece: Any) -> str:
    return " ".join(map(str, press.warnings(storage, renderer, piece, sheet_of(session, piece))))


def test_the_short_link_and_the_village_stand_on_the_sheet(
    world: World, session: Session, storage: Storage, renderer: Renderer
) -> None:
    village = builders.villages(session, 1)[0]
    piece = builders.piece(world, link_url="https://kukarkab.go.id/panjang/sekali")
    link = "https://gaung.example.go.id/t/x7k2m9q"
    document = press.press_pdf(session, storage, renderer, piece, short_link=link, village=village)
    assert "gaung.example.go.id/t/x7k2m9q" in words(document)
    assert village.name in words(document)
    assert village.district.name in words(document)
    assert "panjang" not in words(document)


def test_the_preview_carries_a_readable_code(
    world: World, session: Session, storage: Storage, renderer: Renderer
) -> None:
    piece = builders.piece(world, link_url="https://kukarkab.go.id/smart")
    png = press.preview_png(session, storage, renderer, piece, width=900)
    assert zxingcpp.read_barcodes(Image.open(io.BytesIO(png)))[0].text == "https://kukarkab.go.id/smart"


def test_a_piece_without_a_link_has_no_code(
    world: World, session: Session, storage: Storage, renderer: Renderer
) -> None:
    png = press.preview_png(session, storage, renderer, builders.piece(world), width=900)
    assert zxingcpp.read_barcodes(Image.open(io.BytesIO(png))) == []


def test_what_is_unfinished_is_not_given_to_the_press(
    world: World, session: Session, storage: Storage, renderer: Renderer
) -> None:
    piece = builders.piece(world, content={"headline": "Idaman RT", "body": "[LENGKAPI: apa layanannya]"})
    with pytest.raises(Refused, match="LENGKAPI: apa layanannya"):
        press.press_pdf(session, storage, renderer, piece, short_link=None)
    assert "[LENGKAPI: apa layanannya]" in words(press.render_office(storage, renderer, sheet_of(session, piece)))


@pytest.mark.parametrize("kind", ["poster", "leaflet", "newspaper"])
def test_text_that_does_not_fit_is_said_in_a_sentence(
    world: World, session: Session, storage: Storage, renderer: Renderer, kind: str
) -> None:
    size = {"columns": 2, "height_mm": 100} if kind == "newspaper" else {}
    short = builders.piece(world, kind=kind, **size)
    long = builders.piece(world, kind=kind, content={"headline": "Judul", "body": LONG * 2}, **size)
    assert "tidak muat" not in said(storage, renderer, session, short)
    assert "tidak muat" in said(storage, renderer, session, long)


def test_a_press_release_may_run_over_pages(
    world: World, session: Session, storage: Storage, renderer: Renderer
) -> None:
    piece = builders.piece(
        world, kind="press_release", content={"headline": "Judul", "body": f"{LONG}\n\n{LONG}\n\n" * 2}
    )
    assert said(storage, renderer, session, piece) == ""
    assert "Halaman 2 dari" in words(press.render_office(storage, renderer, sheet_of(session, piece)))


@pytest.mark.parametrize(("columns", "height_mm"), [(1, 120), (2, 120), (3, 150), (5, 200), (9, 540)])
def test_a_newspaper_piece_has_the_size_that_was_bought(
    world: World, session: Session, storage: Storage, renderer: Renderer, columns: int, height_mm: int
) -> None:
    piece = builders.piece(world, kind="newspaper", columns=columns, height_mm=height_mm)
    document = PdfReader(
        io.BytesIO(press.press_pdf(session, storage, renderer, piece, short_link="https://a.id/t/abc"))
    )
    assert len(document.pages) == 1
    trim = document.pages[0].trimbox
    assert float(trim.width) / 72 * 25.4 == pytest.approx(columns * 45 + (columns - 1) * 4, abs=0.1)
    assert float(trim.height) / 72 * 25.4 == pytest.approx(height_mm, abs=0.1)


@pytest.mark.parametrize(("column_mm", "width"), [(38, 2 * 38 + 4), (10, 2 * 30 + 4)])
def test_a_newspapers_own_column_width_counts(
    world: World, session: Session, storage: Storage, renderer: Renderer, column_mm: int, width: int
) -> None:
    piece = builders.piece(world, kind="newspaper", columns=2, height_mm=150)
    made = press.press_pdf(session, storage, renderer, piece, short_link=None, column_mm=column_mm)
    trim = PdfReader(io.BytesIO(made)).pages[0].trimbox
    assert float(trim.width) / 72 * 25.4 == pytest.approx(width, abs=0.1)


def test_a_newspaper_piece_is_black_and_grey(
    world: World, session: Session, storage: Storage, renderer: Renderer
) -> None:
    actor = world.actor(Role.EDITOR)
    photo = builders.picture(world, storage, actor, (1600, 900))
    piece = builders.piece(world, actor, kind="newspaper", columns=3, height_mm=180, image_id=photo.id)
    png = Image.open(io.BytesIO(press.preview_png(session, storage, renderer, piece))).convert("RGB")
    spread = max(max(pixel) - min(pixel) for pixel in png.getdata())
    assert spread <= 6  # what the conversion of pure black to the screen leaves


def test_a_coarse_picture_and_pictographs_are_named(
    world: World, session: Session, storage: Storage, renderer: Renderer
) -> None:
    actor = world.actor(Role.EDITOR)
    photo = builders.picture(world, storage, actor, (320, 240))
    piece = builders.piece(world, actor, content={"headline": "Halo 🔥 Kukar"}, image_id=photo.id)
    sentences = said(storage, renderer, session, piece)
    assert "320 piksel" in sentences
    assert "🔥" in sentences


def test_the_office_stands_without_the_regency_twice(world: World, session: Session) -> None:
    office = world.office()
    office.name = "Dinas Komunikasi dan Informatika Kabupaten Kutai Kartanegara"
    session.commit()
    data = sheet_of(session, builders.piece(world)).data
    assert data["office"]["name"] == "Dinas Komunikasi dan Informatika"
    assert data["office"]["regency"] == "Pemerintah Kabupaten Kutai Kartanegara"


def test_all_villages_in_one_file_and_one_each(
    world: World, session: Session, storage: Storage, renderer: Renderer
) -> None:
    piece = builders.piece(world, kind="leaflet", link_url="https://kukarkab.go.id")
    villages = builders.villages(session, 4)
    versions = [Version(f"https://a.example/t/{number}", village) for number, village in enumerate(villages)]
    sheet = sheet_of(session, piece, versions)
    together = PdfReader(io.BytesIO(press.render_office(storage, renderer, sheet)))
    assert len(together.pages) == 8
    files = press.render_each(storage, renderer, sheet, for_press=True)
    assert [village.name in words(file) for village, file in zip(villages, files, strict=True)] == [True] * 4
    assert len({words(file) for file in files}) == 4


def test_paper_shows_the_names_that_were_approved_until_somebody_takes_over_the_new_ones(
    world: World, session: Session, storage: Storage, renderer: Renderer
) -> None:
    office, campaign = world.office(), world.campaign(name="Kenal Smart City")
    office.name, office.address = "Dinas Kominfo", "Jalan Wolter Monginsidi"
    piece = builders.piece(world, campaign=campaign)
    campaign.name, office.name, office.address = "Program Baru", "Badan Baru", "Jalan Baru"
    session.commit()
    printed = words(press.press_pdf(session, storage, renderer, piece, short_link=None))
    assert "Kenal Smart City" in printed
    assert "Jalan Wolter Monginsidi" in printed
    assert "Baru" not in printed

    service.refresh_context(session, world.actor(Role.EDITOR), piece, now=world.clock.now())
    printed = words(press.press_pdf(session, storage, renderer, piece, short_link=None))
    assert "Program Baru" in printed
    assert "Jalan Baru" in printed
    assert "Kenal Smart City" not in printed
