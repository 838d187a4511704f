"""Translate the types of XLSForm: to the kind of a question, or to a sentence on what to do instead."""

from dataclasses import dataclass, field
from typing import Any

from app.evidence.instruments.xlsform.choices import Choices
from app.evidence.instruments.xlsform.tables import Notes, SheetLine
from app.evidence.instruments.xlsform.tree import Node
from app.kernel.numbers import are_digits
from app.kernel.text import T

IGNORED = frozenset(
    {"start", "end", "today", "deviceid", "phonenumber", "username", "simserial", "subscriberid", "email", "audit"}
)
"""What a phone notes by itself."""
MOST_STEPS = 11
"""A range with more steps is a number."""

_REPEAT = T("Pengulangan (repeat) tidak didukung. Tulis pertanyaannya sebanyak yang diperlukan.")
_PLACE = T("Titik peta tidak didukung. Tempat ditanyakan sendiri oleh aplikasi ini; hapus baris ini.")
_FILE = T("Pertanyaan yang dijawab dengan foto, suara, atau berkas tidak didukung. Hapus baris ini.")
_TIME = T("Tanggal dan jam tidak didukung. Ganti dengan “text” atau “integer”.")
_OUTSIDE = T("Pilihan dari berkas luar tidak didukung. Salin pilihannya ke lembar “choices”, lalu pakai select_one.")
_RANK = T("Pertanyaan mengurutkan (rank) tidak didukung. Ganti dengan select_one atau select_multiple.")
_HIDDEN = T("Hitungan dan isian tersembunyi tidak didukung. Hapus baris ini.")
ADVICE: dict[str, T] = {
    "begin_repeat": _REPEAT, "begin_rank": _RANK, "rank": _RANK,
    "geopoint": _PLACE, "geotrace": _PLACE, "geoshape": _PLACE, "start-geopoint": _PLACE,
    "image": _FILE, "photo": _FILE, "audio": _FILE, "video": _FILE, "file": _FILE, "background-audio": _FILE,
    "barcode": T("Kode batang tidak didukung. Ganti dengan “text”."),
    "date": _TIME, "time": _TIME, "datetime": _TIME,
    "calculate": _HIDDEN, "hidden": _HIDDEN,
    "acknowledge": T("“acknowledge” tidak didukung. Ganti dengan “note”, atau select_one dengan pilihan ya/tidak."),
    "trigger": T("“trigger” tidak didukung. Ganti dengan “note”."),
    "select_one_from_file": _OUTSIDE, "select_multiple_from_file": _OUTSIDE, "select_one_external": _OUTSIDE,
    "xml-external": _OUTSIDE, "csv-external": _OUTSIDE,
}  # fmt: skip
UNKNOWN = "Jenis “%(kind)s” tidak dikenal. Pakai select_one, select_multiple, integer, decimal, range, text, atau note."
SELECTS = {
    "select_one": "one", "select1": "one", "select_multiple": "many",
}  # fmt: skip


@dataclass
class Shape:
    """A type of XLSForm as a kind of question. `names`: name of a choice in the form → its key here."""

    kind: str
    options: list[dict[str, Any]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    shuffle: bool = False
    whole: bool = True
    least: float | None = None
    most: float | None = None


def shape_of(node: Node, choices: Choices, notes: Notes) -> Shape | None:
    """Return what a type is here; None where it is noted what is wrong."""
    kind, number = node.kind, node.line.number
    if kind == "select" and node.words[:1] in (["one"], ["multiple"]):  # as older forms write it
        kind = {"one": "select_one", "multiple": "select_multiple"}[node.words[0]]
        node = Node(node.line, kind, " ".join(node.words[1:]).removeprefix("from "), [], node.inherited)
    if kind in SELECTS:
        return _select(node, SELECTS[kind], choices, notes)
    if kind in {"integer", "int", "decimal"}:
        return Shape("number", whole=kind != "decimal")
    if kind in {"text", "string"}:
        return Shape("text")
    if kind == "note":
        return Shape("note")
    if kind == "range":
        return _range(node, notes)
    sentence = ADVICE.get(kind)
    if sentence is None:
        notes.trouble("survey", number, "type", UNKNOWN, kind=kind[:40])
    else:
        notes.trouble("survey", number, "type", sentence)
    return None


def _select(node: Node, kind: str, choices: Choices, notes: Notes) -> Shape | None:
    listed = node.words[0] if node.words else ""
    if listed not in choices:
        notes.trouble(
            "survey",
            node.line.number,
            "type",
            "Daftar pilihan “%(name)s” tidak ada di lembar choices.",
            name=listed[:40],
        )
        return None
    options, names = choices.options(listed), choices.keys(listed)
    if "or_other" in node.words[1:] or node.line["type"].endswith("or specify other"):
        key = "other" if "other" not in names.values() else "lain_2"
        options.append({"key": key, "text": {"id": "Lainnya"}, "other": True, "fixed": True})
        names["other"] = key
    said = node.line["gaung_kind"]
    numeric = kind == "one" and all(are_digits(option["key"]) for option in options)
    if said == "scale" or (not said and numeric and "likert" in node.line["appearance"].split()):
        kind = "scale"
    return Shape(kind, options, names, shuffle=_parameters(node).get("randomize", "") == "true" and kind != "scale")


def _parameters(node: Node) -> dict[str, str]:
    found = {}
    for part in node.line["parameters"].replace(";", " ").replace(",", " ").split():
        name, _sign, value = part.partition("=")
        found[name.strip().lower()] = value.strip().lower()
    return found


def _range(node: Node, notes: Notes) -> Shape | None:
    """A scale where it has few whole steps, else a number. By default from 1 to 10 in steps of 1."""
    said = _parameters(node)
    try:
        start, end, step = (
            float(said.get(name, default)) for name, default in (("start", 1), ("end", 10), ("step", 1))
        )
        steps = (end - start) / step
        if not (0 < steps < 1e6 and abs(start) < 1e12):
            raise ValueError
    except (ValueError, ZeroDivisionError):
        notes.trouble("survey", node.line.number, "parameters", "Isi dengan “start=1 end=5 step=1”.")
        return None
    whole = all(number == int(number) for number in (start, end, step))
    if whole and start >= 0 and steps < MOST_STEPS and steps == int(steps):
        keys = [str(int(start + step * place)) for place in range(int(steps) + 1)]
        return Shape("scale", [{"key": key, "text": {"id": key}} for key in keys], {key: key for key in keys})
    return Shape("number", whole=whole, least=_tidy(start), most=_tidy(end))


def _tidy(number: float) -> float:
    return int(number) if number == int(number) else number


ADVICE_COLUMNS = {
    "choice_filter": "Pilihan bertingkat (choice_filter) tidak didukung. Buat satu pertanyaan untuk tiap daftar.",
    "calculation": "Hitungan (calculation) tidak didukung. Hapus baris ini.",
    "repeat_count": "Pengulangan tidak didukung. Tulis pertanyaannya sebanyak yang diperlukan.",
    "trigger": "Pemicu (trigger) tidak didukung. Kosongkan sel ini.",
}


def remark_columns(line: SheetLine, notes: Notes) -> None:
    if line.texts("media::image") and not line["gaung_picture"]:
        notes.remark("survey", line.number, "media::image",
                          "Gambar tidak ikut. Tambahkan dari pustaka sesudah impor.")  # fmt: skip
    for column in ("media::audio", "media::video"):
        if line.texts(column):
            notes.trouble("survey", line.number, column, "Suara dan video tidak didukung. Kosongkan sel ini.")
    for column, sentence in ADVICE_COLUMNS.items():
        if line[column]:
            notes.trouble("survey", line.number, column, sentence)
    if line["default"]:
        notes.remark("survey", line.number, "default", "Isian awal tidak ikut, supaya jawaban tidak terarah.")
