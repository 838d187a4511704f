"""Districts and villages with their last known network status, for lists and pickers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Subquery, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.base.areas.connectivity import REGISTER_2021
from app.base.areas.models import Connectivity, District, Regency, Village
from app.kernel.numbers import are_digits

UNRECORDED = "unrecorded"


@dataclass(frozen=True)
class DistrictRow:
    """Counts of villages: all, kelurahan, and those in the register of 2021."""

    district: District
    villages: int
    kelurahan: int
    in_register: int


def latest_statements() -> Subquery:
    """Select one row a village that has any: its latest statement (`id`, `village_code`)."""
    ranked = select(
        Connectivity.id,
        Connectivity.village_code,
        func.row_number()
        .over(partition_by=Connectivity.village_code, order_by=(Connectivity.as_of.desc(), Connectivity.id.desc()))
        .label("rank"),
    ).subquery()
    return select(ranked.c.id, ranked.c.village_code).where(ranked.c.rank == 1).subquery("latest_connectivity")


def regency(session: Session, code: str) -> Regency | None:
    return session.get(Regency, code)


def districts(session: Session, regency_code: str) -> list[DistrictRow]:
    registered = exists().where(Connectivity.village_code == Village.code, Connectivity.register == REGISTER_2021)
    rows = session.execute(
        select(
            District,
            func.count(Village.code),
            func.count(case((Village.kind == "kelurahan", 1))),
            func.count(case((registered, 1))),
        )
        .outerjoin(Village, Village.district_code == District.code)
        .where(_inside(District.code, regency_code))
        .group_by(District.code)
        .order_by(District.name)
    )
    return [DistrictRow(*row) for row in rows]


def district_choices(session: Session, regency_code: str) -> Sequence[tuple[str, str]]:
    rows = session.execute(
        select(District.code, District.name).where(_inside(District.code, regency_code)).order_by(District.name)
    )
    return [(row.code, row.name) for row in rows]


def village_names(session: Session, codes: Collection[str | None]) -> Mapping[str, str]:
    """Return code → "Loa Ulung (Tenggarong Seberang)", since names repeat across districts."""
    wanted = {code for code in codes if code}
    if not wanted:
        return {}
    rows = session.execute(
        select(Village.code, Village.name, District.name)
        .join(District, District.code == Village.district_code)
        .where(Village.code.in_(wanted))
    )
    return {code: f"{name} ({district})" for code, name, district in rows}


def villages(
    regency_code: str,
    *,
    q: str = "",
    district_code: str = "",
    status: str = "",
    in_register: bool = False,
) -> Select[Any]:
    """Select (Village, District, Connectivity | None), the last being the latest statement; ordered by name."""
    latest = latest_statements()
    statement = aliased(Connectivity)
    query: Any = (
        select(Village, District, statement)
        .join(District, District.code == Village.district_code)
        .outerjoin(latest, latest.c.village_code == Village.code)
        .outerjoin(statement, statement.id == latest.c.id)
        .where(_inside(Village.code, regency_code))
        .order_by(Village.name, Village.code)
    )
    if q.strip():
        query = query.where(_matches(q))
    if district_code:
        query = query.where(Village.district_code == district_code)
    if status == UNRECORDED:
        query = query.where(statement.id.is_(None))
    elif status:
        query = query.where(statement.status == status)
    if in_register:
        query = query.where(
            exists().where(Connectivity.village_code == Village.code, Connectivity.register == REGISTER_2021)
        )
    listed: Select[Any] = query
    return listed


def find_villages(session: Session, regency_code: str, q: str, limit: int = 12) -> list[tuple[Village, District]]:
    """Find villages for a picker: names that begin with the words first."""
    if not q.strip():
        return []
    begins = case((Village.name.istartswith(q.strip(), autoescape=True), 0), else_=1)
    rows = session.execute(
        select(Village, District)
        .join(District, District.code == Village.district_code)
        .where(_inside(Village.code, regency_code), _matches(q))
        .order_by(begins, Village.name, Village.code)
        .limit(limit)
    )
    return [(village, district) for village, district in rows]


def history(session: Session, village_code: str) -> Sequence[Connectivity]:
    """Return all statements about a village, the latest first."""
    return session.scalars(
        select(Connectivity)
        .where(Connectivity.village_code == village_code)
        .order_by(Connectivity.as_of.desc(), Connectivity.id.desc())
    ).all()


def namesakes(session: Session, village: Village) -> Sequence[Village]:
    """Return other villages of the same name, which are easily taken for this one."""
    return session.scalars(
        select(Village).where(Village.name == village.name, Village.code != village.code).order_by(Village.code)
    ).all()


def _inside(column: Any, regency_code: str) -> Any:
    return column.startswith(f"{regency_code}.", autoescape=True)


def _matches(q: str) -> Any:
    words = " ".join(q.split())
    named = or_(Village.name.icontains(words, autoescape=True), District.name.icontains(words, autoescape=True))
    code = words.replace(" ", "")
    if are_digits(code.replace(".", "")):
        return or_(named, Village.code.startswith(code, autoescape=True))
    return named
