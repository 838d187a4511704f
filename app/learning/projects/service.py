"""A project: recorded, changed, put away; and who is in it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.base.people.models import Organisation
from app.kernel import audit, ordered
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.typed import at_most, line, paragraph
from app.learning.programmes.wording import read_link
from app.learning.projects.access import may_keep_for, searchable_trainees, to_keep
from app.learning.projects.ended import ENDED
from app.learning.projects.models import Project, ProjectMember, ProjectStatus
from app.learning.projects.queries import is_community
from app.learning.training.access import visible_to as visible_batches
from app.learning.training.models import Batch, Trainee

LIMITS = {"name": 200, "summary": 5000}
MOST_MEMBERS = 50
FIRST_YEAR = 2000
CHANGED = T("Proyek ini baru saja diubah orang lain. Periksa lagi isian Anda, lalu simpan sekali lagi.")


@dataclass(frozen=True)
class ProjectValues:
    """What a person enters about a project. `organisation_id`: the OPD it is for, `group_id`: the community that
    builds it, `batch_id`: where it began; `repository` and `address`: links; `status_on`: since when."""

    name: str = ""
    summary: str = ""
    organisation_id: int | None = None
    group_id: int | None = None
    batch_id: int | None = None
    repository: str = ""
    address: str = ""
    status: str = ProjectStatus.IDEA
    status_on: date | None = None


PLAIN = ("organisation_id", "group_id", "batch_id", "status")


def record(session: Session, actor: Actor, values: ProjectValues, *, today: date, now: datetime) -> Project:
    """Record a new project without people. Raises Invalid with its field, Forbidden."""
    project = Project(created_by_id=actor.id, created_at=now, updated_at=now)
    _take(session, actor, project, values, today)
    session.add(project)
    session.flush()
    audit.record(session, actor, "project.added", project, now=now, after=facts(project))
    return project


def edit(
    session: Session, actor: Actor, project_id: int, values: ProjectValues, *, seen: int | None = None, today: date,
    now: datetime,
) -> Project:  # fmt: skip
    """Change it. Where the status changes and its day was left as it was, the status holds since today.

    Raises Invalid with its field, Stale, Forbidden, NotFound.
    """
    project = to_keep(session, actor, project_id)
    if seen is not None and project.version != seen:
        raise Stale(CHANGED)
    before, old = facts(project), (project.status, project.status_on)
    _take(session, actor, project, values, today)
    if project.status != old[0] and project.status_on == old[1]:
        project.status_on = today
    _touch(session, project, now)
    after = facts(project)
    if before != after:
        audit.record(session, actor, "project.edited", project, now=now, before=before, after=after)
    return project


def put_away(session: Session, actor: Actor, project_id: int, *, now: datetime) -> Project:
    """Archive a project: it leaves the list, and `take_out` brings it back. One that is not over was a wrong entry: it
    shows nothing of its people any more."""
    project = to_keep(session, actor, project_id)
    if ordered.put_away(project, now):
        if project.status != ProjectStatus.STOPPED:
            why = T("Proyek %(name)s diarsipkan tanpa pernah berhenti dipakai.", name=project.name)
            _end(session, project, [one.trainee_id for one in project.members], why, now)
        _touch(session, project, now)
        audit.record(session, actor, "project.archived", project, now=now)
    return project


def take_out(session: Session, actor: Actor, project_id: int, *, now: datetime) -> Project:
    project = to_keep(session, actor, project_id)
    if ordered.take_out(project):
        _touch(session, project, now)
        audit.record(session, actor, "project.restored", project, now=now)
    return project


def add_member(session: Session, actor: Actor, project_id: int, trainee_id: int, *, now: datetime) -> Project:
    """Add somebody who builds a project; a second time changes nothing. Raises NotFound for people that this person may
    not look up, Refused where there are too many."""
    project = to_keep(session, actor, project_id)
    if trainee_id in {one.trainee_id for one in project.members}:
        return project
    if session.scalar(select(Trainee.id).where(Trainee.id == trainee_id, searchable_trainees(actor))) is None:
        raise NotFound(T("Orang ini tidak ada, atau datanya bukan untuk Anda."))
    if len(project.members) >= MOST_MEMBERS:
        raise Refused(T("Paling banyak %(n)s orang dalam satu proyek.", n=MOST_MEMBERS))
    project.members.append(ProjectMember(trainee_id=trainee_id))
    _touch(session, project, now)
    audit.record(session, actor, "project.member_added", project, now=now, after={"trainee_id": trainee_id})
    return project


def remove_member(session: Session, actor: Actor, project_id: int, trainee_id: int, *, now: datetime) -> Project:
    """Take somebody off a project, which then shows nothing of them; where nobody of that number is, nothing
    changes."""
    project = to_keep(session, actor, project_id)
    held = next((one for one in project.members if one.trainee_id == trainee_id), None)
    if held is not None:
        project.members.remove(held)
        why = T("Orang ini tidak tercatat lagi pada proyek %(name)s.", name=project.name)
        _end(session, project, [trainee_id], why, now)
        _touch(session, project, now)
        audit.record(session, actor, "project.member_removed", project, now=now, before={"trainee_id": trainee_id})
    return project


def _end(session: Session, project: Project, people: Collection[int], why: T, now: datetime) -> None:
    for hook in ENDED:
        hook(session, project, people, why, now)


def facts(project: Project) -> dict[str, Any]:
    """Return what the trail keeps of a project: nobody's name, since the trail is never erased."""
    return {
        **{name: getattr(project, name) for name in ("name", "summary", *PLAIN, "repository", "address")},
        "status_on": project.status_on.isoformat(),
    }


def _touch(session: Session, project: Project, now: datetime) -> None:
    project.updated_at = now
    flag_modified(project, "updated_at")
    session.flush()


def _take(session: Session, actor: Actor, project: Project, values: ProjectValues, today: date) -> None:
    """Check what was typed and put it into the project."""
    name, summary = line(values.name), paragraph(values.summary)
    if not name:
        raise Invalid(T("Isi nama proyeknya."), field="name")
    for field, text in (("name", name), ("summary", summary)):
        at_most(text, LIMITS[field], field)
    if values.status not in set(ProjectStatus):
        raise Invalid(T("Pilih keadaan proyek dari daftar."), field="status")
    links = {field: read_link(getattr(values, field), field) for field in ("repository", "address")}
    since = _day(values.status_on, today)
    with session.no_autoflush:
        _check_records(session, actor, project, values)
    project.name, project.summary, project.status_on = name, summary, since
    project.repository, project.address = links["repository"], links["address"]
    for field in PLAIN:
        setattr(project, field, getattr(values, field))


def _day(given: date | None, today: date) -> date:
    since = given or today
    if since > today or since.year < FIRST_YEAR:
        raise Invalid(T("Tanggal ini belum terjadi atau terlalu lama. Isi tanggal sampai hari ini."), field="status_on")
    return since


def _check_records(session: Session, actor: Actor, project: Project, values: ProjectValues) -> None:
    organisation, group, batch = values.organisation_id, values.group_id, values.batch_id
    if organisation is not None and session.get(Organisation, organisation) is None:
        raise Invalid(T("Pilih OPD dari daftar."), field="organisation_id")
    if group is not None and group != project.group_id and not is_community(session, group):
        raise Invalid(T("Pilih komunitas programmer dari daftar."), field="group_id")
    if batch is not None and batch != project.batch_id:
        known = session.scalar(select(Batch.id).where(Batch.id == batch, visible_batches(actor)))
        if known is None:
            raise Invalid(T("Pilih angkatan dari daftar."), field="batch_id")
    if not may_keep_for(actor, organisation, group):
        if organisation is None and group is None:
            raise Invalid(T("Pilih OPD atau komunitas Anda, supaya proyek ini bisa Anda kelola."), field="group_id")
        raise Forbidden(T("Proyek hanya bisa dicatat untuk OPD atau komunitas Anda sendiri."))
