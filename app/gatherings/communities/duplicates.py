"""Find groups that may have been entered twice: before one more is saved, and in the list until somebody says no."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.gatherings.communities.access import organisation_of, to_keep
from app.gatherings.communities.models import NotDouble
from app.gatherings.communities.names import are_alike, core_name, decree_key
from app.gatherings.communities.queries import KnownGroup, known_groups
from app.gatherings.communities.service import Details
from app.kernel import audit
from app.kernel.db import insert_missing
from app.kernel.errors import Invalid
from app.kernel.roles import Actor
from app.kernel.text import T

MOST = 5


@dataclass(frozen=True)
class Similar:
    """A group that may be the one that is about to be entered; `same_decree`: not only its name tells so."""

    group: KnownGroup
    same_decree: bool


def similar_to(session: Session, values: Details, leave_out: Iterable[int] = ()) -> list[Similar]:
    """Return the groups, resting ones too, that what was entered may be, at most MOST. By the rules of the import."""
    village = session.get(Village, values.village_code) if values.village_code else None
    entered = KnownGroup(
        id=0, name=values.name, core=core_name(values.name), village_code=village.code if village else None,
        district_code=village.district_code if village else None, kim_number=None, registered=False, place="",
        decree=decree_key(values.decree_number), active=True,
    )  # fmt: skip
    left_out = set(leave_out)
    found = [one for one in known_groups(session) if one.id not in left_out and may_be_same(entered, one)]
    return [Similar(one, _same_decree(entered, one)) for one in found[:MOST]]


def likely_duplicates(session: Session, most: int = 20) -> list[tuple[KnownGroup, KnownGroup]]:
    """Return pairs of groups at work in the same district that may be one, without those that somebody told apart."""
    by_district: dict[str, list[KnownGroup]] = {}
    for one in known_groups(session):
        if one.active and one.district_code is not None:
            by_district.setdefault(one.district_code, []).append(one)
    apart = {(first, second) for first, second in session.execute(select(NotDouble.first_id, NotDouble.second_id))}
    pairs: list[tuple[KnownGroup, KnownGroup]] = []
    for members in by_district.values():
        for number, first in enumerate(members):
            pairs += [(first, second) for second in members[number + 1 :] if may_be_same(first, second)]
    return [pair for pair in pairs if _in_order(pair[0].id, pair[1].id) not in apart][:most]


def tell_apart(session: Session, actor: Actor, first_id: int, second_id: int, *, now: datetime) -> None:
    """Say that two groups are not the same; said again it changes nothing. Raises Forbidden, NotFound, Invalid."""
    to_keep(actor)
    if first_id == second_id:
        raise Invalid(T("Pilih dua kelompok yang berbeda."))
    first, second = (organisation_of(session, actor, number) for number in _in_order(first_id, second_id))
    row = {"first_id": first.id, "second_id": second.id, "created_by_id": actor.id, "created_at": now}
    if insert_missing(session, NotDouble, [row]):
        audit.record(session, actor, "group.not_double", first, now=now, after={"other": second.name})


def may_be_same(first: KnownGroup, second: KnownGroup) -> bool:
    return _same_decree(first, second) or are_alike(
        first.core, second.core, (first.village_code, second.village_code), (first.district_code, second.district_code)
    )


def _same_decree(first: KnownGroup, second: KnownGroup) -> bool:
    """One SK of a camat names the groups of many villages, so the number alone tells nothing."""
    villages = (first.village_code, second.village_code)
    return bool(first.decree) and first.decree == second.decree and (villages[0] == villages[1] or None in villages)


def _in_order(first: int, second: int) -> tuple[int, int]:
    return min(first, second), max(first, second)
