import io
import re
import zipfile
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.audit import AuditEntry
from app.kernel.roles import Role
from app.learning.certificates.models import Certificate
from app.learning.training.models import Batch, BatchTrainer, EnrolmentStatus
from tests.certificates.finished import enrolment_of, finished_batch, issued, taught_batch
from tests.pages import asked, is_empty, sign_in
from tests.world import World

SIGNER = {"name": "Dewi Kadis", "title": "Kepala Dinas", "city": "Tenggarong", "number": "1970"}


def editor(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))


def page(client: FlaskClient, batch: Batch, part: str = "") -> str:
    answer = client.get(f"/pelatihan/{batch.id}/sertifikat{part}")
    assert answer.status_code == 200
    return answer.text


def valid(session: Session) -> list[str]:
    session.rollback()
    query = select(Certificate.name).where(Certificate.revoked_at.is_(None)).order_by(Certificate.id)
    return list(session.scalars(query))


def test_the_page_says_who_meets_the_rule_and_why_others_do_not(client: FlaskClient, world: World) -> None:
    editor(client, world)
    batch = finished_batch(world)
    text = page(client, batch)
    assert "Hadir sedikitnya 75% dari pertemuan yang terlaksana" in text
    assert "Hadir 2 dari 4 pertemuan (50%), batasnya 75%." in text
    assert "Nilai 40, batasnya 60." in text
    assert "Terbitkan sertifikat" in text
    only = page(client, batch, "?keadaan=memenuhi")
    assert "Siti Aminah" in only
    assert "Rina Wati" not in only
    assert is_empty(page(client, batch, "?q=zzz"))


def test_before_the_end_the_page_shows_how_it_stands_and_offers_no_certificate(
    client: FlaskClient, world: World
) -> None:
    editor(client, world)
    text = page(client, taught_batch(world))
    assert "belum ditandai selesai" in text
    assert "/sertifikat/terbitkan" not in text


def test_chosen_people_get_theirs_and_a_second_press_gives_none(
    client: FlaskClient, world: World, session: Session
) -> None:
    editor(client, world)
    batch = finished_batch(world, [("Siti Aminah", 80, 4), ("Budi", 90, 4)])
    form = page(client, batch, "/terbitkan")
    assert form.count('name="peserta"') == 2
    fields = {**SIGNER, "peserta": [str(enrolment_of(world, batch, "Budi").id)]}
    for said in ("1 sertifikat diterbitkan", "Sertifikatnya sudah terbit"):
        answer = client.post(f"/pelatihan/{batch.id}/sertifikat/terbitkan", data=fields, follow_redirects=True)
        assert said in answer.text
    assert valid(session) == ["Budi"]
    assert "Dewi Kadis" in page(client, batch, "/terbitkan")


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_issued(
    client: FlaskClient, world: World, session: Session
) -> None:
    editor(client, world)
    batch = finished_batch(world)
    siti, rina = (str(enrolment_of(world, batch, name).id) for name in ("Siti Aminah", "Rina Wati"))
    for fields, said in (
        ({**SIGNER, "name": " ", "peserta": [siti]}, "Nama penanda tangan"),
        (SIGNER, "Pilih sedikitnya satu peserta"),
        ({**SIGNER, "peserta": [rina]}, "Belum memenuhi aturan sertifikat: Rina Wati"),
        ({**SIGNER, "peserta": ["x", "99999999999999"]}, "Pilih sedikitnya satu peserta"),
    ):
        answer = client.post(f"/pelatihan/{batch.id}/sertifikat/terbitkan", data=fields)
        assert answer.status_code == 422
        assert said in answer.text
    assert valid(session) == []


def test_the_rule_is_changed_at_once_until_certificates_were_issued_then_after_a_look(
    client: FlaskClient, world: World, session: Session
) -> None:
    editor(client, world)
    batch = finished_batch(world)
    path = f"/pelatihan/{batch.id}/sertifikat/aturan"
    fields = {"min_attendance": "50", "min_score": "60", "score_from": "test", "work_share": "50"}
    assert client.post(path, data=fields).status_code == 303
    issued(world, session.get_one(Batch, batch.id, populate_existing=True))
    looked = client.post(path, data={**fields, "min_attendance": "90"})
    assert looked.status_code == 422
    assert "1 peserta tidak lagi memenuhi aturan" in looked.text
    assert "Budi Santoso" in looked.text
    session.rollback()
    assert session.get_one(Batch, batch.id, populate_existing=True).min_attendance == 50
    sure = re.search(r'name="sure"[^>]*value="([^"]+)"', looked.text)
    assert sure is not None
    other = client.post(path, data={**fields, "min_attendance": "100", "min_score": "99", "sure": sure[1]})
    assert other.status_code == 422, "another rule than the one that was looked at"
    assert client.post(path, data={**fields, "min_attendance": "90", "sure": sure[1]}).status_code == 303
    assert "tidak lagi memenuhi aturan" in page(client, batch)


def test_a_rule_out_of_bounds_is_refused(client: FlaskClient, world: World) -> None:
    editor(client, world)
    batch = finished_batch(world)
    fields = {"min_attendance": "101", "min_score": "-1", "score_from": "test", "work_share": "50"}
    answer = client.post(f"/pelatihan/{batch.id}/sertifikat/aturan", data=fields)
    assert answer.status_code == 422
    assert answer.text.count("Isi angka 0 sampai 100.") >= 2


def test_revoking_and_putting_a_name_right(client: FlaskClient, world: World, session: Session) -> None:
    editor(client, world)
    batch = finished_batch(world, [("Siti Aminah", 80, 4), ("Budi", 90, 4)])
    siti, budi = sorted(issued(world, batch), key=lambda one: one.name, reverse=True)
    assert siti.number in client.get(f"/pelatihan/sertifikat/{siti.id}").text
    assert client.post(f"/pelatihan/sertifikat/{budi.id}/cabut", data={"reason": " "}).status_code == 422
    done = client.post(f"/pelatihan/sertifikat/{budi.id}/cabut", data={"reason": "Salah."}, follow_redirects=True)
    assert "Alasan: Salah." in done.text
    assert client.get(f"/pelatihan/sertifikat/{budi.id}/berkas.pdf").status_code == 404
    fields = {"name": "Siti Aminah, S.Kom."}
    moved = [client.post(f"/pelatihan/sertifikat/{siti.id}/nama", data=fields).headers["Location"] for _twice in "ab"]
    assert moved[0] == moved[1] != f"/pelatihan/sertifikat/{siti.id}"
    assert valid(session) == ["Siti Aminah, S.Kom."]
    assert "Sertifikat yang dicabut" in page(client, batch)


def test_the_office_decides_about_one_and_the_list_says_so(client: FlaskClient, world: World) -> None:
    editor(client, world)
    batch = finished_batch(world)
    path = f"/pelatihan/keputusan/{enrolment_of(world, batch, 'Budi Santoso').id}"
    assert "Hadir 2 dari 4" in client.get(path).text
    assert client.post(path, data={"outcome": "completed", "reason": ""}).status_code == 422
    done = client.post(path, data={"outcome": "completed", "reason": "Sakit."}, follow_redirects=True)
    assert "Keputusan kantor: Sakit." in done.text
    assert client.post(f"{path}/tarik").status_code == 303
    assert "Keputusan kantor" not in page(client, batch)


def test_files_of_a_batch(client: FlaskClient, world: World) -> None:
    editor(client, world)
    batch = finished_batch(world, [("Siti Aminah", 80, 4), ("Budi", 90, 4)])
    assert client.get(f"/pelatihan/{batch.id}/sertifikat/semua.pdf").status_code == 404
    sample = client.get(f"/pelatihan/{batch.id}/sertifikat/contoh.pdf")
    assert "CONTOH" in PdfReader(io.BytesIO(sample.data)).pages[0].extract_text().replace(" ", "")
    issued(world, batch)
    whole = client.get(f"/pelatihan/{batch.id}/sertifikat/semua.pdf")
    assert len(PdfReader(io.BytesIO(whole.data)).pages) == 4
    assert whole.headers["Cache-Control"] == "private, no-store"
    answer = client.get(f"/pelatihan/{batch.id}/sertifikat/semua.zip")
    assert answer.is_streamed
    assert len(zipfile.ZipFile(io.BytesIO(answer.data)).namelist()) == 2


def test_the_list_asks_as_often_for_many_as_for_few(client: FlaskClient, world: World) -> None:
    editor(client, world)
    batches = [finished_batch(world, [(f"Orang {n}", 80, 4) for n in range(count)]) for count in (2, 12)]
    counts = []
    for batch in batches:
        issued(world, batch)
        page(client, batch)
        with asked() as questions:
            page(client, batch)
        counts.append(len(questions))
    assert counts[0] == counts[1]


def test_mails_are_queued_once_and_those_without_an_address_are_named(client: FlaskClient, world: World) -> None:
    editor(client, world)
    batch = finished_batch(world, [("Siti", 80, 4), ("Budi", 90, 4)], emails={"Siti": "siti@contoh.id"})
    issued(world, batch)
    path = f"/pelatihan/{batch.id}/sertifikat/kirim"
    assert "1 surel dengan sertifikat sedang dikirim" in client.post(path, follow_redirects=True).text
    assert "Tidak ada yang perlu dikirim" in client.post(path, follow_redirects=True).text
    hand_out = page(client, batch, "?keadaan=serahkan")
    assert "Budi" in hand_out
    assert "Siti" not in hand_out.split("<tbody>")[1]


def test_a_batch_shows_its_certificates_on_the_other_pages(client: FlaskClient, world: World) -> None:
    editor(client, world)
    batch = finished_batch(world)
    (one,) = issued(world, batch)
    assert "1 terbit dari 1 peserta yang lulus" in client.get(f"/pelatihan/{batch.id}").text
    assert one.number in client.get(f"/pelatihan/{batch.id}/peserta").text


def test_a_trainer_of_another_organisation_sees_nothing(client: FlaskClient, world: World) -> None:
    batch = finished_batch(world)
    (one,) = issued(world, batch)
    sign_in(client, world.user(Role.TRAINER, organisation=world.organisation()))
    for path in (
        f"/pelatihan/{batch.id}/sertifikat",
        f"/pelatihan/{batch.id}/sertifikat/semua.zip",
        f"/pelatihan/sertifikat/{one.id}",
        f"/pelatihan/sertifikat/{one.id}/berkas.pdf",
    ):
        assert client.get(path).status_code == 404, urlsplit(path).path
    assert client.post(f"/pelatihan/sertifikat/{one.id}/cabut", data={"reason": "x"}).status_code == 404


def test_a_certificate_of_somebody_who_left_is_named_on_the_page(
    client: FlaskClient, world: World, session: Session
) -> None:
    editor(client, world)
    batch = finished_batch(world)
    (one,) = issued(world, batch)
    enrolment_of(world, batch, "Siti Aminah").status = EnrolmentStatus.WITHDRAWN
    session.commit()
    text = page(client, batch)
    assert "Memegang sertifikat, tetapi tidak lagi menjadi peserta" in text
    assert f"/pelatihan/sertifikat/{one.id}" in text


def test_outcomes_that_are_out_of_date_are_counted_anew_before_issuing(
    client: FlaskClient, world: World, session: Session
) -> None:
    editor(client, world)
    batch = finished_batch(world)
    batch.min_score = 30
    session.commit()
    form = page(client, batch, "/terbitkan")
    assert "Rina Wati (Lulus)" in form
    assert 'name="peserta"' not in form
    assert client.post(f"/pelatihan/{batch.id}/sertifikat/hitung").status_code == 303
    assert page(client, batch, "/terbitkan").count('name="peserta"') == 2


def test_a_name_with_signs_that_cannot_be_printed_is_pointed_out(client: FlaskClient, world: World) -> None:
    editor(client, world)
    odd = "Siti \u674e"
    batch = finished_batch(world, [(odd, 80, 4), ("Budi", 80, 4)])
    path = f"/pelatihan/{batch.id}/peserta/{enrolment_of(world, batch, odd).id}/ubah"
    form = page(client, batch, "/terbitkan")
    assert "tercetak sebagai kotak" in form
    assert path in form
    assert odd in client.get(path).text


def test_a_trainer_does_not_change_the_rule_once_the_batch_is_over(
    client: FlaskClient, world: World, session: Session
) -> None:
    trainer = world.user(Role.TRAINER)
    batch = finished_batch(world)
    batch.trainers.append(BatchTrainer(position=0, user_id=trainer.id, name=trainer.name))
    session.commit()
    sign_in(client, trainer)
    assert "/sertifikat/aturan" not in page(client, batch)
    led_back = client.get(f"/pelatihan/{batch.id}/sertifikat/aturan", follow_redirects=True).text
    assert "hanya diubah oleh editor atau admin kantor" in led_back
    assert client.post(f"/pelatihan/{batch.id}/sertifikat/aturan", data={}).status_code in (403, 422)


def test_issuing_asks_as_often_for_many_as_for_few(session: Session, world: World) -> None:
    programme = world.programme(skills=[(world.skill(), 2)])
    counts = []
    for count in (2, 2, 12):
        batch = finished_batch(world, [(f"Orang {n}", 80, 4) for n in range(count)], programme=programme)
        session.expunge_all()
        with asked() as questions:
            issued(world, session.get_one(Batch, batch.id))
        counts.append(sum(not one.startswith("INSERT") for one in questions.statements))
    assert counts[1] == counts[2]


def renamed(client: FlaskClient, one: Certificate, name: str) -> str:
    answer = client.post(f"/pelatihan/sertifikat/{one.id}/nama", data={"name": name}, follow_redirects=True)
    assert "Nama diperbaiki" in answer.text
    return answer.text


def test_one_that_replaces_a_mailed_one_is_offered_to_be_mailed_first(
    client: FlaskClient, world: World, session: Session
) -> None:
    editor(client, world)
    batch = finished_batch(world, [("Siti Aminah", 80, 4), ("Budi", 90, 4)], emails={"Siti Aminah": "s@contoh.id"})
    siti, budi = issued(world, batch)[::-1]
    assert siti.name == "Siti Aminah"
    siti.mailed_at = world.clock.now()
    session.commit()
    text = renamed(client, siti, "Siti Aminah, S.Kom.")
    assert "Sertifikat lama sudah dikirim lewat surel" in text
    assert re.search(r'class="btn btn-primary">.{0,200}Kirim lewat surel', text, re.DOTALL)
    assert re.search(r'class="btn btn-quiet" href="[^"]+">.{0,200}Buka PDF', text, re.DOTALL)
    handed = renamed(client, budi, "Budi Santoso, S.Kom.")
    assert "Serahkan penggantinya ini langsung kepada Budi Santoso, S.Kom." in handed


def test_who_was_revoked_is_said_to_be_and_gets_another_only_when_ticked(
    client: FlaskClient, world: World, session: Session
) -> None:
    editor(client, world)
    batch = finished_batch(world, [("Siti Aminah", 80, 4), ("Budi", 90, 4)])
    siti = next(one for one in issued(world, batch) if one.name == "Siti Aminah")
    client.post(f"/pelatihan/sertifikat/{siti.id}/cabut", data={"reason": "Bukan orangnya."})
    session.rollback()
    text = page(client, batch)
    row = text[text.index('<th scope="row">Siti Aminah') :].partition("</tr>")[0]
    assert "Dicabut" in row
    assert "belum terbit" not in row
    assert is_empty(page(client, batch, "?keadaan=menunggu"))
    assert "btn btn-primary" not in text.partition("</header>")[2].partition("<table")[0]
    form = page(client, batch, "/terbitkan")
    assert "Pernah dicabut" in form
    assert "checked" not in form[form.index('name="peserta"') :].partition(">")[0]
    summary = client.get(f"/pelatihan/{batch.id}").text
    assert "1 terbit dari 2 peserta yang lulus; 1 dicabut" in summary
    assert "2 lulus dari 2 yang mulai." in summary
    fields = {**SIGNER, "peserta": [str(siti.enrolment_id)]}
    client.post(f"/pelatihan/{batch.id}/sertifikat/terbitkan", data=fields)
    assert sorted(valid(session)) == ["Budi", "Siti Aminah"]


def test_counting_outcomes_again_leaves_a_trace_where_some_changed(
    client: FlaskClient, world: World, session: Session
) -> None:
    editor(client, world)
    batch = finished_batch(world)
    for expected in (0, 1, 1):
        client.post(f"/pelatihan/{batch.id}/sertifikat/hitung")
        session.rollback()
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "certificate.outcomes_settled")).all()
        assert len(entries) == expected
        session.get_one(Batch, batch.id).min_score = 10
        session.commit()
    assert entries[0].after == {"count": 1}
