"""The built front end: addresses with a content hash, compressed once at build time, kept by browsers for a year."""

import hashlib
import json
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, abort, redirect, request, send_file, send_from_directory, url_for
from flask.typing import ResponseReturnValue

from app.base.web.guard import public
from app.base.web.wiring import settings

FOLDER = Path(__file__).resolve().parent / "static"
BUILD = "build"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
YEAR = 365 * 24 * 3600

bp = Blueprint("web", __name__, template_folder="templates")


class Manifest:
    """Plain name → built name, read again when a new build has been written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_at = -1.0
        self._names: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        return self._read().get(name, name)

    def mark(self) -> str:
        """Return a word that differs for every build whose files differ."""
        return hashlib.sha256(json.dumps(self._read(), sort_keys=True).encode()).hexdigest()[:12]

    def _read(self) -> dict[str, str]:
        try:
            written_at = self._path.stat().st_mtime
        except FileNotFoundError:
            return {}
        if written_at != self._read_at:
            self._names = json.loads(self._path.read_text(encoding="utf-8"))
            self._read_at = written_at
        return self._names


manifest = Manifest(FOLDER / BUILD / "manifest.json")


def asset(name: str) -> str:
    """Return the address of a built file by its plain name, `asset("main.css")`."""
    return url_for("web.static", path=f"{BUILD}/{manifest[name]}")


@bp.get("/static/<path:path>", endpoint="static")
@public
def send_static(path: str) -> Response:
    built = path.startswith(f"{BUILD}/")
    options: dict[str, Any] = {"max_age": YEAR if built else 3600}
    for encoding, suffix in ENCODINGS:
        if built and request.accept_encodings[encoding] > 0 and (FOLDER / (path + suffix)).is_file():
            plain = send_from_directory(FOLDER, path, **options)
            response = send_from_directory(FOLDER, path + suffix, mimetype=plain.mimetype, **options)
            plain.close()
            response.content_encoding = encoding
            response.vary.add("Accept-Encoding")
            break
    else:
        response = send_from_directory(FOLDER, path, **options)
    if built:
        response.cache_control.immutable = True
    return response


@bp.get("/favicon.ico")
@public
def favicon() -> ResponseReturnValue:
    """Send browsers to the icon, where they look by themselves on pages and files that name none."""
    return redirect(asset("favicon.svg"))


@bp.get("/logo")
@public
def logo() -> Response:
    """Send the office's own logo (GAUNG_LOGO_PATH), where one is set."""
    path = Path(settings().logo_path)
    if not settings().logo_path or not path.is_file():
        abort(404)
    return send_file(path.resolve(), max_age=3600)


def logo_url() -> str:
    return url_for("web.logo") if settings().logo_path else asset("favicon.svg")


def init_assets(app: Flask) -> None:
    app.register_blueprint(bp)
