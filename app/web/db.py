"""The request's session, and its one commit at the end.

A request that may write begins its transaction with the write lock and commits once, after the view has answered
without an error. An answer of 400 or more rolls back, so that nothing half-done stays.
"""

from flask import Flask, Response, request
from flask_sqlalchemy_lite import SQLAlchemy

from app.kernel.db import begin_writing, end_writing, prepare_engine

db = SQLAlchemy(session_options={"expire_on_commit": False})

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def init_db(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)

    @app.before_request
    def _begin() -> None:
        end_writing()
        if request.method not in SAFE_METHODS:
            # the body comes in before any lock is taken: a slow line must not make the others wait
            request.form  # noqa: B018
            begin_writing()

    @app.after_request
    def _commit(response: Response) -> Response:
        if request.method in SAFE_METHODS or response.status_code >= 400:
            db.session.rollback()
        else:
            db.session.commit()
        return response

    @app.teardown_request
    def _end(_error: BaseException | None) -> None:
        end_writing()
