"""The pages of instruments, as a browser without JavaScript uses them."""

import copy
import io
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.instruments.definition import canonical, read
from app.evidence.instruments.models import Instrument, InstrumentVersion
from app.evidence.instruments.xlsform.reading import read_form
from app.kernel.audit import AuditEntry
from app.kernel.roles import Role
from tests.pages import is_empty, sign_in
from tests.survey_sample import DEFINITION
from tests.world import World


@pytest.fixture
def editor(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR))
    return client


@pytest.fixture
def draft(world: World) -> InstrumentVersion:
    return world.instrument(canonical(read(DEFINITION)), frozen=False).versions[0]


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def now_asks(session: Session, version: InstrumentVersion) -> dict[str, Any]:
    session.rollback()
    session.refresh(version)
    return version.definition


def at(version: InstrumentVersion, rest: str = "") -> str:
    return f"/survei/instrumen/versi/{version.id}{rest}"


def keys(definition: dict[str, Any]) -> list[str]:
    return [question["key"] for section in definition["sections"] for question in section["questions"]]


QUESTION = {
    "kind": "one",
    "text": "Baru?",
    "options": "Ya\nTidak [tetap di tempat]",
    "section": "nilai",
    "required": "y",
}


# --- list and page ---


def test_an_empty_list_says_what_to_do_first(editor: FlaskClient) -> None:
    assert is_empty(editor.get("/survei/instrumen").text)


@pytest.mark.parametrize(
    ("query", "found"),
    [("", {"Warga A", "ASN B"}), ("q=warga", {"Warga A"}), ("q=%25", set()), ("siapa=civil_servants", {"ASN B"}),
     ("arsip=1", {"Lama C"}), ("siapa=x&hal=99999", {"Warga A", "ASN B"})],
)  # fmt: skip
def test_the_list_is_narrowed(editor: FlaskClient, world: World, query: str, found: set[str]) -> None:
    world.instrument(title="Warga A")
    world.instrument(title="ASN B", audience="civil_servants")
    world.instrument(title="Lama C", archived_at=world.clock.now())
    page = editor.get(f"/survei/instrumen?{query}").text
    assert {name for name in ("Warga A", "ASN B", "Lama C") if name in page} == found


def test_the_page_shows_versions_surveys_and_where_lines_break(
    editor: FlaskClient, world: World, session: Session
) -> None:
    instrument = world.instrument()
    world.wave(instrument=instrument, name="Survei awal desa")
    changed = copy.deepcopy(DEFINITION)
    changed["sections"][0]["questions"][1]["text"]["id"] = "Tahu istilahnya?"
    now = world.clock.now()
    session.add(
        InstrumentVersion(instrument_id=instrument.id, number=2, definition=changed, created_at=now, updated_at=now)
    )
    session.commit()
    page = text(editor.get(f"/survei/instrumen/{instrument.id}"))
    assert "Survei awal desa" in page
    assert "Garis tren terputus di versi ini" in page
    assert "Mengenal istilah: ditanyakan atau dihitung dengan cara lain" in page
    assert (
        "Ditanyakan hanya bila “Dalam 3 bulan terakhir, apakah Anda melihat informasi smart city?” dijawab “Ya”" in page
    )
    first = text(editor.get(f"/survei/instrumen/{instrument.id}?versi=1"))
    assert "Garis tren" not in first
    assert "Versi ini dikunci" in first


def test_readers_see_everything_and_no_buttons(client: FlaskClient, world: World, draft: InstrumentVersion) -> None:
    sign_in(client, world.user(Role.VIEWER))
    page = client.get(f"/survei/instrumen/{draft.instrument_id}")
    assert page.status_code == 200
    assert "Ubah konsep" not in page.text
    assert client.get(at(draft, "/pratinjau?bahasa=kut")).status_code == 200
    assert client.get(at(draft)).status_code == 403
    assert client.post(at(draft, "/pertanyaan"), data=QUESTION).status_code == 403


def test_another_organisation_reads_but_does_not_change(
    client: FlaskClient, world: World, draft: InstrumentVersion
) -> None:
    sign_in(client, world.user(Role.EDITOR, organisation=world.organisation()))
    assert client.get(f"/survei/instrumen/{draft.instrument_id}").status_code == 200
    assert client.get(at(draft)).status_code == 403
    assert client.post(at(draft, "/bagian/hapus"), data={"kunci": "nilai", "seen": 1}).status_code == 403


def test_a_new_one_begins_with_an_empty_section(editor: FlaskClient, session: Session) -> None:
    answer = editor.post("/survei/instrumen/baru", data={"title": "Puas?", "audience": "civil_servants"})
    assert answer.status_code == 303
    made = session.scalars(select(Instrument)).one()
    assert (made.key, made.audience, len(made.versions)) == ("puas", "civil_servants", 1)
    assert "Belum ada pertanyaan di bagian ini" in editor.get(answer.location).text
    assert editor.post("/survei/instrumen/baru", data={"title": ""}).status_code == 422


def test_archive_and_back(editor: FlaskClient, draft: InstrumentVersion) -> None:
    page = f"/survei/instrumen/{draft.instrument_id}"
    editor.post(f"{page}/arsipkan")
    assert "Diarsipkan" in editor.get(page).text
    editor.post(f"{page}/pulihkan")
    assert "Diarsipkan" not in editor.get(page).text


def test_a_frozen_version_is_read_only_and_a_new_one_can_be_made(
    editor: FlaskClient, world: World, session: Session
) -> None:
    frozen = world.instrument().versions[0]
    assert editor.get(at(frozen)).status_code == 302
    assert editor.post(at(frozen, "/pertanyaan"), data={**QUESTION, "seen": 1}).status_code == 409
    answer = editor.post(f"/survei/instrumen/{frozen.instrument_id}/versi-baru")
    assert answer.status_code == 303
    made = session.scalars(select(InstrumentVersion).where(InstrumentVersion.number == 2)).one()
    assert answer.location.endswith(at(made))
    assert editor.post(at(made, "/buang"), data={"seen": made.version}).status_code == 303
    session.rollback()
    assert session.scalars(select(InstrumentVersion.number)).all() == [1]


# --- questions ---


def test_a_question_is_added(editor: FlaskClient, session: Session, draft: InstrumentVersion) -> None:
    assert "Pilih beberapa" in editor.get(at(draft, "/pertanyaan")).text
    assert editor.get(at(draft, "/pertanyaan?jenis=one&bagian=nilai")).status_code == 200
    answer = editor.post(at(draft, "/pertanyaan"), data={**QUESTION, "seen": draft.version, "w:lihat": ["ya", "ragu"]})
    assert answer.status_code == 303
    question = read(now_asks(session, draft)).by_key["baru"]
    assert [(option.key, option.text["id"], option.fixed) for option in question.options] == [
        ("ya", "Ya", False), ("tidak", "Tidak", True)
    ]  # fmt: skip
    assert question.when == {"question": "lihat", "is": ["ya", "ragu"]}
    assert keys(draft.definition)[-1] == "baru"


@pytest.mark.parametrize("key", ["p1", "istilah", "sumber", "kenal", "percaya", "kali"])
def test_a_form_that_is_sent_back_unchanged_changes_nothing(
    editor: FlaskClient, session: Session, draft: InstrumentVersion, key: str
) -> None:
    before = copy.deepcopy(draft.definition)
    page = editor.get(at(draft, f"/pertanyaan?kunci={key}"))
    assert editor.post(at(draft, "/pertanyaan"), data=fields(page.text)).status_code == 303
    assert now_asks(session, draft) == before


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self.inside, self.area, self.select = False, "", ""

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attributes = dict(pairs)
        if tag == "form":
            self.inside = "instrument-form" in (attributes.get("class") or "")
        name = attributes.get("name") or ""
        if not self.inside:
            return
        if tag == "input" and name and (attributes.get("type") not in {"checkbox", "radio"} or "checked" in attributes):
            self.found.setdefault(name, []).append(attributes.get("value") or "")
        elif tag == "textarea":
            self.area = name
            self.found[name] = [""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and (self.select not in self.found or "selected" in attributes):
            self.found[self.select] = [attributes.get("value") or ""]

    def handle_data(self, data: str) -> None:
        if self.area:
            self.found[self.area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.found[self.area][0] = self.found[self.area][0].removeprefix("\r\n").removeprefix("\n")
            self.area = ""
        self.select = "" if tag == "select" else self.select
        self.inside = self.inside and tag != "form"


def fields(html: str) -> dict[str, list[str]]:
    """What a browser would send of the page's main form."""
    reader = Reader()
    reader.feed(html)
    return reader.found


def test_better_words_keep_keys_and_translations(
    editor: FlaskClient, session: Session, draft: InstrumentVersion
) -> None:
    typed = {"seen": draft.version, "key": "istilah", "kind": "one", "section": "kenal", "text": "Tahu istilahnya?",
             "options": "tahu = Tahu\nbelum = Belum tahu\nSama sekali belum"}  # fmt: skip
    editor.post(at(draft, "/pertanyaan"), data=typed)
    assert session.scalars(select(AuditEntry)).all() == []  # "dengar" is gone, but a measure counts it
    typed["options"] += "\ndengar = Pernah dengar"
    assert editor.post(at(draft, "/pertanyaan"), data=typed).status_code == 303
    question = read(now_asks(session, draft)).by_key["istilah"]
    assert question.option_keys == ("tahu", "belum", "sama_sekali_belum", "dengar")
    assert question.text == {"id": "Tahu istilahnya?", "kut": "Pernah dengar istilah Smart City?"}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text": ""}, "wajib diisi"),
        ({"options": "Ya"}, "paling sedikit dua pilihan"),
        ({"options": "Ya\nTidak [tetap di tempet]"}, "Maksudnya [tetap di tempat]"),
        ({"options": "a = Ya\na = Tidak"}, "ada dua kali"),
        ({"kind": "bohong"}, "tidak ada dalam daftar"),
        ({"section": "bohong"}, "tidak ada dalam daftar"),
        ({"w:kali:dari": "x"}, "bukan angka"),
        ({"picture": "999"}, "tidak ada"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    editor: FlaskClient, session: Session, draft: InstrumentVersion, typed: dict[str, str], sentence: str
) -> None:
    before = copy.deepcopy(draft.definition)
    answer = editor.post(at(draft, "/pertanyaan"), data={**QUESTION, "seen": draft.version, **typed})
    assert answer.status_code in {404, 422}
    assert sentence in text(answer)
    if answer.status_code == 422 and "text" not in typed:
        assert "Baru?" in answer.text
    assert now_asks(session, draft) == before


def test_two_editors_lose_nothing(editor: FlaskClient, session: Session, draft: InstrumentVersion) -> None:
    seen = draft.version
    mine = {"seen": seen, "key": "kali", "kind": "number", "section": "nilai", "text": "Kata saya?", "most": "9"}
    editor.post(at(draft, "/pertanyaan"), data={**mine, "text": "Kata rekan?"})
    answer = editor.post(at(draft, "/pertanyaan"), data=mine)
    assert answer.status_code == 422
    assert "Rekan Anda baru saja mengubah" in text(answer)
    assert "Kata saya?" in answer.text
    assert "Kata rekan?" in answer.text
    again = fields(answer.text)
    assert editor.post(at(draft, "/pertanyaan"), data=again).status_code == 303
    assert read(now_asks(session, draft)).by_key["kali"].text["id"] == "Kata saya?"


def test_moving_works_by_buttons_and_past_sections(
    editor: FlaskClient, session: Session, draft: InstrumentVersion
) -> None:
    def move(kind: str, key: str, to: str) -> list[str]:
        editor.post(at(draft, f"/{kind}/geser"), data={"kunci": key, "ke": to, "seen": draft.version})
        return keys(now_asks(session, draft))

    assert move("pertanyaan", "p1", "bawah")[:2] == ["istilah", "p1"]
    assert move("pertanyaan", "kali", "atas")[-2:] == ["kali", "percaya"]
    move("pertanyaan", "kali", "atas")
    assert [len(section["questions"]) for section in draft.definition["sections"]] == [6, 1]
    assert move("bagian", "nilai", "atas")[0] == "percaya"
    # a condition would look at a later question: nothing moves, and it is said why
    order = keys(draft.definition)
    editor.post(at(draft, "/pertanyaan/geser"), data={"kunci": "sumber", "ke": "atas", "seen": draft.version})
    assert "baru ditanyakan sesudahnya" in text(editor.get(at(draft)))
    assert keys(now_asks(session, draft)) == order


def test_what_is_removed_can_come_back(editor: FlaskClient, session: Session, draft: InstrumentVersion) -> None:
    before = copy.deepcopy(draft.definition)
    editor.post(at(draft, "/pertanyaan/hapus"), data={"kunci": "kali", "seen": draft.version})
    assert "kali" not in keys(now_asks(session, draft))
    page = text(editor.get(at(draft)))
    assert "Berapa kali Anda memakai layanannya?” dihapus" in page
    editor.post(at(draft, "/urungkan"), data={"seen": draft.version})
    assert now_asks(session, draft) == before
    assert "Urungkan" not in editor.get(at(draft)).text
    editor.post(at(draft, "/ukuran/hapus"), data={"kunci": "sebut", "seen": draft.version})
    assert "sebut" not in read(now_asks(session, draft)).by_measure
    editor.post(at(draft, "/urungkan"), data={"seen": draft.version})
    assert now_asks(session, draft) == before


def test_what_something_needs_is_not_removed(editor: FlaskClient, session: Session, draft: InstrumentVersion) -> None:
    for key, why in (("lihat", "syarat pertanyaan"), ("percaya", "ukuran “Percaya” menghitungnya")):
        editor.post(at(draft, "/pertanyaan/hapus"), data={"kunci": key, "seen": draft.version})
        assert why in text(editor.get(at(draft)))
    editor.post(at(draft, "/bagian/hapus"), data={"kunci": "nilai", "seen": draft.version})
    assert "Tidak bisa dihapus" in text(editor.get(at(draft)))
    assert len(keys(now_asks(session, draft))) == 7


def test_sections_and_texts(editor: FlaskClient, session: Session, draft: InstrumentVersion) -> None:
    editor.post(at(draft, "/bagian"), data={"title": "Penutup", "seen": draft.version})
    now_asks(session, draft)
    editor.post(at(draft, "/bagian"), data={"title": "Sikap", "key": "nilai", "seen": draft.version})
    assert [section["title"]["id"] for section in now_asks(session, draft)["sections"]] == [
        "Pengenalan", "Sikap", "Penutup"
    ]  # fmt: skip
    typed = {"title": "Judul", "intro": "", "consent": "Mau?", "thanks": "Makasih", "note": "Ganti judul"}
    assert editor.post(at(draft, "/teks"), data={**typed, "seen": draft.version}).status_code == 303
    definition = now_asks(session, draft)
    assert (definition["title"], definition["consent"]) == ({"id": "Judul"}, {"id": "Mau?"})
    assert draft.note == "Ganti judul"
    assert "intro" not in definition
    editor.post(at(draft, "/bagian/hapus"), data={"kunci": "penutup", "seen": draft.version})
    assert [section["key"] for section in now_asks(session, draft)["sections"]] == ["kenal", "nilai"]


# --- measures and languages ---


@pytest.mark.parametrize("key", ["istilah", "sebut", "kenal_idaman", "palsu", "nilai_percaya"])
def test_a_measure_that_is_sent_back_unchanged_stays(
    editor: FlaskClient, session: Session, draft: InstrumentVersion, key: str
) -> None:
    before = copy.deepcopy(draft.definition)
    page = editor.get(at(draft, f"/ukuran?kunci={key}"))
    assert editor.post(at(draft, "/ukuran"), data=fields(page.text)).status_code == 303
    assert now_asks(session, draft) == before


def test_measures_are_made(editor: FlaskClient, session: Session, draft: InstrumentVersion) -> None:
    base = {"label": "Dua dari tiga", "kind": "share", "seen": draft.version}
    assert editor.post(at(draft, "/ukuran"), data=base).status_code == 422
    typed = {**base, "u:lihat": "ya", "u:kenal/kim": ["dengar", "tahu"], "least": "2", "unasked": "0",
             "a:istilah": "belum", "a:istilah:tidak": "1", "dimension": "smart-society"}  # fmt: skip
    assert editor.post(at(draft, "/ukuran"), data=typed).status_code == 303
    made = read(now_asks(session, draft)).by_measure["dua_dari_tiga"]
    assert made.parts == (("lihat", None, ("ya",)), ("kenal", "kim", ("dengar", "tahu")))
    assert (made.least, made.unasked, made.dimension) == (2, 0, "smart-society")
    assert made.among == {"not": {"question": "istilah", "is": ["belum"]}}
    mean = {"label": "Rata-rata", "kind": "mean", "number": "kali", "seen": draft.version}
    assert editor.post(at(draft, "/ukuran"), data=mean).status_code == 303
    assert read(now_asks(session, draft)).by_measure["rata_rata"].question == "kali"
    assert editor.get(at(draft, "/ukuran?kunci=tiada")).status_code == 404


def test_a_language_is_added_translated_and_removed(
    editor: FlaskClient, session: Session, draft: InstrumentVersion
) -> None:
    assert editor.post(at(draft, "/bahasa"), data={"seen": draft.version}).status_code == 422
    assert editor.post(at(draft, "/bahasa"), data={"other": "Kutai!", "seen": draft.version}).status_code == 422
    answer = editor.post(at(draft, "/bahasa"), data={"code": "bjn", "seen": draft.version})
    assert answer.status_code == 303
    now_asks(session, draft)
    page = editor.get(at(draft, "/terjemahan?bahasa=bjn&bagian=kenal"))
    assert "Pernah mendengar istilah Smart City?" in page.text
    assert re.search(r"\b0 dari \d+ teks", text(page))
    typed = {
        "seen": draft.version,
        "t:istilah": "Pernah mandangar?",
        "t:istilah.o.belum": "Balum",
        "t:kenal.r.kim": "KIM",
    }
    typed["t:tiada"] = "x"
    assert editor.post(at(draft, "/terjemahan?bahasa=bjn&bagian=kenal"), data=typed).status_code == 303
    question = read(now_asks(session, draft)).by_key["istilah"]
    assert question.text["bjn"] == "Pernah mandangar?"
    assert question.text["kut"] == "Pernah dengar istilah Smart City?"
    assert question.options[0].text == {"id": "Belum", "bjn": "Balum"}
    stale = editor.post(at(draft, "/terjemahan?bahasa=bjn"), data={"seen": 1, "t:=title": "Pambukaan"})
    assert stale.status_code == 422
    assert "Pambukaan" in stale.text
    editor.post(at(draft, "/bahasa/hapus"), data={"kunci": "bjn", "seen": draft.version})
    assert now_asks(session, draft) == canonical(read(DEFINITION))


# --- XLSForm ---


def xlsx(*rows: list[str]) -> dict[str, Any]:
    book = Workbook()
    book.worksheets[0].title = "survey"
    for row in [["type", "name", "label", "relevant"], *rows]:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return {"file": (io.BytesIO(out.getvalue()), "Survei Pasar.xlsx"), "audience": "residents"}


def test_an_xlsform_comes_in_as_a_draft(editor: FlaskClient, session: Session) -> None:
    answer = editor.post("/survei/instrumen/impor", data=xlsx(["text", "Apa", "Apa?"]))
    assert answer.status_code == 303
    made = session.scalars(select(Instrument)).one()
    assert made.title == "Survei Pasar"
    assert keys(made.versions[0].definition) == ["apa"]
    assert "Nama “Apa” menjadi “apa”" in text(editor.get(answer.location))


def test_what_cannot_come_in_is_listed_by_row_and_nothing_is_kept(editor: FlaskClient, session: Session) -> None:
    answer = editor.post(
        "/survei/instrumen/impor",
        data=xlsx(["text", "a", "A", "${b} != ''"], ["text", "b", "B", "${a} != ''"], ["geopoint", "c", "C"]),
    )
    assert answer.status_code == 422
    page = text(answer)
    assert "Syaratnya berputar: a → b → a" in page
    assert session.scalars(select(Instrument)).all() == []
    for junk in (b"bukan", b"", b"PK\x03\x04"):
        sent = {"file": (io.BytesIO(junk), "a.xlsx"), "audience": "residents"}
        assert editor.post("/survei/instrumen/impor", data=sent).status_code == 422
    assert editor.post("/survei/instrumen/impor", data={"audience": "residents"}).status_code == 422


def test_a_form_that_asks_for_a_name_is_asked_about_first(editor: FlaskClient, session: Session) -> None:
    row = ["text", "a", "Nama lengkap Anda"]
    refused = editor.post("/survei/instrumen/impor", data=xlsx(row))
    assert refused.status_code == 422
    assert "Impor juga pertanyaan yang sepertinya menanyakan data orang" in text(refused)
    assert editor.post("/survei/instrumen/impor", data={**xlsx(row), "personal": "y"}).status_code == 303
    made = session.scalars(select(Instrument)).one()
    page = text(editor.get(at(made.versions[0], "")))
    assert "Pertanyaan 1 “Nama lengkap Anda”" in page
    assert "menanyakan nama" in page
    assert made.versions[0].definition["consent"]["id"], "the usual consent"


def test_two_lists_of_one_name_are_refused(editor: FlaskClient, session: Session) -> None:
    assert editor.post("/survei/instrumen/impor", data=xlsx(["text", "a", "A"])).status_code == 303
    again = editor.post("/survei/instrumen/impor", data=xlsx(["text", "b", "B"]))
    assert again.status_code == 422
    assert "Sudah ada daftar pertanyaan bernama “Survei Pasar”" in text(again)


def test_previews_say_how_long_answers_are_kept(editor: FlaskClient, world: World) -> None:
    raw = {**DEFINITION, "consent": "Disimpan selama {masa_simpan}."}
    draft = world.instrument(canonical(read(raw)), frozen=False).versions[0]
    for path in (at(draft, "/pratinjau"), at(draft, ""), f"/survei/instrumen/{draft.instrument_id}"):
        page = text(editor.get(path))
        assert "masa_simpan" not in page
        assert re.search(r"Disimpan selama \d+ (tahun|bulan|hari)", page)


def test_a_language_is_told_by_its_name(editor: FlaskClient, session: Session, draft: InstrumentVersion) -> None:
    wrong = editor.post(at(draft, "/bahasa"), data={"other": "zz", "seen": draft.version})
    assert wrong.status_code == 422
    assert "tidak dikenal" in text(wrong)
    assert editor.post(at(draft, "/bahasa"), data={"other": "Minangkabau", "seen": draft.version}).status_code == 303
    assert now_asks(session, draft)["languages"][-1] == "min"


def test_a_version_goes_out_and_comes_back(editor: FlaskClient, draft: InstrumentVersion) -> None:
    answer = editor.get(at(draft, "/xlsform"))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith('-versi-1.xlsx"')
    assert read_form(answer.data, "x.xlsx").definition == draft.definition


def test_strange_addresses_are_answered(editor: FlaskClient, draft: InstrumentVersion) -> None:
    for path, status in {
        "/survei/instrumen/999": 404, "/survei/instrumen/versi/999": 404,
        at(draft, "/pertanyaan?kunci=tiada"): 404, at(draft, "/bagian?kunci=tiada"): 404,
        at(draft, "/pertanyaan?jenis=bohong"): 200, at(draft, "/terjemahan?bahasa=xx"): 302,
        at(draft, "/terjemahan?bahasa=kut&bagian=bohong"): 200, at(draft, "/pratinjau?bahasa=xx"): 200,
        f"/survei/instrumen/{draft.instrument_id}?versi=77": 200,
    }.items():  # fmt: skip
        assert editor.get(path).status_code == status, path


@pytest.mark.parametrize("path", ["/survei/instrumen/baru", "/survei/instrumen/impor"])
def test_a_new_list_opens_for_those_whom_the_address_names(editor: FlaskClient, path: str) -> None:
    for given, ticked in (("?siapa=trainees", "trainees"), ("?siapa=x", "residents"), ("", "residents")):
        page = editor.get(path + given).text
        (box,) = re.findall(
            r'<input[^>]*name="audience"[^>]*checked[^>]*>|<input[^>]*checked[^>]*name="audience"[^>]*>', page
        )
        assert f'value="{ticked}"' in box
