"""One definition of a list makes its page and its files: filters, columns, order, pages, CSV and XLSX.

A room defines its list in `app/ROOM/index.py`; the cells of the page that are more than a text are macros of
`templates/ROOM/_cells.html`, named by the key of their column; `lists.html` draws the table. In the address: `urut` is
the key of the column to sort by, with a minus for the other way round; `kolom` names the columns that are shown.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from flask import request
from sqlalchemy import Select, asc, case, desc, nulls_last
from sqlalchemy.orm import Session

from app.base.web import filters as reading
from app.base.web.filters import Filter
from app.base.web.formats import angka, local, local_date, sentence
from app.base.web.query import kept_args, list_url, number_of
from app.base.web.returning import keep_list
from app.kernel.paging import Page, paginate
from app.kernel.text import T

F = TypeVar("F")
Table = tuple[list[str], list[list[Any]]]
"""Titles and lines, as app/base/documents/sheets.py writes them."""
ORDER, COLUMNS, PAGE = "urut", "kolom", "hal"


@dataclass(frozen=True)
class Column:
    """One column of a list.

    `key`: its name in the address, and of the macro that draws its cell. `head`: its title; `in_file`: the title in the
    file where it is another. `value`: gives what the file holds for a row, and what the page shows where there is no
    macro; None: the file has no such column. `order`: the expression, the label of the query or several of them to sort
    by; None: not sorted by. `latest_first`: the first press sorts downwards. `personal`: in no file but the one that is
    asked for with personal data. `css`, `labelled`: how the cell of the page looks; on a phone a labelled one says what
    it is.
    """

    key: str
    head: T
    value: Callable[[Any], Any] | None = None
    order: Any = None
    latest_first: bool = False
    personal: bool = False
    css: str = ""
    labelled: bool = True
    in_file: T | None = None

    @property
    def sorts(self) -> bool:
        return self.order is not None

    def text(self, row: Any) -> str:
        """Return what the page shows of a row where no macro draws it; empty where nothing is known."""
        value = self.value(row) if self.value else None
        if isinstance(value, datetime):
            return local(value)
        if isinstance(value, date):
            return local_date(value)
        if isinstance(value, int | float):
            return angka(value)
        return sentence(value)


@dataclass(frozen=True)
class Order:
    column: Column
    descending: bool

    @property
    def name(self) -> str:
        """As it stands in the address."""
        return self.column.key if self.descending == self.column.latest_first else f"-{self.column.key}"

    def reverse(self) -> "Order":
        return replace(self, descending=not self.descending)


def in_order_of(column: Any, keys: Iterable[str]) -> Any:
    """Return an expression that sorts by the place of a value among these, the way the words are listed."""
    places = {str(key): place for place, key in enumerate(keys)}
    return case(places, value=column, else_=len(places))


@dataclass(frozen=True)
class Listing(Generic[F]):
    """`filter_type`: the room's filters, a dataclass of which an empty one leaves everything. `columns`: in the order
    of the file. `page`: the keys of those that the page shows, in its order, the name of the record first; `more`: of
    those that may be added. `unique`: a column that no two rows share; it ends every order, so that no row is on two
    pages. `default_order`: a name of the order of the query itself, where addresses have one.
    """

    filter_type: type[F]
    filters: Sequence[Filter]
    columns: Sequence[Column]
    page: Sequence[str]
    unique: Any
    more: Sequence[str] = ()
    default_order: str = ""

    def __post_init__(self) -> None:
        self.available_columns  # noqa: B018 - raises KeyError for a key that no column has

    @property
    def available_columns(self) -> list[Column]:
        """Return the columns that the page can show."""
        return [self._columns[key] for key in (*self.page, *self.more)]

    @property
    def _columns(self) -> dict[str, Column]:
        return {column.key: column for column in self.columns}

    def read_filters(self, given: Mapping[str, str] | None = None) -> F:
        """Return what the address, or what else was given, filters the list by."""
        return self.filter_type(**reading.read(self.filters, request.args if given is None else given)[0])

    def without_filters(self, filters: F) -> F:
        """Return the filters of the same list with nothing left out: those that choose it stay."""
        return self.filter_type(**{one.field: getattr(filters, one.field) for one in self.filters if one.chooses})

    def order(self, given: Mapping[str, str] | None = None) -> Order | None:
        """Return what the list is sorted by; None for its usual order."""
        name = (request.args if given is None else given).get(ORDER, "")
        column = self._columns.get(name.removeprefix("-"))
        if column is None or not column.sorts or column not in self.available_columns:
            return None
        return Order(column, column.latest_first != name.startswith("-"))

    def in_order(self, query: Select[Any], order: Order | None) -> Select[Any]:
        """Return the query in this order. What is not known comes last, either way."""
        if order is None:
            return query
        turned = desc if order.descending else asc
        by = order.column.order
        expressions = by if isinstance(by, tuple) else (by,)
        return query.order_by(None).order_by(*(nulls_last(turned(one)) for one in expressions), self.unique)

    def view(
        self, session: Session, query: Callable[[F], Select[Any]], *, size: int = 25, rows: bool = True
    ) -> "View[F]":
        """Return the page that the address asks for, in two statements. `rows`: as for `paginate`."""
        values, unknown = reading.read(self.filters, request.args)
        filters, order = self.filter_type(**values), self.order()
        unfiltered = self.without_filters(filters)
        whole = query(unfiltered) if filters != unfiltered else None
        page = paginate(
            session, self.in_order(query(filters), order), number_of(PAGE) or 1, size, rows=rows, out_of=whole
        )
        keep_list()
        return View(
            self, filters, page, self._shown(), order, whole is not None, (*unknown, *self._unknown_names(order))
        )

    def rows(
        self,
        session: Session,
        query: Callable[[F], Select[Any]],
        *,
        most: int | None = None,
        given: Mapping[str, str] | None = None,
        rows: bool = True,
    ) -> Sequence[Any]:
        """Return everything that the list would show on all its pages, for a file; at most `most` of it."""
        found = self.in_order(query(self.read_filters(given)), self.order(given)).limit(most)
        return session.execute(found).all() if rows else session.scalars(found).unique().all()

    def table(self, rows: Sequence[Any], *, personal: bool = False, **params: Any) -> Table:
        """Return the list as a file has it. `personal`: with the columns about persons; `params`: of the titles."""
        return as_table(self.columns, rows, personal=personal, **params)

    def _shown(self) -> list[Column]:
        chosen = set(request.args.getlist(COLUMNS))
        known = [column for column in self.available_columns if column.key in chosen]
        if not known:
            return [self._columns[key] for key in self.page]
        first = self._columns[self.page[0]]
        return [first, *(column for column in known if column != first)]

    def _unknown_names(self, order: Order | None) -> list[str]:
        asked = request.args.get(ORDER, "")
        known = {column.key for column in self.available_columns}
        return [
            *([ORDER] if asked not in {"", self.default_order} and order is None else []),
            *([COLUMNS] if set(request.args.getlist(COLUMNS)) - known else []),
        ]


def as_table(columns: Sequence[Column], rows: Sequence[Any], *, personal: bool = False, **params: Any) -> Table:
    """Return titles and lines of the columns that a file has."""
    filed = [
        (column.in_file or column.head, column.value)
        for column in columns
        if column.value and (personal or not column.personal)
    ]
    titles = [sentence(T(head.msgid, **params)) for head, _value in filed]
    return titles, [[_cell(value(row)) for _head, value in filed] for row in rows]


def _cell(value: Any) -> Any:
    return sentence(value) if isinstance(value, T) else value


@dataclass(frozen=True)
class View(Generic[F]):
    """A page of a list as somebody asked for it. `is_filtered`: less than everything; `unknown`: names in the address
    that mean nothing here and were left out."""

    listing: Listing[F]
    filters: F
    page: Page[Any]
    columns: Sequence[Column]
    order: Order | None
    is_filtered: bool
    unknown: Sequence[str]

    def direction(self, column: Column) -> str:
        """Return the value of aria-sort for the head of a column; empty where the list is not sorted by it."""
        if self.order is None or self.order.column != column:
            return ""
        return "descending" if self.order.descending else "ascending"

    def sort_url(self, column: Column) -> str:
        """Return the address of the list sorted by a column; the other way round where it is sorted by it already."""
        if self.order is not None and self.order.column == column:
            return list_url(**{ORDER: self.order.reverse().name})
        return list_url(**{ORDER: Order(column, column.latest_first).name})

    @property
    def orders(self) -> list[Order]:
        """Return every order that can be chosen, each column both ways."""
        firsts = [Order(column, column.latest_first) for column in self.listing.available_columns if column.sorts]
        return [order for first in firsts for order in (first, first.reverse())]

    @property
    def display_args(self) -> dict[str, list[str]]:
        """Return what the address says of order and columns, which stays when the filters change."""
        return {name: values for name, values in kept_args().items() if name in {ORDER, COLUMNS}}

    @property
    def filter_args(self) -> dict[str, list[str]]:
        """Return what the address says of filters, which stay when order and columns change."""
        return kept_args(PAGE, ORDER, COLUMNS)

    def display_url(self, **display: Any) -> str:
        """Return the address of the list with its filters, and nothing of order and columns but what is given."""
        return list_url(**{ORDER: None, COLUMNS: None, **display})

    @property
    def all_url(self) -> str:
        """Return the address of the list without filters, looking the same."""
        return list_url(**dict.fromkeys(self.filter_args))
