"""A right name: on a certificate that is still deserved, with what was printed before."""

import pytest
from sqlalchemy.orm import Session

from app.kernel.clock import FrozenClock
from app.kernel.errors import Refused
from app.kernel.roles import SYSTEM
from app.learning.certificates import outcomes
from app.learning.certificates.models import Certificate
from app.learning.certificates.revoking import correct_name
from app.learning.programmes.models import Module
from app.learning.training.models import BatchStatus, EnrolmentStatus, Trainee
from tests.certificates.finished import enrolment_of, finished_batch, issued
from tests.world import World


def refused(session: Session, certificate: Certificate, clock: FrozenClock, why: str) -> None:
    with pytest.raises(Refused, match=why):
        correct_name(session, SYSTEM, certificate.id, name="Siti Aminah, S.E.", now=clock.now())
    session.rollback()
    assert certificate.revoked_at is None
    assert session.get_one(Trainee, certificate.trainee_id).name == "Siti Aminah"


def test_nobody_who_no_longer_meets_the_rule_gets_a_new_certificate_by_a_new_name(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch = finished_batch(world)
    (one,) = issued(world, batch)
    batch.min_score = 90
    session.commit()
    refused(session, one, clock, "Hitung ulang")
    outcomes.settle(session, SYSTEM, batch, clock.now())
    session.commit()
    refused(session, one, clock, "tidak lagi memenuhi aturan.*Cabut")
    enrolment_of(world, batch, "Siti Aminah").status = EnrolmentStatus.WITHDRAWN
    session.commit()
    refused(session, one, clock, "bukan lagi peserta")


def test_a_batch_that_goes_on_again_replaces_no_certificate(session: Session, world: World, clock: FrozenClock) -> None:
    batch = finished_batch(world)
    (one,) = issued(world, batch)
    batch.status = BatchStatus.RUNNING
    session.commit()
    refused(session, one, clock, "Tandai selesai dulu")


def test_the_new_one_prints_what_the_old_one_printed(session: Session, world: World, clock: FrozenClock) -> None:
    skill = world.skill("Excel")
    batch = finished_batch(world, programme=world.programme(skills=[(skill, 2)]))
    (old,) = issued(world, batch)
    batch.programme.title = "Program lain [LENGKAPI: judul]"
    batch.programme.modules[0].minutes = 999
    batch.programme.modules.append(Module(position=9, title="Modul sesudahnya", minutes=60))
    session.commit()
    clock.advance(days=2)
    new = correct_name(session, SYSTEM, old.id, name="Siti Aminah, S.E.", now=clock.now())
    session.commit()
    assert new.facts == {**old.facts, "day": "2026-11-26"}
    assert new.issued_on.isoformat() == "2026-11-26"
