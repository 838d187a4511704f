"""What of training stands on the home page."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.desk.training import my_sessions, waiting
from app.events.models import EventStatus
from app.kernel.roles import Role
from app.training.models import BatchStatus, EnrolmentStatus
from tests.pages import sign_in
from tests.world import World

TODAY = date(2026, 11, 24)


def test_batches_that_are_over_and_those_that_people_ask_for_wait(session: Session, world: World) -> None:
    over = world.batch(starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 23), status=BatchStatus.RUNNING)
    asked = world.batch()
    for _each in range(2):
        world.enrolment(asked, status=EnrolmentStatus.APPLIED)
    world.enrolment(world.batch())  # nobody waits there
    world.batch(starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 23), status=BatchStatus.FINISHED)
    world.enrolment(world.batch(simulated=True), status=EnrolmentStatus.APPLIED)
    found = waiting(session, world.actor(Role.EDITOR), TODAY)
    assert [(row.id, row.why, row.amount) for row in found.rows] == [(over.id, "over", 0), (asked.id, "applied", 2)]


@pytest.mark.parametrize(
    ("role", "where", "sees"),
    [(Role.TRAINER, "trainer", 1), (Role.TRAINER, "organiser", 0), (Role.CONTRIBUTOR, "organiser", 1),
     (Role.TRAINER, "elsewhere", 0), (Role.EDITOR, "office", 1), (Role.VIEWER, "office", 0)],
)  # fmt: skip
def test_they_wait_for_who_keeps_them(session: Session, world: World, role: Role, where: str, sees: int) -> None:
    holder = world.organisation(name="Dinas Kesehatan")
    organisation = {"organiser": holder, "office": world.office()}.get(where) or world.organisation()
    person = world.user(role, organisation=organisation)
    batch = world.batch(organisation_id=holder.id, trainers=[person] if where == "trainer" else [])
    world.enrolment(batch, status=EnrolmentStatus.APPLIED)
    assert waiting(session, world.actor_of(person), TODAY).total == sees


def test_ones_own_sessions_come_in_the_order_of_time(session: Session, world: World) -> None:
    person = world.user(Role.TRAINER)
    batch = world.batch(trainers=[person], sessions=3)
    world.batch(sessions=1)
    batch.sessions[1].event.status = EventStatus.CANCELLED
    session.commit()
    found = my_sessions(session, world.actor_of(person), world.clock.now())
    assert [row.id for row in found.rows] == [batch.sessions[0].event_id, batch.sessions[2].event_id]
    later = my_sessions(session, world.actor_of(person), world.clock.now() + timedelta(days=2))
    assert [row.id for row in later.rows] == [batch.sessions[2].event_id]


def test_the_home_page_leads_to_both(session: Session, world: World, client: FlaskClient) -> None:
    person = world.user(Role.TRAINER)
    batch = world.batch(name="Kelas Data", trainers=[person], sessions=1)
    world.enrolment(batch, status=EnrolmentStatus.APPLIED)
    sign_in(client, person)
    page = client.get("/").text
    for words in ("Pertemuan saya", "Pelatihan menunggu", f"/pelatihan/{batch.id}/peserta",
                  f"/kegiatan/{batch.sessions[0].event_id}"):  # fmt: skip
        assert words in page
