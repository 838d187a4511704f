import io
import json
import zipfile

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.base.documents.render import Renderer, page_count
from app.base.documents.zips import zipped
from app.learning.certificates.document import file_name, render_each, render_merged, render_single, sample, sheets_of
from app.learning.certificates.models import Certificate
from app.learning.programmes.models import Module, Programme
from tests.certificates.finished import PASSED, finished_batch, issued
from tests.world import World

SITE = "https://gaung.example.go.id"
LONG = "Raden Ayu Muhammad Nur Hidayatullah Syarifuddin Kartanegara J"
WIDTH_MM, DARK = 297, 110


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer()


def made(world: World, *names: str, **values: object) -> list[Certificate]:
    skill = world.skill("Basis data", independent="Merancang tabel sendiri.")
    batch = finished_batch(
        world, [(name, 80, 4) for name in names], programme=world.programme(skills=[(skill, 2)]), **values
    )
    return issued(world, batch)


def text_of(document: bytes, page: int | None = None) -> str:
    pages = PdfReader(io.BytesIO(document)).pages
    return "\n".join(one.extract_text() for one in (pages if page is None else [pages[page]]))


def squeezed(text: str) -> str:
    return "".join(text.split()).replace("\u200b", "")


def darkest(picture: bytes, *box: float) -> int:
    """The darkest point of the front between (left, top) and (right, bottom), all in mm: 255 is white paper."""
    image = Image.open(io.BytesIO(picture)).convert("L")
    scale = image.width / WIDTH_MM
    left, top, right, bottom = (round(edge * scale) for edge in box)
    return int(image.crop((left, top, right, bottom)).getextrema()[0])


def test_everything_stands_on_it(session: Session, world: World, renderer: Renderer) -> None:
    (one,) = made(world, PASSED[0])
    document = render_single(renderer, sheets_of([one], SITE)[0])
    text = text_of(document)
    code = f"{one.code[:4]}-{one.code[4:8]}-{one.code[8:]}"
    for words in (
        "SERTIFIKAT", one.number, "Siti Aminah", one.facts["programme"], "4 jam", "Tenggarong, 24 November 2026",
        "Hj. Contoh Kadis, M.Si.", "NIP 19700101", "gaung.example.go.id/sertifikat", code, "Modul 1", "Basis data",
        "Mandiri", "Merancang tabel sendiri.",
    ):  # fmt: skip
        assert squeezed(words) in squeezed(text), words
    assert page_count(document) == 2
    assert "SIMULASI" not in text


@pytest.mark.one_database
@pytest.mark.parametrize(
    "name", [LONG, "X" * 61, ("Nur Hidayatullah " * 12)[:200].strip(), "W" * 200, "J", "#set page(*$_[x]"]
)
def test_a_long_name_gets_smaller_and_is_never_cut(
    session: Session, world: World, renderer: Renderer, name: str
) -> None:
    (one,) = made(world, name)
    data = sheets_of([one], SITE)[0].data
    document = render_single(renderer, sheets_of([one], SITE)[0])
    assert squeezed(name) in squeezed(text_of(document, 0))
    assert page_count(document) == 2
    picture = renderer.png("certificate", data, ppi=100)
    assert darkest(picture, 24, 82, 273, 107) < DARK, "the name"
    for box in ((12, 82, 22, 107), (275, 82, 285, 107), (60, 78.8, 237, 81), (60, 105.5, 237, 108.4)):
        assert darkest(picture, *box) > DARK, "nothing runs into the frame or into the lines around the name"


@pytest.mark.one_database
def test_the_code_on_paper_leads_to_the_page_that_checks_it(session: Session, world: World, renderer: Renderer) -> None:
    (one,) = made(world, PASSED[0])
    picture = renderer.png("certificate", sheets_of([one], SITE)[0].data, ppi=150)
    [code] = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    assert code.text == f"{SITE}/sertifikat/{one.code[:4]}-{one.code[4:8]}-{one.code[8:]}"


def test_all_of_a_batch_in_one_file_and_each_alone(session: Session, world: World, renderer: Renderer) -> None:
    names = [f"Peserta {number} Contoh" for number in range(7)]
    people = made(world, *names)
    sheets = sheets_of(people, SITE, chunk=3)
    assert [len(sheet.names) for sheet in sheets] == [3, 3, 1]
    whole = render_merged(renderer, sheets)
    assert page_count(whole) == 14
    text = text_of(whole)
    assert [name for name in names if name not in text] == []
    archive = zipfile.ZipFile(io.BytesIO(b"".join(zipped(render_each(renderer, sheets)))))
    assert archive.testzip() is None
    assert archive.namelist() == [file_name(one) for one in people]
    for one in people:
        text = text_of(archive.read(file_name(one)))
        assert [name for name in names if name in text] == [one.name]
        assert one.number in text


def test_two_people_of_one_name_keep_files_of_their_own(session: Session, world: World) -> None:
    people = made(world, "Siti", "Siti")
    assert len({file_name(one) for one in people}) == 2


@pytest.mark.one_database
def test_more_modules_than_a_page_holds_run_on_and_stay_whole(
    session: Session, world: World, renderer: Renderer
) -> None:
    programme = world.programme(modules=0)
    programme.modules = [Module(position=n, title=f"Materi nomor {n} dari banyak", minutes=60) for n in range(90)]
    session.commit()
    batch = finished_batch(world, [("Siti", 80, 4), ("Budi", 80, 4)], programme=programme)
    for one in batch.sessions:
        one.module_id = None  # so that the whole programme counts as taught
    session.commit()
    people = issued(world, batch)
    sheets = sheets_of(people, SITE)
    pages = page_count(render_single(renderer, sheets_of(people[:1], SITE)[0]))
    assert pages > 2
    each = list(render_each(renderer, sheets))
    assert [page_count(document) for _name, document in each] == [pages, pages]
    text = text_of(each[1][1])
    assert [number for number in range(90) if f"Materi nomor {number} dari" not in text] == []


def test_practice_is_marked_and_a_sample_is_no_certificate(session: Session, world: World, renderer: Renderer) -> None:
    (one,) = made(world, PASSED[0], simulated=True)
    sheet = sheets_of([one], SITE)[0]
    assert sheet.data["watermark"] == "SIMULASI"
    try_out = sample(one.facts, "Siti", SITE)
    assert try_out.data["watermark"] == "CONTOH"
    assert one.code not in json.dumps(try_out.data)
    assert page_count(render_single(renderer, try_out)) == 2


def test_what_was_printed_stays_when_the_programme_changes(session: Session, world: World) -> None:
    (one,) = made(world, PASSED[0])
    before = sheets_of([one], SITE)[0].data
    session.execute(update(Programme).values(title="Nama lain"))
    session.commit()
    session.expire_all()
    assert sheets_of([session.get_one(Certificate, one.id)], SITE)[0].data == before
