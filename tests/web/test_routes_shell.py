"""Headers, error pages, CSRF, static files and the menu, over HTTP."""

import dataclasses
import io
import json
import re

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.base.web.errors import PAGES
from app.base.web.guard import roles_of
from app.base.web.menu import COUNTS, EVERY
from app.base.web.shell import LARGEST_REQUEST
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from config import Settings
from tests import pages
from tests.slots import holding
from tests.web.conftest import build
from tests.world import World


def sign_in(client: FlaskClient, world: World, *roles: Role) -> None:
    pages.sign_in(client, world.user(*roles))


def test_the_content_policy_allows_nothing_inline(client: FlaskClient) -> None:
    policy = client.get("/coba").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'; ")
    assert "script-src" not in policy
    assert "style-src" not in policy, "those of default-src"
    assert "unsafe" not in policy


def test_plain_http_is_not_forced_to_https_and_cookies_follow_the_address(
    client: FlaskClient, settings: Settings, clock: FrozenClock
) -> None:
    page = client.get("/coba")
    assert page.status_code == 200
    assert "Strict-Transport-Security" not in page.headers
    secure = build(dataclasses.replace(settings, public_url="https://gaung.example"), clock).test_client()
    assert secure.get("/coba").status_code == 302
    page = secure.get("/coba", base_url="https://gaung.example")
    assert "max-age" in page.headers["Strict-Transport-Security"]
    assert all("Secure" in cookie for cookie in page.headers.getlist("Set-Cookie"))


def test_pages_are_valid_html(client: FlaskClient) -> None:
    for path in ("/coba", "/tidak-ada", "/galat/rusak"):
        page = client.get(path).text
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(page)
        assert [error for error in parser.errors if error[1] != "expected-doctype-but-got-start-tag"] == [], path
        assert '<html lang="id">' in page
        assert 'href="#isi"' in page


@pytest.mark.parametrize("code", [400, 403, 404, 405, 413, 429, 500])
def test_each_fault_has_a_page_with_one_button(client: FlaskClient, code: int) -> None:
    page = client.get(f"/galat/{code}")
    assert page.status_code == code
    assert str(PAGES[code].title) in page.text
    assert page.text.count("btn-primary") - page.text.count("data-yes") == 1
    assert "error" not in re.sub(r"<[^>]+>", "", page.text).lower()


@pytest.mark.parametrize(
    ("name", "status"), [("invalid", 422), ("forbidden", 403), ("notfound", 404), ("stale", 409), ("refused", 409)]
)
def test_an_error_of_a_service_shows_its_sentence(client: FlaskClient, name: str, status: int) -> None:
    page = client.get(f"/galat/kita/{name}")
    assert page.status_code == status
    assert f"Salah: {name}." in page.text


@pytest.mark.parametrize(("name", "title"), [("refused", "Belum bisa dilakukan"), ("stale", "Data sudah berubah")])
def test_what_is_refused_is_not_called_changed(client: FlaskClient, name: str, title: str) -> None:
    assert f"<h1>{title}</h1>" in client.get(f"/galat/kita/{name}").text


def test_a_broken_page_tells_no_details(client: FlaskClient) -> None:
    page = client.get("/galat/rusak")
    assert page.status_code == 500
    assert "secret" not in page.text
    assert "tidak disimpan" in page.text


def test_a_broken_page_is_no_dead_end_for_somebody_signed_in(client: FlaskClient, world: World) -> None:
    sign_in(client, world, Role.EDITOR)
    assert client.get("/galat/rusak").status_code == 500
    assert client.get("/tidak-ada").status_code == 404


def test_htmx_gets_a_notice_instead_of_a_page(client: FlaskClient) -> None:
    answer = client.get("/tidak-ada", headers={"HX-Request": "true"})
    assert answer.headers["HX-Retarget"] == "#pesan"
    assert "<html" not in answer.text
    assert "Halaman tidak ditemukan" in answer.text


def test_the_button_leads_back_only_within_this_site(client: FlaskClient) -> None:
    own = client.get("/tidak-ada", headers={"Referer": "http://localhost/coba"}).text
    other = client.get("/tidak-ada", headers={"Referer": "http://evil.example/x"}).text
    assert 'href="http://localhost/coba"' in own
    assert "evil.example" not in other


def test_a_request_over_the_limit_is_told_so(client: FlaskClient, app: Flask) -> None:
    assert app.config["MAX_CONTENT_LENGTH"] == LARGEST_REQUEST > 60 * 1024 * 1024
    app.config["MAX_CONTENT_LENGTH"] = 1000
    page = client.post("/coba", data={"name": "a", "file": (io.BytesIO(b"x" * 2000), "a.jpg")})
    assert page.status_code == 413
    assert "terlalu besar" in page.text


def token(page: str) -> str:
    found = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_post_without_a_token_writes_nothing(guarded: FlaskClient, posted: list[dict[str, object]]) -> None:
    assert guarded.post("/coba", data={"name": "a"}).status_code in {400, 401}
    assert posted == []


def test_a_token_lives_as_long_as_the_session(
    guarded: FlaskClient, posted: list[dict[str, object]], app: Flask
) -> None:
    assert app.config["WTF_CSRF_TIME_LIMIT"] is None
    value = token(guarded.get("/coba").text)
    assert guarded.post("/coba", data={"name": "a", "csrf_token": value}).status_code == 302
    assert len(posted) == 1


def test_a_token_of_another_session_is_refused(
    guarded: FlaskClient, app: Flask, posted: list[dict[str, object]]
) -> None:
    value = token(app.test_client().get("/coba").text)
    guarded.get("/coba")
    assert guarded.post("/coba", data={"name": "a", "csrf_token": value}).status_code in {400, 401}
    assert posted == []


def test_scripts_find_the_token_in_the_head(guarded: FlaskClient, posted: list[dict[str, object]]) -> None:
    found = re.search(r'<meta name="csrf-token" content="([^"]+)">', guarded.get("/coba").text)
    assert found
    assert guarded.post("/coba", data={"name": "a"}, headers={"X-CSRFToken": found[1]}).status_code == 302
    assert len(posted) == 1


TICKET = "0a1b2c3d-0000-4000-8000-123456789abc"


def test_a_kept_form_is_confirmed_only_when_it_was_taken(client: FlaskClient) -> None:
    client.post("/coba", data={"name": "", "_isian": TICKET})
    assert client.get_cookie("isian_tersimpan") is None
    returned = client.get_cookie("isian_kembali")
    assert returned is not None
    assert returned.value == TICKET
    client.post("/coba", data={"name": "a", "_isian": TICKET})
    cookie = client.get_cookie("isian_tersimpan")
    assert cookie is not None
    assert cookie.value == TICKET
    assert not cookie.http_only


def test_a_ticket_is_not_an_open_door(client: FlaskClient) -> None:
    client.post("/coba", data={"name": "a", "_isian": "x; Domain=evil.example"})
    assert client.get_cookie("isian_tersimpan") is None


@pytest.mark.usefixtures("built")
def test_built_files_are_kept_for_a_year_and_sent_compressed(client: FlaskClient) -> None:
    page = client.get("/coba").text
    path = re.search(r'href="(/static/build/main-[^"]+\.css)"', page)
    assert path
    answer = client.get(path[1], headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.mimetype == "text/css"
    assert answer.cache_control.max_age == 365 * 24 * 3600
    assert len(client.get(path[1]).data) > len(answer.data)


@pytest.mark.parametrize("path", ["/static/../shell.py", "/static/build/../../shell.py", "/static/nix.css"])
def test_static_files_stay_in_their_folder(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_pages_are_compressed(client: FlaskClient) -> None:
    assert client.get("/coba", headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"


def menu_links(page: str) -> list[str]:
    side = page.partition('<aside class="sidebar"')[2].partition("</aside>")[0]
    return re.findall(r'<li><a href="([^"]+)"', side)


def test_the_menu_shows_only_what_the_roles_open(client: FlaskClient, world: World, app: Flask) -> None:
    sign_in(client, world, Role.COMMUNITY)
    community = menu_links(client.get("/coba").text)
    assert "/pengguna" not in community
    admin = app.test_client()
    sign_in(admin, world, Role.ADMIN)
    links = menu_links(admin.get("/coba").text)
    assert "/pengguna" in links
    assert all(admin.get(link).status_code == 200 for link in links)
    open_to_admins = [item for item in EVERY if Role.ADMIN in (roles_of(app, item.endpoint) or ())]
    assert len(links) == len([item for item in open_to_admins if not item.without])


def test_nobody_signed_in_sees_no_menu(client: FlaskClient) -> None:
    page = client.get("/coba").text
    assert "sidebar" not in page
    assert "person-menu" not in page


def test_a_room_can_hang_a_number_on_a_menu_item(client: FlaskClient, world: World) -> None:
    sign_in(client, world, Role.EDITOR)
    with holding(COUNTS, {"desk.calendar": lambda _session, actor: 1234 if actor.name else 0}):
        assert re.search(r'class="count">1\.234<', client.get("/coba").text)


def test_leaving_is_a_post(client: FlaskClient, world: World) -> None:
    sign_in(client, world, Role.EDITOR)
    page = client.get("/coba").text
    assert '<form method="post" action="/keluar" data-sign-out>' in page


def test_practice_is_said_on_every_page(settings: Settings, clock: FrozenClock) -> None:
    wall = "http://127.0.0.1:5099/"
    practice = build(dataclasses.replace(settings, practice=True, practice_wall_url=wall), clock).test_client()
    page = practice.get("/coba").text
    assert "Mode latihan" in page
    assert wall in page


def test_title_and_logo_come_from_settings(settings: Settings, clock: FrozenClock, tmp_path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    own = dataclasses.replace(settings, app_title="Gaung Paser", logo_path=str(logo))
    client = build(own, clock).test_client()
    assert "– Gaung Paser</title>" in client.get("/coba").text
    assert client.get("/logo").mimetype == "image/svg+xml"


def test_the_manifest_names_every_file_that_pages_ask_for(built) -> None:
    names = json.loads((built / "manifest.json").read_text())
    assert {"main.css", "main.js", "public.css", "icons.svg", "favicon.svg"} <= set(names)
    assert all((built / name).is_file() for name in names.values())


@pytest.mark.usefixtures("built")
def test_browsers_find_the_icon_where_they_look_by_themselves(client: FlaskClient) -> None:
    answer = client.get("/favicon.ico", follow_redirects=True)
    assert answer.status_code == 200
    assert answer.mimetype == "image/svg+xml"
