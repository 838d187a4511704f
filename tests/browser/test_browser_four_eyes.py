"""An admin asks, and a signer confirms on a phone of 360 pixels in two taps."""

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Live
from tests.browser.phone import rows, sign_in

pytestmark = pytest.mark.browser
ROLES = """SELECT r.name FROM roles r JOIN roles_users l ON l.role_id = r.id JOIN users u ON u.id = l.user_id
WHERE u.username = ?"""


def test_an_admin_asks_and_a_signer_confirms_in_two_taps(
    live: Live, context: BrowserContext, phone: BrowserContext
) -> None:
    desk = sign_in(context, live, "admin")
    desk.goto(f"{live.address}/pengguna/baru")
    desk.get_by_label("Nama lengkap").fill("Rina Uji")
    desk.get_by_label("Nama pengguna", exact=True).fill("rina.uji")
    desk.get_by_label("Organisasi", exact=True).select_option(index=1)
    desk.get_by_role("checkbox", name="Penyetuju – ").check()
    desk.get_by_label("Alasan memberi peran atau jabatan").fill("Menggantikan pejabat yang pensiun")
    desk.get_by_role("button", name="Simpan dan buat slip").click()
    expect(desk.get_by_text("belum berlaku")).to_be_visible()
    assert rows(live, ROLES, "rina.uji") == []

    page = sign_in(phone, live, "kadis")
    page.goto(f"{live.address}/pemberitahuan")
    notice = page.locator("li.card", has_text="Memberi Rina Uji peran Penyetuju").first
    notice.get_by_role("button", name="Buka").tap()
    button = page.get_by_role("button", name="Setujui")
    expect(page.get_by_text("Menggantikan pejabat yang pensiun")).to_be_visible()
    expect(button).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "nothing is wider than the phone"
    button.tap()
    expect(page.get_by_text("Sudah berlaku.").first).to_be_visible()
    assert rows(live, ROLES, "rina.uji") == [("approver",)]
