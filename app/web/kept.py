"""Tells the browser that a kept form was taken, so that it forgets its own copy (frontend/src/drafts.js).

The form brings a ticket; an answer below 400 gives it back in a short-lived cookie. Without the cookie the copy on the
device stays: a line that broke, a session that ended and a fault all look the same to the browser.
"""

import re

from flask import Flask, Response, request

from app.web.wiring import settings

TICKET = "_isian"
COOKIE = "isian_tersimpan"
LIFE = 600  # seconds
SHAPE = re.compile(r"[0-9a-f-]{10,60}")


def init_kept(app: Flask) -> None:
    @app.after_request
    def _taken(response: Response) -> Response:
        if request.method != "POST" or response.status_code >= 400:
            return response
        ticket = request.form.get(TICKET, "")
        if SHAPE.fullmatch(ticket):
            response.set_cookie(COOKIE, ticket, max_age=LIFE, samesite="Lax", secure=settings().https)
        return response
