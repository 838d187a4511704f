import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.base.media.models import StoredFile
from app.base.web.db import db
from app.kernel.errors import Invalid
from app.kernel.roles import Role
from app.learning.assessments.models import Mark, Work
from app.learning.training.models import BatchStatus
from app.learning.training.participants.tokens import own_path
from tests.assessments.rubrics import handed_in, rubric_batch
from tests.pages import asked, is_empty, sign_in


@pytest.fixture
def storage(app):
    return app.extensions["wiring"].storage


@pytest.fixture
def batch(world):
    return rubric_batch(world, name="Angkatan Loa Kulu")


@pytest.fixture
def own(app, session):
    """The own address of a participant, as this installation signs it."""

    def path(enrolment):
        with app.app_context(), app.extensions["sqlalchemy"].sessionmaker() as its_own:
            return own_path(its_own, its_own.merge(enrolment.trainee))

    return path


def _trainer(client, world, **values):
    user = world.user(Role.TRAINER, Role.CONTRIBUTOR, **values)
    sign_in(client, user)
    return user


def _points(work, batch, *points):
    return {f"points_{one.id}": value for one, value in zip(batch.programme.criteria, points, strict=True)} | {
        "version": str(work.version)
    }


PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>"
)


def test_a_participant_hands_in_and_changes_the_work_with_the_own_link(client, session, world, batch, own):
    enrolment = world.enrolment(batch)
    address = f"{own(enrolment)}/tugas/{enrolment.id}"
    page = client.get(address)
    assert page.status_code == 200
    assert "Kumpulkan tugas" in page.text
    assert "Unsur 2" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    data = {"title": "Buku kas", "link": "https://github.com/siti/kas", "file": (io.BytesIO(PDF), "../kas.pdf")}
    answer = client.post(address, data=data, content_type="multipart/form-data")
    assert (answer.status_code, answer.location) == (303, own(enrolment))
    session.rollback()
    work = session.scalars(select(Work)).one()
    assert (work.title, session.get_one(StoredFile, work.file_id).name) == ("Buku kas", "kas.pdf")
    assert client.get(f"{address}/berkas").mimetype == "application/pdf"
    session.rollback()
    assert client.post(address, data={"title": "Buku kas 2", "drops_file": "y"}).status_code == 422
    answer = client.post(address, data={"title": "Buku kas 2", "link": "https://contoh.go.id", "drops_file": "y"})
    assert answer.status_code == 303
    session.expire_all()
    assert (work.title, work.file_id) == ("Buku kas 2", None)
    assert session.scalars(select(StoredFile)).all() == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"title": "A", "link": "javascript:alert(1)"}, "Tulis alamat lengkap"),
        ({"title": "A", "link": "https://siti:rahasia@contoh.go.id"}, "Tulis alamat lengkap"),
        ({"title": "A"}, "Isi tautannya, atau pilih berkasnya."),
        ({"title": "", "link": "https://contoh.go.id"}, "Bagian ini wajib diisi"),
        ({"title": "A", "file": (io.BytesIO(b"MZ\x90\x00"), "laporan.pdf")}, "bukan gambar yang dikenal"),
    ],
)
def test_what_cannot_be_handed_in_is_said_at_its_field_and_kept_on_the_page(
    client, session, world, batch, own, data, words
):
    enrolment = world.enrolment(batch)
    address = f"{own(enrolment)}/tugas/{enrolment.id}"
    answer = client.post(address, data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert words in answer.text
    assert session.scalars(select(Work)).all() == []


def test_a_link_opens_only_the_own_work(client, world, batch, own, storage):
    mine, other = world.enrolment(batch), world.enrolment(batch)
    handed_in(world, storage, other)
    assert client.get(f"{own(mine)}/tugas/{other.id}").status_code == 404
    assert client.post(f"{own(mine)}/tugas/{other.id}", data={"title": "x"}).status_code == 404
    assert client.get(f"{own(mine)}/tugas/{other.id}/berkas").status_code == 404
    assert client.get(f"/peserta/salah/tugas/{mine.id}").status_code == 404


def test_the_own_page_shows_marks_and_comment_once_all_are_there(client, session, world, batch, own, storage):
    enrolment = world.enrolment(batch)
    assert "Kumpulkan tugas" in client.get(own(enrolment)).text
    work = handed_in(world, storage, enrolment)
    _trainer(client, world)
    address = f"/pelatihan/{batch.id}/penilaian/tugas/{enrolment.id}"
    client.post(address, data=_points(work, batch, "3,5", "") | {"comment": "Lanjutkan laporannya"})
    page = client.get(own(enrolment)).text
    assert "Lanjutkan laporannya" not in page
    assert "3,5 dari 4" not in page
    session.rollback()  # let go of the snapshot: the application wrote meanwhile
    session.refresh(work)
    client.post(address, data=_points(work, batch, "3,5", "7") | {"comment": "Lanjutkan laporannya"})
    page = client.get(own(enrolment)).text
    assert "Lanjutkan laporannya" in page
    assert "3,5 dari 4" in page
    assert "Nilai 75%" in page


def test_marking_leads_to_the_next_that_waits(client, session, world, batch, storage):
    first, second = (world.enrolment(batch, world.trainee(name)) for name in ("Ani", "Budi"))
    one, two = handed_in(world, storage, first), handed_in(world, storage, second)
    _trainer(client, world)
    base = f"/pelatihan/{batch.id}/penilaian/tugas"
    page = client.get(f"{base}/{first.id}").text
    assert "0: belum ada" in page
    assert "https://contoh.go.id/kode" in page
    assert client.post(f"{base}/{first.id}", data=_points(one, batch, "4", "10")).location == f"{base}/{second.id}"
    assert client.post(f"{base}/{second.id}", data=_points(two, batch, "4", "1")).location == base
    assert "Semua tugas yang masuk sudah dinilai" in client.get(base).text


def test_points_above_the_maximum_stay_on_the_page_with_what_was_typed(client, session, world, batch, storage):
    enrolment = world.enrolment(batch)
    work = handed_in(world, storage, enrolment)
    _trainer(client, world)
    address = f"/pelatihan/{batch.id}/penilaian/tugas/{enrolment.id}"
    answer = client.post(address, data=_points(work, batch, "5", "9,5"))
    assert answer.status_code == 422
    assert "Nilai paling tinggi untuk bagian ini adalah 4." in answer.text
    assert 'value="9,5"' in answer.text
    assert session.scalars(select(Mark)).all() == []


def test_a_trainer_enters_a_work_for_somebody_and_gives_it_back(client, session, world, batch):
    enrolment = world.enrolment(batch, world.trainee("Siti"))
    _trainer(client, world)
    base = f"/pelatihan/{batch.id}/penilaian/tugas/{enrolment.id}"
    assert client.get(base).status_code == 404
    data = {"title": "Dipaparkan di kelas", "link": "https://contoh.go.id"}
    assert client.post(f"{base}/catat", data=data).location == base
    work = session.scalars(select(Work)).one()
    client.post(base, data=_points(work, batch, "1", "1"))
    assert client.post(f"{base}/kembalikan").status_code == 303
    session.expire_all()
    assert work.marks == []


def test_the_list_filters_counts_and_goes_out_as_a_file(client, world, batch, storage):
    ani, budi = (world.enrolment(batch, world.trainee(name)) for name in ("Ani", "Budi"))
    handed_in(world, storage, ani, title="=SUM(A1)")
    _trainer(client, world)
    base = f"/pelatihan/{batch.id}/penilaian/tugas"
    page = client.get(base).text
    assert "Ani" in page
    assert "Budi" in page
    assert "Nilai berikutnya" in page
    waiting = client.get(f"{base}?keadaan=none").text
    assert f"tugas/{budi.id}/catat" in waiting
    assert "=SUM(A1)" not in waiting
    assert is_empty(client.get(f"{base}?q=zzz").text)
    book = load_workbook(io.BytesIO(client.get(f"{base}/unduh.xlsx").data))
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=3)]
    assert [row[:3] for row in rows] == [["Ani", "Dikumpulkan", "=SUM(A1)"], ["Budi", "Belum dikumpulkan", None]]
    assert "'=SUM(A1)" in client.get(f"{base}/unduh.csv").text


def test_the_list_takes_the_same_number_of_questions_for_any_number_of_people(client, world, batch, storage):
    _trainer(client, world)

    def questions():
        with asked() as seen:
            client.get(f"/pelatihan/{batch.id}/penilaian/tugas")
        return len(seen)

    handed_in(world, storage, world.enrolment(batch))
    few = questions()
    for _ in range(8):
        handed_in(world, storage, world.enrolment(batch))
    assert questions() == few


def test_a_trainer_of_elsewhere_sees_only_the_own_batches(client, world, batch, storage):
    user = _trainer(client, world, organisation=world.organisation())
    own = rubric_batch(world, trainers=[user])
    enrolment = world.enrolment(batch)
    handed_in(world, storage, enrolment)
    assert client.get(f"/pelatihan/{own.id}/penilaian/tugas").status_code == 200
    assert client.get(f"/pelatihan/{batch.id}/penilaian/tugas").status_code == 404
    assert client.get(f"/pelatihan/{own.id}/penilaian/tugas/{enrolment.id}").status_code == 404


def test_after_the_end_marks_are_read_and_not_changed(client, session, world, batch, storage):
    enrolment = world.enrolment(batch)
    work = handed_in(world, storage, enrolment)
    batch.status = BatchStatus.FINISHED
    session.commit()
    _trainer(client, world)
    address = f"/pelatihan/{batch.id}/penilaian/tugas/{enrolment.id}"
    assert "tidak diubah lagi" in client.get(address).text
    assert client.post(address, data=_points(work, batch, "1", "1")).status_code == 422
    assert session.scalars(select(Mark)).all() == []


def test_the_list_of_participants_and_the_batch_tell_of_works(client, world, batch, storage):
    enrolment = world.enrolment(batch)
    handed_in(world, storage, enrolment)
    _trainer(client, world)
    page = client.get(f"/pelatihan/{batch.id}").text
    assert "1 dari 1 peserta sudah mengumpulkan, 0 sudah dinilai." in page
    assert "Tugas praktik" in client.get(f"/pelatihan/{batch.id}/peserta").text


def test_reading_a_file_holds_no_lock(client, world, batch, own, monkeypatch):
    """While a file is checked the request has no transaction: others may write."""
    enrolment = world.enrolment(batch)
    seen = []

    def check(data, name):
        seen.append(db.session.in_transaction())
        raise Invalid("cukup")

    monkeypatch.setattr("app.learning.assessments.works.pages.check_file", check)
    address = f"{own(enrolment)}/tugas/{enrolment.id}"
    data = {"title": "A", "file": (io.BytesIO(PDF), "a.pdf")}
    client.post(address, data=data, content_type="multipart/form-data")
    assert seen == [False]
