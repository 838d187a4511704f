"""The mosaic: every village as a square in its district's tile; and the same villages as rows of a table."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas.models import District, Village
from app.kernel.periods import Period
from app.kernel.roles import Actor
from app.mosaic.layout import layout_of
from app.mosaic.measures import LAST_CONTACT
from app.mosaic.squares import Mosaic, Row, Square, Table, Tile
from app.mosaic.values import Look, Measure, Value
from app.reports.contacts import networks


def mosaic(
    session: Session,
    actor: Actor | None,
    regency_code: str,
    zone: ZoneInfo,
    *,
    now: datetime,
    period: Period,
    measure: Measure = LAST_CONTACT,
    item: str = "",
) -> Mosaic:
    """All villages of the regency, shaded by a measure. A fixed number of queries, however much happened."""
    look = Look(zone, now, period, actor, item)
    touch = LAST_CONTACT.read(session, look)
    reading = touch if measure is LAST_CONTACT else measure.read(session, look)
    known = networks(session)
    squares: dict[str, list[Square]] = {}
    names: dict[str, str] = {}
    for row in session.execute(_villages(regency_code)):
        last = touch.values.get(row.code, LAST_CONTACT.nothing)
        value = reading.values.get(row.code, measure.nothing)
        names[row.district_code] = row.district
        squares.setdefault(row.district_code, []).append(
            Square(
                row.code, row.name, row.kind, row.district_code, row.district, known.get(row.code), last,
                _inside(last, period), value, measure.steps[value.step].look,
            )
        )  # fmt: skip
    layout = layout_of(regency_code, names.items())
    tiles = [Tile(code, names[code], layout.tiles[code], of_tile) for code, of_tile in squares.items()]
    tiles.sort(key=lambda tile: (tile.at[1], tile.at[0]))
    return Mosaic(measure, period, layout, tiles, reading.source)


def _villages(regency_code: str) -> Any:
    return (
        select(Village.code, Village.name, Village.kind, Village.district_code, District.name.label("district"))
        .join(District, District.code == Village.district_code)
        .where(Village.code.startswith(f"{regency_code}.", autoescape=True))
        .order_by(Village.name, Village.code)
    )


def _inside(last: Value, period: Period) -> bool:
    return last.amount is not None and last.amount >= period.first.toordinal()


def table_of(session: Session, shown: Mosaic, look: Look, columns: Iterable[Measure]) -> Table:
    """A measure that the mosaic has read already is not read again."""
    listed = list(columns)
    sources = {shown.measure.key: shown.source}
    read: dict[str, Mapping[str, Value]] = {}
    for measure in listed:
        if measure not in {shown.measure, LAST_CONTACT}:
            reading = measure.read(session, look)
            read[measure.key], sources[measure.key] = reading.values, reading.source
    rows = []
    for square in shown.squares:
        values = {one.key: read[one.key].get(square.code, one.nothing) for one in listed if one.key in read}
        values |= {LAST_CONTACT.key: square.touch, shown.measure.key: square.value}
        rows.append(Row(square, values))
    return Table(rows, {key: source for key, source in sources.items() if source})
