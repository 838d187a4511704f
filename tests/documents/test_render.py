"""What comes out of Typst: boxes, fonts, the literal text of people, codes that a phone reads."""

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pikepdf
import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from app.base.documents.qr import qr
from app.base.documents.render import Renderer, page_count, split

MM = 72 / 25.4
SIZES = {"poster": (297, 420), "leaflet": (148, 210)}
NASTY = "#sys.inputs *tebal* _miring_ $x^2$ \\alpha @ref <label> `kode` [kurung] // bukan komentar"


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer()


def link(address: str) -> dict[str, Any]:
    code = qr(address)
    return {"text": address.partition("://")[2], "qr": code.svg, "modules": code.modules}


def data(**more: Any) -> dict[str, Any]:
    return {
        "office": {"name": "Diskominfo", "regency": "Pemerintah Kabupaten Kutai Kartanegara", "address": "Tenggarong"},
        "regency": "Kabupaten Kutai Kartanegara",
        "campaign": "Kenal Smart City",
        "label": "Smart Governance",
        "headline": "Kukar menuju kota cerdas",
        "lead": "Layanan lebih dekat ke desa.",
        "points": ["Pertama", "Kedua"],
        "columns": 3,
        "width_mm": 143,
        "height_mm": 150,
        "versions": [{"link": link("https://gaung.example.go.id/t/x7k2m9q")}],
        **more,
    }


def text_of(document: bytes) -> str:
    """All words, with the breaks of lines taken out."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages).split())


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(("template", "pages"), [("poster", 1), ("leaflet", 2)])
def test_press_pdf_has_its_trim_and_three_millimetres_of_bleed(renderer: Renderer, template: str, pages: int) -> None:
    width, height = SIZES[template]
    document = PdfReader(io.BytesIO(renderer.press_pdf(template, data())))
    assert len(document.pages) == pages
    for page in document.pages:
        trim, bleed, media = page.trimbox, page["/BleedBox"], page.mediabox
        assert float(trim.width) == pytest.approx(width * MM, abs=0.1 * MM)
        assert float(trim.height) == pytest.approx(height * MM, abs=0.1 * MM)
        edges = [float(edge) for edge in bleed]
        assert [float(trim.left) - edges[0], float(trim.bottom) - edges[1]] == pytest.approx([3 * MM, 3 * MM], abs=0.01)
        assert [edges[2] - float(trim.right), edges[3] - float(trim.top)] == pytest.approx([3 * MM, 3 * MM], abs=0.01)
        assert edges[0] > float(media.left), "the crop marks need room outside of the bleed"


def test_press_colour_runs_over_the_trim_and_stops_at_the_bleed(renderer: Renderer) -> None:
    with pikepdf.open(io.BytesIO(renderer.press_pdf("poster", data()))) as pdf:
        commands = pikepdf.parse_content_stream(pdf.pages[0])
    filled = [float(number) for operands, name in commands if str(name) in {"m", "l"} for number in operands]
    colours = {str(name) for _operands, name in commands}
    assert "k" in colours, "the press gets CMYK"
    assert any(number == pytest.approx((297 + 6) * MM, abs=0.01) for number in filled)
    assert not any(number == pytest.approx((297 + 20) * MM, abs=0.01) for number in filled)


def test_office_pdf_is_cut_size_without_bleed(renderer: Renderer) -> None:
    page = PdfReader(io.BytesIO(renderer.pdf("poster", data()))).pages[0]
    assert float(page.mediabox.width) == pytest.approx(297 * MM, abs=0.1 * MM)
    assert float(page.mediabox.height) == pytest.approx(420 * MM, abs=0.1 * MM)


@pytest.mark.parametrize("template", ["poster", "leaflet", "newspaper", "press_release"])
def test_only_the_house_typeface_is_embedded(renderer: Renderer, template: str) -> None:
    document = PdfReader(io.BytesIO(renderer.pdf(template, data(body="Isi."))))
    embedded = {
        str(font.get_object()["/BaseFont"])
        for page in document.pages
        for font in page["/Resources"].get("/Font", {}).values()
    }
    assert embedded
    assert all("PlusJakartaSans" in name for name in embedded)


@pytest.mark.parametrize("template", ["poster", "leaflet", "newspaper", "press_release"])
def test_what_a_person_wrote_comes_out_as_written(renderer: Renderer, template: str) -> None:
    document = renderer.pdf(template, data(headline=NASTY, lead=NASTY, body=NASTY, points=[NASTY], contact=NASTY))
    assert squeezed(text_of(document)).count(squeezed(NASTY)) >= 4


def test_a_village_name_cannot_be_markup(renderer: Renderer) -> None:
    versions = [{"link": link("https://a.id/t/x"), "village": {"name": "#panic()", "district": "*Tabang*"}}]
    words = text_of(renderer.pdf("leaflet", data(versions=versions)))
    assert "#panic()" in words
    assert "*Tabang*" in words


@pytest.mark.parametrize("template", ["poster", "leaflet", "newspaper", "press_release"])
def test_a_phone_reads_the_code(renderer: Renderer, template: str) -> None:
    address = "https://gaung.example.go.id/t/x7k2m9q"
    read = [
        code.text
        for page in renderer.pngs(template, data(body="Isi.", versions=[{"link": link(address)}]), ppi=150)
        for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(page)))
    ]
    assert read == [address]


def test_the_code_keeps_its_quiet_zone(renderer: Renderer) -> None:
    """Four modules of white on every side, as ISO/IEC 18004 asks."""
    page = Image.open(io.BytesIO(renderer.png("poster", data(), ppi=110))).convert("L")
    (code,) = zxingcpp.read_barcodes(page)
    place = code.position
    side = place.top_right.x - place.top_left.x
    module = side / qr("https://gaung.example.go.id/t/x7k2m9q").modules
    for step in (1, 2, 3):
        y = (place.top_left.y + place.bottom_left.y) // 2
        assert page.getpixel((int(place.top_left.x - step * module), y)) == 255
        assert page.getpixel((int(place.top_right.x + step * module), y)) == 255


def test_many_versions_each_have_their_own_code_and_village(renderer: Renderer) -> None:
    addresses = [f"https://gaung.example.go.id/t/code{number}" for number in range(3)]
    versions = [
        {"link": link(address), "village": {"name": f"Desa Nomor {number}", "district": "Kecamatan Anggana"}}
        for number, address in enumerate(addresses)
    ]
    parts = renderer.pdfs("leaflet", data(versions=versions), press=True)
    assert len(parts) == 3
    for number, part in enumerate(parts):
        words = text_of(part)
        assert page_count(part) == 2
        assert f"Desa Nomor {number}" in words
        assert f"Desa Nomor {(number + 1) % 3}" not in words
        assert "Kukar menuju kota cerdas" in words, "the common ground lies under each"
        assert "/BleedBox" in PdfReader(io.BytesIO(part)).pages[0]
    pages = renderer.pngs("poster", data(versions=versions, layer=None), ppi=80)
    read = [zxingcpp.read_barcodes(Image.open(io.BytesIO(page)))[0].text for page in pages]
    assert read == addresses


def test_a_layered_document_looks_like_a_single_one(renderer: Renderer) -> None:
    version = {"link": link("https://a.example/t/abc"), "village": {"name": "Desa A", "district": "Kecamatan B"}}
    alone = renderer.pdf("leaflet", data(versions=[version]))
    layered = split(renderer.pdf("leaflet", data(versions=[version, version])), 2)[0]
    assert sorted(text_of(layered).split()) == sorted(text_of(alone).split())


def test_text_that_runs_over_shows_on_further_pages_of_every_version(renderer: Renderer) -> None:
    long = "\n\n".join(["Kalimat yang panjang sekali untuk mengisi kertas ini sampai penuh. " * 8] * 12)
    assert page_count(renderer.pdf("poster", data(body=long))) > 1
    versions = data()["versions"] * 2
    both = renderer.pdf("poster", data(body=long + " TAMAT", versions=versions))
    assert text_of(both).count("TAMAT") == 2


@pytest.mark.parametrize("template", ["poster", "leaflet"])
@pytest.mark.parametrize(
    "headline",
    ["Bank Sampah", "Enam dimensi, satu tujuan: Kukar cerdas sampai ke pelosok desa", "Pertanggungjawaban " * 8],
)
def test_headlines_of_every_length_fit(renderer: Renderer, template: str, headline: str) -> None:
    document = renderer.pdf(template, data(headline=headline.strip(), lead="Kalimat pembuka. " * 35))
    assert page_count(document) == (1 if template == "poster" else 2)


def test_an_open_place_is_marked_in_the_preview(renderer: Renderer) -> None:
    plain = renderer.png("poster", data(points=[], body="Apa yang dilakukan Idaman RT"))
    marked = renderer.png("poster", data(points=[], body="[LENGKAPI: apa yang dilakukan Idaman RT]"))

    def yellow(png: bytes) -> int:
        colours = Image.open(io.BytesIO(png)).convert("RGB").crop((0, 600, 480, 900)).getdata()
        return sum(1 for red, green, blue in colours if red > 230 and 170 < green < 220 and blue < 90)

    assert yellow(marked) > yellow(plain) + 500


def test_pictures_are_embedded_and_leave_no_trace(renderer: Renderer) -> None:
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "teal").save(out, "JPEG")
    document = renderer.pdf("poster", data(), images={"image": out.getvalue()})
    assert PdfReader(io.BytesIO(document)).pages[0].images
    assert not list(renderer._root.glob("images-*"))


def test_threads_get_their_own_text(renderer: Renderer) -> None:
    names = [f"Judul nomor {number}" for number in range(24)]
    with ThreadPoolExecutor(6) as pool:
        documents = list(pool.map(lambda name: renderer.pdf("poster", data(headline=name)), names))
    for name, document in zip(names, documents, strict=True):
        assert name in text_of(document)
