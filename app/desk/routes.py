"""The home page and the calendar."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_date
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.formats import local_day, locale, sentence, zone
from app.base.web.guard import allow, current_actor
from app.base.web.menu import may_open, note_count
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.desk import entries, gatherings, lookups, queries, states, surveys, training, words, works
from app.desk.months import Month
from app.gatherings.events import states as event_states
from app.gatherings.events.access import may_plan
from app.kernel.periods import Period
from app.kernel.roles import Actor, Can
from app.outreach.outlets.kinds import KINDS
from app.outreach.publishing import heartbeat, safety
from app.outreach.publishing.self_audit.service import LABELS as FINDINGS
from app.oversight.insights import overview

bp = Blueprint("desk", __name__, template_folder="templates")

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)


@bp.app_template_filter("clock")
def clock_time(moment: datetime) -> str:
    """Write a moment as `08.00` in the regency's zone; the page says the zone once."""
    return f"{moment.astimezone(zone()):%H.%M}"


@bp.app_template_filter("day_key")
def day_key(moment: datetime) -> str:
    return local_day(moment).isoformat()


@bp.app_template_filter("day_after")
def day_after(day: date, days: int) -> date:
    return day + timedelta(days=days)


@bp.get("/")
@allow(Can.ENTER)
def home() -> ResponseReturnValue:
    actor, moment = current_actor(), now()
    session, nothing = db.session, queries.Section()
    writes = actor.can(Can.WRITE_POSTS)
    today, later = (
        queries.upcoming(session, actor, local_day(moment), zone()) if may_open("desk.calendar") else (nothing, nothing)
    )
    day = local_day(moment)
    sections = {
        "approvals": queries.approvals(session, actor) if may_open("posts.reviews") else nothing,
        "proposals": queries.proposals(session, actor),
        "returned": queries.returned(session, actor) if writes else nothing,
        "deliveries": queries.deliveries(session, actor) if may_open("publishing.index") else nothing,
        "findings": queries.findings(session, actor) if may_open("publishing.findings") else nothing,
        "removals": queries.removals(session, actor) if may_open("publishing.index") else nothing,
        "signed_out": queries.signed_out(session, actor) if may_open("outlets.index") else nothing,
        "orders": queries.orders(session, actor) if may_open("printing.orders") else nothing,
        "drafts": queries.drafts_soon(session, actor, moment) if writes else nothing,
        "to_verify": gatherings.to_verify(session, actor),
        "unreported": gatherings.unreported(session, actor, moment),
        "registrations": gatherings.registrations(session, actor, moment),
        "reports_returned": gatherings.returned(session, actor),
        "aspirations": gatherings.to_answer(session, actor, day),
        "answers": gatherings.answers(session, actor),
        "works": works.to_mark(session, actor) if may_open("assessments.works") else nothing,
        "surveys": surveys.waiting(session, actor, day) if may_open("surveys.index") else nothing,
        "batches": training.waiting(session, actor, day) if may_open("training.index") else nothing,
    }
    note_count("confirmations.index", sections["proposals"].total)
    steps = queries.first_steps(session) if writes else None  # who only approves or reads takes none of them
    return render_template(
        "desk/home.html",
        **sections,
        today=today,
        later=later,
        gatherings=gatherings.upcoming(session, actor, day, zone()) if may_open("events.index") else nothing,
        gatherings_today=gatherings.today(session, actor, day, zone()) if may_open("events.index") else nothing,
        my_sessions=training.my_sessions(session, actor, moment) if may_open("training.index") else nothing,
        to_nominate=training.to_nominate(session, actor, moment, practice=settings().practice),
        letters_answered=training.letters_answered(session, actor, moment),
        skill_gaps=training.skill_gaps(session, actor) if may_open("skills.numbers") else None,
        today_date=day,
        waiting=sum(section.waiting for section in sections.values()),
        listed=sum(section.total for section in sections.values()),
        steps=steps if steps and not steps.done else None,
        brief=_brief(actor, moment) if actor.of_office and actor.can(Can.READ_BRIEF) else None,
        twelve_months=_("12 bulan terakhir"),
        to_ask=surveys.to_ask(session, actor, day) if may_open("field.survey") else nothing,
        stopped=safety.stops(session, now=moment)[:1] if actor.can(Can.READ_DELIVERIES) else (),
        asleep=actor.can(Can.READ_OFFICE) and bool(today or later) and not heartbeat.alive(session, now=moment),
        moment=moment,
        states=states,
        words=words,
        finding_words=FINDINGS,
        event_words=event_states,
    )


def _brief(actor: Actor, moment: datetime) -> Any:
    """The three sentences of Ikhtisar, of twelve months."""
    today = local_day(moment)
    return overview.overview(
        db.session,
        actor,
        regency_code=settings().regency_code,
        period=Period.twelve_months(today),
        today=today,
        now=moment,
        zone=zone(),
    )


@bp.get("/kalender")
@allow(Can.READ_CALENDAR)
def calendar() -> ResponseReturnValue:
    today = local_day(now())
    filters, day = _filters(), _day(request.args.get("hari"))
    month = Month.read(request.args.get("bulan")) or Month.of(day or today)
    shared: dict[str, Any] = {
        "month": month,
        "month_name": format_date(month.first, "MMMM y", locale()),
        "today": today,
        "day": day,
        "filters": filters,
        "kept": _kept(),
        "choices": _choices(),
        "states": states,
        "words": words,
        "event_words": event_states,
        "may_plan": may_plan(current_actor()),
    }
    actor = current_actor()
    if day or request.args.get("tampilan") == "daftar":
        page = entries.page_of_entries(
            db.session,
            actor,
            [day] if day else list(month.days()),
            zone(),
            filters,
            number=number_of("hal") or 1,
        )
        return render_template("desk/list.html", page=page, **shared)
    weeks = month.weeks()
    days = entries.entries_by_day(db.session, actor, [each for week in weeks for each in week], zone(), filters)
    return render_template(
        "desk/month.html", weeks=weeks, days=days, nothing=entries.NOTHING, weekdays=_weekdays(weeks[0]), **shared
    )


def _weekdays(week: Sequence[date]) -> list[str]:
    return [format_date(day, "EEEE", locale()) for day in week]


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def _filters() -> entries.CalendarFilters:
    channel, state = request.args.get("saluran", ""), request.args.get("status", "")
    return entries.CalendarFilters(
        campaign_id=number_of("program"),
        channel=channel if channel in KINDS else "",
        state=state if state in states.BY_KEY else "",
        organisation_id=number_of("opd"),
    )


def _kept() -> dict[str, str]:
    """The filters that move along with every link of the calendar."""
    return {name: request.args[name] for name in ("program", "saluran", "status", "opd") if request.args.get(name)}


def _choices() -> dict[str, list[tuple[Any, str]]]:
    return {
        "program": [("", _("Semua program")), *lookups.campaign_choices(db.session, current_actor())],
        "saluran": [
            ("", _("Semua saluran")),
            *((key, sentence(kind.short)) for key, kind in KINDS.items()),
        ],
        "status": [("", _("Semua status")), *((state.key, sentence(state.label)) for state in states.ALL_STATES)],
        "opd": [("", _("Semua OPD")), *lookups.organisation_choices(db.session)],
    }
