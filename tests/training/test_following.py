"""What follows when sessions move or come, and when the batch changes hands or place."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.gatherings.events.models import Event
from app.gatherings.events.planning.changes import move_event
from app.gatherings.events.planning.editing import edit as edit_event
from app.gatherings.events.planning.plans import plan_of as plan_of_event
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid
from app.kernel.roles import SYSTEM, Role
from app.learning.programmes.modules import remove_module
from app.learning.training.batches import service as batches
from app.learning.training.batches.announcing import as_holder
from app.learning.training.batches.plans import TrainerPlan
from app.learning.training.models import Batch, BatchStatus, Enrolment, EnrolmentStatus
from app.learning.training.participants.service import ParticipantFilters, count_by_status, select_people
from app.learning.training.sessions.service import add_session, add_sessions, clashes_ahead
from tests.pages import sign_in
from tests.training.plans import a_batch, a_session
from tests.world import ZONE, World


def moved(session: Session, world: World, event: Event, days: float) -> None:
    by = timedelta(days=days)
    move_event(session, world.actor(Role.EDITOR), event.id, starts_at=event.starts_at + by, ends_at=event.ends_at + by,
               reason="Gedung dipakai", place="Balai", now=world.clock.now())  # fmt: skip


def hours(event: Event) -> dict[str, str]:
    """As a form sends them."""
    return {name: f"{getattr(event, name).astimezone(ZONE):%Y-%m-%dT%H:%M}" for name in ("starts_at", "ends_at")}


# --- time ---


def test_the_days_of_the_batch_widen_with_a_session_that_moves(session: Session, world: World) -> None:
    batch = world.batch(sessions=1)
    moved(session, world, batch.sessions[0].event, 30)
    session.expire_all()
    assert batch.ends_on == batch.starts_on + timedelta(days=30)


def test_so_they_do_for_one_that_is_still_planned(session: Session, world: World) -> None:
    batch = batches.plan(session, SYSTEM, a_batch(world), now=world.clock.now())
    event = add_session(session, SYSTEM, batch.id, a_session(), now=world.clock.now()).event
    values = replace(
        plan_of_event(event),
        starts_at=event.starts_at + timedelta(days=40), ends_at=event.ends_at + timedelta(days=40),
    )  # fmt: skip
    edit_event(session, world.actor(Role.EDITOR), event.id, values, version=event.version, now=world.clock.now())
    assert batch.ends_on == a_batch(world).starts_on + timedelta(days=40)


# --- people who sit elsewhere ---


@pytest.fixture
def shared(world: World) -> tuple[Batch, Batch]:
    """Two batches that meet on different days and share two people."""
    one, two = world.batch(name="Kelas Data", sessions=1), world.batch(name="Kelas Web")
    world.session_of(two, starts_in=timedelta(days=5))
    world.session.refresh(two)
    for _each in range(2):
        person = world.trainee()
        world.enrolment(one, person)
        world.enrolment(two, person)
    return one, two


def overlapping(session: Session, batch: Batch) -> tuple[int, int]:
    """Counted, and found by the filter."""
    found = session.execute(select_people(batch.id, ParticipantFilters(state="overlaps"))).all()
    return count_by_status(session, batch)["overlaps"], len(found)


def test_who_was_accepted_in_both_is_found_once_a_session_moves(
    session: Session, world: World, shared: tuple[Batch, Batch]
) -> None:
    one, two = shared
    assert overlapping(session, two) == (0, 0)
    moved(session, world, two.sessions[0].event, -4)
    assert [overlapping(session, each) for each in shared] == [(2, 2), (2, 2)]
    session.scalars(select(Enrolment).where(Enrolment.batch_id == one.id)).all()[0].status = EnrolmentStatus.WITHDRAWN
    session.flush()
    assert [overlapping(session, each) for each in shared] == [(1, 1), (1, 1)]
    one.status = BatchStatus.CANCELLED
    session.flush()
    assert overlapping(session, two) == (0, 0)


def test_a_new_session_at_that_time_says_how_many_sit_elsewhere(
    session: Session, world: World, shared: tuple[Batch, Batch]
) -> None:
    one, two = shared
    event = one.sessions[0].event
    (found,) = clashes_ahead(session, world.actor(Role.EDITOR), two, [(event.starts_at, event.ends_at)], place="Lain")
    assert (found.event_id, found.people, [str(why) for why in found.why]) == (event.id, 2, ["people"])


def test_moving_a_session_onto_it_is_asked_about_before_it_is_saved(
    client: FlaskClient, session: Session, world: World, shared: tuple[Batch, Batch]
) -> None:
    one, two = shared
    here, there = two.sessions[0].event, one.sessions[0].event
    sign_in(client, world.user(Role.EDITOR))
    given = {**hours(there), "place": "Ruang lain", "reason": "Gedung dipakai"}
    answer = client.post(f"/kegiatan/{here.id}/pindah", data=given)
    assert answer.status_code == 422
    assert "2 peserta juga di sana" in answer.text
    saved = client.post(f"/kegiatan/{here.id}/pindah", data={**given, "tetap": "1", "clashes_seen": str(there.id)})
    assert saved.status_code in {302, 303}


def test_adding_one_asks_too(client: FlaskClient, session: Session, world: World, shared: tuple[Batch, Batch]) -> None:
    one, two = shared
    there = one.sessions[0].event
    sign_in(client, world.user(Role.EDITOR))
    given = {**hours(there), "title": "Ulangan", "place": "Ruang lain"}
    answer = client.post(f"/pelatihan/{two.id}/pertemuan/baru", data=given)
    assert answer.status_code == 422
    assert "2 peserta juga di sana" in answer.text


# --- telling ---


def test_who_was_accepted_hears_of_new_sessions_by_one_mail(session: Session, world: World) -> None:
    batch = world.batch(sessions=1, place="Balai")
    world.enrolment(batch, world.trainee(email="siti@contoh.id"))
    without = world.enrolment(batch, world.trainee())
    world.enrolment(batch, world.trainee(email="lain@contoh.id"), status=EnrolmentStatus.WAITING)
    add_sessions(session, SYSTEM, batch.id, [a_session(), a_session(day=1, title="Ulangan")], now=world.clock.now())
    (mail,) = session.scalars(select(Notice)).all()
    assert mail.address == "siti@contoh.id"
    assert mail.subject == f"Pertemuan baru: {batch.name}"
    assert "- Pertemuan: " in mail.body
    assert "- Ulangan: " in mail.body
    assert without.told is False


def test_nobody_hears_of_sessions_of_a_draft_or_of_practice(session: Session, world: World) -> None:
    for values in ({"status": BatchStatus.DRAFT}, {"simulated": True}):
        batch = world.batch(place="Balai", **values)
        world.enrolment(batch, world.trainee(email=f"siti{batch.id}@contoh.id"))
        add_session(session, SYSTEM, batch.id, a_session(), now=world.clock.now())
    assert session.scalars(select(Notice)).all() == []


# --- place ---


@pytest.mark.parametrize("move", [True, False])
def test_the_sessions_at_the_old_place_follow_where_it_is_wished(session: Session, world: World, move: bool) -> None:
    batch = world.batch(place="Balai", village_code=world.village())
    here, elsewhere = (
        add_session(session, SYSTEM, batch.id, a_session(**more), now=world.clock.now()).event
        for more in ({}, {"day": 1, "place": "Aula"})
    )
    world.session.refresh(batch)
    world.enrolment(batch, world.trainee(email="siti@contoh.id"))
    values = replace(batches.plan_of(batch), place="Gedung Baru")
    batches.edit(session, world.actor(Role.EDITOR), batch.id, values, move_sessions=move, now=world.clock.now())
    assert here.place == ("Gedung Baru" if move else "Balai")
    assert elsewhere.place == "Aula"
    assert [one.subject for one in session.scalars(select(Notice))] == [f"Tempat berubah: {batch.name}"] * move


def test_the_form_offers_it_where_sessions_lie_ahead(client: FlaskClient, session: Session, world: World) -> None:
    batch = world.batch(place="Balai")
    sign_in(client, world.user(Role.EDITOR))
    assert "follow_place" not in client.get(f"/pelatihan/{batch.id}/ubah").text
    add_session(session, SYSTEM, batch.id, a_session(), now=world.clock.now())
    session.commit()
    assert "follow_place" in client.get(f"/pelatihan/{batch.id}/ubah").text


# --- who holds it ---


def test_a_trainer_does_not_take_a_batch_along(session: Session, world: World) -> None:
    opd = world.organisation(name="Dinas Kesehatan")
    user = world.user(Role.TRAINER, organisation=opd)
    batch = world.batch(trainers=[user], place="Balai", sessions=1)
    values = replace(batches.plan_of(batch), organisation_id=opd.id)
    with pytest.raises(Forbidden):
        batches.edit(session, world.actor_of(user), batch.id, values, now=world.clock.now())
    batches.edit(session, world.actor(Role.EDITOR), batch.id, values, now=world.clock.now())
    assert (batch.organisation_id, batch.sessions[0].event.organisation_id) == (opd.id, opd.id)


def test_the_form_of_a_trainer_names_only_who_holds_it(client: FlaskClient, world: World) -> None:
    opd = world.organisation(name="Dinas Kesehatan")
    user = world.user(Role.TRAINER, organisation=opd)
    batch = world.batch(trainers=[user], place="Balai")
    sign_in(client, user)
    page = client.get(f"/pelatihan/{batch.id}/ubah").text
    assert f'name="organisation_id" value="{batch.organisation_id}"' in page


# --- modules ---


def test_a_module_that_is_gone_is_refused_with_a_sentence(session: Session, world: World, clock: FrozenClock) -> None:
    batch = world.batch(place="Balai")
    module_id = batch.programme.modules[1].id
    remove_module(session, world.actor(Role.EDITOR), module_id, now=clock.now())
    session.commit()
    with pytest.raises(Invalid, match="baru saja dihapus"):
        add_session(session, SYSTEM, batch.id, a_session(module_id=module_id), now=clock.now())


def test_a_trainer_of_elsewhere_moves_the_sessions_with_the_place(session: Session, world: World) -> None:
    user = world.user(Role.TRAINER, organisation=world.organisation())
    batch = world.batch(trainers=[user], place="Balai")
    actor = world.actor_of(user)
    event = add_session(session, actor, batch.id, a_session(), now=world.clock.now()).event
    values = replace(batches.plan_of(batch), place="Gedung Baru")
    batches.edit(session, actor, batch.id, values, move_sessions=True, now=world.clock.now())
    assert event.place == "Gedung Baru"
    assert as_holder(actor, batch).organisation_ids >= {batch.organisation_id}


# --- speakers ---


@pytest.mark.parametrize(
    ("name", "keeps"), [("Siti Rahmah", True), ("Dr. Siti Rahma, M.Si.", True), ("Siti", True), ("Budi Santoso", False)]
)
def test_a_name_written_otherwise_keeps_its_account(session: Session, world: World, name: str, keeps: bool) -> None:
    user = world.user(Role.TRAINER, name="Siti Rahma")
    batch = world.batch(trainers=[user], sessions=1)
    event = batch.sessions[0].event
    values = replace(plan_of_event(event), speakers=[(name, "")])
    edit_event(session, world.actor(Role.EDITOR), event.id, values, version=event.version, now=world.clock.now())
    assert [one.user_id for one in event.speakers] == [user.id if keeps else None]


def test_what_stood_in_for_a_trainer_gives_way_in_all_sessions(session: Session, world: World) -> None:
    user, mark = world.user(Role.TRAINER, name="Siti Rahma"), "[LENGKAPI: nama pelatih]"
    batch = batches.plan(
        session, SYSTEM, a_batch(world, trainers=[TrainerPlan(mark, "[LENGKAPI: jabatan]"), TrainerPlan(mark)]),
        now=world.clock.now(),
    )  # fmt: skip
    own, *others = [
        add_session(session, SYSTEM, batch.id, a_session(day=day), now=world.clock.now()).event for day in range(3)
    ]
    values = replace(plan_of_event(own), speakers=[("Tamu", "")])
    edit_event(session, world.actor(Role.EDITOR), own.id, values, version=own.version, now=world.clock.now())
    for trainers in (
        [TrainerPlan(mark, "Diskominfo", user.id), TrainerPlan(mark)],  # the account chosen beside what stood there
        [TrainerPlan("Siti Rahma", "Diskominfo", user.id), TrainerPlan("Ahmad Yani")],
    ):
        changed = replace(batches.plan_of(batch), trainers=trainers)
        batches.edit(session, SYSTEM, batch.id, changed, now=world.clock.now())
        assert {one.speakers[0].name for one in others} == {"Siti Rahma"}
    assert [(one.name, one.title, one.user_id) for one in others[1].speakers] == [
        ("Siti Rahma", "Diskominfo", user.id), ("Ahmad Yani", "", None),
    ]  # fmt: skip
    assert own.speakers[0].name == "Tamu"
    assert mark not in {one.name for one in own.speakers}
