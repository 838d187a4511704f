"""Endpoints of the page's script: who is signed in, pictures, records. Always JSON where it can be."""

from typing import Any

from flask import Response, jsonify, request
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from app.base.media.check import check_image
from app.base.media.pages import forget_after_commit, read_upload
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor, public, signed_in
from app.base.web.menu import link
from app.base.web.wiring import now, settings
from app.gatherings.field import intake, photos
from app.gatherings.field.arrival import Arrival
from app.gatherings.field.blueprint import bp
from app.gatherings.field.intake import Answer
from app.gatherings.field.routes_page import keep_checked
from app.gatherings.field.shape import read_moment, read_uuid
from app.kernel.errors import GaungError
from app.kernel.roles import Can


@bp.get("/catat/sesi", endpoint="session")
@public
def who() -> tuple[Response, int]:
    """Tell the script who is signed in on this device: never a redirect to a page."""
    if not signed_in() or current_user.must_change_password:
        return _json(401, state="signed_out", message=_("Masuk lagi untuk mengirim."))
    actor = current_actor()
    if not actor.can(Can.SEND_FROM_FIELD):
        return _json(403, state="forbidden", message=_("Akun ini tidak mencatat kegiatan."))
    return _json(200, user=actor.id, name=actor.name, csrf=generate_csrf())


@bp.post("/catat/foto")
@allow(Can.RECORD_IN_FIELD)
def photo() -> tuple[Response, int]:
    """Take one picture, ahead of its record; the same UUID again is the same picture."""
    actor, file = current_actor(), request.files.get("file")
    try:
        uuid, record_uuid = (read_uuid(request.form.get(name)) for name in ("uuid", "record_uuid"))
        if photos.has_photo(db.session, actor, uuid):
            return _json(200, state="known")
        release_database()  # no write lock is held while the picture is read
        if file is None:
            return _json(422, state="invalid", message=_("Fotonya tidak ikut terkirim. Pilih fotonya lagi."))
        if request.form.get("consent") != "1":
            return _json(422, state="invalid", message=sentence(photos.NO_CONSENT))
        checked = check_image(read_upload(file), file.filename or "")
        keep_checked(checked, uuid, record_uuid)
    except GaungError as error:
        return _json(error.status, state="invalid", message=sentence(error.sentence))
    return _json(200, state="stored")


@bp.post("/catat/kirim")
@allow(Can.SEND_FROM_FIELD)
def send() -> tuple[Response, int]:
    """Take {device_now, records: […]} and answer {records: [what became of each]}."""
    try:
        posted = request.get_json(silent=True)
    except RecursionError:
        posted = None
    records = posted.get("records") if isinstance(posted, dict) else None
    if not isinstance(posted, dict) or not isinstance(records, list):
        return _json(422, state="invalid", message=_("Kiriman ini tidak bisa dibaca. Muat ulang halaman, lalu kirim."))
    arrival = Arrival(now(), settings().tz, read_moment(posted.get("device_now")))
    try:
        answers = intake.receive(db.session, current_actor(), records, arrival)
    except GaungError as error:
        return _json(error.status, state="invalid", message=sentence(error.sentence))
    forget_after_commit([sha256 for answer in answers for sha256 in answer.gone])
    return _json(200, records=[as_json(answer) for answer in answers])


def as_json(answer: Answer) -> dict[str, Any]:
    values: dict[str, Any] = {
        "uuid": answer.uuid,
        "state": answer.state,
        "receipt": answer.receipt,
        "message": sentence(answer.message) if answer.message else None,
        "field": answer.field,
        "hash": answer.hash,
        "theirs": answer.theirs,
        "choices": list(answer.choices),
        "missing": list(answer.missing),
        "twins": answer.twins,
        "flags": list(answer.flags),
        "at": answer.at.isoformat() if answer.at else None,
        "link": link("reports.edit", event_id=answer.event_id) if answer.event_id else None,
    }
    return {name: value for name, value in values.items() if value}


def _json(status: int, **values: Any) -> tuple[Response, int]:
    response = jsonify(**values)
    response.headers["Cache-Control"] = "no-store"
    return response, status
