import io
import json
import subprocess
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.certificates.document import file_name, files, merged, sample, sheets_of, single, zipped
from app.certificates.models import Certificate
from app.documents.render import Renderer, page_count
from app.programmes.models import Module, Programme
from tests.certificates.finished import PASSED, finished_batch, issued
from tests.world import World

SITE = "https://gaung.example.go.id"
LONG = "Raden Ayu Muhammad Nur Hidayatullah Syarifuddin Kartanegara J"
MM = 72 / 25.4


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer()


def made(world: World, *names: str, **values: object) -> list[Certificate]:
    skill = world.skill("Basis data", independent="Merancang tabel sendiri.")
    batch = finished_batch(
        world, [(name, 80, 4) for name in names], programme=world.programme(skills=[(skill, 2)]), **values
    )
    return issued(world, batch)


def text_of(document: bytes, folder: Path) -> str:
    path = folder / "certificate.pdf"
    path.write_bytes(document)
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True)
    return done.stdout


def words_outside(document: bytes, folder: Path) -> list[str]:
    """Words that reach over the edge of their page, or over its frame."""
    path = folder / "certificate.pdf"
    path.write_bytes(document)
    page = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, text=True, check=True).stdout
    found = []
    for line in page.splitlines():
        if "<word " in line:
            edges = {name: float(line.split(f'{name}="')[1].split('"')[0]) for name in ("xMin", "yMin", "xMax", "yMax")}
            inside = edges["xMin"] > 11 * MM and edges["xMax"] < 286 * MM and edges["yMax"] < 200 * MM
            if not (inside and edges["yMin"] > 10 * MM):
                found.append(line)
    return found


def test_everything_stands_on_it(session: Session, world: World, renderer: Renderer, tmp_path: Path) -> None:
    (one,) = made(world, PASSED[0])
    document = single(renderer, sheets_of([one], SITE)[0])
    text = text_of(document, tmp_path)
    code = f"{one.code[:4]}-{one.code[4:8]}-{one.code[8:]}"
    for words in (
        "SERTIFIKAT", one.number, "Siti Aminah", one.facts["programme"], "4 jam", "Tenggarong, 24 November 2026",
        "Hj. Contoh Kadis, M.Si.", "NIP 19700101", "gaung.example.go.id/sertifikat", code, "Modul 1", "Basis data",
        "Mandiri", "Merancang tabel sendiri.",
    ):  # fmt: skip
        assert words in text, words
    assert page_count(document) == 2
    assert "SIMULASI" not in text


@pytest.mark.parametrize(
    "name", [LONG, "X" * 61, ("Nur Hidayatullah " * 12)[:200].strip(), "W" * 200, "J", "#set page(*$_[x]"]
)
def test_a_long_name_gets_smaller_and_is_never_cut(
    session: Session, world: World, renderer: Renderer, tmp_path: Path, name: str
) -> None:
    (one,) = made(world, name)
    document = single(renderer, sheets_of([one], SITE)[0])
    front = "".join(text_of(document, tmp_path).partition("Materi dan keterampilan")[0].split()).replace("\u200b", "")
    assert "".join(name.split()) in front
    assert words_outside(document, tmp_path) == []
    assert page_count(document) == 2


def test_the_code_on_paper_leads_to_the_page_that_checks_it(
    session: Session, world: World, renderer: Renderer, tmp_path: Path
) -> None:
    (one,) = made(world, PASSED[0])
    picture = tmp_path / "front.png"
    picture.write_bytes(renderer.png("certificate", sheets_of([one], SITE)[0].data, ppi=150))
    read = subprocess.run(["zbarimg", "--raw", "-q", str(picture)], capture_output=True, text=True, check=True).stdout
    assert read.strip() == f"{SITE}/sertifikat/{one.code[:4]}-{one.code[4:8]}-{one.code[8:]}"


def test_all_of_a_batch_in_one_file_and_each_alone(
    session: Session, world: World, renderer: Renderer, tmp_path: Path
) -> None:
    names = [f"Peserta {number} Contoh" for number in range(7)]
    people = made(world, *names)
    sheets = sheets_of(people, SITE, chunk=3)
    assert [len(sheet.names) for sheet in sheets] == [3, 3, 1]
    whole = merged(renderer, sheets)
    assert page_count(whole) == 14
    assert [name for name in names if name not in text_of(whole, tmp_path)] == []
    archive = zipfile.ZipFile(io.BytesIO(b"".join(zipped(files(renderer, sheets)))))
    assert archive.testzip() is None
    assert archive.namelist() == [file_name(one) for one in people]
    for one in people:
        text = text_of(archive.read(file_name(one)), tmp_path)
        assert [name for name in names if name in text] == [one.name]
        assert one.number in text


def test_two_people_of_one_name_keep_files_of_their_own(session: Session, world: World) -> None:
    people = made(world, "Siti", "Siti")
    assert len({file_name(one) for one in people}) == 2


def test_more_modules_than_a_page_holds_run_on_and_stay_whole(
    session: Session, world: World, renderer: Renderer, tmp_path: Path
) -> None:
    programme = world.programme(modules=0)
    programme.modules = [Module(position=n, title=f"Materi nomor {n} dari banyak", minutes=60) for n in range(90)]
    session.commit()
    people = issued(world, finished_batch(world, [("Siti", 80, 4), ("Budi", 80, 4)], programme=programme))
    sheets = sheets_of(people, SITE)
    pages = page_count(single(renderer, sheets_of(people[:1], SITE)[0]))
    assert pages > 2
    each = list(files(renderer, sheets))
    assert [page_count(document) for _name, document in each] == [pages, pages]
    assert [number for number in range(90) if f"Materi nomor {number} dari" not in text_of(each[1][1], tmp_path)] == []


def test_practice_is_marked_and_a_sample_is_no_certificate(
    session: Session, world: World, renderer: Renderer, tmp_path: Path
) -> None:
    (one,) = made(world, PASSED[0], simulated=True)
    sheet = sheets_of([one], SITE)[0]
    assert sheet.data["watermark"] == "SIMULASI"
    try_out = sample(one.facts, "Siti", SITE)
    assert try_out.data["watermark"] == "CONTOH"
    assert one.code not in json.dumps(try_out.data)
    assert page_count(single(renderer, try_out)) == 2


def test_what_was_printed_stays_when_the_programme_changes(session: Session, world: World) -> None:
    (one,) = made(world, PASSED[0])
    before = sheets_of([one], SITE)[0].data
    session.execute(update(Programme).values(title="Nama lain"))
    session.commit()
    session.expire_all()
    assert sheets_of([session.get_one(Certificate, one.id)], SITE)[0].data == before
