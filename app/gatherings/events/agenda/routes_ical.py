"""iCalendar files: what calendars subscribe to, and one event to keep."""

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.areas.models import District
from app.base.people.models import Organisation
from app.base.web.db import db
from app.base.web.files import download
from app.base.web.guard import public
from app.base.web.wiring import now, settings
from app.gatherings.events.agenda import ical
from app.gatherings.events.blueprint import bp
from app.gatherings.events.models import Event
from app.kernel.errors import NotFound
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign

FRESH = 15 * 60  # seconds
MIME = "text/calendar; charset=utf-8"


@bp.get("/agenda.ics", endpoint="feed")
@public
def feed() -> ResponseReturnValue:
    return _feed(ical.Feed(_("Agenda %(title)s", title=settings().app_title)))


@bp.get("/agenda/kecamatan/<code>.ics", endpoint="feed_district")
@public
def feed_district(code: str) -> ResponseReturnValue:
    district = db.session.get(District, code)
    if district is None:
        raise NotFound(T("Kecamatan ini tidak ada. Buka agenda untuk menyalin alamat kalendernya."))
    return _feed(ical.Feed(_("Agenda Kecamatan %(name)s", name=district.name), ical.in_district(code)))


@bp.get("/agenda/kelompok/<int:organisation_id>.ics", endpoint="feed_group")
@public
def feed_group(organisation_id: int) -> ResponseReturnValue:
    group = db.session.get(Organisation, organisation_id)
    if group is None or not ical.has_public(db.session, Event.organisation_id == organisation_id):
        raise NotFound(T("Kelompok ini tidak ada. Buka agenda untuk menyalin alamat kalendernya."))
    return _feed(ical.Feed(_("Agenda %(title)s", title=group.name), Event.organisation_id == organisation_id))


@bp.get("/agenda/program/<int:campaign_id>.ics", endpoint="feed_campaign")
@public
def feed_campaign(campaign_id: int) -> ResponseReturnValue:
    campaign = db.session.get(Campaign, campaign_id)
    if campaign is None or not ical.has_public(db.session, Event.campaign_id == campaign_id):
        raise NotFound(T("Program ini tidak ada. Buka agenda untuk menyalin alamat kalendernya."))
    return _feed(ical.Feed(_("Agenda %(title)s", title=campaign.name), Event.campaign_id == campaign_id))


@bp.get("/agenda/<code>.ics", endpoint="event_file")
@public
def event_file(code: str) -> ResponseReturnValue:
    found = ical.event_calendar(db.session, code, site_url=settings().public_url)
    if found is None:
        raise NotFound(
            T("Kegiatan ini tidak ada di agenda. Mungkin alamatnya terpotong; buka agenda untuk mencarinya.")
        )
    title, data = found
    answer = download(data, MIME, f"{title}.ics", cache="no-cache")
    answer.add_etag(weak=True)
    return answer.make_conditional(request)


def _feed(feed: ical.Feed) -> Response:
    moment = now()
    mark = ical.feed_etag(db.session, feed, moment)
    if request.if_none_match.contains_weak(mark):
        answer = Response(status=304)
    else:
        answer = make_response(ical.feed_calendar(db.session, feed, site_url=settings().public_url, now=moment))
        answer.content_type = MIME
    answer.set_etag(mark, weak=True)
    answer.headers["Cache-Control"] = f"public, max-age={FRESH}"
    return answer
