"""What tests of signing in elsewhere share: the settings of a provider, and a browser's way there and back."""

import html
import re
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.access.small_provider import SmallProvider


def entry_of(provider: SmallProvider, **values: Any) -> dict[str, Any]:
    """One of GAUNG_SIGN_IN_PROVIDERS."""
    return {
        "key": "kukar",
        "label": "SSO Kukar",
        "issuer": provider.url,
        "client_id": "gaung",
        "client_secret": "a-secret",
        **values,
    }


def address_in(page: str) -> str:
    found = re.search(r'class="btn btn-primary" href="(http[^"]+)"', page)
    assert found, page[:2000]
    return html.unescape(found.group(1))


def set_out(client: FlaskClient, **fields: str) -> str:
    """Press the button of the provider; returns where the browser is sent."""
    answer = client.post("/masuk/lewat/kukar", data=fields)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.headers["Refresh"].startswith("0; url=http")
    return address_in(answer.get_data(as_text=True))


def come_back(client: FlaskClient, address: str) -> TestResponse:
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}" == "http://localhost", "the public address of the settings"
    return client.get(f"{parts.path}?{parts.query}")


def sign_in_by(client: FlaskClient, provider: SmallProvider, **fields: str) -> TestResponse:
    return come_back(client, provider.authorize(set_out(client, **fields)))
