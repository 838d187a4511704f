"""Checking a certificate, for anybody: only what is printed on it, and whether it is still valid."""

from datetime import timedelta

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.base.web.db import db
from app.base.web.guard import public
from app.base.web.limits import address_key, hit_all, too_often
from app.kernel.limits import Hit
from app.learning.certificates.blueprint import bp
from app.learning.certificates.codes import format_code, is_well_formed, normalise_code
from app.learning.certificates.models import Certificate
from app.learning.certificates.pages import printed_facts, private

LONGEST = 60  # letters of what was typed are shown again
MISSES = 20  # codes that were never given, of one address within a minute


@bp.get("/sertifikat", endpoint="check")
@public
def check_form() -> ResponseReturnValue:
    """Ask for a code; `?kode=` goes on to the page of the code."""
    typed = request.args.get("kode", "").strip()[:LONGEST]
    if not typed:
        return private("certificates/check.html", code="")
    code = normalise_code(typed)
    if not is_well_formed(code):
        return _mistyped(typed)
    return redirect(url_for(".checked", code=format_code(code)))


@bp.get("/sertifikat/<code>", endpoint="checked")
@public
def checked(code: str) -> ResponseReturnValue:
    wanted = normalise_code(code)
    if not is_well_formed(wanted):
        return _mistyped(code[:LONGEST])
    certificate = db.session.scalar(select(Certificate).where(Certificate.code == wanted))
    if certificate is None:
        return _misses() or private("certificates/unknown.html", 404, code=format_code(wanted), mistyped=False)
    return private(
        "certificates/checked.html", certificate=certificate, facts=printed_facts(certificate), code=format_code(wanted)
    )


def _mistyped(typed: str) -> Response:
    """The check sign says that no certificate has such a code; nothing was looked up."""
    return private("certificates/unknown.html", 404, code=typed, mistyped=True)


def _misses() -> Response | None:
    """Whoever guesses is held up. A right code is shown at any time: else one guesser behind the office's proxy would
    keep everybody from checking, and 55 random bits are not guessed at any speed."""
    miss = Hit("certificates.miss", address_key(), MISSES, timedelta(minutes=1))
    verdict = hit_all([miss])[0]
    return too_often(verdict.wait) if verdict.over else None
