"""The practice Graph, asked by PyPI facebook-business and by plain httpx."""

from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.page import Page
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

from app.practice import accounts
from tests.practice.pictures import JPEG, PNG


def sdk(practice, token: str) -> FacebookAdsApi:
    session = FacebookSession(access_token=token)
    session.GRAPH = practice.http_url
    return FacebookAdsApi(session)


@pytest.fixture
def jpeg_address():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(PNG if self.path == "/gambar.png" else JPEG)

        def log_message(self, *args: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_sdk_posts_to_the_page_and_reads_it_back(practice):
    page = Page(accounts.PAGE_ID, api=sdk(practice, accounts.PAGE_TOKEN))
    created = page.create_feed(params={"message": "Halo dari facebook-business"})
    listed = list(page.get_published_posts(fields=["id", "message", "permalink_url"]))
    assert [(post["id"], post["message"]) for post in listed] == [(created["id"], "Halo dari facebook-business")]
    assert page.api_get(fields=["name"])["name"] == accounts.PAGE_NAME
    assert practice.posts("facebook")[0]["id"] == created["id"]


def test_sdk_attaches_photos_that_were_kept_off_the_page(practice, tmp_path: Path):
    path = tmp_path / "gambar.png"
    path.write_bytes(PNG)
    api = sdk(practice, accounts.PAGE_TOKEN)
    page = Page(accounts.PAGE_ID, api=api)
    with path.open("rb") as file:
        params = {"published": False, "alt_text_custom": "Taman"}
        photo = api.call("POST", (accounts.PAGE_ID, "photos"), params=params, files={"source": file}).json()
    assert practice.posts("facebook") == []
    page.create_feed(params={"message": "Bergambar", "attached_media": [{"media_fbid": photo["id"]}]})
    images = practice.posts("facebook")[0]["images"]
    assert [image["alt_text"] for image in images] == ["Taman"]


def test_sdk_publishes_on_instagram(practice, jpeg_address):
    account = IGUser(accounts.IG_USER_ID, api=sdk(practice, accounts.IG_TOKEN))
    container = account.create_media(
        params={"image_url": f"{jpeg_address}/a.jpg", "caption": "Halo #kukar", "alt_text": "Taman"}
    )
    published = account.create_media_publish(params={"creation_id": container["id"]})
    listed = list(account.get_media(fields=["id", "caption", "permalink"]))
    assert [(post["id"], post["caption"]) for post in listed] == [(published["id"], "Halo #kukar")]
    limit = next(iter(account.get_content_publishing_limit(fields=["quota_usage", "config"])))
    assert (limit["quota_usage"], limit["config"]["quota_total"]) == (1, 100)


def test_sdk_sees_the_error_codes(practice):
    with pytest.raises(FacebookRequestError) as caught:
        Page(accounts.PAGE_ID, api=sdk(practice, "salah")).create_feed(params={"message": "Halo"})
    assert caught.value.api_error_code() == 190
    practice.fault("facebook", "batas")
    with pytest.raises(FacebookRequestError) as caught:
        Page(accounts.PAGE_ID, api=sdk(practice, accounts.PAGE_TOKEN)).create_feed(params={"message": "Halo"})
    assert caught.value.api_error_code() == 4
    assert practice.posts() == []


def test_token_of_another_account_has_no_permission(practice):
    with pytest.raises(FacebookRequestError) as caught:
        Page(accounts.PAGE_ID, api=sdk(practice, accounts.IG_TOKEN)).create_feed(params={"message": "Halo"})
    assert caught.value.api_error_code() == 200


def ask(practice, method: str, path: str, token: str = accounts.PAGE_TOKEN, **options) -> dict:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.request(
        method, f"{practice.http_url}/v26.0{path}", headers=headers, trust_env=False, timeout=5, **options
    ).json()


def test_error_document_has_the_graphs_shape(practice):
    error = ask(practice, "GET", "/me", token="")["error"]
    assert error["code"] == 104
    assert {"message", "type", "code", "fbtrace_id"} <= set(error)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"message": "a" * 63_207},
        {"message": "a", "attached_media": "bukan json"},
        {"message": "a", "attached_media[0]": '{"media_fbid": "1"}'},
    ],
)
def test_page_post_that_cannot_be_is_refused(practice, body):
    assert ask(practice, "POST", f"/{accounts.PAGE_ID}/feed", data=body)["error"]["code"] == 100
    assert practice.posts() == []


def test_the_same_words_twice_in_a_row_are_a_duplicate(practice):
    ask(practice, "POST", f"/{accounts.PAGE_ID}/feed", data={"message": "Sama"})
    assert ask(practice, "POST", f"/{accounts.PAGE_ID}/feed", data={"message": "Sama"})["error"]["code"] == 506


def test_published_posts_are_paged_and_bounded_in_time(practice):
    for number in range(3):
        ask(practice, "POST", f"/{accounts.PAGE_ID}/feed", data={"message": f"Nomor {number}"})
    page = ask(practice, "GET", f"/{accounts.PAGE_ID}/published_posts", params={"limit": 2})
    assert [post["message"] for post in page["data"]] == ["Nomor 2", "Nomor 1"]
    after = {"limit": 2, "after": page["paging"]["cursors"]["after"]}
    rest = ask(practice, "GET", f"/{accounts.PAGE_ID}/published_posts", params=after)
    assert [post["message"] for post in rest["data"]] == ["Nomor 0"]
    future = ask(practice, "GET", f"/{accounts.PAGE_ID}/published_posts", params={"since": 4_000_000_000})
    assert future["data"] == []


def container(practice, **fields: str) -> dict:
    return ask(practice, "POST", f"/{accounts.IG_USER_ID}/media", accounts.IG_TOKEN, data=fields)


@pytest.mark.parametrize(
    ("fields", "subcode"),
    [
        ({"image_url": "https://luar.invalid/a.jpg"}, 2207052),
        ({"image_url": "http://192.0.2.1/a.jpg"}, 2207052),
        ({"image_url": "file:///etc/passwd"}, 2207052),
        ({"image_url": "http://127.0.0.1:1/a.jpg"}, 2207052),
        ({"image_url": "", "caption": "a" * 2201}, 2207010),
        ({"image_url": "", "caption": "#a " * 31}, 2207010),
    ],
)
def test_container_that_cannot_be_is_refused(practice, fields, subcode):
    assert container(practice, **fields)["error"]["error_subcode"] == subcode


def test_only_jpeg_is_taken(practice, jpeg_address):
    assert container(practice, image_url=f"{jpeg_address}/gambar.png")["error"]["error_subcode"] == 2207052


def test_carousel_takes_two_to_ten_items(practice, jpeg_address):
    item = container(practice, image_url=f"{jpeg_address}/a.jpg", is_carousel_item="true")["id"]
    alone = container(practice, image_url=f"{jpeg_address}/a.jpg")["id"]
    for children in (item, f"{item},{alone}", ",".join([item] * 11)):
        assert "error" in container(practice, media_type="CAROUSEL", children=children)
    assert "id" in container(practice, media_type="CAROUSEL", children=f"{item},{item}")


def test_container_tells_its_status_and_is_published_once(practice, jpeg_address):
    name = container(practice, image_url=f"{jpeg_address}/a.jpg", caption="Sekali")["id"]
    path = f"/{name}?fields=status_code"
    assert ask(practice, "GET", path, accounts.IG_TOKEN)["status_code"] == "FINISHED"
    publish = {"creation_id": name}
    edge = f"/{accounts.IG_USER_ID}/media_publish"
    assert "id" in ask(practice, "POST", edge, accounts.IG_TOKEN, data=publish)
    assert ask(practice, "GET", path, accounts.IG_TOKEN)["status_code"] == "PUBLISHED"
    assert "error" in ask(practice, "POST", edge, accounts.IG_TOKEN, data=publish)
    assert len(practice.posts("instagram")) == 1


def test_unknown_paths_are_refused_in_json(practice):
    assert ask(practice, "POST", "/1/2/3")["error"]["code"] == 2500
    assert practice.get("/2/tidak/ada").json()["status"] == 404
    assert "html" in practice.get("/tidak-ada").headers["content-type"]
