"""Turn the tree of an XLSForm into sections and questions."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from app.evidence.instruments.definition import KEY
from app.evidence.instruments.logic import number_of
from app.evidence.instruments.xlsform.choices import Choices, texts_of
from app.evidence.instruments.xlsform.comparisons import Target, Unreadable
from app.evidence.instruments.xlsform.expressions import borders, condition, xpath
from app.evidence.instruments.xlsform.kinds import ADVICE, IGNORED, Shape, remark_columns, shape_of
from app.evidence.instruments.xlsform.tables import Notes, SheetLine
from app.evidence.instruments.xlsform.tree import Node
from app.evidence.instruments.xlsform.words import ABOUT, FRAME, Names, key_from
from app.kernel.numbers import read_int

Raw = dict[str, Any]
NO_BORDER = "Batas pilihan ini tidak bisa dibaca. Hapus, atau tandai pilihannya sesudah impor."
ALONE = "not(selected(.,'%s')andcount-selected(.)>1)"


class Questions:
    """Reader of a form's questions; it reads once.

    `frame`: intro, consent, thanks. `line_numbers`: key of a question → row of the sheet.
    """

    def __init__(self, choices: Choices, notes: Notes) -> None:
        self.choices = choices
        self.notes = notes
        self.frame: dict[str, Mapping[str, str]] = {}
        self.line_numbers: dict[str, int] = {}
        self.by_key: dict[str, Raw] = {}
        self.targets: dict[str, Target] = {}
        self._names = Names(ABOUT)
        self._section_names = Names()
        self._sections: list[Raw] = []
        self._open: Raw | None = None
        self._waiting: list[tuple[Raw, SheetLine, Sequence[SheetLine]]] = []  # whose conditions are read at the end

    def sections(self, roots: Sequence[Node]) -> list[Raw]:
        for node in roots:
            self._top(node)
        for question, line, around in self._waiting:
            self._condition(question, line, around)
        return [
            {"key": section["key"], "title": section["title"], "questions": section["questions"]}
            for section in self._sections
            if section["questions"] or section["own"]
        ]

    def _top(self, node: Node) -> None:
        if node.kind == "begin_group" and not self._is_grid(node):
            own = node.line["gaung_kind"] == "section"
            self._open = self._section(node.line["gaung_key"] or node.name, texts_of(node.line, "label"), own=own)
            for child in node.children:
                self._inside(child)
            self._open = None
            return
        self._inside(node)

    def _section(self, name: str, title: Mapping[str, str], *, own: bool = False) -> Raw:
        key = self._section_names.free(name if KEY.match(name) else key_from(name or "bagian"), most=40)
        section: Raw = {"key": key, "title": title, "questions": [], "own": own, "loose": False}
        self._sections.append(section)
        return section

    def _inside(self, node: Node) -> None:
        if self._is_left_out(node):
            return
        if node.kind == "begin_group" and not self._is_grid(node):
            title = texts_of(node.line, "label")
            if title:
                self._add(node, {"kind": "note", "text": title})
            for child in node.children:
                self._inside(child)
            return
        if node.is_group:
            self._group(node)
            return
        self._question(node)

    def _is_left_out(self, node: Node) -> bool:
        """Who answered, texts around the questions, lines to write on, and what a phone notes by itself."""
        if node.name in ABOUT or node.line["gaung_kind"] == "other":
            return True
        if node.name in FRAME and node.kind == "note":
            self.frame[FRAME[node.name]] = texts_of(node.line, "label")
            return True
        if node.kind in IGNORED:
            self.notes.remark(
                "survey", node.line.number, "type", "“%(kind)s” tidak ikut: dicatat sendiri.", kind=node.kind
            )
            return True
        return False

    def _is_grid(self, node: Node) -> bool:
        line = node.line
        if line["gaung_kind"]:
            return line["gaung_kind"] == "grid"
        appearance = line["appearance"].split()
        rows = node.children
        if len(rows) < 2 or not ({"table-list", "field-list"} & set(appearance)):
            return False
        return all(row.kind == "select_one" and row.rest == rows[0].rest and not row.line["relevant"] for row in rows)

    def _group(self, node: Node) -> None:
        rows = node.children
        number = node.line.number
        if node.kind == "begin_kobomatrix":
            listed = node.line["kobo--matrix_list"]
            if len(rows) != 1 or rows[0].kind != "select_one":
                self.notes.trouble(
                    "survey", number, "type", "Matriks hanya didukung dengan satu kolom select_one. Pecah per kolom."
                )
                return
            options = self.choices.options(rows[0].words[0] if rows[0].words else "")
            parts = self.choices.options(listed)
            names = {f"{node.name}_{name}_{rows[0].name}": key for name, key in self.choices.keys(listed).items()}
            self._grid(node, options, parts, names, rows[0].words, required=rows[0].line.says("required"))
            return
        if node.kind == "begin_score":
            listed = node.line["kobo--score-choices"]
            bad = [row for row in rows if row.kind != "score__row"]
        elif node.kind == "begin_group":
            listed = rows[0].words[0] if rows and rows[0].words else ""
            bad = [row for row in rows if row.kind != "select_one" or row.words[:1] != [listed]]
        else:
            self.notes.trouble("survey", number, "type", ADVICE[node.kind])
            return
        for row in bad:
            self.notes.trouble(
                "survey", row.line.number, "type", "Isi tabel harus select_one dengan daftar pilihan yang sama."
            )
        if bad:
            return
        keys = Names()
        parts, names = [], {}
        prefix = f"{node.name}_"
        for row in rows:
            own = row.line["gaung_key"] or (row.name.removeprefix(prefix) or row.name)
            key = keys.free(own if row.line["gaung_key"] else key_from(own, option=True), most=40)
            parts.append({"key": key, "text": texts_of(row.line, "label", row.name), **_row_marks(row.line)})
            names[row.name] = key
        required = bool(rows) and all(row.line.says("required") for row in rows)
        self._grid(node, self.choices.options(listed), parts, names, [listed], required=required)

    def _grid(
        self,
        node: Node,
        options: list[Raw],
        rows: list[Raw],
        names: Mapping[str, str],
        lists: Sequence[str],
        *,
        required: bool,
    ) -> None:
        listed = lists[0] if lists else ""
        if listed not in self.choices:
            self.notes.trouble(
                "survey",
                node.line.number,
                "type",
                "Daftar pilihan “%(name)s” tidak ada di lembar choices.",
                name=listed,
            )
            return
        raw = {
            "kind": "grid", "text": texts_of(node.line, "label", node.name), "options": options,
            "rows": rows, "required": required, "shuffle": node.line.says("gaung_shuffle"),
        }  # fmt: skip
        key = self._add(node, raw)
        for name, row in names.items():
            self.targets[name] = Target(key, "grid", row, self.choices.keys(listed))

    def _question(self, node: Node) -> None:
        shape = shape_of(node, self.choices, self.notes)
        if shape is None:
            return
        line = node.line
        raw: Raw = {
            "kind": shape.kind, "text": texts_of(line, "label", node.name), "options": shape.options,
            "required": line.says("required"), "shuffle": shape.shuffle,
        }  # fmt: skip
        if shape.kind == "number":
            raw |= {"whole": shape.whole, "least": shape.least, "most": shape.most}
        self._constraint(raw, line, shape)
        key = self._add(node, raw)
        self.targets[node.name] = Target(key, shape.kind, None, shape.names, shape.whole)

    def _add(self, node: Node, raw: Raw) -> str:
        line = node.line
        key = self._names.free(node.name if KEY.match(node.name) else key_from(node.name), most=40)
        if not node.name:
            self.notes.trouble("survey", line.number, "name", "Nama (name) belum diisi.")
        elif key != node.name:
            self.notes.remark(
                "survey", line.number, "name", "Nama “%(old)s” menjadi “%(new)s”.", old=node.name, new=key
            )
        picture = line["gaung_picture"]
        raw |= {
            "key": key, "hint": texts_of(line, "hint"), "aloud": line["gaung_aloud"] != "no",
            "back": line["gaung_back"] != "no", "picture": read_int(picture),
            "impersonal": line.says("gaung_impersonal"), "points": _points(line["gaung_points"]),
        }  # fmt: skip
        remark_columns(line, self.notes)
        section = self._open
        if section is None:
            section = self._sections[-1] if self._sections and self._sections[-1]["loose"] else None
        if section is None:
            section = self._section("umum", {})
            section["loose"] = True
        section["questions"].append(raw)
        self.by_key[key] = raw
        self.line_numbers[key] = line.number
        self._waiting.append((raw, line, node.inherited))
        return key

    def _constraint(self, raw: Raw, line: SheetLine, shape: Shape) -> None:
        said = line["constraint"]
        if not said:
            return
        if shape.kind == "many":
            left = "".join(said.replace('"', "'").split())
            for name in sorted(shape.names, key=len, reverse=True):
                if (ALONE % name) in left:
                    left = left.replace(ALONE % name, "")
                    option = next(one for one in raw["options"] if one["key"] == shape.names[name])
                    option["exclusive"] = True
            if left.replace("and", ""):
                self.notes.trouble("survey", line.number, "constraint", NO_BORDER)
            return
        if shape.kind != "number":
            self.notes.trouble(
                "survey", line.number, "constraint", "Batas isian hanya didukung untuk angka. Kosongkan sel ini."
            )
            return
        try:
            raw["least"], raw["most"] = borders(said, whole=shape.whole)
        except Unreadable as error:
            self.notes.trouble("survey", line.number, "constraint", error.sentence)

    def _condition(self, question: Raw, line: SheetLine, around: Sequence[SheetLine]) -> None:
        parts: list[Raw] = []
        for one in (*around, line):
            said = one["relevant"]
            if not said:
                continue
            try:
                found = condition(said, self._target)
            except Unreadable as error:
                self.notes.trouble("survey", one.number, "relevant", error.sentence)
                return
            if found is not None:
                parts += found.get("all", [found])
        if parts:
            question["when"] = parts[0] if len(parts) == 1 else {"all": parts}
        own = _as_written(line["gaung_when"])
        if own is not None and self._says(own, line["relevant"]):
            question["when"] = own

    def _says(self, own: Any, said: str) -> bool:
        """Whether a condition, as it was before it became an expression, is still the one that stands there."""
        names = {(target.question, target.row): [name] for name, target in self.targets.items()}
        for question, row in list(names):
            if row is not None:
                names.setdefault((question, None), []).extend(names[question, row])
        try:
            return said == xpath(own, lambda *which: names[which], lambda key: str(self.by_key[key]["kind"]))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
            return False  # somebody's hand was in that cell

    def _target(self, name: str) -> Target:
        if name in ABOUT:
            raise Unreadable("Syarat memakai tempat, jenis kelamin, atau umur. Itu tidak didukung; hapus syarat ini.")
        if name not in self.targets:
            raise Unreadable("Syarat menyebut “%(name)s”, yang tidak ada atau bukan pertanyaan.", name=name[:40])
        return self.targets[name]


def _row_marks(line: SheetLine) -> Raw:
    return {
        "dimension": line["gaung_dimension"] or None, "service": line["gaung_service"] or None,
        "decoy": line.says("gaung_decoy"),
    }  # fmt: skip


def _as_written(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def _points(said: str) -> float | None:
    """Of a right answer; None for one where nothing, or no number, stands."""
    number = number_of(said) if said else None
    return int(number) if number is not None and number == int(number) else number
