"""An unknown delivery is decided by what its account showed, in Chromium, on what `make run` starts."""

import json
import re
import sqlite3
import time
from datetime import timedelta

import pytest
import requests
from playwright.sync_api import Page, expect
from requests_oauthlib import OAuth1

from app.kernel.clock import Clock
from app.practice import accounts
from tests.browser.conftest import Live
from tests.browser.test_browser_journey import sign_in

pytestmark = pytest.mark.browser
LOOKED_WITHIN = 40
KEYS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
SENT, ON_X = "Jadwal imunisasi di Tenggarong besok pagi", "Jadwal imunisasi di Tenggarong besok"


def post_on_x(live: Live) -> str:
    """Somebody posts nearly the same by hand; gives its number."""
    keys = [accounts.PRACTICE_CREDENTIALS["x"][name] for name in KEYS]
    answer = requests.post(f"{live.wall}/2/tweets", json={"text": ON_X}, auth=OAuth1(*keys), timeout=10)
    return str(answer.json()["data"]["id"])


def lose_an_answer(live: Live) -> int:
    """Let a delivery at X be one whose answer was lost and that was looked for three times; gives its number."""
    tried = Clock().now() - timedelta(minutes=3)
    with sqlite3.connect(live.folder / "gaung.sqlite", timeout=20) as database:
        (number,) = database.execute(
            "SELECT d.id FROM deliveries d JOIN outlets o ON o.id = d.outlet_id "
            "WHERE o.kind = 'x' AND o.status = 'connected' AND d.status = 'sent' ORDER BY d.id LIMIT 1"
        ).fetchone()
        database.execute(
            "UPDATE deliveries SET status = 'unknown', lookups = 3, remote_id = NULL, remote_url = NULL, token = NULL, "
            "sent_at = NULL, lease_until = NULL, payload = ?, started_at = ?2, wake_at = ?2 WHERE id = ?3",
            (json.dumps({"text": SENT, "files": [], "link": None}), f"{tried:%Y-%m-%d %H:%M:%S.%f}", number),
        )  # fmt: skip
    return int(number)


def test_an_unknown_delivery_is_decided_by_what_its_account_showed(page: Page, live: Live) -> None:
    remote_id, number = post_on_x(live), lose_an_answer(live)
    sign_in(page, live, "editor")
    until = time.monotonic() + LOOKED_WITHIN
    while time.monotonic() < until:
        page.goto(f"{live.address}/tayang/{number}")
        if page.get_by_role("button", name="Ini dia, sudah terbit").count():
            break
        time.sleep(1)
    candidate = page.locator(".evidence-list > li", has_text=ON_X)
    expect(candidate).to_contain_text(re.compile(r"kemiripan \d\d%"))
    expect(candidate.get_by_role("link", name="Lihat di saluran")).to_have_attribute("href", re.compile(remote_id))
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 720})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    candidate.get_by_role("button", name="Ini dia, sudah terbit").click()
    expect(page.get_by_role("link", name="Buka di saluran")).to_have_attribute("href", re.compile(remote_id))
    with sqlite3.connect(live.folder / "gaung.sqlite", timeout=20) as database:
        decided = database.execute("SELECT status, remote_id FROM deliveries WHERE id = ?", (number,)).fetchone()
    assert decided == ("sent", remote_id)
