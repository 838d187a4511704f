"""A batch is over: those who still wait hear of it, and come back with it."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.learning.training.batches.finishing import finish, reopen_finished
from app.learning.training.models import EnrolmentStatus
from tests.pages import sign_in
from tests.world import World

APPLIED, WAITING, REJECTED = EnrolmentStatus.APPLIED, EnrolmentStatus.WAITING, EnrolmentStatus.REJECTED


def test_who_still_waits_hears_that_it_is_over_and_waits_again_when_it_is_taken_up(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch, editor = world.batch(sessions=1), world.actor(Role.EDITOR)
    waits = world.enrolment(batch, world.trainee(email="w@contoh.id"), status=WAITING)
    asks = world.enrolment(batch, world.trainee(phone="+6281234567890"), status=APPLIED)
    turned_down = world.enrolment(batch, status=REJECTED, reason="Bukan sasaran", decided_by_id=editor.id)
    clock.advance(days=10)
    finish(session, editor, batch.id, now=clock.now())
    assert [one.status for one in (waits, asks)] == [REJECTED, REJECTED]
    assert "sudah selesai" in waits.reason
    notice = session.scalars(select(Notice)).one()
    assert (notice.address, notice.subject) == ("w@contoh.id", f"Pelatihan selesai: {batch.name}")
    assert (waits.told, asks.told) == (True, False), "without an address: to be told by hand"
    assert turned_down.reason == "Bukan sasaran"
    reopen_finished(session, editor, batch.id, now=clock.now() + timedelta(minutes=1))
    assert [one.status for one in (waits, asks, turned_down)] == [APPLIED, APPLIED, REJECTED]
    assert waits.reason == ""


def test_a_practice_batch_tells_nobody(session: Session, world: World, clock: FrozenClock) -> None:
    batch = world.batch(sessions=1, simulated=True)
    one = world.enrolment(batch, world.trainee(email="w@contoh.id"), status=WAITING)
    clock.advance(days=10)
    finish(session, world.actor(Role.EDITOR), batch.id, now=clock.now())
    assert one.status == REJECTED
    assert session.scalars(select(Notice)).all() == []


def test_the_button_says_how_many_still_wait(client: FlaskClient, world: World, clock: FrozenClock) -> None:
    batch = world.batch(sessions=1)
    world.enrolment(batch, status=WAITING)
    user = world.user(Role.EDITOR)
    world.session.commit()
    clock.advance(days=10)
    sign_in(client, user)
    assert "1 orang yang masih menunggu dikabari" in client.get(f"/pelatihan/{batch.id}").text


def test_who_has_no_address_is_to_be_told_by_hand_afterwards(
    client: FlaskClient, world: World, clock: FrozenClock
) -> None:
    batch, user = world.batch(sessions=1), world.user(Role.EDITOR)
    world.enrolment(batch, world.trainee("Budi", phone="+6281234567890"), status=WAITING)
    clock.advance(days=10)
    finish(world.session, world.actor_of(user), batch.id, now=clock.now())
    world.session.commit()
    sign_in(client, user)
    assert "1 orang belum dikabari" in client.get(f"/pelatihan/{batch.id}/peserta").text
    told = client.get(f"/pelatihan/{batch.id}/peserta?keadaan=untold").text
    assert "https://wa.me/6281234567890?text=Halo%20Budi" in told
    assert "sudah%20selesai" in told
