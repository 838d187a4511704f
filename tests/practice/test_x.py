"""The practice X, asked by clients that others wrote: tweepy, and requests-oauthlib."""

import base64
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
import requests
import tweepy
from requests.adapters import HTTPAdapter
from requests_oauthlib import OAuth1

from app.practice import accounts
from tests.practice.pictures import JPEG, PNG


class Detour(HTTPAdapter):
    """Sends what was signed for the public address to the practice server."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def send(self, request, *args, **options):
        parts = urlsplit(request.url)
        request.url = f"{self.address}{parts.path}?{parts.query}".rstrip("?")
        return super().send(request, *args, **options)


@pytest.fixture
def client(practice) -> Callable[..., tweepy.Client]:
    def make(**changed: str) -> tweepy.Client:
        keys = {**practice.credentials("x"), **changed}
        made = tweepy.Client(**keys)
        made.session.mount("https://", Detour(practice.http_url))
        return made

    return make


def test_tweepy_posts_and_reads_its_timeline(practice, client):
    created = client().create_tweet(text="Halo dari tweepy")
    listed = client().get_users_tweets(accounts.X_USER_ID, max_results=5, tweet_fields=["created_at"], user_auth=True)
    assert [tweet.id for tweet in listed.data] == [int(created.data["id"])]
    assert listed.data[0].text == "Halo dari tweepy"
    assert listed.data[0].created_at is not None
    assert client().get_me().data.username == accounts.X_USERNAME


def test_timeline_that_is_empty_has_no_data_key(client):
    listed = client().get_users_tweets(accounts.X_USER_ID, user_auth=True)
    assert listed.data is None
    assert listed.meta == {"result_count": 0}


def test_timeline_is_paged(client):
    for number in range(7):
        client().create_tweet(text=f"Nomor {number}")
    first = client().get_users_tweets(accounts.X_USER_ID, max_results=5, user_auth=True)
    second = client().get_users_tweets(
        accounts.X_USER_ID, max_results=5, pagination_token=first.meta["next_token"], user_auth=True
    )
    assert [tweet.text[-1] for tweet in [*first.data, *second.data]] == list("6543210")
    assert "next_token" not in second.meta


@pytest.mark.parametrize(
    "changed",
    [
        {"consumer_key": "lain"},
        {"consumer_secret": "lain"},
        {"access_token": "lain"},
        {"access_token_secret": "lain"},
    ],
)
def test_wrong_signature_is_refused(practice, client, changed):
    with pytest.raises(tweepy.Unauthorized):
        client(**changed).create_tweet(text="Tidak boleh")
    assert practice.posts() == []


def test_signature_holds_for_either_public_address_and_only_once(practice):
    keys = (
        accounts.X_CONSUMER_KEY,
        accounts.X_CONSUMER_SECRET,
        accounts.X_ACCESS_TOKEN,
        accounts.X_ACCESS_TOKEN_SECRET,
    )
    session = requests.Session()
    for host, wanted in (("api.x.com", 200), ("api.twitter.com", 200), ("api.lain.com", 401)):
        signed = session.prepare_request(requests.Request("GET", f"https://{host}/2/users/me", auth=OAuth1(*keys)))
        headers = {"Authorization": signed.headers["Authorization"]}
        answer = requests.get(f"{practice.http_url}/2/users/me", headers=headers, timeout=5)
        assert answer.status_code == wanted
        again = requests.get(f"{practice.http_url}/2/users/me", headers=headers, timeout=5)
        assert again.status_code == 401


def test_old_timestamp_is_refused(practice):
    auth = OAuth1(
        accounts.X_CONSUMER_KEY,
        accounts.X_CONSUMER_SECRET,
        accounts.X_ACCESS_TOKEN,
        accounts.X_ACCESS_TOKEN_SECRET,
        timestamp="1600000000",
    )
    signed = requests.Session().prepare_request(requests.Request("GET", "https://api.x.com/2/users/me", auth=auth))
    headers = {"Authorization": signed.headers["Authorization"]}
    assert requests.get(f"{practice.http_url}/2/users/me", headers=headers, timeout=5).status_code == 401


def test_unsigned_request_is_refused(practice):
    assert practice.post("/2/tweets", json={"text": "Halo"}).status_code == 401


def test_too_long_and_duplicate_texts_are_forbidden(practice, client):
    with pytest.raises(tweepy.Forbidden):
        client().create_tweet(text="€" * 141)
    client().create_tweet(text="€" * 140)
    with pytest.raises(tweepy.Forbidden, match="duplicate content"):
        client().create_tweet(text="€" * 140)
    assert len(practice.posts("x")) == 1


def test_links_are_wrapped_and_named_in_the_entities(client):
    client().create_tweet(text="Lihat https://kukarkab.go.id/a dan https://kukarkab.go.id/b & lain")
    listed = client().get_users_tweets(accounts.X_USER_ID, tweet_fields=["entities"], user_auth=True)
    tweet = listed.data[0]
    assert "kukarkab" not in tweet.text
    assert "&amp;" in tweet.text
    assert [url["expanded_url"] for url in tweet.entities["urls"]] == [
        "https://kukarkab.go.id/a",
        "https://kukarkab.go.id/b",
    ]
    for url in tweet.entities["urls"]:
        assert url["url"] in tweet.text


def test_limit_of_posts_in_a_quarter_of_an_hour(practice, client):
    for number in range(100):
        practice.server.store.add_post("x", "a", f"{number}", post_id=f"p{number}", data={"files": []})
    with pytest.raises(tweepy.TooManyRequests) as caught:
        client().create_tweet(text="Yang ke-101")
    assert caught.value.reset_time > 0


def test_picture_with_its_words_in_one_request(practice, client):
    answer = client().request(
        "POST",
        "/2/media/upload",
        json={"media": base64.b64encode(PNG).decode(), "media_category": "tweet_image"},
        user_auth=True,
    )
    media_id = answer.json()["data"]["id"]
    client().request(
        "POST", "/2/media/metadata", json={"id": media_id, "metadata": {"alt_text": {"text": "Taman"}}}, user_auth=True
    )
    client().create_tweet(text="Bergambar", media_ids=[media_id])
    image = practice.posts("x")[0]["images"][0]
    assert image["alt_text"] == "Taman"
    assert practice.get(image["url"]).content == PNG


def test_picture_in_pieces_needs_all_of_them(client):
    ask = client()

    def send(segments: list[bytes], total: int) -> requests.Response:
        body = {"media_type": "image/jpeg", "total_bytes": total, "media_category": "tweet_image"}
        media_id = ask.request("POST", "/2/media/upload/initialize", json=body, user_auth=True).json()["data"]["id"]
        for number, piece in enumerate(segments):
            part = {"media": base64.b64encode(piece).decode(), "segment_index": number}
            ask.request("POST", f"/2/media/upload/{media_id}/append", json=part, user_auth=True)
        return ask.request("POST", f"/2/media/upload/{media_id}/finalize", user_auth=True)

    assert send([JPEG[:10], JPEG[10:]], len(JPEG)).json()["data"]["size"] == len(JPEG)
    with pytest.raises(tweepy.BadRequest):
        send([JPEG[:10]], len(JPEG))


@pytest.mark.parametrize("media", ["bukan base64!", base64.b64encode(b"%PDF-1.7").decode(), ""])
def test_what_is_no_picture_is_refused(client, media):
    with pytest.raises(tweepy.BadRequest):
        client().request(
            "POST", "/2/media/upload", json={"media": media, "media_category": "tweet_image"}, user_auth=True
        )


def test_unknown_media_and_empty_posts_are_refused(practice, client):
    with pytest.raises(tweepy.BadRequest):
        client().create_tweet(text="Halo", media_ids=["123"])
    with pytest.raises(tweepy.BadRequest):
        client().request("POST", "/2/tweets", json={}, user_auth=True)
    with pytest.raises(tweepy.BadRequest):
        client().request("POST", "/2/tweets", json={"text": 5}, user_auth=True)
    assert practice.posts() == []


def test_reply_that_is_lost_leaves_one_post(practice, client):
    practice.fault("x", "balasan_hilang")
    with pytest.raises(requests.ConnectionError):
        client().create_tweet(text="Hilang")
    assert [post["text"] for post in practice.posts("x")] == ["Hilang"]
    client().create_tweet(text="Berikutnya")  # the trouble was for one call only
