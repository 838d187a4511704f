"""Headers that keep other sites out, HEAD as GET, and the check of health over plain HTTP."""

import dataclasses

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.base.web.guard import roles_of
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from config import Settings
from tests.pages import sign_in
from tests.records import Place, values_of
from tests.world import World

OF_THE_MOMENT = {"Set-Cookie", "ETag", "Date"}
"""A page holds a fresh token of its form, and its fingerprint with it."""


def unlike(one: TestResponse, other: TestResponse) -> set[str]:
    """What differs: names of headers, and "status"."""
    names = {*one.headers.keys(), *other.headers.keys()} - OF_THE_MOMENT
    found = {name for name in names if one.headers.get(name) != other.headers.get(name)}
    return found | ({"status"} if one.status_code != other.status_code else set())


@pytest.mark.walk
def test_head_answers_as_get_does_on_every_page(app: Flask, client: FlaskClient, world: World) -> None:
    office = world.office()
    person = world.user(*Role, organisation=office, position="kabid")
    sign_in(client, person)
    place = Place(world, app.extensions["wiring"].storage, office, person)
    different = []
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if "GET" not in (rule.methods or ()) or rule.endpoint in {"access.sign_out", "campaigns.follow"}:
            continue
        if roles_of(app, rule.endpoint) is None and rule.arguments:
            continue  # by addresses that cannot be guessed
        values = values_of(rule, place)
        with app.test_request_context():
            path = url_for(rule.endpoint, **values)
        get, head = client.get(path), client.head(path)
        wrong = unlike(get, head)
        if wrong:  # what changes from one look to the next (a code, a bucket) is no difference
            wrong -= unlike(get, client.get(path))
        if "spreadsheetml" in (get.content_type or ""):
            wrong -= {"Content-Length"}  # a workbook holds the second in which it was made
        different += [f"{rule.endpoint}: {get.status_code}, {head.status_code}, {wrong}"] if head.data or wrong else []
        assert get.headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert get.headers["Cross-Origin-Resource-Policy"] == "same-origin" or rule.endpoint == "media.public", path
    assert different == []


def test_health_is_asked_over_plain_http_and_nothing_else_is(settings: Settings, clock: FrozenClock) -> None:
    client = create_app(dataclasses.replace(settings, public_url="https://gaung.example"), clock=clock).test_client()
    assert client.get("/healthz", base_url="http://gaung.example").status_code in {200, 503}
    assert client.get("/masuk", base_url="http://gaung.example").status_code == 302
