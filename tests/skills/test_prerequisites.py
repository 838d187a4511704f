"""Whether people bring along the skills that a programme asks for."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.kernel.roles import Role
from app.learning.programmes.models import Prerequisite, Skill
from app.learning.skills.models import SkillEvidence
from app.learning.training.models import Batch, EnrolmentStatus
from app.learning.training.participants.service import missing_prerequisites
from tests.pages import sign_in
from tests.skills.conftest import Proofs
from tests.world import World


@pytest.fixture
def skill(world: World) -> Skill:
    return world.skill("Mengolah tabel")


@pytest.fixture
def batch(world: World, skill: Skill) -> Batch:
    """Of a programme that asks for another one and for a skill on its second level."""
    programme = world.programme()
    programme.prerequisites = [
        Prerequisite(requires_id=world.programme(title="Dasar Data").id),
        Prerequisite(skill_id=skill.id, level=2),
    ]
    return world.batch(programme=programme)


def test_evidence_at_the_level_counts_and_below_it_does_not(
    session: Session, world: World, proofs: Proofs, skill: Skill, batch: Batch
) -> None:
    people = [world.trainee() for _each in range(4)]
    for person, level in zip(people, (None, 1, 2, 3), strict=True):
        if level is not None:
            proofs.has(person, skill, level)
    found = missing_prerequisites(session, batch, [one.id for one in people])
    both, one_only = ["Dasar Data", "Mengolah tabel (Mandiri)"], ["Dasar Data"]
    assert [found[one.id] for one in people] == [both, both, one_only, one_only]


def test_what_was_withdrawn_counts_no_more(
    session: Session, world: World, proofs: Proofs, skill: Skill, batch: Batch
) -> None:
    person = world.trainee()
    row: SkillEvidence = proofs.has(person, skill, 3)
    row.withdrawn_at = world.clock.now()
    session.flush()
    assert "Mengolah tabel (Mandiri)" in missing_prerequisites(session, batch, [person.id])[person.id]


def test_the_pages_of_the_office_say_what_is_missing(client: FlaskClient, world: World, batch: Batch) -> None:
    accepted = world.enrolment(batch)
    world.enrolment(batch, status=EnrolmentStatus.APPLIED)
    sign_in(client, world.user(Role.EDITOR))
    for page in ("peserta", "seleksi", f"peserta/{accepted.id}"):
        text = client.get(f"/pelatihan/{batch.id}/{page}").text
        assert "Belum lulus prasyarat" in text, page
    assert "Mengolah tabel (Mandiri)" in client.get(f"/pelatihan/{batch.id}/peserta").text
