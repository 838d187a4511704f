"""Files as answers."""

from flask import Response, g, make_response
from werkzeug.utils import secure_filename

NOBODY = "private, no-store"
PDF = "application/pdf"


def download(data: bytes, mime: str, name: str, *, inline: bool = False, cache: str = NOBODY) -> Response:
    """Send a file; `name` with its ending; of the stem only signs stay that every disk takes. `inline`: shown, where it
    can be.

    `cache` is the header Cache-Control: nobody keeps a file of the office unless told so.
    """
    stem, _dot, ending = name.rpartition(".")
    answer = make_response(data)
    answer.content_type = mime
    shown = "inline" if inline else "attachment"
    answer.headers["Content-Disposition"] = f'{shown}; filename="{secure_filename(stem) or "berkas"}.{ending}"'
    answer.headers["Cache-Control"] = cache
    g.taken_away = name  # a line in the trail, once the answer has gone (web/noting.py)
    return answer
