"""The kinds of records that a person answers for, and how each goes to a successor.

Who wrote, decided or noted something stays as it was: only what is still to be done goes over.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.base.people.models import Organisation, User
from app.gatherings.communities.models import Membership
from app.gatherings.events.models import Event, EventStatus, Speaker
from app.gatherings.events.registration.names import name_key
from app.kernel.text import T
from app.learning.programmes.models import Programme, ProgrammeTrainer
from app.learning.training.models import Batch, BatchStatus, BatchTrainer
from app.outreach.campaigns.models import Campaign, CampaignStatus, Decision, DecisionStatus, Goal
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post, PostStatus, post_writers
from app.oversight.commitments.models import Clause, ClauseStatus

AHEAD = (EventStatus.PLANNED, EventStatus.ANNOUNCED)
UNFINISHED = (*AHEAD, EventStatus.HELD, EventStatus.RETURNED)
Rows = Any
"""A select of (id, label)."""
LONGEST = 160  # signs of a label


@dataclass(frozen=True)
class Move:
    """These records (`ids`) go from one person to the other."""

    ids: Sequence[int]
    leaver: User
    successor: User
    today: date


@dataclass(frozen=True)
class Part:
    """A kind of records that goes over. `find`: (id, label) of what this person answers for; `move` gives it to the
    successor."""

    key: str
    title: T
    hint: T
    find: Callable[[int], Rows]
    move: Callable[[Session, Move], None]


@dataclass(frozen=True)
class FoundPart:
    part: Part
    rows: Sequence[tuple[int, str]]


def find_parts(session: Session, leaver: User) -> list[FoundPart]:
    """Return what would go to the successor, without the parts in which there is nothing. One query a part."""
    parts = []
    for part in PARTS:
        rows = [(number, _short(label)) for number, label in session.execute(part.find(leaver.id))]
        if rows:
            parts.append(FoundPart(part, rows))
    return parts


def _short(label: str) -> str:
    plain = " ".join(str(label).split())
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…"


def _reassign(model: Any, column: str) -> Callable[[Session, Move], None]:
    """One column names the person. The version goes up, so that a form that is open elsewhere is told."""

    def move(session: Session, given: Move) -> None:
        values: dict[str, Any] = {column: given.successor.id}
        if hasattr(model, "version"):
            values["version"] = model.version + 1
        mine = getattr(model, column) == given.leaver.id
        session.execute(
            update(model).where(model.id.in_(given.ids), mine).values(values),
            execution_options={"synchronize_session": False},
        )

    return move


def _posts(user_id: int) -> Rows:
    waiting = (PostStatus.DRAFT, PostStatus.RETURNED, PostStatus.IN_REVIEW)
    return select(Post.id, Post.title).where(Post.author_id == user_id, Post.status.in_(waiting)).order_by(Post.id)


def _move_posts(session: Session, given: Move) -> None:
    """Who wrote a post never approves it: the leaver stays among its writers."""
    rows = [{"post_id": one, "user_id": given.leaver.id} for one in given.ids]
    known = select(post_writers.c.post_id).where(
        post_writers.c.post_id.in_(given.ids), post_writers.c.user_id == given.leaver.id
    )
    there = set(session.scalars(known))
    missing = [row for row in rows if row["post_id"] not in there]
    if missing:
        session.execute(post_writers.insert(), missing)
    _reassign(Post, "author_id")(session, given)


def _decisions(user_id: int) -> Rows:
    query = select(Decision.id, Decision.text).where(Decision.owner_id == user_id)
    return query.where(Decision.status == DecisionStatus.OPEN).order_by(Decision.due_on, Decision.id)


def _clauses(user_id: int) -> Rows:
    over = (ClauseStatus.DONE, ClauseStatus.STOPPED)
    query = select(Clause.id, Clause.text).where(Clause.person_id == user_id)
    return query.where(or_(Clause.status.is_(None), Clause.status.not_in(over))).order_by(Clause.id)


def _goals(user_id: int) -> Rows:
    running = (CampaignStatus.PLANNED, CampaignStatus.ACTIVE)
    label = Campaign.name + ": " + Goal.measure
    query = select(Goal.id, label).join(Campaign, Campaign.id == Goal.campaign_id)
    return query.where(Goal.responsible_id == user_id, Campaign.status.in_(running)).order_by(Goal.id)


def _outlets(user_id: int) -> Rows:
    return select(Outlet.id, Outlet.name).where(Outlet.responsible_id == user_id).order_by(Outlet.name)


def _events(user_id: int) -> Rows:
    query = select(Event.id, Event.title).where(Event.responsible_id == user_id, Event.status.in_(UNFINISHED))
    return query.order_by(Event.starts_at, Event.id)


def _batches(user_id: int) -> Rows:
    over = (BatchStatus.FINISHED, BatchStatus.CANCELLED)
    label = Programme.title + ", " + Batch.name
    query = select(BatchTrainer.id, label).join(Batch, Batch.id == BatchTrainer.batch_id)
    query = query.join(Programme, Programme.id == Batch.programme_id)
    return query.where(BatchTrainer.user_id == user_id, Batch.status.not_in(over)).order_by(Batch.starts_on, Batch.id)


def _move_batches(session: Session, given: Move) -> None:
    """As trainer; the meetings that are still to come are a part of their own."""
    _name(session, BatchTrainer, given)


def _speakers(user_id: int) -> Rows:
    query = select(Speaker.id, Event.title).join(Event, Event.id == Speaker.event_id)
    return query.where(Speaker.user_id == user_id, Event.status.in_(AHEAD)).order_by(Event.starts_at, Speaker.id)


def _move_speakers(session: Session, given: Move) -> None:
    _name(session, Speaker, given, name_key=name_key(given.successor.name))


def _programmes(user_id: int) -> Rows:
    query = select(ProgrammeTrainer.id, Programme.title)
    query = query.join(Programme, Programme.id == ProgrammeTrainer.programme_id)
    return query.where(ProgrammeTrainer.user_id == user_id).order_by(Programme.title)


def _move_programmes(session: Session, given: Move) -> None:
    _name(session, ProgrammeTrainer, given)


def _name(session: Session, model: Any, given: Move, **more: Any) -> None:
    """Where a person stands with account, name and title."""
    person = {"user_id": given.successor.id, "name": given.successor.name, "title": given.successor.title or ""}
    session.execute(
        update(model).where(model.id.in_(given.ids), model.user_id == given.leaver.id).values(**person, **more),
        execution_options={"synchronize_session": False},
    )


def _memberships(user_id: int) -> Rows:
    query = select(Membership.id, Organisation.name).join(Organisation, Organisation.id == Membership.group_id)
    return query.where(Membership.user_id == user_id, Membership.ends_on.is_(None)).order_by(Organisation.name)


def _move_memberships(session: Session, given: Move) -> None:
    """The leaver's time ends today and the successor's begins; the contact is the successor's own."""
    rows = session.scalars(select(Membership).where(Membership.id.in_(given.ids))).all()
    for old in rows:
        old.ends_on = max(given.today, old.starts_on or given.today)
        session.add(
            Membership(
                group_id=old.group_id, user_id=given.successor.id, name=given.successor.name, role=old.role,
                phone=given.successor.phone, starts_on=given.today,
            )
        )  # fmt: skip
    session.flush()


PARTS: tuple[Part, ...] = (
    Part(
        "posts",
        T("Materi yang belum disetujui"),
        T("Konsep, yang dikembalikan, dan yang menunggu persetujuan. Penulis lamanya tetap tercatat."),
        _posts,
        _move_posts,
    ),
    Part(
        "decisions",
        T("Keputusan yang harus ditindaklanjuti"),
        T("Yang belum selesai."),
        _decisions,
        _reassign(Decision, "owner_id"),
    ),
    Part(
        "clauses",
        T("Pasal perjanjian yang dipertanggungjawabkan"),
        T("Yang belum selesai."),
        _clauses,
        _reassign(Clause, "person_id"),
    ),
    Part(
        "goals",
        T("Sasaran program"),
        T("Dari program yang direncanakan atau berjalan."),
        _goals,
        _reassign(Goal, "responsible_id"),
    ),
    Part(
        "outlets",
        T("Saluran dan akun"),
        T("Penggantinya diberi tahu bila ada masalah."),
        _outlets,
        _reassign(Outlet, "responsible_id"),
    ),
    Part(
        "events",
        T("Kegiatan, laporannya, dan aspirasi warganya"),
        T("Yang belum selesai dilaporkan. Aspirasi ikut kegiatannya."),
        _events,
        _reassign(Event, "responsible_id"),
    ),
    Part("batches", T("Angkatan pelatihan yang diajar"), T("Yang belum selesai."), _batches, _move_batches),
    Part(
        "speakers",
        T("Kegiatan dan pertemuan sebagai narasumber"),
        T("Yang belum berlangsung."),
        _speakers,
        _move_speakers,
    ),
    Part(
        "programmes",
        T("Program pelatihan yang biasa diajar"),
        T("Nama pelatihnya diganti."),
        _programmes,
        _move_programmes,
    ),
    Part(
        "memberships",
        T("Kontak dan pengurus kelompok"),
        T("Masa yang lama berakhir hari ini, yang baru mulai hari ini."),
        _memberships,
        _move_memberships,
    ),
)


def count_records(parts: Sequence[FoundPart]) -> int:
    return sum(len(one.rows) for one in parts)
