"""The parts that create_app put together, as a room's routes ask for them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app

from app.kernel.clock import Clock


@dataclass
class Wiring:
    """The parts that are chosen at start: `settings` (config.Settings), `clock`, `storage` (media.storage.Storage),
    `vault` (kernel.vault.Vault), `channels` (outlet kind → outlets.ports.Channel)."""

    settings: Any
    clock: Clock
    storage: Any
    vault: Any
    channels: Mapping[str, Any]
    ask_time: Callable[[], None] | None = None  # asks the platforms what time it is


def wired() -> Wiring:
    wiring: Wiring = current_app.extensions["wiring"]
    return wiring


def now() -> datetime:
    return wired().clock.now()


def settings() -> Any:
    return wired().settings
