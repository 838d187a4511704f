"""What participants hear of the sessions of their batch: one mail, however many sessions it is about."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.notices.service import notify_address
from app.gatherings.events.models import Event, EventStatus
from app.gatherings.events.registration.news import where_of
from app.kernel.site import site_of
from app.kernel.text import T
from app.learning.training.models import Batch, Enrolment, EnrolmentStatus
from app.learning.training.participants.news import KIND
from app.learning.training.participants.tokens import own_path

MOST_NAMED = 20


def tell_added(session: Session, batch: Batch, events: Sequence[Event], *, now: datetime) -> int:
    """Tell participants of sessions that were announced after they were accepted. Return how many are mailed. Returns
    how many are mailed."""
    announced = [one for one in events if one.status == EventStatus.ANNOUNCED]
    subject = T("Pertemuan baru: %(title)s", title=batch.name)
    intro = T("Ada pertemuan baru di “%(title)s”:", title=batch.name)
    return _tell(session, batch, announced, subject, intro, "added", now)


def tell_place(session: Session, batch: Batch, events: Sequence[Event], *, now: datetime) -> int:
    """Tell participants of sessions that are held elsewhere now, with the batch."""
    announced = [one for one in events if one.status == EventStatus.ANNOUNCED]
    subject = T("Tempat berubah: %(title)s", title=batch.name)
    intro = T("Tempat pertemuan “%(title)s” berubah:", title=batch.name)
    return _tell(session, batch, announced, subject, intro, "place", now)


def _tell(
    session: Session, batch: Batch, events: Sequence[Event], subject: T, intro: T, what: str, now: datetime
) -> int:
    if not events or batch.simulated:
        return 0
    lines, mails = _lines(session, events), 0
    for one in session.scalars(
        select(Enrolment).where(Enrolment.batch_id == batch.id, Enrolment.status == EnrolmentStatus.ACCEPTED)
    ):
        address = one.trainee.email
        if not address:
            one.told = False
            continue
        body = T(
            "Halo %(name)s,\n\n%(intro)s\n%(lines)s\n\nAnda sudah terdaftar di sana. Jadwal lengkap dan tiket ada pada "
            "tautan di bawah. Bila tidak bisa ikut, kabari lewat tautan yang sama.",
            name=one.trainee.name, intro=intro, lines=lines,
        )  # fmt: skip
        key = f"enrolment:{one.id}:{what}:{now:%Y%m%d%H%M%S%f}"
        mails += notify_address(session, address=address, kind=KIND, subject=subject, body=body,
                                path=own_path(session, one.trainee), dedupe_key=key, now=now)  # fmt: skip
    session.flush()
    return mails


def _lines(session: Session, events: Sequence[Event]) -> str:
    site = site_of(session)
    return "\n".join(
        f"- {event.title}: {site.when(event.starts_at, event.ends_at)}, {where_of(session, event)}"
        for event in events[:MOST_NAMED]
    )
