"""The thread of the web process that watches the worker; deploy/gunicorn.py starts it in each process."""

import logging
import threading

from flask import Flask

from app.base.web.wiring import Wiring
from app.outreach.publishing.watch import Watch
from app.starting import NotReady, check_database

log = logging.getLogger(__name__)


def start_watch(app: Flask) -> threading.Event:
    """Say in the log where the database cannot be worked with, and watch; return what ends the watch."""
    wiring: Wiring = app.extensions["wiring"]
    with app.app_context():
        database = app.extensions["sqlalchemy"]
        engine, sessions = database.engine, database.sessionmaker
    ended, watch = threading.Event(), Watch(sessions, wiring.settings, wiring.clock)

    def work() -> None:
        try:
            check_database(engine)
        except NotReady as error:
            log.error("%s", error)
        watch.run(ended)

    threading.Thread(target=work, name="watch", daemon=True).start()
    return ended
