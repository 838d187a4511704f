"""Which channel serves which kind of outlet: the row of the kind says it (app/outreach/outlets/kinds.py)."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from app.channels.assisted import AssistedChannel
from app.outreach.outlets.kinds import ASSISTED, KINDS, Kind
from app.outreach.outlets.ports import Channel


def make_channels(settings: Any) -> Mapping[str, Channel]:
    """Make a channel for every kind, and "assisted" for accounts that are not connected yet.

    `settings` is config.Settings: x_api_url, graph_url, graph_version, smtp_…, mail_from, practice_wall_url.
    """
    made = {key: _channel(kind, settings) for key, kind in KINDS.items()}
    return made | {ASSISTED: made["other"]}


def _channel(kind: Kind, settings: Any) -> Channel:
    if not kind.channel:
        return AssistedChannel(kind.spoken or str(kind.short), kind.limits)
    channel: Channel = import_module(f"app.channels.{kind.channel}").make(settings)
    return channel
