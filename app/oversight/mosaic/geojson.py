"""A GeoJSON of boundaries as the office may get one: what it must have, and how each fault is said.

Positions are WGS 84 longitude and latitude (RFC 7946). Which property holds the codes is found by itself.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.base.media.check import MAX_BYTES, clean_name
from app.kernel.errors import Invalid
from app.kernel.numbers import are_digits
from app.kernel.text import T

MIME = "application/geo+json"
EXPORT_HINT = T("Di QGIS: klik kanan lapisannya, Export, Save Features As, format GeoJSON, CRS EPSG:4326.")
MOST_NAMED = 12

Ring = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Areas:
    """The areas of a file. `level`: "village" or "district". `rings`: code → all outer and inner rings. `missing`:
    codes of that level that the file lacks. `outside`: how many areas were left out, since their code is none of this
    regency. `source`: who made the file, if it says so."""

    level: str
    rings: Mapping[str, Sequence[Ring]]
    missing: Sequence[str]
    outside: int
    source: str


def read_areas(data: bytes, name: str, villages: Iterable[str], districts: Iterable[str]) -> Areas:
    """Read the areas of a file. `villages`, `districts`: the codes that the regency has. Raises Invalid with a sentence
    and the way out."""
    name = clean_name(name)
    raw = _json(data, name)
    features = raw.get("features") if isinstance(raw, dict) else None
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise _wrong(T("“%(name)s” bukan kumpulan wilayah (FeatureCollection). %(how)s", name=name, how=EXPORT_HINT))
    known = {"village": set(villages), "district": set(districts)}
    level, key = _code_property(features, known, name)
    rings: dict[str, list[Ring]] = {}
    outside = 0
    for feature in features:
        code = dict(_properties([feature])).get(key, "")
        if code not in known[level]:
            outside += 1
            continue
        rings.setdefault(code, []).extend(_rings(feature.get("geometry"), code))
    missing = sorted(known[level] - set(rings))
    return Areas(level, rings, missing, outside, _source(raw))


def _json(data: bytes, name: str) -> Any:
    if not data:
        raise _wrong(T("Berkas “%(name)s” kosong. Pilih berkas lain.", name=name))
    if len(data) > MAX_BYTES:
        raise _wrong(
            T("“%(name)s” terlalu besar, paling besar %(limit)s MB. Sederhanakan garisnya dulu (QGIS: Vector, "
              "Geometry Tools, Simplify), lalu unggah lagi.", name=name, limit=MAX_BYTES // 1_000_000)
        )  # fmt: skip
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise _wrong(
            T("“%(name)s” bukan GeoJSON yang dapat dibaca. Berkas SHP, KML, atau ZIP harus diubah dulu. %(how)s",
              name=name, how=EXPORT_HINT)
        ) from error  # fmt: skip


def _code_property(features: Sequence[Mapping[str, Any]], known: Mapping[str, set[str]], name: str) -> tuple[str, str]:
    """(level, property) whose values are most often codes of the regency."""
    found: Counter[tuple[str, str]] = Counter()
    for key, value in _properties(features):
        for level, codes in known.items():
            found[level, key] += value in codes
    best = max(found, key=lambda one: found[one], default=None)
    if best is not None and found[best]:
        return best
    foreign = sorted({value for _key, value in _properties(features) if _looks_like_code(value)})
    if foreign:
        raise _wrong(
            T("Kode dalam “%(name)s” (%(codes)s) bukan kode kabupaten ini (%(own)s). Pakai kode Kemendagri bertitik, "
              "bukan kode BPS, dan berkas untuk kabupaten ini.",
              name=name, codes=_some(foreign), own=next(iter(sorted(known["district"])), "")[:5])
        )  # fmt: skip
    keys = sorted({key for key, _value in _properties(features)})
    raise _wrong(
        T("Wilayah dalam “%(name)s” tidak punya kolom kode. Kolom yang ada: %(keys)s. Tambahkan kolom “kode” berisi "
          "kode Kemendagri bertitik, misalnya %(example)s, lalu unggah lagi.",
          name=name, keys=_some(keys) or "–", example=next(iter(sorted(known["village"])), "64.02.01.2001"))
    )  # fmt: skip


def _properties(features: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for feature in features:
        properties = feature.get("properties")
        if isinstance(properties, dict):
            for key, value in properties.items():
                if isinstance(value, str | int):
                    yield _text(key), _text(str(value))


def _looks_like_code(value: str) -> bool:
    digits = value.replace(".", "")
    return are_digits(digits) and len(digits) in {6, 7, 10}


def _rings(geometry: Any, code: str) -> list[Ring]:
    kind = _text(geometry.get("type")) if isinstance(geometry, dict) else ""
    if kind not in {"Polygon", "MultiPolygon"}:
        raise _wrong(
            T("%(code)s bukan bidang (Polygon), melainkan %(kind)s. Pakai lapisan batas wilayah, bukan titik "
              "atau garis.",
              code=code, kind=kind or T("kosong"))
        )  # fmt: skip
    given = geometry.get("coordinates")
    polygons = given if kind == "MultiPolygon" else [given]
    try:
        rings: list[Ring] = [
            [(float(point[0]), float(point[1])) for point in ring] for polygon in polygons for ring in polygon
        ]
    except (TypeError, ValueError, OverflowError, IndexError, KeyError) as error:
        raise _wrong(T("Titik-titik batas %(code)s rusak. %(how)s", code=code, how=EXPORT_HINT)) from error
    if not any(len(ring) >= 4 for ring in rings):
        raise _wrong(T("Batas %(code)s kosong. %(how)s", code=code, how=EXPORT_HINT))
    if any(not (-180 <= x <= 180 and -90 <= y <= 90) for ring in rings for x, y in ring):
        raise _wrong(
            T(
                "Titik-titik batas %(code)s bukan bujur dan lintang, melainkan meter. %(how)s",
                code=code,
                how=EXPORT_HINT,
            )
        )
    return rings


def _source(raw: Mapping[str, Any]) -> str:
    said = raw.get("attribution") or raw.get("source") or raw.get("name") or ""
    return _text(said)[:300]


def _text(said: Any) -> str:
    """Without what no database keeps and no page shows: halves of a character, and NUL; "" for what is no text."""
    kept = said.encode("utf-8", "ignore").decode().replace("\0", "") if isinstance(said, str) else ""
    return " ".join(kept.split())


def _some(names: Sequence[str]) -> str:
    more = "" if len(names) <= MOST_NAMED else ", …"
    return ", ".join(names[:MOST_NAMED]) + more


def _wrong(sentence: T) -> Invalid:
    return Invalid(sentence, field="file")
