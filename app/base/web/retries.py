"""A request whose transaction the database ended because it and another waited for each other is made once more.

The rooms take their locks in one order (a batch, then its people by their ids, then events), so that this is rare; what
is left, and what PostgreSQL cannot serialise, is tried again here, where the transaction of a request begins and ends.
"""

from typing import Any

from flask import Flask, current_app, request
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError

from app.base.web.db import db
from app.base.web.errors import error_page

TRIES = 3
CROSSED = frozenset({"40P01", "40001"})
"""SQLSTATE: deadlock detected, serialization failure."""


def is_crossed(error: BaseException) -> bool:
    return isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) in CROSSED


def init_retries(app: Flask) -> None:
    @app.errorhandler(OperationalError)
    def _crossed(error: OperationalError) -> Any:
        if not is_crossed(error):
            raise error
        for _again in range(TRIES - 1):
            db.session.rollback()
            for file in request.files.values():
                file.seek(0)
            try:
                return current_app.ensure_sync(current_app.dispatch_request)()
            except Exception as another:
                if not is_crossed(another):
                    return current_app.handle_user_exception(another)
        return error_page(
            409,
            _("Banyak yang menyimpan pada saat yang sama. Tidak ada yang disimpan; tunggu sebentar, lalu coba lagi."),
        )
