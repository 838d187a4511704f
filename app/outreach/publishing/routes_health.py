"""What tells machines whether everything does its work: /healthz."""

import socket
from urllib.parse import urlsplit

from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app.base.web.db import db
from app.base.web.guard import public
from app.base.web.shell import plain_http
from app.base.web.wiring import now, settings
from app.outreach.publishing.blueprint import bp
from app.outreach.publishing.health import can_write, health


@bp.get("/healthz")
@public
@plain_http
def healthz() -> ResponseReturnValue:
    """Answer 200 while everything does its work, else 503 with what is missing. Numbers only: anybody may ask.

    Missing may be "database" (does not answer, or cannot be written), "worker", "sending" (stopped for safety),
    "ledger" (deliveries are stuck) and "practice".
    """
    try:
        found = health(db.session, now=now())
    except SQLAlchemyError:
        return {"status": "starting", "missing": ["database"]}, 503
    missing = [
        name
        for name, here in (
            ("database", can_write(db.engine)),
            ("worker", found.workers > 0),
            ("sending", not found.stops),
            ("ledger", not found.stuck),
            ("practice", not settings().practice or _answers(settings().practice_wall_url)),
        )
        if not here
    ]
    numbers = {
        "workers": found.workers,
        "oldest_due_seconds": round(found.oldest_due.total_seconds()),
        "stuck": found.stuck,
    }
    return {"status": "starting" if missing else "ok", "missing": missing, **numbers}, 503 if missing else 200


def _answers(address: str) -> bool:
    """Somebody listens there (the wall itself may be large, so it is not fetched)."""
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=1):
            return True
    except OSError:
        return False
