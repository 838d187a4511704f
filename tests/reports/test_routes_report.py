"""The pages of a report: written on a phone, verified, returned, merged, downloaded."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.media.models import StoredFile
from app.gatherings.events.headcount import count_people
from app.gatherings.events.models import Attendance, Event, EventPhoto, EventStatus
from app.gatherings.reports import service, verification
from app.gatherings.reports.models import Aspiration, Report
from app.gatherings.reports.service import ReportContent
from app.kernel.roles import Role
from tests.pages import asked, sign_in
from tests.reports.conftest import People

Logged = Callable[..., Event]


@pytest.fixture
def kim(client: FlaskClient, people: People) -> FlaskClient:
    sign_in(client, people.dian)
    return client


@pytest.fixture
def office(client: FlaskClient, people: People) -> FlaskClient:
    sign_in(client, people.editor)
    return client


@pytest.fixture
def over(people: People) -> Event:
    """Planned by the KIM, and over since yesterday."""
    return people.world.event(
        organisation_id=people.kim.id, village_code=people.kim.village_code, starts_in=timedelta(days=-1)
    )


def minutes(client: FlaskClient, event: Event, **fields: Any) -> Any:
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', page(client, event, "/ubah"))
    assert seen
    data = {"seen": seen[1], "do": "submit"} | fields
    return client.post(f"/kegiatan/{event.id}/laporan/ubah", data=data)


def page(client: FlaskClient, event: Event, more: str = "") -> str:
    return unescape(client.get(f"/kegiatan/{event.id}/laporan{more}").text)


def stored(session: Session, event: Event) -> Report:
    session.rollback()
    session.expire_all()
    return session.get_one(Report, event.id)


def test_the_minutes_are_handed_in(session: Session, kim: FlaskClient, over: Event) -> None:
    answer = minutes(
        kim, over, told="Cara memakai layanan.", total="20", f_adult="12", asked=["Kapan?", ""], answered=["", ""],
        agreed=["Rapat lagi"], who=["Ketua"], until=["2026-12-01"], material=["Selebaran"], copies=["1.500"],
        tags=["diskusi"],
    )  # fmt: skip
    assert answer.status_code == 302
    report = stored(session, over)
    assert (over.status, over.people, report.told) == (EventStatus.REPORTED, 20, "Cara memakai layanan.")
    assert {(row.sex, row.age_band): row.people for row in over.headcounts} == {("f", "adult"): 12, ("u", "u"): 8}
    assert [(row.what, row.owner, str(row.due_on)) for row in report.agreements] == [
        ("Rapat lagi", "Ketua", "2026-12-01")
    ]
    assert [(row.name, row.handed_out) for row in over.materials] == [("Selebaran", 1500)]
    assert session.scalars(select(Aspiration.text)).all() == ["Kapan?"]
    shown = page(kim, over)
    assert report.receipt in shown
    assert "Cara memakai layanan." in shown


def test_looking_at_the_form_makes_no_report(session: Session, kim: FlaskClient, over: Event) -> None:
    assert kim.get(f"/kegiatan/{over.id}/laporan/ubah").status_code == 200
    session.expire_all()
    assert session.get(Report, over.id) is None


def test_a_draft_waits_for_nobody(session: Session, kim: FlaskClient, over: Event) -> None:
    minutes(kim, over, told="Baru separuh", do="draft")
    assert stored(session, over).submitted_at is None
    assert over.status == EventStatus.HELD
    assert "Baru separuh" in page(kim, over, "/ubah")


def test_one_more_row_keeps_what_is_typed_and_saves_nothing(session: Session, kim: FlaskClient, over: Event) -> None:
    answer = minutes(kim, over, told="Sedang ditulis", asked=["Kapan?"], answered=["Nanti"], do="add-questions")
    shown = unescape(answer.text)
    assert answer.status_code == 200
    assert "Sedang ditulis" in shown
    assert "Kapan?" in shown
    assert shown.count('name="asked"') == 3
    session.expire_all()
    assert session.get(Report, over.id) is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"total": "5", "f_adult": "9"}, "lebih banyak daripada jumlahnya"),
        ({"total": "-1"}, "antara 0 dan"),
        ({"total": "banyak"}, "bilangan bulat"),
        ({"total": "99999999999"}, "antara 0 dan"),
        ({"agreed": ["Rapat"], "who": [""], "until": ["kapan-kapan"]}, "Tanggal ini tidak bisa dibaca"),
        ({"agreed": [""], "who": ["Ketua"], "until": [""]}, "Tulis apa yang disepakati"),
        ({"asked": [""], "answered": ["Ya"]}, "Tulis pertanyaannya"),
        ({"material": ["Poster"], "copies": ["seribu"]}, "bilangan bulat"),
        ({"material": ["Poster"], "copies": ["9999999999999"]}, "bilangan bulat"),
        ({"told": ""}, "Isi dulu jumlah orang"),
        ({"tags": ["lain"], "total": "4"}, "tidak ada dalam daftar"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_typed_is_lost(
    session: Session, kim: FlaskClient, over: Event, fields: dict[str, Any], said: str
) -> None:
    answer = minutes(kim, over, **({"told": "Yang saya tulis panjang lebar"} | fields))
    assert answer.status_code == 422
    shown = unescape(answer.text)
    assert said in shown
    if "told" not in fields:
        assert "Yang saya tulis panjang lebar" in shown
    session.expire_all()
    assert session.get(Report, over.id) is None


def test_a_save_over_somebody_elses_is_shown_and_the_second_one_counts(
    session: Session, kim: FlaskClient, logged: Logged
) -> None:
    event = logged()
    first = minutes(kim, event, told="Dari saya", seen="1.0", total="3")
    assert first.status_code == 422
    assert "diubah orang lain" in first.text
    assert "Dari saya" in first.text
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', first.text)
    assert seen
    assert minutes(kim, event, told="Dari saya", seen=seen[1], total="3").status_code == 302
    assert stored(session, event).told == "Dari saya"


def test_a_typing_error_does_not_lay_old_words_over_somebody_elses_save(
    session: Session, kim: FlaskClient, people: People, logged: Logged
) -> None:
    event, now = logged(told="Semula"), people.world.clock.now()
    opened = page(kim, event, "/ubah")
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', opened)
    assert seen
    rudi, report = people.actor("rudi"), session.get_one(Report, event.id)
    service.write(session, rudi, report, ReportContent(told="Dari Rudi"), now=now)
    session.commit()
    wrong = minutes(kim, event, told="Dari Dian", total="banyak", seen=seen[1])
    again = re.search(r'name="seen"[^>]*value="([^"]*)"', wrong.text)
    assert again
    second = minutes(kim, event, told="Dari Dian", total="12", seen=again[1])
    assert second.status_code == 422
    assert "diubah orang lain" in second.text
    assert stored(session, event).told == "Dari Rudi"


def test_sixty_questions_are_all_on_the_form_and_none_is_lost_by_saving(
    session: Session, kim: FlaskClient, people: People, logged: Logged
) -> None:
    event = logged()
    for number in range(60):
        people.world.aspiration(event, text=f"Tanya {number}?")
    shown = page(kim, event, "/ubah")
    questions = re.findall(r'<textarea[^>]*name="asked"[^>]*>([^<]*)</textarea>', shown)
    held = re.findall(r'name="held" value="(\d+)"', shown)
    assert (len([text for text in questions if text]), len(held)) == (60, 60)
    kept = [text for text in questions if text][1:]
    assert minutes(kim, event, asked=kept, answered=[""] * 59, held=held, total="12").status_code == 302
    stored(session, event)
    assert set(session.scalars(select(Aspiration.text))) == set(kept)


def test_too_many_rows_are_refused_and_all_shown_again(session: Session, kim: FlaskClient, over: Event) -> None:
    asked_now = [f"Tanya {number}?" for number in range(51)]
    answer = minutes(kim, over, total="3", asked=asked_now, answered=[""] * 51)
    assert answer.status_code == 422
    assert "Paling banyak 50" in answer.text
    assert "Tanya 50?" in answer.text
    assert session.scalars(select(Aspiration)).all() == []


def test_what_people_wrote_is_shown_as_text(kim: FlaskClient, logged: Logged) -> None:
    event = logged(told="<script>alert(1)</script>", questions=[("<b>Kapan</b>?", "<i>Nanti</i>")])
    raw = kim.get(f"/kegiatan/{event.id}/laporan").text
    assert "<script>alert" not in raw
    assert "<b>Kapan" not in raw
    assert "&lt;b&gt;Kapan" in raw


def test_a_kim_has_no_spj_list_and_the_office_has(
    session: Session, client: FlaskClient, people: People, over: Event
) -> None:
    sign_in(client, people.editor)
    event = people.world.event(starts_in=timedelta(days=-1), kind="bimtek")
    over.kind = "kim_activity"
    session.commit()
    assert "KAK/TOR" in page(client, event, "/ubah")
    assert "KAK/TOR" not in page(client, over, "/ubah")
    minutes(client, event, total="4", spj=["kak", "notulen"])
    ticks = stored(session, event).spj
    assert (ticks["kak"], ticks["notulen"], ticks["pajak"]) == (True, True, False)


def test_a_second_click_verifies_no_report_that_nobody_read(
    session: Session, office: FlaskClient, people: People, logged: Logged
) -> None:
    first, second = logged(days=3), logged(days=6)
    first_answer = office.post(f"/kegiatan/{first.id}/laporan/periksa")
    assert first_answer.location == "/laporan-kegiatan?keadaan=menunggu"
    listed = office.get(first_answer.location).text
    assert "/laporan/periksa" not in listed
    assert re.search(rf'href="/kegiatan/{second.id}/laporan"[^>]*>.*Periksa berikutnya', listed)
    last = office.post(
        f"/kegiatan/{second.id}/laporan/kembalikan", data={"missing": ["photos"], "note": "Mana fotonya?"}
    )
    assert last.location == "/laporan-kegiatan?keadaan=menunggu"
    stored(session, first)
    assert (first.status, second.status) == (EventStatus.VERIFIED, EventStatus.RETURNED)


def test_a_return_without_a_reason_stays_on_the_page(office: FlaskClient, logged: Logged) -> None:
    event = logged()
    answer = office.post(f"/kegiatan/{event.id}/laporan/kembalikan", data={"missing": ["other"], "note": ""})
    assert answer.status_code == 422
    assert "Tulis di catatan apa yang kurang" in answer.text


def test_a_verdict_on_what_changed_meanwhile_is_not_taken(
    session: Session, office: FlaskClient, logged: Logged
) -> None:
    event = logged()
    answer = office.post(f"/kegiatan/{event.id}/laporan/periksa", data={"seen": "1.1"}, follow_redirects=True)
    assert "periksa sekali lagi" in answer.text
    stored(session, event)
    assert event.status == EventStatus.REPORTED


def test_the_writer_sees_what_is_missing(session: Session, kim: FlaskClient, people: People, logged: Logged) -> None:
    event = logged()
    verification.send_back(
        session, people.actor("editor"), event.id, missing=["headcount"], note="Isi yang muda juga.",
        now=people.world.clock.now(),
    )  # fmt: skip
    session.commit()
    for shown in (page(kim, event), page(kim, event, "/ubah")):
        assert "Jumlah peserta" in shown
        assert "Isi yang muda juga." in shown
    assert kim.post(f"/kegiatan/{event.id}/laporan/periksa").status_code == 403


@pytest.fixture
def returned(session: Session, people: People, logged: Logged) -> Callable[..., Event]:
    """A report that came back from the office for this."""

    def back(missing: list[str], note: str = "", **written: Any) -> Event:
        event, now = logged(**written), people.world.clock.now()
        verification.send_back(session, people.actor("editor"), event.id, missing=missing, note=note, now=now)
        session.commit()
        return event

    return back


def photographed(session: Session, people: People, event: Event, **later: float) -> None:
    at = people.world.clock.now() + timedelta(**later)
    file = StoredFile(
        sha256="e" * 64, mime="image/jpeg", size=9, width=1, height=1, name="f.jpg", created_at=at,
        organisation_id=people.kim.id,
    )  # fmt: skip
    session.add(file)
    session.flush()
    event.photos.append(EventPhoto(file_id=file.id, caption="", consent_at=at, added_at=at))
    session.commit()


def test_the_photo_that_was_asked_for_is_added_where_the_report_is_mended(
    kim: FlaskClient, returned: Callable[..., Event], over: Event
) -> None:
    event = returned(["photos", "minutes"])
    shown = page(kim, event, "/ubah")
    assert f'action="/kegiatan/{event.id}/foto"' in shown
    assert f'name="next" value="/kegiatan/{event.id}/laporan/ubah"' in shown
    assert 'href="#foto"' in shown
    assert 'href="#told"' in shown
    assert shown.index('id="foto"') < shown.index('name="told"')
    assert f'action="/kegiatan/{over.id}/foto"' not in page(kim, over, "/ubah")


@pytest.mark.parametrize(
    ("missing", "fields", "said"),
    [
        (["photos"], {"told": "Diperbaiki"}, "Yang diminta kantor belum ada (Foto kegiatan)."),
        (["minutes"], {"told": "", "total": "9"}, "(Notulen: apa yang disampaikan dan disepakati)."),
        (["headcount"], {"told": "Ada", "total": ""}, "(Jumlah peserta)."),
        (["attendance"], {"told": "Ada"}, "(Daftar hadir)."),
        (["place"], {}, "Belum ada yang berubah sejak laporan ini dikembalikan."),
        ([], {}, "Belum ada yang berubah sejak laporan ini dikembalikan."),
    ],
)
def test_a_report_that_still_lacks_what_was_asked_for_is_asked_about_once_more(
    session: Session,
    kim: FlaskClient,
    returned: Callable[..., Event],
    missing: list[str],
    fields: dict[str, str],
    said: str,
) -> None:
    event = returned(missing, note="Tolong", told="Isi lama")
    as_it_was = {"told": "Isi lama", "total": "12", "f_adult": "7", "m_adult": "5"}
    values = as_it_was | fields | ({"f_adult": "", "m_adult": ""} if "total" in fields else {})
    assert 'name="certain"' not in page(kim, event, "/ubah")
    answer = minutes(kim, event, **values)
    assert answer.status_code == 422
    assert said in unescape(answer.text)
    assert 'name="certain"' in answer.text
    stored(session, event)
    assert event.status == EventStatus.RETURNED
    assert minutes(kim, event, **values, certain="y").status_code == 302
    stored(session, event)
    assert event.status == EventStatus.REPORTED


def test_what_was_asked_for_and_added_is_handed_in_without_a_question(
    session: Session, kim: FlaskClient, people: People, returned: Callable[..., Event]
) -> None:
    event = returned(["photos"], told="Isi lama")
    as_it_was = {"told": "Isi lama", "total": "12", "f_adult": "7", "m_adult": "5"}
    photographed(session, people, event)
    assert minutes(kim, event, **as_it_was).status_code == 422, "a photo from before the return is not the one wanted"
    event.photos[0].added_at += timedelta(minutes=5)
    session.commit()
    assert minutes(kim, event, **as_it_was).status_code == 302


def test_a_report_without_minutes_or_of_a_running_event_is_flagged(
    session: Session, kim: FlaskClient, people: People
) -> None:
    running = people.world.event(
        organisation_id=people.kim.id, village_code=people.kim.village_code, starts_in=timedelta(hours=-1), hours=3
    )
    answer = minutes(kim, running, told="", total="8")
    after = unescape(kim.get(answer.location).text)
    assert stored(session, running).flags == ["running", "no_minutes"]
    for words in ("Diserahkan sebelum kegiatannya selesai.", "Apa yang disampaikan belum ditulis."):
        assert after.count(words) == 2, "said to the writer, and standing there for the verifier"
    minutes(kim, running, told="Isinya", total="8")
    assert stored(session, running).flags == ["running"]


def test_a_change_of_what_was_handed_in_is_called_a_change(kim: FlaskClient, logged: Logged) -> None:
    event = logged(told="Isi")
    answer = minutes(kim, event, told="Isi baru", total="12")
    shown = kim.get(answer.location).text
    assert "Perubahan disimpan." in shown
    assert "Laporan diserahkan" not in shown


def test_a_save_over_somebody_elses_leads_to_what_is_stored(kim: FlaskClient, logged: Logged) -> None:
    event = logged()
    stale = minutes(kim, event, told="Dari saya", seen="1.0", total="3").text
    assert re.search(rf'href="/kegiatan/{event.id}/laporan" target="_blank"', stale)
    assert "Lihat yang tersimpan" not in minutes(kim, event, told="x", total="-1").text


def test_the_number_of_people_never_stands_over_a_table_of_another(
    session: Session, office: FlaskClient, people: People, logged: Logged
) -> None:
    event, at = logged(counts={("f", "adult"): 2}), people.world.clock.now()
    assert "2 orang menurut hitungan" in page(office, event)
    assert "Peserta menurut jenis kelamin dan umur" in page(office, event)
    session.add_all([Attendance(event_id=event.id, name=f"Warga {n}", method="list", at=at) for n in range(4)])
    count_people(session, event)
    session.commit()
    shown = page(office, event)
    assert "4 orang menurut daftar hadir" in shown
    assert "Peserta menurut jenis kelamin dan umur" not in shown
    assert "Jenis kelamin" not in pdf_text(office, event)


def test_the_spj_list_knows_what_the_record_has(
    session: Session, client: FlaskClient, people: People, logged: Logged
) -> None:
    sign_in(client, people.editor)
    event = people.world.event(starts_in=timedelta(days=-1), kind="bimtek")
    minutes(client, event, told="Isi", total="4")
    session.expire_all()
    photographed(session, people, event)
    shown = page(client, event)
    for words in ("Notulen", "Dokumentasi foto"):
        assert re.search(rf"{words} <span[^>]*>\(ada di catatan\)", shown), words
    assert not re.search(r"Undangan <span[^>]*>\(ada di catatan\)", shown)
    assert "Ada di catatan ini: Notulen; Dokumentasi foto." in page(client, event, "/ubah")


def pdf_text(client: FlaskClient, event: Event, name: str = "laporan") -> str:
    answer = client.get(f"/kegiatan/{event.id}/{name}.pdf")
    assert answer.status_code == 200
    return " ".join(part.extract_text() for part in PdfReader(io.BytesIO(answer.data)).pages)


@pytest.mark.parametrize(
    ("role", "sees"), [(Role.APPROVER, True), (Role.EDITOR, True), (Role.CONTRIBUTOR, True), (Role.VIEWER, False)]
)
def test_names_stand_in_the_pdf_for_those_who_may_see_the_list_and_for_nobody_else(
    session: Session, client: FlaskClient, people: People, logged: Logged, role: Role, sees: bool
) -> None:
    event = logged(told="Isi")
    session.add(Attendance(event_id=event.id, name="Siti Aminah", method="list", at=people.world.clock.now()))
    session.commit()
    sign_in(client, people.world.user(role))
    assert (client.get(f"/kegiatan/{event.id}/hadir").status_code == 200) is sees
    assert ("Siti Aminah" in pdf_text(client, event)) is sees


def test_the_undangan_is_made_from_the_record_and_stands_in_the_report(
    session: Session, client: FlaskClient, people: People, over: Event
) -> None:
    sign_in(client, people.dian)
    over.agenda, over.title, over.kind = "09.00 Pembukaan", "Temu warga #1", "kim_activity"
    session.commit()
    letter = pdf_text(client, over, "undangan")
    for words in ("Undangan", "Warga Desa", "Senin, 23 November 2026", "08.00–10.00 WITA", "Temu warga #1", over.place):
        assert words in letter, words
    assert "09.00 Pembukaan" in letter
    assert "KIM Batuq Maju" in letter
    assert f'href="/kegiatan/{over.id}/undangan.pdf"' in client.get(f"/kegiatan/{over.id}").text
    minutes(client, over, told="Isi", total="4")
    assert "Warga Desa" in pdf_text(client, over)
    assert f'href="/kegiatan/{over.id}/undangan.pdf"' in page(client, over)


def test_no_undangan_asks_people_to_what_is_cancelled(session: Session, kim: FlaskClient, over: Event) -> None:
    over.status = EventStatus.CANCELLED
    session.commit()
    assert kim.get(f"/kegiatan/{over.id}/undangan.pdf").status_code == 409


def test_an_official_report_stays_on_two_pages(
    session: Session, client: FlaskClient, people: People, logged: Logged
) -> None:
    sign_in(client, people.editor)
    event = people.world.event(starts_in=timedelta(days=-1), kind="bimtek")
    minutes(client, event, told="Isi", total="4")
    session.expire_all()
    photographed(session, people, event)
    at = people.world.clock.now()
    session.add_all([Attendance(event_id=event.id, name=f"Warga {n}", method="list", at=at) for n in range(4)])
    session.commit()
    answer = client.get(f"/kegiatan/{event.id}/laporan.pdf")
    document = PdfReader(io.BytesIO(answer.data))
    text = " ".join(part.extract_text() for part in document.pages)
    assert len(document.pages) == 2
    assert "(belum)" not in text
    assert re.search(r"Mengetahui\s+Penyelenggara\s+Diskominfo\s+Diskominfo", text)


def test_twins_are_shown_side_by_side_and_merged(session: Session, kim: FlaskClient, logged: Logged) -> None:
    keep, other = logged("dian"), logged("rudi", title="Kumpul di balai")
    shown = page(kim, keep)
    assert "Mungkin sama dengan “Kumpul di balai”" in shown
    assert "Bukan kegiatan yang sama" in shown
    answer = kim.post(f"/kegiatan/{keep.id}/laporan/gabung", data={"other": other.id}, follow_redirects=True)
    assert "Pisahkan lagi" in answer.text
    stored(session, other)
    assert other.status == EventStatus.MERGED
    assert "Catatan ini digabung ke" in page(kim, other)
    kim.post(f"/kegiatan/{other.id}/laporan/pisah")
    stored(session, other)
    assert other.status == EventStatus.REPORTED
    assert "Mungkin sama" not in page(kim, keep)


def test_a_group_is_not_offered_what_only_the_office_does_with_a_verified_twin(
    app: Any, session: Session, kim: FlaskClient, people: People, logged: Logged
) -> None:
    office = app.test_client()
    sign_in(office, people.editor)
    verified, other = logged("dian"), logged("rudi", title="Kumpul di balai")
    assert "Gabungkan" in page(kim, other)
    verified.status = EventStatus.VERIFIED
    session.commit()
    for one in (verified, other):
        assert "Gabungkan" not in page(kim, one)
        assert "Gabungkan" in page(office, one)


def test_the_list_has_a_tab_for_each_state(office: FlaskClient, logged: Logged, over: Event) -> None:
    event = logged(title="Yang menunggu")
    assert "Yang menunggu" in office.get("/laporan-kegiatan").text
    assert over.title in office.get("/laporan-kegiatan?keadaan=belum").text
    assert over.title not in office.get("/laporan-kegiatan?keadaan=menunggu").text
    found = office.get(f"/laporan-kegiatan?keadaan=semua&q={event.title}").text
    assert "Yang menunggu" in found
    assert office.get("/laporan-kegiatan?keadaan=x&hal=99999999999&q=%25").status_code == 200


def test_the_list_is_a_file(office: FlaskClient, logged: Logged, over: Event) -> None:
    event = logged(title="Yang menunggu", tags=["diskusi"])
    book = load_workbook(io.BytesIO(office.get("/laporan-kegiatan/berkas?keadaan=menunggu").data))
    rows = list(book.active.iter_rows(values_only=True))
    assert [row[:2] for row in rows[1:]] == [(event.id, "Yang menunggu")]
    assert rows[1][-1] == "Diskusi"
    text = office.get("/laporan-kegiatan/berkas?bentuk=csv").data.decode("utf-8-sig")
    assert over.title in text


def test_a_kim_sees_its_own_reports_only(kim: FlaskClient, people: People, logged: Logged) -> None:
    logged(title="Milik kami")
    people.world.event(title="Milik kantor", starts_in=timedelta(days=-1))
    shown = kim.get("/laporan-kegiatan?keadaan=semua").text
    assert "Milik kami" in shown
    assert "Milik kantor" not in shown


def test_the_pdf_is_that_of_the_record(
    app: Any, session: Session, office: FlaskClient, people: People, logged: Logged
) -> None:
    event = logged(told="Cara memakai layanan", questions=[("Kapan sinyal?", "")])
    now = people.world.clock.now()
    session.add(Attendance(event_id=event.id, name="Siti Aminah", method="list", at=now))
    session.commit()
    answer = office.get(f"/kegiatan/{event.id}/laporan.pdf")
    assert answer.mimetype == "application/pdf"
    text = " ".join(part.extract_text() for part in PdfReader(io.BytesIO(answer.data)).pages)
    for words in ("Kumpul warga", "KIM Batuq Maju", "Kapan sinyal?", "Siti Aminah", "BELUM DIPERIKSA KANTOR"):
        assert words in text, words
    assert office.get(f"/kegiatan/{people.world.event().id}/laporan.pdf").status_code == 409


def test_a_photo_that_is_lost_does_not_stop_the_pdf(
    app: Any, session: Session, office: FlaskClient, people: People, logged: Logged
) -> None:
    event, now = logged(), people.world.clock.now()
    lost = StoredFile(
        sha256="f" * 64, mime="image/jpeg", size=9, width=1, height=1, name="f.jpg", created_at=now,
        organisation_id=people.kim.id,
    )  # fmt: skip
    session.add(lost)
    session.flush()
    event.photos.append(EventPhoto(file_id=lost.id, caption="Hilang", consent_at=now, added_at=now))
    session.commit()
    answer = office.get(f"/kegiatan/{event.id}/laporan.pdf")
    text = " ".join(part.extract_text() for part in PdfReader(io.BytesIO(answer.data)).pages)
    assert "Foto tidak ditemukan" in text


def test_the_pdf_asks_as_much_for_eight_photos_as_for_one(
    session: Session, office: FlaskClient, people: People, logged: Logged
) -> None:
    event, now = logged(), people.world.clock.now()

    def questions_with(photos: int) -> int:
        for number in range(photos):
            file = StoredFile(
                sha256=f"{number}{photos}" * 32, mime="image/jpeg", size=9, width=1, height=1, name="f.jpg",
                created_at=now, organisation_id=people.kim.id,
            )  # fmt: skip
            session.add(file)
            session.flush()
            session.add(EventPhoto(event_id=event.id, file_id=file.id, caption="", consent_at=now, added_at=now))
        session.commit()
        with asked() as seen:
            office.get(f"/kegiatan/{event.id}/laporan.pdf")
        return len(seen)

    office.get(f"/kegiatan/{event.id}/laporan.pdf")
    assert questions_with(1) == questions_with(7)


def test_the_pages_ask_the_same_number_of_questions_however_much_there_is(
    session: Session, office: FlaskClient, people: People, logged: Logged
) -> None:
    event = logged(questions=[("Satu?", "")])
    logged("rudi", title="Kembar")
    paths = [f"/kegiatan/{event.id}/laporan", "/laporan-kegiatan?keadaan=semua", "/aspirasi", "/jangkauan"]
    few, many = [], []
    for path in paths:
        office.get(path)
        with asked() as seen:
            office.get(path)
        few.append(len(seen))
    for number in range(6):
        logged(days=number + 3, title=f"Lain {number}", questions=[(f"Tanya {number}?", "")])
    for number in range(6):
        people.world.aspiration(event, text=f"Lagi {number}")
    logged("rudi", title="Kembar kedua")
    for path in paths:
        with asked() as seen:
            office.get(path)
        many.append(len(seen))
    assert few == many


def test_an_approver_of_the_office_verifies_and_writes_not(client: FlaskClient, people: People, logged: Logged) -> None:
    sign_in(client, people.world.user(Role.APPROVER))
    event = logged()
    assert "Tandai sudah diperiksa" in client.get(f"/kegiatan/{event.id}/laporan").text
    assert client.get(f"/kegiatan/{event.id}/laporan/ubah").status_code == 403
