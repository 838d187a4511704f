"""What is wrong in a definition is said in a sentence, and nothing makes the checks fall over."""

import copy
import random
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.evidence.instruments.checks import check
from app.evidence.instruments.definition import canonical, read
from tests.survey_sample import DEFINITION

Change = Callable[[dict[str, Any]], object]


def sentences(change: Change) -> str:
    raw = copy.deepcopy(DEFINITION)
    change(raw)
    return "\n".join(f"{one.where}: {one.sentence}" for one in check(raw))


def question(raw: dict[str, Any], key: str) -> dict[str, Any]:
    return next(one for section in raw["sections"] for one in section["questions"] if one["key"] == key)


def test_the_sample_is_sound() -> None:
    assert check(DEFINITION) == []
    assert check(canonical(read(DEFINITION))) == []


WRONG: list[tuple[str, Change, str]] = [
    ("no title", lambda raw: raw.pop("title"), "Judul belum diisi"),
    ("misspelt", lambda raw: raw.update(consnet="x"), "Maksudnya “consent”?"),
    ("misspelt in a question", lambda raw: question(raw, "lihat").update(opsions=[]), "Maksudnya “options”?"),
    ("unheard of", lambda raw: raw.update(zzzz=1), "“zzzz” tidak dikenal. Hapus"),
    ("not a list", lambda raw: raw.update(sections="a"), "harus berupa daftar, bukan tulisan"),
    ("no questions", lambda raw: raw.update(sections=[], measures=[]), "belum punya pertanyaan"),
    ("empty section", lambda raw: raw["sections"].append({"key": "x"}), "Bagian ini belum punya pertanyaan"),
    ("kind", lambda raw: question(raw, "lihat").update(kind="radio"), "“radio” tidak dikenal"),
    ("kind is a list", lambda raw: question(raw, "lihat").update(kind=[]), "tidak dikenal"),
    ("key", lambda raw: question(raw, "lihat").update(key="Lihat Dulu"), "“Lihat Dulu” tidak bisa dipakai"),
    ("key is yes", lambda raw: question(raw, "lihat").update(key=True), "di antara tanda petik"),
    ("key twice", lambda raw: question(raw, "lihat").update(key="istilah"), "“istilah” sudah dipakai"),
    ("section twice", lambda raw: raw["sections"][1].update(key="kenal"), "“kenal” sudah dipakai"),
    ("reserved", lambda raw: question(raw, "kali").update(key="tempat"), "dipakai untuk tempat"),
    ("no text", lambda raw: question(raw, "lihat").update(text=""), "Pertanyaan belum diisi"),
    ("only Kutai", lambda raw: question(raw, "lihat").update(text={"kut": "a"}), "dalam bahasa Indonesia belum diisi"),
    ("language", lambda raw: question(raw, "lihat").update(text={"id": "a", "bjn": "b"}), "“bjn”, yang tidak ada"),
    ("language code", lambda raw: raw["languages"].append("Kutai!"), "“Kutai!” bukan kode bahasa"),
    ("language order", lambda raw: raw.update(languages=["kut", "id"]), "harus yang pertama"),
    ("language twice", lambda raw: raw["languages"].append("kut"), "disebut dua kali"),
    ("too long", lambda raw: question(raw, "lihat").update(text="a" * 2001), "paling banyak 2000 huruf"),
    ("a bell", lambda raw: question(raw, "lihat").update(text="a\a"), "tidak bisa ditampilkan"),
    ("half a sign", lambda raw: question(raw, "lihat").update(text="a\ud800"), "tidak bisa ditampilkan"),
    ("one option", lambda raw: question(raw, "lihat")["options"].__delitem__(slice(1, None)), "paling sedikit dua"),
    ("option twice", lambda raw: question(raw, "lihat")["options"][1].update(key="ya"), "“ya” ada dua kali"),
    ("same words", lambda raw: question(raw, "lihat")["options"][1].update(text=" ya "), "“ya” ada dua kali"),
    ("option is text", lambda raw: question(raw, "lihat")["options"].append("Lain"), "isian bernama, bukan tulisan"),
    ("scale of words", lambda raw: question(raw, "percaya")["options"][0].update(key="nol"), "bernama angka bulat"),
    ("rows of none", lambda raw: question(raw, "kenal").update(rows=[]), "Baris tabel belum diisi"),
    ("row twice", lambda raw: question(raw, "kenal")["rows"][1].update(key="idaman"), "“idaman” ada dua kali"),
    ("options of a number", lambda raw: question(raw, "kali").update(options=[1]), "“options” tidak berlaku"),
    ("rows of a choice", lambda raw: question(raw, "lihat").update(rows=[1]), "“rows” tidak berlaku"),
    ("exclusive of one", lambda raw: question(raw, "lihat")["options"][0].update(exclusive=True), "“exclusive” tidak"),
    ("borders", lambda raw: question(raw, "kali").update(least=9, most=1), "lebih besar daripada"),
    ("border is text", lambda raw: question(raw, "kali").update(least="9"), "“least” harus berupa angka"),
    ("border is nan", lambda raw: question(raw, "kali").update(least=float("nan")), "“least” harus berupa angka"),
    ("flag", lambda raw: question(raw, "kali").update(required="ya"), "harus ya atau tidak"),
    ("picture", lambda raw: question(raw, "kali").update(picture="x.png"), "Gambar harus dipilih"),
    ("200", lambda raw: raw["sections"][1]["questions"].extend(
        {"key": f"x{n}", "kind": "note", "text": "x"} for n in range(199)), "paling banyak 200"),
    ("options", lambda raw: question(raw, "lihat")["options"].extend(
        {"key": f"x{n}", "text": f"x{n}"} for n in range(99)), "paling banyak 100"),
    ("a date", lambda raw: question(raw, "lihat").update(hint=date(2026, 1, 1)), "misalnya tanggal"),
    ("huge", lambda raw: raw.update(intro="a" * 1_000_001), "terlalu besar"),
]  # fmt: skip

CONDITIONS: list[tuple[object, str]] = [
    ({"question": "tiada", "is": ["ya"]}, "“tiada”, yang tidak ada"),
    ({"question": ["a"], "is": ["ya"]}, "yang tidak ada"),
    ({"question": "sumber", "is": ["kim"]}, "menunjuk dirinya sendiri"),
    ({"question": "percaya", "is": ["1"]}, "baru ditanyakan sesudahnya"),
    ({"question": "lihat", "is": ["mungkin"]}, "jawaban “mungkin”, yang tidak ada"),
    ({"question": "lihat", "is": []}, "kosong"),
    ({"question": "lihat", "is": "ya"}, "harus berupa daftar"),
    ({"question": "lihat"}, "tepat satu"),
    ({"question": "lihat", "is": ["ya"], "least": 1}, "tepat satu"),
    ({"question": "lihat", "least": 1}, "hanya berlaku untuk pertanyaan angka dan skala"),
    ({"question": "lihat", "row": "x", "is": ["ya"]}, "baris “x”"),
    ({"question": "lihat", "answered": False}, "hanya bisa true"),
    ({"question": "lihat", "iss": ["ya"]}, "Maksudnya “is”?"),
    ({"all": []}, "kosong"),
    ({"all": {}}, "harus berupa daftar"),
    ({"all": [], "any": []}, "tidak bisa dibaca"),
    ({"not": None}, "tidak bisa dibaca"),
    (["x"], "tidak bisa dibaca"),
    ({"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {}}}}}}}}}}}, "terlalu dalam"),
]


@pytest.mark.parametrize(("change", "sentence"), [pytest.param(*rest, id=name) for name, *rest in WRONG])
def test_what_is_wrong_is_said(change: Change, sentence: str) -> None:
    assert sentence in sentences(change)


@pytest.mark.parametrize(("when", "sentence"), CONDITIONS)
def test_a_condition_that_cannot_be_asked_is_said(when: object, sentence: str) -> None:
    assert sentence in sentences(lambda raw: question(raw, "sumber").update(when=when))


@pytest.mark.parametrize(
    ("measure", "sentence"),
    [
        ({"question": "tiada", "counts": ["ya"]}, "“tiada”, yang tidak ada"),
        ({}, "Pertanyaan yang dihitung belum dipilih"),
        ({"question": "lihat"}, "belum dipilih"),
        ({"question": "lihat", "counts": ["x"]}, "Jawaban “x” tidak ada"),
        ({"question": "p1", "counts": ["x"]}, "Jawaban “x” tidak ada"),
        ({"question": "kenal", "counts": ["tahu"]}, "Pilih baris tabel"),
        ({"question": "kenal", "row": "x", "counts": ["tahu"]}, "Baris “x” tidak ada"),
        ({"question": "kali", "counts": ["1"]}, "hanya bisa dihitung rata-rata"),
        ({"question": "lihat", "kind": "mean"}, "Rata-rata hanya bisa"),
        ({"question": "lihat", "kind": "sum", "counts": ["ya"]}, "“sum” tidak dikenal"),
        ({"question": "lihat", "counts": ["ya"], "least": 2}, "“least” hanya berlaku"),
        ({"parts": [{"question": "lihat", "counts": ["ya"]}], "least": 2}, "antara 1 dan 1"),
        ({"parts": [{"question": "lihat", "counts": ["ya"]}], "question": "lihat"}, "tidak bisa dipakai bersama"),
        ({"parts": 5}, "harus berupa daftar"),
        ({"question": "lihat", "counts": ["ya"], "unasked": 2}, "hanya bisa 0 atau 1"),
        ({"question": "lihat", "counts": ["ya"], "among": {"question": "x", "is": ["y"]}}, "“x”, yang tidak ada"),
        ({"question": "lihat", "counts": ["ya"], "label": ""}, "Nama ukuran belum diisi"),
        ({"question": "lihat", "counts": ["ya"], "key": "istilah"}, "“istilah” sudah dipakai"),
        ({"question": "lihat", "counts": ["ya"], "key": "kali"}, "sudah dipakai sebuah pertanyaan angka"),
    ],
)
def test_a_measure_that_cannot_be_counted_is_said(measure: dict[str, Any], sentence: str) -> None:
    assert sentence in sentences(lambda raw: raw["measures"].append({"key": "baru", "label": "Baru", **measure}))


@pytest.mark.parametrize(
    "when",
    [
        {"question": "lihat", "is": ["ya", "ragu"]},
        {"question": "p1", "answered": True},
        {"not": {"question": "lihat", "is": ["ya"]}},
        {"all": [{"question": "lihat", "is": ["ya"]}, {"any": [{"question": "istilah", "is": ["tahu"]}]}]},
    ],
)
def test_every_form_of_condition_is_taken(when: object) -> None:
    assert sentences(lambda raw: question(raw, "sumber").update(when=when)) == ""


def test_a_draft_may_lack_questions() -> None:
    assert check({"title": "Baru", "sections": [{"key": "a", "title": "A"}]}, draft=True) == []
    assert check({"title": "Baru"}, draft=True) == []


def test_numbers_as_yaml_reads_them_are_taken() -> None:
    raw = copy.deepcopy(DEFINITION)
    for option in question(raw, "percaya")["options"]:
        option["key"] = int(option["key"])
    question(raw, "kali")["when"] = {"question": "percaya", "is": [3, 4]}
    raw["measures"][5]["counts"] = [3, 4]
    assert check(raw) == []
    definition = read(raw)
    assert definition.by_key["kali"].when == {"question": "percaya", "is": ["3", "4"]}
    assert definition.by_measure["percaya"].counts == ("3", "4")


JUNK: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    float("inf"),
    10**400,
    "",
    "x",
    b"x",
    [],
    [[]],
    {},
    {1: 2},
    {"id": []},
    {"key": {}},
]


def _spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(spot for name, one in inner for spot in _spots(one, (*path, name)))]


def test_junk_anywhere_never_raises_and_what_passes_can_be_read() -> None:
    rng = random.Random(4)
    for spot in _spots(DEFINITION):
        for junk in rng.sample(JUNK, 5):
            raw: Any = copy.deepcopy(DEFINITION)
            if not spot:
                raw = junk
            else:
                inside = raw
                for name in spot[:-1]:
                    inside = inside[name]
                inside[spot[-1]] = junk
            if not check(raw):
                once = canonical(read(raw))
                assert canonical(read(once)) == once
                assert check(once) == [], (spot, junk)


def test_a_definition_inside_itself_is_refused() -> None:
    raw = copy.deepcopy(DEFINITION)
    raw["sections"].append(raw)
    assert check(raw)
