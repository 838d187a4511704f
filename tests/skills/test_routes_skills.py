"""The pages of skills as people with different roles get them."""

import io
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.audit import AuditEntry
from app.kernel.roles import Role
from app.kernel.site import Site
from app.learning.assessments.models import Paper, Sitting
from app.learning.skills.models import SkillEvidence
from app.learning.training.models import BatchStatus, Outcome
from app.learning.training.participants.tokens import own_path
from tests.pages import asked, is_empty, sign_in
from tests.skills.conftest import Proofs
from tests.world import World

SAW = "Membuat basis data perpustakaan tanpa dibantu."


@pytest.fixture
def office(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR, name="Rahma"))
    return client


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_the_matrix_marks_gaps_in_words_and_leads_to_the_people(
    office: FlaskClient, world: World, proofs: Proofs
) -> None:
    skill = world.skill("Basis data")
    able, empty = world.organisation(kind="opd", name="Dinas Ada"), world.organisation(kind="opd", name="Dinas Kosong")
    proofs.has(world.trainee("Ani", organisation_id=able.id), skill, 2)
    shown = page(office, "/pelatihan/keterampilan")
    assert f"/pelatihan/keterampilan/{skill.id}?opd={able.id}" in shown
    assert f"/pelatihan/keterampilan/{skill.id}?opd={empty.id}" not in shown
    assert "belum ada" in shown
    assert "Simulasi." not in shown
    assert "Dinas Ada" not in page(office, "/pelatihan/keterampilan?tampil=celah")
    assert "Dinas Kosong" in page(office, "/pelatihan/keterampilan?tampil=celah")
    assert "Dinas Kosong" not in page(office, "/pelatihan/keterampilan?q=dinas+ada")
    assert is_empty(page(office, "/pelatihan/keterampilan?q=zzz"))
    assert "Tenggarong" in page(office, "/pelatihan/keterampilan?menurut=kecamatan")


def test_the_matrix_of_practice_people_says_so(office: FlaskClient, world: World, proofs: Proofs) -> None:
    person = world.enrolment(world.batch(simulated=True)).trainee
    proofs.has(person, world.skill(), 2)
    assert "Simulasi." in page(office, "/pelatihan/keterampilan")


def test_without_skills_the_page_says_what_to_do(office: FlaskClient) -> None:
    assert "Daftar keterampilan masih kosong" in page(office, "/pelatihan/keterampilan")


def test_the_matrix_as_a_file_has_figures_and_no_names(office: FlaskClient, world: World, proofs: Proofs) -> None:
    opd = world.organisation(kind="opd", name="Dinas Ada")
    world.organisation(kind="opd", name="Dinas Kosong")
    ani = world.trainee("Ani", organisation_id=opd.id)
    world.enrolment(world.batch(), ani)
    proofs.has(ani, world.skill("Basis data"), 3)
    sheet = load_workbook(io.BytesIO(office.get("/pelatihan/keterampilan/berkas").data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert ("Dinas Ada", 1, "Data", "Basis data", 0, 0, 1, 1) in rows
    assert ("Dinas Kosong", "belum ada peserta", "Data", "Basis data", None, None, None, None) in rows
    text = office.get("/pelatihan/keterampilan/berkas?bentuk=csv").get_data(as_text=True)
    assert "Dinas Ada;1;Data;Basis data;0;0;1;1" in text
    assert "Dinas Kosong;belum ada peserta;Data;Basis data;;;;" in text
    assert "Simulasi" not in text
    assert "Ani" not in text


def test_who_can_shows_contacts_to_those_who_may_see_them(client: FlaskClient, world: World, proofs: Proofs) -> None:
    skill, opd = world.skill("Basis data"), world.organisation(kind="opd")
    proofs.has(world.trainee("Ani", organisation_id=opd.id, phone="+6281200001234"), skill, 2)
    proofs.has(world.trainee("Budi", phone="+6281200005678"), skill, 2)
    path = f"/pelatihan/keterampilan/{skill.id}"
    sign_in(client, world.user(Role.OPD_CONTACT, organisation=opd))
    shown = page(client, path)
    assert "Ani" in shown
    assert "1234" not in shown
    assert "Budi" not in shown
    assert "1 orang lagi tidak ditampilkan namanya" in shown


def test_who_can_in_the_office(office: FlaskClient, world: World, proofs: Proofs) -> None:
    skill = world.skill("Basis data")
    proofs.has(world.trainee("Ani", phone="+6281200001234"), skill, 2)
    proofs.has(world.trainee("Budi"), skill, 1)
    shown = page(office, f"/pelatihan/keterampilan/{skill.id}")
    assert "0812-0000-1234" in shown
    assert "Budi" not in shown
    assert "1 orang lagi" in shown
    assert "Budi" in page(office, f"/pelatihan/keterampilan/{skill.id}?tingkat=1")
    assert office.get("/pelatihan/keterampilan/99999").status_code == 404


def test_names_that_are_taken_away_are_written_down(
    office: FlaskClient, session: Session, world: World, proofs: Proofs
) -> None:
    skill = world.skill("Basis data")
    proofs.has(world.trainee("Ani", phone="+6281200001234"), skill, 2)
    for path, action in (
        (f"/pelatihan/keterampilan/{skill.id}/berkas", "skill.people_exported"),
        ("/pelatihan/orang/berkas", "trainees.exported"),
    ):
        assert office.get(path).status_code == 405
        plain = office.post(path, data={"bentuk": "csv"}).get_data(as_text=True)
        assert "Ani" in plain
        assert "1234" not in plain
        whole = office.post(path, data={"bentuk": "csv", "kontak": "1"}).get_data(as_text=True)
        assert "0812-0000-1234" in whole
        session.rollback()
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)).all()
        assert [one.after for one in entries] == [
            {"people": 1, "with_contact": False},
            {"people": 1, "with_contact": True},
        ]


def test_people_are_found_by_words_and_skill(office: FlaskClient, world: World, proofs: Proofs) -> None:
    skill = world.skill("Basis data")
    proofs.has(world.trainee("Ani"), skill, 2)
    proofs.has(world.trainee("Budi"), skill, 1)
    world.trainee("Citra")
    assert "Citra" in page(office, "/pelatihan/orang")
    shown = page(office, f"/pelatihan/orang?keterampilan={skill.id}&tingkat=2")
    assert "Ani" in shown
    assert "Budi" not in shown
    assert is_empty(page(office, "/pelatihan/orang?q=zzz"))


def test_a_skill_is_noted_and_taken_back_on_the_page_of_the_person(
    office: FlaskClient, session: Session, world: World
) -> None:
    person, skill = world.trainee("Ani"), world.skill("Basis data")
    path = f"/pelatihan/orang/{person.id}"
    wrong = office.post(
        f"{path}/keterampilan", data={"skill_id": skill.id, "level": 2, "on": "2026-11-24", "note": "ya"}
    )
    assert wrong.status_code == 422
    assert "paling sedikit 10 huruf" in wrong.get_data(as_text=True)
    data = {"skill_id": skill.id, "level": 2, "on": "2026-11-24", "note": SAW}
    assert office.post(f"{path}/keterampilan", data=data).status_code == 303
    shown = page(office, path)
    assert SAW in shown
    assert "Rahma" in shown
    row = session.scalars(select(SkillEvidence)).one()
    office.post(f"{path}/keterampilan/{row.id}/cabut", data={"reason": "Ternyata dibantu teman."})
    shown = page(office, path)
    assert "Ternyata dibantu teman." in shown
    assert "tidak berlaku lagi" in shown


def test_nothing_is_picked_for_whoever_forgets_to(office: FlaskClient, world: World) -> None:
    world.skill("Basis data")
    person = world.trainee("Ani")
    data = {"skill_id": 0, "level": 2, "on": "2026-11-24", "note": SAW}
    answer = office.post(f"/pelatihan/orang/{person.id}/keterampilan", data=data)
    assert answer.status_code == 422
    assert "Pilih keterampilan dari daftar." in answer.get_data(as_text=True)


def test_the_page_of_a_person_in_a_batch(office: FlaskClient, world: World, proofs: Proofs) -> None:
    skill = world.skill("Basis data")
    batch = world.batch(programme=world.programme(skills=[(skill, 2)]), sessions=1)
    batch.sessions[0].event.starts_at -= timedelta(days=3)
    batch.sessions[0].event.ends_at -= timedelta(days=3)
    enrolment = world.enrolment(batch)
    world.attended(enrolment, batch.sessions[0])
    certificate = proofs.certificate(enrolment)
    shown = page(office, f"/pelatihan/orang/{enrolment.trainee_id}")
    assert batch.name in shown
    assert "1 dari 1 pertemuan" in shown
    assert certificate.number in shown
    assert "Basis data" in shown


def test_the_figures_carry_their_n_and_say_what_is_missing(office: FlaskClient, world: World) -> None:
    batch = world.batch(status=BatchStatus.FINISHED, starts_on=date(2026, 2, 1), ends_on=date(2026, 3, 1))
    world.enrolment(batch, world.trainee(sex="f"), outcome=Outcome.COMPLETED)
    world.enrolment(batch, outcome=Outcome.INCOMPLETE)
    world.skill(group="Data")
    shown = page(office, "/pelatihan/angka")
    assert "1 lulus dari 2 yang mulai, di angkatan yang selesai" in shown
    assert "1 dari 1 orang; 1 belum diketahui" in shown
    assert "belum ada pertemuan yang berlangsung" in shown
    assert "belum ada yang ikut tes awal dan akhir" in shown
    assert "OPD belum punya" in shown
    assert is_empty(page(office, "/pelatihan/angka?tahun=1999"))
    assert "Belum ada angkatan" not in page(office, "/pelatihan/angka?tahun=99999")
    text = office.get("/pelatihan/angka/berkas?bentuk=csv").get_data(as_text=True)
    assert batch.name in text


def test_the_figures_of_practice_say_so(office: FlaskClient, world: World) -> None:
    world.batch(simulated=True)
    assert "Simulasi." in page(office, "/pelatihan/angka")


def test_a_real_batch_ends_the_practice_on_every_page(office: FlaskClient, world: World, proofs: Proofs) -> None:
    skill, opd = world.skill("Basis data"), world.organisation(kind="opd", name="Dinas Ada")
    practice = world.batch(simulated=True)
    proofs.has(world.enrolment(practice, world.trainee("Buatan", organisation_id=opd.id)).trainee, skill, 2)
    paths = ("/pelatihan/angka", "/pelatihan/keterampilan", f"/pelatihan/keterampilan/{skill.id}", "/pelatihan/orang")
    assert all("Simulasi." in page(office, path) for path in paths)
    assert "1 dari 2 OPD belum punya" in page(office, "/pelatihan/angka")
    world.batch()
    assert not any("Simulasi." in page(office, path) or "Buatan" in page(office, path) for path in paths)
    assert "2 dari 2 OPD belum punya" in page(office, "/pelatihan/angka")
    assert practice.programme.title not in page(office, "/pelatihan/angka")
    assert "Buatan" in page(office, "/pelatihan/orang?data=simulasi")


def test_files_of_practice_say_so(office: FlaskClient, world: World, proofs: Proofs) -> None:
    skill, batch = world.skill("Basis data"), world.batch(simulated=True)
    proofs.has(world.enrolment(batch).trainee, skill, 2)
    gets = ("/pelatihan/keterampilan/berkas", "/pelatihan/angka/berkas")
    posts = (
        f"/pelatihan/keterampilan/{skill.id}/berkas",
        "/pelatihan/orang/berkas",
        f"/pelatihan/{batch.id}/peserta/unduh",
    )
    for asked_by, paths in ((office.get, gets), (office.post, posts)):
        for path in paths:
            values = {"query_string" if path in gets else "data": {"bentuk": "csv"}}
            assert asked_by(path, **values).get_data(as_text=True).lstrip("\ufeff").startswith("Simulasi\r\n"), path
            book = load_workbook(io.BytesIO(asked_by(path).data))
            assert {sheet["A1"].value for sheet in book.worksheets} == {"Simulasi"}, path


def test_the_file_of_people_leaves_empty_what_was_not_recorded(office: FlaskClient, world: World) -> None:
    world.trainee("Ani")
    text = office.post("/pelatihan/orang/berkas", data={"bentuk": "csv"}).get_data(as_text=True)
    assert "Ani;;;;;0;;" in text


def test_people_without_a_village_are_no_district_reached_by_nobody(office: FlaskClient, world: World) -> None:
    batch = world.batch()
    world.enrolment(batch)
    shown = page(office, "/pelatihan/angka")
    assert "dari 20 kecamatan; 1 orang belum dicatat desanya" in shown
    assert "Kecamatan terjangkau" not in shown
    world.enrolment(batch, world.trainee(village_code=world.village()))
    assert "dari 20 kecamatan; 1 orang belum dicatat desanya" in page(office, "/pelatihan/angka")


def test_managers_read_no_share_of_few_people(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.VIEWER))
    batch = world.batch(status=BatchStatus.FINISHED, starts_on=date(2026, 2, 1), ends_on=date(2026, 3, 1))
    world.enrolment(batch, outcome=Outcome.INCOMPLETE)
    shown = page(client, "/pelatihan/angka")
    assert "belum cukup (1 dari 5)" in shown
    assert "0 dari 1" not in shown
    text = client.get("/pelatihan/angka/berkas?bentuk=csv").get_data(as_text=True)
    assert "belum cukup (1 dari 5)" in text


def test_the_file_of_figures_has_all_that_the_page_has(office: FlaskClient, world: World) -> None:
    world.organisation(kind="opd", name="Dinas Kosong")
    world.skill(group="Data")
    batch = world.batch()
    world.enrolment(batch)
    book = load_workbook(io.BytesIO(office.get("/pelatihan/angka/berkas").data))
    first, totals, gaps = ([list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets)
    assert [row[0] for row in first] == ["Angkatan", batch.name, "Seluruhnya"]
    assert "Kenaikan, batas bawah (%)" in first[0]
    assert {"Masih aktif 3 bulan kemudian", "Kecamatan asal peserta"} <= {row[0] for row in totals}
    assert ["Data", "Dinas Kosong", "belum ada peserta"] in gaps


def test_a_person_fell_back_by_whole_percents_with_a_minus(office: FlaskClient, session: Session, world: World) -> None:
    enrolment = world.enrolment(world.batch())
    version, now = world.instrument().versions[0], world.clock.now()
    for kind, score in (("pre", 9), ("post", 4)):
        paper = Paper(batch_id=enrolment.batch_id, kind=kind, instrument_version_id=version.id, most=14, created_at=now)
        session.add(paper)
        session.flush()
        session.add(Sitting(paper_id=paper.id, enrolment_id=enrolment.id, score=score, most=14, handed_in_at=now))
    session.commit()
    shown = page(office, f"/pelatihan/orang/{enrolment.trainee_id}")
    assert "64%" in shown
    assert "64,3" not in shown
    assert "−56% dari yang sudah dikuasai" in shown


def test_a_participant_reads_the_own_skills_in_plain_words(
    client: FlaskClient, session: Session, world: World, proofs: Proofs
) -> None:
    person = world.enrolment(world.batch()).trainee
    skill, lost = world.skill("Basis data"), world.skill("Jaringan komputer")
    proofs.has(person, skill, 2, note=SAW)
    proofs.has(person, lost, 2, withdrawn_at=world.clock.now())
    session.info["site"] = Site(secret_key=client.application.config["SECRET_KEY"])
    shown = page(client, own_path(session, person))
    assert "Keterampilan saya" in shown
    assert SAW in shown
    assert "Jaringan komputer" not in shown


def test_training_stands_on_the_pages_of_reach(office: FlaskClient, world: World) -> None:
    batch = world.batch(sessions=1)
    event = batch.sessions[0].event
    event.starts_at -= timedelta(days=5)
    event.ends_at -= timedelta(days=5)
    event.village_code = world.village(40)
    enrolment = world.enrolment(batch, world.trainee(village_code=world.village()))
    world.attended(enrolment, batch.sessions[0])
    assert "Peserta pelatihan dari sana" in page(office, f"/wilayah/desa/{world.village()}")
    assert "Peserta pelatihan dari sana" in page(office, f"/jangkauan?keadaan=semua&q={world.village()}")


def test_the_matrix_page_asks_the_same_number_of_questions(office: FlaskClient, world: World, proofs: Proofs) -> None:
    def read() -> int:
        with asked() as seen:
            page(office, "/pelatihan/keterampilan")
        return len(seen)

    proofs.has(world.trainee(), world.skill(), 2)
    before = read()
    for _ in range(4):
        proofs.has(world.trainee(organisation_id=world.organisation(kind="opd").id), world.skill(), 2)
    assert read() == before


def test_home_tells_managers_in_how_many_opds_nobody_can_do_it_alone(
    client: FlaskClient, world: World, proofs: Proofs
) -> None:
    sign_in(client, world.user(Role.VIEWER))
    assert "OPD tanpa orang yang mandiri" not in page(client, "/")
    able = world.organisation(kind="opd")
    world.organisation(kind="opd")
    proofs.has(world.trainee(organisation_id=able.id), world.skill(), 2)
    shown = page(client, "/")
    assert "OPD tanpa orang yang mandiri" in shown
    assert "/pelatihan/angka#celah" in shown


def test_the_file_of_participants_holds_numbers_and_dates(office: FlaskClient, session: Session, world: World) -> None:
    enrolment = world.enrolment(world.batch())
    version, now = world.instrument().versions[0], world.clock.now()
    for kind, score in (("pre", 8), ("post", 4)):
        paper = Paper(batch_id=enrolment.batch_id, kind=kind, instrument_version_id=version.id, most=16, created_at=now)
        session.add(paper)
        session.flush()
        session.add(Sitting(paper_id=paper.id, enrolment_id=enrolment.id, score=score, most=16, handed_in_at=now))
    session.commit()
    sheet = load_workbook(io.BytesIO(office.post(f"/pelatihan/{enrolment.batch_id}/peserta/unduh").data)).active
    assert sheet is not None
    titles, row = sheet.iter_rows(values_only=True)
    found = dict(zip(titles, row, strict=True))
    assert (found["Tes awal (%)"], found["Tes akhir (%)"], found["Kenaikan (%)"]) == (50, 25, -50)
    assert isinstance(found["Mendaftar"], datetime)


def test_the_page_of_a_batch_tells_managers_no_attendance_of_few(client: FlaskClient, world: World) -> None:
    batch = world.batch(sessions=1)
    batch.sessions[0].event.starts_at -= timedelta(days=3)
    batch.sessions[0].event.ends_at -= timedelta(days=3)
    world.enrolment(batch)
    sign_in(client, world.user(Role.VIEWER))
    assert "belum cukup (1 dari 5)" in page(client, f"/pelatihan/{batch.id}")
    client.post("/keluar")
    sign_in(client, world.user(Role.EDITOR))
    assert "belum cukup" not in page(client, f"/pelatihan/{batch.id}")
