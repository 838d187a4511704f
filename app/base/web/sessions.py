"""Writing the session's cookie: by pages, not by the pictures and fragments inside them.

The session is prolonged by every answer. A fragment or picture that was asked for before a form was sent, and answers
after it, would put the older session back, and the message of the form would be lost.
"""

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin


class PageSessions(SecureCookieSessionInterface):
    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        if session.modified:
            return True
        is_page = "text/html" in request.headers.get("Accept", "") and "HX-Request" not in request.headers
        return is_page and super().should_set_cookie(app, session)
