"""Sections of the home page about events, their reports, and what people asked there."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.people.models import Organisation
from app.desk.entries import day_borders
from app.desk.queries import UPCOMING_DAYS, Section, section_of
from app.gatherings.events.access import may_plan, of_trainer, trains_only, visible_to
from app.gatherings.events.models import Event, EventStatus, Registration, RegistrationStatus
from app.gatherings.events.states import UPCOMING
from app.gatherings.reports.aspirations import may_route
from app.gatherings.reports.models import Aspiration, AspirationStatus, Report
from app.gatherings.reports.queries import heard_by, is_late, is_unreported, waiting_reports
from app.gatherings.reports.verification import is_verifier
from app.kernel.roles import Actor, Role


def _events() -> Any:
    return (
        select(
            Event.id,
            Event.title,
            Event.status,
            Event.starts_at,
            Event.place,
            Event.moved_from,
            Organisation.name.label("organisation"),
            Village.name.label("village"),
        )
        .join(Organisation, Organisation.id == Event.organisation_id)
        .outerjoin(Village, Village.code == Event.village_code)
    )


def _own(actor: Actor) -> ColumnElement[bool]:
    """Events whose report this person owes: those of the own organisation, and those that name the person."""
    if not may_plan(actor):
        return false()
    if trains_only(actor):
        return of_trainer(actor)
    return or_(Event.organisation_id.in_(actor.organisation_ids), Event.responsible_id == actor.id)


def to_verify(session: Session, actor: Actor) -> Section:
    """Return the reports that this person may verify, the longest waiting first; with what they are flagged for."""
    if not is_verifier(actor):
        return Section()
    query = _events().add_columns(Report.submitted_at, Report.flags).join(Report, Report.event_id == Event.id)
    waiting = query.where(Event.id.in_(waiting_reports(actor).order_by(None)))
    return section_of(session, waiting.order_by(Report.submitted_at, Event.id))


def unreported(session: Session, actor: Actor, now: datetime) -> Section:
    """Return events whose report this person owes, that are over and have no report yet, the latest first."""
    query = _events().where(is_unreported(now), _own(actor))
    return section_of(session, query.order_by(Event.ends_at.desc(), Event.id))


def registrations(session: Session, actor: Actor, now: datetime) -> Section:
    """Return events of this person's own with held registrations. `amount`: how many."""
    if not may_plan(actor):
        return Section()
    held = (
        select(Registration.event_id, func.count().label("amount"))
        .where(Registration.status == RegistrationStatus.HELD)
        .group_by(Registration.event_id)
        .subquery()
    )
    query = _events().add_columns(held.c.amount).join(held, held.c.event_id == Event.id)
    open_ones = query.where(Event.status.in_(UPCOMING), Event.ends_at > now, _own(actor))
    return section_of(session, open_ones.order_by(Event.starts_at, Event.id))


def returned(session: Session, actor: Actor) -> Section:
    """Return reports of one's own that the office sent back, with its note."""
    mine = or_(_own(actor), Report.recorded_by_id == actor.id)
    query = _events().add_columns(Report.return_note.label("note")).join(Report, Report.event_id == Event.id)
    return section_of(
        session, query.where(Event.status == EventStatus.RETURNED, mine).order_by(Report.returned_at, Event.id)
    )


def today(session: Session, actor: Actor, day: date, zone: ZoneInfo) -> Section:
    """Return the events of this day that were neither called off nor merged, also those that are over."""
    starts, ends = day_borders(day, zone)
    query = _events().where(
        Event.status.not_in((EventStatus.CANCELLED, EventStatus.MERGED)),
        Event.starts_at < ends,
        or_(Event.ends_at > starts, Event.starts_at >= starts),
        visible_to(actor),
    )
    return section_of(session, query.order_by(Event.starts_at, Event.id))


def upcoming(session: Session, actor: Actor, day: date, zone: ZoneInfo) -> Section:
    """Return the events that begin within the seven days after this one."""
    starts, ends = day_borders(day, zone)[1], day_borders(day + timedelta(days=UPCOMING_DAYS), zone)[1]
    query = _events().where(
        Event.status.in_(UPCOMING), Event.starts_at >= starts, Event.starts_at < ends, visible_to(actor)
    )
    return section_of(session, query.order_by(Event.starts_at, Event.id))


def _aspirations() -> Any:
    return (
        select(
            Aspiration.id,
            Aspiration.text,
            Aspiration.status,
            Aspiration.due_on,
            Aspiration.answer,
            Organisation.name.label("organisation"),
            Village.name.label("village"),
        )
        .join(Organisation, Organisation.id == Aspiration.organisation_id)
        .join(Event, Event.id == Aspiration.event_id)
        .outerjoin(Village, Village.code == Aspiration.village_code)
        .where(Event.status != EventStatus.MERGED)  # it stands at the record that was kept
    )


def to_answer(session: Session, actor: Actor, today: date) -> Section:
    """Return aspirations: for a contact those routed to the own OPD; for the office the overdue and unrouted ones.

    The first due stands first; what nobody was asked yet has no day and stands last.
    """
    wanted: list[ColumnElement[bool]] = []
    if actor.has(Role.OPD_CONTACT):
        routed = Aspiration.status == AspirationStatus.ROUTED
        wanted.append(routed & Aspiration.opd_id.in_(actor.organisation_ids))
    if may_route(actor):
        wanted += [is_late(today), Aspiration.status == AspirationStatus.NOTED]
    query = _aspirations().where(or_(false(), *wanted))
    return section_of(
        session, query.order_by(Aspiration.due_on.is_(None), Aspiration.due_on, Aspiration.created_at, Aspiration.id)
    )


def answers(session: Session, actor: Actor) -> Section:
    """Return answered aspirations of the own events that were not yet told to who asked."""
    query = _aspirations().where(
        Aspiration.status == AspirationStatus.ANSWERED,
        Aspiration.told_back_at.is_(None),
        heard_by(actor) if may_plan(actor) else false(),
    )
    return section_of(session, query.order_by(Aspiration.answered_at, Aspiration.id))
