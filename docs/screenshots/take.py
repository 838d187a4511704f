"""Take the pictures of the main pages, desktop and phone, from a fresh installation in a folder of its own.

    python docs/screenshots/take.py

Starts the application as `make run` does, signs in as the demo people, and writes docs/screenshots/*.png.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from app.launch import free_port  # noqa: E402 (the project is found only now)

HERE = Path(__file__).resolve().parent
PASSWORD = "contoh-tangkapan-layar-2026"  # noqa: S105 (of an installation that lives for a minute)
SUBMITTED = (1, 3)
SCREENS = {"desktop": (1280, 720), "phone": (360, 640)}
WEEK_AHEAD = date.today() + timedelta(days=7)  # noqa: DTZ011 (when the practice event is)
WRITING = "Bimtek menulis berita desa (latihan)"
MEETING = "Pertemuan warga: Kenal Smart City (latihan)"
INTERVIEWS = "Survei pengenalan warga (latihan)"
AFTER = "Survei sesudah Pilah Sampah dari Rumah (latihan)"
QUESTIONS = "Pengenalan smart city: warga"
BATCH = "Komunitas Programmer angkatan 1 (latihan)"
PROGRAMME = "Komunitas Programmer: dari nol ke layanan publik"
KAMPUNG = "Bank Sampah Masuk Kampung (latihan)"
GROUP = "KIM Contoh Tabang (latihan)"
PAGES: tuple[tuple[str, str | None, str, *tuple[str, ...]], ...] = (
    # file, who (None: nobody signed in), address, links to follow from there
    ("sign-in", None, "/masuk"),
    ("home", "editor", "/"),
    ("home-approver", "kabid", "/"),
    ("home-manager", "manajer", "/"),
    ("calendar", "editor", "/kalender"),
    ("calendar-list", "editor", "/kalender?tampilan=daftar"),
    ("campaigns", "editor", "/program"),
    ("campaign", "editor", "/program/1"),
    ("kits", "editor", "/paket"),
    ("posts", "editor", "/materi"),
    ("post", "editor", "/materi/1"),
    ("compose", "editor", "/materi/1/ubah"),
    ("reviews", "kabid", "/persetujuan"),
    ("publishing", "editor", "/tayang"),
    ("printing", "editor", "/cetak"),
    ("piece", "editor", "/cetak/1"),
    ("field", "kim", "/catat/"),
    ("home-kim", "kim", "/"),
    ("agenda", None, f"/agenda?bulan={WEEK_AHEAD:%Y-%m}"),
    ("public-event", "editor", "/kegiatan?q=Bimtek+menulis", WRITING, "/agenda/"),
    ("events", "editor", "/kegiatan"),
    ("event", "editor", "/kegiatan?q=Bimtek+menulis", WRITING),
    ("event-new", "editor", "/kegiatan/baru"),
    ("reports", "kabid", "/laporan-kegiatan"),
    ("report", "editor", "/kegiatan?q=Kenal+Smart+City", MEETING, "Lihat laporan"),
    ("aspirations", "editor", "/aspirasi"),
    ("reach", "editor", "/jangkauan"),
    ("communities", "editor", "/komunitas"),
    ("community", "editor", "/komunitas", GROUP),
    ("community-year", "editor", "/komunitas", GROUP, "Lihat tahun 2026"),
    ("surveys", "editor", "/survei"),
    ("survey", "editor", "/survei", INTERVIEWS),
    ("survey-new", "editor", "/survei/baru"),
    ("survey-results", "manajer", "/survei", AFTER, "Lihat hasil"),
    ("survey-comparison", "manajer", "/survei", AFTER, "Lihat hasil", "Bandingkan dengan"),
    ("survey-trend", "manajer", "/survei/tren?simulasi=1"),
    ("questionnaire", "editor", "/survei/instrumen", QUESTIONS),
    ("interviews", "pencacah", "/catat/survei/"),
    ("recorded-results", "editor", "/survei/hasil-luar"),
    ("training", "editor", "/pelatihan"),
    ("programme", "editor", "/pelatihan/program", PROGRAMME),
    ("batch", "editor", "/pelatihan", BATCH),
    ("batch-people", "editor", "/pelatihan", BATCH, "Lihat peserta"),
    ("batch-learnt", "editor", "/pelatihan", BATCH, "Buka penilaian"),
    ("certificates", "editor", "/pelatihan", BATCH, "Buka sertifikat"),
    ("training-public", None, "/ikut"),
    ("skills", "manajer", "/pelatihan/keterampilan"),
    ("training-numbers", "manajer", "/pelatihan/angka"),
    ("overview", "manajer", "/ikhtisar"),
    ("awareness", "manajer", "/pengenalan"),
    ("mosaic", "manajer", "/peta-desa"),
    ("mosaic-table", "manajer", "/peta-desa?tampilan=tabel"),
    ("control", "manajer", "/perlu-dikejar"),
    ("commitments", "manajer", "/komitmen"),
    ("scorecard", "manajer", "/rapor"),
    ("recaps", "manajer", "/laporan-berkala"),
    ("chain", "manajer", "/program?q=Bank+Sampah+Masuk+Kampung", KAMPUNG, "Buka rantai program"),
    ("outlets", "admin", "/saluran"),
    ("areas", "editor", "/wilayah"),
    ("users", "admin", "/pengguna"),
)


@contextmanager
def running() -> Iterator[str]:
    """The address of a fresh installation."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="gaung-pictures-") as folder:
        env = {**os.environ, "GAUNG_VAR_DIR": folder, "GAUNG_DEMO_PASSWORD": PASSWORD}
        env.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", "app.launch", "--port", str(port)]
        process = subprocess.Popen(  # noqa: S603 (our own command)
            command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, start_new_session=True
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(address)
            yield address
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(30)


def wait_for(address: str, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:  # noqa: S310 (our own server)
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise TimeoutError("the application did not come up")


def sign_in(page: Page, address: str, person: str) -> None:
    page.goto(f"{address}/masuk")
    page.fill("[name=identity]", person)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


def submit(browser: Browser, address: str, post_ids: tuple[int, ...]) -> None:
    """Ask for approval of some posts, so that the pictures show work in progress."""
    page = browser.new_page()
    sign_in(page, address, "editor")
    for post_id in post_ids:
        page.goto(f"{address}/materi/{post_id}")
        page.get_by_role("button", name="Ajukan Persetujuan").click()
        page.wait_for_load_state()
    page.close()


def shoot(browser: Browser, address: str, name: str, person: str | None, path: str, *links: str) -> None:
    for screen, (width, height) in SCREENS.items():
        context = browser.new_context(viewport={"width": width, "height": height}, locale="id-ID")
        page = context.new_page()
        if person:
            sign_in(page, address, person)
        answer = page.goto(address + path)
        if answer is None or answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status if answer else 'nothing'}")
        for link in links:
            page.get_by_role("link", name=link).first.click()
            page.wait_for_load_state()
        page.wait_for_load_state("networkidle")
        file = HERE / f"{name}-{screen}.png"
        page.screenshot(path=file)
        context.close()
        with Image.open(file) as picture:  # a palette is enough, and a quarter of the size
            small = picture.convert("RGB").quantize(128, dither=Image.Dither.NONE)
        small.save(file, optimize=True)


def main() -> None:
    with running() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--lang=id"],
        )
        submit(browser, address, SUBMITTED)
        for name, person, path, *links in PAGES:
            shoot(browser, address, name, person, path, *links)
            print(f"docs/screenshots/{name}-*.png")
        browser.close()


if __name__ == "__main__":
    main()
