"""What the practice platforms share on the wire: their parts, times, and a reply that gets lost."""

import contextlib
import socket
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Response, current_app, request

from app.practice.faults import Faults
from app.practice.oauth import OAuth
from app.practice.store import Store


@dataclass
class Practice:
    """The parts of one practice server."""

    store: Store
    faults: Faults
    oauth: OAuth
    strict: bool = False  # refuses what the tables of the channels do not list


def practice() -> Practice:
    parts: Practice = current_app.extensions["practice"]
    return parts


def lose_reply() -> Response:
    """Close the connection without a byte of answer: what a client sees when the line drops."""
    connection: socket.socket | None = request.environ.get("werkzeug.socket")
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
    return Response(status=200)


def wall_link(platform: str, post_id: str) -> str:
    """Return where a person sees this post: its card on the wall."""
    return f"{request.host_url}#{platform}-{post_id}"


def parse_time(text: str) -> datetime:
    """Read ISO 8601 or Unix seconds, as X and Graph take them, as an aware time; raises ValueError."""
    if text.isdigit():
        return datetime.fromtimestamp(int(text), tz=UTC)
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError("time without zone")
    return moment
