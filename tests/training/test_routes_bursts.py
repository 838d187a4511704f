"""One script cannot fill a training nor mail strangers."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.kernel.clock import FrozenClock
from app.kernel.roles import SYSTEM, Role
from app.learning.training.admission.deciding import decide
from app.learning.training.admission.routes_public import RATE_LIMITS
from app.learning.training.admission.waiting import fill_places
from app.learning.training.models import Batch, Enrolment
from tests.access.test_routes_sign_in import sign_in
from tests.training.test_routes_public import FORM
from tests.training.test_routes_public import batch as batch  # noqa: PLC0414 (a fixture)
from tests.world import World

FEW = RATE_LIMITS[0][0]


def apply_as(app: Flask, batch: Batch, number: int):
    fields = FORM | {"name": f"Orang {number}", "email": f"orang{number}@contoh.id", "phone": ""}
    return app.test_client().post(f"/ikut/{batch.code}", data=fields)


def mails(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Notice).where(Notice.user_id.is_(None))) or 0


def test_a_burst_waits_for_somebody_to_look_and_mails_nobody(
    app: Flask, world: World, session: Session, batch: Batch, clock: FrozenClock
) -> None:
    answers = [apply_as(app, batch, number) for number in range(40)]
    assert {(one.status_code, one.headers["Location"]) for one in answers} == {(303, f"/ikut/{batch.code}/tercatat")}
    assert mails(session) <= FEW
    held = session.scalars(select(Enrolment).where(Enrolment.held).order_by(Enrolment.id)).all()
    assert len(held) == 40 - FEW
    assert {one.status for one in held} == {"applied"}
    before = mails(session)
    fill_places(session, session.get_one(Batch, batch.id), now=clock.now())
    session.commit()
    assert session.scalar(select(func.count()).where(Enrolment.held, Enrolment.status == "applied")) == 40 - FEW
    decide(session, SYSTEM, held[0].id, "waiting", now=clock.now())
    session.commit()
    assert not session.get_one(Enrolment, held[0].id).held
    assert mails(session) == before + 1


def test_the_list_says_who_is_to_be_looked_at(
    app: Flask, client: FlaskClient, world: World, session: Session, batch: Batch
) -> None:

    for number in range(FEW + 1):
        apply_as(app, batch, number)
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti")
    page = client.get(f"/pelatihan/{batch.id}/peserta").text
    assert page.count("Perlu diperiksa: datang beruntun") == 1
