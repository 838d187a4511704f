"""A participant fills in a test on a phone with the own link: a bad line, a page that was left, and nothing twice."""

import sqlite3
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy.orm import sessionmaker

from app.kernel.clock import Clock
from app.kernel.db import make_engine, writing
from app.kernel.roles import SYSTEM
from app.kernel.site import Site
from app.learning.assessments.papers import service as papers
from app.learning.training.participants.tokens import own_path
from tests.assessments.sample import TEST
from tests.browser.conftest import PHONE, Live
from tests.world import World

HEAVIEST = 60_000  # bytes over the line for a first visit


@dataclass
class Opened:
    url: str
    paper_id: int


@pytest.fixture
def opened(live: Live) -> Opened:
    """An open test of a batch with one participant, put into the database of the running installation."""
    secrets = dict(line.split("=", 1) for line in (live.folder / "secrets.env").read_text().split() if "=" in line)
    engine, mark = make_engine(f"sqlite:///{live.folder / 'gaung.sqlite'}"), uuid.uuid4().hex[:8]
    with writing(), sessionmaker(engine)() as session:
        session.info["site"] = Site(secret_key=secrets["GAUNG_SECRET_KEY"])
        world, now = World(session, Clock()), Clock().now()  # type: ignore[arg-type]
        instrument = world.instrument(TEST, audience="trainees", key=f"tes-{mark}", title=f"Tes {mark}")
        programme = world.programme(key=f"program-{mark}", test_instrument_id=instrument.id)
        batch = world.batch(programme=programme, code=f"b{mark}", name=f"Angkatan {mark}")
        trainee = world.trainee("Siti Rahmawati", phone=None, email=f"{mark}@contoh.example")
        enrolment = world.enrolment(batch, trainee)
        paper = papers.prepare(session, SYSTEM, batch.id, "post", now=now)
        papers.open_paper(session, SYSTEM, paper.id, now=now)
        session.commit()
        made = Opened(f"{live.address}{own_path(session, trainee)}/isi/{enrolment.id}/post", paper.id)
    engine.dispose()
    return made


def scores(live: Live, opened: Opened) -> list[Any]:
    with sqlite3.connect(live.folder / "gaung.sqlite", timeout=15) as database:
        query = "SELECT score FROM assessment_sittings WHERE paper_id = ?"
        return [row[0] for row in database.execute(query, (opened.paper_id,))]


def answer(page: Page) -> None:
    page.get_by_label("Kalimat panjang").check()
    page.get_by_role("button", name="Lanjut").click()
    for sign in ("Mendesak", "Tautan aneh", "Meminta kode"):
        page.get_by_label(sign).check()
    page.get_by_role("button", name="Lanjut").click()


def test_answers_survive_a_reload_and_a_lost_line_and_count_once(
    live: Live, phone: BrowserContext, opened: Opened
) -> None:
    page = phone.new_page()
    page.goto(opened.url)
    page.get_by_role("button", name="Mulai").click()
    page.get_by_role("button", name="Lanjut").click()
    expect(page.get_by_text("Pilih satu jawaban.")).to_be_visible()
    answer(page)
    page.reload()
    expect(page.get_by_text("Pernah memakai pengelola sandi?")).to_be_visible()
    page.get_by_label("Tidak", exact=True).check()
    phone.set_offline(True)
    page.get_by_role("button", name="Kirim jawaban").click()
    expect(page.get_by_text("Belum terkirim, tetapi tidak hilang")).to_be_visible()
    assert scores(live, opened) == []
    phone.set_offline(False)
    expect(page.get_by_role("heading", name="Terima kasih")).to_be_visible(timeout=20_000)
    assert scores(live, opened) == [4]
    page.goto(opened.url)
    expect(page.get_by_text("Jawaban Anda sudah diterima")).to_be_visible()


def test_it_is_light_fits_the_phone_and_needs_no_script(live: Live, browser: Browser, opened: Opened) -> None:
    context = browser.new_context(**PHONE, java_script_enabled=False)
    page, weight = context.new_page(), []
    page.on("response", lambda response: weight.append(response.request.sizes()["responseBodySize"]))
    page.goto(opened.url)
    assert sum(weight) < HEAVIEST
    box = page.get_by_role("button", name="Kirim jawaban").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 360
    assert box["height"] >= 44
    page.get_by_label("Kalimat panjang").check()
    page.get_by_label("Mendesak").check()
    page.get_by_label("Tidak", exact=True).check()
    page.get_by_role("button", name="Kirim jawaban").click()
    expect(page.get_by_text("Jawaban Anda sudah diterima")).to_be_visible()
    assert scores(live, opened) == [2]
    context.close()
