"""Sources of late reports of events and late answers to residents: by the rules of the room reports."""

from typing import Any

from sqlalchemy import Select, func

from app.base.areas.models import Village
from app.gatherings.events.models import Event, EventStatus
from app.gatherings.reports.models import Aspiration, AspirationStatus, Report
from app.gatherings.reports.queries import is_not_merged, is_unreported
from app.kernel.local_day import local_day
from app.oversight.control.lines import Moment, line


def unreported(moment: Moment) -> Select[Any]:
    since = local_day(Event.ends_at, moment.zone)
    return _event(moment, "report", since).where(is_unreported(moment.now), since <= moment.listed_until("report"))


def returned(moment: Moment) -> Select[Any]:
    since = local_day(Report.returned_at, moment.zone)
    return (
        _event(moment, "mending", since)
        .join(Report, Report.event_id == Event.id)
        .where(Event.status == EventStatus.RETURNED, since <= moment.listed_until("mending"))
    )


def unverified(moment: Moment) -> Select[Any]:
    """Select reports that wait for the office to verify them, whoever held the event."""
    since = local_day(Report.submitted_at, moment.zone)
    return (
        _event(moment, "verification", since, of_office=True)
        .join(Report, Report.event_id == Event.id)
        .where(Event.status == EventStatus.REPORTED, since <= moment.listed_until("verification"))
    )


def _event(moment: Moment, kind: str, since: Any, *, of_office: bool = False) -> Select[Any]:
    whose = {"organisation": moment.signers.office_id} if of_office else {
        "organisation": Event.organisation_id, "owner": func.coalesce(Event.responsible_id, Event.created_by_id)
    }  # fmt: skip
    found = line(moment, kind, Event.id, since, title=Event.title, detail=Village.name, **whose)
    return found.outerjoin(Village, Village.code == Event.village_code)


def unrouted(moment: Moment) -> Select[Any]:
    """Select aspirations that were written down and that the office has routed to nobody yet."""
    since = local_day(Aspiration.created_at, moment.zone)
    return _aspiration(moment, "routing", since, moment.signers.office_id).where(
        Aspiration.status == AspirationStatus.NOTED, is_not_merged(), since <= moment.listed_until("routing")
    )


def unanswered(moment: Moment) -> Select[Any]:
    """Select aspirations routed to an OPD: late by their day, as `reports.queries.is_late` says."""
    return _aspiration(moment, "aspiration", Aspiration.due_on, Aspiration.opd_id).where(
        Aspiration.status == AspirationStatus.ROUTED,
        is_not_merged(),
        Aspiration.due_on <= moment.listed_until("aspiration"),
    )


def _aspiration(moment: Moment, kind: str, since: Any, organisation: Any) -> Select[Any]:
    found = line(
        moment, kind, Aspiration.id, since, title=Aspiration.text, detail=Village.name, organisation=organisation
    )
    return found.outerjoin(Village, Village.code == Aspiration.village_code)
