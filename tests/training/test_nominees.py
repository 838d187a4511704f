"""Who is named in a letter: nobody is lost, nobody is doubled, and an OPD learns nothing about people of another."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.media.check import Checked
from app.base.media.storage import Storage
from app.base.people.models import Organisation
from app.kernel.clock import FrozenClock
from app.kernel.roles import Actor, Role
from app.learning.training.admission.nominations import Letter, NominationResult, RowInvalid, SameLetter, nominate
from app.learning.training.admission.nominees import NOT_HERE, SOMEBODY_ELSE
from app.learning.training.models import Admission, Batch, Enrolment, Trainee
from tests.training.test_quotas import applicant
from tests.world import World

FILE = Checked(b"%PDF-1.7 surat", "application/pdf", "surat.pdf")
PHONE, STORED = "0541-661234", "+62541661234"


@pytest.fixture
def opd(world: World) -> Organisation:
    return world.organisation(name="Dinas Perkebunan")


@pytest.fixture
def batch(world: World) -> Batch:
    return world.batch(admission=Admission.NOMINATION, sessions=1)


@pytest.fixture
def send(session: Session, clock: FrozenClock, tmp_path, opd: Organisation, batch: Batch):  # type: ignore[no-untyped-def]
    storage = Storage(tmp_path / "media")

    def sent(
        actor: Actor, *people: object, number: str = "", again: bool = False, others: tuple[int, ...] = ()
    ) -> NominationResult:
        letter = Letter(opd.id, FILE, number, again=again)
        return nominate(session, storage, actor, batch.id, letter, people, others=others, now=clock.now())  # type: ignore[arg-type]

    return sent


def contact_of(world: World, opd: Organisation) -> Actor:
    return world.actor(Role.OPD_CONTACT, organisation=opd)


def test_two_people_of_one_phone_are_asked_about_and_nothing_is_entered(
    session: Session, world: World, opd: Organisation, send
) -> None:  # type: ignore[no-untyped-def]
    contact = contact_of(world, opd)
    session.commit()
    siti, budi = applicant(1, name="Siti", phone=PHONE), applicant(2, name="Budi", phone=PHONE)
    with pytest.raises(RowInvalid) as asked:
        send(contact, siti, budi)
    assert list(asked.value.rows) == [1]
    assert "orang ke-1" in str(asked.value.rows[1])
    session.rollback()
    assert send(contact, siti, applicant(2, name="Budi", phone="")).new == 2, "who has no own number is not lost"
    assert set(session.scalars(select(Trainee.name))) == {"Siti", "Budi"}


def test_one_person_by_phone_and_by_address_is_not_two_rows(world: World, opd: Organisation, send) -> None:  # type: ignore[no-untyped-def]
    world.trainee("Siti", phone=STORED, email="siti@contoh.id", organisation_id=opd.id)
    with pytest.raises(RowInvalid) as asked:
        send(contact_of(world, opd), applicant(1, name="Siti", phone=PHONE),
             applicant(2, name="Siti", phone="", email="siti@contoh.id"))  # fmt: skip
    assert list(asked.value.rows) == [1]


def test_a_phone_that_is_known_under_another_name_is_asked_about(world: World, opd: Organisation, send) -> None:  # type: ignore[no-untyped-def]
    world.trainee("Rina Rahayu", phone=STORED, organisation_id=opd.id)
    with pytest.raises(RowInvalid) as asked:
        send(contact_of(world, opd), applicant(1, name="Budi", phone=PHONE))
    assert asked.value.rows[0].sentence == SOMEBODY_ELSE
    with pytest.raises(RowInvalid) as asked:
        send(world.actor(Role.EDITOR), applicant(1, name="Budi", phone=PHONE))
    assert "Rina Rahayu" in str(asked.value), "the office sees whose it is"


@pytest.mark.parametrize("name", ["Coba", "Rahasia"])
def test_an_opd_learns_nothing_about_people_of_another(world: World, opd: Organisation, send, name: str) -> None:  # type: ignore[no-untyped-def]
    other = world.organisation(name="Dinas Lain")
    world.trainee("Rahasia", phone=STORED, organisation_id=other.id)
    with pytest.raises(RowInvalid) as refused:
        send(contact_of(world, opd), applicant(1, name=name, phone=PHONE))
    assert refused.value.rows[0].sentence == NOT_HERE


def test_a_person_of_no_opd_is_met_by_name_and_contact_only(
    session: Session, world: World, opd: Organisation, send
) -> None:  # type: ignore[no-untyped-def]
    known = world.trainee("Siti", phone=STORED)
    with pytest.raises(RowInvalid) as refused:
        send(contact_of(world, opd), applicant(1, name="Coba", phone=PHONE))
    assert refused.value.rows[0].sentence == NOT_HERE
    assert send(contact_of(world, opd), applicant(1, name="Siti", phone=PHONE)).entered[0].trainee is known


def test_the_same_letter_twice_doubles_nobody(session: Session, world: World, batch: Batch, send) -> None:  # type: ignore[no-untyped-def]
    editor = world.actor(Role.EDITOR)
    siti = applicant(1, name="Siti Aminah", phone="")
    send(editor, siti, number="800/12")
    with pytest.raises(SameLetter):
        send(editor, siti, number="800 / 12")
    with pytest.raises(RowInvalid) as asked:
        send(editor, siti, number="800/12", again=True)
    assert asked.value.rows[0].field == "other"
    assert session.scalar(select(func.count()).select_from(Enrolment)) == 1
    assert send(editor, siti, number="800/12", again=True, others=(0,)).new == 1, "another person of this name"


def test_all_rows_that_need_a_look_are_named_at_once(world: World, opd: Organisation, send) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(RowInvalid) as asked:
        send(contact_of(world, opd), applicant(1, name=""), applicant(2), applicant(3, phone="12"))
    assert list(asked.value.rows) == [0, 2]
    assert "2 orang" in str(asked.value)
