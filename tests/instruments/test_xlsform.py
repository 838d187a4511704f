"""XLSForm in and out: nothing is lost on the way, pyxform takes what is written, and what cannot come in is named."""

import copy
import io
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import Workbook, load_workbook
from pyxform.xls2xform import convert

from app.evidence.instruments.definition import Definition, canonical, read
from app.evidence.instruments.logic import holds
from app.evidence.instruments.personal import asks_for
from app.evidence.instruments.xlsform.comparisons import Target, Unreadable
from app.evidence.instruments.xlsform.expressions import condition, xpath
from app.evidence.instruments.xlsform.reading import FormReading, read_form
from app.evidence.instruments.xlsform.writing import write
from app.kernel.errors import Invalid
from tests.survey_sample import DEFINITION

Rows = list[list[Any]]
SURVEY = ["type", "name", "label", "required", "relevant"]
YES_NO: Rows = [["list_name", "name", "label"], ["yt", "ya", "Ya"], ["yt", "tidak", "Tidak"]]
KITS = sorted(Path("campaigns").glob("*/surveys/*.yaml"))


def workbook(survey: Rows, choices: Rows | None = None, **more: Rows) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in {"survey": survey, "choices": choices or YES_NO, **more}.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def form(*rows: list[Any], columns: list[str] | None = None, choices: Rows | None = None, **more: Rows) -> FormReading:
    return read_form(workbook([columns or SURVEY, *rows], choices, **more), "formulir.xlsx")


def taken(*rows: list[Any], **more: Any) -> Definition:
    found = form(*rows, **more)
    assert [str(one.sentence) for one in found.troubles] == []
    assert found.definition is not None
    return read(found.definition)


def troubles(found: FormReading) -> list[tuple[int | None, str, str]]:
    return [(one.row, one.column, str(one.sentence)) for one in found.troubles]


def exported(definition: Definition) -> bytes:
    return write(definition, form_id="uji", version="1")


# --- there and back ---


def full() -> dict[str, Any]:
    """The sample with everything that a definition can say."""
    raw = copy.deepcopy(DEFINITION)
    raw["title"] = {"id": "Pengenalan", "kut": "Kenal"}
    raw["languages"] = ["id", "kut", "bjn"]
    raw["intro"] = "Salam.\nDua baris."
    raw["thanks"] = {"id": "Terima kasih", "bjn": "Tarima kasih"}
    questions = raw["sections"][0]["questions"]
    questions[2]["hint"] = {"id": "Termasuk WhatsApp", "kut": "Termasuk WA"}
    questions[2]["picture"] = 7
    questions[3]["options"][0]["text"] = {"id": "KIM", "kut": "KIM"}  # the same on purpose
    questions[4]["rows"][0]["service"] = "idaman-rt"
    questions[4]["rows"][0]["text"] = "=2+3"
    questions[4]["required"] = False
    questions[1]["options"][2]["right"] = True
    more = raw["sections"][1]["questions"]
    more += [
        {"key": "n1", "kind": "note", "text": "Hampir selesai"},
        {"key": "berat", "kind": "number", "text": "Berat?", "whole": False, "least": -0.5, "most": 1000000.25},
        {"key": "kenal_idaman", "kind": "text", "text": "Nama yang mirip?"},
        {"key": "lewat", "kind": "one", "text": "Lewat?",
         "when": {"all": [{"question": "berat", "least": 1}, {"question": "berat", "most": 5}]},
         "options": [{"key": "1", "text": "a"}, {"key": "2", "text": "b"}]},
    ]  # fmt: skip
    raw["sections"].append({"key": "kosong", "questions": [{"key": "x", "kind": "text", "text": "X"}]})
    raw["measures"].append({
        "key": "paham", "label": {"id": "Paham", "kut": "Paham"}, "least": 2, "unasked": 0,
        "parts": [{"question": "lihat", "counts": ["ya"]}, {"question": "kenal", "row": "kim", "counts": ["tahu"]}],
        "among": {"any": [{"question": "lihat", "is": ["ya"]}, {"not": {"question": "kali", "answered": True}}]},
    })  # fmt: skip
    return raw


@pytest.mark.parametrize("raw", [DEFINITION, full(), {"title": "Kosong", "sections": [{"key": "a"}]}])
def test_there_and_back_loses_nothing(raw: dict[str, Any]) -> None:
    definition = read(raw)
    found = read_form(exported(definition), "x.xlsx")
    if definition.questions:
        assert troubles(found) == []
        assert found.definition == canonical(definition)
        assert found.remarks == []


@pytest.mark.parametrize("path", KITS, ids=lambda path: path.stem)
def test_the_instruments_of_the_kits_go_there_and_back(path: Path) -> None:
    raw = yaml.safe_load(path.read_text("utf-8"))
    for question in (one for section in raw["sections"] for one in section["questions"] if "picture" in one):
        question["picture"] = 5  # a kit names a file, which becomes a stored one
    definition = read(raw)
    found = read_form(exported(definition), "x.xlsx")
    assert troubles(found) == []
    assert found.definition == canonical(definition)


CONDITIONS: list[dict[str, Any]] = [
    {"question": "lihat", "is": ["ya"]},
    {"question": "lihat", "is": ["ya", "ragu"]},
    {"question": "sumber", "is": ["kim", "poster"]},
    {"question": "kenal", "row": "kim", "is": ["tahu"]},
    {"question": "kenal", "answered": True},
    {"question": "sumber", "answered": True},
    {"question": "percaya", "least": 3},
    {"question": "percaya", "least": 1, "most": 2},
    {"not": {"question": "lihat", "is": ["ya"]}},
    {"not": {"all": [{"question": "lihat", "is": ["ya"]}, {"question": "percaya", "most": 2}]}},
    {"all": [{"question": "lihat", "is": ["ya"]}, {"any": [
        {"question": "percaya", "is": ["3"]}, {"question": "sumber", "is": ["kim"]}, {"question": "kenal", "row": "kim",
                                                                                      "answered": True}]}]},
]  # fmt: skip


@pytest.mark.parametrize("when", CONDITIONS)
def test_every_condition_goes_there_and_back_also_without_our_own_column(when: dict[str, Any]) -> None:
    raw = copy.deepcopy(DEFINITION)
    raw["sections"][1]["questions"][1]["when"] = when
    data = exported(read(raw))
    assert convert(data).xform
    assert read(read_form(data, "x.xlsx").definition or {}).by_key["kali"].when == when
    book = load_workbook(io.BytesIO(data))
    heads = {cell.value: cell.column for cell in book["survey"][1]}
    for row in book["survey"].iter_rows(min_row=2):
        row[heads["gaung_when"] - 1].value = None
    out = io.BytesIO()
    book.save(out)
    kept = read_form(out.getvalue(), "x.xlsx")
    found = read(kept.definition or {}).by_key["kali"].when
    if when == {"question": "kenal", "answered": True}:  # any of its rows
        when = {"any": [{**when, "row": row} for row in ("idaman", "sampah", "kim", "palsu")]}
    assert found == when


def test_a_condition_changed_in_the_sheet_wins_over_our_own_column() -> None:
    book = load_workbook(io.BytesIO(exported(read(DEFINITION))))
    sheet = book["survey"]
    column = next(cell.column for cell in sheet[1] if cell.value == "relevant")
    row = next(row[0].row for row in sheet.iter_rows() if row[1].value == "sumber")
    sheet.cell(row, column).value = "${lihat} = 'ragu'"
    out = io.BytesIO()
    book.save(out)
    found = read_form(out.getvalue(), "x.xlsx")
    assert read(found.definition or {}).by_key["sumber"].when == {"question": "lihat", "is": ["ragu"]}


def test_pyxform_takes_what_is_written_and_who_answered_is_asked_first() -> None:
    warnings: list[str] = []
    xform = convert(write(read(full()), form_id="uji", version="3", places={"64.02.01.2003": "Loa Ipuh"}),
                    warnings=warnings).xform  # fmt: skip
    assert warnings == []
    assert xform.index("<tempat/>") < xform.index("<jenis_kelamin/>") < xform.index("<kelompok_umur/>")
    assert xform.index("<kelompok_umur/>") < xform.index("<istilah/>")
    assert "Loa Ipuh" in xform
    assert "<value>-</value>" not in xform  # what is not translated is asked in Indonesian
    assert "=2+3" in xform


def test_texts_of_the_file_are_never_formulas() -> None:
    sheet = load_workbook(io.BytesIO(exported(read(full()))))["survey"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=2+3"]
    assert cells
    assert all(cell.data_type == "s" for cell in cells)


# --- forms of others ---


def test_a_form_of_another_program_comes_in() -> None:
    definition = taken(
        ["start", "start"],
        ["text", "nama_kampung", "Kampung mana?"],
        ["begin group", "Dasar", "Dasar"],
        ["select_one yt", "Lihat", "Pernah lihat?", "yes"],
        ["integer", "Q2", "Berapa kali?", "", "${Lihat} = 'ya'"],
        ["end group"],
        ["note", "n", "Selesai"],
        settings=[["form_title"], ["Judul formulir"]],
    )
    assert definition.title == {"id": "Judul formulir"}
    assert [section.key for section in definition.sections] == ["umum", "dasar", "umum_2"]
    assert [(q.key, q.kind, q.required) for q in definition.questions] == [
        ("nama_kampung", "text", False), ("lihat", "one", True), ("q2", "number", False), ("n", "note", False),
    ]  # fmt: skip
    assert definition.by_key["q2"].when == {"question": "lihat", "is": ["ya"]}


@pytest.mark.parametrize(
    ("said", "when"),
    [
        ("${a}='ya'", {"question": "a", "is": ["ya"]}),
        ("'ya' = ${a}", {"question": "a", "is": ["ya"]}),
        ('${ a } != "ya"', {"not": {"question": "a", "is": ["ya"]}}),
        ("${a} != ''", {"question": "a", "answered": True}),
        ("${a} = ''", {"not": {"question": "a", "answered": True}}),
        ("selected(${a}, 'ya')", {"question": "a", "is": ["ya"]}),
        ("not(selected(${m},'ya'))", {"not": {"question": "m", "is": ["ya"]}}),
        ("count-selected(${m}) > 0", {"question": "m", "answered": True}),
        ("string-length(${t}) > 0", {"question": "t", "answered": True}),
        ("${n} > 5", {"question": "n", "least": 6}),
        ("${n} < 5", {"question": "n", "most": 4}),
        ("5 < ${n}", {"question": "n", "least": 6}),
        ("${n} = -3", {"question": "n", "least": -3, "most": -3}),
        ("${n}>=1 and ${n}<=5", {"question": "n", "least": 1, "most": 5}),
        ("${d} > 1.5", {"all": [{"question": "d", "answered": True}, {"not": {"question": "d", "most": 1.5}}]}),
        ("${a} = 'ya' or ${a} = 'tidak'", {"question": "a", "is": ["ya", "tidak"]}),
        ("${a} = 'ya' and (${n} > 1 or ${n} < 0)", {"all": [{"question": "a", "is": ["ya"]}, {"any": [
            {"question": "n", "least": 2}, {"question": "n", "most": -1}]}]}),
        ("${u} > 1", {"question": "u", "is": ["2", "3"]}),
        ("true()", None),
    ],
)  # fmt: skip
def test_expressions_are_read(said: str, when: dict[str, Any] | None) -> None:
    assert condition(said, target) == when


def target(name: str) -> Target:
    yes = {"ya": "ya", "tidak": "tidak"}
    return {
        "a": Target("a", "one", None, yes), "m": Target("m", "many", None, yes), "t": Target("t", "text"),
        "n": Target("n", "number"), "d": Target("d", "number", whole=False),
        "u": Target("u", "one", None, {"1": "1", "2": "2", "3": "3"}),
    }[name]  # fmt: skip


@pytest.mark.parametrize(
    "said",
    ["", "${a}", "${a} =", "${a} = 'x'", "${a} = ${n}", "1 = 1", "if(${a}='ya',1,0)", "${a} = 'ya' xor ${n} = 1",
     "regex(${t}, 'a')", "${t} = 'kata'", "${m} = 'ya'", "((${a} = 'ya')", "not(true())", "${a} > 'x'", "§",
     "${n} + 1 = 2", "(" * 500, "${n} = 1 " + "and ${n} = 1 " * 5000, "today() > '2020-01-01'",
     "count-selected(${m}) > 2"],
)  # fmt: skip
def test_expressions_that_mean_nothing_here_are_refused_with_a_sentence(said: str) -> None:
    with pytest.raises(Unreadable) as caught:
        condition(said, target)
    assert str(caught.value.sentence).endswith((".", "”.", "."))


def test_random_conditions_say_the_same_after_the_way_through_an_expression() -> None:
    """Compared by what they are true of, since `all` inside `all` is written flat."""
    rng = random.Random(3)

    def made(depth: int) -> dict[str, Any]:
        form = rng.choice(
            ["all", "any", "not", "one", "one", "many", "least", "both", "answered"] if depth else ["one", "least"]
        )
        if form in {"all", "any"}:
            return {form: [made(depth - 1) for _ in range(rng.randint(1, 3))]}
        if form == "not":
            return {"not": made(depth - 1)}
        return {
            "one": {"question": "a", "is": [rng.choice(["ya", "tidak"])]},
            "many": {"question": "m", "is": ["ya", "tidak"]},
            "least": {"question": "n", "least": rng.randint(0, 3)},
            "both": {"question": "n", "least": 1, "most": 2},
            "answered": {"question": "t", "answered": True},
        }[form]

    kinds = {"a": "one", "m": "many", "n": "number", "t": "text"}
    for _ in range(200):
        when = made(3)
        back = condition(xpath(when, lambda question, _row: [question], kinds.__getitem__), target)
        for _ in range(30):
            answers = {key: value for key, value in {
                "a": rng.choice(["ya", "tidak", None]), "m": rng.choice([["ya"], ["tidak"], ["ya", "tidak"], None]),
                "n": rng.choice([0, 1, 2, 3, None]), "t": rng.choice(["kata", None]),
            }.items() if value is not None}  # fmt: skip
            assert holds(when, answers) == holds(back, answers), (when, back, answers)


def test_groups_pass_their_condition_on_and_a_group_inside_leaves_its_title() -> None:
    definition = taken(
        ["select_one yt", "a", "A?"],
        ["begin_group", "g", "G", "", "${a} = 'ya'"],
        ["begin_group", "h", "Di dalam", "", "${a} != 'tidak'"],
        ["text", "b", "B?", "", "${a} != ''"],
        ["end_group"],
        ["end_group"],
    )
    assert [(q.key, q.kind) for q in definition.questions] == [("a", "one"), ("h", "note"), ("b", "text")]
    assert definition.by_key["b"].when == {"all": [
        {"question": "a", "is": ["ya"]}, {"not": {"question": "a", "is": ["tidak"]}},
        {"question": "a", "answered": True},
    ]}  # fmt: skip


@pytest.mark.parametrize("look", ["table-list", "field-list", "w1 field-list"])
def test_choices_of_one_list_in_a_table_are_a_grid(look: str) -> None:
    columns = ["type", "name", "label", "required", "appearance"]
    rows = [["begin_group", "g", "Kenal?", "", look], ["select_one yt", "g_a", "A", "yes"],
            ["select_one yt", "g_b", "B", "yes"], ["end_group"]]  # fmt: skip
    grid = taken(*rows, columns=columns).by_key["g"]
    assert (grid.kind, [row.key for row in grid.rows], grid.required) == ("grid", ["a", "b"], True)
    assert [option.key for option in grid.options] == ["ya", "tidak"]


def test_kobos_rating_and_matrix_are_grids() -> None:
    columns = ["type", "name", "label", "required", "kobo--score-choices", "kobo--matrix_list"]
    rating = taken(["begin_score", "s", "Puas?", "", "yt"], ["score__row", "a", "A", "true"],
                   ["score__row", "b", "B", "true"], ["end_score"], columns=columns)  # fmt: skip
    assert [row.key for row in rating.by_key["s"].rows] == ["a", "b"]
    choices = [*YES_NO, ["baris", "r1", "Baris 1"], ["baris", "r2", "Baris 2"]]
    matrix = taken(["begin_kobomatrix", "m", "Pakai?", "", "", "baris"], ["select_one yt", "k", "K", "true"],
                   ["end_kobomatrix"], columns=columns, choices=choices)  # fmt: skip
    assert [(row.key, row.text["id"]) for row in matrix.by_key["m"].rows] == [("r1", "Baris 1"), ("r2", "Baris 2")]


def test_columns_and_parameters_are_understood() -> None:
    columns = ["type", "name", "label::Bahasa Indonesia (id)", "label::Banjar (bjn)", "hint::Indonesian", "constraint",
               "parameters", "appearance", "relevance"]  # fmt: skip
    choices = [["list_name", "name", "label::Indonesia (id)"], *YES_NO[1:], *[["skor", n, str(n)] for n in range(1, 5)]]
    definition = taken(
        ["select_multiple yt or_other", "a", "A?", "A banjar?", "Petunjuk", None, "randomize=true"],
        ["integer", "n", "N?", None, None, ". > 0 and . < 100"],
        ["decimal", "d", "D?", None, None, ".>=0.5"],
        ["select_one skor", "s", "S?", None, None, None, None, "likert"],
        ["range", "r", "R?", None, None, None, "start=1 end=5 step=1"],
        ["range", "r2", "R2?", None, None, None, "start=0;end=100;step=1", None, "${n} > 3"],
        columns=columns, choices=choices,
    )  # fmt: skip
    by_key = definition.by_key
    assert definition.languages == ("id", "bjn")
    assert by_key["a"].text == {"id": "A?", "bjn": "A banjar?"}
    assert by_key["a"].hint == {"id": "Petunjuk"}
    assert by_key["a"].shuffle
    assert (by_key["a"].options[-1].key, by_key["a"].options[-1].other) == ("other", True)
    assert (by_key["n"].least, by_key["n"].most) == (1, 99)
    assert (by_key["d"].least, by_key["d"].whole) == (0.5, False)
    assert by_key["s"].kind == "scale"
    assert by_key["r"].option_keys == ("1", "2", "3", "4", "5")
    assert (by_key["r2"].kind, by_key["r2"].least, by_key["r2"].most) == ("number", 0, 100)
    assert by_key["r2"].when == {"question": "n", "least": 4}


# --- what cannot come in ---


@pytest.mark.parametrize(
    ("rows", "row", "column", "sentence"),
    [
        ([["begin_repeat", "r", "R"], ["text", "a", "A"], ["end_repeat"]], 2, "type", "Pengulangan"),
        ([["text", "a", "A"], ["geopoint", "g", "G"]], 3, "type", "Titik peta"),
        ([["calculate", "c", "C"]], 2, "type", "Hitungan"),
        ([["audio", "c", "C"]], 2, "type", "foto, suara"),
        ([["select_one_from_file x.csv", "c", "C"]], 2, "type", "berkas luar"),
        ([["rank yt", "c", "C"]], 2, "type", "mengurutkan"),
        ([["date", "c", "C"]], 2, "type", "Tanggal"),
        ([["apa_ini", "c", "C"]], 2, "type", "tidak dikenal"),
        ([["select_one tiada", "c", "C"]], 2, "type", "“tiada” tidak ada"),
        ([["begin_group", "g", "G"], ["text", "a", "A"]], 2, "type", "tidak ditutup"),
        ([["text", "a", "A"], ["end_group"]], 3, "type", "tidak punya pembuka"),
        ([["", "a", "A"]], 2, "type", "belum diisi"),
        ([["text", "", "A"]], 2, "name", "belum diisi"),
        ([["text", "a", "A", "", "${b} = 'x'"]], 2, "relevant", "“b”, yang tidak ada"),
        ([["text", "a", "A", "", "${a} != ''"]], 2, "relevant", "a → a"),
        ([["text", "a", "A", "", "${c} != ''"], ["text", "b", "B", "", "${a} != ''"],
          ["text", "c", "C", "", "${b} != ''"]], 2, "relevant", "a → c → b → a"),
        ([["text", "a", "A", "", "${b} != ''"], ["text", "b", "B"]], 2, "", "baru ditanyakan sesudahnya"),
        ([["text", "a", "A", "", "${jenis_kelamin} = 'f'"]], 2, "relevant", "jenis kelamin"),
        ([["text", "a", "A"], ["text", "a", "B"]], 3, "name", "“a” sudah dipakai di baris 2"),
        ([["text", "a b", "A"]], 2, "name", "“a b” tidak bisa dipakai"),
        ([["text", "a", "Halo ${siapa}"]], 2, "label::id", "${siapa}, yang tidak ada"),
        ([["text", "a", "Nama lengkap Anda"]], 2, "label", "menanyakan nama"),
        ([["integer", "a", "NIK Anda"]], 2, "label", "menanyakan NIK"),
        ([["text", "no_hp", "Yang bisa dihubungi"]], 2, "label", "nomor telepon"),
        ([["note", "a", "=1+1"]], 2, "label::id", "rumus"),
    ],
)  # fmt: skip
def test_what_cannot_come_in_is_named_by_row(rows: Rows, row: int, column: str, sentence: str) -> None:
    found = form(*rows)
    assert found.definition is None
    hits = [one for one in troubles(found) if sentence in one[2]]
    assert hits, troubles(found)
    assert hits[0][:2] == (row, column)


def test_every_fault_is_told_at_once_in_the_order_of_the_rows() -> None:
    found = form(["select_one tiada", "a", "A"], ["text", "a", "B"], ["text", "c d", "C"], ["text", "e", "Alamat"])
    assert [one.row for one in found.troubles] == [2, 3, 4, 5]
    assert not any("must be" in str(one.sentence) for one in found.troubles)
    assert found.personal


def test_a_question_for_a_name_comes_in_only_when_that_is_said() -> None:
    data = workbook([SURVEY, ["text", "a", "Nomor HP"]])
    assert read_form(data, "x.xlsx").definition is None
    assert read_form(data, "x.xlsx", personal=True).definition is not None


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Nama", "nama"), ("Siapa nama Anda?", "nama"), ("Nama lengkap Anda", "nama"), ("Nomor KK", "nomor KK"),
        ("Nomor Induk Kependudukan", "NIK atau KTP"), ("No. HP", "nomor telepon"), ("Nomor WhatsApp", "nomor telepon"),
        ("Alamat rumah", "alamat"), ("Alamat", "alamat"), ("Tempat, tanggal lahir", "tanggal lahir"),
        ("Tanggal lahir Anda", "tanggal lahir"), ("Apa nama layanan yang Anda kenal?", None),
        ("Apa alamat situs yang Anda buka?", None), ("Berapa anggota keluarga di rumah?", None),
        ("Sebutkan nama program yang terlintas", None), ("Berapa kali Anda memakai HP?", None),
    ],
)  # fmt: skip
def test_words_that_ask_who_somebody_is(text: str, what: str | None) -> None:
    found = asks_for({"key": "q", "kind": "text", "text": text})
    assert (str(found) if found else None) == what


def test_columns_that_are_not_supported_are_named() -> None:
    columns = ["type", "name", "label", "choice_filter", "media::audio", "constraint"]
    found = form(["select_one yt", "a", "A", "x = ${b}", "a.mp3", "string-length(.) > 1"], columns=columns)
    assert {one[:2] for one in troubles(found)} == {(2, "choice_filter"), (2, "constraint"), (2, "media::audio")}


def test_a_language_without_a_code_is_named() -> None:
    found = form(["text", "a", "A"], columns=["type", "name", "label::Bahasa Rimba"])
    assert (1, "label::Bahasa Rimba") in {(one[0], one[1]) for one in troubles(found)}


def test_a_form_without_indonesian_says_so() -> None:
    found = form(["text", "a", "A"], columns=["type", "name", "label::English (en)"])
    assert any("bahasa Indonesia belum diisi" in one[2] for one in troubles(found))


def test_a_long_chain_and_thousands_of_rows_are_answered() -> None:
    rows = [["text", f"q{n}", "Q", "", f"${{q{n - 1}}} != ''" if n else ""] for n in range(3000)]
    assert any("paling banyak 200" in one[2] for one in troubles(form(*rows)))


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_macro() -> bytes:
    out = io.BytesIO(workbook([SURVEY, ["text", "a", "A"]]))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "kosong"),
        (b"type,name\ntext,a", "bukan berkas XLSX"),
        (b"\xd0\xcf\x11\xe0 old", "Excel lama"),
        (b"PK\x03\x04 broken", "rusak"),
        (b"x" * 3_000_001, "lebih besar dari 3 MB"),
        (zipped(a=b"0" * 30_000_000), "terlalu besar"),
        (with_macro(), "makro"),
        (workbook([["a"]])[:-400], "rusak"),
    ],
    ids=["empty", "csv", "xls", "broken", "large", "bomb", "macro", "cut"],
)
def test_what_is_no_such_file_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence) as caught:
        read_form(data, "a.xlsx")
    assert caught.value.field == "file"


def test_a_workbook_without_the_sheet_is_no_form() -> None:
    book = Workbook()
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(Invalid, match="tidak ada lembar bernama “survey”"):
        read_form(out.getvalue(), "a.xlsx")
