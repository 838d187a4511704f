"""Projects: what is kept, whose they are, who is in them, and who sees whom."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.people.models import Organisation
from app.gatherings.communities.models import Group
from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.roles import Actor, Role
from app.learning.projects import access, queries, service
from app.learning.projects.index import PROJECTS
from app.learning.projects.models import Project, ProjectMember, ProjectStatus
from app.learning.projects.queries import ProjectFilters
from app.learning.projects.service import ProjectValues
from tests.world import World

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TODAY = date(2026, 11, 24)


@pytest.fixture
def editor(world: World) -> Actor:
    return world.actor(Role.EDITOR)


@pytest.fixture
def community(world: World) -> Organisation:
    made = world.organisation("programmer", name="Komunitas Programmer Kukar")
    world._add(Group(organisation_id=made.id, kind="programmer", created_at=NOW, updated_at=NOW))
    return made


@pytest.fixture
def values(community: Organisation) -> ProjectValues:
    return ProjectValues(name="Antrean Puskesmas", group_id=community.id)


def made_by(session: Session, actor: Actor, values: ProjectValues) -> Project:
    made = service.record(session, actor, values, today=TODAY, now=NOW)
    session.commit()
    return made


def test_a_project_is_kept_with_links_and_since_when(
    session: Session, world: World, editor: Actor, values: ProjectValues
) -> None:
    opd = world.organisation()
    project = made_by(
        session, editor,
        replace(
            values, name="  Antrean   Puskesmas ", organisation_id=opd.id, status="building",
            repository="https://contoh.id/antrean", status_on=date(2026, 10, 1), batch_id=world.batch().id,
        ),
    )  # fmt: skip
    assert (project.name, project.status, project.status_on) == ("Antrean Puskesmas", "building", date(2026, 10, 1))
    assert project.repository == "https://contoh.id/antrean"
    assert made_by(session, editor, values).status_on == TODAY
    assert session.scalars(select(AuditEntry.action)).all() == ["project.added", "project.added"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"summary": "x" * 5001}, "summary"),
        ({"repository": "javascript:alert(1)"}, "repository"),
        ({"address": "data:text/html,x"}, "address"),
        ({"repository": "git@contoh.id:a/b.git"}, "repository"),
        ({"repository": "https://a.id/" + "x" * 500}, "repository"),
        ({"status": "lost"}, "status"),
        ({"status_on": date(2026, 11, 25)}, "status_on"),
        ({"status_on": date(1999, 1, 1)}, "status_on"),
        ({"organisation_id": 9999}, "organisation_id"),
        ({"group_id": 9999}, "group_id"),
        ({"batch_id": 9999}, "batch_id"),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field(
    session: Session, editor: Actor, values: ProjectValues, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        service.record(session, editor, replace(values, **change), today=TODAY, now=NOW)
    assert refused.value.field == field
    assert session.scalar(select(Project.id)) is None


def test_only_a_programmer_community_builds(
    session: Session, world: World, editor: Actor, values: ProjectValues
) -> None:
    kim = world.kim()
    world._add(Group(organisation_id=kim.id, kind="kim", created_at=NOW, updated_at=NOW))
    with pytest.raises(Invalid):
        service.record(session, editor, replace(values, group_id=kim.id), today=TODAY, now=NOW)
    assert [number for number, _name in queries.community_choices(session)] == [values.group_id]


def test_a_new_status_holds_since_today_unless_its_day_was_given(
    session: Session, editor: Actor, values: ProjectValues
) -> None:
    given = replace(values, status_on=date(2026, 1, 1))
    project = made_by(session, editor, given)
    service.edit(session, editor, project.id, replace(given, summary="Lain"), today=TODAY, now=NOW)
    assert project.status_on == date(2026, 1, 1)
    used = replace(given, status=ProjectStatus.IN_USE)
    service.edit(session, editor, project.id, used, today=TODAY, now=NOW)
    assert project.status_on == TODAY
    stopped = replace(values, status=ProjectStatus.STOPPED, status_on=date(2026, 11, 20))
    service.edit(session, editor, project.id, stopped, today=TODAY, now=NOW)
    assert project.status_on == date(2026, 11, 20)


def test_who_saves_over_somebody_elses_change_is_told(
    sessions: "sessionmaker[Session]", session: Session, editor: Actor, values: ProjectValues
) -> None:
    project = made_by(session, editor, values)
    seen = project.version
    with sessions() as other:
        service.put_away(other, editor, project.id, now=NOW)
        other.commit()
    with pytest.raises(Stale):
        service.edit(session, editor, project.id, values, seen=seen, today=TODAY, now=NOW)


def test_a_community_keeps_its_own_projects_and_sees_no_others(
    session: Session, world: World, editor: Actor, community: Organisation, values: ProjectValues
) -> None:
    member = world.actor(Role.COMMUNITY, organisation=community)
    own = made_by(session, member, values)
    other = made_by(session, editor, replace(values, group_id=None, name="Lain"))
    assert [row.Project.id for row in session.execute(queries.projects(member, ProjectFilters()))] == [own.id]
    with pytest.raises(NotFound):
        access.get(session, member, other.id)
    with pytest.raises(Invalid):
        service.record(session, member, replace(values, group_id=None), today=TODAY, now=NOW)
    with pytest.raises(Forbidden):
        service.record(
            session, member, replace(values, group_id=None, organisation_id=world.office().id), today=TODAY, now=NOW
        )
    with pytest.raises(Forbidden):  # nor gives it away
        service.edit(
            session, member, own.id, replace(values, group_id=None, organisation_id=world.office().id),
            today=TODAY, now=NOW,
        )  # fmt: skip


def test_an_opds_trainer_keeps_what_is_for_the_opd(
    session: Session, world: World, editor: Actor, values: ProjectValues
) -> None:
    opd = world.organisation()
    trainer = world.actor(Role.TRAINER, organisation=opd)
    mine = made_by(session, editor, replace(values, organisation_id=opd.id))
    foreign = made_by(session, editor, values)
    assert access.may_keep(trainer, mine)
    assert access.get(session, trainer, foreign.id)
    with pytest.raises(Forbidden):
        service.put_away(session, trainer, foreign.id, now=NOW)
    with pytest.raises(Forbidden):
        service.put_away(session, world.actor(Role.VIEWER), mine.id, now=NOW)


def test_names_are_for_who_keeps_it_and_who_supervises(
    session: Session, world: World, editor: Actor, community: Organisation, values: ProjectValues
) -> None:
    project = made_by(session, editor, values)
    for actor, sees in (
        (editor, True),
        (world.actor(Role.APPROVER), True),
        (world.actor(Role.COMMUNITY, organisation=community), True),
        (world.actor(Role.VIEWER), False),
        (world.actor(Role.OPD_CONTACT, organisation=world.organisation()), False),
        (world.actor(Role.TRAINER, organisation=world.organisation()), False),
    ):
        assert access.sees_people(actor, project) is sees, actor.roles


def test_people_are_added_once_and_leave_again(
    session: Session, world: World, editor: Actor, values: ProjectValues
) -> None:
    project, person = made_by(session, editor, values), world.trainee("Rina Wati")
    for _ in range(2):
        service.add_member(session, editor, project.id, person.id, now=NOW)
    session.commit()
    assert [one.name for one, _organisation in queries.members(session, project.id)] == ["Rina Wati"]
    assert [one.id for one in queries.projects_of(session, person.id)] == [project.id]
    service.remove_member(session, editor, project.id, person.id, now=NOW)
    service.remove_member(session, editor, project.id, person.id, now=NOW)
    session.commit()
    assert queries.projects_of(session, person.id) == []
    entries = session.scalars(select(AuditEntry)).all()
    assert [entry.action for entry in entries][1:] == ["project.member_added", "project.member_removed"]
    assert all("Rina" not in str((entry.before, entry.after)) for entry in entries)


def test_nobody_unknown_erased_or_too_many(
    session: Session, world: World, editor: Actor, values: ProjectValues
) -> None:
    project = made_by(session, editor, values)
    for number in (9999, world.trainee(erased_at=NOW).id):
        with pytest.raises(NotFound):
            service.add_member(session, editor, project.id, number, now=NOW)
    people = [world.trainee().id for _ in range(service.MOST_MEMBERS + 1)]
    session.add_all(ProjectMember(project_id=project.id, trainee_id=number) for number in people[1:])
    session.commit()
    session.expire_all()
    with pytest.raises(Refused):
        service.add_member(session, editor, project.id, people[0], now=NOW)


def test_others_look_up_only_people_they_have_to_do_with(
    session: Session, world: World, community: Organisation
) -> None:
    opd = world.organisation()
    trainer_account, member_account = world.user(Role.TRAINER, organisation=opd), world.user(organisation=community)
    world.trainee("Sari Bebas")
    own = world.trainee("Sari Dinas", organisation_id=opd.id)
    account = world.trainee("Sari Akun", user_id=member_account.id)
    held = world.trainee("Sari Angkatan")
    world.enrolment(world.batch(organisation_id=opd.id), held)
    taught = world.trainee("Sari Diajar")
    world.enrolment(world.batch(trainers=[trainer_account]), taught)

    def found(actor: Actor, q: str = "sari") -> set[int]:
        return {person.id for person, _organisation in queries.search_people(session, actor, q, [])}

    trainer = world.actor_of(trainer_account)
    assert found(trainer) == {own.id, held.id, taught.id}
    assert found(world.actor(Role.COMMUNITY, organisation=community)) == {account.id}
    assert len(found(world.actor(Role.EDITOR))) == 5
    assert found(world.actor(Role.EDITOR), "sa") == found(world.actor(Role.EDITOR), "%%%") == set()
    assert queries.search_people(session, trainer, "sari", [own.id, held.id])[0][0].id == taught.id


def test_the_list_is_narrowed_and_exported_without_names(
    session: Session, world: World, editor: Actor, community: Organisation, values: ProjectValues
) -> None:
    opd = world.organisation(name="Dinas Kesehatan")
    first = made_by(
        session, editor, replace(values, organisation_id=opd.id, status="in_use", repository="https://a.id/x")
    )
    second = made_by(
        session, editor, ProjectValues(name="=HYPERLINK(1)", organisation_id=None, status_on=date(2026, 1, 1))
    )
    service.add_member(session, editor, first.id, world.trainee("Rina").id, now=NOW)
    session.commit()

    def found(**narrow: Any) -> list[int]:
        return [row.Project.id for row in session.execute(queries.projects(editor, ProjectFilters(**narrow)))]

    assert found() == [first.id, second.id]
    assert found(q="kesehatan") == found(status="in_use") == found(organisation_id=opd.id) == [first.id]
    assert found(group_id=community.id) == found(q="a.id/x") == [first.id]
    assert found(q="%") == found(archived=True) == []
    service.put_away(session, editor, second.id, now=NOW)
    assert found(archived=True) == [second.id]
    service.take_out(session, editor, second.id, now=NOW)
    heads, lines = PROJECTS.table(session.execute(queries.projects(editor, ProjectFilters())).all())
    assert len(heads) == len(lines[0])
    assert lines[0][-2:] == [1, "Nyata"]
    assert "Rina" not in str(lines)
    assert [one.id for one in queries.projects_of_group(session, community.id)] == [first.id]


def test_a_project_of_simulated_people_says_so(
    session: Session, world: World, editor: Actor, values: ProjectValues
) -> None:
    practice = world.batch(simulated=True)
    pretended, real = world.enrolment(practice).trainee, world.trainee()
    of_people = made_by(session, editor, values)
    of_batch = made_by(session, editor, replace(values, name="Dari latihan", batch_id=practice.id))
    empty = made_by(session, editor, replace(values, name="Belum ada orang"))
    service.add_member(session, editor, of_people.id, pretended.id, now=NOW)
    session.commit()

    def practised() -> dict[int, bool]:
        rows = session.execute(queries.projects(editor, ProjectFilters()))
        return {row.Project.id: bool(row.simulated) for row in rows}

    assert practised() == {of_people.id: True, of_batch.id: True, empty.id: False}
    assert (
        PROJECTS.table(session.execute(queries.projects(editor, ProjectFilters(q="latihan"))).all())[1][0][-1]
        == "Simulasi"
    )
    service.add_member(session, editor, of_people.id, real.id, now=NOW)
    session.commit()
    assert practised()[of_people.id] is False
