"""Remind once a day of events without a report, and of aspirations that an OPD has not answered.

Each is reminded of in a transaction of its own, so that one that fails blocks no other; a repeat tells nobody twice.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.base.notices.service import notify
from app.base.people.models import Organisation, RoleRow, User
from app.gatherings.events.models import Event
from app.gatherings.reports.aspirations import contacts_of
from app.gatherings.reports.models import Aspiration
from app.gatherings.reports.queries import late_aspirations, unreported_events
from app.kernel.db import unit_of_work
from app.kernel.roles import SYSTEM, Role
from app.kernel.text import T

log = logging.getLogger(__name__)

PATIENCE = timedelta(days=1)
AGAIN = 7  # days between two reminders of the same late answer


def remind_reports(sessions: "sessionmaker[Session]", *, now: datetime) -> int:
    """Remind who answers for an event that ended a day ago that its report is missing. Returns how many notices are
    new."""
    with sessions() as session:
        query = unreported_events(SYSTEM, now, for_longer_than=PATIENCE).with_only_columns(Event.id, Event.ends_at)
        keys = {row.id: f"report:{row.id}:missing:{int(row.ends_at.timestamp())}" for row in session.execute(query)}
        new = _not_told(session, "report.missing", keys)

    def remind(session: Session, number: int) -> int:
        event = session.get_one(Event, number)
        return notify(
            session,
            user_ids=_who_reports(session, event),
            kind="report.missing",
            subject=T("“%(title)s” belum dilaporkan", title=event.title),
            body=T(
                "Kegiatan ini sudah lewat. Tulis laporannya, lima menit saja. Bila tidak jadi berlangsung, batalkan "
                "kegiatannya."
            ),
            path=f"/kegiatan/{event.id}/laporan/ubah",
            dedupe_key=keys[number],
            now=now,
        )

    return _each(sessions, new, remind)


def remind_late(sessions: "sessionmaker[Session]", *, now: datetime, tz: str) -> int:
    """Remind the contacts of an OPD of what they have not answered in time, once a week. Returns how many notices are
    new."""
    today = now.astimezone(ZoneInfo(tz)).date()
    with sessions() as session:
        query = late_aspirations(SYSTEM, today).with_only_columns(Aspiration.id, Aspiration.due_on)
        overdue = {row.id: (today - row.due_on).days for row in session.execute(query) if row.due_on}
        keys = {
            number: f"aspiration:{number}:late:{today - timedelta(days=days)}:{(days - 1) // AGAIN}"
            for number, days in overdue.items()
        }
        new = _not_told(session, "aspiration.late", keys)

    def remind(session: Session, number: int) -> int:
        row = session.get_one(Aspiration, number)
        return notify(
            session,
            user_ids=contacts_of(session, row.opd_id or 0) or _editors(session),
            kind="aspiration.late",
            subject=T("Aspirasi warga belum dijawab, lewat %(n)s hari", n=overdue[number]),
            body=" ".join(row.text.split())[:300],
            path=f"/aspirasi/{row.id}",
            dedupe_key=keys[number],
            now=now,
        )

    return _each(sessions, new, remind)


def _not_told(session: Session, kind: str, keys: Mapping[int, str]) -> list[int]:
    """Those of which nobody was told under this key: the others need no transaction of their own."""
    told = {key.rpartition(":u")[0] for key in session.scalars(select(Notice.dedupe_key).where(Notice.kind == kind))}
    return [number for number, key in keys.items() if key not in told]


def _who_reports(session: Session, event: Event) -> list[int]:
    """Who answers for the event, else who made it, else its group, else the office: only people who are still here."""
    for number in (event.responsible_id, event.created_by_id):
        person = session.get(User, number) if number else None
        if person is not None and person.active:
            return [person.id]
    query = select(User.id).where(User.active, User.organisation_id == event.organisation_id)
    return list(session.scalars(query)) or _editors(session)


def _editors(session: Session) -> list[int]:
    """Where an OPD has no contact, the office's editors see to it."""
    return list(
        session.scalars(
            select(User.id)
            .join(Organisation, Organisation.id == User.organisation_id)
            .where(User.active, Organisation.is_office, User.roles.any(RoleRow.name == str(Role.EDITOR)))
        )
    )


def _each(sessions: "sessionmaker[Session]", ids: Iterable[int], remind: Callable[[Session, int], int]) -> int:
    told = 0
    for number in ids:
        try:
            with unit_of_work(sessions) as session:
                told += remind(session, number)
        except Exception:
            log.exception("reminder %s failed", number)
    return told
