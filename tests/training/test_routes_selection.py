"""Choosing several people: nothing that was typed is lost, and what is wrong is said at the person."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.kernel.roles import Role
from app.learning.training.models import Batch, BatchQuota, Enrolment, EnrolmentStatus
from tests.pages import asked, sign_in
from tests.world import World


@pytest.fixture
def batch(world: World) -> Batch:
    return world.batch(selection=True, criteria=[{"key": "a", "text": "Alasan", "most": 5}])


@pytest.fixture
def ones(client: FlaskClient, world: World, batch: Batch) -> list[Enrolment]:
    found = [world.enrolment(batch, world.trainee(f"Orang {n}"), status=EnrolmentStatus.APPLIED) for n in range(3)]
    world.session.commit()
    sign_in(client, world.user(Role.EDITOR))
    return found


def points(session: Session, ones: list[Enrolment]) -> list[dict[str, float]]:
    session.rollback()
    session.expire_all()
    return [one.points for one in ones]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"status": "accepted"}, "Belum ada yang dicentang"),
        ({"status": "rejected", "pilih": "all"}, "Tulis alasannya"),
        ({"status": "accepted", "pilih": "all", "2": "6"}, "Orang 2: Nilai paling sedikit 0 dan paling banyak 5."),
        ({"status": "", "2": "banyak"}, "Orang 2: Tulis nilai sebagai angka"),
    ],
)
def test_the_form_comes_back_as_it_was_typed(
    client: FlaskClient, session: Session, batch: Batch, ones: list[Enrolment], values: dict[str, str], words: str
) -> None:
    data: dict[str, object] = {f"nilai-{one.id}-a": values.get(str(n), f"{n + 1},5") for n, one in enumerate(ones)}
    data |= {"status": values["status"], "reason": "", "certain": "1"}
    if "pilih" in values:
        data["pilih"] = [str(one.id) for one in ones]
    answer = client.post(f"/pelatihan/{batch.id}/seleksi", data=data)
    assert answer.status_code == 422
    assert words in answer.text
    for n, one in enumerate(ones):
        assert f'name="nilai-{one.id}-a" value="{values.get(str(n), f"{n + 1},5")}"' in answer.text
    assert answer.text.count(" checked") == (3 if "pilih" in values else 0)
    assert points(session, ones) == [{}, {}, {}], "nothing half-done"


def test_a_search_stays_when_the_form_is_sent(client: FlaskClient, batch: Batch, ones: list[Enrolment]) -> None:
    page = f"/pelatihan/{batch.id}/seleksi?q=Orang+1"
    assert f'action="{page}"' in client.get(page).text
    assert client.post(page, data={f"nilai-{ones[1].id}-a": "3", "status": ""}).location == page


def test_who_was_taken_off_before_is_marked_with_the_reason(
    client: FlaskClient, session: Session, batch: Batch, ones: list[Enrolment]
) -> None:
    ones[0].reason = "Bukan warga sini"
    session.commit()
    html = client.get(f"/pelatihan/{batch.id}/seleksi").text
    assert "Diputuskan sebelumnya" in html
    assert "Bukan warga sini" in html


def test_what_is_left_of_quotas_and_who_would_be_refused_is_seen_before(
    client: FlaskClient, session: Session, batch: Batch, ones: list[Enrolment], world: World
) -> None:
    batch.per_village = 1
    batch.quotas = [BatchQuota(kind="sex", key="m", most=2)]
    village = world.village()
    world.enrolment(batch, world.trainee("Tetangga", sex="m", village_code=village))
    ones[0].trainee.village_code, ones[1].trainee.sex = village, "f"
    session.commit()
    with asked() as before:
        html = client.get(f"/pelatihan/{batch.id}/seleksi").text
    assert "paling banyak 1 dari satu desa" in html
    assert "Laki-laki: 1 diterima, tersisa 1 dari 2" in html
    assert html.count("Tempat untuk desa ini sudah terisi") == 1
    assert "Perempuan ·" in html
    for number in range(5):
        world.enrolment(batch, world.trainee(f"Lagi {number}"), status=EnrolmentStatus.APPLIED)
    session.commit()
    with asked() as after:
        client.get(f"/pelatihan/{batch.id}/seleksi")
    assert len(after.statements) == len(before.statements)
