"""Where tiles stand: data of a regency that is checked, and a plain grid where there is none."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import District
from app.kernel.errors import Invalid
from app.oversight.mosaic.layout import LAYOUTS, layout_of, read_layout

NAMES = {"64.02.01": "Muara Muntai", "64.02.02": "Loa Kulu"}
BOTH = '"64.02.01": [0, 0], "64.02.02": [1, 0]'
CENTROIDS = Path(__file__).with_name("centroids.csv")
APART = 0.06  # degrees; closer than this neither lies north or east of the other


def test_kutai_kartanegara_keeps_north_and_south_west_and_east(session: Session) -> None:
    names = [(row.code, row.name) for row in session.scalars(select(District))]
    layout = layout_of("64.02", names)
    assert layout.problem is None
    assert len(layout.tiles) == 20
    with CENTROIDS.open(encoding="utf-8") as file:
        at = {row["code"]: (float(row["lng"]), -float(row["lat"])) for row in csv.DictReader(file)}
    wrong = [
        (one, other, axis)
        for one in at
        for other in at
        for axis in (0, 1)
        if at[other][axis] - at[one][axis] > APART and layout.tiles[other][axis] < layout.tiles[one][axis]
    ]
    assert wrong == []


def test_a_regency_without_a_layout_gets_a_plain_grid_by_name() -> None:
    layout = layout_of("99.99", [("99.99.01", "Zeta"), ("99.99.02", "Alfa"), *((f"99.99.1{n}", "M") for n in range(6))])
    assert layout.tiles["99.99.02"] == (0, 0)
    assert layout.tiles["99.99.01"] == (1, 1)
    assert layout.problem is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tiles: {", "bukan YAML"),
        ("kotak: {}", "“tiles” tidak ada"),
        ('tiles: {"64.02.01": [0, 0]}', "belum diberi tempat: Loa Kulu"),
        ('tiles: {"64.02.01": [0, 0], "64.02.02": [0, 0]}', "Muara Muntai dan Loa Kulu ditaruh di tempat yang sama"),
        ('tiles: {"64.02.01": [0, 0], "64.02.02": [8, 0]}', "64.02.02 di luar kisi"),
        ('tiles: {"64.02.01": [0, 0], "64.02.02": "kiri"}', "64.02.02 harus dua angka"),
        (f'tiles: {{{BOTH}, "64.02.77": [3, 3]}}', "kode 64.02.77 tidak ada"),
        (f"tiles: {{{BOTH}, 6402: [3, 3]}}", "“6402” bukan kode kecamatan"),
        (f"tiles: {{{BOTH}}}\nlegend: [0, 2, 1]", "“legend” harus menempati tempat yang kosong"),
        (f"tiles: {{{BOTH}}}\nlegend: kanan", "“legend” harus tiga angka"),
    ],
)
def test_a_wrong_layout_says_what_is_wrong_and_is_not_used(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        read_layout(text, NAMES)
    assert words in str(caught.value)
    (tmp_path / "64.02.yaml").write_text(text, encoding="utf-8")
    layout = layout_of("64.02", NAMES.items(), tmp_path)
    assert layout.tiles == {"64.02.02": (0, 0), "64.02.01": (1, 0)}
    assert words in str(layout.problem)


def test_every_layout_fits_the_classes_of_the_page() -> None:
    css = Path("frontend/src/mosaic.css").read_text(encoding="utf-8")
    assert LAYOUTS.exists()
    for name in [*(f".at-c{n} " for n in range(8)), *(f".at-r{n} " for n in range(16)), ".cols-8 ", ".deep-8 "]:
        assert name in css
