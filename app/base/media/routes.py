import re
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from app.base.media import service
from app.base.media.check import Checked, check_file, check_image, check_pdf
from app.base.media.derive import read_rendition, read_token
from app.base.media.models import StoredFile
from app.base.media.pages import answer, lost_file, picture, read_upload
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.errors import is_fragment
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor, own_path, public
from app.base.web.noting import SAME_READING, TAKEN, note_after
from app.base.web.wiring import now, settings, wired
from app.kernel.errors import Invalid, NotFound
from app.kernel.roles import Can
from app.kernel.text import T

bp = Blueprint("media", __name__, template_folder="templates")

MAX_FILES = 10
YEAR = 365 * 24 * 3600
CHECKS = {"gambar": check_image, "pdf": check_pdf, "semua": check_file}
FIELD_NAME = re.compile(r"[a-z][a-z0-9_-]{0,60}")


@bp.post("/berkas")
@allow(Can.UPLOAD)
def upload() -> ResponseReturnValue:
    """Keep the posted `file`s: `?jenis=gambar|pdf|semua`; `?nama=` is the field that will carry their ids.

    Answers list items for the upload field (app/base/media/templates/media/picker.html), JSON, or a redirect.
    """
    actor = current_actor()
    release_database()  # no write lock is held while images are read
    checked, wrong = _checked(request.files.getlist("file"), CHECKS.get(request.args.get("jenis", ""), check_image))
    kept = [service.keep(db.session, wired().storage, actor, one, now=now()) for one in checked]
    status = 200 if kept else 422
    if is_fragment():
        name = request.args.get("nama", "")
        return (
            render_template(
                "media/_items.html",
                files=kept,
                wrong=wrong,
                name=name if FIELD_NAME.fullmatch(name) else "file_ids",
                with_alt=request.args.get("alt") != "0",
            ),
            status,
        )
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return jsonify(files=[_as_json(file) for file in kept], problems=wrong), status
    if not kept:
        raise Invalid(T(" ".join(wrong)))
    for problem in wrong:
        flash(problem, "error")
    flash(_("%(count)s berkas disimpan.", count=len(kept)))
    return redirect(own_path(request.form.get("next")) or url_for(".show", key=kept[0].key))


@bp.get("/berkas/<key>")
@allow(Can.ENTER)
def show(key: str) -> ResponseReturnValue:
    """Show a file to whoever reads a record that holds it, or uploaded it and has not used it yet."""
    file = service.file_by_key(db.session, current_actor(), key)
    if not file.mime.startswith("image/"):  # a letter, a decree, minutes: papers have names in them
        note_after(TAKEN, StoredFile.__tablename__, file.id, after={"file": file.name}, once_within=SAME_READING)
    return picture(file)


@bp.get("/berkas/<key>/kecil", endpoint="thumbnail")
@allow(Can.ENTER)
def show_thumbnail(key: str) -> ResponseReturnValue:
    return picture(service.file_by_key(db.session, current_actor(), key), small=True)


@bp.get("/m/<token>", endpoint="public")
@public
def show_public(token: str) -> ResponseReturnValue:
    """Send what platforms and e-mail readers fetch: whoever has the signed address gets this one form of this one
    file."""
    file_id, wanted = read_token(settings().secret_key, token)
    file = db.session.get(StoredFile, file_id)
    if file is None:
        raise NotFound(T("Gambar ini tidak ada."))
    try:
        data, mime = read_rendition(wired().storage, file, wanted)
    except FileNotFoundError as error:
        raise lost_file(file) from error
    response = answer(file, data, mime, f"public, max-age={YEAR}, immutable")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # mail readers and platforms show it
    return response


def _checked(files: list[FileStorage], check: Any) -> tuple[list[Checked], list[str]]:
    """What may be kept, and a sentence for each that may not."""
    given = [file for file in files if file.filename]
    if not given:
        return [], [_("Pilih dulu berkas yang mau diunggah.")]
    checked, wrong = [], []
    for file in given[:MAX_FILES]:
        try:
            checked.append(check(read_upload(file), file.filename or ""))
        except Invalid as error:
            wrong.append(sentence(error.sentence))
    if len(given) > MAX_FILES:
        wrong.append(_("Paling banyak %(limit)s berkas sekali unggah; sisanya belum diunggah.", limit=MAX_FILES))
    return checked, wrong


def _as_json(file: StoredFile) -> dict[str, Any]:
    return {
        "id": file.id,
        "name": file.name,
        "mime": file.mime,
        "width": file.width,
        "height": file.height,
        "url": url_for(".show", key=file.key),
    }
