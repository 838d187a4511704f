"""Verify a report in the office, or send it back to its writer with what is missing."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.base.notices.service import notify
from app.base.people.models import User
from app.gatherings.events.access import get
from app.gatherings.events.models import Event, EventStatus
from app.gatherings.events.states import LABELS, MOVES
from app.gatherings.reports import queries
from app.gatherings.reports.models import Report
from app.gatherings.reports.service import check_seen
from app.gatherings.reports.states import MISSING
from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid, Refused
from app.kernel.roles import Actor, Can
from app.kernel.text import T
from app.kernel.transitions import move
from app.kernel.typed import NOTE_TOO_LONG, at_most

MOST_NOTE = 2000


def is_verifier(actor: Actor) -> bool:
    """Decide whether this person verifies reports: a KIM never does, whatever else its member may be."""
    return actor.of_office and actor.can(Can.VERIFY_REPORTS)


def may_verify(actor: Actor, report: Report) -> bool:
    """Decide whether this person may verify the report: not what they recorded, or wrote in since it was last
    returned."""
    return is_verifier(actor) and not _is_own(actor, report)


def _is_own(actor: Actor, report: Report) -> bool:
    return actor.id in {report.recorded_by_id, *(row.user_id for row in report.writers)}


def verify(session: Session, actor: Actor, event_id: int, *, now: datetime, seen: str | None = None) -> Report:
    """Verify the report as complete. Raises NotFound, Forbidden, Stale where it changed since `seen`, Refused where it
    does not wait.

    A second time, by whomever, changes nothing.
    """
    event, report = _to_judge(session, actor, event_id)
    if event.status == EventStatus.VERIFIED:
        return report
    check_seen(session, event, seen)
    move(event, MOVES, EventStatus.VERIFIED, LABELS)
    report.verified_by_id, report.verified_at = actor.id, now
    event.updated_at = now
    session.flush()
    audit.record(session, actor, "report.verified", event, now=now, after={"receipt": report.receipt})
    return report


def send_back(
    session: Session,
    actor: Actor,
    event_id: int,
    *,
    missing: Collection[str],
    note: str,
    now: datetime,
    seen: str | None = None,
) -> Report:
    """Return it to its writers, who are told. `missing`: keys of MISSING. Also takes a verified one up again.

    Raises Invalid (missing, note) where nothing says what is wanted, Forbidden, NotFound, Refused, Stale.
    """
    event, report = _to_judge(session, actor, event_id)
    reopened = event.status == EventStatus.VERIFIED
    check_seen(session, event, seen)
    words = note.replace("\r\n", "\n").strip()
    wanted = _check_reason(missing, words, reopened=reopened)
    move(event, MOVES, EventStatus.RETURNED, LABELS)
    before = {"verified_by_id": report.verified_by_id} if reopened else None
    report.missing, report.return_note, report.returned_at = wanted, words or None, now
    report.verified_by_id = report.verified_at = None
    report.writers = []
    event.updated_at = now
    session.flush()
    audit.record(
        session, actor, "report.reopened" if reopened else "report.returned", event, now=now, before=before,
        after={"missing": wanted, "note": words},
    )  # fmt: skip
    _tell(session, event, report, now)
    return report


def next_waiting(session: Session, actor: Actor) -> int | None:
    """Return the id of the event whose report this person looks at next."""
    return session.scalar(queries.waiting_reports(actor).limit(1)) if is_verifier(actor) else None


def _to_judge(session: Session, actor: Actor, event_id: int) -> tuple[Event, Report]:
    get(session, actor, event_id)
    if not is_verifier(actor):
        raise Forbidden(T("Laporan kegiatan diperiksa editor, pejabat, atau admin kantor."))
    event = session.scalars(
        select(Event).where(Event.id == event_id).with_for_update(), execution_options={"populate_existing": True}
    ).one()
    report = session.get(Report, event_id)
    if report is None:
        raise Refused(T("Kegiatan ini belum dilaporkan, jadi belum bisa diperiksa."))
    if _is_own(actor, report):
        raise Forbidden(T("Laporan yang Anda catat atau ubah sendiri diperiksa oleh rekan lain."))
    return event, report


def _check_reason(missing: Collection[str], note: str, *, reopened: bool) -> list[str]:
    wanted = [key for key in MISSING if key in missing]
    if len(wanted) != len(set(missing)):
        raise Invalid(T("Pilih yang kurang dari daftar."), field="missing")
    if reopened and not note:
        raise Invalid(T("Tulis alasannya: laporan ini sudah pernah diperiksa."), field="note")
    if not wanted and not note:
        raise Invalid(T("Centang apa yang kurang, atau tulis catatan, supaya penulisnya tahu."), field="missing")
    if "other" in wanted and not note:
        raise Invalid(T("Anda mencentang “Lainnya”. Tulis di catatan apa yang kurang."), field="note")
    at_most(note, MOST_NOTE, "note", NOTE_TOO_LONG)
    return wanted


def writers(session: Session, event: Event, report: Report | None) -> list[int]:
    """Return the ids of who is to mend a report: who recorded it, who answers for the event, and the people of the
    group."""
    named = [event.responsible_id, report.recorded_by_id if report else None]
    of_group = or_(User.organisation_id == event.organisation_id, User.id.in_([one for one in named if one]))
    return list(session.scalars(select(User.id).where(User.active, of_group).order_by(User.id)))


def _tell(session: Session, event: Event, report: Report, now: datetime) -> None:
    lacking = "; ".join(str(MISSING[key]) for key in report.missing)
    parts = [T("Yang kurang: %(what)s.", what=lacking)] if lacking else []
    body = " ".join([*(str(part) for part in parts), report.return_note or ""]).strip()
    notify(
        session,
        user_ids=writers(session, event, report),
        kind="report.returned",
        subject=T("Laporan “%(title)s” dikembalikan", title=event.title),
        body=body,
        path=f"/kegiatan/{event.id}/laporan/ubah",
        dedupe_key=f"report:{event.id}:returned:{int(now.timestamp())}",
        now=now,
    )
