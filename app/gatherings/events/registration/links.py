"""The signed link of a registration: what it opens, until when, and how it is replaced."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.gatherings.events.access import to_manage
from app.gatherings.events.models import Event, Registration, RegistrationStatus
from app.gatherings.events.registration.news import NOT_INFORMED, send_registration_link
from app.gatherings.events.registration.tokens import Tokens
from app.kernel import audit
from app.kernel.errors import NotFound, Refused
from app.kernel.roles import Actor
from app.kernel.text import T

LASTS = timedelta(days=30)
"""So long after the end of the event a link opens the own page: time to correct a name, or to have it erased."""


def registration_of(session: Session, tokens: Tokens, token: str, *, now: datetime) -> Registration:
    """Return the registration that a link opens. Raises NotFound for a link that was replaced or is over."""
    registration_id, number = tokens.read_registration(token)
    found = session.get(Registration, registration_id)
    if found is None or found.erased_at is not None:
        raise NotFound(T("Data pendaftaran ini sudah dihapus, jadi tautannya tidak berlaku lagi."))
    if found.link_no != number:
        raise NotFound(T("Tautan ini sudah diganti dengan yang baru. Buka tautan terakhir dari penyelenggara."))
    if session.get_one(Event, found.event_id).ends_at + LASTS <= now:
        raise NotFound(
            T(
                "Tautan ini sudah berakhir, karena kegiatannya selesai lebih dari %(n)s hari lalu. Untuk mengubah atau "
                "menghapus data Anda, hubungi penyelenggaranya.",
                n=LASTS.days,
            )
        )
    return found


def renew_link(session: Session, actor: Actor, event_id: int, registration_id: int, *, now: datetime) -> bool:
    """Replace the link of a registration, so that the old one opens nothing, and return whether the new one was mailed.

    Raises NotFound, Forbidden, Refused once the event is over or the registration was cancelled.
    """
    event = to_manage(session, actor, event_id, lock=True)
    found = session.get(Registration, registration_id)
    if found is None or found.event_id != event.id or found.erased_at is not None:
        raise NotFound(T("Pendaftaran ini tidak ada lagi."))
    if found.status == RegistrationStatus.CANCELLED or event.ends_at <= now:
        raise Refused(T("Pendaftaran ini sudah dibatalkan atau kegiatannya selesai, jadi tautannya tidak diganti."))
    found.link_no += 1
    session.flush()
    after = {"registration_id": found.id, "link": found.link_no}
    audit.record(session, actor, "event.registration_link_renewed", event, now=now, after=after)
    mailed = send_registration_link(session, event, found, now=now, asked=False)
    if not mailed:
        found.told_sequence = NOT_INFORMED  # the list then has a message for them with the new link
    return mailed
