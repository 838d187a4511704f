"""The mosaic: every village as a square in its district's tile; and the same villages as rows of a table."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.gatherings.reports.contacts import networks
from app.kernel.periods import Period
from app.kernel.roles import Actor
from app.kernel.text import T
from app.oversight.mosaic.layout import layout_of
from app.oversight.mosaic.measures import LAST_CONTACT
from app.oversight.mosaic.squares import Mosaic, Square, Table, Tile, VillageRow
from app.oversight.mosaic.values import UNRECORDED, UNRECORDED_STEP, Measure, MosaicScope, Reading, Value, day_words


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
    """Return all villages of the regency, shaded by a measure. A fixed number of queries, however much happened."""
    scope = MosaicScope(zone, now, period, actor, item)
    touch = LAST_CONTACT.read(session, scope)
    reading = touch if measure is LAST_CONTACT else measure.read(session, scope)
    recorded = any(_inside(last, period) for last in touch.values.values())
    known = recorded if measure is LAST_CONTACT else measure.knows(reading)
    connected = networks(session)
    squares: dict[str, list[Square]] = {}
    names: dict[str, str] = {}
    for row in session.execute(_villages(regency_code)):
        last = touch.values.get(row.code, LAST_CONTACT.nothing) if recorded else _unrecorded(touch, row.code)
        value = last if measure is LAST_CONTACT else measure.of(reading, row.code)
        look_of = measure.steps[value.step].look if known else UNRECORDED_STEP.look
        names[row.district_code] = row.district
        squares.setdefault(row.district_code, []).append(
            Square(
                row.code, row.name, row.kind, row.district_code, row.district, connected.get(row.code), last,
                _inside(last, period), value, look_of,
            )
        )  # fmt: skip
    layout = layout_of(regency_code, names.items())
    tiles = [Tile(code, names[code], layout.tiles[code], of_tile) for code, of_tile in squares.items()]
    tiles.sort(key=lambda tile: (tile.at[1], tile.at[0]))
    return Mosaic(measure, period, layout, tiles, reading.source, known)


def _villages(regency_code: str) -> Any:
    return (
        select(Village.code, Village.name, Village.kind, Village.district_code, District.name.label("district"))
        .join(District, District.code == Village.district_code)
        .where(Village.code.startswith(f"{regency_code}.", autoescape=True))
        .order_by(Village.name, Village.code)
    )


def _inside(last: Value, period: Period) -> bool:
    return last.amount is not None and last.amount >= period.first.toordinal()


def _unrecorded(touch: Reading, code: str) -> Value:
    """Of a period without any record: at most when a village was reached before it."""
    before = touch.values.get(code)
    if before is None or before.cell is None or isinstance(before.cell, int):
        return UNRECORDED
    said = T("belum dicatat dalam masa ini, terakhir terjangkau %(day)s", day=day_words(before.cell))
    return Value(before.step, said, before.amount, before.cell)


def table_of(session: Session, shown: Mosaic, scope: MosaicScope, columns: Iterable[Measure]) -> Table:
    """Return the table of villages. A measure that the mosaic has read already is not read again."""
    listed = list(columns)
    sources = {shown.measure.key: shown.source}
    read: dict[str, tuple[Measure, Reading]] = {}
    for measure in listed:
        if measure not in {shown.measure, LAST_CONTACT}:
            reading = measure.read(session, scope)
            read[measure.key], sources[measure.key] = (measure, reading), reading.source
    rows = []
    for square in shown.squares:
        values = {key: one.of(reading, square.code) for key, (one, reading) in read.items()}
        values |= {LAST_CONTACT.key: square.touch, shown.measure.key: square.value}
        rows.append(VillageRow(square, values))
    return Table(rows, {key: source for key, source in sources.items() if source})
