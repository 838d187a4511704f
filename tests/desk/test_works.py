"""Practical work that waits for points, on the home page."""

import pytest

from app.base.media.storage import Storage
from app.desk.works import to_mark
from app.kernel.roles import Role
from tests.assessments.rubrics import handed_in, rubric_batch
from tests.pages import sign_in


@pytest.fixture
def storage(tmp_path):
    return Storage(tmp_path / "files")


def test_who_teaches_a_batch_sees_how_many_works_wait_there(session, world, storage):
    trainer = world.user(Role.TRAINER, organisation=world.organisation())
    batch = rubric_batch(world, trainers=[trainer])
    for _ in range(2):
        handed_in(world, storage, world.enrolment(batch))
    found = to_mark(session, world.actor_of(trainer))
    assert [(row.id, row.amount) for row in found.rows] == [(batch.id, 2)]
    assert to_mark(session, world.actor(Role.VIEWER)).total == 0
    assert to_mark(session, world.actor(Role.TRAINER, organisation=world.organisation())).total == 0


def test_the_home_page_leads_to_them(client, world, storage):
    trainer = world.user(Role.TRAINER)
    batch = rubric_batch(world, trainers=[trainer], name="Angkatan Loa Kulu")
    handed_in(world, storage, world.enrolment(batch))
    sign_in(client, trainer)
    page = client.get("/").text
    assert "Tugas praktik belum dinilai" in page
    assert f"/pelatihan/{batch.id}/penilaian/tugas?keadaan=handed_in" in page
