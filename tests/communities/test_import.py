"""A list from a file: what is read, what would happen, and that it happens once."""

import io
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.people.models import Organisation
from app.gatherings.communities import imports
from app.gatherings.communities.export import template
from app.gatherings.communities.imports import Choice
from app.gatherings.communities.matching import ImportLine, preview_lines
from app.gatherings.communities.models import Group, GroupImport, Membership
from app.gatherings.communities.tables import MAX_ROWS, read_table
from app.kernel.errors import Forbidden, Invalid, Refused
from app.kernel.roles import Actor, Role
from tests.pages import asked
from tests.world import World


def xlsx(*rows: Any) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))  # type: ignore[union-attr]
    book.save(out)
    return out.getvalue()


class Scene:
    def __init__(self, world: World) -> None:
        self.world, self.session = world, world.session
        self.editor: Actor = world.actor(Role.EDITOR)

    def rows(self, *lines: Any) -> list[ImportLine]:
        return preview_lines(self.session, read_table(xlsx(*lines), "daftar.xlsx"), TODAY)[0]

    def start(self, *lines: Any) -> GroupImport:
        table = read_table(xlsx(*lines), "daftar.xlsx")
        made = imports.start(
            self.session, self.editor, table, file_name="daftar.xlsx", today=TODAY, now=self.world.clock.now()
        )
        self.session.commit()
        return made

    def apply(self, found: GroupImport, choices: dict[int, Choice] | None = None) -> dict[str, Any]:
        done = imports.apply(
            self.session, self.editor, found.id, choices or {}, today=TODAY, now=self.world.clock.now()
        )
        self.session.commit()
        return dict(done.result or {})

    def villages(self, repeated: bool = False) -> list[Village]:
        """Villages whose name is the only one of its kind, or two of one name."""
        again = select(Village.name).group_by(Village.name).having(func.count() > 1)
        query = select(Village).order_by(Village.name, Village.code)
        named = Village.name.in_(again) if repeated else Village.name.not_in(again)
        return list(self.session.scalars(query.where(named).limit(2)))


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


TODAY = date(2026, 11, 24)
HEAD = ("Nama KIM", "No. KIM.ID", "Desa/Kelurahan", "Kecamatan", "Tgl SK")


# --- reading ---


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_csv_is_read_in_the_ways_it_is_written(delimiter: str, encoding: str) -> None:
    text = f'Nama{delimiter}Alamat\r\n"KIM Café"{delimiter}"Jl. A{delimiter} No. 1"\r\n\r\n'
    table = read_table(text.encode(encoding), "daftar.csv")
    assert [cells for _line, cells in table.rows] == [("Nama", "Alamat"), ("KIM Café", f"Jl. A{delimiter} No. 1")]


def test_lines_keep_their_number_in_the_file(scene: Scene) -> None:
    rows = scene.rows(("Daftar KIM 2026",), (), ("Nama", "Alamat"), (), ("KIM A", "Jl. A"))
    assert [(row.line, row.values["name"]) for row in rows] == [(5, "KIM A")]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "kosong"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "bukan berkas"),
        (b"%PDF-1.7\n\x00\x01\x02", "bukan berkas"),
        (b"PK\x03\x04 rusak", "XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel lama"),
        (b"Nama;Alamat\n\0KIM;x", "bukan berkas"),
        (b"x" * 5_000_001, "5 MB"),
        (b"Nama;Alamat\n" + b"KIM;x\n" * (MAX_ROWS + 30), str(MAX_ROWS)),
        (b"\n" * 20_005 + b"Nama;Alamat", "20000|20.000"),
    ],
)
def test_a_file_that_cannot_be_taken_is_told(data: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said) as told:
        read_table(data, "berkas.csv")
    assert told.value.field == "file"


def test_one_row_too_many_is_told_and_not_cut(scene: Scene) -> None:
    data = b"Nama;Alamat\n" + b"".join(f"KIM {n};x\n".encode() for n in range(MAX_ROWS + 1))
    with pytest.raises(Invalid, match="lebih dari"):
        preview_lines(scene.session, read_table(data, "berkas.csv"), TODAY)


def test_a_file_without_headings_or_groups_is_told(scene: Scene) -> None:
    for lines in ((("A", "B"), ("1", "2")), (("Nama",), ("KIM A",)), (("Nama", "Desa"),)):
        with pytest.raises(Invalid) as told:
            scene.rows(*lines)
        assert told.value.field == "file"


def test_numbers_dates_and_texts_are_read_as_people_mean_them(scene: Scene) -> None:
    rows = scene.rows(
        ("Nama", "Nomor kim.id", "Tanggal SK", "Tahun berdiri", "HP", "Persetujuan kontak"),
        ("KIM A", 6402001, datetime(2024, 3, 5), 2019, 81234567890, "Ya"),  # noqa: DTZ001  # as Excel has it
        ("KIM B", 6402002.0, "5 Maret 2024", "2019", "0812-3456-7891", "ya"),
        ("KIM C", "'0012", "5/3/2024", 2019.0, None, None),
        ("KIM D", date(2024, 3, 5), "2024-03-05", date(2019, 1, 1), None, None),
    )
    assert [row.state for row in rows] == ["new"] * 4
    assert [row.values["kim_number"] for row in rows] == ["6402001", "6402002", "0012", "5/3/2024"]
    assert {row.values["decree_on"] for row in rows} == {"2024-03-05"}
    assert {row.values["founded_year"] for row in rows} == {2019}
    assert [row.values.get("phone") for row in rows[:2]] == ["+6281234567890", "+6281234567891"]


@pytest.mark.parametrize(
    ("head", "cell", "said"),
    [
        ("Tanggal SK", "31/02/2024", "bukan tanggal"),
        ("Tahun berdiri", "lama", "bukan tahun"),
        ("HP", "123", "nomor telepon"),
        ("Surel", "a@b", "surel"),
        ("Jenis", "OPD", "tidak dikenal"),
        ("Nomor kim.id", "9" * 41, "terlalu panjang"),
        ("Kode desa", "64.02.99.9999", "tidak ada di daftar"),
        ("Alamat", "=A1&A2", "rumus"),
    ],
)
def test_a_cell_that_cannot_be_used_makes_its_line_wrong(scene: Scene, head: str, cell: Any, said: str) -> None:
    row = scene.rows(("Nama", head), ("KIM A", cell))[0]
    assert row.state == "wrong"
    assert said in " ".join(row.why)


def test_a_line_without_a_name_is_wrong(scene: Scene) -> None:
    assert scene.rows(("Nama", "Alamat"), (None, "Jl. A"))[0].state == "wrong"


def test_unknown_columns_are_told(scene: Scene) -> None:
    table = read_table(xlsx(("Nama", "Alamat", "Warna"), ("KIM A", "x", "biru")), "x")
    assert preview_lines(scene.session, table, TODAY)[1] == ["Warna"]


def test_contacts_without_consent_are_not_even_kept(scene: Scene) -> None:
    found = scene.start(("Nama", "HP", "Persetujuan kontak"), ("KIM A", "081234567890", "tidak"))
    assert "8123" not in str(found.rows)
    assert "persetujuan" in found.rows[0]["notes"][0]


# --- places ---


def test_a_village_is_known_by_its_code_or_by_its_name(scene: Scene) -> None:
    one, two = scene.villages()
    rows = scene.rows(
        ("Nama", "Kode desa", "Desa", "Kecamatan"),
        ("KIM A", one.code, None, None),
        ("KIM B", int(one.code.replace(".", "")), None, None),
        ("KIM C", None, f"Desa {two.name.upper()}", None),
        ("KIM D", None, two.name, f"Kec. {two.district.name}"),
        ("KIM E", None, None, None),
    )
    assert [row.values.get("village_code") for row in rows] == [one.code, one.code, two.code, two.code, None]
    assert [row.state for row in rows] == ["new"] * 5


def test_a_name_that_repeats_is_asked_unless_the_district_tells(scene: Scene) -> None:
    first, second = scene.villages(repeated=True)
    assert first.name == second.name
    asked_row, sure = scene.rows(HEAD, ("KIM A", None, first.name), ("KIM B", None, first.name, second.district.name))
    assert asked_row.state == "ask"
    assert {code for code, _name in asked_row.villages} == {first.code, second.code}
    assert sure.values["village_code"] == second.code


def test_a_misspelt_village_offers_what_it_may_be(scene: Scene) -> None:
    village = max(scene.villages(), key=lambda one: len(one.name))
    row = scene.rows(HEAD, ("KIM A", None, village.name + "h"))[0]
    assert row.state == "ask"
    assert village.code in {code for code, _name in row.villages}


def test_a_code_that_contradicts_the_name_is_wrong(scene: Scene) -> None:
    one = scene.villages()[0]
    row = scene.rows(("Nama", "Kode desa", "Desa"), ("KIM A", one.code, "Zzzzzzz"))[0]
    assert row.state == "wrong"


# --- likely the same ---


def test_a_number_that_is_known_is_shown_and_not_made_twice(scene: Scene) -> None:
    group = scene.world.group(name="KIM Lama", kim_number="K-1")
    row = scene.rows(HEAD, ("KIM Nama Lain", "k-1"))[0]
    assert (row.state, row.candidates, row.may_be_new) == ("maybe", [group.id], False)


@pytest.mark.parametrize(
    "name", ["K.I.M. Lembur Kuring", "Kelompok Informasi Masyarakat Lembur Kurink", "Lembur Kuring"]
)
def test_a_similar_name_in_the_same_village_is_shown(scene: Scene, name: str) -> None:
    village = scene.villages()[0]
    group = scene.world.group(name="KIM Lembur Kuring", village_code=village.code)
    row = scene.rows(("Nama", "Kode desa"), (name, village.code))[0]
    assert (row.state, row.candidates, row.may_be_new) == ("maybe", [group.id], True)


def test_the_same_name_far_away_is_another_group(scene: Scene) -> None:
    one, two = scene.session.scalars(
        select(Village).where(Village.code.in_(select(func.min(Village.code)).group_by(Village.district_code))).limit(2)
    )
    scene.world.group(name="KIM Maju Bersama", village_code=one.code)
    assert scene.rows(("Nama", "Kode desa"), ("Kelompok Maju Bersama", two.code))[0].state == "new"


def test_an_organisation_without_data_is_offered_for_completion(scene: Scene) -> None:
    old = scene.world.organisation(kind="kim", name="KIM Lama")
    row = scene.rows(HEAD, ("KIM Lama", "K-9"))[0]
    assert (row.state, row.candidates) == ("maybe", [old.id])


def test_a_name_of_another_kind_of_organisation_is_wrong(scene: Scene) -> None:
    scene.world.organisation(kind="printer", name="Percetakan A")
    assert scene.rows(HEAD, ("percetakan a", None))[0].state == "wrong"


def test_the_same_line_twice_is_told_with_the_first(scene: Scene) -> None:
    rows = scene.rows(HEAD, ("KIM A", "K-1"), ("KIM B", "K-1"), ("kim a", None))
    assert [row.state for row in rows] == ["new", "wrong", "wrong"]
    assert "baris 2" in rows[1].why[0]
    assert "baris 2" in rows[2].why[0]


def test_nearly_the_same_twice_in_the_file_asks(scene: Scene) -> None:
    first, second = scene.villages()
    head = ("Nama", "Kode desa", "Nomor SK")
    rows = scene.rows(
        head, ("KIM Pela Maju", first.code, "1/2020"), ("KIM Pela-Maju", first.code, None),
        ("Bina Warga", first.code, "1 / 2020"), ("KIM Zamrud", second.code, "1/2020"),
    )  # fmt: skip
    assert [row.state for row in rows] == ["new", "maybe", "maybe", "new"]
    assert [row.twins for row in rows] == [[], [[2, "KIM Pela Maju"]], [[2, "KIM Pela Maju"]], []]
    found = scene.start(head, ("KIM Pela Maju", first.code), ("KIM Pela-Maju", first.code))
    assert [line[1] for line in scene.apply(found)["created"]] == ["KIM Pela Maju"]
    found = scene.start(head, ("KIM Zamrud", first.code), ("KIM Zamrut", first.code))
    assert len(scene.apply(found, {3: Choice("new")})["created"]) == 2


def test_words_in_brackets_do_not_hide_a_double(scene: Scene) -> None:
    village = scene.villages()[0]
    group = scene.world.group(name="KIM Contoh Tabang (latihan)", village_code=village.code)
    row = scene.rows(("Nama", "Kode desa"), ("KIM Contoh Tabang", village.code))[0]
    assert (row.state, row.candidates) == ("maybe", [group.id])


def test_what_is_exactly_the_same_is_left_out(scene: Scene) -> None:
    scene.world.group(name="KIM A", kim_number="K-1")
    assert [row.state for row in scene.rows(HEAD, ("KIM A", "k-1"))] == ["same"]
    assert [row.state for row in scene.rows(HEAD, ("KIM A", "k-1", None, None, "1/2/2024"))] == ["maybe"]


def test_looking_at_a_long_list_asks_the_same_few_questions(scene: Scene) -> None:
    def questions(number: int) -> int:
        table = read_table(xlsx(HEAD, *[(f"KIM {n}", f"K-{n}") for n in range(number)]), "x")
        scene.session.rollback()
        with asked() as seen:
            preview_lines(scene.session, table, TODAY)
        return len(seen)

    scene.world.group(name="KIM 0", kim_number="K-0")
    assert questions(3) == questions(200)


# --- taking ---


def test_new_lines_are_made_with_their_chair(scene: Scene) -> None:
    village = scene.villages()[0]
    found = scene.start(("Nama", "No KIM", "Kode desa", "Ketua"), ("KIM A", "K-1", village.code, "Siti"), ("KIM B",))
    result = scene.apply(found)
    assert [line[1] for line in result["created"]] == ["KIM A", "KIM B"]
    group = scene.session.scalars(select(Group).where(Group.kim_number == "K-1")).one()
    assert (group.organisation.name, group.organisation.village_code) == ("KIM A", village.code)
    assert [(one.name, one.role) for one in scene.session.scalars(select(Membership))] == [("Siti", "chair")]


def test_a_second_click_makes_nothing_twice(scene: Scene) -> None:
    found = scene.start(HEAD, ("KIM A", "K-1"))
    assert scene.apply(found) == scene.apply(found)
    assert scene.session.scalar(select(func.count()).select_from(Group)) == 1


def test_personal_data_of_the_list_are_forgotten_when_it_is_taken(scene: Scene) -> None:
    found = scene.start(("Nama", "HP", "Persetujuan kontak", "Ketua"), ("KIM A", "081234567890", "ya", "Siti"))
    scene.apply(found)
    assert found.rows == []
    assert "Siti" not in str(found.result)
    assert (
        scene.session.scalars(select(Organisation.phone).where(Organisation.name == "KIM A")).one() == "+6281234567890"
    )


def test_what_stays_of_an_import_names_nobody(scene: Scene) -> None:
    group = scene.world.group(name="KIM B", kim_number="K-2")
    scene.world._add(Membership(group_id=group.id, name="Budi Santoso", role="chair"))
    head = ("Nama", "No KIM", "HP", "Surel", "Persetujuan kontak", "Ketua")
    found = scene.start(
        head, ("KIM A", None, "0812-345 rumah”Ani", "ani@", "ya", None), ("KIM B", "K-2", None, None, None, "Siti")
    )
    result = scene.apply(found, {3: Choice(str(group.id))})
    assert [line[0] for line in result["wrong"]] == [2]
    assert "nomor telepon yang lengkap" in result["wrong"][0][2]
    assert [said for said in ("0812", "Ani", "ani@", "Budi", "Siti") if said in str(found.result)] == []


def test_an_upload_that_nobody_took_is_forgotten_after_a_week(scene: Scene) -> None:
    scene.start(HEAD, ("KIM A",))
    scene.world.clock.advance(days=8)  # type: ignore[attr-defined]
    scene.start(HEAD, ("KIM B",))
    kept = scene.session.scalars(select(GroupImport)).all()
    assert [row["values"]["name"] for one in kept for row in one.rows] == ["KIM B"]


def test_nothing_is_merged_without_a_choice(scene: Scene) -> None:
    group = scene.world.group(name="KIM A", kim_number="K-1")
    result = scene.apply(scene.start(HEAD, ("KIM Lain", "K-1")))
    assert [line[1] for line in result["skipped"]] == ["KIM Lain"]
    assert group.organisation.name == "KIM A"


def test_an_update_changes_what_the_file_gives_and_erases_nothing(scene: Scene) -> None:
    group = scene.world.group(name="KIM A", kim_number="K-1", decree_number="1/2020", note="catatan")
    found = scene.start(HEAD, ("KIM A Baru", "K-1", None, None, "1/2/2024"))
    result = scene.apply(found, {2: Choice(str(group.id))})
    scene.session.refresh(group)
    assert [line[3] for line in result["updated"]] == [group.id]
    assert (group.organisation.name, group.decree_on) == ("KIM A Baru", date(2024, 2, 1))
    assert (group.decree_number, group.note) == ("1/2020", "catatan")


def test_an_organisation_without_data_is_completed(scene: Scene) -> None:
    old = scene.world.organisation(kind="kim", name="KIM Lama", phone="+6281111111111")
    result = scene.apply(scene.start(HEAD, ("KIM Lama", "K-9")), {2: Choice(str(old.id))})
    assert "persetujuan" in result["updated"][0][2]
    assert scene.session.get(Group, old.id).kim_number == "K-9"  # type: ignore[union-attr]


def test_a_chair_is_not_replaced_blindly(scene: Scene) -> None:
    group = scene.world.group(name="KIM A", kim_number="K-1")
    scene.world._add(Membership(group_id=group.id, name="Budi", role="chair"))
    found = scene.start(("Nama", "No KIM", "Ketua"), ("KIM A", "K-1", "Siti"))
    assert "tidak diganti" in scene.apply(found, {2: Choice(str(group.id))})["updated"][0][2]


def test_a_chair_whose_end_of_term_is_fixed_is_the_chair_until_then(scene: Scene) -> None:
    group = scene.world.group(name="KIM A", kim_number="K-1")
    scene.world._add(Membership(group_id=group.id, name="Budi", role="chair", ends_on=date(2027, 12, 31)))
    found = scene.start(("Nama", "No KIM", "Ketua", "Tahun berdiri"), ("KIM A", "K-1", "Siti", 2019))
    result = scene.apply(found, {2: Choice(str(group.id))})
    assert "tidak diganti" in result["updated"][0][2]
    assert scene.rows(("Nama", "No KIM", "Ketua"), ("KIM A", "K-1", "Budi"))[0].state == "same"


def test_a_line_is_taken_where_only_its_chair_cannot_be(scene: Scene) -> None:
    group = scene.world.group(name="KIM A", kim_number="K-1")
    scene.world._add(Membership(group_id=group.id, name="Budi", role="chair", ends_on=date(2026, 1, 31)))
    found = scene.start(("Nama", "No KIM", "Ketua", "Tahun berdiri"), ("KIM A", "K-1", "Siti", 2019))
    result = scene.apply(found, {2: Choice(str(group.id))})
    assert "belum dicatat" in result["updated"][0][2]
    scene.session.refresh(group)
    assert group.founded_year == 2019


def test_a_similar_group_is_made_new_where_somebody_says_so(scene: Scene) -> None:
    village = scene.villages()[0]
    scene.world.group(name="KIM Maju", village_code=village.code)
    found = scene.start(("Nama", "Kode desa"), ("Kelompok Maju", village.code))
    assert len(scene.apply(found, {2: Choice("new")})["created"]) == 1


@pytest.mark.parametrize("what", ["new", "99999", "-1", "x", "1.5"])
def test_a_choice_that_was_not_offered_fails_its_line_only(scene: Scene, what: str) -> None:
    scene.world.group(name="KIM A", kim_number="K-1")
    found = scene.start(HEAD, ("KIM Lain", "K-1"), ("KIM B", None))
    result = scene.apply(found, {2: Choice(what)})
    assert [line[1] for line in result["failed"]] == ["KIM Lain"]
    assert [line[1] for line in result["created"]] == ["KIM B"]


def test_an_asked_village_is_taken_from_what_was_offered(scene: Scene) -> None:
    first, _second = scene.villages(repeated=True)
    found = scene.start(HEAD, ("KIM A", None, first.name), ("KIM B", None, first.name), ("KIM C", None, first.name))
    other = scene.villages()[0].code
    result = scene.apply(found, {2: Choice("new", first.code), 3: Choice("new", other)})
    assert [line[1] for line in result["created"]] == ["KIM A"]
    assert [line[1] for line in result["failed"]] == ["KIM B"]
    assert [line[1] for line in result["skipped"]] == ["KIM C"]


def test_what_was_taken_meanwhile_is_told_and_the_rest_is_kept(scene: Scene) -> None:
    found = scene.start(HEAD, ("KIM A", "K-1"), ("KIM B", "K-2"))
    scene.world.group(name="KIM A")
    result = scene.apply(found)
    assert [line[1] for line in result["failed"]] == ["KIM A"]
    assert [line[1] for line in result["created"]] == ["KIM B"]


def test_a_list_is_dropped_before_and_not_after(scene: Scene) -> None:
    found = scene.start(HEAD, ("KIM A", "K-1"))
    imports.drop(scene.session, scene.editor, found.id)
    scene.session.commit()
    found = scene.start(HEAD, ("KIM A", "K-1"))
    scene.apply(found)
    with pytest.raises(Refused):
        imports.drop(scene.session, scene.editor, found.id)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.COMMUNITY])
def test_only_the_office_imports(scene: Scene, session: Session, role: Role) -> None:
    found, actor = scene.start(HEAD, ("KIM A", "K-1")), scene.world.actor(role)
    with pytest.raises(Forbidden):
        imports.import_of(session, actor, found.id)
    with pytest.raises(Forbidden):
        imports.apply(session, actor, found.id, {}, today=TODAY, now=scene.world.clock.now())


# --- writing ---


def test_the_template_is_read_back_once_filled_in(scene: Scene) -> None:
    villages = [(one.code, one.name, one.district.name) for one in scene.villages()]
    data = template(villages, str)
    with pytest.raises(Invalid, match="belum ada"):  # the example is no group
        preview_lines(scene.session, read_table(data, "templat.xlsx"), TODAY)
    book, out = load_workbook(io.BytesIO(data)), io.BytesIO()
    sheet = book.worksheets[0]
    for column, cell in enumerate(book["Contoh"][2], 1):
        sheet.cell(2, column, cell.value)
    book.save(out)
    row = preview_lines(scene.session, read_table(out.getvalue(), "templat.xlsx"), TODAY)[0][0]
    assert (row.state, row.why) == ("new", [])
    assert row.values["village_code"] == villages[0][0]
