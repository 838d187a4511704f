"""The public calendar, the page of an event, registering, and the own page."""

import gzip
import json
import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.notices.models import Notice
from app.base.people.models import Organisation
from app.base.web import assets
from app.gatherings.events.models import Event, EventStatus, Registration
from app.gatherings.events.registration.tokens import Tokens
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from config import Settings
from tests.pages import asked, sign_in
from tests.world import World

GOOD = {"name": "Siti Aminah", "phone": "0812-3456-7890", "consent": "y"}


@pytest.fixture
def event(world: World) -> Event:
    return world.event(
        status=EventStatus.ANNOUNCED, registration=True, capacity=2, title="Rembuk <b>warga</b>",
        speakers=["Dr. Ahmad Yani"], contact="Ibu Rina 0812-0000-1111",
    )  # fmt: skip


@pytest.fixture
def tokens(app: Flask) -> Tokens:
    return Tokens(app.config["SECRET_KEY"])


def linked(html: str) -> dict[str, object]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    return json.loads(found.group(1))


# --- calendar ---


def test_only_what_was_announced_is_on_the_calendar(client: FlaskClient, world: World, event: Event) -> None:
    world.event(title="Rahasia dapur")
    html = client.get("/agenda").text
    assert "Rembuk &lt;b&gt;warga&lt;/b&gt;" in html
    assert "Rahasia dapur" not in html


def test_months_filters_and_search_lead_to_the_events(client: FlaskClient, world: World, event: Event) -> None:
    december = world.event(
        status=EventStatus.ANNOUNCED, title="Pelatihan Desember", kind="training", starts_in=timedelta(days=20)
    )
    village = world.session.get_one(Village, december.village_code)
    assert "Pelatihan Desember" not in client.get("/agenda").text
    assert "Pelatihan Desember" in client.get("/agenda?bulan=2026-12").text
    assert "Pelatihan Desember" in client.get("/agenda?q=pelatihan").text
    assert "Pelatihan Desember" in client.get(f"/agenda?q={village.name}").text
    assert "Rembuk" not in client.get("/agenda?q=pelatihan").text
    assert "Rembuk" not in client.get("/agenda?jenis=training").text
    assert "Rembuk" not in client.get("/agenda?kecamatan=99.99.99").text
    assert "Rembuk" in client.get(f"/agenda?kecamatan={village.district_code}").text


@pytest.mark.parametrize("month", ["", "2026-13", "0001-01", "9999-12", "x", "2026-11-01", "²⁰²⁶-11"])
def test_a_month_that_is_none_shows_the_present_one(client: FlaskClient, event: Event, month: str) -> None:
    answer = client.get("/agenda", query_string={"bulan": month, "hal": "99999999999999"})
    assert answer.status_code == 200
    assert "November 2026" in answer.text


def test_an_event_that_goes_on_is_shown_and_past_ones_by_the_month(
    client: FlaskClient, world: World, clock: FrozenClock
) -> None:
    world.event(status=EventStatus.ANNOUNCED, title="Pameran panjang", starts_in=timedelta(days=-2), hours=96)
    world.event(status=EventStatus.HELD, announced_at=clock.now(), title="Sudah lewat", starts_in=timedelta(days=-5))
    html = client.get("/agenda").text
    assert "Pameran panjang" in html
    assert "Sudah lewat" not in html
    assert "Sudah lewat" in client.get("/agenda?bulan=2026-11").text


def test_an_empty_month_points_to_the_next_event(client: FlaskClient, world: World) -> None:
    assert "Belum ada kegiatan yang diumumkan" in client.get("/agenda").text
    world.event(status=EventStatus.ANNOUNCED, starts_in=timedelta(days=70))
    html = client.get("/agenda").text
    assert "Tidak ada lagi kegiatan bulan ini" in html
    assert "Belum ada kegiatan yang diumumkan" not in html
    assert 'href="/agenda?bulan=2027-02"' in html


def test_many_events_are_paged_in_the_same_number_of_questions(client: FlaskClient, world: World, event: Event) -> None:
    with asked() as few:
        client.get("/agenda?bulan=2026-11")
    for number in range(30):
        world.registration(world.event(status=EventStatus.ANNOUNCED, title=f"Kegiatan ke-{number}"))
    with asked() as many:
        html = client.get("/agenda?bulan=2026-11").text
    assert len(many) == len(few) <= 5
    assert "Halaman 1 dari 2" in html
    assert "bulan=2026-11&amp;hal=2" in html


# --- the page of an event ---


def test_a_page_without_a_session_that_caches_may_keep(client: FlaskClient, event: Event, world: World) -> None:
    path = f"/agenda/{event.code}"
    with asked() as questions:
        answer = client.get(path)
    assert [one[:6] for one in questions.statements] == ["BEGIN", "SELECT", "SELECT"]
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in answer.headers
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    world.registration(event)
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200


def test_a_cache_asks_again_after_a_new_name_or_a_new_build(
    client: FlaskClient, event: Event, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, village = f"/agenda/{event.code}", world.session.get_one(Village, event.village_code)
    mark = client.get(path).headers["ETag"]
    for record in (world.session.get_one(Organisation, event.organisation_id), village, village.district):
        record.name = f"Baru {type(record).__name__}"
        world.session.commit()
        answer = client.get(path, headers={"If-None-Match": mark})
        assert (answer.status_code, record.name in answer.text) == (200, True)
        mark = answer.headers["ETag"]
    assert client.get(path, headers={"If-None-Match": mark}).status_code == 304
    monkeypatch.setattr(assets.manifest, "mark", lambda: "another build")
    assert client.get(path, headers={"If-None-Match": mark}).status_code == 200


def test_whoever_is_signed_in_gets_a_page_of_their_own(client: FlaskClient, event: Event, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    assert client.get(f"/agenda/{event.code}").headers["Cache-Control"].startswith("private")


def test_places_and_the_button_follow_the_state(client: FlaskClient, event: Event, world: World) -> None:
    path = f"/agenda/{event.code}"
    assert "2 dari 2 tempat tersisa" in client.get(path).text
    for _two in range(2):
        world.registration(event)
    html = client.get(path).text
    assert "Penuh. Daftar tunggu: 0 orang." in html
    assert "Masuk daftar tunggu" in html
    event.waiting_list = False
    world.session.commit()
    html = client.get(path).text
    assert "Penuh: semua 2 tempat terisi." in html
    assert "/daftar" not in html


def test_what_others_read_from_the_page(client: FlaskClient, event: Event) -> None:
    html = client.get(f"/agenda/{event.code}").text
    data = linked(html)
    assert (data["@type"], data["name"]) == ("Event", "Rembuk <b>warga</b>")
    assert data["startDate"] == "2026-11-27T08:00+08:00"
    assert data["eventStatus"] == "https://schema.org/EventScheduled"
    assert data["remainingAttendeeCapacity"] == 2
    assert 'property="og:title" content="Rembuk &lt;b&gt;warga&lt;/b&gt;"' in html
    assert f'property="og:url" content="http://localhost/agenda/{event.code}"' in html
    assert "https://wa.me/?text=Rembuk%20%3Cb%3E" in html
    assert "<b>warga" not in html
    assert f">http://localhost/agenda/kelompok/{event.organisation_id}.ics</p>" in html


def test_a_preview_has_a_picture_that_anybody_can_fetch(client: FlaskClient, event: Event) -> None:
    found = re.search(
        r'property="og:image" content="http://localhost(/[^"]+)"', client.get(f"/agenda/{event.code}").text
    )
    assert found
    assert client.get(found[1]).content_type == "image/png"


def test_an_event_without_a_village_claims_no_locality(client: FlaskClient, event: Event, session: Session) -> None:
    assert "addressLocality" in client.get(f"/agenda/{event.code}").text
    event.village_code, event.place = None, "Kantor bupati"
    session.commit()
    assert "addressLocality" not in client.get(f"/agenda/{event.code}").text


def test_moved_and_cancelled_are_told_with_their_reason(client: FlaskClient, event: Event, world: World) -> None:
    event.moved_from, event.reason = event.starts_at - timedelta(days=1), "Balai dipakai."
    world.session.commit()
    html = client.get(f"/agenda/{event.code}").text
    assert "Semula Kam, 26 Nov 2026 08.00 WITA" in html
    assert "Balai dipakai." in html
    assert linked(html)["eventStatus"] == "https://schema.org/EventRescheduled"
    assert linked(html)["previousStartDate"] == "2026-11-26T08:00+08:00"
    event.status, event.cancelled_at, event.reason = EventStatus.CANCELLED, world.clock.now(), "Hujan lebat."
    world.session.commit()
    html = client.get(f"/agenda/{event.code}").text
    assert "Kegiatan ini dibatalkan." in html
    assert "Hujan lebat." in html
    assert linked(html)["eventStatus"] == "https://schema.org/EventCancelled"
    assert "/daftar" not in html


def test_no_name_of_anybody_registered_is_public(client: FlaskClient, event: Event, world: World) -> None:
    world.registration(event, "Budi Rahasia", email="budi@contoh.id")
    for path in ("/agenda", f"/agenda/{event.code}", f"/agenda/{event.code}/daftar", "/agenda.ics"):
        text = client.get(path).text
        assert "Budi" not in text
        assert "contoh.id" not in text


@pytest.mark.parametrize("path", ["", "/daftar", ".ics"])
def test_a_planned_or_unknown_event_has_no_page(client: FlaskClient, world: World, path: str) -> None:
    planned = world.event(registration=True)
    for code in (planned.code, "tidakada", "x" * 500):
        assert client.get(f"/agenda/{code}{path}").status_code == 404
    assert client.post(f"/agenda/{planned.code}/daftar", data=GOOD).status_code == 404


def test_a_villagers_page_is_light(client: FlaskClient, event: Event) -> None:
    """Under 60 KB with the style sheet, the font and the icons, which weigh about 36 KB compressed."""
    for path in ("/agenda", f"/agenda/{event.code}", f"/agenda/{event.code}/daftar"):
        assert len(gzip.compress(client.get(path).data)) < 15_000


def test_the_privacy_notice_says_what_the_law_asks(client: FlaskClient) -> None:
    html = client.get("/agenda/privasi").text
    for words in ("Nomor 27 Tahun 2022", "365 hari", "Versi 2026-11", "menghapus"):
        assert words in html


@pytest.mark.parametrize("contact", ["kominfo@contoh.id", ""])
def test_the_privacy_notice_names_whom_to_ask_and_never_the_sender_of_mails(
    app: Flask, client: FlaskClient, settings: Settings, contact: str
) -> None:
    app.context_processor(lambda: {"settings": replace(settings, office_contact=contact)})
    html = client.get("/agenda/privasi").text
    assert f"hubungi kami di {contact or settings.office_name}." in html
    assert "@localhost" not in html


# --- registering ---


def test_registering_leads_to_the_own_page_with_a_ticket(
    client: FlaskClient, event: Event, session: Session, tokens: Tokens
) -> None:
    answer = client.post(f"/agenda/{event.code}/daftar", data={**GOOD, "email": "siti@contoh.id"})
    one = session.scalars(select(Registration)).one()
    assert answer.status_code == 303
    assert answer.location == f"/agenda/ikut/{tokens.registration(one)}"
    page = client.get(answer.location)
    assert "Anda terdaftar" in page.text
    assert "data:image/svg+xml," in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    notice = session.scalars(select(Notice)).one()
    assert (notice.address, notice.path) == ("siti@contoh.id", answer.location)


def test_what_was_typed_stays_where_something_is_wrong(client: FlaskClient, event: Event, session: Session) -> None:
    answer = client.post(f"/agenda/{event.code}/daftar", data={"name": "Siti", "phone": "12", "village": "Antah"})
    assert answer.status_code == 422
    assert 'value="Siti"' in answer.text
    assert 'value="Antah"' in answer.text
    assert "Desa ini tidak ditemukan" in answer.text
    assert session.scalars(select(Registration)).all() == []


def test_a_village_is_known_by_its_name_and_district(client: FlaskClient, event: Event, session: Session) -> None:
    village = session.get_one(Village, event.village_code)
    typed, code = f"{village.name.upper()} ({village.district.name})", village.code
    session.commit()
    client.post(f"/agenda/{event.code}/daftar", data={**GOOD, "village": typed})
    assert session.scalars(select(Registration.village_code)).one() == code


VARIES = (
    (r"/agenda/ikut/[\w.-]+", "LINK"),
    (r"data:image/svg\+xml,[^\"]+", "TICKET"),
    (r'name="csrf_token" value="[^"]+"', "TOKEN"),
)


def answers(client: FlaskClient, event: Event, **values: str) -> list[str]:
    """What a stranger sees who registers twice: status, headers and pages, without what differs for everybody."""
    seen = []
    for _again in range(2):
        posted = client.post(f"/agenda/{event.code}/daftar", data={**GOOD, **values})
        page = client.get(posted.location).text
        for varies, name in VARIES:
            page = re.sub(varies, name, page)
        headers = {key: value for key, value in posted.headers if key not in {"Location", "Set-Cookie"}}
        seen += [str(posted.status_code), str({**headers, "Content-Length": ""}), page]
    return seen


@pytest.mark.parametrize("places", ["free", "waiting"])
def test_a_known_contact_is_answered_as_an_unknown_one_and_gets_the_link_again(
    app: Flask, client: FlaskClient, event: Event, world: World, session: Session, places: str
) -> None:
    if places == "waiting":
        event.capacity = 1
        session.commit()
    client.post(f"/agenda/{event.code}/daftar", data={**GOOD, "email": "siti@contoh.id"})
    known = answers(app.test_client(), event, name="Orang Lain")
    unknown = answers(app.test_client(), event, name="Orang Lain", phone="0813-9999-1111")
    assert known == [one.replace("0813-9999-1111", GOOD["phone"]) for one in unknown]
    assert "Siti Aminah" not in "".join(known)
    assert len(session.scalars(select(Notice)).all()) == 2
    held = session.scalars(select(Registration).where(Registration.contact_key.is_(None))).one()
    assert (held.status, held.shown_as) == ("held", "registered" if places == "free" else "waiting")


def test_who_waits_unseen_is_let_in_by_the_organiser(
    app: Flask, client: FlaskClient, event: Event, world: World, session: Session
) -> None:
    client.post(f"/agenda/{event.code}/daftar", data=GOOD)
    own = app.test_client().post(f"/agenda/{event.code}/daftar", data={**GOOD, "name": "Budi"}).location
    assert client.post(f"{own}/ubah", data={"name": "Budi S.", "phone": GOOD["phone"]}).status_code == 303
    held = session.scalars(select(Registration).where(Registration.status == "held")).one()
    session.commit()
    organiser = app.test_client()
    sign_in(organiser, world.user(Role.EDITOR, organisation=world.office()))
    page = organiser.get(f"/kegiatan/{event.id}/pendaftaran").text
    assert "Kontak sama dengan pendaftar lain" in page
    organiser.post(f"/kegiatan/{event.id}/pendaftaran/{held.id}/terima")
    session.expire_all()
    assert (held.status, held.contact_key, held.name) == ("registered", None, "Budi S.")


def test_a_link_is_replaced_by_the_organiser_and_ends_after_the_event(
    app: Flask, client: FlaskClient, event: Event, world: World, session: Session, clock: FrozenClock, tokens: Tokens
) -> None:
    own = client.post(f"/agenda/{event.code}/daftar", data=GOOD).location
    one = session.scalars(select(Registration)).one()
    session.commit()
    organiser = app.test_client()
    sign_in(organiser, world.user(Role.EDITOR, organisation=world.office()))
    page = organiser.post(f"/kegiatan/{event.id}/pendaftaran/{one.id}/tautan-baru", follow_redirects=True).text
    assert "Tautan lama tidak berlaku lagi" in page
    session.expire_all()
    newer = f"/agenda/ikut/{tokens.registration(one)}"
    assert quote(newer) in page, "the message by WhatsApp has it"
    gone = client.get(own)
    assert gone.status_code == 404
    assert "sudah diganti dengan yang baru" in gone.text
    assert client.post(f"{own}/batal").status_code == 404
    assert client.get(newer).status_code == 200
    clock.move_to(event.ends_at + timedelta(days=29))
    assert client.get(newer).status_code == 200
    clock.advance(days=2)
    over = client.get(newer)
    assert over.status_code == 404
    assert "sudah berakhir" in over.text


def test_a_link_mailed_before_links_had_numbers_still_opens(
    app: Flask, client: FlaskClient, event: Event, session: Session
) -> None:
    client.post(f"/agenda/{event.code}/daftar", data=GOOD)
    one = session.scalars(select(Registration)).one()
    old = URLSafeSerializer(app.config["SECRET_KEY"], salt="event-registration").dumps(one.id)
    assert client.get(f"/agenda/ikut/{old}").status_code == 200


def test_the_same_browser_comes_back_to_its_own_page(client: FlaskClient, event: Event, session: Session) -> None:
    first = client.post(f"/agenda/{event.code}/daftar", data=GOOD)
    assert client.post(f"/agenda/{event.code}/daftar", data=GOOD).location == first.location
    assert len(session.scalars(select(Registration)).all()) == 1


def test_a_second_person_with_the_same_phone_is_told_that_they_are_not_registered(
    client: FlaskClient, event: Event, session: Session
) -> None:
    client.post(f"/agenda/{event.code}/daftar", data=GOOD)
    page = client.post(f"/agenda/{event.code}/daftar", data={**GOOD, "name": "Budi"}, follow_redirects=True).text
    assert "Budi belum terdaftar: kontak ini sudah dipakai Siti Aminah" in page
    same = client.post(f"/agenda/{event.code}/daftar", data={**GOOD, "name": "siti aminah"}, follow_redirects=True).text
    assert "belum terdaftar" not in same


def test_the_own_page_changes_cancels_and_registers_again(client: FlaskClient, event: Event, session: Session) -> None:
    own = client.post(f"/agenda/{event.code}/daftar", data=GOOD).location
    client.post(f"{own}/ubah", data={"name": "Siti A.", "phone": "0812-3456-7890", "email": "baru@contoh.id"})
    assert "baru@contoh.id" in client.get(own).text
    assert client.post(f"{own}/ubah", data={"name": "", "phone": ""}).status_code == 422
    assert "Ya, batalkan" in client.get(f"{own}/batal").text
    client.post(f"{own}/batal")
    page = client.get(own).text
    assert "Pendaftaran dibatalkan" in page
    assert "baru@contoh.id" not in page
    assert client.post(f"/agenda/{event.code}/daftar", data=GOOD).location == own
    assert "Anda terdaftar" in client.get(own).text


def test_cancelling_is_confirmed_by_mail_once_and_offers_no_calendar_entry(
    client: FlaskClient, event: Event, session: Session
) -> None:
    own = client.post(f"/agenda/{event.code}/daftar", data={**GOOD, "email": "siti@contoh.id"}).location
    assert "Simpan ke kalender" in client.get(own).text
    for _again in range(2):
        client.post(f"{own}/batal")
    subjects = [row.subject for row in session.scalars(select(Notice).order_by(Notice.id))]
    assert subjects == [f"Terdaftar: {event.title}", f"Pendaftaran dibatalkan: {event.title}"]
    assert "Simpan ke kalender" not in client.get(own).text


def test_the_place_in_the_queue_is_shown_and_becomes_a_ticket(
    app: Flask, client: FlaskClient, event: Event, world: World
) -> None:
    owns = []
    for number in range(4):
        data = {**GOOD, "phone": f"0812-3456-000{number}"}
        owns.append(app.test_client().post(f"/agenda/{event.code}/daftar", data=data).location)
    assert "urutan ke-2" in client.get(owns[3]).text
    assert "data:image/svg" not in client.get(owns[3]).text
    client.post(f"{owns[0]}/batal")
    assert "urutan ke-1" in client.get(owns[3]).text
    assert "data:image/svg" in client.get(owns[2]).text


def test_erasing_takes_the_data_and_the_link(client: FlaskClient, event: Event, session: Session) -> None:
    own = client.post(f"/agenda/{event.code}/daftar", data=GOOD).location
    assert client.post(f"{own}/hapus").status_code == 303
    assert client.get(own).status_code == 404
    one = session.scalars(select(Registration)).one()
    assert (one.name, one.phone, one.status) == ("–", None, "cancelled")


def test_forged_links_open_nothing(client: FlaskClient, event: Event, world: World, tokens: Tokens) -> None:
    one = world.registration(event)
    for token in ("1", tokens.ticket(one), tokens.door(event), tokens.registration(one)[:-1], "x" * 3000):
        assert client.get(f"/agenda/ikut/{token}").status_code == 404
        assert client.post(f"/agenda/ikut/{token}/batal").status_code == 404
    assert client.get(f"/agenda/ikut/{tokens.registration(one)}").status_code == 200


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": EventStatus.CANCELLED}, "dibatalkan"),
        ({"registration": False}, "tidak memakai pendaftaran"),
        ({"registration_until": -1}, "sudah ditutup"),
        ({"ends_at": 0, "starts_at": -2}, "sudah selesai"),
    ],
)
def test_a_closed_registration_says_why(
    client: FlaskClient, event: Event, world: World, change: dict[str, object], words: str
) -> None:
    for name, value in change.items():
        at = isinstance(value, int) and not isinstance(value, bool)
        setattr(event, name, world.clock.now() + timedelta(hours=value) if at else value)  # type: ignore[arg-type]
    world.session.commit()
    page = client.get(f"/agenda/{event.code}/daftar")
    assert page.status_code == 200
    assert words in page.text
    assert 'name="phone"' not in page.text
    answer = client.post(f"/agenda/{event.code}/daftar", data=GOOD)
    assert answer.status_code == 422
    assert words in answer.text


@pytest.mark.parametrize("field", ["name", "phone", "email", "village", "sex", "age_band", "guardian"])
def test_nothing_that_can_be_posted_breaks_the_form(client: FlaskClient, event: Event, field: str) -> None:
    for odd in ("x" * 5000, "\r\nBcc: a@b.id", "é\u202e", "1" * 400, "<script>", "%00"):
        answer = client.post(f"/agenda/{event.code}/daftar", data={**GOOD, field: odd})
        assert answer.status_code in {200, 303, 422}
    assert client.post(f"/agenda/{event.code}/daftar", data={**GOOD, field: "a\0b"}).status_code == 400


# --- calendar files ---


def test_the_feeds_answer_with_calendars_and_not_again_when_nothing_changed(
    client: FlaskClient, event: Event, world: World
) -> None:
    village = world.session.get_one(Village, event.village_code)
    campaign = world.campaign()
    event.campaign_id = campaign.id
    world.session.commit()
    paths = (
        "/agenda.ics", f"/agenda/kecamatan/{village.district_code}.ics",
        f"/agenda/kelompok/{event.organisation_id}.ics",
        f"/agenda/program/{campaign.id}.ics", f"/agenda/{event.code}.ics",
    )  # fmt: skip
    for path in paths:
        answer = client.get(path)
        assert answer.content_type == "text/calendar; charset=utf-8"
        assert [str(one["UID"]) for one in icalendar.Calendar.from_ical(answer.data).walk("VEVENT")] == [event.uid]
        assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    event.sequence, event.title = 1, "Judul baru"
    world.session.commit()
    for path in paths:
        assert "Judul baru" in client.get(path).text
    for path in ("/agenda/kecamatan/x.ics", "/agenda/kelompok/2147483647.ics", "/agenda/program/2147483647.ics"):
        assert client.get(path).status_code == 404


def test_a_calendar_tells_no_name_before_there_is_a_public_event(client: FlaskClient, world: World) -> None:
    kim, campaign = world.kim(), world.campaign()
    own = world.event(organisation_id=kim.id, campaign_id=campaign.id)
    paths = (f"/agenda/kelompok/{kim.id}.ics", f"/agenda/program/{campaign.id}.ics")
    for path, name in zip(paths, (kim.name, campaign.name), strict=True):
        answer = client.get(path)
        assert (answer.status_code, name in answer.text) == (404, False)
    own.status, own.announced_at = EventStatus.VERIFIED, world.clock.now()
    own.starts_at, own.ends_at = own.starts_at - timedelta(days=400), own.ends_at - timedelta(days=400)
    world.session.commit()
    for path in paths:
        assert client.get(path).status_code == 200  # one that was subscribed to stays in quiet times
