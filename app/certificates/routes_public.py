"""Checking a certificate, for anybody: only what is printed on it, and whether it is still valid."""

from flask import Response, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.certificates.attempts import Misses
from app.certificates.blueprint import bp
from app.certificates.codes import is_well_formed, shown, tidy
from app.certificates.models import Certificate
from app.certificates.pages import printed_facts, private
from app.web.db import db
from app.web.guard import public
from app.web.wiring import now

LONGEST = 60  # letters of what was typed are shown again


@bp.get("/sertifikat", endpoint="check")
@public
def check_form() -> ResponseReturnValue:
    """`?kode=` goes on to the page of the code."""
    typed = request.args.get("kode", "").strip()[:LONGEST]
    if not typed:
        return private("certificates/check.html", code="")
    code = tidy(typed)
    if not is_well_formed(code):
        return _mistyped(typed)
    return redirect(url_for(".checked", code=shown(code)))


@bp.get("/sertifikat/<code>", endpoint="checked")
@public
def checked(code: str) -> ResponseReturnValue:
    wanted = tidy(code)
    if not is_well_formed(wanted):
        return _mistyped(code[:LONGEST])
    certificate = db.session.scalar(select(Certificate).where(Certificate.code == wanted))
    if certificate is None:
        _note_miss()
        return private("certificates/unknown.html", 404, code=shown(wanted), mistyped=False)
    return private(
        "certificates/checked.html", certificate=certificate, facts=printed_facts(certificate), code=shown(wanted)
    )


def _mistyped(typed: str) -> Response:
    """The check sign says that no certificate has such a code; nothing was looked up."""
    return private("certificates/unknown.html", 404, code=typed, mistyped=True)


def _note_miss() -> None:
    """Whoever guesses is held up. A right code is shown at any time: else one guesser behind the office's proxy would
    keep everybody from checking, and 55 random bits are not guessed at any speed."""
    misses: Misses = current_app.extensions.setdefault("certificate_misses", Misses())
    address = request.remote_addr or ""
    if misses.too_many(address, now()):
        abort(429)
    misses.note(address, now())
