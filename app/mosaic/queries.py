"""The mosaic: every village as a square in its district's tile; and the same villages as rows of a table."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas.models import District, Village
from app.kernel.periods import Period
from app.kernel.roles import Actor
from app.mosaic.layout import Layout, layout_of
from app.mosaic.measures import LAST_CONTACT, NEVER
from app.mosaic.values import Look, Measure, Source, Step, Value
from app.reports.contacts import Network, networks


@dataclass(frozen=True)
class Square:
    """A village. `touch`: its value of the last contact; `reached`: that was in the period. `value`: its value of the
    measure that is looked at, `look` how that is drawn."""

    code: str
    name: str
    kind: str
    district_code: str
    district: str
    network: Network | None
    touch: Value
    reached: bool
    value: Value
    look: str

    @property
    def never(self) -> bool:
        return self.touch.step == NEVER

    @property
    def offline(self) -> bool:
        """Without a network, by what is known last."""
        return self.network is not None and self.network.key == "none"


@dataclass(frozen=True)
class Tile:
    """A district with its villages by name. `at`: (column, row)."""

    code: str
    name: str
    at: tuple[int, int]
    squares: Sequence[Square]

    @property
    def missed(self) -> int:
        """Villages that were not reached in the period."""
        return sum(not square.reached for square in self.squares)

    @property
    def having(self) -> int:
        """Villages of which the measure has something: a step beyond that of nothing."""
        return sum(square.look.startswith("s") for square in self.squares)


@dataclass(frozen=True)
class Mosaic:
    """`tiles` in reading order: row by row, from west to east."""

    measure: Measure
    period: Period
    layout: Layout
    tiles: Sequence[Tile]
    source: Source | None

    @property
    def squares(self) -> list[Square]:
        return [square for tile in self.tiles for square in tile.squares]

    @property
    def missed(self) -> list[Square]:
        return [square for square in self.squares if not square.reached]

    @property
    def never(self) -> list[Square]:
        return [square for square in self.squares if square.never]

    @property
    def offline(self) -> list[Square]:
        return [square for square in self.squares if square.offline]

    @property
    def worst(self) -> list[Tile]:
        """Districts with villages that were not reached, those with most of them first."""
        return sorted((tile for tile in self.tiles if tile.missed), key=lambda tile: (-tile.missed, tile.name))

    @property
    def legend(self) -> list[tuple[Step, int]]:
        """Each step with how many villages stand on it."""
        found = Counter(square.value.step for square in self.squares)
        return [(step, found[place]) for place, step in enumerate(self.measure.steps)]


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


@dataclass(frozen=True)
class Row:
    """A village of the table: its square, and its value of each column."""

    square: Square
    values: Mapping[str, Value]


def rows_of(session: Session, shown: Mosaic, look: Look, columns: Iterable[Measure]) -> list[Row]:
    """One row a village; a measure that the mosaic has read already is not read again."""
    read = {}
    for measure in columns:
        known = measure in {shown.measure, LAST_CONTACT}
        read[measure.key] = (measure, {} if known else measure.read(session, look).values)
    made = []
    for square in shown.squares:
        values = {key: found.get(square.code, measure.nothing) for key, (measure, found) in read.items()}
        values |= {LAST_CONTACT.key: square.touch, shown.measure.key: square.value}
        made.append(Row(square, {key: values[key] for key in read}))
    return made
