"""Who can do something on their own, to whom their names are told, and everything about one person."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.kernel.errors import NotFound
from app.kernel.roles import Actor, Role
from app.learning.assessments.models import Paper, Sitting, Work
from app.learning.skills import person, who_can
from app.learning.skills.access import person_of
from app.learning.skills.levels import levels_of
from app.learning.skills.matrix import matrix
from app.learning.skills.who_can import NONE, PersonFilters
from app.learning.training.models import EnrolmentStatus
from tests.pages import asked
from tests.skills.conftest import Proofs
from tests.world import World

ALONE = PersonFilters(level=2)


def names(
    session: Session, actor: Actor, skill_id: int, filters: PersonFilters = ALONE, *, practice: bool = False
) -> list[str]:
    rows = session.execute(who_can.select_capable(actor, skill_id, filters, practice=practice))
    return [row.Trainee.name for row in rows]


def test_only_who_needs_no_help_is_listed_and_teachers_come_first(
    session: Session, world: World, proofs: Proofs
) -> None:
    skill, office = world.skill(), world.actor(Role.EDITOR)
    for name, level in (("Ani", 1), ("Budi", 2), ("Citra", 3)):
        proofs.has(world.trainee(name), skill, level)
    assert names(session, office, skill.id) == ["Citra", "Budi"]
    assert names(session, office, skill.id, PersonFilters(level=3)) == ["Citra"]
    assert names(session, office, skill.id, PersonFilters()) == ["Citra", "Budi", "Ani"]


def test_the_day_is_that_of_the_latest_evidence_of_the_level(session: Session, world: World, proofs: Proofs) -> None:
    skill, one = world.skill(), world.trainee()
    proofs.has(one, skill, 2, on=date(2024, 5, 1))
    proofs.has(one, skill, 2, on=date(2025, 5, 1))
    proofs.has(one, skill, 1, on=date(2026, 5, 1))
    proofs.has(one, skill, 2, on=date(2026, 6, 1), withdrawn_at=world.clock.now())
    row = session.execute(who_can.select_capable(world.actor(Role.EDITOR), skill.id, ALONE, practice=False)).one()
    assert (row.level, row.on) == (2, date(2025, 5, 1))


def test_the_list_holds_whom_the_matrix_counts(session: Session, world: World, proofs: Proofs) -> None:
    opd, skill = world.organisation(kind="opd"), world.skill()
    bidang = world.organisation(kind="bidang", parent_id=opd.id)
    proofs.has(world.trainee("Ani", organisation_id=opd.id), skill, 2)
    proofs.has(world.trainee("Budi", organisation_id=bidang.id), skill, 3)
    proofs.has(world.trainee("Citra", village_code=world.village()), skill, 2)
    proofs.has(world.trainee("Dedi", organisation_id=opd.id, erased_at=world.clock.now()), skill, 2)
    found, office = matrix(session, "opd"), world.actor(Role.EDITOR)
    for unit in found.units:
        listed = names(session, office, skill.id, PersonFilters(opd=who_can.unit_filter(unit.key), level=2))
        assert len(listed) == found.cell(unit, skill).able
    assert names(session, office, skill.id, PersonFilters(opd=str(opd.id), level=2)) == ["Budi", "Ani"]
    assert names(session, office, skill.id, PersonFilters(opd=NONE, level=2)) == ["Citra"]
    assert names(session, office, skill.id, PersonFilters(district=world.village()[:8], level=2)) == ["Citra"]


def test_words_find_names_offices_villages_and_skills(session: Session, world: World, proofs: Proofs) -> None:
    opd, skill = world.organisation(kind="opd", name="Dinas Perikanan"), world.skill("Basis data")
    proofs.has(world.trainee("Ani", organisation_id=opd.id), skill, 2)
    proofs.has(world.trainee("Budi"), skill, 2)
    office = world.actor(Role.EDITOR)
    assert names(session, office, skill.id, PersonFilters(q="perikanan", level=2)) == ["Ani"]
    assert names(session, office, skill.id, PersonFilters(q="bud", level=2)) == ["Budi"]
    assert names(session, office, skill.id, PersonFilters(q="100%", level=2)) == []
    listed = session.execute(who_can.select_persons(office, PersonFilters(q="basis DATA"), practice=False)).all()
    assert [row.Trainee.name for row in listed] == ["Ani", "Budi"]


@pytest.fixture
def two_opds(world: World) -> tuple[Organisation, Organisation]:
    return world.organisation(kind="opd", name="Dinas Satu"), world.organisation(kind="opd", name="Dinas Dua")


def test_an_opd_sees_its_own_people_by_name_and_how_many_others_there_are(
    session: Session, world: World, proofs: Proofs, two_opds: tuple[Organisation, Organisation]
) -> None:
    skill = world.skill()
    for name, opd in zip(("Ani", "Budi"), two_opds, strict=True):
        proofs.has(world.trainee(name, organisation_id=opd.id), skill, 2)
    contact = world.actor(Role.OPD_CONTACT, organisation=two_opds[0])
    assert names(session, contact, skill.id) == ["Ani"]
    assert who_can.count_unnamed(session, contact, skill.id, ALONE, practice=False) == 1
    row = session.execute(who_can.select_capable(contact, skill.id, ALONE, practice=False)).one()
    assert not row.opens


def test_a_manager_of_the_office_finds_everybody_but_opens_nobody(
    session: Session, world: World, proofs: Proofs
) -> None:
    skill, one = world.skill(), world.trainee("Ani")
    proofs.has(one, skill, 2)
    manager = world.actor(Role.VIEWER)
    row = session.execute(who_can.select_capable(manager, skill.id, ALONE, practice=False)).one()
    assert (row.Trainee.name, bool(row.opens)) == ("Ani", False)
    with pytest.raises(NotFound):
        person_of(session, manager, one.id)


def test_trainers_open_the_pages_of_those_whom_they_teach(session: Session, world: World, proofs: Proofs) -> None:
    trainer = world.user(Role.TRAINER, organisation=world.organisation())
    skill = world.skill()
    taught = world.enrolment(world.batch(trainers=[trainer]), world.trainee("Ani")).trainee
    stranger = world.enrolment(world.batch(), world.trainee("Budi")).trainee
    for one in (taught, stranger):
        proofs.has(one, skill, 2)
    actor = world.actor_of(trainer)
    assert person_of(session, actor, taught.id) is not None
    with pytest.raises(NotFound):
        person_of(session, actor, stranger.id)
    assert names(session, actor, skill.id) == ["Ani"]
    listed = session.execute(who_can.select_persons(actor, PersonFilters(), practice=False)).all()
    assert [row.Trainee.name for row in listed] == ["Ani"]


def test_practice_and_real_people_stand_in_lists_apart(session: Session, world: World) -> None:
    world.enrolment(world.batch(), world.trainee("Nyata"))
    world.enrolment(world.batch(simulated=True), world.trainee("Buatan"))
    office = world.actor(Role.EDITOR)

    def listed(*, practice: bool) -> list[str]:
        return [
            row.Trainee.name
            for row in session.execute(who_can.select_persons(office, PersonFilters(), practice=practice))
        ]

    assert listed(practice=False) == ["Nyata"]
    assert listed(practice=True) == ["Buatan"]


def test_a_person_is_listed_with_batches_and_skills(session: Session, world: World, proofs: Proofs) -> None:
    one = world.trainee()
    world.enrolment(world.batch(), one)
    world.enrolment(world.batch(), one, status=EnrolmentStatus.REJECTED)
    for level in (1, 2, 3):
        proofs.has(one, world.skill(), level)
    proofs.has(one, world.skill(), 2, withdrawn_at=world.clock.now())
    row = session.execute(who_can.select_persons(world.actor(Role.EDITOR), PersonFilters(), practice=False)).one()
    assert (row.batches, row.skills, row.able) == (1, 3, 2)


def scored(session: Session, world: World, enrolment: Any, kind: str, score: float) -> None:
    version = world.instrument().versions[0]
    paper = Paper(
        batch_id=enrolment.batch_id, kind=kind, instrument_version_id=version.id, most=20, created_at=world.clock.now()
    )
    session.add(paper)
    session.flush()
    session.add(
        Sitting(
            paper_id=paper.id, enrolment_id=enrolment.id, score=score, most=20, answers={},
            handed_in_at=world.clock.now(),
        )
    )  # fmt: skip
    session.commit()


def test_everything_about_a_person_in_a_batch_stands_together(session: Session, world: World, proofs: Proofs) -> None:
    batch = world.batch(programme=world.programme(skills=[(world.skill(), 2)]), sessions=3)
    enrolment = world.enrolment(batch)
    for meeting in batch.sessions[:2]:
        meeting.event.starts_at = world.clock.now() - timedelta(days=3 - meeting.position)
        meeting.event.ends_at = meeting.event.starts_at + timedelta(hours=2)
    session.commit()
    world.attended(enrolment, batch.sessions[0])
    scored(session, world, enrolment, "pre", 8)
    scored(session, world, enrolment, "post", 14)
    session.add(Work(enrolment_id=enrolment.id, title="Antrean", updated_at=world.clock.now()))
    session.commit()
    certificate = proofs.certificate(enrolment)
    now = world.clock.now()
    (one,) = person.list_participations(session, world.actor(Role.EDITOR), enrolment.trainee_id, now=now)
    assert one.attended is not None
    assert (one.attended.came, one.attended.held) == (1, 2)
    assert (one.result.pre, one.result.post, one.result.gain) == (40, 70, 0.5)
    assert [meeting.came for meeting in one.meetings] == [True, False, False]
    assert one.work is not None
    assert one.certificate is certificate


def test_a_trainer_sees_the_batches_that_are_theirs_and_how_many_others(session: Session, world: World) -> None:
    trainer = world.user(Role.TRAINER, organisation=world.organisation())
    one = world.trainee()
    own = world.batch(trainers=[trainer])
    world.enrolment(own, one)
    world.enrolment(world.batch(), one)
    actor = world.actor_of(trainer)
    assert [
        taking.batch.id for taking in person.list_participations(session, actor, one.id, now=world.clock.now())
    ] == [own.id]
    assert person.count_other_batches(session, actor, one.id) == 1


def test_what_became_of_a_person_stands_in_the_words_of_the_questions(session: Session, world: World) -> None:
    enrolment = world.enrolment(world.batch())
    definition = {
        "title": "Sesudah", "languages": ["id"], "measures": [],
        "sections": [{"key": "s", "questions": [
            {"key": "aktif", "kind": "one", "text": "Masih aktif?", "options": [
                {"key": "ya", "text": "Ya, masih"}, {"key": "tidak", "text": "Tidak"}]},
            {"key": "apa", "kind": "text", "text": "Apa yang dibuat?"},
        ]}],
    }  # fmt: skip
    version = world.instrument(definition).versions[0]
    paper = Paper(
        batch_id=enrolment.batch_id, kind="after_3", instrument_version_id=version.id, created_at=world.clock.now()
    )
    session.add(paper)
    session.flush()
    session.add(
        Sitting(paper_id=paper.id, enrolment_id=enrolment.id, answers={"aktif": "ya"}, handed_in_at=world.clock.now())
    )
    session.commit()
    (one,) = person.follow_ups(session, world.actor(Role.EDITOR), enrolment.trainee_id)
    assert [(told.question, list(told.lines)) for told in one.answers] == [("Masih aktif?", ["Ya, masih"])]


def test_skills_of_a_person_show_what_was_withdrawn_as_well(session: Session, world: World, proofs: Proofs) -> None:
    person_, skill, lost = world.trainee(), world.skill(), world.skill()
    proofs.has(person_, skill, 1)
    proofs.has(person_, skill, 2, withdrawn_at=world.clock.now())
    proofs.has(person_, lost, 2, withdrawn_at=world.clock.now())
    first, second = person.known_skills(session, person_.id)
    assert first.held is not None
    assert (first.held.level, [line.evidence.level for line in first.lines]) == (1, [1, 2])
    assert second.held is None


def test_a_practice_certificate_gives_a_real_person_nothing_anywhere(
    session: Session, world: World, proofs: Proofs
) -> None:
    skill, real, made_up = world.skill("Basis data"), world.trainee("Ani"), world.trainee("Buatan")
    practice = world.batch(simulated=True, programme=world.programme(skills=[(skill, 2)]))
    for one in (real, made_up):
        proofs.certificate(world.enrolment(practice, one))
    world.enrolment(world.batch(), real)
    office = world.actor(Role.EDITOR)
    for filters in (PersonFilters(skill_id=skill.id), PersonFilters(q="basis data")):
        assert session.execute(who_can.select_persons(office, filters, practice=False)).all() == []
        assert len(session.execute(who_can.select_persons(office, filters, practice=True)).all()) == 1
    row = session.execute(who_can.select_persons(office, PersonFilters(), practice=False)).one()
    assert (row.skills, row.able) == (0, 0)
    assert levels_of(session, [real.id, made_up.id]) == {made_up.id: {skill.id: 2}}
    (known,), (pretended,) = (person.known_skills(session, one.id) for one in (real, made_up))
    assert (known.held, [line.counts for line in known.lines]) == (None, [False])
    assert pretended.held is not None
    assert names(session, office, skill.id, practice=True) == ["Buatan"]
    assert names(session, office, skill.id) == []


def test_the_page_of_a_person_costs_the_same_however_much_there_is(
    session: Session, world: World, proofs: Proofs
) -> None:
    one, office, now = world.trainee(), world.actor(Role.EDITOR), world.clock.now()

    def read() -> int:
        session.expunge_all()
        with asked() as seen:
            person.list_participations(session, office, one.id, now=now)
            person.known_skills(session, one.id)
        return len(seen)

    for size in (1, 4):
        for _ in range(size):
            enrolment = world.enrolment(
                world.batch(programme=world.programme(skills=[(world.skill(), 2)]), sessions=2), one
            )
            proofs.certificate(enrolment)
        if size == 1:
            before = read()
    assert read() == before


def test_an_opd_that_holds_a_batch_opens_no_pages_through_its_contact(session: Session, world: World) -> None:
    opd = world.organisation(kind="opd")
    one = world.enrolment(world.batch(organisation_id=opd.id)).trainee
    with pytest.raises(NotFound):
        person_of(session, world.actor(Role.OPD_CONTACT, organisation=opd), one.id)
    assert person_of(session, world.actor(Role.CONTRIBUTOR, organisation=opd), one.id) is one
