"""OPDs send people with a letter."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.media.check import Checked
from app.base.media.storage import Storage
from app.base.people.models import Organisation
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import Role
from app.learning.training.admission.nominations import (
    Letter,
    RowInvalid,
    letter_of,
    nominate,
    nominations,
    opds_without_contact,
)
from app.learning.training.models import Admission, Batch, BatchStatus, Enrolment, EnrolmentStatus, Nomination
from tests.training.test_quotas import applicant
from tests.world import World

FILE = Checked(b"%PDF-1.7 surat", "application/pdf", "surat.pdf")


@pytest.fixture
def storage(tmp_path) -> Storage:  # type: ignore[no-untyped-def]
    return Storage(tmp_path / "media")


@pytest.fixture
def opd(world: World) -> Organisation:
    return world.organisation(name="Dinas Perkebunan")


@pytest.fixture
def batch(world: World) -> Batch:
    return world.batch(admission=Admission.NOMINATION, sessions=1, per_opd=2)


def test_a_contact_sends_people_and_the_quota_of_the_opd_holds(
    session: Session, world: World, clock: FrozenClock, storage: Storage, opd: Organisation, batch: Batch
) -> None:
    contact = world.actor(Role.OPD_CONTACT, organisation=opd)
    people = [applicant(n, organisation_id=opd.id) for n in (1, 2, 3)]
    letter, entered, *_counts = nominate(
        session, storage, contact, batch.id, Letter(opd.id, FILE, "800/12"), people, now=clock.now()
    )
    assert [one.status for one in entered] == [EnrolmentStatus.ACCEPTED] * 2 + [EnrolmentStatus.WAITING]
    assert {one.source for one in entered} == {"nomination"}
    assert [(row[0], row[2]) for row in nominations(session, contact, batch)] == [(letter, 3)]
    assert letter_of(session, contact, batch.id, letter.id).name == "surat.pdf"


def test_a_letter_is_for_those_who_are_entitled(
    session: Session, world: World, clock: FrozenClock, storage: Storage, opd: Organisation, batch: Batch
) -> None:
    contact = world.actor(Role.OPD_CONTACT, organisation=opd)
    letter, *_people = nominate(
        session, storage, contact, batch.id, Letter(opd.id, FILE), [applicant(1)], now=clock.now()
    )
    foreign = world.actor(Role.OPD_CONTACT, organisation=world.organisation())
    assert nominations(session, foreign, batch) == []
    with pytest.raises(NotFound):
        letter_of(session, foreign, batch.id, letter.id)
    assert letter_of(session, world.actor(Role.EDITOR), batch.id, letter.id)
    with pytest.raises(Forbidden):
        nominate(session, storage, foreign, batch.id, Letter(opd.id, FILE), [applicant(2)], now=clock.now())


def test_one_wrong_line_stores_nothing_and_says_which(
    session: Session, world: World, clock: FrozenClock, storage: Storage, opd: Organisation, batch: Batch
) -> None:
    contact = world.actor(Role.OPD_CONTACT, organisation=opd)
    session.commit()
    with pytest.raises(RowInvalid) as refused:
        nominate(session, storage, contact, batch.id, Letter(opd.id, FILE), [applicant(1), applicant(2, phone="12")],
                 now=clock.now())  # fmt: skip
    assert refused.value.row == 1
    assert "Orang ke-2" in str(refused.value)
    session.rollback()
    assert session.scalars(select(Nomination)).all() == session.scalars(select(Enrolment)).all() == []
    with pytest.raises(Invalid):
        nominate(session, storage, contact, batch.id, Letter(opd.id, FILE), [], now=clock.now())


def test_who_stands_there_already_is_tied_to_the_letter_and_not_changed(
    session: Session, world: World, clock: FrozenClock, storage: Storage, opd: Organisation, batch: Batch
) -> None:
    known = world.enrolment(batch, world.trainee("Siti", phone="+6281234560001", organisation_id=opd.id))
    turned_down = world.enrolment(
        batch, world.trainee("Budi", phone="+6281234560002", organisation_id=opd.id), status=EnrolmentStatus.REJECTED
    )
    contact = world.actor(Role.OPD_CONTACT, organisation=opd)
    people = [applicant(1, name="SITI, S.Kom"), applicant(2, name="Budi"), applicant(3)]
    letter, entered, *counts = nominate(
        session, storage, contact, batch.id, Letter(opd.id, FILE), people, now=clock.now()
    )
    assert entered[:2] == [known, turned_down]
    assert counts == [1, 1, 1], "new, there, turned down before"
    assert turned_down.status == EnrolmentStatus.REJECTED
    assert (known.nomination_id, known.trainee.name, known.source) == (letter.id, "Siti", "open")


def test_the_office_enters_a_late_letter_on_paper_and_people_without_contact(
    session: Session, world: World, clock: FrozenClock, storage: Storage, opd: Organisation, batch: Batch
) -> None:
    batch.register_until = clock.now() - timedelta(days=1)
    batch.status = BatchStatus.RUNNING
    people, letter = [applicant(1, phone="")], Letter(opd.id, FILE)
    with pytest.raises(Refused):
        nominate(session, storage, world.actor(Role.OPD_CONTACT, organisation=opd), batch.id, letter, people,
                 now=clock.now())  # fmt: skip
    _made, entered, *_counts = nominate(
        session, storage, world.actor(Role.EDITOR), batch.id, letter, people, now=clock.now()
    )
    assert entered[0].trainee.organisation_id == opd.id
    assert entered[0].told is False


def test_opds_without_anybody_to_ask_are_named(session: Session, world: World, opd: Organisation) -> None:
    world.user(Role.OPD_CONTACT, organisation=opd)
    bidang = world.organisation(name="Bidang Aptika", kind="bidang", parent_id=world.organisation(name="Dinas A").id)
    world.user(Role.OPD_CONTACT, organisation=bidang)
    silent = world.organisation(name="Dinas Sunyi")
    world.user(Role.VIEWER, organisation=silent)
    assert [one.name for one in opds_without_contact(session)] == ["Dinas Sunyi"]
