"""The page of an event. Its list (routes_list.py), planning, changing, registering have modules of their own."""

from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue

from app.base.trail.sentences import action_label
from app.base.web.db import db
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now, settings
from app.gatherings.events import access, queries, routes_list, routes_photos
from app.gatherings.events.agenda import routes as routes_agenda
from app.gatherings.events.agenda import routes_ical
from app.gatherings.events.blueprint import bp
from app.gatherings.events.models import Event, EventStatus
from app.gatherings.events.pages import public_address, whatsapp_link
from app.gatherings.events.panels import PANELS, SECTIONS, UNREPORTED
from app.gatherings.events.planning import routes as routes_planning
from app.gatherings.events.planning import routes_changes
from app.gatherings.events.planning.clashes import Clash, clashes_of_event, merge_clashes, seated_elsewhere
from app.gatherings.events.planning.steps import Step, next_step
from app.gatherings.events.registration import routes as routes_registration
from app.gatherings.events.registration import routes_holding, routes_organiser
from app.gatherings.events.service import unfilled_marks
from app.gatherings.events.states import PARTS, UPCOMING
from app.kernel.audit import AuditEntry
from app.kernel.roles import Can

__all__ = [
    "bp",
    "routes_agenda",
    "routes_changes",
    "routes_holding",
    "routes_ical",
    "routes_list",
    "routes_organiser",
    "routes_photos",
    "routes_planning",
    "routes_registration",
]


@bp.get("/kegiatan/<int:event_id>")
@allow(Can.READ_EVENTS)
def show(event_id: int) -> ResponseReturnValue:
    actor, moment = current_actor(), now()
    event = access.get(db.session, actor, event_id)
    address = public_address(event.code) if event.announced_at is not None else None
    return render_template(
        "events/show.html",
        event=event,
        actor=actor,
        now=moment,
        may_manage=access.may_manage(actor, event),
        may_copy=access.may_plan_for(actor, event.organisation_id),
        found=_clashes(event) if event.status in UPCOMING else [],
        around=queries.names_of_event(db.session, event),
        next_step=_step(event, moment),
        marks=unfilled_marks(event) if event.status == EventStatus.PLANNED else [],
        siblings=queries.events_of_series(db.session, event),
        panels=PANELS.of(db.session, actor, event),
        sections=SECTIONS,
        history=[
            (entry, sentence(action_label(entry)), changed_parts(entry)) for entry in queries.history(db.session, event)
        ],
        address=address,
        share=whatsapp_link(event.title, event.starts_at, address) if address else None,
    )


def _clashes(event: Event) -> list[Clash]:
    actor, span = current_actor(), (event.starts_at, event.ends_at)
    return merge_clashes(clashes_of_event(db.session, actor, event), seated_elsewhere(db.session, actor, event, [span]))


def _step(event: Event, moment: datetime) -> Step:
    """What is reported with something else needs only its list of who came."""
    step = next_step(event, moment, settings().tz)
    reported = event.status != EventStatus.RETURNED and any(rule(db.session, event) for rule in UNREPORTED)
    return Step.ATTEND if step == Step.REPORT and reported else step


def changed_parts(entry: AuditEntry) -> str:
    """Return what an edit changed, in words: "nama kegiatan, jenis"; empty for all else."""
    if not entry.before or not entry.after:
        return ""
    changed = [name for name, old in entry.before.items() if name in entry.after and entry.after[name] != old]
    return ", ".join(sentence(PARTS.get(name, name)) for name in changed)
