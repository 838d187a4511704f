import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.errors import Refused
from app.kernel.roles import SYSTEM
from app.learning.certificates import outcomes
from app.learning.certificates.mailing import send
from app.learning.certificates.models import OutcomeException
from app.learning.certificates.revoking import correct_name, revoke
from app.learning.training.models import Trainee
from app.learning.training.retention import erase
from tests.certificates.finished import enrolment_of, finished_batch, issued
from tests.world import World

pytestmark = pytest.mark.usefixtures("app")  # whose rooms are registered


def test_a_certificate_keeps_its_name_and_the_rest_of_a_person_goes(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch = finished_batch(world, [("Budi Santoso", 90, 1)], emails={"Budi Santoso": "budi@contoh.id"})
    enrolment = enrolment_of(world, batch, "Budi Santoso")
    outcomes.decide(session, SYSTEM, enrolment.id, "completed", reason="Sakit tifus.", now=clock.now())
    (one,) = issued(world, batch)
    send(session, SYSTEM, batch.id, now=clock.now())
    for _twice in range(2):
        erase(session, enrolment.trainee, now=clock.now())
    session.commit()
    session.expire_all()
    assert one.name == "Budi Santoso"
    assert session.scalars(select(Notice.id).where(Notice.attachment.is_not(None))).all() == []
    assert "tifus" not in session.scalars(select(OutcomeException.reason)).one() + enrolment.outcome_reason
    with pytest.raises(Refused):
        correct_name(session, SYSTEM, one.id, name="Budi S.", now=clock.now())
    session.rollback()
    revoke(session, SYSTEM, one.id, reason="Salah.", now=clock.now())
    session.commit()
    assert issued(world, batch) == [], "nobody is given a certificate without a name"


def test_why_a_certificate_was_revoked_goes_and_that_it_was_stays(
    client: FlaskClient, session: Session, world: World, clock: FrozenClock
) -> None:
    (one,) = issued(world, finished_batch(world))
    revoke(session, SYSTEM, one.id, reason="Titip absen lewat nomor 0812.", now=clock.now())
    session.commit()
    assert "Titip absen" in client.get(f"/sertifikat/{one.code}").text
    erase(session, session.get_one(Trainee, one.trainee_id), now=clock.now())
    session.commit()
    text = client.get(f"/sertifikat/{one.code}").text
    assert "dicabut dan tidak berlaku lagi sejak" in text
    assert "Alasan" not in text
    assert "Titip absen" not in str([(entry.before, entry.after) for entry in session.scalars(select(AuditEntry))])
