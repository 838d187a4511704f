"""What the mosaic is made of: squares of villages, in tiles of districts; and a village as a row of the table."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.base.areas.connectivity import UNSERVED
from app.gatherings.reports.contacts import Network
from app.kernel.periods import Period
from app.kernel.text import T
from app.oversight.mosaic.layout import Layout
from app.oversight.mosaic.values import UNRECORDED_STEP, Measure, Source, Step, Value

NOBODY_YET = T(
    "Belum dicatat: dalam %(period)s belum ada kegiatan, cetakan yang terbukti terpasang, atau peserta pelatihan."
)
"""Instead of all that is told of reached villages, where the period has no record."""
OFFLINE = T("tanpa jaringan atau baru sebagian")
"""What counts as a blank spot is called, wherever it is counted: as areas/connectivity.UNSERVED has it."""


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
        return self.touch.amount is None

    @property
    def offline(self) -> str:
        """ "none" or "partial" where there is no network, or only some, by what is known last; else ""."""
        return self.network.key if self.network is not None and self.network.key in UNSERVED else ""


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
    """All villages as squares, in `tiles` in reading order: row by row, from west to east. `known` False: the measure
    has no record of the period anywhere, so that no square says anything of it."""

    measure: Measure
    period: Period
    layout: Layout
    tiles: Sequence[Tile]
    source: Source | None
    known: bool = True

    @property
    def recorded(self) -> bool:
        """Some village was reached in the period; else nobody knows, and none is said to be missed."""
        return any(square.reached for square in self.squares)

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
    def offline(self) -> Counter[str]:
        """How many villages have no network, and only some."""
        return Counter(square.offline for square in self.squares if square.offline)

    @property
    def worst(self) -> list[Tile]:
        """Districts with villages that were not reached, those with most of them first."""
        return sorted((tile for tile in self.tiles if tile.missed), key=lambda tile: (-tile.missed, tile.name))

    @property
    def legend(self) -> list[tuple[Step, int]]:
        """Each step with how many villages stand on it."""
        if not self.known:
            return [(UNRECORDED_STEP, len(self.squares))]
        found = Counter(square.value.step for square in self.squares)
        return [(step, found[place]) for place, step in enumerate(self.measure.steps)]


@dataclass(frozen=True)
class VillageRow:
    """A village of the table: its square, and its value of each column."""

    square: Square
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Table:
    """Villages as rows. `sources`: key of a measure → where its figures come from, where that must be said."""

    rows: Sequence[VillageRow]
    sources: Mapping[str, Source]
