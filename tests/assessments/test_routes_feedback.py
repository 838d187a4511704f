"""Pages of feedback and of what became of participants."""

import html
import io
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook

from app.kernel.roles import SYSTEM, Role
from app.learning.assessments.followups.feedback import store_feedback
from app.learning.assessments.models import PaperKind, Sitting
from app.learning.assessments.papers.service import prepare
from app.learning.training.models import BatchStatus
from tests.pages import asked, is_empty, sign_in

SAID = {"pelatih_jelas": "4", "nilai": "5", "terbaik": "Praktiknya"}
ANSWERS = {"aktif": "ya", "buat": "ya", "buat_apa": "Buku kas\nuntuk bank sampah", "hambatan": ["waktu"]}


@pytest.fixture
def batch(world):
    world.office()
    return world.batch(status=BatchStatus.FINISHED, name="Angkatan Loa Kulu", ends_on=date(2026, 12, 1))


@pytest.fixture
def editor(client, world):
    user = world.user(Role.EDITOR)
    sign_in(client, user)
    return user


def _feedback(world, batch, n):
    """Closed, so that it may be read."""
    paper = prepare(world.session, SYSTEM, batch.id, PaperKind.FEEDBACK, now=world.clock.now())
    paper.opens_at, paper.closes_at = world.clock.now() - timedelta(days=3), world.clock.now()
    for _ in range(n):
        store_feedback(world.session, paper, world.enrolment(batch), SAID, world.clock.now() - timedelta(days=2))
    world.session.commit()


def _answered(world, batch, n, **more):
    paper = prepare(world.session, SYSTEM, batch.id, PaperKind.AFTER_3, now=world.clock.now())
    paper.opens_at, paper.closes_at = world.clock.now(), world.clock.now() + timedelta(weeks=4)
    for _ in range(n):
        one = world.enrolment(batch)
        values = {"answers": {**ANSWERS, **more}, "handed_in_at": world.clock.now()}
        world.session.add(Sitting(paper_id=paper.id, enrolment_id=one.id, **values))
    world.session.commit()
    return paper


def test_feedback_says_why_nothing_is_shown_yet(client, world, batch, editor):
    page = f"/pelatihan/{batch.id}/penilaian/umpan-balik"
    assert "Umpan balik belum disiapkan" in client.get(page).text
    _feedback(world, batch, 4)
    few = client.get(page).text
    assert "Belum cukup jawaban" in few
    assert "Praktiknya" not in few
    assert client.get(f"{page}/unduh.xlsx").status_code == 302
    _feedback(world, batch, 1)
    shown = client.get(page).text
    assert "Praktiknya" in shown
    assert "5 dari 5 peserta" in shown
    batch.status = BatchStatus.RUNNING
    world.session.commit()
    running = client.get(page).text
    assert "Hasil belum ditampilkan" in running
    assert "Praktiknya" not in running


def test_the_file_of_feedback_has_no_line_for_a_person(client, world, batch, editor):
    _feedback(world, batch, 6)
    answer = client.get(f"/pelatihan/{batch.id}/penilaian/umpan-balik/unduh.xlsx")
    counts, texts = load_workbook(io.BytesIO(answer.data)).worksheets
    assert [cell.value for cell in texts[3]][2] == "Praktiknya"
    rows = [[cell.value for cell in row] for row in counts.iter_rows(min_row=3)]
    assert rows[3][:6] == [
        "Pelatih",
        "Pelatih menjelaskan dengan bahasa yang mudah saya mengerti.",
        6,
        "Setuju",
        6,
        100,
    ]


def test_what_became_of_them_is_told_with_its_limits_and_who_is_silent(client, world, batch, editor):
    _answered(world, batch, 6)
    world.enrolment(batch)
    page = client.get(f"/pelatihan/{batch.id}/penilaian/kabar").text
    assert "6 dari 7 peserta menjawab." in page
    assert "1 tidak menjawab: keadaan mereka tidak diketahui" in page
    assert "rentang 95%: 61% sampai 100%" in page  # Wilson, 6 of 6
    assert "Catat sebagai proyek" in page
    assert "/pelatihan/proyek/baru?nama=Buku+kas&amp;" in page


def test_a_few_answers_are_told_as_people(client, world, batch, editor):
    _answered(world, batch, 3)
    page = client.get(f"/pelatihan/{batch.id}/penilaian/kabar").text
    assert "3 dari 3 orang yang menjawab masih aktif" in page
    assert "100%" not in page


def test_who_has_no_mail_stands_there_with_a_text_to_send(client, world, batch, editor):
    paper = _answered(world, batch, 1)
    one = world.enrolment(batch, world.trainee("Siti", phone="+6281234567890"))
    page = client.get(f"/pelatihan/{batch.id}/penilaian/kabar").text
    assert "Perlu dihubungi sendiri" in page
    assert f"/isi/{one.id}/after_3" in page
    assert "https://wa.me/6281234567890?text=Halo%20Siti" in page
    assert f"/pelatihan/penilaian/{paper.id}/peserta/{one.id}" in page


def test_a_follow_up_that_is_to_come_says_its_day(client, world, batch, editor):
    page = client.get(f"/pelatihan/{batch.id}/penilaian/kabar").text
    assert "Belum waktunya" in page
    assert "Sen, 1 Mar 2027" in page
    batch.starts_on = batch.ends_on = date(2020, 1, 1)
    world.session.commit()
    assert "Tidak ditanyakan" in client.get(f"/pelatihan/{batch.id}/penilaian/kabar").text
    year = client.get(f"/pelatihan/{batch.id}/penilaian/kabar/setahun")
    assert year.location.endswith("kapan=after_12")


def test_over_all_batches_made_up_ones_stand_apart(client, world, batch, editor):
    simulated = world.batch(status=BatchStatus.FINISHED, name="Angkatan buatan", simulated=True)
    _answered(world, batch, 5)
    _answered(world, simulated, 7)
    page = client.get("/pelatihan/kabar").text
    assert "5 dari 5 peserta menjawab." in page
    assert "Angkatan buatan" not in page
    made_up = client.get("/pelatihan/kabar?simulasi=1").text
    assert "7 dari 7 peserta menjawab." in made_up
    assert "Pesertanya dan semua angkanya buatan." in made_up


def test_outcomes_of_one_programme_or_none(client, world, batch, editor):
    other = world.batch(status=BatchStatus.FINISHED, name="Angkatan lain")
    _answered(world, batch, 5)
    assert "Angkatan Loa Kulu" in client.get(f"/pelatihan/kabar?program={batch.programme_id}").text
    assert is_empty(client.get(f"/pelatihan/kabar?program={other.programme_id}").text)
    assert is_empty(client.get("/pelatihan/kabar?kapan=after_12").text)


def test_who_may_not_see_people_reads_no_names(client, world, batch):
    sign_in(client, world.user(Role.VIEWER))
    _answered(world, batch, 5)
    world.session.commit()
    page = client.get("/pelatihan/kabar").text
    assert "untuk bank sampah" in page
    assert "Peserta " not in page.split("Yang sudah dibuat", 1)[1]
    assert client.get(f"/pelatihan/{batch.id}/penilaian/kabar").status_code == 403


def test_the_page_over_batches_takes_the_same_number_of_questions_for_any_number(client, world, batch, editor):
    def questions():
        with asked() as seen:
            client.get("/pelatihan/kabar")
        return len(seen)

    _answered(world, batch, 2)
    few = questions()
    for _ in range(4):
        _answered(world, world.batch(programme=batch.programme, status=BatchStatus.FINISHED), 2)
    assert questions() == few


def test_what_somebody_built_fills_the_form_of_a_project(client, world, batch, editor):
    _answered(world, batch, 1, buat_tautan="https://contoh.go.id/kas")
    page = client.get(f"/pelatihan/{batch.id}/penilaian/kabar").text
    address = html.unescape(page.split('href="/pelatihan/proyek/baru?', 1)[1].split('"', 1)[0])
    form = client.get(f"/pelatihan/proyek/baru?{address}").text
    assert 'value="Buku kas"' in form
    assert "untuk bank sampah" in form
    assert 'value="https://contoh.go.id/kas"' in form
    assert f'selected value="{batch.id}"' in form
