"""The public pages of training, asking for a place, and the own page of a participant."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.media.models import StoredFile
from app.base.notices.models import Notice
from app.gatherings.events.models import Registration, RegistrationStatus
from app.kernel.clock import FrozenClock
from app.kernel.site import Site
from app.learning.programmes.models import ModuleMaterial, Prerequisite
from app.learning.training.models import Admission, Batch, BatchQuota, BatchStatus, Enrolment, EnrolmentStatus, Trainee
from app.learning.training.participants.tokens import own_path, own_token
from tests.pages import asked
from tests.world import World

FORM = {"name": "Siti Aminah", "phone": "0812-3456-7890", "consent": "1"}


@pytest.fixture
def batch(world: World) -> Batch:
    batch = world.batch(sessions=2, name="Angkatan Satu", capacity=5, link="https://rapat.contoh.id/rahasia")
    world.session.commit()
    return batch


def own(session: Session, trainee: Trainee, client: FlaskClient) -> str:
    """The path of the own page, as this application signs it."""
    session.commit()
    session.info["site"] = Site(secret_key=client.application.config["SECRET_KEY"])
    return own_path(session, trainee)


def test_open_batches_are_listed_with_their_places(client: FlaskClient, world: World, batch: Batch) -> None:
    world.enrolment(batch)
    world.batch(name="Masih disiapkan", status=BatchStatus.DRAFT)
    world.batch(name="Latihan saja", simulated=True)
    world.session.commit()
    html = client.get("/ikut").text
    assert "Angkatan Satu" in html
    assert "4 dari 5 tempat tersisa" in html
    assert "Masih disiapkan" not in html
    assert "Latihan saja" not in html
    assert "Tidak ada pelatihan yang cocok" in client.get("/ikut?q=zzz").text


@pytest.fixture
def practising(app: Flask) -> None:
    """The application in practice mode."""
    wiring = app.extensions["wiring"]
    wiring.settings = replace(wiring.settings, practice=True)


@pytest.mark.usefixtures("practising")
def test_in_practice_mode_one_registers_for_a_simulated_batch_that_says_what_it_is(
    client: FlaskClient, session: Session, world: World
) -> None:
    batch = world.batch(name="Latihan saja", simulated=True, sessions=1)
    session.commit()
    html = client.get("/ikut").text
    assert "Latihan saja" in html
    assert "Simulasi" in html
    assert "Simulasi." in client.get(f"/ikut/{batch.code}").text
    known = client.post(f"/ikut/{batch.code}", data=FORM | {"email": "siti@contoh.id"})
    assert known.status_code == 303
    assert "Simulasi." in client.get(known.location).text
    assert session.scalars(select(Notice)).one().address == "siti@contoh.id"
    page = client.get(own(session, session.scalars(select(Trainee)).one(), client)).text
    assert "Simulasi." in page
    assert "Anda diterima" in page


def test_outside_practice_mode_a_simulated_batch_is_not_there(
    client: FlaskClient, session: Session, world: World
) -> None:
    batch = world.batch(simulated=True)
    session.commit()
    assert client.get(f"/ikut/{batch.code}").status_code == 404
    assert client.post(f"/ikut/{batch.code}", data=FORM).status_code == 404
    assert client.get(f"/ikut/{batch.code}/tercatat").status_code == 404
    session.rollback()
    assert session.scalars(select(Enrolment)).all() == []


def test_nothing_open_says_what_to_do(client: FlaskClient) -> None:
    assert "Belum ada pelatihan yang dibuka" in client.get("/ikut").text


def test_a_batch_says_what_it_is_and_hides_the_link(client: FlaskClient, batch: Batch) -> None:
    answer = client.get(f"/ikut/{batch.code}")
    assert answer.status_code == 200
    assert "Modul 1" in answer.text
    assert "rapat.contoh.id" not in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert client.get("/ikut/tidakada").status_code == 404
    assert client.get("/ikut/privasi").status_code == 200


def test_a_batch_for_nominations_only_has_no_form(client: FlaskClient, world: World) -> None:
    batch = world.batch(admission=Admission.NOMINATION)
    world.session.commit()
    html = client.get(f"/ikut/{batch.code}").text
    assert "diusulkan oleh OPD" in html
    assert 'name="consent"' not in html


def test_somebody_new_without_an_address_gets_the_link_from_the_office(
    client: FlaskClient, session: Session, batch: Batch
) -> None:
    answer = client.post(f"/ikut/{batch.code}", data=FORM)
    assert answer.status_code == 303
    assert "lewat WhatsApp" in client.get(answer.location).text
    entered = session.scalars(select(Enrolment)).one()
    assert not entered.told, "the office's list has it, with a message and the link"
    page = client.get(own(session, entered.trainee, client))
    assert "Anda diterima" in page.text
    assert "rapat.contoh.id" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"


def test_the_answer_is_the_same_whether_the_phone_is_known_or_not(
    client: FlaskClient, world: World, batch: Batch
) -> None:
    world.trainee("Budi", phone="+6281234567890")
    world.session.commit()
    answers = [
        client.post(f"/ikut/{batch.code}", data=FORM | {"phone": one}) for one in (FORM["phone"], "0813-2222-1111")
    ]
    assert {(one.status_code, one.location) for one in answers} == {(303, f"/ikut/{batch.code}/tercatat?lewat=telepon")}


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(
    client: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    world.enrolment(batch, world.trainee("Budi", phone=None, email="budi@contoh.id"))
    world.session.commit()
    answers = [
        client.post(f"/ikut/{batch.code}", data=FORM | {"phone": "", "email": address})
        for address in ("budi@contoh.id", "baru@contoh.id")
    ]
    assert {answer.location for answer in answers} == {f"/ikut/{batch.code}/tercatat"}
    pages = [client.get(answer.location).text for answer in answers]
    assert pages[0] == pages[1]
    assert "Budi" not in pages[0]
    session.expire_all()
    assert set(session.scalars(select(Notice.address))) == {"budi@contoh.id", "baru@contoh.id"}


def test_who_registers_again_by_phone_is_not_sent_to_look_for_a_mail(
    client: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    world.enrolment(batch, world.trainee("Siti Aminah", phone="+6281234567890"))
    session.commit()
    answer = client.post(f"/ikut/{batch.code}", data=FORM)
    html = client.get(answer.location).text
    assert "<h1>Pendaftaran diterima</h1>" in html
    assert "lewat WhatsApp" in html


def test_a_phone_that_is_known_opens_no_page(client: FlaskClient, session: Session, world: World, batch: Batch) -> None:
    known = world.trainee("Budi", phone="+6281234567890")
    world.session.commit()
    answer = client.post(f"/ikut/{batch.code}", data=FORM)
    assert answer.location == f"/ikut/{batch.code}/tercatat?lewat=telepon"
    session.expire_all()
    entered = session.scalars(select(Enrolment)).one()
    assert (entered.trainee_id, entered.trainee.name, entered.told) == (known.id, "Budi", False)


def test_what_was_typed_stays_when_something_is_missing(client: FlaskClient, batch: Batch) -> None:
    answer = client.post(f"/ikut/{batch.code}", data={"name": "Siti Aminah", "motivation": "Ingin bisa"})
    assert answer.status_code == 422
    assert "Siti Aminah" in answer.text
    assert "Ingin bisa" in answer.text


def test_everything_that_is_wrong_is_said_in_one_answer(client: FlaskClient, batch: Batch) -> None:
    html = client.post(f"/ikut/{batch.code}", data={"name": ""}).text
    for field in ("name", "phone", "consent"):
        assert f'href="#{field}"' in html
    html = client.post(f"/ikut/{batch.code}", data={"name": "S1ti <b>", "phone": "12", "email": "salah"}).text
    for field in ("name", "phone", "email", "consent"):
        assert html.count(f'href="#{field}"') == 1


def test_limits_of_opd_and_village_are_two_sentences(client: FlaskClient, world: World) -> None:
    batch = world.batch(per_opd=2, per_village=3)
    world.session.commit()
    html = client.get(f"/ikut/{batch.code}").text
    assert "dari satu OPD. Paling" in " ".join(html.split())
    assert "OPD.Paling" not in html


def test_the_link_is_sent_again_with_the_same_answer_for_everybody(
    client: FlaskClient, session: Session, world: World
) -> None:
    world.trainee("Budi", phone="+6281234567890", email="budi@contoh.id")
    world.session.commit()
    assert client.get("/peserta").status_code == 200
    answers = [client.post("/peserta", data={"contact": one}).text for one in ("0812-3456-7890", "lain@contoh.id", "x")]
    assert answers[0] == answers[1] == answers[2]
    client.post("/peserta", data={"contact": "budi@contoh.id"})
    session.expire_all()
    assert [one.address for one in session.scalars(select(Notice))] == ["budi@contoh.id"], "once an hour"


def test_a_person_leaves_by_the_own_page(client: FlaskClient, session: Session, world: World, batch: Batch) -> None:
    enrolment = world.enrolment(batch)
    path = own(session, enrolment.trainee, client)
    leave = f"{path}/batal/{enrolment.id}"
    assert "Ya, batalkan" in client.get(leave).text
    assert client.post(leave).status_code == 303
    assert "Pendaftaran dibatalkan" in client.get(path).text
    session.expire_all()
    assert enrolment.status == EnrolmentStatus.WITHDRAWN
    assert set(session.scalars(select(Registration.status))) == {RegistrationStatus.CANCELLED}
    foreign = world.enrolment(batch)
    session.commit()
    assert client.post(f"{path}/batal/{foreign.id}").status_code == 404


def test_a_contact_is_corrected_and_the_seats_follow(
    client: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    enrolment = world.enrolment(batch)
    world.trainee(phone="+6281111111111")
    path = own(session, enrolment.trainee, client)
    assert client.get(f"{path}/ubah").status_code == 200
    assert client.post(f"{path}/ubah", data={"phone": "0811-1111-1111"}).status_code == 422
    assert client.post(f"{path}/ubah", data={"phone": "", "email": "baru@contoh.id"}).status_code == 303
    session.expire_all()
    assert (enrolment.trainee.phone, enrolment.trainee.contact_key) == (None, "baru@contoh.id")
    assert {one.email for one in session.scalars(select(Registration))} == {"baru@contoh.id"}


def test_the_data_are_erased_and_the_link_dies(
    client: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    enrolment = world.enrolment(batch, motivation="Ingin bisa")
    path = own(session, enrolment.trainee, client)
    assert "Data Anda sudah dihapus" in client.post(f"{path}/hapus").text
    assert client.get(path).status_code == 404
    session.expire_all()
    assert (enrolment.trainee.name, enrolment.trainee.phone, enrolment.motivation) == ("–", None, "")
    assert enrolment.status == EnrolmentStatus.WITHDRAWN
    assert {one.name for one in session.scalars(select(Registration))} == {"–"}


def test_materials_and_the_calendar_are_for_those_who_have_a_place(
    client: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    module = batch.programme.modules[0]
    session.add_all(
        [
            ModuleMaterial(module_id=module.id, title="Slide umum", url="https://contoh.id/slide"),
            ModuleMaterial(
                module_id=module.id, title="Kunci pelatih", url="https://contoh.id/kunci", for_trainers=True
            ),
        ]
    )
    inside = own(session, world.enrolment(batch).trainee, client)
    outside = own(session, world.enrolment(batch, status=EnrolmentStatus.WAITING).trainee, client)
    html = client.get(inside).text
    assert "Slide umum" in html
    assert "Kunci pelatih" not in html
    assert "Slide umum" not in client.get(outside).text
    assert client.get(f"{inside}/jadwal.ics").text.count("BEGIN:VEVENT") == 2
    assert client.get(f"{outside}/jadwal.ics").text.count("BEGIN:VEVENT") == 0


def test_a_link_of_somebody_else_opens_nothing(client: FlaskClient, session: Session, world: World) -> None:
    trainee = world.trainee()
    session.commit()
    session.info["site"] = Site(secret_key="another key")
    foreign = own_token(session, trainee)
    assert client.get(f"/peserta/{foreign}").status_code == 404


def test_the_own_page_shows_the_ticket_and_what_was_attended(
    client: FlaskClient, session: Session, world: World, batch: Batch, clock: FrozenClock
) -> None:
    enrolment = world.enrolment(batch)
    world.attended(enrolment, batch.sessions[0])
    path = own(session, enrolment.trainee, client)
    html = client.get(path).text
    assert "Hadir di 1 dari 1 pertemuan" in html
    assert "Kode tiket" in html


def test_the_own_page_begins_with_what_is_next_and_ends_with_leaving(
    client: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    file = StoredFile(
        sha256="ab" * 32, mime="application/pdf", size=84_000, name="salindia.pdf", created_at=world.clock.now()
    )
    session.add(file)
    session.flush()
    batch.programme.modules[0].materials = [ModuleMaterial(title="Salindia", file_id=file.id, position=0)]
    batch.min_attendance, batch.min_score = 80, 70
    one = world.enrolment(batch)
    html = client.get(own(session, one.trainee, client)).text
    order = [
        "Yang perlu Anda lakukan", "Kode tiket", "<h3>Jadwal</h3>", "Materi: Angkatan Satu", "Data Anda", "Batal ikut"
    ]  # fmt: skip
    assert [html.index(part) for part in order] == sorted(html.index(part) for part in order)
    assert "hadir paling sedikit 80% dari pertemuan dan mendapat nilai paling sedikit 70 dari 100" in html
    assert "84 KB" in html


def test_the_list_asks_a_constant_number_of_questions(client: FlaskClient, world: World, batch: Batch) -> None:
    def more() -> None:
        one = world.batch(sessions=1, village_code=world.village(), place="Balai")
        one.quotas = [BatchQuota(kind="sex", key="f", least=1)]
        world.enrolment(one)
        world.enrolment(one, status=EnrolmentStatus.WAITING)
        world.session.commit()

    more()
    client.get("/ikut")
    with asked() as few:
        client.get("/ikut")
    for _each in range(6):
        more()
    with asked() as many:
        client.get("/ikut")
    assert len(many) == len(few)


def test_the_page_names_what_one_should_bring_along(client: FlaskClient, world: World) -> None:
    programme = world.programme()
    programme.prerequisites = [Prerequisite(skill_id=world.skill("Mengolah tabel").id, level=2)]
    batch = world.batch(programme=programme)
    world.session.commit()
    assert "Mengolah tabel (Mandiri)" in client.get(f"/ikut/{batch.code}").text
