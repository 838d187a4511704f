"""Paper forms typed in Chromium with the keyboard alone, and texts coded by digits."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.evidence.instruments.models import Instrument, InstrumentVersion
from app.evidence.responses.models import PaperRun, Response
from app.evidence.surveys.models import Wave
from app.kernel.clock import Clock
from app.kernel.db import make_engine
from tests.browser.conftest import Live
from tests.browser.test_browser_journey import sign_in
from tests.survey_sample import DEFINITION
from tests.world import VILLAGE

pytestmark = pytest.mark.browser


@pytest.fixture
def database(live: Live) -> Iterator[Session]:
    engine = make_engine(f"sqlite:///{live.folder / 'gaung.sqlite'}")
    with Session(engine, expire_on_commit=False) as session:
        yield session
    engine.dispose()


def make_wave(session: Session, code: str) -> int:
    """An open survey with forms 1 to 9 printed for one village."""
    now = Clock().now()
    office = session.scalars(select(Organisation).where(Organisation.is_office)).first()
    assert office
    times = {"created_at": now, "updated_at": now}
    version = InstrumentVersion(number=1, definition=DEFINITION, frozen_at=now, **times)
    instrument = Instrument(
        key=code, title="Pengenalan smart city", organisation_id=office.id, created_at=now, versions=[version]
    )
    session.add(instrument)
    session.flush()
    wave = Wave(
        code=code, name="Survei kertas", organisation_id=office.id, instrument_version_id=version.id,
        modes=["paper"], starts_on=now.date() - timedelta(days=3), ends_on=now.date() + timedelta(days=9),
        status="open", opened_at=now, method="open", sheets=9, **times,
    )  # fmt: skip
    session.add(wave)
    session.flush()
    session.add(PaperRun(wave_id=wave.id, first=1, last=9, place=VILLAGE, language="id", printed_at=now))
    session.commit()
    return wave.id


def type_lines(page: Page, *lines: str) -> None:
    for line in lines:
        page.keyboard.type(line)
        page.keyboard.press("Enter")


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name"))


def stored(session: Session, wave_id: int) -> list[Response]:
    session.rollback()
    return list(session.scalars(select(Response).where(Response.wave_id == wave_id).order_by(Response.sheet)))


def test_two_sheets_without_touching_the_mouse(page: Page, live: Live, database: Session) -> None:
    wave_id = make_wave(database, "ketik1")
    sign_in(page, live, "editor")
    page.goto(f"{live.address}/survei/{wave_id}/ketik")
    assert focused(page) == "sheet"
    type_lines(page, "3")
    assert page.locator("[name=place]").input_value() == VILLAGE  # it stands on the sheet
    type_lines(page, "", "", "1", "2", "bank sampah", "2")
    assert focused(page) == "q.lihat"
    type_lines(page, "2")
    assert focused(page) == "q.kenal.idaman"  # "Dari mana?" is not asked
    expect(page.locator("[data-question=sumber]")).to_have_class("keying-question is-skipped")
    type_lines(page, "9")
    assert focused(page) == "q.kenal.idaman"
    expect(page.locator("[data-line='kenal.idaman'] output")).to_have_text("Kode tidak ada")
    page.keyboard.press("Control+A")
    type_lines(page, "1", "3", "2", "-")
    page.keyboard.press("Shift+Enter")
    assert focused(page) == "q.kenal.palsu"
    expect(page.locator("[data-line='kenal.palsu'] output")).to_have_text("tidak dijawab")
    page.keyboard.press("ArrowDown")
    type_lines(page, "3", "")  # the last line saves
    expect(page.get_by_text("Lembar 3 tersimpan.")).to_be_visible()
    assert focused(page) == "sheet"
    assert page.locator("[name=sheet]").input_value() == "4"
    type_lines(page, "7", "", "", "2", "5", "-", "1", "1", "13", "radio", "1", "1", "1", "1")
    page.keyboard.type("4")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Lembar 7 tersimpan.")).to_be_visible()
    first, second = stored(database, wave_id)
    assert (first.sheet, first.answers["kenal"], first.flags) == (
        3, {"idaman": "belum", "sampah": "tahu", "kim": "dengar"}, ["blank"],
    )  # fmt: skip
    assert (second.sheet, second.sex, second.age_band) == (7, "m", "55+")
    assert second.answers["sumber"] == ["kim", "lain"]
    assert second.answers["sumber/lain"] == "radio"


def test_what_the_server_refuses_is_shown_with_all_that_was_typed(page: Page, live: Live, database: Session) -> None:
    wave_id = make_wave(database, "ketik2")
    sign_in(page, live, "editor")
    page.goto(f"{live.address}/survei/{wave_id}/ketik")
    type_lines(page, "44", "", "", "1", "2", "bank sampah")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Belum tersimpan. Yang sudah diketik masih ada.")).to_be_visible()
    assert focused(page) == "sheet"
    assert page.locator("[name='q.p1']").input_value() == "bank sampah"
    assert stored(database, wave_id) == []


def test_texts_are_coded_with_digits_and_enter(page: Page, live: Live, database: Session) -> None:
    wave_id = make_wave(database, "ketik3")
    sign_in(page, live, "editor")
    for sheet, text in (("1", "Bank Sampah"), ("2", "bank sampah"), ("3", "tidak tahu")):
        page.goto(f"{live.address}/survei/{wave_id}/ketik")
        type_lines(page, sheet, "", "", "1", "2", text, "2", "2", "1", "1", "1", "1", "3", "")
        expect(page.get_by_text(f"Lembar {sheet} tersimpan.")).to_be_visible()
    page.goto(f"{live.address}/survei/{wave_id}/kode")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 jawaban diberi kode.")).to_be_visible()
    page.keyboard.press("2")
    page.keyboard.press("0")  # none fits after all
    page.keyboard.press("Enter")
    expect(page.get_by_text("Semua jawaban sudah diberi kode.")).to_be_visible()
    assert [row.codes for row in stored(database, wave_id)] == [{"p1": ["sampah"]}, {"p1": ["sampah"]}, {"p1": []}]
