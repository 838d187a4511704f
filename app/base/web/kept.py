"""Telling the browser what became of a kept form, so that it forgets its own copy in time (frontend/src/drafts.js).

The form brings a ticket; the answer gives it back in a short-lived cookie: one where the form was taken (below 400),
another where it came back for mending, since the page then shows what was typed and need not offer it. Without
either the copy on the device stays and is offered: a line that broke, a session that ended and a fault all look the
same to the browser.
"""

import re

from flask import Flask, Response, request

from app.base.web.wiring import settings

TICKET = "_isian"
TAKEN = "isian_tersimpan"
RETURNED = "isian_kembali"
LIFE = 600  # seconds
FOR_MENDING = (409, 422)
SHAPE = re.compile(r"[0-9a-f-]{10,60}")


def init_kept(app: Flask) -> None:
    @app.after_request
    def _answered(response: Response) -> Response:
        taken = response.status_code < 400
        # where it is neither, the body may not even be readable
        if request.method == "POST" and (taken or response.status_code in FOR_MENDING):
            ticket = request.form.get(TICKET, "")
            if SHAPE.fullmatch(ticket):
                _tell(response, TAKEN if taken else RETURNED, ticket)
        return response


def _tell(response: Response, cookie: str, value: str) -> None:
    response.set_cookie(cookie, value, max_age=LIFE, samesite="Lax", secure=settings().https)
