"""Gaung: the outreach manager of a regency's communications office."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.kernel import lazy

if TYPE_CHECKING:
    from flask import Flask

    from app.kernel.clock import Clock
    from config import Settings

lazy.install()
# an import makes a million objects that stay: looking through them every 700 takes a fifth of the start
gc.set_threshold(50_000, 10, 10)


def create_app(
    config: Settings | None = None, *, channels: Mapping[str, Any] | None = None, clock: Clock | None = None
) -> Flask:
    """Make the application from settings; tests and benchmarks hand in channels and a clock of their own."""
    # here and not above, so that what needs a corner of the house (practice, migrations) does not load all rooms
    from app.factory import make_app  # noqa: PLC0415

    return make_app(config, channels=channels, clock=clock)
