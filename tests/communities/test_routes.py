"""The pages of the register, as a browser without JavaScript uses them."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.media.models import StoredFile
from app.base.people.models import Organisation
from app.gatherings.communities.models import Group, GroupImport, Membership, RubricScore
from app.gatherings.events.models import EventPhoto, EventStatus, EventTag
from app.kernel.roles import Role
from tests.pages import asked, is_empty, sign_in
from tests.world import World


def text(answer: Any) -> str:
    return " ".join(answer.text.split())


def registered(session: Session) -> list[str]:
    session.rollback()
    return sorted(group.organisation.name for group in session.scalars(select(Group)))


@pytest.fixture
def editor(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR))
    return client


def member_of(client: FlaskClient, world: World, group: Group) -> FlaskClient:
    sign_in(client, world.user(Role.COMMUNITY, organisation=group.organisation))
    return client


def held(world: World, group: Group, **values: Any) -> Any:
    values.setdefault("status", EventStatus.HELD)
    values.setdefault("starts_in", timedelta(days=-3))
    return world.event(organisation_id=group.id, **values)


# --- list ---


def test_an_empty_register_says_what_to_do_first(editor: FlaskClient) -> None:
    page = editor.get("/komunitas")
    assert page.status_code == 200
    assert is_empty(page.text)
    assert "/komunitas/baru" in page.text


def test_the_list_shows_what_each_group_is_and_did(editor: FlaskClient, world: World) -> None:
    group = world.group(name="KIM Lembur Kuring", village_code=world.village(), kim_number="K-77")
    held(world, group)
    world.organisation(kind="kim", name="KIM Tanpa Data")
    world.organisation(kind="opd", name="Dinas Bukan Kelompok")
    page = text(editor.get("/komunitas"))
    assert "KIM Lembur Kuring" in page
    assert "K-77" in page
    assert "Kurang aktif" in page
    assert "KIM Tanpa Data" in page
    assert "Belum dilengkapi" in page
    assert "Dinas Bukan Kelompok" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=lembur", {"KIM Lembur"}),
        ("q=k-77", {"KIM Lembur"}),
        ("q=%25", set()),
        ("jenis=programmer", {"Komunitas Kode"}),
        ("aktivitas=quiet", {"KIM Lembur"}),
        ("aktivitas=never", {"Komunitas Kode", "KIM Tanpa Data"}),
        ("tingkat=Maju", {"KIM Lembur"}),
        ("tingkat=-", {"Komunitas Kode", "KIM Tanpa Data"}),
        ("kelengkapan=unregistered", {"KIM Tanpa Data"}),
        ("kelengkapan=complete", {"KIM Lembur"}),
        ("kelengkapan=lacking", {"Komunitas Kode"}),
        ("keadaan=istirahat", {"KIM Tidur"}),
        ("kecamatan=DISTRICT", {"KIM Lembur"}),
        ("aktivitas=bohong&jenis=%00x", None),
        ("hal=99999999999", {"KIM Lembur", "Komunitas Kode", "KIM Tanpa Data"}),
    ],
)
def test_the_list_is_narrowed(editor: FlaskClient, world: World, query: str, found: set[str] | None) -> None:
    village = world.village()
    group = world.group(name="KIM Lembur", village_code=village, kim_number="K-77", decree_number="1/2024")
    held(world, group)
    world._add(Membership(group_id=group.id, name="Siti", role="chair"))
    world.group(world.organisation(kind="programmer", name="Komunitas Kode"), kind="programmer")
    world.organisation(kind="kim", name="KIM Tanpa Data")
    world.group(name="KIM Tidur", active=False)
    editor.post(f"/komunitas/{group.id}/penilaian", data=scored(3))
    answer = editor.get("/komunitas?" + query.replace("DISTRICT", village[:8]))
    if found is None:
        assert answer.status_code == 400  # no person types a NUL
        return
    table = answer.text.partition("<tbody>")[2]
    names = {"KIM Lembur", "Komunitas Kode", "KIM Tanpa Data", "KIM Tidur"}
    assert {name for name in names if f">{name}</a>" in table} == found


def test_the_list_asks_the_same_number_of_questions_for_many_groups(editor: FlaskClient, world: World) -> None:
    def questions() -> int:
        with asked() as seen:
            assert editor.get("/komunitas").status_code == 200
        return len(seen)

    held(world, world.group())
    few = questions()
    for _ in range(15):
        held(world, world.group(village_code=world.village()))
    assert questions() == few


def test_likely_doubles_are_pointed_out_to_the_office(editor: FlaskClient, world: World) -> None:
    for name in ("KIM Lembur Kuring", "K.I.M. Lembur Kuring"):
        world.group(name=name, village_code=world.village())
    assert "Mungkin tercatat dua kali: 1 pasang" in text(editor.get("/komunitas"))


def test_a_pair_is_told_apart_on_the_list(editor: FlaskClient, world: World) -> None:
    village = world.village()
    first, second = (world.group(name=name, village_code=village) for name in ("KIM Maju", "Kelompok Maju"))
    assert "Bukan kelompok yang sama" in editor.get("/komunitas").text
    answer = editor.post("/komunitas/bukan-sama", data={"pertama": first.id, "kedua": second.id})
    assert answer.status_code == 303
    assert "Mungkin tercatat dua kali" not in editor.get("/komunitas").text
    for data in ({}, {"pertama": "x", "kedua": "9" * 30}):
        assert editor.post("/komunitas/bukan-sama", data=data).status_code == 422


def test_likely_doubles_are_shown_before_a_group_is_saved(editor: FlaskClient, world: World, session: Session) -> None:
    village = world.village()
    known = world.group(name="KIM Mekar Sari", village_code=village)
    data = {"name": "KIM Mekar-Sari", "kind": "kim", "village_code": village}
    answer = editor.post("/komunitas/baru", data=data)
    assert answer.status_code == 422
    assert f'<a href="/komunitas/{known.id}">KIM Mekar Sari</a>' in answer.text
    assert 'value="KIM Mekar-Sari"' in answer.text
    assert registered(session) == ["KIM Mekar Sari"]
    # nobody has seen the box: the button alone is no decision
    assert editor.post("/komunitas/baru", data={**data, "tetap": "1"}).status_code == 422
    assert f'name="doubles_seen" type="hidden" value="{known.id}"' in answer.text
    again = editor.post("/komunitas/baru", data={**data, "doubles_seen": str(known.id)})
    assert again.status_code == 422
    kept = editor.post("/komunitas/baru", data={**data, "doubles_seen": str(known.id), "tetap": "1"})
    assert kept.status_code == 303
    assert registered(session) == ["KIM Mekar Sari", "KIM Mekar-Sari"]


def test_completing_a_group_compares_it_with_the_others_only(editor: FlaskClient, world: World) -> None:
    village = world.village()
    bare = world.organisation(kind="kim", name="KIM Maju", village_code=village)
    data = {"name": "KIM Maju", "kind": "kim", "village_code": village}
    world.group(name="Kelompok Maju", village_code=village)
    answer = editor.post(f"/komunitas/{bare.id}/lengkapi", data=data)
    assert (answer.status_code, "Kelompok Maju" in answer.text) == (422, True)
    assert "Kelompok ini mungkin sama dengan" in answer.text
    assert f'href="/komunitas/{bare.id}">KIM Maju</a>,' not in answer.text


def test_everything_that_is_wrong_is_told_at_once(editor: FlaskClient, world: World, session: Session) -> None:
    world.group(name="KIM Lama", kim_number="K-1")
    data = {
        "name": "kim lama", "kind": "kim", "village_code": "00.00", "kim_number": "k-1", "founded_year": "1800",
        "decree_on": "0001-01-01", "phone": "08", "email": "x@", "address": "a" * 501,
    }  # fmt: skip
    answer = editor.post("/komunitas/baru", data=data)
    assert answer.status_code == 422
    summary = answer.text.split("ringkasan-kesalahan")[1].split("</ul>")[0]
    fields = ("name", "village_code", "kim_number", "founded_year", "decree_on", "phone", "email", "address",
              "contact_consent")  # fmt: skip
    assert [name for name in fields if summary.count(f'href="#{name}"') != 1] == []
    assert registered(session) == ["KIM Lama"]


def test_the_village_is_searched_for(editor: FlaskClient, world: World) -> None:
    village = world.village()
    page = editor.get(f"/komunitas/baru?desa={village}").text
    assert "data-village-words" in page
    assert f'value="{village}" data-name=' in page
    chosen = page.split(f'id="desa-{village}"')[1].split(">")[0]
    assert "checked" in chosen


def test_the_export_has_no_people_and_no_formulas(editor: FlaskClient, world: World) -> None:
    group = world.group(name="=KIM Formula", phone="+6281234567890", contact_name="Siti Rahasia")
    world._add(Membership(group_id=group.id, name="Budi Rahasia", role="chair"))
    data = editor.get("/komunitas/unduh.csv").data
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    assert rows[1][0] == "'=KIM Formula"
    assert b"Rahasia" not in data
    assert b"8123" not in data
    book = load_workbook(io.BytesIO(editor.get("/komunitas/unduh.xlsx?q=formula").data))
    assert book.worksheets[0]["A2"].data_type == "s"
    assert editor.get("/komunitas/unduh.csv?q=tidakada").data.count(b"\n") == 1


# --- one's own ---


def test_a_kim_comes_to_its_own_page(client: FlaskClient, world: World) -> None:
    group, other = world.group(name="KIM Sendiri", note="Rahasia kantor"), world.group(name="KIM Lain")
    member_of(client, world, group)
    assert "Rahasia kantor" not in client.get(f"/komunitas/{group.id}").text
    for path in ("/komunitas", "/komunitas/saya"):
        assert client.get(path).location == f"/komunitas/{group.id}"
    assert "KIM Sendiri" in client.get(f"/komunitas/{group.id}").text
    for path in ("", "/anggota", "/penilaian", "/tahun/2026", "/ubah", "/sk"):
        assert client.get(f"/komunitas/{other.id}{path}").status_code == 404
    assert client.get("/komunitas/unduh.csv").status_code == 403


def test_an_account_without_a_group_is_told(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.COMMUNITY, organisation=world.organisation()))
    page = client.get("/komunitas/saya", follow_redirects=True)
    assert "belum terhubung" in page.text


def test_a_kim_changes_its_contact_on_a_form_without_the_rest(
    client: FlaskClient, world: World, session: Session
) -> None:
    group = world.group(kim_number="K-1")
    member_of(client, world, group)
    form = client.get(f"/komunitas/{group.id}/ubah").text
    assert "Nama narahubung" in form
    assert "Nomor SK" not in form
    data = {"version": "1", "contact_name": "Siti", "phone": "0812-3456-7890", "kim_number": "K-2"}
    refused = client.post(f"/komunitas/{group.id}/ubah", data=data)
    assert refused.status_code == 422
    assert "0812-3456-7890" in refused.text
    answer = client.post(f"/komunitas/{group.id}/ubah", data={**data, "contact_consent": "y"})
    assert answer.status_code == 303
    session.expire_all()
    assert (group.contact_name, group.kim_number) == ("Siti", "K-1")


def test_other_roles_read_without_names_of_members_and_phones(client: FlaskClient, world: World) -> None:
    now = world.clock.now()
    group = world.group(phone="+6281234567890", contact_consent_at=now)
    world._add(Membership(group_id=group.id, name="Siti Ketua", role="chair"))
    world._add(Membership(group_id=group.id, name="Budi Anggota", phone="+6281311112222", contact_consent_at=now))
    sign_in(client, world.user(Role.OPD_CONTACT, organisation=world.organisation()))
    for path in ("", "/anggota"):
        page = client.get(f"/komunitas/{group.id}{path}").text
        assert "Siti Ketua" in page
        assert "Budi Anggota" not in page
        assert "0812-3456-7890" not in page
    assert "1 anggota tidak ditampilkan" in page


def test_the_secretariat_is_shown_as_a_contact_is(client: FlaskClient, world: World) -> None:
    organisation = world.organisation(kind="kim", name="KIM A", address="Rumah Siti, Jl. Mawar 1")
    bare = world.organisation(kind="kim", name="KIM B", address="Rumah Siti, Jl. Mawar 1")
    world.group(organisation)
    for user, seen in (
        (world.user(Role.EDITOR), True),
        (world.user(Role.VIEWER, organisation=world.organisation()), False),
    ):
        sign_in(client, user)
        pages = [client.get(f"/komunitas/{one.id}").text for one in (organisation, bare)]
        assert ["Jl. Mawar" in page for page in pages] == [seen, seen]


def test_a_chair_with_a_fixed_end_of_term_is_in_office(editor: FlaskClient, world: World) -> None:
    group = world.group(name="KIM A", village_code=world.village(), kim_number="K-1", decree_number="1/2026")
    other = world.group(name="KIM B", village_code=world.village(), kim_number="K-2", decree_number="2/2026")
    world._add(Membership(group_id=group.id, name="Budi", role="chair", ends_on=date(2026, 11, 24)))
    world._add(Membership(group_id=other.id, name="Lama", role="chair", ends_on=date(2026, 11, 23)))
    world._add(Membership(group_id=other.id, name="Nanti", role="chair", starts_on=date(2026, 11, 25)))
    found = text(editor.get("/komunitas?kelengkapan=complete"))
    assert ("KIM A" in found, "KIM B" in found) == (True, False)
    assert "Budi" in editor.get(f"/komunitas/{group.id}").text
    page = editor.get(f"/komunitas/{other.id}").text
    assert ("Lama" in page, "Nanti" in page) == (False, False)


def test_phones_of_members_are_masked_in_the_list(editor: FlaskClient, world: World) -> None:
    now = world.clock.now()
    group = world.group()
    world._add(Membership(group_id=group.id, name="Budi", phone="+6281311112222", contact_consent_at=now))
    page = editor.get(f"/komunitas/{group.id}/anggota").text
    assert "0813-****-222" in page
    assert "1111" not in page


def test_a_contact_without_consent_is_not_shown(editor: FlaskClient, world: World) -> None:
    group = world.group(phone="+6281234567890")
    page = editor.get(f"/komunitas/{group.id}").text
    assert "0812-3456-7890" not in page
    assert "persetujuan orangnya belum dicatat" in page


# --- register and change ---


def test_a_group_is_registered_completed_and_changed(editor: FlaskClient, world: World, session: Session) -> None:
    made = editor.post("/komunitas/baru", data={"name": "KIM A", "kind": "kim", "village_code": world.village()})
    assert made.status_code == 303
    page = text(editor.get(made.location))
    assert "KIM A" in page
    assert "Belum pernah" in page
    session.rollback()
    group = session.scalars(select(Group)).one()
    data = {"name": "KIM A", "kind": "kim", "version": "1", "decree_issuer": "Camat", "decree_on": "2024-03-05"}
    assert editor.post(f"/komunitas/{group.id}/ubah", data=data).status_code == 303
    stale = editor.post(f"/komunitas/{group.id}/ubah", data={**data, "decree_issuer": "Lurah"})
    assert stale.status_code == 422
    assert "baru saja diubah orang lain" in stale.text
    assert 'name="version" type="hidden" value="2"' in stale.text
    session.rollback()
    old = world.organisation(kind="kim", name="KIM Lama")
    assert editor.get(f"/komunitas/{old.id}/ubah").status_code == 404
    assert 'value="KIM Lama"' in editor.get(f"/komunitas/{old.id}/lengkapi").text
    done = editor.post(f"/komunitas/{old.id}/lengkapi", data={"name": "KIM Lama", "kind": "kim"})
    assert done.status_code == 303
    assert editor.get(f"/komunitas/{old.id}/lengkapi").location == f"/komunitas/{old.id}/ubah"


@pytest.mark.parametrize(
    "data",
    [
        {"name": ""},
        {"kind": "opd"},
        {"founded_year": "9" * 30},
        {"founded_year": "abc"},
        {"decree_on": "31-02-2024"},
        {"decree_on": "0001-01-01"},
        {"decree_file_id": "99999999999"},
        {"decree_file_id": "12345"},
        {"village_code": "x"},
        {"note": "x" * 5000},
        {"phone": "x", "contact_consent": "y"},
    ],
)
def test_bad_input_comes_back_with_everything_typed(editor: FlaskClient, data: dict[str, str]) -> None:
    answer = editor.post("/komunitas/baru", data={"name": "KIM A", "kind": "kim", "address": "Jalan Panjang", **data})
    if data == {"decree_file_id": "99999999999"}:
        assert answer.status_code == 303  # no number of a file at all: as good as none
        return
    assert answer.status_code == 422
    assert "Jalan Panjang" in answer.text
    assert "Belum bisa disimpan" in answer.text


def test_a_script_stays_text(editor: FlaskClient, world: World) -> None:
    group = world.group(name="<script>alert(1)</script>", note="<img src=x onerror=alert(1)>")
    for path in ("/komunitas", f"/komunitas/{group.id}", f"/komunitas/{group.id}/tahun/2026"):
        page = editor.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_the_decree_opens_for_the_group_itself(client: FlaskClient, app: Any, world: World) -> None:
    storage = app.extensions["wiring"].storage
    file = world._add(
        StoredFile(sha256=storage.put(b"%PDF-1.7 SK"), mime="application/pdf", size=11, name="sk.pdf", alt_text=None,
                   uploaded_by_id=None, organisation_id=world.office().id, created_at=world.clock.now())
    )  # fmt: skip
    group = world.group(decree_file_id=file.id)
    member_of(client, world, group)
    assert "Buka berkas SK" in client.get(f"/komunitas/{group.id}").text
    assert client.get(f"/komunitas/{group.id}/sk").data == b"%PDF-1.7 SK"


def test_a_group_rests_from_its_page(editor: FlaskClient, world: World) -> None:
    group = world.group(name="KIM Tidur")
    page = editor.post(f"/komunitas/{group.id}/keadaan", data={"aktif": "0"}, follow_redirects=True)
    assert "Aktifkan lagi" in page.text
    assert "KIM Tidur" not in editor.get("/komunitas").text.partition("<tbody>")[2]


# --- members ---


def test_members_are_kept_on_pages(client: FlaskClient, world: World, session: Session) -> None:
    group = world.group()
    member_of(client, world, group)
    base = f"/komunitas/{group.id}/anggota"
    assert is_empty(client.get(base).text)
    assert client.post(f"{base}/baru", data={"name": "", "role": "chair", "sex": "f"}).status_code == 422
    data = {"name": "Siti", "role": "chair", "sex": "f", "starts_on": "2024-01-01"}
    assert client.post(f"{base}/baru", data=data).status_code == 303
    line = session.scalars(select(Membership)).one()
    assert 'value="Siti"' in client.get(f"{base}/{line.id}/ubah").text
    assert client.post(f"{base}/{line.id}/ubah", data={**data, "name": "Siti A"}).status_code == 303
    assert "Siti A" in client.get(base).text
    wrong = client.post(f"{base}/{line.id}/akhiri", data={"ends_on": "2023-01-01"})
    assert wrong.status_code == 422
    assert "lebih awal" in wrong.text
    assert client.post(f"{base}/{line.id}/akhiri", data={"ends_on": "2025-01-01"}).status_code == 303
    assert "Sebelumnya" in client.get(base).text
    assert client.post(f"{base}/{line.id}/lupakan").status_code == 303
    assert "Siti" not in client.get(base).text
    assert client.post(f"{base}/{line.id}/hapus").status_code == 303
    assert client.post(f"{base}/{line.id}/hapus").status_code == 404


# --- rule, rubric, scores ---


def scored(points: int, **values: str) -> dict[str, str]:
    keys = ("legalitas", "pengurus", "kegiatan", "media", "jejaring", "dokumentasi")
    return {**{f"k_{key}": str(points) for key in keys}, "scored_on": "2026-11-24", "rubric_id": "", **values}


def test_the_rule_is_set_and_its_history_shown(editor: FlaskClient, world: World) -> None:
    assert "3 kegiatan terlaksana atau lebih dalam 180 hari" in text(editor.get("/komunitas/aturan"))
    assert editor.post("/komunitas/aturan", data={"active_events": "9" * 12, "days": "0"}).status_code == 422
    assert editor.post("/komunitas/aturan", data={"active_events": "2", "days": "90"}).status_code == 303
    page = text(editor.get("/komunitas/aturan"))
    assert "2 kegiatan dalam 90 hari" in page
    assert "Orang 1" in page  # who set it


def test_a_group_is_scored_and_its_history_shown(editor: FlaskClient, world: World, session: Session) -> None:
    group = world.group()
    path = f"/komunitas/{group.id}/penilaian"
    page = text(editor.get(path))
    assert "bukan penilaian nasional" in page
    assert "belum pernah dinilai" in page
    partly = scored(3)
    del partly["k_media"]
    wrong = editor.post(path, data={**partly, "note": "catatan panjang"})
    assert wrong.status_code == 422
    assert "catatan panjang" in wrong.text
    assert editor.post(path, data=scored(9)).status_code == 422
    assert editor.post(path, data=scored(3)).status_code == 303
    page = text(editor.get(path))
    assert "Maju" in page
    assert "75%" in page
    assert "Maju" in text(editor.get("/komunitas"))
    assert "Maju" in text(editor.get(f"/komunitas/{group.id}"))
    score = session.scalars(select(RubricScore)).one()
    assert editor.post(f"{path}/{score.id}/hapus").status_code == 303
    assert "belum pernah dinilai" in editor.get(path).text


def test_the_rubric_is_changed_line_by_line(editor: FlaskClient) -> None:
    page = text(editor.get("/komunitas/rubrik"))
    assert "bukan penilaian nasional" in page
    assert 'value="Legalitas"' in page
    data = {
        "base_id": "", "c_key": ["legalitas", ""], "c_label": ["Legalitas", "Usia"], "c_weight": ["5", "banyak"],
        "c_help": ["", ""], "l_label": ["Awal", "Akhir"], "l_from": ["0", "50"],
    }  # fmt: skip
    wrong = editor.post("/komunitas/rubrik", data=data)
    assert wrong.status_code == 422
    assert 'value="banyak"' in wrong.text
    assert editor.post("/komunitas/rubrik", data={**data, "c_weight": ["5", "10"]}).status_code == 303
    page = text(editor.get("/komunitas/rubrik"))
    assert "Legalitas (5), Usia (10)" in page
    assert "Rintisan ≥ 0%" in page  # the one before
    stale = editor.post("/komunitas/rubrik", data={**data, "c_weight": ["5", "11"]})
    assert stale.status_code == 422
    assert "baru saja diubah" in stale.text


def test_a_viewer_reads_rule_and_rubric(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.VIEWER))
    for path in ("/komunitas/aturan", "/komunitas/rubrik"):
        page = client.get(path)
        assert page.status_code == 200
        assert '<form method="post" novalidate' not in page.text
        assert client.post(path).status_code == 403


# --- the year ---


def test_the_year_tells_what_took_place_and_what_nobody_counted(editor: FlaskClient, world: World) -> None:
    group = world.group(village_code=world.village())
    first = held(world, group, title="Diskusi hoaks", people=25, village_code=world.village())
    second = held(world, group, title="Sebar poster", village_code=world.village(1), starts_in=timedelta(days=-40))
    held(world, group, title="Batal hujan", status=EventStatus.CANCELLED)
    held(world, group, title="Tahun lalu", starts_in=timedelta(days=-400))
    for event, tag in ((first, "diskusi"), (first, "aspirasi"), (second, "diseminasi")):
        world._add(EventTag(event_id=event.id, tag=tag))
    world.aspiration(first)
    world.aspiration(first, status="answered", answer="Sudah.")
    file = world._add(
        StoredFile(sha256="0" * 64, mime="image/png", size=1, name="a.png", alt_text=None, uploaded_by_id=None,
                   organisation_id=group.id, created_at=world.clock.now())
    )  # fmt: skip
    now = world.clock.now()
    world._add(EventPhoto(event_id=first.id, file_id=file.id, consent_at=now, added_at=now))
    page = text(editor.get(f"/komunitas/{group.id}/tahun/2026"))
    assert "<strong>2</strong><span>kegiatan terlaksana" in page
    assert "<strong>25</strong><span>orang hadir" in page
    assert "1 kegiatan belum ada jumlah hadirnya" in page
    assert "<strong>2</strong><span>desa/kelurahan" in page
    assert '<strong>1<span class="year-of"> / 2</span></strong><span>aspirasi dijawab' in page
    assert "<strong>1</strong><span>foto" in page
    assert "jumlah hadir belum dicatat" in page
    assert "Batal hujan" in page
    assert "Dibatalkan" in page
    assert "Tahun lalu" not in page
    assert page.index("Oktober") < page.index("November")
    assert f"/komunitas/{group.id}/tahun/2025" in page
    assert f"/komunitas/{group.id}/tahun/2027" not in page


def test_a_year_ends_at_midnight_of_the_regency(editor: FlaskClient, world: World) -> None:
    group = world.group()
    new_year = world.clock.now().replace(year=2025, month=12, day=31, hour=16, minute=30)  # 1 Jan 00.30 WITA
    held(world, group, title="Awal tahun", starts_in=new_year - world.clock.now())
    assert "Awal tahun" in editor.get(f"/komunitas/{group.id}/tahun/2026").text
    assert "Awal tahun" not in editor.get(f"/komunitas/{group.id}/tahun/2025").text


def test_a_year_without_anything_and_one_that_is_none(editor: FlaskClient, world: World) -> None:
    group = world.group()
    assert is_empty(editor.get(f"/komunitas/{group.id}/tahun/2020").text)
    for year in ("0", "1", "99999", "4000000000"):
        assert editor.get(f"/komunitas/{group.id}/tahun/{year}").status_code == 404


def test_the_year_asks_the_same_number_of_questions_for_many_events(editor: FlaskClient, world: World) -> None:
    group = world.group()

    def questions() -> int:
        with asked() as seen:
            assert editor.get(f"/komunitas/{group.id}/tahun/2026").status_code == 200
        return len(seen)

    held(world, group)
    few = questions()
    for number in range(12):
        held(world, group, starts_in=timedelta(days=-number), tags=[EventTag(tag="akses")])
    assert questions() == few


# --- import ---


def upload(client: FlaskClient, data: bytes, name: str = "daftar.csv") -> Any:
    return client.post("/komunitas/impor", data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")


def test_a_list_is_looked_at_and_taken(editor: FlaskClient, world: World, session: Session) -> None:
    world.group(name="KIM Lama", kim_number="K-1")
    rows = "Nama;Nomor kim.id;HP;Warna\nKIM Baru;K-2;;\nKIM Lama Sekali;K-1;;\nKIM Salah;;123;\n"
    answer = upload(editor, rows.encode())
    assert answer.status_code == 303
    page = text(editor.get(answer.location))
    assert "Warna" in page
    assert "Baru: 1 kelompok akan dibuat" in page
    assert "Perbarui KIM Lama dengan isi berkas" in page
    assert "Tidak bisa dibuat baru" in page
    assert "Baris 4" in page
    group = session.scalars(select(Group)).one()
    for _double_click in range(2):
        taken = editor.post(answer.location, data={"pilih-3": str(group.id)})
        assert taken.status_code == 303
    page = text(editor.get(taken.location))
    assert "Dibuat" in page
    assert "Diperbarui" in page
    session.rollback()
    names = set(session.scalars(select(Organisation.name).where(Organisation.kind == "kim")))
    assert names == {"KIM Baru", "KIM Lama Sekali"}


def test_a_file_that_cannot_be_read_is_told_on_the_page(editor: FlaskClient) -> None:
    for data, said in ((b"", "kosong"), (b"\x89PNG\r\n\x1a\n\0", "bukan berkas"), (b"a" * 5_000_001, "5 MB")):
        answer = upload(editor, data)
        assert answer.status_code == 422
        assert said in answer.text
    assert editor.post("/komunitas/impor").status_code == 422


def test_an_upload_is_cancelled(editor: FlaskClient, session: Session) -> None:
    answer = upload(editor, b"Nama;Alamat\nKIM Baru;x\n")
    assert editor.post(f"{answer.location}/batal").status_code == 303
    assert session.scalars(select(GroupImport)).all() == []
    assert editor.get(answer.location).status_code == 404


def test_the_template_is_a_workbook_with_all_villages(editor: FlaskClient) -> None:
    book = load_workbook(io.BytesIO(editor.get("/komunitas/impor/templat.xlsx").data))
    assert book.sheetnames[:3] == ["Isi di sini", "Contoh", "Kode desa"]
    assert book["Kode desa"].max_row == 238


def test_a_kim_never_sees_an_upload(client: FlaskClient, world: World) -> None:
    member_of(client, world, world.group())
    for path in ("/komunitas/impor", "/komunitas/impor/1", "/komunitas/impor/templat.xlsx"):
        assert client.get(path).status_code == 403
