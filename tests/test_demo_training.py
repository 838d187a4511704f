"""What the practice data of training promises: batches in every state, a gain, certificates, skills, projects."""

from collections import Counter
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import demo
from app.base.media.storage import Storage
from app.base.people.actors import actor_of
from app.base.people.models import Organisation, User
from app.demo.people import TOURISM
from app.demo.training import fill_training
from app.demo.villages import PRACTICE
from app.desk import gatherings
from app.gatherings.events.models import Attendance, Event, Registration
from app.kernel.clock import FrozenClock
from app.kernel.roles import SYSTEM
from app.kits.programmes import import_for_organisation
from app.kits.service import prepare
from app.learning.assessments.models import FeedbackGiven, Paper, PaperKind, Sitting
from app.learning.assessments.scores import results
from app.learning.certificates.models import Certificate
from app.learning.programmes.models import Skill, SkillLevel
from app.learning.projects.models import Project
from app.learning.skills.models import SkillEvidence
from app.learning.training.access import may_manage, visible_to
from app.learning.training.admission.nominations import may_send
from app.learning.training.models import Batch, Enrolment, EnrolmentStatus, Outcome, Trainee
from config import ROOT, Settings
from tests.world import NOW, World

pytestmark = pytest.mark.usefixtures("app")  # whose rooms are registered
TODAY = date(2026, 11, 24)
CODING, SIED = "Komunitas Programmer angkatan 1", "Pelatihan SIED angkatan 1"


def accounts(session: Session, world: World) -> dict[str, User]:
    organisations = demo._organisations(session, Settings(env="test"))
    return {
        one.username: world.user(
            *one.roles, organisation=organisations[one.organisation], username=one.username, name=one.name,
            position=one.position,
        )
        for one in demo.PEOPLE
    }  # fmt: skip


def practice_training(session: Session) -> None:
    """Both programmes and the practice batches, loaded twice as by two starts."""
    people = accounts(session, World(session, FrozenClock(NOW), above=1000))
    with TemporaryDirectory() as folder:
        storage = Storage(Path(folder))
        for name in ("komunitas-programmer", "pelatihan-sied"):
            import_for_organisation(session, SYSTEM, prepare(ROOT / "campaigns" / name), storage=storage, now=NOW)
        organisations = {one.name: one for one in session.scalars(select(Organisation))}
        for _twice in range(2):
            fill_training(session, people, organisations, storage=storage, now=NOW, tz="Asia/Makassar")


loaded = pytest.mark.template(told=practice_training)


@pytest.fixture
def people(session: Session) -> dict[str, User]:
    return {one.username: one for one in session.scalars(select(User))}


@pytest.fixture
def filled(session: Session) -> dict[str, Batch]:
    """The practice batches by their names, without what says that they are practice."""
    return {one.name.removesuffix(f" {PRACTICE}"): one for one in session.scalars(select(Batch))}


def enrolments(session: Session, batch: Batch) -> list[Enrolment]:
    return list(session.scalars(select(Enrolment).where(Enrolment.batch_id == batch.id).order_by(Enrolment.id)))


@loaded
def test_there_are_batches_in_every_state_once_and_all_are_practice(session: Session, filled: dict[str, Batch]) -> None:
    assert Counter(one.status for one in filled.values()) == {"finished": 2, "running": 1, "open": 1}
    assert all(one.simulated for one in filled.values())
    names = [one.name for one in session.scalars(select(Trainee))]
    names += [one.name for one in session.scalars(select(Project))]
    names += [one.name for one in filled.values()]
    names += session.scalars(select(Registration.name)).all()
    names += session.scalars(select(Attendance.name)).all()
    assert [name for name in names if PRACTICE not in name] == []
    shown = select(func.count()).select_from(Event).where(Event.announced_at.is_not(None))
    assert session.scalar(shown) == 0, "nothing of it stands on the public agenda"


@loaded
def test_the_programmers_learnt_got_certificates_and_told_what_became_of_it(
    session: Session, filled: dict[str, Batch]
) -> None:
    batch = filled[CODING]
    people = enrolments(session, batch)
    assert len(people) == 20
    assert len(batch.sessions) == 12
    found = results(session, [batch.id])
    both = [one for one in found.values() if one.pre is not None and one.post is not None]
    before, after = (sum(getattr(one, name) or 0 for one in both) / len(both) for name in ("pre", "post"))
    assert len(both) >= 18
    assert 25 < before < 55
    assert 65 < after < 95
    outcomes = Counter(one.outcome for one in people)
    assert outcomes[Outcome.INCOMPLETE] >= 2
    issued = select(func.count()).select_from(Certificate).where(Certificate.batch_id == batch.id)
    assert session.scalar(issued) == outcomes[Outcome.COMPLETED] >= 15
    numbers = session.scalars(select(Certificate.number)).all()
    assert [number for number in numbers if not number.startswith("SIMULASI-")] == [], "none of the office's own"
    places = {one.trainee.organisation_id for one in people} | {one.trainee.village_code for one in people}
    assert len(places) > 8
    papers = {one.kind: one for one in session.scalars(select(Paper).where(Paper.batch_id == filled[CODING].id))}
    given = select(func.count()).select_from(FeedbackGiven).where(FeedbackGiven.paper_id == papers["feedback"].id)
    assert session.scalar(given) == 18
    news = session.scalars(select(Sitting).where(Sitting.paper_id == papers[PaperKind.AFTER_3].id)).all()
    assert len(news) == 14
    assert {"ya", "belum"} == {one.answers["buat"] for one in news}


def levels(session: Session, key: str, level: int) -> set[str]:
    """The names of organisations, "" for villages, where somebody has this skill so far."""
    query = (
        select(Organisation.name)
        .select_from(SkillEvidence)
        .join(Skill, Skill.id == SkillEvidence.skill_id)
        .join(Trainee, Trainee.id == SkillEvidence.trainee_id)
        .outerjoin(Organisation, Organisation.id == Trainee.organisation_id)
        .where(Skill.key == key, SkillEvidence.level >= level)
    )
    return {name or "" for name in session.scalars(query)}


@loaded
def test_one_opd_has_nobody_who_uses_sied_alone_and_two_projects_have_people(
    session: Session, filled: dict[str, Batch]
) -> None:
    assert filled[SIED]
    alone = levels(session, "sied", SkillLevel.INDEPENDENT)
    assert len(alone) == 4
    assert TOURISM not in alone
    assert levels(session, "basis-data", SkillLevel.COACHING)
    assert levels(session, "web", SkillLevel.COACHING) == {""}
    projects = session.scalars(select(Project)).all()
    assert {one.status for one in projects} == {"in_use", "building"}
    assert all(len(one.members) == 3 for one in projects)


@loaded
def test_the_accounts_find_their_batches_and_the_open_one_has_a_waiting_list(
    session: Session, people: dict[str, User], filled: dict[str, Batch], clock: FrozenClock
) -> None:
    trainer, contact, editor = (actor_of(session, people[name], TODAY) for name in ("pelatih", "opd", "editor"))
    running, opened = filled["Komunitas Programmer angkatan 2"], filled["Pelatihan SIED angkatan 2"]
    assert people["pelatih"].id in {one.user_id for one in running.trainers}
    assert may_manage(trainer, running)
    held = {one.event.status for one in running.sessions}
    assert "held" in held
    assert held - {"held"}, "some lie ahead"
    for actor in (trainer, editor):
        assert gatherings.unreported(session, actor, clock.now()).total == 0, "practice sessions need no report"
    assert opened in session.scalars(select(Batch).where(visible_to(contact))).all()
    assert [one.name for one in may_send(session, contact, opened)] == [demo.DISDUKCAPIL]
    entered = enrolments(session, opened)
    assert Counter(one.status for one in entered) == {
        EnrolmentStatus.ACCEPTED: 5, EnrolmentStatus.WAITING: 2, EnrolmentStatus.APPLIED: 2,
    }  # fmt: skip


def test_without_the_programmes_there_is_no_practice_batch(
    session: Session, world: World, clock: FrozenClock, tmp_path: Path
) -> None:
    people = accounts(session, world)
    organisations = {one.name: one for one in session.scalars(select(Organisation))}
    storage = Storage(tmp_path / "berkas")
    fill_training(session, people, organisations, storage=storage, now=clock.now(), tz="Asia/Makassar")
    assert session.scalar(select(func.count()).select_from(Batch)) == 0
