"""Check a kit's files against the schemas, and say each broken rule as a sentence with how it is mended."""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from app.kernel.text import T
from app.kits.reading import Document, Finding
from app.outreach.outlets.kinds import KINDS, PRINT

SCHEMA_FOLDER = Path(__file__).with_name("schema")
SCHEMAS = ("campaign", "post", "print", "event", "survey", "recorded", "programme", "test")
TYPES = {
    "string": T("teks"),
    "integer": T("bilangan bulat"),
    "number": T("angka"),
    "array": T("daftar (tiap isi diawali tanda -)"),
    "object": T("kelompok isian (nama: nilai)"),
    "null": T("kosong"),
    "boolean": T("true atau false"),
}


@cache
def validator(schema: str) -> jsonschema.Draft202012Validator:
    """Return the validator of one of SCHEMAS."""
    return jsonschema.Draft202012Validator(schema_of(schema))


def schema_of(name: str) -> dict[str, Any]:
    """Return one of SCHEMAS with the kinds of outlets that there are; what the file lists is for editors of kits."""
    found: dict[str, Any] = json.loads((SCHEMA_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    rules = found["properties"]
    if name == "post":
        written = [key for key in KINDS if key not in PRINT]
        rules["outlets"]["items"]["enum"] = written
        rules["texts"]["properties"] = {key: {"$ref": "#/$defs/text"} for key in written}
    if name == "print":
        rules["order"]["properties"]["outlet_kinds"]["items"]["enum"] = list(PRINT)
    return found


def schema_findings(document: Document, schema: str) -> list[Finding]:
    """Return every rule of the schema that the document breaks, in the order of its lines."""
    if document.data is None:
        return [Finding(document.file, document.line(), T("Berkas ini kosong."), T("Salin contoh dari paket lain."))]
    found: list[Finding] = []
    for error in validator(schema).iter_errors(document.data):
        found.extend(_findings(document, error))
    return sorted(found, key=lambda finding: finding.line)


def _findings(document: Document, error: jsonschema.ValidationError) -> list[Finding]:
    path = list(error.absolute_path)
    rule: Any = error.validator_value
    if error.validator == "additionalProperties":
        known = list(error.schema.get("properties", {}))  # type: ignore[union-attr]
        unknown = [key for key in dict(error.instance) if key not in known]  # type: ignore[arg-type]
        return [_unknown_key(document, path, key, known) for key in unknown]
    if error.validator == "required":
        # jsonschema raises one error for each missing key
        return [_missing_key(document, path, key) for key in rule if error.message.startswith(f"'{key}'")]
    sentence, mend = _rule(error, path)
    return [Finding(document.file, document.line(path), sentence, mend)]


def _unknown_key(document: Document, path: Sequence[str | int], key: Any, known: Sequence[str]) -> Finding:
    return Finding(
        document.file,
        document.line(path, key),
        T("“%(key)s” tidak dikenal di sini.", key=key),
        nearest(str(key), known),
    )


def _missing_key(document: Document, path: Sequence[str | int], key: str) -> Finding:
    if key == "alt":
        return Finding(
            document.file,
            document.line(path),
            T("Gambar ini belum punya teks alternatif."),
            T("Tambahkan “alt:” yang menceritakan apa yang tampak pada gambar."),
        )
    return Finding(
        document.file,
        document.line(path),
        T("“%(key)s” belum ada.", key=key),
        T("Tambahkan baris “%(key)s:”.", key=key),
    )


def nearest(word: str, known: Sequence[str]) -> T:
    """Say which known word was probably meant, or which there are."""
    close = get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    if close:
        return T("Mungkin maksudnya “%(word)s”?", word=close[0])
    return T("Yang bisa dipakai: %(words)s.", words=", ".join(known))


def _rule(error: jsonschema.ValidationError, path: Sequence[str | int]) -> tuple[T, T | None]:
    name = next((str(step) for step in reversed(path) if isinstance(step, str)), "isi berkas")
    value: Any = error.instance
    limit: Any = error.validator_value
    rule = str(error.validator)
    if rule == "type":
        wanted = " / ".join(str(TYPES[kind]) for kind in ([limit] if isinstance(limit, str) else limit))
        return T("“%(name)s” harus berupa %(wanted)s.", name=name, wanted=wanted), _type_mend(name, value)
    if rule == "enum":
        return T("“%(name)s” tidak mengenal “%(value)s”.", name=name, value=value), nearest(str(value), limit)
    if rule in {"minimum", "maximum"}:
        return _number_rule(name, value, error)
    if rule in {"minLength", "maxLength", "minItems", "maxItems"}:
        return _length_rule(name, value, rule, limit)
    return _other_rule(rule, name, value)


def _other_rule(rule: str, name: str, value: Any) -> tuple[T, T]:
    if rule == "pattern":
        return _pattern_rule(name, value)
    if rule == "uniqueItems":
        return T("“%(name)s” memuat isi yang sama dua kali.", name=name), T("Hapus yang kembar.")
    return T("“%(name)s” tidak sesuai bentuk yang diminta.", name=name), T("Bandingkan dengan paket contoh.")


def _type_mend(name: str, value: Any) -> T | None:
    if name == "hour":
        return T('Tulis jam dalam tanda kutip, misalnya "08:30".')
    if isinstance(value, int | float | bool):
        return T("Apit dengan tanda kutip bila yang dimaksud memang teks.")
    return T("Periksa lekukan spasi dan tanda - di depannya.") if isinstance(value, str | list | dict) else None


def _number_rule(name: str, value: Any, error: jsonschema.ValidationError) -> tuple[T, T]:
    least = error.schema.get("minimum")  # type: ignore[union-attr]
    most = error.schema.get("maximum")  # type: ignore[union-attr]
    sentence = T("“%(name)s” berisi %(value)s, di luar batas.", name=name, value=value)
    if most is None:
        return sentence, T("Isi paling kecil %(least)s.", least=least)
    return sentence, T("Isi antara %(least)s dan %(most)s.", least=least, most=most)


def _length_rule(name: str, value: Any, rule: str, limit: int) -> tuple[T, T]:
    size = len(value)
    if rule == "minItems":
        return T("“%(name)s” masih kosong.", name=name), T("Isi paling sedikit %(limit)s.", limit=limit)
    if rule == "maxItems":
        return (
            T("“%(name)s” berisi %(size)s hal.", name=name, size=size),
            T("Paling banyak %(limit)s. Kurangi atau gabungkan.", limit=limit),
        )
    if rule == "minLength":
        if name == "alt":
            return (
                T("Teks alternatif ini terlalu pendek untuk menjelaskan gambarnya."),
                T("Ceritakan apa yang tampak, paling sedikit %(limit)s huruf.", limit=limit),
            )
        return (
            T("“%(name)s” terlalu pendek.", name=name),
            T("Tulis paling sedikit %(limit)s huruf.", limit=limit),
        )
    return (
        T("“%(name)s” terlalu panjang: %(size)s huruf.", name=name, size=size),
        T("Paling banyak %(limit)s huruf.", limit=limit),
    )


def _pattern_rule(name: str, value: Any) -> tuple[T, T]:
    sentence = T("“%(name)s” berisi “%(value)s”, yang tidak bisa dibaca.", name=name, value=value)
    mends = {
        "done": T('Tulis tahun, bulan, atau tanggalnya dalam tanda kutip: "2021", "2021-07", atau "2021-07-05".'),
        "hour": T('Tulis jam dari "00:00" sampai "23:59", dengan titik dua dan tanda kutip.'),
        "key": T("Pakai huruf kecil, angka, dan tanda hubung saja, misalnya kenal-smart-city."),
        "villages": T("Tulis kode desa/kelurahan Kemendagri lengkap, misalnya 64.02.12.2002."),
        "districts": T("Tulis kode kecamatan Kemendagri, misalnya 64.02.12."),
    }
    return sentence, mends.get(name, T("Pakai huruf kecil, angka, dan tanda hubung saja."))
