"""Route what people asked for to the OPD that can answer, and bring the answer back to them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import lokal
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.base.notices.service import notify
from app.base.people.models import Organisation, RoleRow, User
from app.base.people.organisations import OrganisationKind
from app.gatherings.events.access import trains_only
from app.gatherings.events.models import Event
from app.gatherings.reports.models import Aspiration, AspirationStatus
from app.gatherings.reports.queries import sees_aspiration
from app.gatherings.reports.states import ASPIRATION_MOVES, ASPIRATIONS
from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid, NotFound, Stale
from app.kernel.roles import SYSTEM, Actor, Can, Role
from app.kernel.text import T
from app.kernel.transitions import move

WORKING_DAYS = 14
LONGEST_DAYS = 365
MOST_ANSWER = 5000


def get(session: Session, actor: Actor, aspiration_id: int, *, lock: bool = False) -> Aspiration:
    """Return the aspiration. Raises NotFound where it is not there or not for this person."""
    query = select(Aspiration).where(Aspiration.id == aspiration_id, sees_aspiration(actor))
    found = session.scalar(query.with_for_update() if lock else query, execution_options={"populate_existing": lock})
    if found is None:
        raise NotFound(T("Aspirasi ini tidak ada, atau bukan untuk organisasi Anda."))
    return found


def may_route(actor: Actor) -> bool:
    return actor == SYSTEM or (actor.of_office and actor.can(Can.ROUTE_ASPIRATIONS))


def may_answer(actor: Actor, aspiration: Aspiration) -> bool:
    """Decide who may answer: the OPD that it was routed to, by its contact; the office in its name."""
    asked = aspiration.opd_id in actor.organisation_ids and actor.has(Role.OPD_CONTACT)
    return may_route(actor) or asked


def may_tell_back(actor: Actor, aspiration: Aspiration) -> bool:
    """Decide who may bring the answer back: who heard it, and the office for them. A trainer sees none but those of the
    own events."""
    own = actor.of_office or trains_only(actor) or aspiration.organisation_id in actor.organisation_ids
    return may_route(actor) or (actor.can(Can.PLAN_EVENTS) and own)


def check_answerer(actor: Actor, aspiration: Aspiration) -> None:
    if not may_answer(actor, aspiration):
        raise Forbidden(T("Aspirasi ini dijawab narahubung OPD yang dituju, atau staf kantor."))


def check_router(actor: Actor, _aspiration: Aspiration) -> None:
    if not may_route(actor):
        raise Forbidden(T("Aspirasi diteruskan atau ditutup oleh staf kantor."))


def default_due(today: date) -> date:
    """Return the day fourteen working days on. A year whose holidays nobody has decreed yet has its weekends only."""
    try:
        due = lokal.add_working_days(today, WORKING_DAYS)
    except ValueError:
        due, left = today, WORKING_DAYS
        while left:
            due += timedelta(days=1)
            left -= due.weekday() < 5
    return date.fromisoformat(due) if isinstance(due, str) else due


def opds(session: Session) -> Sequence[Organisation]:
    """Return the OPDs to which something can be routed."""
    query = select(Organisation).where(Organisation.kind == OrganisationKind.OPD, Organisation.active)
    return session.scalars(query.order_by(Organisation.name)).all()


def contacts_of(session: Session, opd_id: int) -> list[int]:
    """Return the ids of the people who answer for an OPD; those of its bidang too."""
    inside = or_(Organisation.id == opd_id, Organisation.parent_id == opd_id)
    return list(
        session.scalars(
            select(User.id)
            .join(Organisation, Organisation.id == User.organisation_id)
            .where(User.active, inside, User.roles.any(RoleRow.name == str(Role.OPD_CONTACT)))
            .order_by(User.id)
        )
    )


def route(
    session: Session,
    actor: Actor,
    aspiration_id: int,
    *,
    opd_id: int | None,
    due_on: date | None,
    now: datetime,
    tz: str,
    version: int | None = None,
) -> Aspiration:
    """Ask an OPD; asked again, another OPD or another day. Its contacts are told. `due_on` None: 14 working days.

    Raises Invalid (opd_id, due_on), Forbidden, NotFound, Refused, Stale.
    """
    row = _to_handle(session, actor, aspiration_id, version)
    opd = session.get(Organisation, opd_id) if opd_id else None
    if opd is None or opd.kind != OrganisationKind.OPD or not opd.active:
        raise Invalid(T("Pilih OPD yang bisa menjawab."), field="opd_id")
    today = now.astimezone(ZoneInfo(tz)).date()
    due_on = due_on or default_due(today)
    if not today <= due_on <= today + timedelta(days=LONGEST_DAYS):
        raise Invalid(T("Batas jawaban paling cepat hari ini dan paling lama satu tahun lagi."), field="due_on")
    before = {"opd_id": row.opd_id, "due_on": row.due_on.isoformat() if row.due_on else None, "answer": row.answer}
    move(row, ASPIRATION_MOVES, AspirationStatus.ROUTED, ASPIRATIONS)
    row.opd_id, row.due_on, row.routed_at = opd.id, due_on, now
    row.answer = row.answered_at = row.answered_by_id = row.told_back_at = None
    session.flush()
    audit.record(
        session, actor, "aspiration.routed", row, now=now, before=before,
        after={"opd_id": opd.id, "due_on": due_on.isoformat()},
    )  # fmt: skip
    notify(
        session,
        user_ids=contacts_of(session, opd.id),
        kind="aspiration.routed",
        subject=T("Aspirasi warga menunggu jawaban %(opd)s", opd=opd.short_name or opd.name),
        body=_cut(row.text),
        path=f"/aspirasi/{row.id}",
        dedupe_key=f"aspiration:{row.id}:routed:{opd.id}:{due_on.isoformat()}:{row.version}",
        now=now,
    )
    return row


def answer(
    session: Session, actor: Actor, aspiration_id: int, *, text: str, now: datetime, version: int | None = None
) -> Aspiration:
    """Record the answer, or a better one; who heard the question is told. Raises Invalid (answer), Forbidden, Stale."""
    row = get(session, actor, aspiration_id, lock=True)
    check_answerer(actor, row)
    _check_version(row, version)
    words = _words(text, T("Tulis jawabannya, dengan kata yang mudah dipahami warga."), "answer")
    if row.official and row.status == AspirationStatus.ANSWERED and row.answer == words:
        return row
    before = {"status": row.status, "answer": row.answer}
    move(row, ASPIRATION_MOVES, AspirationStatus.ANSWERED, ASPIRATIONS)
    row.answer, row.answered_at, row.answered_by_id, row.told_back_at = words, now, actor.id, None
    row.official = True
    session.flush()
    audit.record(session, actor, "aspiration.answered", row, now=now, before=before, after={"answer": words})
    notify(
        session,
        user_ids=_hearers(session, row),
        kind="aspiration.answered",
        subject=T("Ada jawaban untuk warga"),
        body=T("“%(text)s” sudah dijawab. Sampaikan kepada yang bertanya, lalu tandai.", text=_cut(row.text)),
        path=f"/aspirasi/{row.id}",
        dedupe_key=f"aspiration:{row.id}:answered:{row.version}",
        now=now,
    )
    return row


def close(
    session: Session, actor: Actor, aspiration_id: int, *, reason: str, now: datetime, version: int | None = None
) -> Aspiration:
    """Close an aspiration that needs no answer, with the reason. Raises Invalid (reason), Forbidden, Refused, Stale."""
    row = _to_handle(session, actor, aspiration_id, version)
    words = _words(reason, T("Tulis alasannya, supaya yang mencatat tahu."), "reason")
    before = {"status": row.status}
    move(row, ASPIRATION_MOVES, AspirationStatus.CLOSED, ASPIRATIONS)
    row.answer, row.answered_at, row.answered_by_id = words, now, actor.id
    session.flush()
    audit.record(session, actor, "aspiration.closed", row, now=now, before=before, after={"reason": words})
    notify(
        session,
        user_ids=_hearers(session, row),
        kind="aspiration.closed",
        subject=T("Aspirasi ditutup tanpa jawaban"),
        body=T("“%(text)s” ditutup. Alasannya: %(reason)s", text=_cut(row.text), reason=_cut(words)),
        path=f"/aspirasi/{row.id}",
        dedupe_key=f"aspiration:{row.id}:closed:{row.version}",
        now=now,
    )
    return row


def mark_told_back(session: Session, actor: Actor, aspiration_id: int, *, now: datetime) -> Aspiration:
    """Note that the answer was brought to who asked. A second time changes nothing. Raises Forbidden, Invalid."""
    row = get(session, actor, aspiration_id, lock=True)
    if not may_tell_back(actor, row):
        raise Forbidden(T("Ini ditandai kelompok yang mencatat aspirasinya, atau staf kantor."))
    if row.status != AspirationStatus.ANSWERED:
        raise Invalid(T("Belum ada jawaban yang bisa disampaikan."))
    if row.told_back_at is None:
        row.told_back_at = now
        session.flush()
        audit.record(session, actor, "aspiration.told_back", row, now=now)
    return row


def _to_handle(session: Session, actor: Actor, aspiration_id: int, version: int | None) -> Aspiration:
    row = get(session, actor, aspiration_id, lock=True)
    check_router(actor, row)
    _check_version(row, version)
    return row


def _check_version(row: Aspiration, version: int | None) -> None:
    if version is not None and row.version != version:
        raise Stale(
            T("Aspirasi ini sudah diubah orang lain sejak Anda membukanya. Periksa keadaannya, lalu simpan lagi.")
        )


def _words(text: str, empty: T, field: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise Invalid(empty, field=field)
    if len(words) > MOST_ANSWER:
        raise Invalid(T("Terlalu panjang. Paling banyak %(n)s huruf.", n=MOST_ANSWER), field=field)
    return words


def _hearers(session: Session, row: Aspiration) -> list[int]:
    """The people of the group that heard it, and who answers for the event."""
    event = session.get_one(Event, row.event_id)
    named = [one for one in (event.responsible_id, event.created_by_id) if one]
    mine = or_(User.organisation_id == row.organisation_id, User.id.in_(named))
    return list(session.scalars(select(User.id).where(User.active, mine)))


def _cut(text: str, most: int = 300) -> str:
    words = " ".join(text.split())
    return words if len(words) <= most else words[: most - 1] + "…"
