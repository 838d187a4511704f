"""Meetings of a batch: one for each module from a first day on, each an event of its own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import WEEKLY, rrule
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.gatherings.events import service as events
from app.gatherings.events.models import Event, EventKind
from app.gatherings.events.planning.clashes import Clash, find_clashes, merge_clashes
from app.gatherings.events.planning.series import holiday
from app.gatherings.events.service import YEARS
from app.kernel import audit
from app.kernel.errors import Invalid, Refused
from app.kernel.roles import Actor
from app.kernel.site import site_of
from app.kernel.text import T
from app.learning.programmes.models import Module
from app.learning.programmes.queries import active_modules
from app.learning.training.access import to_manage
from app.learning.training.admission.overlaps import people_elsewhere
from app.learning.training.batches.announcing import announce_one, as_holder
from app.learning.training.models import Batch, BatchSession, BatchStatus
from app.learning.training.sessions.meetings import GONE, ahead, events_of, meetings
from app.learning.training.sessions.news import tell_added
from app.learning.training.sessions.places import ONLINE, session_place
from app.learning.training.sessions.seats import seat_all
from app.learning.training.sessions.speakers import accounts_of, link_accounts
from app.outreach.campaigns.models import Campaign

CLOSED = (BatchStatus.FINISHED, BatchStatus.CANCELLED)
MOST = 60
MOST_A_DAY = 6
PAUSE = timedelta(minutes=15)


@dataclass(frozen=True)
class SessionPlan:
    """A meeting to be added. Times are aware; `title` empty: that of the module. Without place and village it is held
    where the batch is."""

    module_id: int | None
    title: str
    starts_at: datetime | None
    ends_at: datetime | None
    place: str = ""
    village_code: str | None = None


@dataclass(frozen=True)
class Rhythm:
    """When meetings are held: from which day and hour on, and on which weekdays (0 is Monday; none: that of the first
    day)."""

    first: date
    at: time
    weekdays: Sequence[int] = ()
    a_day: int = 1
    skip_holidays: bool = True


@dataclass(frozen=True)
class Proposal:
    """A meeting for a module that has none yet. `holiday`: the public holiday on its day, as a hint."""

    module_id: int | None
    title: str
    starts_at: datetime
    ends_at: datetime
    holiday: str | None = None


def propose(session: Session, batch: Batch, rhythm: Rhythm) -> list[Proposal]:
    """Propose one meeting for each active module that has none, in their order. Raises Invalid (first, weekdays,
    a_day)."""
    if rhythm.first.year not in YEARS:
        raise Invalid(T("Periksa tahunnya."), field="first")
    if not 1 <= rhythm.a_day <= MOST_A_DAY:
        raise Invalid(T("Isi antara 1 dan %(n)s pertemuan sehari.", n=MOST_A_DAY), field="a_day")
    modules = modules_left(session, batch)[:MOST]
    zone, found = ZoneInfo(site_of(session).tz), list[Proposal]()
    days = _days(rhythm, -(-len(modules) // rhythm.a_day))
    for number, module in enumerate(modules):
        day, slot = days[number // rhythm.a_day], number % rhythm.a_day
        start = found[-1].ends_at + PAUSE if slot else datetime.combine(day, rhythm.at, zone)
        end = start + timedelta(minutes=module.minutes)
        found.append(Proposal(module.id, module.title, start, end, holiday(day)))
    return found


def modules_left(session: Session, batch: Batch) -> list[Module]:
    """List the active modules of the programme that no meeting teaches yet."""
    taught = {one.module_id for one in meetings(session, batch) if one.event.status not in GONE}
    return [module for module in active_modules(session, batch.programme_id) if module.id not in taught]


def _days(rhythm: Rhythm, count: int) -> list[date]:
    """So many days of the rhythm, the first on or after its first day."""
    weekdays = sorted({day for day in rhythm.weekdays if 0 <= day <= 6} or {rhythm.first.weekday()})
    found: list[date] = []
    for moment in rrule(WEEKLY, dtstart=datetime.combine(rhythm.first, time()), byweekday=weekdays, count=MOST * 3):
        if len(found) == count:
            break
        if not (rhythm.skip_holidays and holiday(moment.date())):
            found.append(moment.date())
    return found


def clashes_ahead(
    session: Session,
    actor: Actor,
    batch: Batch,
    spans: Sequence[tuple[datetime, datetime]],
    *,
    leave_out: Collection[int] = (),
    place: str = "",
    village_code: str | None = None,
) -> list[Clash]:
    """List what gets in the way of meetings at these times: the trainers elsewhere, by account or by name, the place,
    and what people who were accepted here sit in.

    Without `place` and `village_code`: where the batch is.
    """
    if not spans:
        return []
    values = _plan(session, batch, SessionPlan(None, batch.name, *spans[0], place, village_code), None)
    if values.place == ONLINE:
        values = replace(values, place="")  # everybody may meet there at once
    found = find_clashes(session, actor, values, spans=spans, leave_out=leave_out, accounts=accounts_of(batch.trainers))
    return merge_clashes(found, people_elsewhere(session, actor, batch.id, spans))


def clashes_of_batch(session: Session, actor: Actor, batch: Batch, *, now: datetime) -> list[Clash]:
    """List the clashes of all sessions of the batch that lie ahead."""
    waiting = ahead(events_of(session, batch), now)
    spans = [(one.starts_at, one.ends_at) for one in waiting]
    return clashes_ahead(session, actor, batch, spans, leave_out=[one.id for one in waiting])


def add_session(session: Session, actor: Actor, batch_id: int, values: SessionPlan, *, now: datetime) -> BatchSession:
    """Add a meeting: an event, at which the trainers speak and every accepted participant has a seat.

    It is announced at once where the batch is open, and who was accepted is told. The days of the batch widen to hold
    it. Raises Invalid with its field, Refused once the batch is over, NotFound, Forbidden.
    """
    meeting = _add(session, actor, batch_id, values, now=now)
    tell_added(session, meeting.batch, [meeting.event], now=now)
    return meeting


def _add(session: Session, actor: Actor, batch_id: int, values: SessionPlan, *, now: datetime) -> BatchSession:
    batch = to_manage(session, actor, batch_id, lock=True)
    if batch.status in CLOSED:
        raise Refused(T("Angkatan ini sudah selesai atau dibatalkan, jadi pertemuannya tidak bisa ditambah."))
    module = _module(session, batch, values.module_id)
    if values.ends_at is not None and values.ends_at <= now and batch.status != BatchStatus.DRAFT:
        raise Invalid(T("Waktu pertemuan ini sudah lewat. Pilih waktu yang akan datang."), field="starts_at")
    event = events.plan(session, as_holder(actor, batch), _plan(session, batch, values, module), now=now)
    link_accounts(event, batch.trainers)
    last = session.scalar(select(func.max(BatchSession.position)).where(BatchSession.batch_id == batch.id))
    meeting = BatchSession(
        batch=batch, event=event, module_id=module.id if module else None, position=0 if last is None else last + 1
    )
    session.add(meeting)
    _widen(session, batch, event.starts_at, event.ends_at)
    batch.updated_at = now
    session.flush()
    audit.record(
        session, actor, "batch.session_added", batch, now=now,
        after={"title": event.title, "starts_at": event.starts_at.isoformat()},
    )  # fmt: skip
    announce_one(session, actor, batch, event, now=now)
    seat_all(session, batch, now=now)
    return meeting


def add_sessions(
    session: Session, actor: Actor, batch_id: int, plans: Sequence[SessionPlan], *, now: datetime
) -> list[BatchSession]:
    """Add all or none of these sessions."""
    if not plans:
        raise Invalid(T("Pilih paling sedikit satu pertemuan."), field="first")
    if len(plans) > MOST:
        raise Invalid(T("Paling banyak %(n)s pertemuan sekali simpan.", n=MOST), field="first")
    added = [_add(session, actor, batch_id, one, now=now) for one in plans]
    tell_added(session, added[0].batch, [one.event for one in added], now=now)
    return added


def _module(session: Session, batch: Batch, module_id: int | None) -> Module | None:
    """Held fast: nobody takes the module out of the programme before the meeting that teaches it is stored."""
    if module_id is None:
        return None
    module = session.scalar(select(Module).where(Module.id == module_id).with_for_update(of=Module))
    if module is None:
        raise Invalid(T("Modul ini baru saja dihapus dari programnya. Pilih modul lain."), field="module_id")
    if module.programme_id != batch.programme_id:
        raise Invalid(T("Pilih modul dari program angkatan ini."), field="module_id")
    return module


def _plan(session: Session, batch: Batch, values: SessionPlan, module: Module | None) -> events.Plan:
    place, village = values.place.strip(), values.village_code
    if not place and not village:
        place, village = session_place(batch)
    return events.Plan(
        kind=_kind(batch),
        title=(values.title.strip() or (module.title if module else batch.name))[: events.MAX_TITLE],
        organisation_id=batch.organisation_id,
        starts_at=values.starts_at,
        ends_at=values.ends_at,
        village_code=village,
        place=place,
        description=str(T("Bagian dari pelatihan “%(name)s”.", name=batch.name)),
        agenda=module.objectives if module else "",
        campaign_id=batch.campaign_id,
        dimension_key=_dimension(session, batch),
        speakers=[(one.name, one.title) for one in batch.trainers],
        contact=batch.contact,
    )


def _dimension(session: Session, batch: Batch) -> str | None:
    """That of its campaign, where that has one only."""
    campaign = session.get(Campaign, batch.campaign_id) if batch.campaign_id else None
    return campaign.dimensions[0].key if campaign is not None and len(campaign.dimensions) == 1 else None


def _kind(batch: Batch) -> str:
    """Whoever is sent by an OPD comes to a bimtek."""
    return EventKind.BIMTEK if batch.admission == "nomination" else EventKind.TRAINING


def _widen(session: Session, batch: Batch, starts_at: datetime, ends_at: datetime) -> None:
    zone = ZoneInfo(site_of(session).tz)
    batch.starts_on = min(batch.starts_on, starts_at.astimezone(zone).date())
    batch.ends_on = max(batch.ends_on, ends_at.astimezone(zone).date())


def follow_time(session: Session, event: Event, _now: datetime) -> None:
    """Widen the days of a batch to hold a session that got another time, for events.editing.RESCHEDULED."""
    batch = session.scalar(
        select(Batch).join(BatchSession, BatchSession.batch_id == Batch.id).where(BatchSession.event_id == event.id)
    )
    if batch is not None:
        _widen(session, batch, event.starts_at, event.ends_at)
        session.flush()
