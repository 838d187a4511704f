"""What of training stands on the home page."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.desk.training import letters_answered, my_sessions, to_nominate, waiting
from app.gatherings.events.models import EventStatus
from app.kernel.roles import Role
from app.learning.training.models import Admission, BatchStatus, EnrolmentStatus, Nomination
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


def test_an_opd_contact_reads_where_people_may_be_sent_and_until_when(
    client: FlaskClient, session: Session, world: World
) -> None:
    now = world.clock.now()
    person = world.user(Role.OPD_CONTACT, organisation=world.organisation(name="Dinas Perkebunan"))
    later = world.batch(admission=Admission.BOTH, name="Nanti", capacity=30)
    soon = world.batch(admission=Admission.NOMINATION, name="Segera", register_until=now + timedelta(days=2))
    world.enrolment(later)
    world.batch(admission=Admission.OPEN)
    world.batch(admission=Admission.BOTH, register_until=now - timedelta(days=1))
    practice = world.batch(admission=Admission.BOTH, simulated=True)
    session.commit()
    actor = world.actor_of(person)
    found = to_nominate(session, actor, now)
    assert [(row.id, row.taken) for row in found.rows] == [(soon.id, 0), (later.id, 1)]
    assert practice.id in [row.id for row in to_nominate(session, actor, now, practice=True).rows]
    assert not to_nominate(session, world.actor(Role.TRAINER), now)
    sign_in(client, person)
    html = client.get("/").text
    assert "Bisa mengusulkan peserta" in html
    assert "1 dari 30 tempat sudah terisi" in html


def test_an_opd_contact_reads_what_became_of_the_own_letters(
    client: FlaskClient, session: Session, world: World
) -> None:
    now = world.clock.now()
    opd, other = world.organisation(name="Dinas Perkebunan"), world.organisation(name="Dinas Lain")
    person = world.user(Role.OPD_CONTACT, organisation=opd)
    batch = world.batch(admission=Admission.BOTH, name="Angkatan Satu")
    for number, owner, days in (("800/1", opd, 3), ("800/2", opd, 20), ("800/3", other, 3), ("800/4", opd, None)):
        letter = Nomination(batch_id=batch.id, organisation_id=owner.id, letter_number=number, created_at=now)
        session.add(letter)
        session.flush()
        at = None if days is None else now - timedelta(days=days)
        world.enrolment(batch, nomination_id=letter.id, decided_at=at)
        world.enrolment(batch, nomination_id=letter.id, status=EnrolmentStatus.WAITING, decided_at=None)
    session.commit()
    found = letters_answered(session, world.actor_of(person), now)
    assert [(row.letter_number, row.accepted, row.waiting) for row in found.rows] == [("800/1", 1, 1)]
    sign_in(client, person)
    assert "Surat 800/1: 1 diterima, 1 di daftar tunggu" in client.get("/").text
