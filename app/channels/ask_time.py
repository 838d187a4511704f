"""Asking the platforms what time it is, without an account: any answer carries a `Date`."""

import contextlib
from collections.abc import Collection

import httpx

from app.channels.wire import CONNECT_SECONDS, note_date, on_loopback


def ask_time(addresses: Collection[str]) -> None:
    """Ask each of these addresses; one that does not answer says nothing."""
    for address in addresses:
        with contextlib.suppress(httpx.HTTPError):
            note_date(address, httpx.head(address, timeout=CONNECT_SECONDS, trust_env=not on_loopback(address)).headers)
