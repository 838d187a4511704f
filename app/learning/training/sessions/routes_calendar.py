"""The sessions of a batch for calendars: public ones to subscribe to, and all of them for who teaches."""

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.base.web.db import db
from app.base.web.files import download
from app.base.web.guard import allow, current_actor, public
from app.base.web.wiring import now, settings
from app.gatherings.events.agenda import ical
from app.gatherings.events.models import Event
from app.kernel.errors import NotFound
from app.kernel.roles import Can
from app.kernel.text import T
from app.learning.training.access import get
from app.learning.training.blueprint import bp
from app.learning.training.models import Batch
from app.learning.training.sessions.meetings import event_ids

FRESH = 15 * 60  # seconds
MIME = "text/calendar; charset=utf-8"


@bp.get("/ikut/<code>.ics", endpoint="feed")
@public
def feed(code: str) -> ResponseReturnValue:
    """Serve the calendar of the sessions that stand on the public agenda."""
    batch = db.session.scalar(select(Batch).where(Batch.code == code))
    here = Event.id.in_(event_ids(batch.id)) if batch is not None else None
    if batch is None or here is None or not ical.has_public(db.session, here):
        raise NotFound(T("Kalender pelatihan ini tidak ada. Mungkin alamatnya terpotong."))
    wanted, moment = ical.Feed(batch.name, here), now()
    mark = ical.feed_etag(db.session, wanted, moment)
    if request.if_none_match.contains_weak(mark):
        answer = Response(status=304)
    else:
        answer = make_response(ical.feed_calendar(db.session, wanted, site_url=settings().public_url, now=moment))
        answer.content_type = MIME
    answer.set_etag(mark, weak=True)
    answer.headers["Cache-Control"] = f"public, max-age={FRESH}"
    return answer


@bp.get("/pelatihan/<int:batch_id>/kalender.ics", endpoint="batch_calendar")
@allow(Can.READ_TRAINING)
def batch_calendar(batch_id: int) -> ResponseReturnValue:
    """Download the sessions for trainers and the office, once: a file and no subscription, which could not sign in."""
    batch = get(db.session, current_actor(), batch_id)
    address = f"{settings().public_url.rstrip('/')}/pelatihan/{batch.id}"
    data = ical.participant_calendar(db.session, batch.name, Event.id.in_(event_ids(batch.id)), address=address)
    return download(data, MIME, f"{batch.name}.ics", cache="private, no-cache")
