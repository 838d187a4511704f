"""Filter and sort the table of villages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.oversight.mosaic.squares import VillageRow

STATES: Mapping[str, Callable[[VillageRow], bool]] = {
    "belum": lambda row: not row.square.reached,
    "belum-pernah": lambda row: row.square.never,
    "terjangkau": lambda row: row.square.reached,
    "tanpa-jaringan": lambda row: bool(row.square.offline),
}


@dataclass(frozen=True)
class VillageFilters:
    """What narrows and sorts the table. `state`: a key of STATES, "" for all. `sort`: "nama", "kecamatan" or the key of
    a measure, least first; "" puts the longest without contact first."""

    words: str = ""
    district: str = ""
    state: str = ""
    sort: str = ""
    down: bool = False


def filter_rows(rows: Sequence[VillageRow], wanted: VillageFilters) -> list[VillageRow]:
    keep = STATES.get(wanted.state)
    words = " ".join(wanted.words.lower().split())
    found = [
        row
        for row in rows
        if (keep is None or keep(row))
        and (not wanted.district or row.square.district_code == wanted.district)
        and (
            not words
            or words in f"{row.square.name} {row.square.district}".lower()
            or row.square.code.startswith(words)
        )
    ]
    found.sort(key=lambda row: (row.square.district, row.square.name, row.square.code))
    found.sort(key=_order(wanted.sort), reverse=wanted.down)
    return found


def _order(sort: str) -> Callable[[VillageRow], tuple[float, str]]:
    if sort == "nama":
        return lambda row: (0, row.square.name)
    if sort == "kecamatan":
        return lambda row: (0, row.square.district)

    def by_value(row: VillageRow) -> tuple[float, str]:
        value = row.values.get(sort, row.square.touch)
        return (-1 if value.amount is None else value.amount, "")

    return by_value
