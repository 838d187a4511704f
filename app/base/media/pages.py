"""Stored files as answers, and uploads as content. Whoever calls has asked before whether this person may."""

from collections.abc import Sequence

from flask import Response, make_response, request
from sqlalchemy import event
from werkzeug.datastructures import FileStorage
from werkzeug.utils import secure_filename

from app.base.media.check import EXTENSIONS, MAX_BYTES, too_large
from app.base.media.derive import thumbnail
from app.base.media.models import StoredFile
from app.base.web.db import db
from app.base.web.wiring import wired
from app.kernel.errors import NotFound
from app.kernel.text import T

DAY = 24 * 3600  # seconds


def picture(file: StoredFile, small: bool = False) -> Response:
    """Send the file itself or, `small`, its thumbnail; kept for a day by this person's browser alone.

    Raises NotFound where the content is lost, or where a thumbnail is wanted of what is no image.
    """
    if small and not file.mime.startswith("image/"):
        raise NotFound(T("Berkas ini bukan gambar, jadi tidak punya gambar kecil."))
    storage = wired().storage
    try:
        data, mime = thumbnail(storage, file) if small else (storage.read(file), file.mime)
    except FileNotFoundError as error:
        raise lost_file(file) from error
    return answer(file, data, mime, f"private, max-age={DAY}")


def answer(file: StoredFile, data: bytes, mime: str, cache: str) -> Response:
    """Send `data`, a form of `file`, under the file's own name. `cache`: the header Cache-Control."""
    response = make_response(data)
    response.content_type = mime
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = cache
    stem = secure_filename(file.name.rpartition(".")[0] or file.name) or f"berkas-{file.id}"
    response.headers["Content-Disposition"] = f'inline; filename="{stem}{EXTENSIONS.get(mime, "")}"'
    response.add_etag()
    response.make_conditional(request)
    return response


def lost_file(file: StoredFile) -> NotFound:
    return NotFound(
        T("Isi berkas “%(name)s” tidak ada di penyimpanan. Unggah lagi berkasnya, dan beri tahu admin.", name=file.name)
    )


def read_upload(file: FileStorage) -> bytes:
    """Read the content; a file over the limit is refused before it is read into memory."""
    size = file.stream.seek(0, 2)
    file.stream.seek(0)
    if size > MAX_BYTES:
        raise too_large(file.filename or "", size)
    return file.stream.read()


def forget_after_commit(hashes: Sequence[str]) -> None:
    """Delete the contents only once their records are surely gone."""
    storage = wired().storage

    @event.listens_for(db.session, "after_commit", once=True)
    def _forget(_session: object) -> None:
        for sha256 in hashes:
            storage.forget(sha256)
