"""Read the files of a kit: YAML with its line numbers, strictly and without surprises.

YAML 1.1 reads `10:30` as a number and `no` as false; a kit is written by people, so here only true, false, null and
plain numbers are special, a key may stand once, and anchors are refused (they can blow a small file up).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.cyaml import CParser  # type: ignore[attr-defined]
from yaml.resolver import Resolver

from app.kernel.text import T

MAX_TEXT_BYTES = 200_000
FENCE = "---"


@dataclass(frozen=True)
class Finding:
    """One thing to know about a kit. `level`: "error" stops the import, "note" does not. `line` counts from 1."""

    file: str
    line: int
    sentence: T
    mend: T | None = None
    level: str = "error"

    def __str__(self) -> str:
        mend = f" {self.mend}" if self.mend else ""
        return f"{self.file}:{self.line}: {self.sentence}{mend}"


class Unreadable(Exception):
    """A file cannot be read as YAML; carries the finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


class _Loader(Composer, CParser, SafeConstructor, Resolver):
    """SafeLoader with few special words, no anchors and no repeated keys. Its signs are read in C, which is what a kit
    takes longest."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)
        Composer.__init__(self)
        SafeConstructor.__init__(self)
        Resolver.__init__(self)

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: Any = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(problem="anchor", problem_mark=event.start_mark)
        node: yaml.Node | None = super().compose_node(parent, index)
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key, _value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem="repeated", context=key.value, problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
    ("tag:yaml.org,2002:null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("tag:yaml.org,2002:int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"^[-+]?(?:0|[1-9][0-9]*)\.[0-9]+$", "-+0123456789"),
):
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))


@dataclass(frozen=True)
class Document:
    """A parsed file: plain `data`, the nodes it came from, and for a post the text under its front matter."""

    file: str
    data: Any
    root: yaml.Node | None
    offset: int = 0  # lines above the YAML
    body: str = ""
    body_line: int = 1

    def line(self, path: Sequence[str | int] = (), key: str | None = None) -> int:
        """Return the line where the value at `path` stands, or its key `key`; the nearest one above where it is
        missing."""
        node = self.root
        mark = node.start_mark if node else None
        for step in (*path, *([key] if key is not None else [])):
            entry = _entry(node, step)
            if entry is None:
                break
            mark, node = entry
        return (mark.line if mark else 0) + 1 + self.offset


def _entry(node: yaml.Node | None, step: str | int) -> tuple[yaml.Mark, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return key.start_mark, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark, node.value[step]
    return None


def read_yaml(path: Path, name: str) -> Document:
    """Parse a YAML file. Raises Unreadable. `name` is how the file is called in findings."""
    return _parse(read_text(path, name), name)


def read_post(path: Path, name: str) -> Document:
    """Parse a post: YAML between two lines of ---, then its base text. Raises Unreadable."""
    text = read_text(path, name)
    lines = text.splitlines()
    if not lines or lines[0].strip() != FENCE:
        raise Unreadable(
            Finding(name, 1, T("Baris pertama harus garis ---."), T("Tulis keterangan materi di antara dua garis ---."))
        )
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.rstrip() == FENCE), None)
    if end is None:
        raise Unreadable(
            Finding(name, 1, T("Garis --- penutup tidak ada."), T("Tambahkan baris --- di bawah keterangan materi."))
        )
    head = _parse("\n".join(lines[1:end]) + "\n", name, offset=1)
    body = "\n".join(lines[end + 1 :]).strip()
    return Document(name, head.data, head.root, offset=1, body=body, body_line=end + 2)


def read_text(path: Path, name: str) -> str:
    """Read the file as text in UTF-8, without a byte order mark. Raises Unreadable."""
    try:
        size = path.stat().st_size
        if size > MAX_TEXT_BYTES:
            raise Unreadable(
                Finding(
                    name,
                    1,
                    T("Berkas teks ini terlalu besar (%(size)s KB).", size=size // 1000),
                    T("Paling besar %(limit)s KB. Pindahkan gambar ke folder media/.", limit=MAX_TEXT_BYTES // 1000),
                )
            )
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise Unreadable(
            Finding(name, line, T("Ada huruf yang tidak terbaca."), T("Simpan berkas ini sebagai teks UTF-8."))
        ) from error
    except OSError as error:
        raise Unreadable(Finding(name, 1, T("Berkas ini tidak bisa dibuka."), T("Periksa izin berkasnya."))) from error


def _parse(text: str, name: str, offset: int = 0) -> Document:
    try:
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
            data = loader.construct_document(root) if root is not None else None
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise Unreadable(_yaml_finding(error, name, offset)) from error
    except (RecursionError, ValueError) as error:
        raise Unreadable(
            Finding(name, 1 + offset, T("Susunan YAML ini tidak bisa dibaca."), T("Sederhanakan susunannya."))
        ) from error
    return Document(name, data, root, offset=offset)


def _yaml_finding(error: yaml.YAMLError, name: str, offset: int) -> Finding:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = (mark.line if mark else 0) + 1 + offset
    problem = getattr(error, "problem", None)
    if problem == "anchor":
        return Finding(
            name, line, T("Tanda & dan * YAML tidak dipakai di sini."), T("Tulis isinya utuh, atau apit dengan kutip.")
        )
    if problem == "repeated":
        key = getattr(error, "context", "")
        return Finding(
            name, line, T("“%(key)s” tertulis dua kali.", key=key), T("Hapus salah satunya atau gabungkan isinya.")
        )
    return Finding(
        name,
        line,
        T("Penulisan YAML keliru."),
        T(
            "Periksa tanda titik dua, tanda kutip, dan lekukan spasi (bukan tab) di baris ini dan baris di atasnya. "
            "Teks yang memuat titik dua diapit tanda kutip."
        ),
    )


def inner_files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield all files and links of a kit as (path, name relative to the kit), in order; hidden ones are left out."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if any(part.startswith(".") for part in name.split("/")):
            continue
        if path.is_symlink() or path.is_file():
            yield path, name
