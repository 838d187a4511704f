"""Queries of the register: a list page needs the same few, however many groups there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.base.people.models import Organisation, User
from app.gatherings.communities.access import KINDS, visible_to
from app.gatherings.communities.activity import Rule, select_activity, state_column
from app.gatherings.communities.members import in_office
from app.gatherings.communities.models import Group, MemberRole, Membership, RubricScore
from app.gatherings.communities.names import core_name, decree_key
from app.gatherings.communities.states import OFFICERS, Completeness
from app.gatherings.events.models import Event, EventStatus
from app.kernel.roles import Actor

NO_LEVEL = "-"


@dataclass(frozen=True)
class GroupFilters:
    """What the list is narrowed to; empty means all. `rest`: "closed" for groups that rest, else those that do not."""

    q: str = ""
    kind: str = ""
    district: str = ""
    activity: str = ""
    level: str = ""
    completeness: str = ""
    rest: str = ""

    def any(self) -> bool:
        return any((self.q.strip(), self.kind, self.district, self.activity, self.level, self.completeness, self.rest))


def _is_group() -> ColumnElement[bool]:
    return or_(Organisation.kind.in_(KINDS), Group.organisation_id.is_not(None))


def _latest_scores() -> Subquery:
    """One row a group that was ever scored: its latest level and day."""
    ranked = select(
        RubricScore.group_id,
        RubricScore.level,
        RubricScore.percent,
        RubricScore.scored_on,
        func.row_number()
        .over(partition_by=RubricScore.group_id, order_by=(RubricScore.scored_on.desc(), RubricScore.id.desc()))
        .label("rank"),
    ).subquery()
    return select(ranked).where(ranked.c.rank == 1).subquery("latest_scores")


def _has_chair(today: date) -> ColumnElement[bool]:
    chair = Membership.role == MemberRole.CHAIR
    return exists().where(Membership.group_id == Group.organisation_id, chair, in_office(today))


def completeness_column(today: date) -> ColumnElement[str]:
    """Return the completeness of a group; complete: with village, kim.id number (KIM only), SK and a chair in office
    today."""
    numbered = or_(Group.kind != "kim", and_(Group.kim_number.is_not(None), Organisation.village_code.is_not(None)))
    return case(
        (Group.organisation_id.is_(None), literal(str(Completeness.UNREGISTERED))),
        (and_(numbered, Group.decree_number.is_not(None), _has_chair(today)), literal(str(Completeness.COMPLETE))),
        else_=literal(str(Completeness.LACKING)),
    )


def groups(actor: Actor, filters: GroupFilters, *, rule: Rule, now: datetime, today: date) -> Select[Any]:
    """Select rows (Organisation, group_kind, kim_number, Village | None, District | None, village_name, district_name,
    recent, last, activity, level, scored_on, completeness), by name. `today`: the regency's day, on which a chair is in
    office or not."""
    done, scores = select_activity(rule, now), _latest_scores()
    state, complete = state_column(done, rule), completeness_column(today)
    kind = func.coalesce(Group.kind, Organisation.kind)
    query: Any = (
        select(
            Organisation, kind.label("group_kind"), Group.kim_number, Village, District,
            Village.name.label("village_name"), District.name.label("district_name"),
            func.coalesce(done.c.recent, 0).label("recent"), done.c.last, state.label("activity"),
            scores.c.level, scores.c.scored_on, complete.label("completeness"),
        )
        .outerjoin(Group, Group.organisation_id == Organisation.id)
        .outerjoin(Village, Village.code == Organisation.village_code)
        .outerjoin(District, District.code == Village.district_code)
        .outerjoin(done, done.c.organisation_id == Organisation.id)
        .outerjoin(scores, scores.c.group_id == Organisation.id)
        .where(_is_group(), visible_to(actor), ~Organisation.active if filters.rest else Organisation.active)
        .order_by(func.lower(Organisation.name), Organisation.id)
    )  # fmt: skip
    if filters.q.strip():
        query = query.where(_matches(filters.q))
    for wanted, column in ((filters.kind, kind), (filters.district, District.code), (filters.activity, state)):
        if wanted:
            query = query.where(column == wanted)
    if filters.completeness:
        query = query.where(complete == filters.completeness)
    if filters.level:
        query = query.where(scores.c.level.is_(None) if filters.level == NO_LEVEL else scores.c.level == filters.level)
    listed: Select[Any] = query
    return listed


def _matches(q: str) -> ColumnElement[bool]:
    words = " ".join(q.split())
    columns: tuple[Any, ...] = (Organisation.name, Organisation.short_name, Village.name, Group.kim_number)
    return or_(*(column.icontains(words, autoescape=True) for column in columns))


def activity_counts(session: Session, actor: Actor, *, rule: Rule, now: datetime, today: date) -> dict[str, int]:
    """Count the groups that do not rest by their state of activity."""
    listed = groups(actor, GroupFilters(), rule=rule, now=now, today=today).order_by(None).subquery()
    rows = session.execute(select(listed.c.activity, func.count()).group_by(listed.c.activity))
    return {row[0]: row[1] for row in rows}


def levels_given(session: Session) -> Sequence[str]:
    """Return the levels that any group ever had, for the filter: also those of older versions."""
    return session.scalars(select(RubricScore.level).distinct().order_by(RubricScore.level)).all()


@dataclass(frozen=True)
class KnownGroup:
    """A group as duplicates are looked for. `kim_number` None where it has none or no data yet."""

    id: int
    name: str
    core: str
    village_code: str | None
    district_code: str | None
    kim_number: str | None
    registered: bool
    place: str
    decree: str = ""
    active: bool = True


def known_groups(session: Session) -> list[KnownGroup]:
    """Return all groups, resting ones too, in one query."""
    rows = session.execute(
        select(Organisation.id, Organisation.name, Organisation.village_code, Village.district_code, Group.kim_number,
               Group.organisation_id, Village.name, District.name, Group.decree_number, Organisation.active)
        .outerjoin(Group, Group.organisation_id == Organisation.id)
        .outerjoin(Village, Village.code == Organisation.village_code)
        .outerjoin(District, District.code == Village.district_code)
        .where(_is_group())
        .order_by(Organisation.id)
    )  # fmt: skip
    return [
        KnownGroup(number, name, core_name(name), village, district, kim, group is not None,
              f"{village_name} ({district_name})" if village_name else "", decree_key(decree), active)
        for number, name, village, district, kim, group, village_name, district_name, decree, active in rows
    ]  # fmt: skip


def members(session: Session, organisation_id: int) -> Sequence[Membership]:
    """Return the members: officers before others, those of today before former ones."""
    order = case({str(role): number for number, role in enumerate(MemberRole)}, value=Membership.role, else_=9)
    return session.scalars(
        select(Membership)
        .where(Membership.group_id == organisation_id)
        .order_by(Membership.ends_on.is_not(None), order, Membership.starts_on, Membership.name, Membership.id)
    ).all()


def officers_only(lines: Sequence[Membership]) -> list[Membership]:
    return [line for line in lines if line.role in OFFICERS]


def accounts(session: Session, organisation_id: int) -> Sequence[User]:
    """Return the people who sign in for this group."""
    return session.scalars(
        select(User).where(User.organisation_id == organisation_id).order_by(User.active.desc(), func.lower(User.name))
    ).all()


def village_choices(session: Session) -> dict[str, list[tuple[str, str]]]:
    """Return district → (code, name) of its villages, both by name."""
    rows = session.execute(
        select(Village.code, Village.name, District.name).join(Village.district).order_by(District.name, Village.name)
    )
    grouped: dict[str, list[tuple[str, str]]] = {}
    for code, name, district in rows:
        grouped.setdefault(district, []).append((code, name))
    return grouped


def place_of(session: Session, village_code: str | None) -> tuple[Village, District] | None:
    if not village_code:
        return None
    row = session.execute(select(Village, District).join(Village.district).where(Village.code == village_code)).first()
    return (row[0], row[1]) if row else None


def latest_events(session: Session, organisation_id: int, now: datetime, most: int = 6) -> Sequence[Event]:
    """Return the next events first, then the last ones; merged and cancelled records are left out."""
    coming = case((Event.starts_at >= now, 0), else_=1)
    nearest = case((Event.starts_at >= now, Event.starts_at))
    return session.scalars(
        select(Event)
        .where(
            Event.organisation_id == organisation_id,
            Event.status.not_in((EventStatus.MERGED, EventStatus.CANCELLED)),
        )
        .order_by(coming, nearest, Event.starts_at.desc(), Event.id.desc())
        .limit(most)
    ).all()
