"""The figures for managers, each against what was put in."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.periods import Period
from app.kernel.roles import Actor, Role
from app.learning.assessments.models import Paper, Sitting
from app.learning.skills.matrix import matrix
from app.learning.skills.numbers import Numbers, Scope, gaps, numbers, programme_choices, years
from app.learning.training.models import Batch, BatchStatus, Enrolment, EnrolmentStatus, Outcome
from app.learning.training.practice import shows_practice
from tests.pages import asked
from tests.skills.conftest import Proofs
from tests.world import World

EVERYTHING = Scope()


def counted(session: Session, world: World, scope: Scope = EVERYTHING, actor: Actor | None = None) -> Numbers:
    return numbers(session, actor or world.actor(Role.EDITOR), scope, now=world.clock.now())


def finished(world: World, **values: Any) -> Batch:
    values.setdefault("starts_on", date(2026, 3, 2))
    values.setdefault("ends_on", date(2026, 4, 2))
    return world.batch(status=BatchStatus.FINISHED, **values)


def test_places_registrations_and_completion(session: Session, world: World, proofs: Proofs) -> None:
    done, running = finished(world, capacity=20), world.batch(status=BatchStatus.RUNNING, capacity=10)
    world.batch(status=BatchStatus.DRAFT, capacity=100)
    world.batch(status=BatchStatus.CANCELLED, capacity=100)
    first = world.enrolment(done, outcome=Outcome.COMPLETED)
    world.enrolment(done, outcome=Outcome.INCOMPLETE)
    world.enrolment(done, outcome=Outcome.COMPLETED)
    world.enrolment(done)
    world.enrolment(done, status=EnrolmentStatus.REJECTED)
    world.enrolment(running)
    proofs.certificate(first)
    proofs.certificate(world.enrolment(running), revoked_at=world.clock.now(), revoke_reason="Keliru.")
    total = counted(session, world).total
    assert (total.places, total.registrations, total.accepted) == (30, 7, 6)
    assert (total.completed, total.settled, total.open) == (2, 3, 1)
    assert round(total.completion or 0, 1) == 66.7
    assert total.certificates == 1


def test_what_nothing_was_recorded_for_is_not_nought(session: Session, world: World) -> None:
    world.enrolment(world.batch(status=BatchStatus.RUNNING))
    found = counted(session, world)
    assert found.total.completion is None
    assert found.total.attendance is None
    assert found.womens_share is None
    assert found.total.pairs == ()


def test_attendance_is_of_the_sessions_that_took_place(session: Session, world: World) -> None:
    batch = world.batch(sessions=3)
    for meeting in batch.sessions[:2]:
        meeting.event.starts_at = world.clock.now() - timedelta(days=2)
        meeting.event.ends_at = world.clock.now() - timedelta(days=2) + timedelta(hours=2)
    session.commit()
    first, second = world.enrolment(batch), world.enrolment(batch)
    world.attended(first, *batch.sessions[:2])
    world.attended(second, batch.sessions[0])
    total = counted(session, world).total
    assert (total.came, total.asked, total.attendance) == (3, 4, 75)


def test_women_are_counted_once_among_people_whose_sex_is_known(session: Session, world: World) -> None:
    woman, man, unknown = world.trainee(sex="f"), world.trainee(sex="m"), world.trainee()
    first, second = world.batch(), world.batch()
    for batch, people in ((first, (woman, man, unknown)), (second, (woman,))):
        for one in people:
            world.enrolment(batch, one)
    found = counted(session, world)
    assert (found.people, found.women_people, found.sexes_people, found.womens_share) == (3, 1, 2, 50)
    assert (found.total.women, found.total.accepted, found.total.sex_unknown) == (2, 4, 1)


def test_no_period_tells_the_sex_of_a_single_person(session: Session, world: World) -> None:
    """What a longer period takes in, less what a shorter one had, must not be one batch of few."""
    large, small = finished(world), finished(world, starts_on=date(2026, 3, 9))
    for sex in "fffmmm":
        world.enrolment(large, world.trainee(sex=sex))
    world.enrolment(small, world.trainee(sex="f"))
    world.enrolment(small, world.trainee())
    manager, shares = world.actor(Role.VIEWER), []
    for last in (date(2026, 3, 8), date(2026, 3, 31)):
        found = counted(session, world, Scope(period=Period(date(2026, 3, 1), last)), manager)
        shares.append((found.women_people, found.sexes_people, found.sex_unknown, found.womens_share))
    assert shares == [(3, 6, 0, 50)] * 2
    alone = counted(session, world, Scope(period=Period(date(2026, 3, 9), date(2026, 3, 31))), manager)
    assert (alone.womens_share, alone.few_sexes) == (None, 1)
    assert counted(session, world).sexes_people == 7, "who may read of single persons sees all"


def test_pairs_are_those_who_took_both_tests(session: Session, world: World) -> None:
    batch = world.batch()
    both, before = world.enrolment(batch), world.enrolment(batch)
    version, now = world.instrument().versions[0], world.clock.now()
    for kind, scores in (("pre", {both: 10, before: 5}), ("post", {both: 15})):
        paper = Paper(batch_id=batch.id, kind=kind, instrument_version_id=version.id, most=20, created_at=now)
        session.add(paper)
        session.flush()
        for enrolment, score in scores.items():
            session.add(Sitting(paper_id=paper.id, enrolment_id=enrolment.id, score=score, most=20, handed_in_at=now))
    session.commit()
    assert counted(session, world).total.by_person == [(50.0, 75.0)]


def test_opds_and_districts_reached_are_those_of_people_accepted(session: Session, world: World) -> None:
    opd, other = world.organisation(kind="opd"), world.organisation(kind="opd")
    bidang = world.organisation(kind="bidang", parent_id=opd.id)
    batch, village = world.batch(), world.village()
    world.enrolment(batch, world.trainee(organisation_id=opd.id))
    world.enrolment(batch, world.trainee(organisation_id=bidang.id, village_code=village))
    world.enrolment(batch, world.trainee(organisation_id=other.id), status=EnrolmentStatus.WAITING)
    found = counted(session, world)
    assert found.total.opds == {opd.id}
    assert len(found.total.districts) == 1
    assert found.all_districts == 20
    assert found.all_opds >= 2


def test_year_and_programme_narrow_the_figures(session: Session, world: World) -> None:
    programme = world.programme(title="Aplikasi kantor")
    old = finished(world, programme=programme, starts_on=date(2024, 12, 31), ends_on=date(2025, 1, 5))
    world.enrolment(old, outcome=Outcome.COMPLETED)
    new = finished(world, starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 5))
    world.enrolment(new)
    office = world.actor(Role.EDITOR)
    assert [row.batch.id for row in counted(session, world, Scope(year=2024)).rows] == [old.id]
    assert [row.batch.id for row in counted(session, world, Scope(year=2026)).rows] == [new.id]
    assert [row.batch.id for row in counted(session, world, Scope(programme_id=programme.id)).rows] == [old.id]
    assert [row.batch.id for row in counted(session, world).rows] == [new.id, old.id]
    assert years(session, office) == [2026, 2025, 2024]
    assert (programme.id, "Aplikasi kantor") in programme_choices(session, office)


def test_practice_batches_are_counted_only_where_nothing_real_is_there(session: Session, world: World) -> None:
    assert not shows_practice(session)
    practice = world.batch(simulated=True)
    assert shows_practice(session)
    assert [row.batch.id for row in counted(session, world, Scope(practice=True)).rows] == [practice.id]
    real = world.batch()
    assert not shows_practice(session)
    assert [row.batch.id for row in counted(session, world).rows] == [real.id]


def test_real_evidence_alone_ends_the_practice(session: Session, world: World, proofs: Proofs) -> None:
    pretended = world.enrolment(world.batch(simulated=True)).trainee
    proofs.has(pretended, world.skill(), 2)
    assert shows_practice(session)
    world.enrolment(world.batch(status=BatchStatus.DRAFT))
    assert shows_practice(session)
    proofs.has(world.trainee(), world.skill(), 1)
    assert not shows_practice(session)


def test_the_choices_are_of_batches_that_are_shown(session: Session, world: World) -> None:
    office = world.actor(Role.EDITOR)
    practice, real = world.batch(simulated=True, starts_on=date(2020, 1, 6)), world.batch()
    assert [one[0] for one in programme_choices(session, office)] == [real.programme_id]
    assert [one[0] for one in programme_choices(session, office, practice=True)] == [practice.programme_id]
    assert (years(session, office), years(session, office, practice=True)) == ([2026], [2020])


def took_tests(session: Session, world: World, batch: Batch, pairs: list[tuple[int, int]]) -> None:
    """So many participants with these points of 100 before and after."""
    version, now = world.instrument().versions[0], world.clock.now()
    people = [world.enrolment(batch) for _ in pairs]
    for place, kind in enumerate(("pre", "post")):
        paper = Paper(batch_id=batch.id, kind=kind, instrument_version_id=version.id, most=100, created_at=now)
        session.add(paper)
        session.flush()
        session.add_all(
            Sitting(paper_id=paper.id, enrolment_id=one.id, score=pair[place], most=100, handed_in_at=now)
            for one, pair in zip(people, pairs, strict=True)
        )
    session.commit()


def test_what_few_people_learnt_is_withheld_from_everybody_and_cannot_be_worked_out(
    session: Session, world: World
) -> None:
    many, few = finished(world), finished(world)
    took_tests(session, world, many, [(20, 60)] * 5)
    took_tests(session, world, few, [(50, 22), (40, 90)])
    found = counted(session, world)
    told = {row.batch.id: row.tally.few for row in found.rows}
    assert (told[many.id], told[few.id]) == (frozenset(), {"learnt"})
    assert (len(found.total.pairs), found.total.few) == (5, frozenset())


def test_batches_that_are_few_apart_may_be_enough_together(session: Session, world: World) -> None:
    for _ in range(2):
        took_tests(session, world, finished(world), [(20, 60)] * 3)
    found = counted(session, world)
    assert [row.tally.few for row in found.rows] == [{"learnt"}, {"learnt"}]
    assert (len(found.total.pairs), found.total.few) == (6, frozenset())


def test_outcomes_of_few_are_for_those_who_may_read_marks(session: Session, world: World) -> None:
    batch = finished(world, sessions=0)
    world.enrolment(batch, world.trainee(sex="f"), outcome=Outcome.INCOMPLETE)
    assert counted(session, world).total.completion == 0
    manager = counted(session, world, actor=world.actor(Role.VIEWER))
    assert manager.rows[0].tally.few == manager.total.few == {"completion", "women"}
    assert (manager.total.completion, manager.womens_share, manager.total.settled) == (None, None, 1)
    large = finished(world)
    for _ in range(6):
        world.enrolment(large, outcome=Outcome.COMPLETED)
    total = counted(session, world, actor=world.actor(Role.VIEWER)).total
    assert (total.completed, total.settled) == (6, 6)


def test_people_without_a_village_are_counted_as_that(session: Session, world: World) -> None:
    batch = world.batch()
    world.enrolment(batch)
    world.enrolment(batch, world.trainee(village_code=world.village()))
    assert counted(session, world).nowhere == 1


def test_a_trainer_gets_the_figures_of_their_own_batches(session: Session, world: World) -> None:
    trainer = world.user(Role.TRAINER, organisation=world.organisation())
    own = world.batch(trainers=[trainer])
    world.batch()
    assert [row.batch.id for row in counted(session, world, actor=world.actor_of(trainer)).rows] == [own.id]


def test_gaps_name_the_opds_overall_and_by_group(session: Session, world: World, proofs: Proofs) -> None:
    data, web = world.skill(group="Data"), world.skill(group="Web")
    able, learning, empty = (world.organisation(kind="opd") for _ in range(3))
    proofs.has(world.trainee(organisation_id=able.id), data, 2)
    proofs.has(world.trainee(organisation_id=learning.id), web, 1)
    found = gaps(matrix(session, "opd"))
    everywhere = {unit.key for unit in found.everywhere}
    assert {str(learning.id), str(empty.id)} <= everywhere
    assert str(able.id) not in everywhere
    by_group = {name: {unit.key for unit in units} for name, units in found.by_group}
    assert str(able.id) not in by_group["Data"]
    assert str(able.id) in by_group["Web"]
    assert found.opds == len(by_group["Web"])


def test_the_figures_cost_the_same_however_many_batches_there_are(session: Session, world: World) -> None:
    office = world.actor(Role.EDITOR)

    def read() -> int:
        session.expunge_all()
        with asked() as seen:
            counted(session, world, actor=office)
        return len(seen)

    world.enrolment(world.batch(sessions=1))
    before = read()
    for _ in range(4):
        world.enrolment(world.batch(sessions=2))
    assert read() == before


def test_who_stopped_on_the_way_counts_among_those_who_began(session: Session, world: World) -> None:
    batch = finished(world, sessions=2)
    for meeting in batch.sessions:
        meeting.event.starts_at = world.clock.now() - timedelta(days=2)
        meeting.event.ends_at = meeting.event.starts_at + timedelta(hours=2)
    session.commit()
    stayed, left, never = (world.enrolment(batch) for _ in range(3))
    world.attended(stayed, *batch.sessions)
    world.attended(left, batch.sessions[0])
    stayed.outcome = Outcome.COMPLETED
    left.status = never.status = EnrolmentStatus.WITHDRAWN
    session.commit()
    found = counted(session, world)
    for tally in (found.rows[0].tally, found.total):
        assert (tally.completed, tally.stopped, tally.began, tally.completion) == (1, 1, 2, 50)
    manager = counted(session, world, actor=world.actor(Role.VIEWER))
    assert (manager.total.completion, manager.total.stopped, manager.total.began) == (None, 0, 1)


def test_who_took_the_tests_of_two_batches_is_one_person(session: Session, world: World) -> None:
    first, second = finished(world), finished(world)
    took_tests(session, world, first, [(20, 60)] * 4)
    took_tests(session, world, second, [(40, 100), (50, 60), (50, 60), (50, 60)])
    ids = [session.scalars(select(Enrolment).where(Enrolment.batch_id == one.id)).all() for one in (first, second)]
    for one, again in zip(*ids, strict=True):
        again.trainee_id = one.trainee_id
    session.commit()
    found = counted(session, world)
    assert (len(found.total.pairs), found.total.tested, found.total.few) == (8, 4, {"learnt"})
    assert found.total.by_person[0] == (30, 80)
