"""A file of boundaries: every fault has its sentence and the way out; what is drawn keeps neighbours together."""

import json
from typing import Any

import pytest

from app.kernel.errors import Invalid
from app.oversight.mosaic import geojson
from app.oversight.mosaic.drawing import SIDE, draw
from app.oversight.mosaic.geojson import read_areas

VILLAGES = ["64.02.01.2001", "64.02.01.2002", "64.02.12.2001"]
DISTRICTS = ["64.02.01", "64.02.12"]


def square(x: float, y: float, size: float = 0.1) -> list[list[float]]:
    return [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]


def feature(code: object, geometry: Any = None, **properties: Any) -> dict[str, Any]:
    geometry = geometry or {"type": "Polygon", "coordinates": [square(116 + len(str(code)) / 10, 0)]}
    return {"type": "Feature", "properties": {"kode": code, "nama": "X", **properties}, "geometry": geometry}


def collection(*features: Any, **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def read(data: bytes) -> geojson.Areas:
    return read_areas(data, "batas.geojson", VILLAGES, DISTRICTS)


POINT = {"type": "Point", "coordinates": [116, 0]}
METRES = {
    "type": "Polygon",
    "coordinates": [[[500000, 9900000], [500100, 9900000], [500100, 9900100], [500000, 9900000]]],
}
BROKEN = {"type": "Polygon", "coordinates": [[["a", 1], [2, 3], [4, 5], [6, 7]]]}
HUGE = {"type": "Polygon", "coordinates": [[[10**400, 1], [2, 3], [4, 5], [6, 7]]]}
EMPTY = {"type": "Polygon", "coordinates": []}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", ["kosong", "Pilih berkas lain"]),
        (b"PK\x03\x04zip", ["bukan GeoJSON", "EPSG:4326"]),
        (b"\xff\xfe\x00", ["bukan GeoJSON"]),
        (b"[" * 100_000, ["bukan GeoJSON"]),
        (b'{"type": "Topology"}', ["FeatureCollection"]),
        (b'{"features": [1]}', ["FeatureCollection"]),
        (collection(feature("Tabang")), ["tidak punya kolom kode", "kode, nama", "64.02.01.2001"]),
        (collection({"type": "Feature", "properties": None, "geometry": None}), ["tidak punya kolom kode", "–"]),
        (
            collection(feature("64.03.01"), feature("64.03.02")),
            ["64.03.01, 64.03.02", "bukan kode kabupaten ini (64.02)"],
        ),
        (collection(feature("6403010")), ["bukan kode BPS"]),
        (collection(feature("64.02.01", POINT)), ["64.02.01 bukan bidang", "Point"]),
        (collection({**feature("64.02.01"), "geometry": None}), ["64.02.01 bukan bidang", "kosong"]),
        (collection(feature("64.02.01", METRES)), ["bukan bujur dan lintang", "EPSG:4326"]),
        (collection(feature("64.02.01", BROKEN)), ["64.02.01 rusak"]),
        (collection(feature("64.02.01", EMPTY)), ["64.02.01 kosong"]),
        (collection(feature("64.02.01", {**METRES, "type": ["Polygon"]})), ["64.02.01 bukan bidang", "kosong"]),
        (collection(feature("64.02.01", HUGE)), ["64.02.01 rusak"]),
        (collection({**feature("Tabang"), "properties": ["64.02.01"]}), ["tidak punya kolom kode", "–"]),
        (collection({**feature("Tabang"), "properties": {"a\ud800\0": "x"}}), ["tidak punya kolom kode", ": a."]),
    ],
)
def test_a_fault_says_what_it_is_and_what_to_do(data: bytes, words: list[str]) -> None:
    with pytest.raises(Invalid) as caught:
        read(data)
    assert caught.value.field == "file"
    for one in words:
        assert one in str(caught.value)


def test_a_file_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geojson, "MAX_BYTES", 100)
    with pytest.raises(Invalid, match="terlalu besar"):
        read(collection(feature("64.02.01")))


def test_codes_of_villages_are_found_in_any_property_and_what_lacks_is_named() -> None:
    areas = read(
        b"\xef\xbb\xbf"
        + collection(
            feature("1", KODE_DESA="64.02.01.2001", KODE_KEC="64.02.01"),
            feature("2", KODE_DESA="64.02.01.2002", KODE_KEC="64.02.01"),
            feature("3", KODE_DESA="64.03.01.2002", KODE_KEC="64.03.01"),
            attribution="Bagian Pemerintahan\n 2026",
        )
    )
    assert (areas.level, sorted(areas.rings)) == ("village", ["64.02.01.2001", "64.02.01.2002"])
    assert (areas.missing, areas.outside, areas.source) == (["64.02.12.2001"], 1, "Bagian Pemerintahan 2026")


def test_what_no_database_keeps_is_left_out() -> None:
    odd = [{**feature("x"), "properties": properties} for properties in ([1], "a", {"kode": 10**400}, {"kode": [1]})]
    areas = read(collection(feature("64.02.01\0", nama="\ud800"), *odd, name="Bagian\ud800\0 Pemerintahan"))
    assert (list(areas.rings), areas.outside, areas.source) == (["64.02.01"], 4, "Bagian Pemerintahan")


def test_parts_of_one_area_in_several_features_are_one_area() -> None:
    islands = {"type": "MultiPolygon", "coordinates": [[square(116, 0)], [square(116.5, 0)]]}
    areas = read(collection(feature("64.02.01"), feature("64.02.01", islands), feature("64.02.12")))
    assert areas.level == "district"
    assert (len(areas.rings["64.02.01"]), areas.missing) == (3, [])


def points(path: str) -> set[tuple[int, int]]:
    """The corners of the first ring of a path."""
    start, _l, steps = path[1:].partition("z")[0].partition("l")
    x, y = map(int, start.split())
    found = {(x, y)}
    numbers = list(map(int, steps.split()))
    for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + dx, y + dy
        found.add((x, y))
    return found


def test_neighbours_share_their_corners() -> None:
    fine = [[116.1, y / 1000] for y in range(101)]  # a straight border of a hundred points
    west = [[116, 0], *fine, [116, 0.1], [116, 0]]
    east = [[116.2, 0.1], *reversed(fine), [116.2, 0], [116.2, 0.1]]
    drawing = draw({"a": [west], "b": [east]})
    a, b = points(drawing.paths["a"][0]), points(drawing.paths["b"][0])
    assert len(a) == len(b) == 4
    assert len(a & b) == 2
    assert (drawing.width, drawing.height) == (SIDE, 606)
    _path, x, y, room = drawing.paths["a"]
    assert min(a)[0] < x < max(a)[0]
    assert 6 < y < 600
    assert room == 594


def test_north_is_up_a_word_stands_inside_a_crooked_area_and_a_tiny_one_is_still_seen() -> None:
    hook = [[0, 0], [3, 0], [3, 3], [2, 3], [2, 0.5], [0, 0.5], [0, 0]]
    speck = [[1, 2], [1.00001, 2], [1.00001, 2.00001], [1, 2]]
    drawing = draw({"hook": [hook], "speck": [speck]})
    _path, x, _y, _room = drawing.paths["hook"]
    assert x > drawing.width * 2 / 3
    corners = points(drawing.paths["hook"][0])
    assert min(x for x, y in corners if y == min(y for _x, y in corners)) > drawing.width / 2, "north is up"
    assert len(points(drawing.paths["speck"][0])) == 4
