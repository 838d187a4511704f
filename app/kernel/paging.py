"""A page of a list, with how many there are: no list stops silently."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ScalarSelect, Select, func, literal, select
from sqlalchemy.orm import Session

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    items: Sequence[Item]
    total: int
    number: int  # from 1
    size: int
    out_of: int | None = None  # how many there are without the filters, where any narrow the list

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return 0 if not self.total else (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.total)


def paginate(
    session: Session,
    query: Select[Any],
    number: int = 1,
    size: int = 25,
    *,
    rows: bool = False,
    out_of: Select[Any] | None = None,
) -> Page[Any]:
    """Run an ordered select for one page and one count. `rows`: give rows instead of single entities. `out_of`: the
    select without filters, which is counted in the same statement.

    A page past the end gives the last page.
    """
    total, whole = session.execute(select(_count(query), literal(None) if out_of is None else _count(out_of))).one()
    number = min(max(1, number), max(1, -(-total // size)))
    window = query.limit(size).offset((number - 1) * size)
    items = session.execute(window).all() if rows else session.scalars(window).all()
    return Page(items=items, total=total, number=number, size=size, out_of=whole)


def _count(query: Select[Any]) -> ScalarSelect[int]:
    return select(func.count()).select_from(query.order_by(None).subquery()).scalar_subquery()
