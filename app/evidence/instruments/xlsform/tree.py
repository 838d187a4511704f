"""Lines of the sheet "survey" as a tree of groups, and the circles in which conditions may turn."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.evidence.instruments.xlsform.expressions import names_in
from app.evidence.instruments.xlsform.tables import Notes, SheetLine

DEEPEST = 10
BEGIN = re.compile(r"begin[ _](group|repeat|score|rank|kobomatrix)\Z")
END = re.compile(r"end[ _](group|repeat|score|rank|kobomatrix)\Z")


@dataclass
class Node:
    """A line, or a group with what stands in it. `kind`: the first word of the type; `rest`: what follows it."""

    line: SheetLine
    kind: str
    rest: str = ""
    children: list["Node"] = field(default_factory=list)
    inherited: Sequence[SheetLine] = ()  # the groups around it, outermost first

    @property
    def name(self) -> str:
        return self.line["name"]

    @property
    def is_group(self) -> bool:
        return self.kind.startswith("begin_")

    @property
    def words(self) -> list[str]:
        return self.rest.split()


def tree_of(lines: Sequence[SheetLine], notes: Notes) -> list[Node]:
    roots: list[Node] = []
    stack: list[Node] = []
    for line in lines:
        said = " ".join(line["type"].split())
        if not said:
            if line.cells:
                notes.trouble("survey", line.number, "type", "Jenis pertanyaan (type) belum diisi.")
            continue
        end = END.match(said.lower())
        if end:
            if not stack or stack[-1].kind != f"begin_{end[1]}":
                notes.trouble(
                    "survey",
                    line.number,
                    "type",
                    "Penutup grup ini tidak punya pembuka yang cocok. Periksa pasangannya.",
                )
            else:
                stack.pop()
            continue
        begin = BEGIN.match(said.lower())
        word, _space, rest = said.partition(" ")
        inherited = [one.line for one in stack]
        node = Node(line, f"begin_{begin[1]}" if begin else word.lower(), "" if begin else rest, inherited=inherited)
        (stack[-1].children if stack else roots).append(node)
        if begin:
            stack.append(node)
        if len(stack) > DEEPEST:
            notes.trouble("survey", line.number, "type", "Grup bertingkat terlalu dalam. Ratakan susunannya.")
            return []
    for open_one in stack:
        notes.trouble("survey", open_one.line.number, "type", "Grup ini tidak ditutup. Tambahkan baris “end_group”.")
    return roots


def walk(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from walk(node.children)


NAME = re.compile(r"\A[A-Za-z_][A-Za-z0-9_.-]*\Z")


def note_names(roots: Sequence[Node], notes: Notes) -> None:
    """Say where a name stands twice in one group, cannot be a name, or is pointed at and not there."""
    known = {node.name for node in walk(roots)}
    _note_siblings(roots, notes)
    for node in walk(roots):
        _note_siblings(node.children, notes)
        for column, text in node.line.cells.items():
            if column == "relevant":
                continue  # read as a condition, which says so
            for name in names_in(text):
                if name not in known:
                    notes.trouble(
                        "survey", node.line.number, column, "Sel ini menyebut ${%(name)s}, yang tidak ada. Hapus.",
                        name=name[:40],
                    )  # fmt: skip


def _note_siblings(nodes: Sequence[Node], notes: Notes) -> None:
    first: dict[str, int] = {}
    for node in nodes:
        name, row = node.name, node.line.number
        if name and not NAME.match(name):
            notes.trouble(
                "survey", row, "name",
                "Nama “%(name)s” tidak bisa dipakai. Pakai huruf, angka, atau garis bawah, tanpa spasi, dan mulai "
                "dengan huruf.", name=name[:40],
            )  # fmt: skip
        elif name in first:
            notes.trouble(
                "survey", row, "name", "Nama “%(name)s” sudah dipakai di baris %(first)s. Beri nama lain.",
                name=name[:40], first=first[name],
            )  # fmt: skip
        elif name:
            first[name] = row


def note_circles(roots: Sequence[Node], notes: Notes) -> bool:
    """Say where conditions turn in a circle: a is asked only after b, and b only after a."""
    needs: dict[str, list[str]] = {}
    rows: dict[str, int] = {}
    for node in walk(roots):
        said = [node.line["relevant"], *(group["relevant"] for group in node.inherited)]
        needs.setdefault(node.name, []).extend(name for text in said for name in names_in(text))
        rows.setdefault(node.name, node.line.number)
    found = False
    done: set[str] = set()
    for name in needs:
        if name not in done:
            circle = _circle(name, needs, done)
            if circle:
                found = True
                notes.trouble(
                    "survey", rows[circle[0]], "relevant",
                    "Syaratnya berputar: %(circle)s. Tidak satu pun akan ditanyakan. Hapus salah satu syarat itu.",
                    circle=" → ".join([*circle, circle[0]]),
                )  # fmt: skip
    return found


def _circle(start: str, needs: Mapping[str, Sequence[str]], done: set[str]) -> list[str]:
    """The first circle that is reached from a name, without recursion: a file may chain thousands."""
    path: list[str] = []
    on_path: set[str] = set()
    stack: list[tuple[str, Iterator[str]]] = [(start, iter(needs.get(start, ())))]
    path.append(start)
    on_path.add(start)
    while stack:
        name, following = stack[-1]
        step = next(following, None)
        if step is None:
            stack.pop()
            path.pop()
            on_path.discard(name)
            done.add(name)
        elif step in on_path:
            return path[path.index(step) :]
        elif step in needs and step not in done:
            stack.append((step, iter(needs[step])))
            path.append(step)
            on_path.add(step)
    return []
