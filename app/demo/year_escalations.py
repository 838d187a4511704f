"""Escalate what was late in the practice year as the worker would have done, without a mail."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import select, update

from app.base.notices.models import Notice
from app.base.web.addresses import paths
from app.base.web.wiring import Wiring
from app.kernel import workdays
from app.kernel.db import unit_of_work
from app.oversight.control.escalation import escalate
from app.oversight.control.models import Escalation
from app.worker import sessions_of
from config import Settings

AGO = 5
"""Working days between the two runs, so that not all of it rose on one day."""


def escalate_year(app: Flask, settings: Settings) -> None:
    """Escalate what was late, only where nothing was escalated yet: from then on the worker does it."""
    sessions, wiring = sessions_of(app), app.extensions["wiring"]
    assert isinstance(wiring, Wiring)  # noqa: S101 (put there by create_app)
    with sessions() as session:
        if session.scalar(select(Escalation.id).limit(1)) is not None:
            return
    days = (settings.escalate_head_days, settings.escalate_agency_days)
    for now in _moments(wiring.clock.now(), ZoneInfo(settings.tz)):
        escalate(sessions, now=now, tz=settings.tz, days=days, address=paths(app))
    with unit_of_work(sessions) as session:
        unsent = (Notice.kind == "control.escalated") & (Notice.email_status == "queued")
        session.execute(update(Notice).where(unsent).values(email_status="none", next_at=None))


def _moments(now: datetime, zone: ZoneInfo) -> list[datetime]:
    """The last day of work until now, and one AGO days of work before."""

    def worked(moment: datetime) -> datetime:
        while not workdays.is_working_day(moment.astimezone(zone).date()):
            moment -= timedelta(days=1)
        return moment

    last = moment = worked(now)
    for _day in range(AGO):
        moment = worked(moment - timedelta(days=1))
    return [moment, last]
