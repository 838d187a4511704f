"""Wawancara Survei in Chromium at phone size: one interview after the other without a line, and when it goes wrong."""

import json
import re
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Locator, Page, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.surveys.models import Wave
from app.kernel.clock import Clock
from app.kernel.db import make_engine, writing
from tests.browser.conftest import PHONE, Live
from tests.browser.line import Line
from tests.browser.phone import become, item, only_the_page_sends, open_field, record, rows, send, sign_in
from tests.world import World

pytestmark = pytest.mark.browser

SENT = re.compile(r"Terkirim \(kode terima [0-9A-F]{8}\)")
SAVED = "Tersimpan di perangkat"
CHECK = "Perlu diperiksa"
LONG_LALANG, MUARA_RITAN = "64.02.12.2002", "64.02.12.2003"
COUNT = "SELECT COUNT(*) FROM responses WHERE wave_id = (SELECT id FROM survey_waves WHERE code = ?)"
OF_WAVE = "FROM responses WHERE wave_id = (SELECT id FROM survey_waves WHERE code = ?)"
OF_VERSION = "SELECT instrument_version_id FROM survey_waves WHERE code = ?"
FULL = """const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (value, ...more) {
  if (window.fullFor?.includes(this.name)) throw new DOMException('full', 'QuotaExceededError');
  return put.call(this, value, ...more);
};"""


@contextmanager
def office(live: Live) -> Iterator[World]:
    engine = make_engine(f"sqlite:///{live.folder / 'gaung.sqlite'}")
    with writing(), Session(engine) as session:
        yield World(session, Clock())
    engine.dispose()


@pytest.fixture
def survey(live: Live) -> str:
    """The code of an open survey in two villages; the others are closed, so that it is the only one."""
    code = uuid.uuid4().hex[:8]
    with office(live) as world:
        world.wave(
            code=code, name=f"Survei awal {code}", instrument=world.instrument(key=code), target=20,
            places={LONG_LALANG: 10, MUARA_RITAN: 5}, quotas={"f.25-34": 2},
        )  # fmt: skip
    execute(live, "UPDATE survey_waves SET status = 'closed' WHERE code <> ? AND status = 'open'", code)
    return code


def execute(live: Live, statement: str, *values: Any) -> None:
    with sqlite3.connect(live.folder / "gaung.sqlite", timeout=20) as connection:
        connection.execute(statement, values)


def open_survey(page: Page, live: Live | Line) -> Page:
    page.goto(f"{live.address}/catat/survei/")
    page.wait_for_selector("html[data-ready]")
    return page


def following(page: Page) -> None:
    page.click("[data-next]")


def choose(page: Page, name: str) -> None:
    page.locator("#wawancara").get_by_role("radio", name=name, exact=True).check()
    following(page)


def begin(page: Page, village: str | None = LONG_LALANG) -> None:
    if village:
        page.select_option("#tempat", village)
    page.get_by_role("button", name="Mulai wawancara").click()


def introduce(page: Page, sex: str = "Perempuan") -> None:
    page.get_by_role("checkbox", name="Responden berumur 17 tahun").check()
    following(page)
    choose(page, sex)
    choose(page, "25–34 tahun")


def answer(page: Page, heard: str = "Pernah dengar") -> None:
    """From the first question to the end."""
    page.locator("textarea:visible").fill("Bank Sampah")
    following(page)
    choose(page, heard)
    choose(page, "Tidak")
    for row in page.locator("[data-row]:visible").all():
        row.get_by_role("radio").nth(1).check()
    following(page)
    choose(page, "3 Setuju")
    following(page)
    expect(page.get_by_role("heading", name="Wawancara selesai")).to_be_visible()


def interview(page: Page, village: str | None = LONG_LALANG) -> None:
    """A whole one, saved; the list stands again."""
    begin(page, village)
    introduce(page)
    answer(page)
    page.get_by_role("button", name="Simpan saja").click()
    expect(page.locator("#mulai")).to_be_visible()


def cards(page: Page, code: str) -> Locator:
    return page.locator(".item", has_text=code)


def test_interviews_without_a_line_survive_the_browser_and_arrive_once(
    live: Live, survey: str, browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tmp_path: Path
) -> None:
    """Visited once, no line, three in a row, the browser closed and opened again without a line, then a line."""
    line = Line(int(live.address.rpartition(":")[2]))

    def browser() -> BrowserContext:
        context = browser_type.launch_persistent_context(tmp_path / "hp", **browser_type_launch_args, **PHONE)
        context.set_default_timeout(20_000)
        return context

    context = browser()
    page = open_survey(sign_in(context, line, "pencacah"), line)
    page.evaluate("navigator.serviceWorker.ready.then((ready) => ready.active.state)")
    expect(page.locator("#keadaan")).to_contain_text("Ada sinyal")
    context.set_offline(True)
    line.cut()  # for the service worker too, which sends by itself
    expect(page.locator("#keadaan")).to_contain_text("Tanpa sinyal")
    begin(page)
    for number in range(2):
        introduce(page, ("Perempuan", "Laki-laki")[number])
        answer(page)
        page.get_by_role("button", name="Simpan dan mulai berikutnya").click()
        expect(page.get_by_text("Bacakan kepada responden")).to_be_visible()
    introduce(page)
    answer(page)
    page.get_by_role("button", name="Simpan saja").click()
    expect(page.locator("#mulai [data-today]")).to_have_text("Hari ini: 3 wawancara, 3 belum terkirim")
    context.close()

    context = browser()
    context.set_offline(True)
    page = open_survey(context.new_page(), line)
    expect(page.locator("#tempat")).to_have_value(LONG_LALANG)
    expect(page.locator("[data-reach-place]")).to_have_text("Long Lalang: 3 dari 10")
    expect(page.locator("#mulai [data-groups]")).to_have_text("Semua jatah sudah terpenuhi.")
    expect(cards(page, survey)).to_have_count(3)
    for card in cards(page, survey).all():
        expect(card).to_contain_text(SAVED)
        expect(card).to_contain_text("Menunggu sinyal")
        expect(card.get_by_role("button", name="Hapus")).to_be_hidden()
    assert rows(live, COUNT, survey) == [(0,)]
    line.mend()
    context.set_offline(False)
    for card in cards(page, survey).all():
        expect(card).to_contain_text(SENT, timeout=40_000)
    expect(page.locator("#mulai [data-today]")).to_have_text("Hari ini: 3 wawancara")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("[data-reach-place]")).to_have_text("Long Lalang: 3 dari 10")  # the same, as the office counts
    context.close()
    line.close()

    found = rows(live, f"SELECT mode, place, sex, age_band {OF_WAVE} ORDER BY sex", survey)
    assert found == [("phone", LONG_LALANG, sex, "25-34") for sex in ("f", "f", "m")]
    assert rows(live, f"SELECT COUNT(*) {OF_WAVE} AND ended_at > started_at AND repeats = 0", survey) == [(3,)]


def test_an_interview_goes_on_after_the_browser_was_closed_in_its_middle(
    live: Live, survey: str, phone: BrowserContext
) -> None:
    page = open_survey(sign_in(phone, live, "pencacah"), live)
    begin(page)
    introduce(page)
    page.locator("textarea:visible").fill("Idaman RT")
    following(page)
    page.locator("#wawancara").get_by_role("radio", name="Tahu artinya").check()
    page.wait_for_timeout(300)
    page.close()
    page = open_survey(phone.new_page(), live)
    expect(page.locator("#sisa")).to_contain_text("Long Lalang")
    page.get_by_role("button", name="Lanjutkan").click()
    expect(page.locator("#wawancara").get_by_role("radio", name="Tahu artinya")).to_be_checked()
    following(page)
    choose(page, "Tidak")
    for row in page.locator("[data-row]:visible").all():
        row.get_by_role("radio").nth(1).check()
    following(page)
    choose(page, "3 Setuju")
    following(page)
    page.reload()  # also at the very end
    page.wait_for_selector("html[data-ready]")
    page.get_by_role("button", name="Lanjutkan").click()
    page.get_by_role("button", name="Simpan saja").click()
    expect(cards(page, survey)).to_contain_text(SENT)
    ((answers,),) = rows(live, f"SELECT answers {OF_WAVE}", survey)
    assert json.loads(answers)["p1"] == "Idaman RT"
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("#sisa")).to_be_hidden()


def test_an_interview_that_was_begun_can_be_thrown_away(live: Live, survey: str, phone: BrowserContext) -> None:
    page = open_survey(sign_in(phone, live, "pencacah"), live)
    begin(page)
    page.get_by_role("button", name="Tidak bersedia").click()
    expect(page.locator("#mulai")).to_be_visible()
    begin(page)
    introduce(page)
    page.get_by_role("button", name="Hentikan").click()
    page.locator("#yakin").get_by_role("button", name="Tidak jadi").click()
    expect(page.locator("textarea:visible")).to_be_visible()
    page.reload()
    page.wait_for_selector("html[data-ready]")
    page.locator("#sisa").get_by_role("button", name="Buang").click()
    page.locator("#yakin").get_by_role("button", name="Buang").click()
    expect(page.locator("#sisa")).to_be_hidden()
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("#sisa")).to_be_hidden()
    assert rows(live, COUNT, survey) == [(0,)]


def test_a_lost_reply_is_sent_again_and_counted_once(live: Live, survey: str, phone: BrowserContext) -> None:
    page = open_survey(sign_in(phone, live, "pencacah"), live)

    def lose(route: Route) -> None:
        route.fetch()  # the server has stored it
        route.abort()

    page.route("**/catat/kirim", lose)
    interview(page)
    expect(cards(page, survey)).to_contain_text("Menunggu sinyal")
    assert rows(live, COUNT, survey) == [(1,)]
    page.unroute("**/catat/kirim")
    send(page)
    expect(cards(page, survey)).to_contain_text(SENT)
    assert rows(live, f"SELECT repeats > 0 {OF_WAVE}", survey) == [(1,)]


def test_two_tabs_have_an_interview_each_and_send_each_once(live: Live, survey: str, phone: BrowserContext) -> None:
    one = open_survey(sign_in(phone, live, "pencacah"), live)
    begin(one)
    introduce(one)
    two = open_survey(phone.new_page(), live)
    expect(two.locator("#sisa")).to_be_hidden()  # the other tab is at it
    phone.set_offline(True)
    interview(two)
    answer(one)
    one.get_by_role("button", name="Simpan saja").click()
    for page in (one, two):
        expect(cards(page, survey)).to_have_count(2)
    posted: list[str] = []
    phone.on(
        "request", lambda request: posted.append(request.post_data or "") if "/catat/kirim" in request.url else None
    )
    phone.set_offline(False)
    for page in (one, two):
        for card in cards(page, survey).all():
            expect(card).to_contain_text(SENT, timeout=30_000)
    sent = [row["uuid"] for body in posted for row in json.loads(body)["records"]]
    assert (len(sent), len(set(sent)), rows(live, COUNT, survey)) == (2, 2, [(2,)])


def test_what_was_asked_before_the_closing_arrives_and_later_is_refused_with_words(
    live: Live, survey: str, phone: BrowserContext
) -> None:
    page = open_survey(sign_in(phone, live, "pencacah"), live)
    only_the_page_sends(page)
    page.route("**/catat/sesi", lambda route: route.abort())
    interview(page)
    closed = Clock().now()
    execute(
        live, "UPDATE survey_waves SET status = 'closed', closed_at = ? WHERE code = ?",
        closed.strftime("%Y-%m-%d %H:%M:%S.%f"), survey,
    )  # fmt: skip
    interview(page, MUARA_RITAN)
    page.unroute("**/catat/sesi")
    send(page)
    early, late = (cards(page, survey).filter(has_text=name) for name in ("Long Lalang", "Muara Ritan"))
    expect(early).to_contain_text(SENT)
    expect(late).to_contain_text("Survei ini sudah ditutup")
    expect(late.get_by_role("button", name="Hapus")).to_be_hidden()
    page.reload()  # the survey is not offered any more
    page.wait_for_selector("html[data-ready]")
    expect(late).to_contain_text(CHECK)
    with page.expect_download() as saved:
        late.get_by_role("button", name="Ekspor ke berkas").click()
    file = json.loads(Path(saved.value.path()).read_text())
    assert (file["format"], file["records"][0]["content"]["place"]) == ("gaung-catatan", MUARA_RITAN)
    execute(live, "UPDATE survey_waves SET status = 'open', closed_at = NULL WHERE code = ?", survey)
    late.get_by_role("button", name="Kirim lagi").click()
    expect(late).to_contain_text(SENT)
    assert rows(live, f"SELECT place, flags LIKE '%late%' {OF_WAVE} ORDER BY place", survey) == [
        (LONG_LALANG, 1), (MUARA_RITAN, 0),
    ]  # fmt: skip


def test_a_place_that_is_refused_can_be_mended_on_the_phone(live: Live, survey: str, phone: BrowserContext) -> None:
    page = open_survey(sign_in(phone, live, "pencacah"), live)
    gone = "DELETE FROM survey_wave_places WHERE place = ? AND wave_id = (SELECT id FROM survey_waves WHERE code = ?)"
    execute(live, gone, MUARA_RITAN, survey)
    interview(page, MUARA_RITAN)
    expect(cards(page, survey)).to_contain_text("tidak termasuk rencana survei")
    before = page.evaluate(STORED)[0]["content"]["ended_at"]
    cards(page, survey).get_by_role("button", name="Buka dan perbaiki").click()
    expect(page.locator("#wawancara")).to_contain_text("tidak termasuk rencana survei")
    page.locator("#wawancara select").select_option(LONG_LALANG)
    page.get_by_role("button", name="Selesai memperbaiki").click()
    page.get_by_role("button", name="Simpan saja").click()
    expect(cards(page, survey)).to_contain_text(SENT)
    assert rows(live, f"SELECT place {OF_WAVE}", survey) == [(LONG_LALANG,)]
    assert page.evaluate(STORED)[0]["content"]["ended_at"] == before


STORED = """() => new Promise((done) => {
  const asked = indexedDB.open('gaung-catat');
  asked.onsuccess = () => {
    const all = asked.result.transaction('records').objectStore('records').getAll();
    all.onsuccess = () => { asked.result.close(); done(all.result); };
  };
})"""


def test_other_answers_under_its_number_are_left_to_the_office(live: Live, survey: str, phone: BrowserContext) -> None:
    page = open_survey(sign_in(phone, live, "pencacah"), live)
    only_the_page_sends(page)
    page.route("**/catat/sesi", lambda route: route.abort())
    interview(page)
    (held,) = page.evaluate(STORED)
    with office(live) as world:
        wave = world.session.scalars(select(Wave).where(Wave.code == survey)).one()
        world.response(wave, uuid=held["uuid"], place=LONG_LALANG, ended_at=Clock().now() - timedelta(minutes=1))
    page.unroute("**/catat/sesi")
    send(page)
    card = cards(page, survey)
    expect(card).to_contain_text("kantor yang memutuskan")
    expect(card.get_by_role("button", name="Buka dan perbaiki")).to_be_hidden()
    assert "answers" not in page.evaluate(STORED)[0]["content"]  # nothing is left to read on the phone
    card.get_by_role("button", name="Hapus").click()
    page.locator("#yakin").get_by_role("button", name="Hapus").click()
    expect(card).to_have_count(0)
    assert rows(live, "SELECT COUNT(*) FROM response_conflicts WHERE uuid = ?", held["uuid"]) == [(1,)]


def test_a_phone_without_any_room_sends_at_once_or_exports(live: Live, survey: str, phone: BrowserContext) -> None:
    phone.add_init_script(FULL)
    page = open_survey(sign_in(phone, live, "pencacah"), live)
    page.evaluate("window.fullFor = ['records', 'meta']")
    begin(page)
    introduce(page)
    answer(page)
    page.get_by_role("button", name="Simpan saja").click()
    expect(page.locator("#penuh")).to_contain_text("belum tersimpan")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Ekspor ke berkas").click()
    page.get_by_role("button", name="Kirim langsung").click()
    expect(page.locator("#keadaan")).to_contain_text("Terkirim langsung ke kantor")
    (sent,) = json.loads(Path(saved.value.path()).read_text())["records"]
    assert rows(live, f"SELECT uuid {OF_WAVE}", survey) == [(sent["uuid"],)]


def test_a_browser_that_keeps_nothing_sends_each_interview_itself(
    live: Live, survey: str, phone: BrowserContext
) -> None:
    phone.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('no', 'InvalidStateError'); };")
    page = open_survey(sign_in(phone, live, "pencacah"), live)
    expect(page.locator("#keadaan")).to_contain_text("dikirim langsung")
    interview(page)
    expect(page.locator("#keadaan")).to_contain_text("Terkirim langsung ke kantor")
    assert rows(live, COUNT, survey) == [(1,)]


def test_a_session_that_ended_leaves_the_interviews_and_asks_to_sign_in(
    live: Live, survey: str, phone: BrowserContext
) -> None:
    page = open_survey(sign_in(phone, live, "pencacah"), live)
    cookies = phone.cookies()
    phone.clear_cookies()
    interview(page)
    expect(cards(page, survey)).to_contain_text("Masuk lagi untuk mengirim")
    link = cards(page, survey).get_by_role("link", name="Masuk lagi")
    expect(link).to_have_attribute("href", "/masuk?next=/catat/survei/")
    phone.add_cookies(cookies)  # signed in again, in another tab
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(cards(page, survey)).to_contain_text(SENT)


def test_activities_and_interviews_share_the_queue_and_each_page_lists_its_own(
    live: Live, survey: str, phone: BrowserContext
) -> None:
    page = open_survey(sign_in(phone, live, "kim"), live)
    phone.set_offline(True)
    interview(page)
    expect(cards(page, survey)).to_contain_text(SAVED)
    phone.set_offline(False)
    expect(cards(page, survey)).to_contain_text(SENT)
    open_field(page, live)
    expect(page.locator(".item")).to_have_count(0)
    only_the_page_sends(page)
    title = f"Bersama {uuid.uuid4().hex[:6]}"
    page.route("**/catat/sesi", lambda route: route.abort())
    record(page, title)
    expect(item(page, title)).to_contain_text(SAVED)
    page.unroute("**/catat/sesi")
    open_survey(page, live)  # sends what waits, whichever kind it is
    expect(page.locator(".item")).to_have_count(1)
    assert rows(live, "SELECT people FROM events WHERE title = ?", title) == [(12,)]


def test_anothers_interviews_on_a_shared_phone_are_neither_shown_nor_sent(
    live: Live, survey: str, phone: BrowserContext
) -> None:
    page = open_survey(sign_in(phone, live, "pencacah"), live)
    phone.set_offline(True)
    interview(page)
    begin(page)
    introduce(page)
    page.wait_for_timeout(300)
    page.close()  # its requests would come back with the first one's cookie, and the other could not sign in
    phone.clear_cookies()  # before the line comes back, or it is sent at once
    phone.set_offline(False)
    page = open_survey(sign_in(phone, live, "kim"), live)
    expect(page.locator(".item")).to_contain_text("Milik orang lain", timeout=30_000)
    expect(page.locator(".items")).not_to_contain_text("Long Lalang")
    expect(page.locator("#sisa")).to_be_hidden()


def test_what_another_has_sent_is_not_shown_as_waiting(live: Live, survey: str, phone: BrowserContext) -> None:
    page = open_survey(sign_in(phone, live, "pencacah"), live)
    interview(page)
    expect(page.locator(".item")).to_contain_text(SENT)
    page.close()
    phone.clear_cookies()
    page = open_survey(sign_in(phone, live, "kim"), live)
    expect(page.locator("[data-empty]")).to_be_visible()
    expect(page.locator(".item")).to_have_count(0)


OLDER_QUEUE = """(item) => new Promise((done, failed) => {
  const asked = indexedDB.open('gaung-catat', 2);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore('records', { keyPath: 'uuid' });
    asked.result.createObjectStore('photos', { keyPath: 'uuid' }).createIndex('record', 'record');
    asked.result.createObjectStore('meta');
  };
  asked.onerror = failed;
  asked.onsuccess = () => {
    const writing = asked.result.transaction('records', 'readwrite');
    writing.objectStore('records').put(item);
    writing.oncomplete = () => { asked.result.close(); done(); };
  };
})"""


def test_a_queue_from_before_the_interviews_keeps_its_activities(
    live: Live, survey: str, phone: BrowserContext
) -> None:
    page = sign_in(phone, live, "kim")
    ((user, organisation),) = rows(live, "SELECT id, organisation_id FROM users WHERE username = 'kim'")
    title = f"Versi kedua {uuid.uuid4().hex[:6]}"
    content = {
        "event_id": None, "title": title, "event_kind": "kim_activity", "date": "2026-11-01", "start": "10:00",
        "end": "", "village_code": LONG_LALANG, "place": "", "counts": {}, "total": 9, "materials": [],
        "questions": [], "tags": [], "campaign_id": None, "told": "",
    }  # fmt: skip
    held = {
        "uuid": str(uuid.uuid4()), "user": user, "name": "KIM", "revision": 1, "saved_at": "2026-11-01T03:00:00Z",
        "organisation_id": organisation, "content": content, "photos": [], "state": "saved",
    }  # fmt: skip
    page.evaluate(OLDER_QUEUE, held)
    open_survey(page, live)
    expect(page.locator(".item")).to_have_count(0)
    assert rows(live, "SELECT people FROM events WHERE title = ?", title) == [(9,)]
    open_field(page, live)
    expect(item(page, title)).to_contain_text("Terkirim")


def test_the_page_stays_within_a_narrow_phone_and_says_what_is_missing(
    live: Live, survey: str, phone: BrowserContext
) -> None:
    heard: list[str] = []
    page = sign_in(phone, live, "pencacah")
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("console", lambda said: heard.append(said.text) if "Content Security Policy" in said.text else None)
    open_survey(page, live)

    def fits() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= 360

    fits()
    page.get_by_role("button", name="Mulai wawancara").click()
    expect(page.locator("#tempat-salah")).to_have_text("Pilih tempatnya.")
    begin(page)
    expect(page.get_by_text("Survei ini sukarela dan tanpa nama.")).to_be_visible()
    following(page)
    expect(page.get_by_text("Centang bila responden bersedia.")).to_be_visible()
    fits()
    introduce(page)
    expect(page.get_by_text("Jangan beri contoh.")).to_be_visible()
    expect(page.locator("#wawancara [data-next]")).to_be_in_viewport()
    following(page)
    following(page)
    expect(page.get_by_text("Pilih satu jawaban.")).to_be_visible()
    fits()
    assert heard == []


def test_the_language_of_the_interview_is_chosen(live: Live, survey: str, phone: BrowserContext) -> None:
    page = open_survey(sign_in(phone, live, "pencacah"), live)
    page.select_option("#bahasa", "kut")
    begin(page)
    introduce(page)
    following(page)
    expect(page.get_by_text("Pernah dengar istilah Smart City?")).to_be_visible()


def test_the_page_of_an_enumerator_opens_after_the_session_ended(live: Live, survey: str, browser: Browser) -> None:
    """The worker keeps the pages that the roles open: an enumerator has no Catat Kegiatan."""
    context = browser.new_context(**PHONE)
    page = open_survey(sign_in(context, live, "pencacah"), live)
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    page.reload()
    context.clear_cookies()
    page.goto(f"{live.address}/catat/survei/")
    expect(page.locator("#keadaan")).to_contain_text("Anda belum masuk")
    interview(page)
    expect(cards(page, survey)).to_contain_text(SAVED)
    context.close()


def test_the_pictures_of_a_survey_are_there_without_a_line(live: Live, survey: str, browser: Browser) -> None:
    ((number,),) = rows(live, "SELECT MIN(id) FROM stored_files WHERE mime LIKE 'image/%'")
    ((definition,),) = rows(live, f"SELECT definition FROM instrument_versions WHERE id = ({OF_VERSION})", survey)
    asked = json.loads(definition)
    asked["sections"][0]["questions"][0]["picture"] = number
    code = uuid.uuid4().hex[:8]
    with office(live) as world:
        world.wave(code=code, name=f"Bergambar {code}", instrument=world.instrument(asked, key=code))
    context = browser.new_context(**PHONE)
    line = Line(int(live.address.rpartition(":")[2]))
    page = open_survey(sign_in(context, line, "pencacah"), line)
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    page.wait_for_function(
        "caches.open('gaung-gambar').then((cache) => cache.keys()).then((keys) => keys.length === 1)"
    )
    line.cut()
    context.new_cdp_session(page).send("Network.clearBrowserCache")
    open_survey(page, line)
    page.select_option("#survei", code)
    begin(page)
    introduce(page)
    become(page, "document.querySelector('#wawancara fieldset:not([hidden]) img').naturalWidth")
    context.close()
    line.close()


def test_both_pages_open_without_a_line_though_one_was_never_visited(live: Live, survey: str, browser: Browser) -> None:
    context = browser.new_context(**PHONE)
    line = Line(int(live.address.rpartition(":")[2]))
    page = open_field(sign_in(context, line, "kim"), line)
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    line.cut()
    open_survey(page, line)
    expect(page.locator("#mulai")).to_be_visible()
    open_field(page, line)
    context.close()
    line.close()
