"""The events of a campaign and of a village, as their pages show them."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.web.formats import angka, local_date, sentence
from app.base.web.guard import current_actor
from app.base.web.menu import may_open
from app.base.web.panels import Panel, PanelLine
from app.base.web.wiring import now
from app.gatherings.events.access import may_plan, visible_to
from app.gatherings.events.agenda.ical import has_public
from app.gatherings.events.models import Event
from app.gatherings.events.queries import UNCOUNTED, EventFilters, events
from app.gatherings.events.reach import took_place
from app.gatherings.events.states import BADGES, LABELS
from app.kernel.roles import Actor
from app.kernel.site import site_of
from app.outreach.campaigns.models import Campaign

SHOWN = 6


def _badge(status: str) -> tuple[str, str]:
    return BADGES[status], sentence(LABELS[status])


def _may_plan() -> bool:
    return may_open("events.new") and may_plan(current_actor())


def campaign_events(session: Session, actor: Actor, campaign: Campaign) -> Panel | None:
    """Return the panel of a campaign's events, the next ones first; None where the list of events is not for them."""
    if not may_open("events.index"):
        return None
    total = session.scalar(
        select(func.count()).select_from(Event).where(Event.campaign_id == campaign.id, visible_to(actor))
    )
    rows = session.execute(events(actor, EventFilters(campaign_id=campaign.id), now=now()).limit(SHOWN)).all()
    return Panel(
        title=_l("Kegiatan"),
        empty=_l("Belum ada kegiatan untuk program ini."),
        url=url_for("events.index", program=campaign.id),
        total=total or 0,
        lines=[
            PanelLine(
                title=_named(row),
                url=url_for("events.show", event_id=row.Event.id),
                at=row.Event.starts_at,
                badge=_badge(row.Event.status),
            )
            for row in rows
        ],
        new_url=url_for("events.new", program=campaign.id) if _may_plan() else None,
        new_label=_l("Rencanakan kegiatan"),
        notes=_feed(session, campaign),
    )


def _feed(session: Session, campaign: Campaign) -> list[Markup]:
    """Where calendars subscribe to the campaign's public events, once there is one."""
    if not has_public(session, Event.campaign_id == campaign.id):
        return []
    link = Markup('<a href="{}">{}</a>').format(
        url_for("events.feed_campaign", campaign_id=campaign.id), _("Kalender kegiatan program ini")
    )
    return [Markup("{} {}").format(link, _("(salin tautannya ke aplikasi kalender; ikut berubah sendiri)"))]


def _named(row: Any) -> str:
    return f"{row.Event.title} ({row.village})" if row.village else str(row.Event.title)


def events_in_village(session: Session, actor: Actor, village: Village) -> Panel | None:
    """Return the panel of a village's events that this person sees, and whether any took place there, whoever held
    it."""
    if not may_open("events.index"):
        return None
    counted = took_place(now(), practice=site_of(session).practice)
    happened, last = session.execute(
        select(func.count(), func.max(Event.starts_at)).where(Event.village_code == village.code, counted)
    ).one()
    query = events(actor, EventFilters(village_code=village.code), now=now()).where(Event.status.not_in(UNCOUNTED))
    rows = session.execute(query.limit(SHOWN)).all()
    return Panel(
        title=_l("Kegiatan di sini"),
        state=("ok", _("%(n)s terlaksana, terakhir %(day)s", n=angka(happened), day=local_date(last)))
        if last
        else ("muted", _("Belum ada yang terlaksana")),
        empty=_l("Belum dicatat ada kegiatan di sini."),
        lines=[_line(row) for row in rows],
        url=url_for("events.index", desa=village.code) if rows else None,
        new_url=url_for("events.new", desa=village.code) if _may_plan() else None,
        new_label=_l("Rencanakan kegiatan"),
        new_icon="calendar-plus",
    )


def _line(row: Any) -> PanelLine:
    event: Event = row.Event
    people = _("%(n)s orang hadir", n=angka(event.people)) if event.people else row.organisation
    return PanelLine(
        title=event.title,
        url=url_for("events.show", event_id=event.id),
        at=event.starts_at,
        badge=_badge(event.status),
        detail=people,
    )
