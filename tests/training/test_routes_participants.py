"""The office's pages of people of a batch: the list, selection, entering, correcting, walk-ins, files."""

import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.gatherings.events.models import Attendance, Registration
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.learning.training.models import Batch, Enrolment, EnrolmentStatus, Seat, Trainee
from app.learning.training.panels import COLUMNS, Column
from app.learning.training.participants.presence import attendance_by_enrolment
from tests.pages import asked, is_empty, sign_in
from tests.world import World

CRITERIA = [{"key": "tugas", "text": "Sesuai tugas", "most": 5}]
LONG = "Prof. Dr. Ir. H. Muhammad Abdurrahman Wahiduddin Nasution Siregar, S.Kom., M.T., Ph.D."


@pytest.fixture
def batch(world: World) -> Batch:
    batch = world.batch(sessions=2, name="Angkatan Satu", capacity=5)
    world.session.commit()
    return batch


@pytest.fixture
def client(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR))
    return client


def path(batch: Batch, rest: str = "") -> str:
    return f"/pelatihan/{batch.id}/peserta{rest}"


def actions(session: Session) -> list[str]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("training."))))


def test_people_are_listed_searched_and_filtered_in_constant_questions(
    client: FlaskClient, world: World, batch: Batch
) -> None:
    opd = world.organisation(name="Dinas Perkebunan")
    world.enrolment(batch, world.trainee("Budi", phone="+6281234567890", organisation_id=opd.id, sex="m"))
    world.session.commit()
    with asked() as few:
        html = client.get(path(batch)).text
    assert "Budi" in html
    assert "0812-••••-7890" in html
    assert "3456" not in html
    for number in range(55):
        world.enrolment(batch, world.trainee(f"Orang ke-{number}"), status=EnrolmentStatus.WAITING)
    world.session.commit()
    with asked() as many:
        html = client.get(path(batch)).text
    assert len(many) == len(few)
    assert "Halaman 1 dari 2" in html
    for query in ("q=perkebunan", f"opd={opd.id}", "jk=m", "keadaan=accepted"):
        found = client.get(path(batch, f"?{query}")).text
        assert "Budi" in found, query
        assert "Orang ke-" not in found, query
    assert "Tidak ada yang cocok" in client.get(path(batch, "?q=zzz")).text


def test_columns_of_higher_rooms_stand_in_the_list_and_the_file(
    client: FlaskClient, world: World, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.enrolment(batch)
    world.session.commit()
    column = Column(1, "Nilai uji", lambda _session, _batch, ids: dict.fromkeys(ids, 87))
    monkeypatch.setattr("app.learning.training.participants.routes.COLUMNS", [*COLUMNS, column])
    html = client.get(path(batch)).text
    assert "Nilai uji" in html
    assert "87" in html
    assert "Nilai uji" in client.post(path(batch, "/unduh"), data={"bentuk": "csv"}).text


def test_a_file_with_names_is_written_down(client: FlaskClient, session: Session, world: World, batch: Batch) -> None:
    world.enrolment(batch, world.trainee("Budi"))
    session.commit()
    plain = client.post(path(batch, "/unduh"), data={"bentuk": "csv"}).text
    assert "Budi" not in plain
    assert actions(session) == []
    answer = client.post(path(batch, "/unduh"), data={"pribadi": "1"})
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert "Budi" in rows[1]
    assert actions(session) == ["training.participants_exported"]


def test_somebody_is_entered_by_hand_and_a_double_is_asked_about(
    client: FlaskClient, session: Session, batch: Batch
) -> None:
    form = {"name": "Siti Aminah", "consent": "1"}
    assert client.get(path(batch, "/tambah?nama=Siti")).status_code == 200
    assert client.post(path(batch, "/tambah"), data={"name": "Siti"}).status_code == 422
    assert client.post(path(batch, "/tambah"), data=form).status_code == 303
    again = client.post(path(batch, "/tambah"), data=form)
    assert again.status_code == 422
    assert "Saya yakin" in again.text
    assert client.post(path(batch, "/tambah"), data=form | {"certain": "1"}).status_code == 303
    assert actions(session) == ["training.enrolled"] * 2


def test_a_name_is_corrected_and_the_seats_follow(
    client: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    one = world.enrolment(batch)
    session.commit()
    edit = path(batch, f"/{one.id}/ubah")
    assert one.trainee.name in client.get(edit).text
    answer = client.post(edit, data={"name": LONG, "email": "baru@contoh.id"})
    assert answer.status_code == 303
    session.rollback()
    session.expire_all()
    assert one.trainee.name == LONG
    assert {(row.name, row.email) for row in session.scalars(select(Registration))} == {(LONG, "baru@contoh.id")}
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "training.participant_edited")).one()
    assert LONG not in str(entry.after), "the trail is kept longer than the data"
    other = world.enrolment(batch)
    session.commit()
    taken = client.post(path(batch, f"/{other.id}/ubah"), data={"name": "Lain", "email": "baru@contoh.id"})
    assert taken.status_code == 422


def test_a_decision_needs_a_reason_where_somebody_is_turned_down(
    client: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    one = world.enrolment(batch, world.trainee(phone=None, email="a@contoh.id"), status=EnrolmentStatus.APPLIED)
    session.commit()
    page = path(batch, f"/{one.id}")
    assert "Pilih keputusan" in client.get(page).text
    assert client.post(page, data={"status": "rejected"}).status_code == 422
    assert client.post(page, data={"status": "rejected", "reason": "Tempat terbatas"}).status_code == 303
    assert "Tempat terbatas" in client.get(page).text
    assert client.post(page, data={"status": "applied"}).status_code == 303, "taken back"
    session.rollback()
    session.expire_all()
    assert one.status == EnrolmentStatus.APPLIED


def test_an_overlap_names_the_other_batch_and_asks(
    client: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    other = world.batch(sessions=1, name="Angkatan Lain")
    trainee = world.trainee("Budi")
    world.enrolment(other, trainee)
    one = world.enrolment(batch, trainee, status=EnrolmentStatus.APPLIED, overlaps=True)
    session.commit()
    assert "Angkatan Lain" in client.get(path(batch, "?keadaan=overlaps")).text
    page = path(batch, f"/{one.id}")
    refused = client.post(page, data={"status": "accepted"})
    assert refused.status_code == 422
    assert "Angkatan Lain" in refused.text
    assert client.post(page, data={"status": "accepted", "certain": "1"}).status_code == 303


def test_several_are_chosen_at_once_by_points(client: FlaskClient, session: Session, world: World) -> None:
    batch = world.batch(selection=True, capacity=2, criteria=CRITERIA)
    ones = [world.enrolment(batch, world.trainee(f"Orang {n}"), status=EnrolmentStatus.APPLIED) for n in range(3)]
    session.commit()
    page = f"/pelatihan/{batch.id}/seleksi"
    points = {f"nilai-{one.id}-tugas": str(n + 1) for n, one in enumerate(ones)}
    assert client.post(page, data=points | {"status": ""}).status_code == 303
    html = client.get(page).text
    assert html.index("Orang 2") < html.index("Orang 0"), "the best on top"
    assert client.post(page, data={f"nilai-{ones[0].id}-tugas": "6"}).status_code == 422
    answer = client.post(page, data=points | {"status": "accepted", "pilih": [str(one.id) for one in ones]})
    assert answer.status_code == 303
    assert "belum bisa diterima" in client.get(page).text, "two places for three people"
    session.rollback()
    session.expire_all()
    assert [one.status for one in ones].count(EnrolmentStatus.ACCEPTED) == 2
    assert ones[1].points == {"tugas": 2.0}


def test_who_cannot_be_mailed_is_told_by_hand(
    client: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    one = world.enrolment(batch, world.trainee("Budi", phone="+6281234567890"), told=False)
    session.commit()
    html = client.get(path(batch, "?keadaan=untold")).text
    assert "https://wa.me/6281234567890?text=Halo%20Budi" in html
    assert client.post(path(batch, f"/{one.id}/dikabari")).status_code == 303
    session.rollback()
    session.expire_all()
    assert one.told


def test_who_came_without_a_place_is_matched_or_entered(
    client: FlaskClient, session: Session, world: World, batch: Batch, clock: FrozenClock
) -> None:
    one = world.enrolment(batch, world.trainee("Siti Aminah"))
    event = batch.sessions[0].event
    guest = Attendance(event_id=event.id, name="Hj. Siti Aminah", method="walk_in", at=clock.now())
    session.add_all([guest, Attendance(event_id=event.id, name="Orang Lewat", method="walk_in", at=clock.now())])
    session.commit()
    html = client.get(path(batch)).text
    assert "Hadir, tetapi bukan peserta" in html
    assert "Cocokkan dengan Siti Aminah" in html
    assert "nama=Orang+Lewat" in html
    world.stay_signed_in()
    clock.move_to(event.ends_at + timedelta(hours=1))
    assert attendance_by_enrolment(session, [batch.id], now=clock.now())[one.id].came == 0
    session.rollback()
    session.expire_all()
    answer = client.post(path(batch, f"/hadir/{guest.id}"), data={"enrolment_id": one.id})
    assert answer.status_code == 303
    session.rollback()
    session.expire_all()
    seat = session.get_one(Seat, (one.id, batch.sessions[0].id))
    assert session.get_one(Attendance, guest.id).registration_id == seat.registration_id
    assert attendance_by_enrolment(session, [batch.id], now=clock.now())[one.id].percent == 100
    session.rollback()
    session.expire_all()
    assert "Hj. Siti Aminah" not in client.get(path(batch)).text


def test_names_are_not_for_everybody(client: FlaskClient, world: World, batch: Batch) -> None:
    client.post("/keluar")
    sign_in(client, world.user(Role.TRAINER, organisation=world.organisation()))
    assert client.get(path(batch)).status_code == 404
    client.post("/keluar")
    sign_in(client, world.user(Role.APPROVER))
    assert client.get(path(batch)).status_code == 200
    assert client.get(path(batch, "/tambah")).status_code == 403


def test_an_empty_batch_says_what_to_do(client: FlaskClient, session: Session, batch: Batch) -> None:
    assert is_empty(client.get(path(batch)).text)
    assert is_empty(client.get(f"/pelatihan/{batch.id}/seleksi").text)
    assert session.scalars(select(Enrolment)).all() == session.scalars(select(Trainee)).all() == []
