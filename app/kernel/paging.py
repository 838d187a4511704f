"""A page of a list, with how many there are: no list stops silently."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    items: Sequence[Item]
    total: int
    number: int  # from 1
    size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return 0 if not self.total else (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.total)


def paginate(session: Session, query: Select[Any], number: int = 1, size: int = 25, *, rows: bool = False) -> Page[Any]:
    """Run an ordered select for one page and one count. `rows`: give rows instead of single entities.

    A page past the end gives the last page.
    """
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    number = min(max(1, number), max(1, -(-total // size)))
    window = query.limit(size).offset((number - 1) * size)
    items = session.execute(window).all() if rows else session.scalars(window).all()
    return Page(items=items, total=total, number=number, size=size)
