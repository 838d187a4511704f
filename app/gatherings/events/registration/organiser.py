"""The organiser's side of registration: the list, people entered by hand, and who has to be informed by hand."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.gatherings.events.access import to_manage
from app.gatherings.events.models import Event, EventStatus, Registration, RegistrationStatus
from app.gatherings.events.registration.details import Person
from app.gatherings.events.registration.news import COMING, MAIL_FAILED, NOT_INFORMED, registration_path, where_of
from app.gatherings.events.registration.service import Entry, cancel_registration, enter_by_hand
from app.kernel import audit
from app.kernel.errors import NotFound
from app.kernel.roles import Actor
from app.kernel.site import site_of
from app.kernel.text import T

ORDER = case(
    (Registration.status == RegistrationStatus.REGISTERED, 0),
    (Registration.status == RegistrationStatus.WAITING, 1),
    else_=2,
)


def not_informed() -> Any:
    """Return the condition of those who have not heard of the last change: without an e-mail address, or it never
    arrived; joined with the event."""
    return and_(Registration.status.in_(COMING), Registration.told_sequence < Event.sequence)


def select_registrations(event_id: int, *, q: str = "", status: str = "") -> Select[Any]:
    """Select rows (Registration, village, district): registered, then waiting, then cancelled, each in their order.

    `status`: one of RegistrationStatus, "untold", or "" for all.
    """
    query: Any = (
        select(Registration, Village.name.label("village"), District.name.label("district"))
        .join(Event, Event.id == Registration.event_id)
        .outerjoin(Village, Village.code == Registration.village_code)
        .outerjoin(District, District.code == Village.district_code)
        .where(Registration.event_id == event_id)
        .order_by(ORDER, Registration.queue_no)
    )
    if q.strip():
        query = query.where(Registration.name.icontains(q.strip(), autoescape=True))
    if status == "untold":
        query = query.where(not_informed())
    elif status in set(RegistrationStatus):
        query = query.where(Registration.status == status)
    found: Select[Any] = query
    return found


def count_not_informed(session: Session, event: Event) -> int:
    query = select(func.count(Registration.id)).join(Event, Event.id == Registration.event_id)
    return session.scalar(query.where(Registration.event_id == event.id, not_informed())) or 0


def add_person(session: Session, actor: Actor, event_id: int, values: Person, *, now: datetime) -> Entry:
    """Enter somebody who asked for it. Raises as `service.enter`, and Forbidden."""
    event = to_manage(session, actor, event_id, lock=True)
    entry = enter_by_hand(session, event, values, now=now)
    if not entry.known:
        after = {"registration_id": entry.registration.id, "status": str(entry.registration.status)}
        audit.record(session, actor, "event.registration_added", event, now=now, after=after)
    return entry


def cancel_person(session: Session, actor: Actor, event_id: int, registration_id: int, *, now: datetime) -> int:
    """Take somebody off the list and return how many got a place by it."""
    event = to_manage(session, actor, event_id, lock=True)
    promoted = cancel_registration(session, _of_event(session, event, registration_id), now=now)
    after = {"registration_id": registration_id, "promoted": [one.id for one in promoted]}
    audit.record(session, actor, "event.registration_cancelled", event, now=now, after=after)
    return len(promoted)


def mark_informed(session: Session, actor: Actor, event_id: int, registration_id: int) -> None:
    """Note that somebody was informed by hand of the last change."""
    event = to_manage(session, actor, event_id, lock=True)
    _of_event(session, event, registration_id).told_sequence = event.sequence
    session.flush()


def note_export(session: Session, actor: Actor, event: Event, *, personal: bool, now: datetime) -> None:
    """Write down in the trail that names and contacts were taken away."""
    if personal:
        audit.record(session, actor, "event.registrations_exported", event, now=now)


def messages_for(session: Session, event: Event, people: Iterable[Registration], site_url: str) -> dict[int, T]:
    """Return registration id → what to write to this person by hand, with the own link."""
    when, where = site_of(session).when(event.starts_at, event.ends_at), where_of(session, event)
    site = site_url.rstrip("/")
    return {one.id: _news(event, one, when, where, site + registration_path(session, one)) for one in people}


def _news(event: Event, person: Registration, when: str, where: str, link: str) -> T:
    if event.status == EventStatus.CANCELLED:
        return T(
            "Halo %(name)s, kegiatan “%(title)s” pada %(when)s dibatalkan. Alasan: %(reason)s",
            name=person.name, title=event.title, when=when, reason=event.reason or "-",
        )  # fmt: skip
    if person.told_sequence == NOT_INFORMED:
        return T(
            "Halo %(name)s, ada tempat kosong: Anda sekarang terdaftar untuk “%(title)s”, %(when)s di %(where)s. "
            "Tiket atau batal: %(link)s",
            name=person.name, title=event.title, when=when, where=where, link=link,
        )  # fmt: skip
    if person.told_sequence == MAIL_FAILED:
        return T(
            "Halo %(name)s, surel kami kepada Anda tidak sampai. “%(title)s”: %(when)s di %(where)s. Pendaftaran "
            "Anda: %(link)s",
            name=person.name, title=event.title, when=when, where=where, link=link,
        )  # fmt: skip
    return T(
        "Halo %(name)s, jadwal atau tempat “%(title)s” berubah: %(when)s di %(where)s. Tiket atau batal: %(link)s",
        name=person.name, title=event.title, when=when, where=where, link=link,
    )  # fmt: skip


def _of_event(session: Session, event: Event, registration_id: int) -> Registration:
    found = session.get(Registration, registration_id)
    if found is None or found.event_id != event.id:
        raise NotFound(T("Orang ini tidak ada pada daftar kegiatan ini."))
    return found
