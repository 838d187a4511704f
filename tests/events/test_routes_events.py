"""The staff pages of events: the list, the form, the page of one, and what becomes of it."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.gatherings.events.models import Event, EventStatus, Material, Registration
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from tests.pages import asked, is_empty, sign_in
from tests.world import World

NEW = "/kegiatan/baru"


@pytest.fixture
def editor(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR))
    return client


def filled(world: World, **values: Any) -> dict[str, Any]:
    """What the form posts for a plan by the office on 8 December at 09.00 WITA."""
    return {
        "kind": "socialisation",
        "title": "Kenal Smart City",
        "organisation_id": str(world.office().id),
        "starts_at": "2026-12-08T09:00",
        "ends_at": "2026-12-08T11:00",
        "village_code": world.village(),
        "place": "Balai Desa",
        **values,
    }


def again(session: Session) -> None:
    """Look at the database as it is now."""
    session.rollback()
    session.expire_all()


def count(session: Session) -> int:
    again(session)
    return session.scalar(select(func.count()).select_from(Event)) or 0


def only(session: Session) -> Event:
    again(session)
    return session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()


@contextmanager
def same_queries(client: FlaskClient, path: str, more: Any) -> Iterator[None]:
    """Asking for the page takes as many queries after `more()` as before."""
    client.get(path)
    with asked() as before:
        assert client.get(path).status_code == 200
    more()
    with asked() as after:
        assert client.get(path).status_code == 200
    yield
    assert len(after) == len(before), after.statements


# --- planning ---


def test_a_plan_is_saved_with_all_its_parts(editor: FlaskClient, world: World, session: Session) -> None:
    campaign = world.campaign()
    data = filled(
        world,
        campaign_id=str(campaign.id),
        speaker_name=["Siti Aminah", "", "Budi"],
        speaker_more=["Kabid Aptika", "tanpa nama", ""],
        material_name=["Selebaran", ""],
        material_more=["1.200", ""],
        registration="y",
        capacity="30",
        waiting_list="y",
        budget="1.500.000",
        tags=["akses", "aspirasi"],
    )
    answer = editor.post(NEW, data=data)
    event = only(session)
    assert answer.location == f"/kegiatan/{event.id}"
    assert event.starts_at == datetime(2026, 12, 8, 1, 0, tzinfo=UTC)
    assert [(row.name, row.title) for row in event.speakers] == [("Siti Aminah", "Kabid Aptika"), ("Budi", "")]
    assert [(row.name, row.planned) for row in event.materials] == [("Selebaran", 1200)]
    assert (event.registration, event.capacity, event.waiting_list) == (True, 30, True)
    assert (event.budget, event.campaign_id) == (1_500_000, campaign.id)
    assert {row.tag for row in event.tags} == {"akses", "aspirasi"}
    page = editor.get(answer.location).text
    for words in ("Siti Aminah", "Rp1.500.000", "Umumkan", "09.00–11.00 WITA", "Aspirasi"):
        assert words in page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"title": ""}, "Nama kegiatan"),
        ({"ends_at": "2026-12-08T08:00"}, "selesai sebelum dimulai"),
        ({"starts_at": "besok"}, "Mulai"),
        ({"village_code": "", "place": ""}, "Isi tempatnya"),
        ({"capacity": "9" * 40}, "Jumlah tempat"),
        ({"capacity": "0"}, "Jumlah tempat"),
        ({"budget": "banyak"}, "rupiah bulat"),
        ({"material_name": ["Poster"], "material_more": ["banyak"]}, "jumlah bahan"),
        ({"material_name": ["Poster"], "material_more": ["999999999"]}, "Jumlah bahan"),
        ({"organisation_id": "99999"}, "Penyelenggara"),
        ({"repeat": "week"}, "Isi berapa kali"),
        ({"repeat": "week", "repeat_count": "99"}, "Berapa kali"),
        ({"starts_at": "9998-12-08T09:00", "ends_at": "9998-12-08T10:00"}, "Periksa tahunnya"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_typed_is_lost(
    editor: FlaskClient, world: World, session: Session, values: dict[str, Any], words: str
) -> None:
    data = filled(world, agenda="09.00 Pembukaan resmi", speaker_name=["Siti"], speaker_more=["Kabid"], **values)
    answer = editor.post(NEW, data=data)
    assert answer.status_code == 422
    assert words in answer.text
    for typed in ("09.00 Pembukaan resmi", 'value="Siti"', 'value="Kabid"'):
        assert typed in answer.text
    assert count(session) == 0


def test_rows_more_come_without_a_script(editor: FlaskClient, world: World, session: Session) -> None:
    answer = editor.post(NEW, data=filled(world, title="", speaker_name=["Siti"], speaker_more=[""], tambah="speaker"))
    assert answer.status_code == 200
    assert answer.text.count('name="speaker_name"') == 1 + 3
    assert 'value="Siti"' in answer.text
    assert "Belum bisa disimpan" not in answer.text
    assert count(session) == 0


def test_the_address_fills_in_village_campaign_and_group(editor: FlaskClient, world: World) -> None:
    campaign, kim, code = world.campaign(), world.kim(village_code=world.village(3)), world.village(5)
    page = editor.get(f"{NEW}?desa={code}&program={campaign.id}&kelompok={kim.id}").text
    assert re.search(rf'value="{code}"[^>]* checked', page)
    assert f'<option selected value="{campaign.id}">' in page
    assert f'<option selected value="{kim.id}">' in page
    own = editor.get(f"{NEW}?kelompok={kim.id}").text
    assert re.search(rf'value="{kim.village_code}"[^>]* checked', own)
    assert editor.get(f"{NEW}?desa=x&program=99999999999&kelompok=0").status_code == 200


def test_a_kim_plans_for_itself_in_its_own_village(client: FlaskClient, world: World, session: Session) -> None:
    kim, other = world.kim(village_code=world.village(4)), world.kim()
    sign_in(client, world.user(Role.COMMUNITY, organisation=kim))
    page = client.get(NEW).text
    assert f'name="organisation_id" value="{kim.id}"' in page
    assert other.name not in page
    assert re.search(rf'value="{kim.village_code}"[^>]* checked', page)
    refused = client.post(NEW, data=filled(world, organisation_id=str(other.id)))
    assert refused.status_code == 422
    assert client.post(NEW, data=filled(world, organisation_id=str(kim.id))).status_code == 302
    assert only(session).organisation_id == kim.id


def test_what_is_planned_for_a_time_past_is_not_told_to_be_announced(editor: FlaskClient, world: World) -> None:
    past = {"starts_at": "2026-11-20T09:00", "ends_at": "2026-11-20T11:00"}
    page = editor.post(NEW, data=filled(world, **past), follow_redirects=True).text
    assert "Rencana tersimpan." in page
    assert "Umumkan bila" not in page
    page = editor.post(NEW, data=filled(world), follow_redirects=True).text
    assert "Rencana tersimpan. Umumkan bila" in page


def test_a_clash_is_shown_before_saving_and_saved_by_saying_so(
    editor: FlaskClient, world: World, session: Session
) -> None:
    other = world.event(
        starts_at=datetime(2026, 12, 8, 1, 30, tzinfo=UTC), title="Rapat yang sudah ada", place="Balai desa"
    )
    data = filled(world, agenda="Acara saya", speaker_name=["Siti"], speaker_more=[""])
    shown = editor.post(NEW, data=data)
    assert shown.status_code == 422
    for words in ("Ada bentrok", "Rapat yang sudah ada", "Tetap simpan", "Acara saya", 'value="Siti"'):
        assert words in shown.text
    assert count(session) == 1
    again = editor.post(NEW, data={**data, "clashes_seen": str(other.id)})
    assert again.status_code == 422, "only the button saves all the same"
    saved = editor.post(NEW, data={**data, "clashes_seen": str(other.id), "tetap": "1"})
    assert saved.status_code == 302
    assert "Bentrok dengan 1 kegiatan lain" in editor.get(saved.location).text


def test_another_clash_than_the_one_that_was_seen_is_shown(editor: FlaskClient, world: World, session: Session) -> None:
    seen = world.event(starts_at=datetime(2026, 12, 9, 1, 30, tzinfo=UTC))
    world.event(starts_at=datetime(2026, 12, 8, 1, 30, tzinfo=UTC), title="Yang belum dilihat", place="Balai Desa")
    answer = editor.post(NEW, data=filled(world, clashes_seen=f"{seen.id},x,99999999999", tetap="1"))
    assert answer.status_code == 422
    assert "Yang belum dilihat" in answer.text


# --- series ---


def weekly(world: World, **values: Any) -> dict[str, Any]:
    return filled(
        world, starts_at="2026-12-11T09:00", ends_at="2026-12-11T11:00", repeat="week", repeat_count="3", **values
    )


def test_the_days_of_a_series_are_seen_before_they_are_saved(
    editor: FlaskClient, world: World, session: Session
) -> None:
    shown = editor.post(NEW, data=weekly(world))
    assert shown.status_code == 422
    assert "Periksa 3 tanggal ini" in shown.text
    assert "Kelahiran Yesus Kristus" in shown.text
    assert count(session) == 0
    previewed = re.search(r'name="previewed"[^>]*value="([^"]+)"', shown.text)
    assert previewed
    days = re.findall(r'name="tanggal_tampil" value="([^"]+)"', shown.text)
    assert days == ["2026-12-11", "2026-12-18", "2026-12-25"]
    data = weekly(world, previewed=previewed[1], tanggal_tampil=days, tanggal=days[:2])
    changed = editor.post(NEW, data={**data, "repeat_count": "4"})
    assert changed.status_code == 422, "other days than those that were seen"
    saved = editor.post(NEW, data=data)
    assert saved.status_code == 302
    assert count(session) == 2
    assert "Rangkaian berulang (2)" in editor.get(saved.location).text


def test_this_one_and_those_after_it_are_edited_together(editor: FlaskClient, world: World, session: Session) -> None:
    shown = editor.post(NEW, data=weekly(world)).text
    previewed = re.search(r'name="previewed"[^>]*value="([^"]+)"', shown)
    days = re.findall(r'name="tanggal_tampil" value="([^"]+)"', shown)
    assert previewed
    editor.post(NEW, data=weekly(world, previewed=previewed[1], tanggal_tampil=days, tanggal=days))
    again(session)
    first, second, third = session.scalars(select(Event).order_by(Event.starts_at)).all()
    page = editor.get(f"/kegiatan/{second.id}/ubah").text
    assert "Kegiatan ini dan sesudahnya" in page
    data = filled(
        world, title="Judul baru", starts_at="2026-12-18T13:00", ends_at="2026-12-18T14:00", version=second.version,
        scope="following",
    )  # fmt: skip
    assert editor.post(f"/kegiatan/{second.id}/ubah", data=data).status_code == 302
    again(session)
    assert [one.title for one in (first, second, third)] == ["Kenal Smart City", "Judul baru", "Judul baru"]
    assert third.starts_at == datetime(2026, 12, 25, 5, 0, tzinfo=UTC)
    cancelled = editor.post(f"/kegiatan/{second.id}/batal", data={"reason": "Banjir", "scope": "following"})
    assert cancelled.status_code == 302
    again(session)
    assert [one.status for one in (first, second, third)] == ["planned", "cancelled", "cancelled"]


# --- editing ---


def test_an_edit_keeps_what_was_not_touched(editor: FlaskClient, world: World, session: Session) -> None:
    event = world.event(
        speakers=["Siti"], capacity=20, registration=True, materials=[Material(name="Poster", planned=5)]
    )
    page = editor.get(f"/kegiatan/{event.id}/ubah").text
    for words in (event.title, 'value="Siti"', 'value="Poster"', 'value="20"', f'value="{event.version}"'):
        assert words in page


def test_a_second_save_of_an_older_page_is_noticed(editor: FlaskClient, world: World, session: Session) -> None:
    event = world.event()
    path = f"/kegiatan/{event.id}/ubah"
    stale = filled(world, title="Yang kedua", version=event.version)
    assert editor.post(path, data=filled(world, title="Yang pertama", version=event.version)).status_code == 302
    refused = editor.post(path, data=stale)
    assert refused.status_code == 422
    assert "baru saja diubah orang lain" in refused.text
    assert 'value="Yang kedua"' in refused.text
    version = re.search(r'name="version"[^>]*value="(\d+)"', refused.text)
    assert version
    assert editor.post(path, data={**stale, "version": version[1]}).status_code == 302
    assert only(session).title == "Yang kedua"


def test_an_announced_event_offers_moving_instead_of_its_time(
    editor: FlaskClient, world: World, session: Session
) -> None:
    event = world.event(status=EventStatus.ANNOUNCED)
    page = editor.get(f"/kegiatan/{event.id}/ubah").text
    assert 'name="starts_at"' not in page
    assert f"/kegiatan/{event.id}/pindah" in page
    started = event.starts_at
    data = filled(world, title="Judul lain", version=event.version)
    assert editor.post(f"/kegiatan/{event.id}/ubah", data=data).status_code == 302
    again(session)
    assert (event.title, event.starts_at) == ("Judul lain", started)


def test_a_known_clash_is_not_asked_about_at_every_edit(editor: FlaskClient, world: World, session: Session) -> None:
    event = world.event(place="Balai Desa")
    world.event(place="Balai Desa")
    data = filled(
        world, title="Hanya judul", version=event.version, starts_at="2026-11-27T08:00", ends_at="2026-11-27T10:00",
        place=event.place,
    )  # fmt: skip
    assert editor.post(f"/kegiatan/{event.id}/ubah", data=data).status_code == 302


def test_an_edit_into_a_clash_is_shown_first_and_saved_by_saying_so(
    editor: FlaskClient, world: World, session: Session
) -> None:
    event = world.event()
    other = world.event(starts_at=datetime(2026, 12, 8, 1, 30, tzinfo=UTC), place="Balai Desa")
    data = filled(world, version=event.version, description="Isian saya")
    shown = editor.post(f"/kegiatan/{event.id}/ubah", data=data)
    assert shown.status_code == 422
    assert "Ada bentrok" in shown.text
    assert "Isian saya" in shown.text
    data |= {"tetap": "1", "clashes_seen": str(other.id)}
    assert editor.post(f"/kegiatan/{event.id}/ubah", data=data).status_code == 302
    again(session)
    assert event.starts_at == datetime(2026, 12, 8, 1, 0, tzinfo=UTC)


def test_what_is_closed_has_no_form(editor: FlaskClient, world: World) -> None:
    event = world.event(status=EventStatus.CANCELLED)
    for page in ("ubah", "pindah", "batal"):
        assert editor.get(f"/kegiatan/{event.id}/{page}").status_code == 409


# --- what becomes of it ---


def test_the_page_offers_the_one_next_thing(
    editor: FlaskClient, world: World, session: Session, clock: FrozenClock
) -> None:
    event = world.event(starts_in=timedelta(days=3))
    path = f"/kegiatan/{event.id}"

    def primary() -> str:
        head = editor.get(path).text.split('class="page-actions"')[1].split("</main>")[0].split("show-columns")[0]
        found = re.search(r'btn-primary"[^>]*>(.*?)</(?:a|button)>', head, re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""

    assert primary() == "Umumkan"
    assert editor.post(f"{path}/umumkan").status_code == 302
    assert primary() == "Bagikan lewat WhatsApp"
    started, ended = event.starts_at, event.ends_at
    world.stay_signed_in()
    clock.move_to(started - timedelta(hours=1))
    assert primary() == "Catat hadir"
    clock.move_to(ended + timedelta(hours=1))
    assert primary() == "Buat laporan"
    assert "Waktunya sudah lewat" in editor.get(path).text


def test_what_a_kit_left_open_is_to_be_filled_in_first(editor: FlaskClient, world: World, session: Session) -> None:
    event = world.event(place="[LENGKAPI: nama balai]", agenda="09.00 [LENGKAPI: siapa] membuka")
    path = f"/kegiatan/{event.id}"
    page = editor.get(path).text
    assert "Lengkapi sebelum diumumkan" in page
    assert f'action="{path}/umumkan"' not in page
    refused = editor.post(f"{path}/umumkan", follow_redirects=True)
    assert "Lengkapi dahulu bagian yang bertanda [LENGKAPI: nama balai]" in refused.text
    again(session)
    assert event.status == EventStatus.PLANNED


def test_a_move_says_why_and_shows_whence(editor: FlaskClient, world: World, session: Session) -> None:
    event = world.event(status=EventStatus.ANNOUNCED)
    path = f"/kegiatan/{event.id}/pindah"
    data = {"starts_at": "2026-12-10T09:00", "ends_at": "2026-12-10T10:00", "village_code": event.village_code,
            "place": event.place}  # fmt: skip
    refused = editor.post(path, data=data)
    assert refused.status_code == 422
    assert 'value="2026-12-10T09:00"' in refused.text
    assert editor.post(path, data={**data, "reason": "Jalan banjir"}).status_code == 302
    page = editor.get(f"/kegiatan/{event.id}").text
    assert "Dipindahkan dari Jum, 27 Nov 2026 08.00 WITA" in page
    assert "Jalan banjir" in page
    again(session)
    assert event.sequence == 1


def test_a_move_into_a_clash_is_shown_first(editor: FlaskClient, world: World, session: Session) -> None:
    event = world.event()
    other = world.event(starts_at=datetime(2026, 12, 10, 1, 0, tzinfo=UTC), place="Lapangan")
    data = {"starts_at": "2026-12-10T09:00", "ends_at": "2026-12-10T10:00", "village_code": event.village_code,
            "place": "Lapangan", "reason": "Jalan banjir"}  # fmt: skip
    shown = editor.post(f"/kegiatan/{event.id}/pindah", data=data)
    assert shown.status_code == 422
    assert "Ada bentrok" in shown.text
    assert "Jalan banjir" in shown.text
    data |= {"tetap": "1", "clashes_seen": str(other.id)}
    assert editor.post(f"/kegiatan/{event.id}/pindah", data=data).status_code == 302


def test_a_cancelled_event_keeps_its_page_and_can_be_copied(
    editor: FlaskClient, world: World, session: Session
) -> None:
    event = world.event(status=EventStatus.ANNOUNCED)
    path = f"/kegiatan/{event.id}"
    assert editor.post(f"{path}/batal", data={"reason": " "}).status_code == 422
    assert editor.post(f"{path}/batal", data={"reason": "Anggaran <b>dipotong</b>"}).status_code == 302
    page = editor.get(path).text
    assert "Anggaran &lt;b&gt;dipotong&lt;/b&gt;" in page
    assert f"{path}/pindah" not in page
    copied = editor.post(f"{path}/salin")
    assert copied.location == f"/kegiatan/{only(session).id}/ubah"
    assert editor.get(copied.location).status_code == 200


def test_a_mistaken_mark_is_taken_back(editor: FlaskClient, world: World, session: Session) -> None:
    event = world.event(starts_in=timedelta(hours=-1))
    path = f"/kegiatan/{event.id}"
    assert editor.post(f"{path}/terlaksana").status_code == 302
    assert "Cabut tanda terlaksana" in editor.get(path).text
    assert editor.post(f"{path}/belum-terlaksana").status_code == 302
    again(session)
    assert event.status == EventStatus.PLANNED


def test_who_only_reads_sees_no_buttons(client: FlaskClient, world: World) -> None:
    event = world.event(status=EventStatus.ANNOUNCED)
    sign_in(client, world.user(Role.VIEWER))
    page = client.get(f"/kegiatan/{event.id}").text
    for address in ("ubah", "pindah", "batal", "salin"):
        assert f"/kegiatan/{event.id}/{address}" not in page
    assert client.get(f"/kegiatan/{event.id}/ubah").status_code == 403


def test_the_public_address_can_be_copied_and_shared_once_announced(editor: FlaskClient, world: World) -> None:
    hidden, open_to_all = world.event(), world.event(status=EventStatus.ANNOUNCED, title="Ayo datang & belajar")
    assert "wa.me" not in editor.get(f"/kegiatan/{hidden.id}").text
    page = editor.get(f"/kegiatan/{open_to_all.id}").text
    assert f"http://localhost/agenda/{open_to_all.code}" in page
    assert "https://wa.me/?text=Ayo%20datang%20%26%20belajar" in page
    assert 'data-copy="#alamat-publik"' in page


def test_the_history_says_who_did_what(editor: FlaskClient, world: World) -> None:
    event = world.event(status=EventStatus.ANNOUNCED)
    editor.post(f"/kegiatan/{event.id}/ubah", data=filled(world, title="Lain", kind="fgd", version=event.version))
    editor.post(f"/kegiatan/{event.id}/batal", data={"reason": "Banjir"})
    page = editor.get(f"/kegiatan/{event.id}").text
    assert "Membatalkan kegiatan" in page
    assert "“Banjir”" in page
    assert "Yang berubah: nama kegiatan, jenis" in page


def test_a_page_asks_as_much_whatever_hangs_on_the_event(editor: FlaskClient, world: World) -> None:
    event = world.event(speakers=["Siti"], materials=[Material(name="Poster")])

    def more() -> None:
        for number in range(4):
            world.event(speakers=["Siti"])
            world.session.add(Material(event_id=event.id, name=f"Bahan {number}"))
        world.session.commit()

    world.event(speakers=["Siti"])
    with same_queries(editor, f"/kegiatan/{event.id}", more):
        pass


# --- the list ---


def test_what_comes_next_stands_first_and_then_the_past(editor: FlaskClient, world: World) -> None:
    for days in (-9, 5, -2, 1):
        world.event(title=f"Hari {days}", starts_in=timedelta(days=days))
    page = editor.get("/kegiatan").text
    assert re.findall(r">Hari (-?\d+)<", page) == ["1", "5", "-2", "-9"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=balai+kota", {"A"}),
        ("q=%25", set()),
        ("waktu=mendatang", {"A", "C"}),
        ("waktu=lewat", {"B"}),
        ("status=announced", {"A"}),
        ("status=apa", {"A", "B", "C"}),
        ("jenis=fgd", {"B"}),
        ("kecamatan=KECAMATAN", {"C"}),
        ("desa=DESA", {"C"}),
        ("program=PROGRAM", {"B"}),
        ("kelompok=KIM", {"C"}),
        ("program=99999999999999&hal=x", {"A", "B", "C"}),
    ],
)
def test_the_list_is_searched_and_filtered(editor: FlaskClient, world: World, query: str, found: set[str]) -> None:
    kim, campaign, code = world.kim(), world.campaign(), world.village(100)
    world.event(title="Judul A", status=EventStatus.ANNOUNCED, place="Balai Kota")
    world.event(title="Judul B", starts_in=timedelta(days=-3), kind="fgd", campaign_id=campaign.id)
    world.event(title="Judul C", village_code=code, organisation_id=kim.id)
    for mark, value in (("KECAMATAN", code[:8]), ("DESA", code), ("PROGRAM", campaign.id), ("KIM", kim.id)):
        query = query.replace(mark, str(value))
    page = editor.get(f"/kegiatan?{query}")
    assert page.status_code == 200
    assert set(re.findall(r">Judul ([ABC])<", page.text)) == found


def test_a_kim_sees_only_its_own(client: FlaskClient, world: World) -> None:
    own, other = world.kim(), world.kim()
    mine = world.event(organisation_id=own.id, title="Punya kami")
    theirs = world.event(organisation_id=other.id, title="Punya mereka")
    sign_in(client, world.user(Role.COMMUNITY, organisation=own))
    page = client.get("/kegiatan").text
    assert "Punya kami" in page
    assert "Punya mereka" not in page
    assert client.get(f"/kegiatan/{mine.id}").status_code == 200
    for address in ("", "/ubah", "/pindah", "/batal"):
        assert client.get(f"/kegiatan/{theirs.id}{address}").status_code == 404
    assert "Punya mereka" not in client.get("/kegiatan/unduh.csv").text


def test_what_passed_unreported_stands_out(editor: FlaskClient, world: World) -> None:
    world.event(starts_in=timedelta(days=-3), status=EventStatus.ANNOUNCED)
    assert "Lewat, belum dilaporkan" in editor.get("/kegiatan").text


def test_an_empty_list_says_what_to_do(editor: FlaskClient, world: World) -> None:
    assert "Rencanakan kegiatan pertama" in editor.get("/kegiatan").text
    world.event()
    assert is_empty(editor.get("/kegiatan?q=zzz").text)


def test_the_list_pages_and_asks_as_much_for_many(editor: FlaskClient, world: World) -> None:
    world.event(speakers=["Siti"])

    def more() -> None:
        for _number in range(30):
            world.event()

    with same_queries(editor, "/kegiatan", more):
        pass
    page = editor.get("/kegiatan?hal=2").text
    assert "26–31 dari 31" in page


def test_the_files_hold_the_filtered_list_without_personal_data(editor: FlaskClient, world: World) -> None:
    event = world.event(
        title="=1+1", capacity=40, budget=2_000_000, contact="Ibu Rahasia 0812", speakers=["Pak Rahasia"]
    )
    world.event(title="Lain", kind="fgd")
    world.session.add(
        Registration(
            event_id=event.id, name="Warga Rahasia", contact_key="x", status="registered", queue_no=1, notice="uji",
            consent_at=world.clock.now(), registered_at=world.clock.now(),
        )
    )  # fmt: skip
    world.session.commit()
    sheet = editor.get("/kegiatan/unduh.csv?jenis=socialisation")
    lines = sheet.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("'=1+1;Sosialisasi;Direncanakan;2026-11-27 08:00;")
    assert ";40;1;;2000000" in lines[1]
    assert "Rahasia" not in sheet.text
    book = load_workbook(io.BytesIO(editor.get("/kegiatan/unduh.xlsx?jenis=socialisation").data))
    cells = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert len(cells) == 2
    assert cells[1][0] == "=1+1"
    assert book.active["A2"].data_type == "s"
    assert cells[1][-1] == 2_000_000
