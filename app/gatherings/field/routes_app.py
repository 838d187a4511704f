"""Make the page an application on the phone: its manifest and its service worker."""

import hashlib
import json

from flask import Response, jsonify, make_response, request, url_for

from app.base.web.assets import BUILD, FOLDER, asset, logo_url, manifest
from app.base.web.guard import current_actor, public
from app.base.web.wiring import settings
from app.gatherings.field.blueprint import bp

ASSETS = (
    "public.css", "field.css", "field.js", "survey-field.css", "survey-field.js", "icons.svg", "favicon.svg",
)  # fmt: skip
PAGES = ("field.page", "field.survey")
"""Endpoints of the pages that the service worker keeps; frontend/src/field/sw.js has their addresses."""
ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-mask.png", "512x512", "maskable"),
)


@bp.get("/catat/aplikasi.webmanifest")
@public
def app_manifest() -> Response:
    title = settings().app_title
    response = jsonify(
        id="/catat/",
        name=title,
        short_name="Catat Kegiatan",
        lang=settings().locale,
        start_url="/catat/",
        scope="/catat/",
        display="standalone",
        background_color="#f7f6f3",
        theme_color="#c2410c",
        icons=[
            {"src": asset(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in ICONS
        ],
    )
    response.mimetype = "application/manifest+json"
    response.cache_control.max_age = 3600
    return response


@bp.get("/catat/sw.js")
@public
def service_worker() -> Response:
    """Send the built script after one line that names what it keeps. Other contents make it another worker."""
    build, kept, script = _worker()
    response = make_response(f"self.GAUNG={json.dumps({'build': build, 'kept': kept})};\n{script}")
    response.mimetype = "text/javascript"
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.after_request
def mark_page(response: Response) -> Response:
    """Tell the worker of which build the page is and whose: it keeps none of a build whose files it does not have."""
    if request.endpoint in PAGES and response.status_code == 200:
        response.headers["X-Gaung-Build"] = _worker()[0]
        response.headers["X-Gaung-Person"] = str(current_actor().id)
    return response


def _worker() -> tuple[str, list[str], str]:
    """(build, addresses that are kept, built script)."""
    icons = [asset(name) for name, _sizes, _purpose in ICONS[:1]]
    kept = list(dict.fromkeys([*map(asset, ASSETS), url_for(".app_manifest"), logo_url(), *icons]))
    script = (FOLDER / BUILD / manifest["sw.js"]).read_text(encoding="utf-8")
    return hashlib.sha256(json.dumps([*kept, script]).encode()).hexdigest()[:12], kept, script
