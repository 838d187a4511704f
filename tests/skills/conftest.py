"""Builders of what a person can do and why."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.kernel.roles import SYSTEM
from app.learning.certificates.models import Certificate
from app.learning.programmes.models import Skill
from app.learning.skills.evidence import note_certificates
from app.learning.skills.models import EvidenceKind, SkillEvidence
from app.learning.training.models import Enrolment, Trainee
from app.learning.training.sessions.taught_modules import levels_of, modules_taught
from tests.world import World


@dataclass
class Proofs:
    """Rows as the services make them."""

    session: Session
    world: World
    number: int = 0

    def has(self, trainee: Trainee, skill: Skill, level: int, **values: Any) -> SkillEvidence:
        """Seen by somebody, unless `kind` says otherwise."""
        values.setdefault("kind", EvidenceKind.OBSERVED)
        values.setdefault("on", date(2026, 11, 20))
        row = SkillEvidence(
            trainee_id=trainee.id, skill_id=skill.id, level=level, created_at=self.world.clock.now(), **values
        )
        self.session.add(row)
        self.session.commit()
        return row

    def certificate(self, enrolment: Enrolment, *, noted: bool = True, **values: Any) -> Certificate:
        """Issued today; `noted`: with the evidence that follows from it."""
        self.number += 1
        now = self.world.clock.now()
        values.setdefault("issued_on", date(2026, 11, 24))
        led_to = levels_of(modules_taught(self.session, enrolment.batch, now=now))
        values.setdefault("facts", {"skills": [{"skill_id": one, "level": level} for one, level in led_to.items()]})
        row = Certificate(
            number=f"UJI/{self.number:04d}", code=f"uji{self.number:06d}", batch_id=enrolment.batch_id,
            enrolment_id=enrolment.id, trainee_id=enrolment.trainee_id, name=enrolment.trainee.name, issued_at=now,
            **values,
        )  # fmt: skip
        self.session.add(row)
        self.session.flush()
        if noted:
            note_certificates(self.session, SYSTEM, [row], now)
        self.session.commit()
        return row


@pytest.fixture
def proofs(session: Session, world: World) -> Proofs:
    return Proofs(session, world)
