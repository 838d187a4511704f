"""Who was at the sessions and who waits, as the office reads it: strangers, numbers, and the place in the queue."""

import io
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from app.gatherings.events.models import Attendance
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.learning.training.models import Batch, BatchStatus, Enrolment, EnrolmentStatus
from tests.pages import sign_in
from tests.world import World


@pytest.fixture
def batch(world: World) -> Batch:
    batch = world.batch(sessions=2, name="Angkatan Satu", capacity=5)
    world.session.commit()
    return batch


@pytest.fixture
def client(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR))
    return client


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def noted(world: World, batch: Batch, name: str) -> Attendance:
    row = Attendance(event_id=batch.sessions[0].event_id, name=name, method="walk_in", at=world.clock.now())
    world.session.add(row)
    world.session.commit()
    return row


def test_the_office_reads_the_place_in_the_queue_as_the_person_does(
    client: FlaskClient, world: World, batch: Batch
) -> None:
    for name in ("Pertama", "Kedua"):
        world.enrolment(batch, world.trainee(name))
    world.enrolment(batch, world.trainee("Penunggu"), status=EnrolmentStatus.WAITING)
    world.session.commit()
    assert "Daftar tunggu urutan ke-1" in words(client.get(f"/pelatihan/{batch.id}/peserta").text)
    answer = client.post(f"/pelatihan/{batch.id}/peserta/unduh", data={"pribadi": "1"})
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert rows[0][0] == "Urutan daftar tunggu"
    assert [row[0] for row in rows[1:]] == [None, None, 1]


def test_nobody_is_chosen_beforehand_and_who_was_there_is_left_out(
    client: FlaskClient, world: World, batch: Batch
) -> None:
    there, away = world.enrolment(batch, world.trainee("Sudah Hadir")), world.enrolment(batch, world.trainee("Absen"))
    world.attended(there, batch.sessions[0])
    row = noted(world, batch, "Orang Lewat")
    html = client.get(f"/pelatihan/{batch.id}/peserta").text
    box = html[html.index(f'id="cocok-{row.id}"') :].split("</select>")[0]
    assert re.findall(r'<option value="(\d*)">', box) == ["", str(away.id)]


@pytest.mark.parametrize(("who", "said"), [("there", "sudah tercatat hadir"), ("", "Pilih dulu pesertanya")])
def test_what_cannot_be_matched_is_said_on_the_list(
    client: FlaskClient, world: World, batch: Batch, who: str, said: str
) -> None:
    there = world.enrolment(batch, world.trainee("Sudah Hadir"))
    world.attended(there, batch.sessions[0])
    row = noted(world, batch, "Sudah Hadir")
    data = {"enrolment_id": there.id if who else ""}
    answer = client.post(f"/pelatihan/{batch.id}/peserta/hadir/{row.id}", data=data, follow_redirects=True)
    assert answer.status_code == 200
    assert said in answer.text


def test_a_finished_batch_only_shows_who_came_without_a_place(client: FlaskClient, world: World, batch: Batch) -> None:
    one = world.enrolment(batch, world.trainee("Siti"))
    row = noted(world, batch, "Siti")
    batch.status = BatchStatus.FINISHED
    world.session.commit()
    page = f"/pelatihan/{batch.id}/peserta"
    html = client.get(page).text
    assert "Hadir, tetapi bukan peserta" in html
    assert "buka kembali dulu" in html
    assert "/peserta/hadir/" not in html
    answer = client.post(f"{page}/hadir/{row.id}", data={"enrolment_id": one.id}, follow_redirects=True)
    assert "tidak berjalan lagi" in answer.text
    world.session.expire_all()
    assert row.registration_id is None


def test_who_has_no_place_is_counted_apart(
    client: FlaskClient, session: Session, world: World, batch: Batch, clock: FrozenClock
) -> None:
    came: list[Enrolment] = [world.enrolment(batch) for _ in range(3)]
    world.attended(came[0], batch.sessions[0])
    world.attended(came[1], batch.sessions[0])
    world.attended(came[2], batch.sessions[0])
    came[2].status = EnrolmentStatus.WITHDRAWN
    noted(world, batch, "Orang Lewat")
    world.stay_signed_in()
    clock.move_to(batch.sessions[0].event.ends_at + timedelta(hours=1))
    assert "2 hadir dari 2 peserta, 2 lainnya" in words(client.get(f"/pelatihan/{batch.id}/pertemuan").text)


def test_where_nobody_takes_part_the_sessions_were_held_all_the_same(
    client: FlaskClient, world: World, batch: Batch, clock: FrozenClock
) -> None:
    assert "belum ada pertemuan" in client.get(f"/pelatihan/{batch.id}").text
    world.stay_signed_in()
    clock.move_to(batch.sessions[0].event.ends_at + timedelta(hours=1))
    html = client.get(f"/pelatihan/{batch.id}").text
    assert "belum ada peserta" in html
    assert "belum ada pertemuan" not in html
