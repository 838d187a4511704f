"""Certificates, projects and what trainers saw: what each shows, and how it is taken back."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import SYSTEM, Role
from app.learning.certificates.issued import ISSUED, REVOKED
from app.learning.projects import service as projects
from app.learning.projects.models import Project, ProjectMember
from app.learning.skills import evidence
from app.learning.skills.evidence import Observation
from app.learning.skills.levels import levels_of
from app.learning.skills.models import EvidenceKind, SkillEvidence
from app.learning.skills.person import known_skills
from app.learning.training.models import Trainee
from app.learning.training.retention import erase
from tests.skills.conftest import Proofs
from tests.world import World

TODAY = date(2026, 11, 24)
SAW = "Membuat basis data perpustakaan tanpa dibantu."


def lines(session: Session, trainee: Trainee) -> list[SkillEvidence]:
    query = select(SkillEvidence).where(SkillEvidence.trainee_id == trainee.id).order_by(SkillEvidence.id)
    return list(session.scalars(query))


def seen(session: Session, world: World, trainee: Trainee, observation: Observation, **values: object) -> SkillEvidence:
    actor = values.pop("actor", None) or world.actor(Role.EDITOR)
    return evidence.observe(session, actor, trainee.id, observation, today=TODAY, now=world.clock.now())  # type: ignore[arg-type]


def test_a_certificate_shows_what_the_active_modules_lead_to(session: Session, world: World, proofs: Proofs) -> None:
    data, web, security = world.skill(), world.skill(), world.skill()
    programme = world.programme(skills=[(data, 1), (web, 2)])
    programme.modules[1].skills = []
    archived = world.programme(skills=[(security, 2)]).modules[0]
    archived.programme_id, archived.archived_at = programme.id, world.clock.now()
    session.commit()
    enrolment = world.enrolment(world.batch(programme=programme))
    proofs.certificate(enrolment)
    assert levels_of(session, [enrolment.trainee_id])[enrolment.trainee_id] == {data.id: 1, web.id: 2}
    assert {one.held.on for one in known_skills(session, enrolment.trainee_id) if one.held} == {TODAY}


def test_a_certificate_alone_never_shows_that_somebody_can_teach(
    session: Session, world: World, proofs: Proofs
) -> None:
    skill = world.skill()
    enrolment = world.enrolment(world.batch(programme=world.programme(skills=[(skill, 3)])))
    proofs.certificate(enrolment)
    assert levels_of(session, [enrolment.trainee_id])[enrolment.trainee_id][skill.id] == 2


def test_a_certificate_is_noted_once(session: Session, world: World, proofs: Proofs) -> None:
    enrolment = world.enrolment(world.batch(programme=world.programme(skills=[(world.skill(), 2)])))
    certificate = proofs.certificate(enrolment)
    evidence.note_certificates(session, SYSTEM, [certificate], world.clock.now())
    assert len(lines(session, enrolment.trainee)) == 1


def test_issuing_and_revoking_reach_the_evidence() -> None:
    assert evidence.note_certificates in ISSUED
    assert evidence.withdraw_certificate in REVOKED


def test_a_revoked_certificate_takes_its_evidence_along_and_nothing_else(
    session: Session, world: World, proofs: Proofs
) -> None:
    skill = world.skill()
    enrolment = world.enrolment(world.batch(programme=world.programme(skills=[(skill, 2)])))
    certificate = proofs.certificate(enrolment)
    proofs.has(enrolment.trainee, skill, 1)
    certificate.revoked_at, certificate.revoke_reason = world.clock.now(), "Nama orang lain."
    evidence.withdraw_certificate(session, SYSTEM, certificate, world.clock.now())
    session.commit()
    first, second = lines(session, enrolment.trainee)
    assert first.withdrawn_at == world.clock.now()
    assert certificate.number in first.withdrawn_reason
    assert "Nama orang lain." in first.withdrawn_reason
    assert second.withdrawn_at is None
    assert levels_of(session, [enrolment.trainee_id])[enrolment.trainee_id][skill.id] == 1


def test_the_highest_level_that_was_not_withdrawn_counts(session: Session, world: World, proofs: Proofs) -> None:
    skill, person = world.skill(), world.trainee()
    proofs.has(person, skill, 1, on=date(2026, 11, 1))
    proofs.has(person, skill, 2, on=date(2025, 3, 1))
    proofs.has(person, skill, 2, on=date(2025, 9, 1))
    proofs.has(person, skill, 3, withdrawn_at=world.clock.now())
    held = known_skills(session, person.id)[0].held
    assert held is not None
    assert (held.level, held.on) == (2, date(2025, 9, 1))
    assert levels_of(session, [person.id]) == {person.id: {skill.id: 2}}


def test_what_a_trainer_saw_keeps_who_when_and_why(session: Session, world: World) -> None:
    trainer = world.user(Role.TRAINER, organisation=world.organisation())
    enrolment = world.enrolment(world.batch(trainers=[trainer]))
    skill, actor = world.skill(), world.actor_of(trainer)
    row = evidence.observe(
        session, actor, enrolment.trainee_id, Observation(skill.id, 3, TODAY, SAW), today=TODAY, now=world.clock.now()
    )
    session.commit()
    assert (row.kind, row.level, row.by_id, row.note) == (EvidenceKind.OBSERVED, 3, trainer.id, SAW)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "evidence.noted")).one()
    assert entry.subject_id == str(row.id)


def test_the_same_observation_twice_is_one(session: Session, world: World) -> None:
    person, skill, actor = world.trainee(), world.skill(), world.actor(Role.EDITOR)
    for _ in range(2):
        seen(session, world, person, Observation(skill.id, 2, TODAY, SAW), actor=actor)
    assert len(lines(session, person)) == 1


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"level": 4}, "level"),
        ({"level": 0}, "level"),
        ({"on": TODAY + timedelta(days=1)}, "on"),
        ({"on": None}, "on"),
        ({"note": "  ya  "}, "note"),
        ({"note": "x" * 501}, "note"),
        ({"skill_id": 10**6}, "skill_id"),
    ],
)
def test_an_observation_says_what_is_wrong_with_it(
    session: Session, world: World, changed: dict[str, object], field: str
) -> None:
    values = {"skill_id": world.skill().id, "level": 2, "on": TODAY, "note": SAW, **changed}
    with pytest.raises(Invalid) as error:
        seen(session, world, world.trainee(), Observation(**values))  # type: ignore[arg-type]
    assert error.value.field == field


def test_an_archived_skill_is_not_noted_any_more(session: Session, world: World) -> None:
    skill = world.skill(archived_at=world.clock.now())
    with pytest.raises(Invalid):
        seen(session, world, world.trainee(), Observation(skill.id, 2, TODAY, SAW))


def test_nothing_is_noted_about_somebody_whose_data_were_erased(session: Session, world: World) -> None:
    person = world.trainee(erased_at=world.clock.now(), phone=None)
    with pytest.raises(Refused):
        seen(session, world, person, Observation(world.skill().id, 2, TODAY, SAW))


def project(session: Session, world: World, person: Trainee | None, status: str = "in_use") -> Project:
    now = world.clock.now()
    members = [ProjectMember(trainee_id=person.id)] if person else []
    row = Project(name="Antrean", status=status, status_on=TODAY, created_at=now, updated_at=now, members=members)
    session.add(row)
    session.commit()
    return row


def test_a_project_in_use_is_evidence_for_those_who_built_it(session: Session, world: World) -> None:
    person, skill = world.trainee(), world.skill()
    made = project(session, world, person)
    row = seen(session, world, person, Observation(skill.id, 2, TODAY, SAW, made.id))
    assert (row.kind, row.project_id) == (EvidenceKind.PROJECT, made.id)


def test_a_project_is_no_evidence_before_it_is_used_or_for_others_or_for_teaching(
    session: Session, world: World
) -> None:
    person, skill = world.trainee(), world.skill()
    idea, of_others = project(session, world, person, "building"), project(session, world, None)
    used = project(session, world, person)
    for level, made, field in ((2, idea, "project_id"), (2, of_others, "project_id"), (3, used, "level")):
        with pytest.raises(Invalid) as error:
            seen(session, world, person, Observation(skill.id, level, TODAY, SAW, made.id))
        assert error.value.field == field


def test_withdrawn_evidence_stays_in_sight_with_its_reason(session: Session, world: World, proofs: Proofs) -> None:
    person, skill, actor = world.trainee(), world.skill(), world.actor(Role.EDITOR)
    row = proofs.has(person, skill, 2)
    with pytest.raises(Invalid) as error:
        evidence.withdraw(session, actor, person.id, row.id, reason="x", now=world.clock.now())
    assert error.value.field == "reason"
    evidence.withdraw(session, actor, person.id, row.id, reason="Ternyata dibantu teman.", now=world.clock.now())
    session.commit()
    assert lines(session, person)[0].withdrawn_reason == "Ternyata dibantu teman."
    assert levels_of(session, [person.id]) == {}


def test_evidence_of_a_certificate_goes_only_with_the_certificate(
    session: Session, world: World, proofs: Proofs
) -> None:
    enrolment = world.enrolment(world.batch(programme=world.programme(skills=[(world.skill(), 2)])))
    proofs.certificate(enrolment)
    row = lines(session, enrolment.trainee)[0]
    with pytest.raises(Refused):
        evidence.withdraw(
            session, world.actor(Role.ADMIN), enrolment.trainee_id, row.id, reason="Ternyata keliru.",
            now=world.clock.now(),
        )  # fmt: skip


def test_evidence_is_found_at_its_own_person_only(session: Session, world: World, proofs: Proofs) -> None:
    row = proofs.has(world.trainee(), world.skill(), 2)
    other = world.trainee()
    with pytest.raises(NotFound):
        evidence.withdraw(
            session, world.actor(Role.EDITOR), other.id, row.id, reason="Ternyata keliru.", now=world.clock.now()
        )


def test_trainers_note_only_about_those_whom_they_teach(session: Session, world: World) -> None:
    trainer = world.actor(Role.TRAINER, organisation=world.organisation())
    stranger = world.enrolment(world.batch()).trainee
    with pytest.raises(NotFound):
        seen(session, world, stranger, Observation(world.skill().id, 2, TODAY, SAW), actor=trainer)


def test_who_only_supervises_notes_nothing(session: Session, world: World) -> None:
    person = world.trainee()
    with pytest.raises(Forbidden):
        seen(session, world, person, Observation(world.skill().id, 2, TODAY, SAW), actor=world.actor(Role.APPROVER))


def test_what_was_written_about_somebody_goes_with_their_data(session: Session, world: World, proofs: Proofs) -> None:
    person, skill = world.trainee(), world.skill()
    proofs.has(person, skill, 2, note="Bu Ani memperbaiki situs desa sendiri.")
    erase(session, person, now=world.clock.now())
    session.commit()
    session.expire_all()
    assert [one.note for one in lines(session, person)] == [""]


def shown_by_project(session: Session, world: World, status: str = "in_use") -> tuple[Trainee, Project]:
    person = world.trainee()
    made = project(session, world, person)
    seen(session, world, person, Observation(world.skill().id, 2, TODAY, SAW, made.id))
    made.status = status
    session.commit()
    return person, made


def test_who_is_taken_out_of_a_project_loses_what_it_showed(session: Session, world: World, proofs: Proofs) -> None:
    person, made = shown_by_project(session, world)
    other = proofs.has(person, world.skill(), 1)
    projects.remove_member(session, world.actor(Role.EDITOR), made.id, person.id, now=world.clock.now())
    first, second = lines(session, person)
    assert first.withdrawn_at == world.clock.now()
    assert "tidak tercatat lagi pada proyek Antrean" in first.withdrawn_reason
    assert (second.id, second.withdrawn_at) == (other.id, None)


def test_a_stopped_project_keeps_what_it_showed_and_one_put_away_as_wrong_does_not(
    session: Session, world: World
) -> None:
    actor = world.actor(Role.EDITOR)
    for status, stays in (("stopped", True), ("in_use", False), ("building", False)):
        person, made = shown_by_project(session, world, status)
        projects.put_away(session, actor, made.id, now=world.clock.now())
        assert (lines(session, person)[0].withdrawn_at is None) is stays


def test_a_project_that_was_put_away_is_no_evidence(session: Session, world: World) -> None:
    person, skill = world.trainee(), world.skill()
    made = project(session, world, person)
    made.archived_at = world.clock.now()
    session.commit()
    with pytest.raises(Invalid):
        seen(session, world, person, Observation(skill.id, 2, TODAY, SAW, made.id))
