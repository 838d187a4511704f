"""Gather what a report's page shows, in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.base.people.models import Organisation
from app.base.web.formats import zone
from app.gatherings.events.access import visible_to
from app.gatherings.events.models import Attendance, Event, EventPhoto, EventStatus
from app.gatherings.reports import queries
from app.gatherings.reports.models import Aspiration, Report
from app.gatherings.reports.service import find_twins
from app.kernel.roles import Actor
from app.outreach.campaigns.models import Campaign
from app.outreach.printing.models import PrintPiece


@dataclass(frozen=True)
class Twin:
    """A record that may be of the same gathering."""

    event: Event
    report: Report | None
    recorded_by: str
    questions: int
    photos: int


@dataclass(frozen=True)
class ReportContext:
    """What belongs to an event besides its own row, as the page of its report shows it."""

    organisation: Organisation
    campaign: Campaign | None
    place: str
    village: str
    names: Mapping[int, str]
    questions: Sequence[Aspiration]
    opds: Mapping[int, str]
    attendance: int


def context_of(session: Session, event: Event, report: Report | None) -> ReportContext:
    questions = questions_of(session, event)
    village = session.execute(
        select(Village.name, District.name)
        .join(District, District.code == Village.district_code)
        .where(Village.code == event.village_code)
    ).first()
    people = {event.created_by_id, event.responsible_id}
    if report:
        people |= {report.recorded_by_id, report.verified_by_id}
    opds = {row.opd_id for row in questions if row.opd_id}
    named = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(opds)))
    where = f"{village[0]} ({village[1]})" if village else ""
    return ReportContext(
        organisation=session.get_one(Organisation, event.organisation_id),
        campaign=session.get(Campaign, event.campaign_id) if event.campaign_id else None,
        place=", ".join(part for part in (event.place, where) if part),
        village=where,
        names=queries.names_of(session, people),
        questions=questions,
        opds={row.id: row.name for row in named} if opds else {},
        attendance=session.scalar(select(func.count()).select_from(Attendance).where(Attendance.event_id == event.id))
        or 0,
    )


def questions_of(session: Session, event: Event) -> Sequence[Aspiration]:
    query = select(Aspiration).where(Aspiration.event_id == event.id)
    return session.scalars(query.order_by(Aspiration.created_at, Aspiration.id)).all()


def twins_of(session: Session, actor: Actor, event: Event, report: Report | None) -> list[Twin]:
    """Return the records offered as the same gathering, with what tells them apart."""
    ids = find_twins(session, event, zone(), report.not_twins if report else ())
    if not ids or event.status in (EventStatus.CANCELLED, EventStatus.MERGED):
        return []
    asked = select(func.count(Aspiration.id)).where(Aspiration.event_id == Event.id).correlate(Event).scalar_subquery()
    pictures = (
        select(func.count(EventPhoto.id)).where(EventPhoto.event_id == Event.id).correlate(Event).scalar_subquery()
    )
    rows = session.execute(
        select(Event, Report, asked, pictures)
        .outerjoin(Report, Report.event_id == Event.id)
        .where(Event.id.in_(ids), visible_to(actor))
        .order_by(Event.id)
    ).all()
    names = queries.names_of(session, {row[1].recorded_by_id if row[1] else row[0].created_by_id for row in rows})
    return [
        Twin(
            event=row[0],
            report=row[1],
            recorded_by=names.get((row[1].recorded_by_id if row[1] else row[0].created_by_id) or 0, ""),
            questions=row[2],
            photos=row[3],
        )
        for row in rows
    ]


def pieces_of(session: Session, event: Event) -> dict[str, int]:
    """Return title → print piece of the event's programme, to be named among the materials."""
    if event.campaign_id is None:
        return {}
    rows = session.execute(
        select(PrintPiece.title, PrintPiece.id)
        .where(PrintPiece.campaign_id == event.campaign_id)
        .order_by(PrintPiece.title)
    )
    return {row.title: row.id for row in rows}
