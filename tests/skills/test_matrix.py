"""The matrix against a count by hand, on random people."""

import random
from collections import defaultdict
from datetime import date, timedelta

import pytest
from sqlalchemy import event as hooks
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.learning.skills.matrix import NOWHERE, By, Cell, Matrix, matrix
from app.learning.training.models import BatchStatus, EnrolmentStatus, Trainee
from tests.skills.conftest import Proofs
from tests.world import World

LEVELS = {1: "basic", 2: "independent", 3: "coaching"}


def unit(found: Matrix, key: object) -> object:
    return next((one for one in found.units if one.key == str(key)), None)


def cells(found: Matrix) -> dict[tuple[str, int], Cell]:
    return {place: cell for place, cell in found.cells.items() if cell.people}


@pytest.mark.parametrize("by", ["opd", "district"])
def test_every_cell_is_what_one_counts_by_hand(session: Session, world: World, proofs: Proofs, by: By) -> None:
    chance = random.Random(7)
    opds = [world.organisation(kind="opd") for _ in range(4)]
    bidang = [world.organisation(kind="bidang", parent_id=opds[0].id), world.organisation(kind="bidang")]
    community = world.organisation(kind="kim")
    skills = [world.skill() for _ in range(5)]
    villages = session.scalars(select(Village).order_by(Village.code).limit(30)).all()
    expected: dict[tuple[str, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    people: dict[str, int] = defaultdict(int)
    for _ in range(60):
        organisation = chance.choice([*opds[:3], *bidang, community, None])
        village = chance.choice([*villages, None])
        person = world.trainee(
            organisation_id=organisation.id if organisation else None, village_code=village.code if village else None,
            erased_at=world.clock.now() if chance.random() < 0.1 else None,
        )  # fmt: skip
        if by == "district":
            key = village.district_code if village else NOWHERE
        else:
            opd = opds[0] if organisation is bidang[0] else organisation if organisation in opds else None
            key = str(opd.id) if opd else NOWHERE
        had = False
        for skill in skills:
            highest = 0
            for _line in range(chance.randrange(3)):
                level, withdrawn = chance.randrange(1, 4), chance.random() < 0.3
                proofs.has(
                    person, skill, level, on=date(2026, 1, 1) + timedelta(days=chance.randrange(300)),
                    withdrawn_at=world.clock.now() if withdrawn else None,
                )  # fmt: skip
                highest = max(highest, 0 if withdrawn else level)
            if highest and person.erased_at is None:
                expected[key, skill.id][LEVELS[highest]] += 1
                had = True
        people[key] += had
    found = matrix(session, by)
    assert cells(found) == {place: Cell(**levels) for place, levels in expected.items()}
    assert {one.key: one.people for one in found.units if one.people} == {k: n for k, n in people.items() if n}
    for skill in skills:
        total = sum((cell for (_key, number), cell in cells(found).items() if number == skill.id), Cell())
        assert found.of_skill(skill) == total


def test_an_opd_without_anybody_stays_listed_as_a_gap(session: Session, world: World, proofs: Proofs) -> None:
    busy, empty = world.organisation(kind="opd"), world.organisation(kind="opd")
    gone = world.organisation(kind="opd", active=False)
    skill = world.skill()
    proofs.has(world.trainee(organisation_id=busy.id), skill, 2)
    found = matrix(session, "opd")
    assert unit(found, empty.id) in found.empty_units()
    assert unit(found, busy.id) not in found.empty_units()
    assert unit(found, gone.id) is None
    assert found.without(skill) == len([one for one in found.units if one.key != NOWHERE]) - 1


def test_who_only_works_with_help_leaves_the_gap(session: Session, world: World, proofs: Proofs) -> None:
    opd, skill = world.organisation(kind="opd"), world.skill()
    proofs.has(world.trainee(organisation_id=opd.id), skill, 1)
    found = matrix(session, "opd")
    listed = next(one for one in found.units if one.key == str(opd.id))
    assert found.cell(listed, skill) == Cell(basic=1)
    assert skill in found.gaps_of(listed)


def test_all_districts_stand_in_the_matrix(session: Session, world: World) -> None:
    found = matrix(session, "district")
    assert len(found.units) == len(session.scalars(select(District)).all())


def simulated_person(world: World, **values: object) -> Trainee:
    person = world.trainee(**values)
    world.enrolment(world.batch(simulated=True), person)
    return person


def test_simulated_people_never_stand_beside_real_ones(session: Session, world: World, proofs: Proofs) -> None:
    opd, skill = world.organisation(kind="opd"), world.skill()
    proofs.has(simulated_person(world, organisation_id=opd.id), skill, 2)
    both = simulated_person(world, organisation_id=opd.id)
    world.enrolment(world.batch(), both)
    proofs.has(both, skill, 2)
    found = matrix(session, "opd")
    assert not found.practice
    assert cells(found) == {(str(opd.id), skill.id): Cell(independent=1)}


def test_a_practice_certificate_gives_a_real_person_nothing(session: Session, world: World, proofs: Proofs) -> None:
    skill, person = world.skill(), world.trainee()
    programme = world.programme(skills=[(skill, 2)])
    proofs.certificate(world.enrolment(world.batch(programme=programme, simulated=True), person))
    world.enrolment(world.batch(programme=programme), person)
    proofs.has(world.trainee(), skill, 1)
    assert cells(matrix(session, "opd")) == {(NOWHERE, skill.id): Cell(basic=1)}


def test_where_nothing_real_is_there_yet_practice_is_shown_and_said(
    session: Session, world: World, proofs: Proofs
) -> None:
    skill = world.skill()
    proofs.has(simulated_person(world), skill, 2)
    found = matrix(session, "opd")
    assert found.practice
    assert cells(found) == {(NOWHERE, skill.id): Cell(independent=1)}


def test_practice_and_real_people_never_stand_in_one_number(session: Session, world: World, proofs: Proofs) -> None:
    skill, opd = world.skill(), world.organisation(kind="opd")
    proofs.has(simulated_person(world, organisation_id=opd.id), skill, 2)
    world.enrolment(world.batch(status=BatchStatus.DRAFT), world.trainee(organisation_id=opd.id))
    listed = next(one for one in matrix(session, "opd").units if one.key == str(opd.id))
    assert (listed.trainees, listed.people) == (1, 1)
    world.batch()
    real = matrix(session, "opd")
    assert not real.practice
    assert not cells(real)


def test_who_waits_or_was_not_chosen_is_no_participant(session: Session, world: World) -> None:
    opd, batch = world.organisation(kind="opd"), world.batch()
    for status in EnrolmentStatus:
        world.enrolment(batch, world.trainee(organisation_id=opd.id), status=status)
    listed = next(one for one in matrix(session, "opd").units if one.key == str(opd.id))
    assert listed.trainees == 1


def test_an_empty_installation_is_not_called_a_simulation(session: Session, world: World) -> None:
    world.skill()
    assert not matrix(session, "opd").practice


def test_the_number_of_queries_does_not_grow(session: Session, world: World, proofs: Proofs) -> None:
    statements: list[str] = []
    hooks.listen(session.get_bind(), "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))

    def counted() -> int:
        statements.clear()
        matrix(session, "opd")
        return len([one for one in statements if not one.startswith("BEGIN")])

    before = counted()
    for _ in range(5):
        opd, skill = world.organisation(kind="opd"), world.skill()
        proofs.has(world.trainee(organisation_id=opd.id), skill, 2)
    session.expunge_all()
    assert counted() == before == 6
