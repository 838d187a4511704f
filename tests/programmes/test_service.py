"""A programme: what is kept, what is refused, whose it is, and how a copy begins."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.evidence.instruments.models import Instrument, SurveyAudience
from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, Invalid, NotFound, Stale
from app.kernel.roles import Actor, Role
from app.learning.programmes import copying, queries, rubric, service
from app.learning.programmes.models import ModuleMaterial, Programme, ScoreFrom
from app.learning.programmes.rubric import CriterionValues
from app.learning.programmes.rules import ProgrammeValues, Required, TrainerPlan
from tests.assessments.sample import TEST
from tests.world import World

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def editor(world: World) -> Actor:
    return world.actor(Role.EDITOR)


@pytest.fixture
def values(world: World) -> ProgrammeValues:
    return ProgrammeValues(title="Pelatihan SIED", organisation_id=world.office().id, for_whom="Operator OPD")


def refused(session: Session, actor: Actor, values: ProgrammeValues) -> str | None:
    with pytest.raises(Invalid) as error:
        service.create(session, actor, values, now=NOW)
    return error.value.field


def questions(world: World, **kept: Any) -> Instrument:
    made: Instrument = world.instrument(**kept)
    made.audience = SurveyAudience.TRAINEES
    world.session.commit()
    return made


def test_a_programme_is_kept_with_people_and_prerequisites(
    session: Session, world: World, editor: Actor, values: ProgrammeValues
) -> None:
    before, skill, trainer = world.programme(), world.skill(), world.user(Role.TRAINER, title="Pranata Komputer")
    made = service.create(
        session, editor,
        replace(
            values, title="  Pelatihan   SIED ",
            prerequisites=[Required(programme_id=before.id), Required(skill_id=skill.id, level=1)],
            trainers=[TrainerPlan("", "", trainer.id), TrainerPlan("Ibu Rina", "Komunitas")],
        ), now=NOW,
    )  # fmt: skip
    session.commit()
    session.expire_all()
    assert (made.title, made.key, made.min_attendance, made.min_score) == ("Pelatihan SIED", "pelatihan-sied", 75, 60)
    assert [(one.requires_id, one.skill_id, one.level) for one in made.prerequisites] == [
        (before.id, None, None), (None, skill.id, 1),
    ]  # fmt: skip
    assert [(one.name, one.title) for one in made.trainers] == [
        (trainer.name, "Pranata Komputer"), ("Ibu Rina", "Komunitas"),
    ]  # fmt: skip
    assert service.create(session, editor, values, now=NOW).key == "pelatihan-sied-2"
    assert "programme.created" in session.scalars(select(AuditEntry.action)).all()


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"summary": "x" * 5001}, "summary"),
        ({"for_whom": "x" * 501}, "for_whom"),
        ({"organisation_id": None}, "organisation_id"),
        ({"organisation_id": 9999}, "organisation_id"),
        ({"min_attendance": 101}, "min_attendance"),
        ({"min_attendance": None}, "min_attendance"),
        ({"min_score": -1}, "min_score"),
        ({"score_from": "luck"}, "score_from"),
        ({"score_from": ScoreFrom.BOTH, "work_share": None}, "work_share"),
        ({"work_share": 130}, "work_share"),
        ({"test_instrument_id": 9999}, "test_instrument_id"),
        ({"prerequisites": [Required(programme_id=9999)]}, "prerequisites"),
        ({"prerequisites": [Required(skill_id=9999, level=1)]}, "prerequisites"),
        ({"prerequisites": [Required()]}, "prerequisites"),
        ({"trainers": [TrainerPlan(user_id=9999)]}, "trainers"),
        ({"trainers": [TrainerPlan(" ", "Komunitas")]}, "trainers"),
        ({"trainers": [TrainerPlan("x" * 201)]}, "trainers"),
        ({"trainers": [TrainerPlan("Rina")] * 21}, "trainers"),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field(
    session: Session, editor: Actor, values: ProgrammeValues, change: dict[str, Any], field: str
) -> None:
    assert refused(session, editor, replace(values, **change)) == field
    assert session.scalar(select(Programme.id)) is None


def test_a_prerequisite_stands_once_and_says_its_level(
    session: Session, world: World, editor: Actor, values: ProgrammeValues
) -> None:
    skill = world.skill()
    once = Required(skill_id=skill.id, level=2)
    assert refused(session, editor, replace(values, prerequisites=[once, Required(skill_id=skill.id, level=1)]))
    assert refused(session, editor, replace(values, prerequisites=[Required(skill_id=skill.id, level=4)]))
    assert refused(session, editor, replace(values, prerequisites=[Required(skill_id=skill.id)]))


def test_programmes_never_wait_for_each_other(
    session: Session, world: World, editor: Actor, values: ProgrammeValues
) -> None:
    first, second, third = (world.programme() for _ in range(3))

    def needs(programme: Programme, other: Programme) -> None:
        wanted = replace(values, prerequisites=[Required(programme_id=other.id)])
        service.edit(session, editor, programme.id, wanted, now=NOW)

    needs(second, first)
    needs(third, second)
    session.commit()
    for wrong in (first, third, second):
        with pytest.raises(Invalid) as error:
            needs(first, wrong)
        assert error.value.field == "prerequisites"
        session.rollback()
    needs(third, first)


def test_a_test_must_ask_participants_be_in_use_and_be_ones_own(
    session: Session, world: World, editor: Actor, values: ProgrammeValues
) -> None:
    residents = world.instrument()
    assert refused(session, editor, replace(values, test_instrument_id=residents.id)) == "test_instrument_id"
    old = questions(world, archived_at=NOW)
    assert refused(session, editor, replace(values, post_instrument_id=old.id)) == "post_instrument_id"
    usable = questions(world)
    made = service.create(session, editor, replace(values, test_instrument_id=usable.id), now=NOW)
    opd = world.organisation()
    trainer = world.actor(Role.TRAINER, organisation=opd)
    foreign = replace(values, organisation_id=opd.id, test_instrument_id=usable.id)
    assert refused(session, trainer, foreign) == "test_instrument_id"
    assert queries.instrument_choices(session, None, ()) == []
    assert [title for _id, title in queries.instrument_choices(session, None, (usable.id,))] == [usable.title]
    test = world.instrument(TEST, audience="trainees", title="Tes")
    assert [title for _id, title in queries.instrument_choices(session, None, ())] == [test.title]
    assert queries.instrument_choices(session, [opd.id], ()) == []
    usable.archived_at = NOW
    kept = replace(values, test_instrument_id=usable.id)
    assert service.edit(session, editor, made.id, kept, now=NOW).test_instrument_id == usable.id


def test_others_read_but_do_not_change(session: Session, world: World, editor: Actor, values: ProgrammeValues) -> None:
    made = service.create(session, editor, values, now=NOW)
    opd = world.organisation()
    trainer = world.actor(Role.TRAINER, organisation=opd)
    with pytest.raises(Forbidden):
        service.edit(session, trainer, made.id, values, now=NOW)
    with pytest.raises(Forbidden):
        service.create(session, trainer, values, now=NOW)
    with pytest.raises(Forbidden):
        service.put_away(session, world.actor(Role.VIEWER), made.id, now=NOW)
    own = service.create(session, trainer, replace(values, organisation_id=opd.id), now=NOW)
    with pytest.raises(Forbidden):
        service.edit(session, trainer, own.id, values, now=NOW)  # nor gives it to the office
    with pytest.raises(NotFound):
        service.get(session, 9999)


def test_who_saves_over_somebody_elses_change_is_told(
    sessions: "sessionmaker[Session]", session: Session, editor: Actor, values: ProgrammeValues
) -> None:
    made = service.create(session, editor, values, now=NOW)
    session.commit()
    seen = made.version
    with sessions() as other:
        rubric.add_criterion(other, editor, made.id, CriterionValues("Berjalan"), seen=seen, now=NOW)
        other.commit()
    with pytest.raises(Stale):
        service.edit(session, editor, made.id, replace(values, title="Lain"), seen=seen, now=NOW)
    session.rollback()
    again = service.edit(session, editor, made.id, replace(values, title="Lain"), seen=seen + 1, now=NOW)
    assert again.title == "Lain"


def test_one_put_away_leaves_the_list_and_comes_back(session: Session, editor: Actor, values: ProgrammeValues) -> None:
    made = service.create(session, editor, values, now=NOW)
    service.put_away(session, editor, made.id, now=NOW)
    assert session.execute(queries.programmes()).all() == []
    assert queries.active_programmes(session) == []
    assert [row.Programme.id for row in session.execute(queries.programmes(archived=True))] == [made.id]
    service.take_out(session, editor, made.id, now=NOW)
    assert [one.id for one in queries.active_programmes(session)] == [made.id]


def test_the_list_finds_by_words_organiser_and_skill(session: Session, world: World) -> None:
    skill, opd = world.skill(), world.organisation(name="Dinas Koperasi")
    web = world.programme(title="Belajar 100% web", skills=[(skill, 2)])
    shop = world.programme(title="UKM Go Digital", organisation_id=opd.id, for_whom="Pelaku usaha")

    def found(**narrow: Any) -> list[int]:
        return [row.Programme.id for row in session.execute(queries.programmes(**narrow))]

    assert found() == [web.id, shop.id]
    assert found(q="koperasi") == found(q="pelaku") == found(organisation_id=opd.id) == [shop.id]
    assert found(q="0%") == found(skill_id=skill.id) == [web.id]
    assert found(q="_") == []
    row = session.execute(queries.programmes(q="UKM")).one()
    assert (row.modules, row.minutes, row.batches) == (2, 240, 0)
    world.batch(programme=shop)
    world.batch(programme=shop, status="cancelled")
    assert session.execute(queries.programmes(q="UKM")).one().batches == 1


def test_a_copy_takes_what_is_taught_but_not_what_was_put_away(session: Session, world: World, editor: Actor) -> None:
    skill = world.skill()
    source = world.programme(title="x" * 198, modules=3, skills=[(skill, 3)], kit_key="ukm/latih")
    first, _second, third = source.modules
    third.archived_at = NOW
    first.materials = [ModuleMaterial(title="Video", url="https://contoh.go.id", for_trainers=True)]
    session.merge(source)
    world.session.commit()
    rubric.add_criterion(session, editor, source.id, CriterionValues("Berjalan", "", 5), now=NOW)
    copy = copying.duplicate(session, editor, source.id, now=NOW)
    session.commit()
    assert len(copy.title) == 200
    assert (copy.kit_key, copy.archived_at, copy.organisation_id) == (None, None, source.organisation_id)
    assert [one.title for one in copy.modules] == ["Modul 1", "Modul 2"]
    assert queries.levels_led_to(session, copy.id) == {skill.id: 3}
    assert [(one.title, one.for_trainers) for one in copy.modules[0].materials] == [("Video", True)]
    assert [(one.title, one.most) for one in rubric.active_criteria(session, copy.id)] == [("Berjalan", 5)]


def test_a_trainer_copies_for_the_own_organisation_without_others_tests(session: Session, world: World) -> None:
    opd = world.organisation()
    source = world.programme(test_instrument_id=questions(world).id)
    trainer = world.actor(Role.TRAINER, organisation=opd)
    copy = copying.duplicate(session, trainer, source.id, now=NOW)
    assert (copy.organisation_id, copy.test_instrument_id) == (opd.id, None)
    with pytest.raises(Forbidden):
        copying.duplicate(session, world.actor(Role.VIEWER), source.id, now=NOW)
