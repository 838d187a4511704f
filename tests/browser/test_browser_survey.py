"""From opening a survey to the sentence that a manager quotes, on what `make run` starts.

400 people before and 400 after, by the real ways in: phones, some of whose answers come twice, one phone without
signal, paper, and an open link. What is planted: Bank Sampah 25 % → 55 %, Idaman RT 30 % both times.
"""

import json
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.evidence.instruments.definition import AGE_BANDS, SEXES, Definition, read
from app.evidence.instruments.logic import asked
from app.evidence.responses.paper.keying import codes
from app.kernel.clock import Clock
from tests.browser.conftest import PHONE, Live
from tests.browser.phone import rows
from tests.browser.phone import sign_in as phone_sign_in
from tests.browser.test_browser_journey import sign_in

pytestmark = pytest.mark.browser

PEOPLE, PAPER, LINKS, TWICE, VISITED = 400, 20, 6, 60, 2
WITA = ZoneInfo("Asia/Makassar")
AT_ONCE = 50
PLACES = 10
NAME = "Kenal Smart City uji"


def sampah(number: int, stage: str) -> bool:
    """10 of 40 people of a village before, 22 of 40 after."""
    return number // PLACES % 4 == 0 if stage == "baseline" else number // PLACES % 20 < 11


def idaman(number: int) -> bool:
    return number // PLACES % 10 < 3


class Survey:
    """A survey with its villages, and what each person answers."""

    def __init__(self, live: Live, wave_id: int, stage: str) -> None:
        self.live, self.id, self.stage = live, wave_id, stage
        ((self.code, version),) = rows(
            live, "SELECT code, instrument_version_id FROM survey_waves WHERE id = ?", wave_id
        )
        ((raw,),) = rows(live, "SELECT definition FROM instrument_versions WHERE id = ?", version)
        self.definition: Definition = read(json.loads(raw))
        self.places = [
            place
            for (place,) in rows(live, "SELECT place FROM survey_wave_places WHERE wave_id = ? ORDER BY place", wave_id)
        ]

    def answers(self, number: int) -> dict[str, Any]:
        """Somebody who has heard of nothing but what is planted; skip logic is kept."""
        knows = {"sampah": sampah(number, self.stage), "idaman": idaman(number)}
        given: dict[str, Any] = {}
        for question in self.definition.questions:
            if question not in list(asked(self.definition, given)) or question.kind in {"note", "text"}:
                continue
            keys = question.option_keys
            if question.kind == "grid":
                given[question.key] = {row.key: keys[1] if knows.get(row.key) else keys[0] for row in question.rows}
            elif question.kind == "many":
                given[question.key] = [keys[-1]]
            else:
                given[question.key] = {"ingat": "tidak", "istilah": "belum"}.get(question.key, keys[number % len(keys)])
        return given

    def person(self, number: int) -> dict[str, str]:
        return {
            "place": self.places[number % PLACES],
            "sex": SEXES[number // PLACES % 2],
            "age_band": AGE_BANDS[number // (2 * PLACES) % len(AGE_BANDS)],
        }

    def record(self, number: int) -> dict[str, Any]:
        """As the page of an enumerator sends it."""
        ended = Clock().now() - timedelta(minutes=1)
        content = {
            "wave": self.code, **self.person(number), "language": "id", "answers": self.answers(number),
            "started_at": (ended - timedelta(minutes=6)).isoformat(), "ended_at": ended.isoformat(),
        }  # fmt: skip
        name = f"uji:{self.code}:{number}"
        made = uuid.UUID(bytes=uuid.uuid5(uuid.NAMESPACE_URL, name).bytes, version=4)
        return {"uuid": str(made), "kind": "answer", "saved_at": ended.isoformat(), "content": content}


def send_from_phones(phone: Page, survey: Survey, numbers: list[int]) -> list[str]:
    """What became of each."""
    states: list[str] = []
    for first in range(0, len(numbers), AT_ONCE):
        csrf = phone.request.get(f"{survey.live.address}/catat/sesi").json()["csrf"]
        records = [survey.record(number) for number in numbers[first : first + AT_ONCE]]
        body = {"device_now": Clock().now().isoformat(), "records": records}
        answer = phone.request.post(f"{survey.live.address}/catat/kirim", data=body, headers={"X-CSRFToken": csrf})
        states += [one["state"] for one in answer.json()["records"]]
    return states


def key_sheet(page: Page, survey: Survey, sheet: int, number: int) -> str:
    """Type a paper form; what the page said."""
    person, answers = survey.person(number), survey.answers(number)
    form = {
        "csrf_token": page.locator("meta[name=csrf-token]").get_attribute("content") or "",
        "sheet": str(sheet), "place": person["place"], "asked_on": "",
        "sex": str(SEXES.index(person["sex"]) + 1), "age_band": str(AGE_BANDS.index(person["age_band"]) + 1),
    }  # fmt: skip
    for question in survey.definition.questions:
        code = {key: code for code, key in codes(question).items()}
        answer = answers.get(question.key)
        if isinstance(answer, dict):
            form |= {f"q.{question.key}.{row}": code[option] for row, option in answer.items()}
        elif answer is not None:
            form[f"q.{question.key}"] = " ".join(code[key] for key in ([answer] if isinstance(answer, str) else answer))
    told = page.request.post(f"{survey.live.address}/survei/{survey.id}/ketik", form=form).text()
    return " ".join(re.sub(r"<[^>]+>", " ", told.partition("<main")[2])[:1500].split())


def print_forms(page: Page, survey: Survey) -> None:
    page.goto(f"{survey.live.address}/survei/{survey.id}/kertas")
    page.locator("#copies").fill(str(PAPER))
    page.get_by_role("button", name="Siapkan formulir").click()
    expect(page.get_by_role("heading", name=f"Formulir 1 sampai {PAPER}")).to_be_visible()


def interview_without_signal(context: BrowserContext, survey: Survey, numbers: list[int]) -> None:
    """Visit people where there is no line, then come back to one. They know nothing of what is planted."""
    page = phone_sign_in(context, survey.live, "pencacah")
    page.goto(f"{survey.live.address}/catat/survei/")
    page.wait_for_selector("html[data-ready]")
    page.evaluate("navigator.serviceWorker.ready.then((ready) => ready.active.state)")
    context.set_offline(True)
    page.select_option("#survei", survey.code)
    for number in numbers:
        assert not sampah(number, survey.stage)
        assert not idaman(number)
        page.select_option("#tempat", survey.person(number)["place"])
        page.get_by_role("button", name="Mulai wawancara").click()
        page.get_by_role("checkbox", name=re.compile("Responden berumur 17 tahun")).check()
        page.click("[data-next]")
        while not page.get_by_role("heading", name="Wawancara selesai").is_visible():
            answer_screen(page)
            page.click("[data-next]")
        page.get_by_role("button", name="Simpan saja").click()
        expect(page.locator("#mulai")).to_be_visible()
    expect(page.locator("#kiriman")).to_contain_text("Tersimpan di perangkat")
    context.set_offline(False)
    expect(page.locator("#kiriman").get_by_text(re.compile("Terkirim"))).to_have_count(len(numbers), timeout=30_000)


def answer_screen(page: Page) -> None:
    """The first choice of whatever is asked; of several the last."""
    lines = page.locator("#wawancara [data-row]:visible").all()
    for line in lines:
        line.get_by_role("radio").first.check()
    if lines:
        return
    choices = page.locator("#wawancara input[type=radio]:visible")
    if choices.count():
        choices.first.check()
    ticks = page.locator("#wawancara input[type=checkbox]:visible")
    if ticks.count():
        ticks.last.check()


def answer_by_link(browser: Browser, survey: Survey, number: int) -> None:
    """As the script of the public page does at its end: the form, its CSRF token, one submit."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.goto(f"{survey.live.address}/s/{survey.code}")
    given = {"uuid": str(uuid.uuid4()), **survey.person(number), "answers": survey.answers(number)}
    form = {
        "csrf_token": page.locator("[name=csrf_token]").first.get_attribute("value") or "",
        "jawaban": json.dumps(given),
    }
    answer = page.request.post(f"{survey.live.address}/s/{survey.code}/kirim", form=form)
    assert answer.ok, answer.text()
    context.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(**PHONE)
    context.set_default_timeout(20_000)
    yield context
    context.close()


def open_baseline(page: Page, live: Live) -> Survey:
    """Planned, with ten villages chosen by hand, and opened: on the pages."""
    page.goto(f"{live.address}/survei/baru")
    page.get_by_label("Survei awal, sebelum atau saat program dimulai").check()
    page.locator("#name").fill(f"Survei awal {NAME}")
    page.locator("#instrument_version_id").select_option(
        label=page.locator("#instrument_version_id option", has_text="Pengenalan smart city: warga").first.inner_text()
    )
    page.get_by_label("Tempat dipilih sendiri").check()
    page.get_by_label("Formulir kertas yang diketik kemudian").check()
    page.locator("#target").fill(str(PEOPLE))
    page.get_by_role("button", name="Simpan rencana").click()
    expect(page.get_by_role("heading", name="Pilih desa/kelurahan", level=1)).to_be_visible()
    wave_id = int(re.findall(r"/survei/(\d+)", page.url)[0])
    for district in page.locator(".wave-places summary").all()[:2]:
        district.click()
    for tick in page.locator("[name=place]").all()[:PLACES]:
        tick.check()
    page.locator("#each").fill(str(PEOPLE // PLACES))
    page.get_by_role("button", name="Simpan tempat").click()
    expect(page.get_by_role("heading", name=f"Survei awal {NAME}", level=1)).to_be_visible()
    open_wave(page, live, wave_id)
    return Survey(live, wave_id, "baseline")


def open_wave(page: Page, live: Live, wave_id: int) -> None:
    page.goto(f"{live.address}/survei/{wave_id}")
    page.get_by_role("link", name="Buka survei").click()
    page.get_by_role("button", name="Buka survei").click()
    expect(page.get_by_role("button", name="Tutup survei").first).to_be_visible()


def open_after(page: Page, survey: Survey) -> Survey:
    """A copy of the first, on the same villages."""
    page.goto(f"{survey.live.address}/survei/{survey.id}")
    page.get_by_role("link", name="Salin survei").click()
    page.get_by_label(re.compile("Survei sesudah")).check()
    page.locator("#starts_on").fill(Clock().now().astimezone(WITA).date().isoformat())
    page.get_by_role("button", name="Salin").click()
    page.wait_for_url(re.compile(r"/survei/\d+"))
    wave_id = int(re.findall(r"/survei/(\d+)", page.url)[0])
    assert wave_id != survey.id
    open_wave(page, survey.live, wave_id)
    return Survey(survey.live, wave_id, "after")


def close(page: Page, survey: Survey) -> None:
    page.goto(f"{survey.live.address}/survei/{survey.id}")
    page.get_by_role("button", name="Tutup survei").first.click()
    page.locator("dialog").get_by_role("button", name="Tutup survei").click()
    expect(page.get_by_text("Buka lagi")).to_be_visible()  # “Ditutup” is said of its partner before


def test_from_opening_a_survey_to_the_quoted_sentence(
    page: Page, live: Live, browser: Browser, phone: BrowserContext, visitor: BrowserContext
) -> None:
    sign_in(page, live, "editor")
    enumerator = phone_sign_in(phone, live, "pencacah")

    before = open_baseline(page, live)
    by_phone = list(range(PEOPLE - PAPER - VISITED))
    assert set(send_from_phones(enumerator, before, by_phone)) == {"stored"}
    assert set(send_from_phones(enumerator, before, by_phone[:TWICE])) == {"known"}  # the reply was lost
    print_forms(page, before)
    for sheet, number in enumerate(range(len(by_phone), len(by_phone) + PAPER), 1):
        assert f"Lembar {sheet} tersimpan" in key_sheet(page, before, sheet, number)
    assert "isinya sama" in key_sheet(page, before, 1, len(by_phone))
    interview_without_signal(visitor, before, [PEOPLE - 2, PEOPLE - 1])
    for number in range(LINKS):
        answer_by_link(browser, before, number)
    close(page, before)

    after = open_after(page, before)
    assert set(send_from_phones(enumerator, after, list(range(PEOPLE)))) == {"stored"}
    close(page, after)

    page.goto(f"{live.address}/survei/{before.id}/hasil")
    expect(page.get_by_text("400").first).to_be_visible()
    expect(page.get_by_text("gambaran awal, bukan sampel acak").first).to_be_visible()
    page.goto(f"{live.address}/survei/banding?sebelum={before.id}&sesudah={after.id}")
    quote = page.locator(".quotes li", has_text="Mengenal Bank Sampah")
    expect(quote).to_contain_text(
        re.compile(
            r"Mengenal Bank Sampah naik 30(?:,0)? poin \(95 %: .+\), "
            r"dari 25 % \(n = 400\) menjadi 55 % \(n = 400\)\."
        )
    )
    row = page.locator("tr[data-name='Mengenal Idaman RT']")
    expect(row).to_contain_text("belum dapat dipastikan")
    expect(row).to_contain_text("30 %")
