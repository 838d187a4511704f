"""Writing after the answer went out, in a short transaction of its own; a failure is only logged."""

import logging
from collections.abc import Callable

from flask import Response, after_this_request
from sqlalchemy.orm import Session

from app.base.web.db import db
from app.kernel.db import unit_of_work

log = logging.getLogger(__name__)


def afterwards(write: Callable[[Session], object]) -> None:
    """Call `write` with a session that is committed, once this request's answer has gone out well."""
    sessions = db.sessionmaker

    def _write() -> None:
        try:
            with unit_of_work(sessions) as session:
                write(session)
        except Exception:  # the answer has gone out: nobody can be told
            log.exception("something could not be written after an answer")

    @after_this_request
    def _later(response: Response) -> Response:
        if response.status_code < 400:
            response.call_on_close(_write)
        return response
