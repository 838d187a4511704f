"""What is known of a person: names as people read them, and the contact by which the own link went out."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.kernel.clock import FrozenClock
from app.kernel.errors import Invalid
from app.kernel.roles import Role
from app.learning.training.admission.service import enrol
from app.learning.training.participants.people import Applicant, read_name
from app.learning.training.participants.service import correct
from tests.world import World


@pytest.mark.parametrize("name", ["\u200b\u200d", "Siti\u202eitiS", "\u3164", "Budi\u2066x", "Si\u00adti", "123 –"])
def test_names_that_nobody_can_read_are_refused(name: str) -> None:
    with pytest.raises(Invalid):
        read_name(name)


@pytest.mark.parametrize("name", ["Dr. H. Ahmad Yani, M.Si.", "Nur 'Aini", "Sité-Ñ", "D'Masiv"])
def test_names_with_titles_and_accents_are_kept(name: str) -> None:
    assert read_name(f" {name} ") == name


def test_a_contact_that_the_office_changes_makes_the_old_link_useless(
    session: Session, world: World, clock: FrozenClock
) -> None:
    enrolment = world.enrolment(world.batch(), world.trainee("Siti", phone="+6281234560001"))
    trainee, editor = enrolment.trainee, world.actor(Role.EDITOR)
    correct(session, editor, enrolment.id, Applicant("Siti Aminah", phone="081234560001"), now=clock.now())
    assert (trainee.link_no, enrolment.told) == (0, True), "only the name"
    correct(session, editor, enrolment.id, Applicant("Siti Aminah", phone="081234560002"), now=clock.now())
    assert (trainee.link_no, enrolment.told) == (1, False), "no mail can bring the new link"
    correct(session, editor, enrolment.id, Applicant("Siti Aminah", email="siti@contoh.id"), now=clock.now())
    assert trainee.link_no == 2
    assert session.scalars(select(Notice.address)).all() == ["siti@contoh.id"]


def test_whoever_enters_another_person_is_told_of_that_person(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch, editor = world.batch(), world.actor(Role.EDITOR)
    with pytest.raises(Invalid) as refused:
        enrol(session, editor, batch.id, Applicant("Siti"), now=clock.now())
    assert refused.value.field == "consent"
    assert "orangnya" in str(refused.value.sentence)
    assert "Anda" not in str(refused.value.sentence)
