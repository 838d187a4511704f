"""The main job as a person does it, in Chromium, on what `make run` starts."""

import math
import re
import sqlite3
import time
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from app.kernel.clock import Clock
from tests.browser.conftest import PASSWORD, Live

WITA = ZoneInfo("Asia/Makassar")
TENGGARONG = "Kantor Disdukcapil, Tenggarong, Senin–Jumat 08.00–15.00"
LEFT = 5  # seconds until the posts are due, once they are approved
SEEN_WITHIN = 40

pytestmark = pytest.mark.browser


def sign_in(page: Page, live: Live, username: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{live.address}/masuk")
    page.get_by_label(re.compile("Nama pengguna")).fill(username)
    page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    expect(page.get_by_role("heading", name="Perlu Ditindaklanjuti")).to_be_visible()


def open_post(page: Page, live: Live, campaign: str, title: str) -> None:
    page.goto(f"{live.address}/program")
    page.get_by_role("link", name=campaign, exact=True).click()
    page.get_by_role("link", name="Lihat semua").first.click()
    page.get_by_label("Cari", exact=True).fill(title)
    page.get_by_role("button", name="Tampilkan").click()
    page.get_by_role("link", name=title, exact=True).first.click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()


def move_to(page: Page, moment: datetime) -> None:
    page.locator("summary", has_text="Pindahkan waktu").click()
    card = page.locator("#jadwal")
    card.get_by_label("Waktu tayang").fill(moment.strftime("%Y-%m-%dT%H:%M"))
    card.get_by_label("Masih berguna sampai").fill((moment + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"))
    card.get_by_label(re.compile("Alasan")).fill("Latihan bersama petugas")
    with page.expect_navigation():
        card.get_by_role("button", name="Pindahkan").click()


def submit(page: Page) -> None:
    page.get_by_role("button", name="Ajukan Persetujuan").click()
    expect(page.get_by_text("Langkah 1 dari")).to_be_visible()


def approve(page: Page, live: Live, username: str, *titles: str) -> None:
    sign_in(page, live, username)
    for title in titles:
        page.goto(f"{live.address}/persetujuan")
        closed = page.locator(".queue-closed a", has_text=title)
        if closed.count():
            closed.first.click()
        expect(page.locator(".queue-open .queue-title")).to_have_text(title)
        page.locator(".queue-open").get_by_role("button", name="Setujui").click()
        expect(page.locator(".queue-open .queue-title", has_text=title)).to_have_count(0)


def bring_near(live: Live, *titles: str) -> float:
    """Let the time of these posts be in LEFT seconds: approving takes as long as it takes. It is not in their hash."""
    due = Clock().now() + timedelta(seconds=LEFT)
    marks = ", ".join("?" * len(titles))
    with sqlite3.connect(live.folder / "gaung.sqlite", timeout=20) as database:
        posts = f"SELECT id FROM posts WHERE title IN ({marks})"
        given = (f"{due:%Y-%m-%d %H:%M:%S.%f}", *titles)
        database.execute(f"UPDATE deliveries SET due_at = ?1, wake_at = ?1 WHERE post_id IN ({posts})", given)
        database.execute(f"UPDATE posts SET scheduled_at = ?1, window_start = ?1 WHERE id IN ({posts})", given)
    return due.timestamp()


def orders(live: Live) -> list[dict[str, Any]]:
    """What was mailed to the newspaper."""
    return [mail for mail in live.mails() if mail["recipients"] == ["iklan@koran-latihan.example"]]


def test_a_kit_is_filled_approved_and_stands_once_on_the_wall(page: Page, live: Live) -> None:
    social, press = "Smart Governance: Idaman RT", "Pesan cetak: Artikel koran Kenal Smart City"
    due = datetime.fromtimestamp(math.ceil(Clock().now().timestamp() / 60) * 60, WITA) + timedelta(days=1)

    sign_in(page, live, "editor")
    open_post(page, live, "Kenal Smart City", social)
    for _ in range(10):
        gaps = page.locator("form.gap")
        if not gaps.count():
            break
        gaps.first.get_by_role("textbox").fill(TENGGARONG)
        with page.expect_navigation():
            gaps.first.get_by_role("button", name="Isi").click()
    expect(page.get_by_text("LENGKAPI")).to_have_count(0)
    move_to(page, due)
    submit(page)
    open_post(page, live, "Kenal Smart City", press)
    move_to(page, due)
    submit(page)
    approve(page, live, "kabid", social, press)
    approve(page, live, "kadis", press)
    assert [post for post in live.wall_posts() if TENGGARONG in post["text"]] == [], "nothing goes out before its time"
    moment = bring_near(live, social, press)
    until = moment + SEEN_WITHIN
    while Clock().now().timestamp() < until:
        if len({post["platform"] for post in live.wall_posts() if TENGGARONG in post["text"]}) == 3 and orders(live):
            break
        time.sleep(1)

    page.goto(live.wall)
    expect(page.get_by_text(TENGGARONG).first).to_be_visible()
    ours = [post for post in live.wall_posts() if TENGGARONG in post["text"]]  # other tests post there too
    on_x = [post for post in ours if post["platform"] == "x"]
    assert len(on_x) == 1
    assert "Smart Governance" in on_x[0]["images"][0]["alt_text"]
    assert len([post for post in ours if post["platform"] == "instagram"]) == 1
    assert len([post for post in ours if post["platform"] == "facebook"]) == 1
    (mail,) = orders(live)  # once; other tests of this installation let it mail people too
    assert [one["mime"] for one in mail["attachments"]] == ["application/pdf"]

    sign_in(page, live, "editor")
    page.goto(f"{live.address}/tayang")
    of_kit = page.locator("tr", has_text="Kenal Smart City")
    row = of_kit.filter(has_text="X Diskominfo")
    expect(row).to_contain_text("Terbit")
    expect(of_kit.filter(has_text="Koran Latihan")).to_contain_text("Pesanan terkirim")
    whatsapp = of_kit.filter(has_text="Grup WhatsApp")
    expect(whatsapp).to_contain_text("Perlu Anda terbitkan")
    whatsapp.get_by_role("link").first.click()
    page.get_by_label("Tautan yang sudah terbit").fill("https://wa.me/c/latihan")
    page.get_by_role("button", name="Catat sudah terbit").click()
    expect(page.get_by_text("Dicatat: sudah terbit")).to_be_visible()
