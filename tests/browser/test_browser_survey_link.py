"""A warga answers on a phone: one thumb, a bad line, and nothing twice."""

import json
import re
import sqlite3
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from app.kernel.clock import Clock
from tests.browser.conftest import PHONE, Live
from tests.survey_sample import DEFINITION

HEAVIEST = 60_000  # bytes over the line for a first visit, font included
VILLAGE = "64.02.01.2003"
ONWARDS = re.compile("Lanjut|Kirim jawaban")


def rows(live: Live, question: str, *values: Any) -> list[tuple[Any, ...]]:
    with sqlite3.connect(live.folder / "gaung.sqlite", timeout=15) as database:
        return database.execute(question, values).fetchall()


@pytest.fixture
def code(live: Live) -> str:
    return open_survey(live)


@pytest.fixture
def standard(live: Live) -> str:
    """An open survey with the questions of the kit, picture and all."""
    ((version,),) = rows(
        live,
        "SELECT v.id FROM instrument_versions v JOIN instruments i ON i.id = v.instrument_id"
        " WHERE i.audience = 'residents' AND v.definition LIKE '%\"picture\":%' ORDER BY v.id LIMIT 1",
    )
    return open_survey(live, version)


def open_survey(live: Live, version: int | None = None) -> str:
    """An open survey of its own, put into the database of the running installation."""
    now = Clock().now()
    plain = now.strftime("%Y-%m-%d %H:%M:%S.000000")
    made, organisation = uuid.uuid4().hex[:10], rows(live, "SELECT id FROM organisations WHERE is_office")[0][0]
    with sqlite3.connect(live.folder / "gaung.sqlite", timeout=15) as database:
        instrument = database.execute(
            "INSERT INTO instruments (key, title, audience, organisation_id, created_at)"
            " VALUES (?, 'Uji', 'residents', ?, ?)",
            (made, organisation, plain),
        ).lastrowid
        version = (
            version
            or database.execute(
                "INSERT INTO instrument_versions (instrument_id, number, definition, note, frozen_at, created_at,"
                " updated_at, version) VALUES (?, 1, ?, '', ?, ?, ?, 1)",
                (instrument, json.dumps(DEFINITION), plain, plain, plain),
            ).lastrowid
        )
        database.execute(
            "INSERT INTO survey_waves (code, name, stage, audience, purpose, organisation_id, instrument_version_id,"
            " modes, starts_on, ends_on, method, strata, same_places, deff, quotas, margins, double_keying, sheets,"
            " bps_number, simulated, status, opened_at, created_at, updated_at, version)"
            " VALUES (?, 'Survei awal uji', 'single', 'residents', 'Menilai.', ?, ?, '[\"link\"]', ?, ?, 'open',"
            " '', 0, 1, '{}', '{}', 0, 0, '', 0, 'open', ?, ?, ?, 1)",
            (made, organisation, version, now.date().isoformat(), now.date().isoformat(), plain, plain, plain),
        )
    return made


@pytest.fixture
def page(phone: BrowserContext) -> Iterator[Page]:
    page = phone.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    yield page
    assert trouble == []


def answers_of(live: Live, code: str) -> list[tuple[Any, ...]]:
    return rows(
        live,
        "SELECT uuid, place, sex, age_band, answers, repeats FROM responses JOIN survey_waves w ON w.id = wave_id"
        " WHERE w.code = ?",
        code,
    )


def next_screen(page: Page) -> None:
    page.get_by_role("button", name=ONWARDS).click()


def who(page: Page) -> None:
    page.get_by_label("Kecamatan").select_option(index=1)
    page.get_by_label("Desa atau kelurahan", exact=True).select_option(index=1)
    next_screen(page)
    page.get_by_role("radio", name="Perempuan").check()
    next_screen(page)
    page.get_by_role("radio", name="25–34 tahun").check()
    next_screen(page)


def what(page: Page) -> None:
    next_screen(page)  # p1 may stay empty
    page.get_by_role("radio", name="Belum", exact=True).check()
    next_screen(page)
    page.get_by_role("radio", name="Tidak", exact=True).check()
    next_screen(page)
    for group in page.get_by_role("radiogroup").all():
        group.get_by_role("radio", name="Pernah dengar", exact=True).check()
    next_screen(page)
    page.get_by_role("radio", name="3 Setuju").check()
    next_screen(page)


def test_everything_comes_with_one_page_and_goes_with_one_request(live: Live, page: Page, code: str) -> None:
    asked: list[str] = []
    page.goto(f"{live.address}/s/{code}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pengenalan smart city")
    page.get_by_role("button", name="Saya bersedia, mulai").click()
    page.on("request", lambda request: asked.append(request.method))
    who(page)
    what(page)
    next_screen(page)
    expect(page.get_by_role("heading", name="Terima kasih")).to_be_visible()
    ((number, place, sex, band, answers, _repeats),) = answers_of(live, code)
    assert page.locator("[data-receipt]").inner_text() == number[:8].upper()
    assert (place[:6], sex, band) == ("64.02.", "f", "25-34")
    assert json.loads(answers)["percaya"] == "3"
    assert asked == ["POST"]


def answer_all(page: Page) -> int:
    """The first choice of whatever is asked, to the end; how many screens had a picture."""
    pictures = 0
    thanks = page.get_by_role("heading", name="Terima kasih", exact=True)
    for _ in range(40):
        # while the answer is on its way there is neither: the button is gone and nobody has thanked yet
        expect(thanks.or_(page.get_by_role("button", name=ONWARDS)).first).to_be_visible()
        if thanks.is_visible():
            return pictures
        for picture in page.locator("fieldset:visible img.question-picture").all():
            picture.scroll_into_view_if_needed()
            expect(picture).to_have_js_property("complete", True)
            pictures += picture.evaluate("(one) => one.naturalWidth > 0")
        groups = page.locator("[data-row]:visible")
        for group in groups.all() or [page.locator("form.survey-form")]:
            choice = group.locator("[data-answer]:is([type=radio], [type=checkbox]):visible").first
            if choice.count():
                choice.check()
        next_screen(page)
        page.wait_for_timeout(50)
    raise AssertionError(page.content())


@pytest.mark.parametrize("script", [True, False])
def test_a_whole_survey_weighs_little(live: Live, browser: Browser, standard: str, script: bool) -> None:
    """The kit's questions answered to the end on a phone that was never here: all that came over the line."""
    context = browser.new_context(**PHONE, java_script_enabled=script)
    page = context.new_page()
    line = context.new_cdp_session(page)
    weight = 0

    def add(event: dict[str, Any]) -> None:
        nonlocal weight
        weight += int(event["encodedDataLength"])

    line.send("Network.enable")
    line.on("Network.loadingFinished", add)
    page.goto(f"{live.address}/s/{standard}/{VILLAGE}", wait_until="networkidle")
    page.get_by_role("button", name="Saya bersedia, mulai").click()
    page.get_by_role("radio", name="Perempuan").check()
    next_screen(page)
    page.get_by_role("radio", name="25–34 tahun").check()
    next_screen(page)
    assert answer_all(page) == 1
    page.wait_for_load_state("networkidle")
    context.close()
    assert len(answers_of(live, standard)) == 1
    assert 0 < weight <= HEAVIEST


def to_the_end(page: Page, live: Live, code: str, sex: str = "Laki-laki") -> None:
    page.goto(f"{live.address}/s/{code}/{VILLAGE}")
    page.get_by_role("button", name="Saya bersedia, mulai").click()
    page.get_by_role("radio", name=sex).check()
    next_screen(page)
    page.get_by_role("radio", name="55 tahun ke atas").check()
    next_screen(page)
    what(page)


def lose_what_is_sent(context: BrowserContext) -> None:
    """Let nothing through that is handed in. A browser that is told to be offline is not as it leaves a page: that page
    may hear that the line is back, and send what the next one is to find."""
    context.route("**/s/**", lambda route: route.abort() if route.request.method == "POST" else route.fallback())


def test_two_people_on_one_phone_without_a_line_are_both_sent(live: Live, phone: BrowserContext, code: str) -> None:
    one, other = phone.new_page(), phone.new_page()
    to_the_end(one, live, code)
    to_the_end(other, live, code, "Perempuan")
    lose_what_is_sent(phone)
    for page in (one, other):
        next_screen(page)
        expect(page.get_by_role("heading", name="Belum terkirim, tetapi tidak hilang")).to_be_visible()
        page.close()
    phone.unroute_all()
    page = phone.new_page()
    page.goto(f"{live.address}/s/{code}/{VILLAGE}")
    expect(page.get_by_role("heading", name="Terima kasih")).to_be_visible()
    assert sorted(row[2] for row in answers_of(live, code)) == ["f", "m"]
    assert page.evaluate("localStorage.length") == 0


def test_what_waited_while_the_survey_was_closed_is_still_sent(live: Live, page: Page, code: str) -> None:
    to_the_end(page, live, code)
    lose_what_is_sent(page.context)
    next_screen(page)
    expect(page.get_by_role("heading", name="Belum terkirim, tetapi tidak hilang")).to_be_visible()
    closed = Clock().now().strftime("%Y-%m-%d %H:%M:%S.%f")
    with sqlite3.connect(live.folder / "gaung.sqlite", timeout=15) as database:
        database.execute("UPDATE survey_waves SET status = 'closed', closed_at = ? WHERE code = ?", (closed, code))
    page.goto("about:blank")
    page.context.unroute_all()
    page.goto(f"{live.address}/s/{code}")
    expect(page.get_by_role("heading", name="Terima kasih")).to_be_visible()
    ((flags,),) = rows(live, "SELECT flags FROM responses JOIN survey_waves w ON w.id = wave_id WHERE w.code = ?", code)
    assert "late" in json.loads(flags)


def test_back_on_the_phone_goes_one_question_back(live: Live, page: Page, code: str) -> None:
    page.goto("about:blank")
    page.goto(f"{live.address}/s/{code}/{VILLAGE}")
    page.get_by_role("button", name="Saya bersedia, mulai").click()
    page.get_by_role("radio", name="Laki-laki").check()
    next_screen(page)
    page.get_by_role("radio", name="55 tahun ke atas").check()
    next_screen(page)
    expect(page.get_by_label("Layanan apa yang terlintas?")).to_be_visible()
    page.evaluate("history.back()")
    expect(page.get_by_role("radio", name="55 tahun ke atas")).to_be_checked()
    page.evaluate("history.back()")
    expect(page.get_by_role("radio", name="Laki-laki")).to_be_checked()
    next_screen(page)
    next_screen(page)
    next_screen(page)  # what came to mind is not gone back to
    expect(page.get_by_role("radio", name="Belum", exact=True)).to_be_visible()
    page.evaluate("history.back()")
    expect(page.get_by_role("radio", name="Belum", exact=True)).to_be_visible()


def test_a_closed_tab_is_gone_on_with_or_left_to_another(live: Live, phone: BrowserContext, code: str) -> None:
    page = phone.new_page()
    page.goto(f"{live.address}/s/{code}/{VILLAGE}")
    page.get_by_role("button", name="Saya bersedia, mulai").click()
    page.get_by_role("radio", name="Perempuan").check()
    next_screen(page)
    expect(page.get_by_role("radio", name="55 tahun ke atas")).to_be_visible()
    page.close()
    page = phone.new_page()
    page.goto(f"{live.address}/s/{code}/{VILLAGE}")
    expect(page.get_by_text("Ada isian yang belum selesai")).to_be_visible()
    other = phone.new_page()
    page.get_by_role("button", name="Lanjutkan isian itu").click()
    expect(page.get_by_role("radio", name="55 tahun ke atas")).to_be_visible()
    other.goto(f"{live.address}/s/{code}/{VILLAGE}")  # a tab beside it begins its own
    expect(other.get_by_role("button", name="Saya bersedia, mulai")).to_be_visible()
    expect(other.get_by_text("Ada isian yang belum selesai")).to_be_hidden()


def test_an_error_leads_to_what_is_missing(live: Live, page: Page, code: str) -> None:
    page.goto(f"{live.address}/s/{code}")
    page.get_by_role("button", name="Saya bersedia, mulai").click()
    next_screen(page)
    expect(page.get_by_label("Kecamatan")).to_be_focused()


def test_no_line_at_the_end_keeps_the_answers_and_sends_them_later(live: Live, page: Page, code: str) -> None:
    page.goto(f"{live.address}/s/{code}/{VILLAGE}")
    page.get_by_role("button", name="Saya bersedia, mulai").click()
    page.get_by_role("radio", name="Laki-laki").check()
    next_screen(page)
    page.get_by_role("radio", name="55 tahun ke atas").check()
    next_screen(page)
    what(page)
    page.context.set_offline(True)
    next_screen(page)
    expect(page.get_by_role("heading", name="Belum terkirim, tetapi tidak hilang")).to_be_visible()
    assert answers_of(live, code) == []
    page.context.set_offline(False)  # the page hears of it and sends by itself
    expect(page.get_by_role("heading", name="Terima kasih")).to_be_visible()
    assert [row[1] for row in answers_of(live, code)] == [VILLAGE]


def test_a_lost_reply_is_sent_again_and_counted_once(live: Live, page: Page, code: str) -> None:
    lost = 0

    def lose(route: Route) -> None:
        nonlocal lost
        lost += 1
        if lost == 1:
            route.fetch()  # it arrives, its answer does not
            route.abort()
        else:
            route.continue_()

    page.route("**/kirim", lose)
    page.goto(f"{live.address}/s/{code}/{VILLAGE}")
    page.get_by_role("button", name="Saya bersedia, mulai").click()
    page.get_by_role("radio", name="Laki-laki").check()
    next_screen(page)
    page.get_by_role("radio", name="55 tahun ke atas").check()
    next_screen(page)
    what(page)
    next_screen(page)
    expect(page.get_by_role("heading", name="Belum terkirim, tetapi tidak hilang")).to_be_visible()
    page.reload()  # somebody closes the page and comes back
    expect(page.get_by_role("heading", name="Terima kasih")).to_be_visible()
    assert [row[-1] for row in answers_of(live, code)] == [1]


def test_closed_meanwhile_is_said(live: Live, page: Page, code: str) -> None:
    page.goto(f"{live.address}/s/{code}")
    page.get_by_role("button", name="Saya bersedia, mulai").click()
    who(page)
    what(page)
    with sqlite3.connect(live.folder / "gaung.sqlite", timeout=15) as database:
        database.execute("UPDATE survey_waves SET status = 'closed' WHERE code = ?", (code,))
    next_screen(page)
    expect(page.get_by_text("Jawaban Anda tidak disimpan.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Survei ini sudah ditutup")).to_be_visible()


def test_what_was_answered_is_there_after_reloading_and_gone_after_the_end(live: Live, page: Page, code: str) -> None:
    page.goto(f"{live.address}/s/{code}")
    page.get_by_role("button", name="Saya bersedia, mulai").click()
    who(page)
    page.get_by_label("Layanan apa yang terlintas?").fill("bank sampah")
    page.reload()
    expect(page.get_by_label("Layanan apa yang terlintas?")).to_have_value("bank sampah")
    what(page)
    next_screen(page)
    expect(page.get_by_role("heading", name="Terima kasih")).to_be_visible()
    page.goto(f"{live.address}/s/{code}")
    expect(page.get_by_role("button", name="Saya bersedia, mulai")).to_be_visible()
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_a_child_is_thanked(live: Live, page: Page, code: str) -> None:
    page.goto(f"{live.address}/s/{code}/{VILLAGE}")
    page.get_by_role("button", name="Saya bersedia, mulai").click()
    page.get_by_role("radio", name="Laki-laki").check()
    next_screen(page)
    page.get_by_role("radio", name="Di bawah 17 tahun").check()
    next_screen(page)
    expect(page.get_by_role("heading", name="Terima kasih sudah mau membantu")).to_be_visible()
    assert answers_of(live, code) == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    page.get_by_role("button", name="Salah pilih? Kembali").click()
    expect(page.get_by_role("radio", name="Di bawah 17 tahun")).to_be_visible()


def in_sight(box: Any) -> bool:
    return bool(box) and box["y"] + box["height"] <= 640


@pytest.mark.parametrize("width", [320, 360])
def test_one_thumb_is_enough(live: Live, browser: Browser, code: str, width: int) -> None:
    context = browser.new_context(**{**PHONE, "viewport": {"width": width, "height": 640}})
    page = context.new_page()
    page.goto(f"{live.address}/s/{code}")
    start = page.get_by_role("button", name="Saya bersedia, mulai")
    assert in_sight(start.bounding_box())
    start.click()
    who(page)
    for _ in range(3):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        small = page.evaluate(
            "[...document.querySelectorAll('.survey-form :is(button, select, textarea, label.choice)')]"
            ".filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)"
            ".map((one) => one.outerHTML)"
        )
        assert small == []
        radios = page.get_by_role("radio")
        if radios.count():
            radios.first.check()
        next_screen(page)
    assert in_sight(page.get_by_role("button", name="Lanjut").bounding_box())  # however long the list
    context.close()


def test_the_same_without_a_script(live: Live, browser: Browser, code: str) -> None:
    context = browser.new_context(**PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live.address}/s/{code}")
    page.get_by_role("button", name="Saya bersedia, mulai").click()
    page.get_by_label("Desa atau kelurahan", exact=True).select_option(VILLAGE)
    next_screen(page)
    page.get_by_role("radio", name="Perempuan").check()
    next_screen(page)
    page.get_by_role("radio", name="25–34 tahun").check()
    next_screen(page)
    what(page)
    page.get_by_label("Berapa kali").fill("banyak")
    next_screen(page)
    expect(page.get_by_role("alert").first).to_contain_text("Tulis angka saja")
    page.get_by_label("Berapa kali").fill("2")
    next_screen(page)
    page.get_by_role("button", name="Kirim jawaban").click()
    expect(page.get_by_role("heading", name="Terima kasih")).to_be_visible()
    ((_uuid, place, *_rest),) = answers_of(live, code)
    assert place == VILLAGE
    context.close()
