"""Whose batch it is: who holds it, who teaches it, who made it."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk.training import waiting
from app.gatherings.events.access import may_manage as keeps_event
from app.kernel.errors import NotFound
from app.kernel.roles import Role
from app.learning.training.access import get, manageable_by, may_manage, may_see_people, visible_to
from app.learning.training.batches.announcing import as_holder
from app.learning.training.models import Batch, EnrolmentStatus
from tests.pages import sign_in
from tests.world import World


@pytest.mark.parametrize("where", ["opd", "office"])
def test_a_trainer_of_the_holder_sees_only_batches_that_are_taught_or_made(
    session: Session, world: World, where: str
) -> None:
    holder = world.office() if where == "office" else world.organisation(name="Dinas Kesehatan")
    user = world.user(Role.TRAINER, organisation=holder)
    trainer = world.actor_of(user)
    other = world.batch(organisation_id=holder.id, sessions=1)
    taught = world.batch(organisation_id=world.organisation().id, trainers=[user], sessions=1)
    made = world.batch(organisation_id=holder.id, created_by_id=user.id, sessions=1)
    seen = set(session.scalars(select(Batch.id).where(visible_to(trainer))))
    kept = set(session.scalars(select(Batch.id).where(manageable_by(trainer))))
    assert seen == kept == {taught.id, made.id}
    assert [may_manage(trainer, one) for one in (other, taught, made)] == [False, True, True]
    assert [keeps_event(trainer, one.sessions[0].event) for one in (other, taught, made)] == [False, True, True]
    with pytest.raises(NotFound):
        get(session, trainer, other.id)


def test_what_a_trainer_made_stays_with_the_organisation(world: World) -> None:
    user = world.user(Role.TRAINER, organisation=world.organisation())
    moved_on = world.batch(organisation_id=world.organisation().id, created_by_id=user.id)
    assert not may_manage(world.actor_of(user), moved_on)


@pytest.mark.parametrize(
    ("roles", "sees", "keeps"),
    [((Role.CONTRIBUTOR,), True, True), ((Role.TRAINER, Role.CONTRIBUTOR), True, True),
     ((Role.TRAINER, Role.VIEWER), True, False), ((Role.TRAINER, Role.COMMUNITY), False, False),
     ((Role.VIEWER,), True, False)],
)  # fmt: skip
def test_another_role_in_training_opens_all_of_the_own_organisation(
    session: Session, world: World, roles: tuple[Role, ...], sees: bool, keeps: bool
) -> None:
    holder = world.organisation(name="Dinas Kesehatan")
    actor = world.actor(*roles, organisation=holder)
    batch = world.batch(organisation_id=holder.id)
    assert session.scalars(select(Batch.id).where(visible_to(actor))).all() == [batch.id] * sees
    assert session.scalars(select(Batch.id).where(manageable_by(actor))).all() == [batch.id] * keeps
    assert (may_manage(actor, batch), may_see_people(actor, batch)) == (keeps, keeps)


def test_nothing_waits_on_the_home_page_of_who_only_shares_the_organisation(session: Session, world: World) -> None:
    world.enrolment(world.batch(), status=EnrolmentStatus.APPLIED)
    today = world.clock.now().date()
    assert waiting(session, world.actor(Role.TRAINER), today).total == 0
    assert waiting(session, world.actor(Role.CONTRIBUTOR), today).total == 1


@pytest.mark.parametrize("role", [Role.COMMUNITY, Role.TRAINER])
def test_the_lists_of_a_session_open_to_who_keeps_its_batch_only(
    client: FlaskClient, session: Session, world: World, role: Role
) -> None:
    holder = world.organisation(name="Dinas Kesehatan")
    batch = world.batch(organisation_id=holder.id)
    event = world.session_of(batch, organisation_id=holder.id, starts_in=timedelta(days=1)).event
    session.refresh(batch)
    world.enrolment(batch, world.trainee("Rahasia Nama"))
    sign_in(client, world.user(role, organisation=holder))
    for page in ("pendaftaran", "hadir", "pindah", "ubah", "hadir/lembar"):
        answer = client.get(f"/kegiatan/{event.id}/{page}")
        assert "Rahasia Nama" not in answer.text, page
        assert page == "hadir" or answer.status_code in {403, 404}, page


def test_a_session_of_another_organisation_is_kept_through_its_batch(world: World) -> None:
    user = world.user(Role.TRAINER, organisation=world.organisation())
    batch = world.batch(trainers=[user], sessions=1)
    batch.sessions[0].event.speakers = []
    world.session.commit()
    assert keeps_event(as_holder(world.actor_of(user), batch), batch.sessions[0].event)


def test_a_community_keeps_its_own_events_of_training(world: World) -> None:
    group = world.kim()
    event = world.event(organisation_id=group.id, kind="training")
    assert keeps_event(world.actor(Role.COMMUNITY, organisation=group), event)


def test_a_viewer_of_the_holder_reads_no_names(client: FlaskClient, world: World) -> None:
    batch = world.batch(sessions=1)
    sign_in(client, world.user(Role.VIEWER))
    assert client.get(f"/pelatihan/{batch.id}/peserta").status_code == 403
