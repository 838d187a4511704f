"""Agreements as the office keeps them and an OPD reports on them."""

import io
import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.roles import Role
from app.oversight.commitments.models import Clause, Commitment, Evidence
from tests.media.images import pdf
from tests.pages import asked, is_empty, sign_in
from tests.world import World

YESTERDAY = date(2026, 11, 23)


def version_of(page: str) -> str:
    found = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert found
    return found[1]


def test_an_empty_list_says_what_to_do_first(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    page = client.get("/komitmen").text
    assert is_empty(page)
    assert "Catat yang pertama" in page
    reader = client.application.test_client()
    sign_in(reader, world.user(Role.OPD_CONTACT, organisation=world.organisation()))
    page = reader.get("/komitmen").text
    assert is_empty(page)
    assert "Catat" not in page


def test_an_agreement_from_first_to_last(client: FlaskClient, world: World, session: Session) -> None:
    dinas = world.organisation(name="Dinas Perdagangan")
    sign_in(client, world.user(Role.EDITOR, name="Erna"))
    answer = client.post("/komitmen/baru", data={"kind": "memorandum", "title": "Gerakan Menuju 100 Smart City"})
    assert answer.status_code == 303
    page = answer.location
    shown = client.get(page).text
    assert "Butirnya belum dicatat" in shown
    assert "belum dicatat" in shown
    typed = {
        "text": "UKM Go Digital",
        "organisation_id": str(dinas.id),
        "person_text": "Kepala dinas",
        "due_on": "2026-11-20",
    }
    assert client.post(f"{page}/butir/baru", data=typed).status_code == 303
    shown = client.get(page).text
    for words in (
        "Terlambat 4 hari",
        "Dinas Perdagangan",
        "Kepala dinas",
        "Keadaan belum dicatat",
        "Bukti belum dicatat",
    ):
        assert words in shown
    assert "1 butir terlambat" in client.get("/komitmen").text
    session.rollback()
    one = session.scalars(select(Clause)).one()
    answer = client.post(f"/komitmen/butir/{one.id}/kemajuan", data={"status": "done", "note": "Sudah jalan"})
    assert answer.status_code == 422
    assert "Tambahkan dahulu buktinya" in answer.text
    assert "Sudah jalan" in answer.text
    client.post(f"/komitmen/butir/{one.id}/kemajuan", data={"status": "running", "note": "Sudah jalan"})
    shown = client.get(page).text
    assert "Berjalan" in shown
    assert "oleh Erna" in shown
    proof = {"what": "Berita acara", "url": "https://kukar.example/berita", "done": "y"}
    answer = client.post(f"/komitmen/butir/{one.id}/bukti/baru?jenis=address", data=proof)
    assert answer.status_code == 303
    shown = client.get(page).text
    assert "Berita acara" in shown
    assert 'rel="noopener noreferrer nofollow"' in shown
    assert "Terlambat" not in shown
    assert "1 dari 1 butir sudah selesai" in client.get("/komitmen").text


def test_what_was_removed_can_be_taken_back(client: FlaskClient, world: World, agreement, clauses, proved) -> None:
    held = agreement("Integrasi data", "Bimtek")
    [one, two] = clauses(held)
    shown = proved(one)
    sign_in(client, world.user(Role.EDITOR))
    for path, words in (
        (f"/komitmen/bukti/{shown.id}", "Berita"),
        (f"/komitmen/butir/{two.id}", "Bimtek"),
        (f"/komitmen/{held.id}", held.title),
    ):
        gone = client.get(client.post(f"{path}/hapus").location).text
        assert "Urungkan" in gone, path
        assert f'action="{path}/kembalikan"' in gone
        back = client.get(client.post(f"{path}/kembalikan").location).text
        assert words in back
        assert "Urungkan" not in back


def test_who_comes_second_keeps_what_was_typed_and_can_save_again(
    client: FlaskClient, world: World, session: Session, agreement, clauses
) -> None:
    [one] = clauses(agreement("Awal"))
    path = f"/komitmen/butir/{one.id}/ubah"
    sign_in(client, world.user(Role.EDITOR))
    seen = version_of(client.get(path).text)
    client.post(path, data={"text": "Dari orang lain", "version": seen})
    answer = client.post(path, data={"text": "Ketikan saya", "version": seen})
    assert answer.status_code == 422
    assert "Ketikan saya" in answer.text
    assert client.post(path, data={"text": "Ketikan saya", "version": version_of(answer.text)}).status_code == 303
    session.rollback()
    assert session.get_one(Clause, one.id, populate_existing=True).text == "Ketikan saya"


# --- evidence ---


def test_a_record_of_gaung_is_chosen_from_a_list(
    client: FlaskClient, world: World, session: Session, agreement, clauses
) -> None:
    held = agreement("Sosialisasi")
    [one] = clauses(held)
    campaign = world.campaign(name="Kenal Smart City")
    sign_in(client, world.user(Role.EDITOR))
    path = f"/komitmen/butir/{one.id}/bukti/baru?jenis=campaign"
    assert "Kenal Smart City" in client.get(path).text
    assert is_empty(client.get(f"{path}&q=pajak").text)
    answer = client.post(path, data={"record_id": "999"})
    assert answer.status_code == 422
    assert "Pilih salah satu dari daftar" in answer.text
    assert client.post(path, data={"record_id": str(campaign.id)}).status_code == 303
    assert f'href="/program/{campaign.id}"' in client.get(f"/komitmen/{held.id}").text


def test_a_file_is_told_by_its_content_and_waits_for_the_next_answer(
    client: FlaskClient, world: World, session: Session, agreement, clauses
) -> None:
    held = agreement("Integrasi data")
    [one] = clauses(held)
    sign_in(client, world.user(Role.EDITOR))
    path = f"/komitmen/butir/{one.id}/bukti/baru?jenis=file"
    wrong = client.post(path, data={"what": "BA", "file": (io.BytesIO(b"MZ\x90"), "berita.pdf")})
    assert wrong.status_code == 422
    assert "bukan gambar yang dikenal" in wrong.text
    assert 'value="BA"' in wrong.text
    kept = client.post(path, data={"file": (io.BytesIO(pdf()), "berita.pdf")})
    assert kept.status_code == 422
    assert "Tulis apa yang ditunjukkannya" in kept.text
    token = re.search(r'name="file_held" value="([0-9a-f]+)"', kept.text)
    assert token
    assert client.post(path, data={"what": "BA", "file_held": token[1]}).status_code == 303
    session.rollback()
    shown = session.scalars(select(Evidence)).one()
    answer = client.get(f"/komitmen/bukti/{shown.id}/berkas")
    assert answer.mimetype == "application/pdf"
    stranger = client.application.test_client()
    sign_in(stranger, world.user(Role.OPD_CONTACT, organisation=world.organisation()))
    assert stranger.get(f"/komitmen/bukti/{shown.id}/berkas").status_code == 404


def test_the_document_is_kept_with_the_agreement(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, world.user(Role.EDITOR))
    typed = {"kind": "decree", "title": "Tim Smart Regency"}
    page = client.post("/komitmen/baru", data={**typed, "file": (io.BytesIO(pdf()), "sk.pdf")}).location
    assert "sk.pdf" in client.get(page).text
    assert client.get(f"{page}/berkas").mimetype == "application/pdf"
    client.post(f"{page}/ubah", data=typed)
    assert "sk.pdf" in client.get(page).text, "no new file leaves the old one"
    session.rollback()
    assert session.scalars(select(Commitment)).one().file_id


# --- who sees what ---


def test_a_contact_reports_on_the_own_clause_and_sees_no_other(
    client: FlaskClient, world: World, agreement, clauses
) -> None:
    dinas = world.organisation()
    held = agreement({"text": "Butir kami", "organisation_id": dinas.id}, "Butir orang lain")
    [mine, theirs] = clauses(held)
    sign_in(client, world.user(Role.OPD_CONTACT, organisation=dinas))
    page = client.get(f"/komitmen/{held.id}").text
    assert "Butir kami" in page
    assert "Butir orang lain" not in page
    assert "1 butir lain dipegang OPD lain" in page
    for words in ("Ubah butir", "Lengkapi butir", "Tambah butir"):
        assert words not in page
    assert client.post(f"/komitmen/butir/{mine.id}/kemajuan", data={"status": "running"}).status_code == 303
    assert client.get(f"/komitmen/butir/{theirs.id}/kemajuan").status_code == 404
    assert client.get(f"/komitmen/butir/{mine.id}/ubah").status_code == 403


def test_a_reader_finds_no_button(client: FlaskClient, world: World, agreement) -> None:
    held = agreement("Satu")
    sign_in(client, world.user(Role.VIEWER))
    page = client.get(f"/komitmen/{held.id}").text
    assert "Satu" in page
    for words in ("Laporkan kemajuan", "Tambah bukti", "Ubah butir", "Hapus"):
        assert words not in page


# --- list ---


@pytest.mark.parametrize(
    "query", ["keadaan=hilang", "opd=x", "opd=99999999999999999999", "hal=-3", "dihapus=abc", "q=%25"]
)
def test_a_wild_address_is_no_fault(client: FlaskClient, world: World, agreement, query: str) -> None:
    agreement("Satu")
    sign_in(client, world.user(Role.EDITOR))
    assert client.get(f"/komitmen?{query}").status_code == 200


def test_the_list_is_downloaded(client: FlaskClient, world: World, agreement) -> None:
    dinas = world.organisation(name="Dinas Perdagangan")
    agreement({"text": "=1+1", "due_on": YESTERDAY, "organisation_id": dinas.id}, title="Satu")
    agreement(title="Dua")
    sign_in(client, world.user(Role.VIEWER))
    answer = client.get("/komitmen/unduh.xlsx")
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert rows[0][:2] == ("Jenis", "Tentang")
    assert rows[1][8] == "butirnya belum dicatat"
    assert rows[2][8:10] == ("=1+1", "Dinas Perdagangan")
    assert rows[2][12:14] == ("belum dicatat", "ya")
    assert len(load_workbook(io.BytesIO(client.get("/komitmen/unduh.xlsx?keadaan=terlambat").data)).active["A"]) == 2


def test_a_page_asks_as_little_for_many_clauses(client: FlaskClient, world: World, agreement, clauses, proved) -> None:
    few, many = agreement("Satu"), agreement(*(f"Butir {number}" for number in range(20)))
    campaign = world.campaign()
    for clause in clauses(few) + clauses(many):
        proved(clause, kind="campaign", url=None, record_id=campaign.id)
    sign_in(client, world.user(Role.EDITOR))

    def count(held: Commitment) -> int:
        with asked() as seen:
            assert client.get(f"/komitmen/{held.id}").status_code == 200
        return len(seen)

    count(few)
    assert count(few) == count(many)
