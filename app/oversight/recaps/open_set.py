"""The open-data set: one ZIP of CSV files with a dictionary, by the conventions of Frictionless Data Packages.

https://specs.frictionlessdata.io/data-package/ and /table-schema/. Each table says of itself what its columns mean;
the dictionary, the page and `datapackage.json` are made from the same words, so that none can say another thing.
No table holds a person. What nobody recorded is an empty cell and never 0.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.base.documents.sheets import Cell, SheetRow, csv_parts
from app.base.documents.zips import Content
from app.kernel.text import T

NAME = "data-terbuka"
PRACTICE_NOTE = T(
    "LATIHAN: data di kumpulan ini buatan, untuk belajar memakai aplikasi. Jangan diterbitkan dan jangan dikutip."
)
LEFT_OUT_NOTE = T(
    "Data simulasi tidak pernah ikut: survei, angkatan pelatihan, dan saluran latihan dilewati, juga bila hanya itu "
    "yang ada."
)
NO_LICENCE = T("Lisensi belum ditetapkan. Tetapkan dulu (GAUNG_OPEN_DATA_LICENCE) sebelum diterbitkan.")
EMPTY_NOTE = T(
    "Sel kosong berarti belum dicatat, tidak tersedia, atau tidak ditampilkan. Kosong tidak pernah berarti 0."
)
FORMULA_NOTE = T(
    "Teks yang diawali =, +, -, atau @ diberi tanda ' di depannya, supaya lembar kerja tidak menjalankannya sebagai "
    "rumus."
)


@dataclass(frozen=True)
class ExportScope:
    """For whom and when a set is made. `practice`: the whole installation is one for practice."""

    session: Session
    regency_code: str
    zone: ZoneInfo
    now: datetime
    practice: bool = False

    def day(self, moment: datetime | None) -> date | None:
        return None if moment is None else moment.astimezone(self.zone).date()


@dataclass(frozen=True)
class Field:
    """A column. `kind`: a type of Table Schema. `refers`: the table and its column whose keys stand here."""

    name: str
    kind: str
    means: T
    required: bool = False
    choices: Mapping[str, str | T] | None = None
    refers: tuple[str, str] | None = None


@dataclass(frozen=True)
class Resource:
    """A table of the set. `key`: the columns that name a row."""

    name: str
    title: T
    about: T
    key: Sequence[str]
    fields: Sequence[Field]
    rows: Callable[[ExportScope], Iterable[SheetRow]]


@dataclass(frozen=True)
class About:
    """What the set says of itself: whose it is, under which licence ("" where nobody has settled it), made when."""

    title: str
    publisher: str
    licence: str
    regency_code: str
    made: datetime
    practice: bool

    @property
    def notes(self) -> list[str]:
        own = [] if self.licence or self.practice else [NO_LICENCE]
        every = [*([PRACTICE_NOTE] if self.practice else [LEFT_OUT_NOTE]), *own, EMPTY_NOTE, FORMULA_NOTE]
        return [str(note) for note in every]


def package_files(resources: Sequence[Resource], making: ExportScope, about: About) -> Iterator[tuple[str, Content]]:
    """Yield (name, content) of every file of the ZIP, the tables first: what tells of them is made when they are
    through."""
    sums: dict[str, tuple[int, str]] = {}
    for resource in resources:
        yield f"{resource.name}.csv", _table(resource, making, sums)
    yield "kamus.csv", csv_parts(DICTIONARY_TITLES, dictionary(resources), plain=True)
    yield "BACA-SAYA.md", readme(resources, about).encode()
    described = descriptor(resources, about, sums)
    yield "datapackage.json", json.dumps(described, ensure_ascii=False, indent=2).encode()


def _table(resource: Resource, making: ExportScope, sums: dict[str, tuple[int, str]]) -> Iterator[bytes]:
    size, digest = 0, hashlib.sha256()
    titles = [field.name for field in resource.fields]
    for part in csv_parts(titles, (_plain(row) for row in resource.rows(making)), plain=True):
        size += len(part)
        digest.update(part)
        yield part
    sums[resource.name] = size, digest.hexdigest()


def _plain(row: SheetRow) -> list[Cell]:
    """Truth values as Table Schema writes them."""
    return [str(cell).lower() if isinstance(cell, bool) else cell for cell in row]


DICTIONARY_TITLES = ("tabel", "kolom", "jenis", "wajib", "arti", "isi", "merujuk")


def dictionary(resources: Sequence[Resource]) -> Iterator[list[Cell]]:
    """Yield what every column means, one a line."""
    for resource in resources:
        for field in resource.fields:
            held = "; ".join(f"{key} = {word}" for key, word in (field.choices or {}).items())
            where = ".".join(field.refers) if field.refers else ""
            needed = "ya" if field.required else "tidak"
            yield [resource.name, field.name, field.kind, needed, str(field.means), held, where]


def readme(resources: Sequence[Resource], about: About) -> str:
    """Write the dictionary for reading, in Markdown."""
    lines = [f"# {about.title}", ""]
    lines += [
        f"- Penerbit: {about.publisher}",
        f"- Kode wilayah (Kemendagri): {about.regency_code}",
        f"- Dibuat: {about.made.isoformat(timespec='seconds')}",
        f"- Lisensi: {about.licence or 'belum ditetapkan'}",
        "",
        *(f"- {note}" for note in about.notes),
        "",
        tables_in_words(resources),
    ]
    return "\n".join(lines)


def tables_in_words(resources: Sequence[Resource]) -> str:
    """Write the dictionary as Markdown tables; docs/data-terbuka.md holds the same."""
    lines: list[str] = []
    for resource in resources:
        lines += [
            f"## {resource.name}.csv: {resource.title}", "", str(resource.about), "",
            f"Satu baris: {', '.join(f'`{name}`' for name in resource.key)}", "",
            "| Kolom | Jenis | Arti |", "|---|---|---|",
        ]  # fmt: skip
        for field in resource.fields:
            lines.append(f"| `{field.name}` | {field.kind} | {_told(field)} |")
        lines.append("")
    return "\n".join(lines)


def _told(field: Field) -> str:
    parts = [str(field.means)]
    if field.choices:
        parts.append("Isi: " + "; ".join(f"`{key}` = {word}" for key, word in field.choices.items()) + ".")
    if field.refers:
        parts.append(f"Merujuk `{'.'.join(field.refers)}`.")
    return " ".join(parts)


def descriptor(
    resources: Sequence[Resource], about: About, sums: Mapping[str, tuple[int, str]] | None = None
) -> dict[str, Any]:
    """Return `datapackage.json`. `sums`: (bytes, SHA-256) of the tables that were made."""
    made: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": f"{NAME}-{about.regency_code.replace('.', '-')}",
        "title": about.title,
        "description": " ".join(about.notes),
        "created": about.made.isoformat(timespec="seconds"),
        "contributors": [{"title": about.publisher, "role": "publisher"}],
        "resources": [_resource(one, (sums or {}).get(one.name)) for one in resources],
    }
    if about.licence and not about.practice:
        made["licenses"] = [{"name": about.licence}]
    return made


def _resource(resource: Resource, sums: tuple[int, str] | None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "profile": "tabular-data-resource", "name": resource.name, "path": f"{resource.name}.csv",
        "title": str(resource.title), "description": str(resource.about), "format": "csv", "mediatype": "text/csv",
        "encoding": "utf-8", "schema": _schema(resource),
    }  # fmt: skip
    if sums:
        made |= {"bytes": sums[0], "hash": f"sha256:{sums[1]}"}
    return made


def _schema(resource: Resource) -> dict[str, Any]:
    refers = [
        {"fields": field.name, "reference": {"resource": field.refers[0], "fields": field.refers[1]}}
        for field in resource.fields if field.refers
    ]  # fmt: skip
    schema: dict[str, Any] = {"fields": [_field(one) for one in resource.fields], "primaryKey": list(resource.key),
                              "missingValues": [""]}  # fmt: skip
    return {**schema, "foreignKeys": refers} if refers else schema


def _field(field: Field) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    if field.required:
        limits["required"] = True
    if field.choices:
        limits["enum"] = list(field.choices)
    made: dict[str, Any] = {"name": field.name, "type": field.kind, "description": str(field.means)}
    return {**made, "constraints": limits} if limits else made
