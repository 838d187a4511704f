"""One question a screen: the engine of both pages, on the questions as the macro draws them."""

from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader
from playwright.sync_api import Page, expect

from app.evidence.instruments import logic
from app.evidence.instruments.definition import read
from app.evidence.responses.order import rows_of
from config import ROOT
from tests.survey_sample import DEFINITION

SCRIPTS = ROOT / "frontend/src/survey"
SEED = "5d1e2f3a-8f0e-4f0e-9d35-0d0f6a8f4c12"

FRAME = """<!doctype html><meta charset="utf-8"><form id="root">
<p data-progress data-words="Pertanyaan {{at}} dari {{all}}"></p><progress data-bar></progress>
<fieldset data-about="sex" data-kind="one" data-required data-missing="Pilih jenis kelamin.">
<legend>Jenis kelamin</legend>
<p data-problem hidden></p><label><input type="radio" name="sex" value="f" data-answer>Perempuan</label></fieldset>
{questions}
<button type="button" data-back>Kembali</button><button type="submit" data-next data-last="Kirim">Lanjut</button>
</form>"""


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    """A folder with the sample instrument's page."""
    environment = Environment(
        loader=FileSystemLoader(ROOT / "app/evidence/responses/templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["_"] = lambda text, **values: text % values if values else text
    macro = environment.get_template("responses/questions.html").module.questions  # type: ignore[attr-defined]
    page = FRAME.format(questions=macro(read(DEFINITION), "id"))
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    return tmp_path


@pytest.fixture
def interview(drawn: Path, page: Page) -> Page:
    scripts = {"logic.js": SCRIPTS / "logic.js", "interview.js": SCRIPTS / "interview.js", "": drawn / "page.html"}
    page.route(
        "http://survei.test/**",
        lambda route: route.fulfill(path=scripts[route.request.url.removeprefix("http://survei.test/")]),
    )
    page.goto("http://survei.test/")
    begin(page, {"seed": SEED})
    return page


def begin(page: Page, options: dict[str, Any]) -> None:
    page.evaluate(
        """async (options) => {
        const { Interview } = await import("/interview.js");
        window.said = [];
        window.interview?.stop();
        window.interview = new Interview(document.querySelector("#root"), {
          done: (answers, about) => { window.result = { answers, about }; },
          changed: (answers, at) => { window.said.push(at); },
        }, options);
      }""",
        options,
    )


def at(page: Page) -> str:
    shown: str = page.evaluate("interview.at")
    return shown


def test_one_question_a_screen_to_the_end(interview: Page) -> None:
    page = interview
    expect(page.locator("fieldset:visible")).to_have_count(1)
    expect(page.get_by_text("Pertanyaan 1 dari 7")).to_be_visible()
    page.get_by_role("button", name="Lanjut").click()
    expect(page.get_by_text("Pilih jenis kelamin.")).to_be_visible()
    page.get_by_role("radio", name="Perempuan", exact=True).check()
    page.keyboard.press("Enter")
    assert at(page) == "p1"
    assert page.evaluate("document.activeElement.tagName") == "LEGEND"
    page.get_by_role("button", name="Lanjut").click()  # may stay empty
    page.get_by_role("radio", name="Pernah dengar", exact=True).check()
    page.get_by_role("button", name="Lanjut").click()
    expect(page.get_by_role("button", name="Kembali")).to_be_hidden()  # no going back over `istilah`
    page.get_by_role("radio", name="Ya", exact=True).check()
    expect(page.get_by_text("Pertanyaan 4 dari 8")).to_be_visible()  # one more is asked now
    page.get_by_role("button", name="Lanjut").click()
    assert at(page) == "sumber"
    page.get_by_role("checkbox", name="KIM", exact=True).check()
    page.get_by_role("checkbox", name="Tidak ingat", exact=True).check()
    assert not page.get_by_role("checkbox", name="KIM", exact=True).is_checked()  # goes with no other
    page.get_by_role("checkbox", name="Lainnya", exact=True).check()
    page.get_by_label("Tuliskan: Lainnya").fill("spanduk pasar")
    page.get_by_role("checkbox", name="Poster", exact=True).check()
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_role("radiogroup", name="Idaman RT").get_by_label("Belum pernah dengar").check()
    page.get_by_role("button", name="Lanjut").click()
    expect(page.get_by_text("Pilih satu jawaban untuk tiap baris.")).to_be_visible()
    for row in ("Bank Sampah", "KIM", "Layanan Karang Cerdas"):
        page.get_by_role("radiogroup", name=row).get_by_label("Tahu kegunaannya").check()
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_role("radio", name="3 Setuju").check()
    page.get_by_role("button", name="Lanjut").click()
    for wrong, sentence in (("banyak", "angka saja"), ("1,5", "bulat"), ("100", "di luar batas")):
        page.get_by_label("Berapa kali").fill(wrong)
        page.get_by_role("button", name="Kirim").click()
        assert page.locator("[data-problem]:visible").inner_text().count(sentence) == 1
    page.get_by_label("Berapa kali").fill("12")
    page.get_by_role("button", name="Kirim").click()
    result = page.evaluate("window.result")
    assert result["about"] == {"sex": "f"}
    assert result["answers"] == {
        "istilah": "dengar", "lihat": "ya", "sumber": ["poster", "lain"], "sumber/lain": "spanduk pasar",
        "kenal": {"idaman": "belum", "sampah": "tahu", "kim": "tahu", "palsu": "tahu"}, "percaya": "3", "kali": 12,
    }  # fmt: skip
    cleaned, problems = logic.clean(read(DEFINITION), result["answers"])
    assert (cleaned, problems) == (result["answers"], [])


def test_what_is_not_asked_any_more_is_not_handed_over(interview: Page) -> None:
    begin(interview, {"answers": {"lihat": "ya", "sumber": ["kim"]}, "about": {"sex": "f"}, "at": "lihat"})
    assert interview.evaluate("interview.answers") == {"lihat": "ya", "sumber": ["kim"]}
    interview.get_by_role("radio", name="Tidak", exact=True).check()
    assert interview.evaluate("interview.answers") == {"lihat": "tidak"}
    assert interview.evaluate("interview.about") == {"sex": "f"}


def test_what_was_kept_comes_back_with_its_place(interview: Page) -> None:
    kept = {"p1": "bank sampah", "sumber/lain": "spanduk", "sumber": ["lain"], "lihat": "ya", "kali": 3}
    begin(interview, {"answers": kept, "at": "sumber"})
    assert at(interview) == "sumber"
    assert interview.get_by_label("Tuliskan: Lainnya").input_value() == "spanduk"
    assert interview.evaluate("interview.answers") == kept
    assert interview.evaluate("said.at(-1)") == "sumber"


def test_rows_come_in_the_order_of_the_answers_uuid(interview: Page) -> None:
    begin(interview, {"seed": SEED, "at": "kenal"})
    shown = interview.locator("[data-question=kenal] [data-row]").evaluate_all("rows => rows.map(r => r.dataset.row)")
    assert shown == [row.key for row in rows_of(read(DEFINITION).by_key["kenal"], SEED)]
    assert shown != ["idaman", "sampah", "kim", "palsu"]
