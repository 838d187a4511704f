"""The request's session, and its one commit at the end.

A request that may write begins its transaction with the write lock and commits once, after the view has answered
without an error. An answer of 400 or more rolls back, so that nothing half-done stays.
"""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, request
from flask_sqlalchemy_lite import SQLAlchemy
from werkzeug.exceptions import HTTPException

from app.kernel.db import begin_writing, end_writing, prepare_engine
from app.kernel.site import Site

db = SQLAlchemy(session_options={"expire_on_commit": False})

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LARGEST_BODY = 4 * 1024 * 1024
"""Bytes of a body that is no form: more than the fullest batch of records from a phone."""
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})

View = TypeVar("View", bound=Callable[..., Any])


def writes_nothing(view: View) -> View:
    """Mark a POST that only asks (its question is too long for an address): takes no write lock, is never committed."""
    view.__dict__["writes_nothing"] = True
    return view


def only_asks() -> bool:
    """Tell whether this request is never committed."""
    view = current_app.view_functions.get(request.endpoint or "")
    return request.method in SAFE_METHODS or bool(getattr(view, "writes_nothing", False))


def _read_body() -> None:
    """The body comes in before any lock is taken: a slow line must not make the others wait."""
    try:
        if request.mimetype not in FORMS:
            request.max_content_length = LARGEST_BODY
            request.get_data()
        values = request.values
    except HTTPException:
        raise
    except Exception:  # a broken chunk or a cut line: each server has errors of its own for it
        abort(400)
    if any("\0" in value for _name, value in values.items(multi=True)):
        abort(400)  # PostgreSQL's text holds no NUL, and no person types one


def init_db(app: Flask) -> None:
    db.init_app(app)
    # there are no asynchronous engines here, and closing none of them costs an event loop in every request
    app.teardown_appcontext_funcs[:] = [
        close for close in app.teardown_appcontext_funcs if not inspect.iscoroutinefunction(close)
    ]
    with app.app_context():
        prepare_engine(db.engine)
        settings = app.extensions["wiring"].settings
        site = Site(settings.tz, settings.tz_label, app.config["SECRET_KEY"], settings.practice, settings.locale)
        db.sessionmaker.configure(info={"site": site, "counters": app.extensions["counters"]})

    app.before_request(_read_body)

    @app.before_request
    def _begin() -> None:
        end_writing()
        if not only_asks():
            begin_writing()

    @app.after_request
    def _commit(response: Response) -> Response:
        if only_asks() or response.status_code >= 400:
            db.session.rollback()
        else:
            db.session.commit()
        return response

    @app.teardown_request
    def _end(_error: BaseException | None) -> None:
        end_writing()
