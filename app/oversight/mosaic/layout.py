"""Where each district's tile stands: data of a regency, in `layouts/REGENCY.yaml`; without it, a plain grid by name.

tiles:                  every district of the regency once, [column, row] from 0
  "64.02.12": [0, 0]
legend: [3, 3, 2]       may be left out: an empty place at the top, [first column, columns, rows]
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from app.kernel.errors import Invalid
from app.kernel.text import T

LAYOUTS = Path(__file__).with_name("layouts")
COLUMNS, ROWS = 8, 16
"""The most that the page can show; frontend/src/mosaic.css has a class for each."""
GRID_COLUMNS = 6
CODE = re.compile(r"\d{2}\.\d{2}\.\d{2}")

Place = tuple[int, int]


@dataclass(frozen=True)
class Layout:
    """Where the tiles stand. `tiles`: district code → (column, row). `legend`: (first column, columns, rows) of an
    empty place at the top, or None. `problem`: why the regency's own layout is not used."""

    tiles: Mapping[str, Place]
    legend: tuple[int, int, int] | None = None
    problem: T | None = None

    @property
    def columns(self) -> int:
        return 1 + max((column for column, _row in self.tiles.values()), default=0)


def layout_of(regency_code: str, districts: Iterable[tuple[str, str]], folder: Path = LAYOUTS) -> Layout:
    """Return the layout of a regency. `districts`: (code, name) of all that the regency has."""
    listed = list(districts)
    path = folder / f"{regency_code}.yaml"
    if not path.exists():
        return grid_by_name(listed)
    try:
        return read_layout(path.read_text(encoding="utf-8"), dict(listed))
    except Invalid as wrong:
        return grid_by_name(listed, T("Tata letak %(file)s tidak dipakai: %(why)s", file=path.name, why=wrong.sentence))


def grid_by_name(districts: Iterable[tuple[str, str]], problem: T | None = None) -> Layout:
    """Lay the districts out row after row, in the order of the alphabet."""
    codes = [code for code, _name in sorted(districts, key=lambda one: (one[1], one[0]))]
    return Layout(
        {code: (place % GRID_COLUMNS, place // GRID_COLUMNS) for place, code in enumerate(codes)}, problem=problem
    )


def read_layout(text: str, districts: Mapping[str, str]) -> Layout:
    """Read a layout. Raises Invalid with a sentence that names what is wrong and where."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Invalid(T("berkasnya bukan YAML yang dapat dibaca.")) from error
    given = raw.get("tiles") if isinstance(raw, dict) else None
    if not isinstance(given, dict):
        raise Invalid(T("bagian “tiles” tidak ada."))
    tiles = {str(code): _place(str(code), place) for code, place in given.items()}
    _check_districts(set(tiles), districts)
    taken: dict[Place, str] = {}
    for code, place in tiles.items():
        if place in taken:
            raise Invalid(
                T("%(one)s dan %(two)s ditaruh di tempat yang sama.", one=districts[taken[place]], two=districts[code])
            )
        taken[place] = code
    return Layout(tiles, _legend(raw.get("legend"), set(taken)))


def _place(code: str, given: Any) -> Place:
    if not (isinstance(given, list) and len(given) == 2 and all(type(one) is int for one in given)):
        raise Invalid(T("tempat %(code)s harus dua angka: [kolom, baris].", code=code))
    column, row = given
    if not (0 <= column < COLUMNS and 0 <= row < ROWS):
        raise Invalid(
            T("tempat %(code)s di luar kisi: kolom 0 sampai %(columns)s, baris 0 sampai %(rows)s.",
              code=code, columns=COLUMNS - 1, rows=ROWS - 1)
        )  # fmt: skip
    return column, row


def _check_districts(given: set[str], districts: Mapping[str, str]) -> None:
    if wrong := sorted(code for code in given if not CODE.fullmatch(code)):
        raise Invalid(T("“%(code)s” bukan kode kecamatan. Tulis dengan titik dan tanda kutip.", code=wrong[0]))
    if unknown := sorted(given - set(districts)):
        raise Invalid(T("kecamatan dengan kode %(codes)s tidak ada.", codes=", ".join(unknown)))
    if missing := sorted(districts[code] for code in set(districts) - given):
        raise Invalid(T("kecamatan ini belum diberi tempat: %(names)s.", names=", ".join(missing)))


def _legend(given: Any, taken: set[Place]) -> tuple[int, int, int] | None:
    if given is None:
        return None
    if not (isinstance(given, list) and len(given) == 3 and all(type(one) is int for one in given)):
        raise Invalid(T("“legend” harus tiga angka: [kolom pertama, banyak kolom, banyak baris]."))
    column, columns, rows = given
    covered = {(x, y) for x in range(column, column + columns) for y in range(rows)}
    if not covered or column < 0 or column + columns > COLUMNS or rows > ROWS or covered & taken:
        raise Invalid(T("“legend” harus menempati tempat yang kosong di baris-baris teratas."))
    return column, columns, rows
