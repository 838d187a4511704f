"""The frame around every page: language, CSRF, security headers, compression, menu, error pages, static files."""

from typing import Any

from flask import Flask, Response
from flask_babel import Babel
from flask_compress import Compress
from flask_talisman import Talisman
from flask_wtf import CSRFProtect

from app.base.web.assets import init_assets
from app.base.web.db import View
from app.base.web.errors import init_errors
from app.base.web.formats import init_formats
from app.base.web.head import ONLY_HEAD
from app.base.web.kept import init_kept
from app.base.web.query import NumberInPath, list_url
from app.base.web.retries import init_retries
from app.base.web.sessions import PageSessions

MEGABYTE = 1024 * 1024
LARGEST_REQUEST = 100 * MEGABYTE  # a 60 MB photo still reaches the view, which says what to do
LARGEST_FORM_TEXT = 8 * MEGABYTE  # a text of 1 MB is answered by its form

CONTENT_POLICY = {
    "default-src": "'self'",  # scripts and styles too: each word comes along with every answer to a phone
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}

csrf = CSRFProtect()


def page_url(number: int) -> str:
    """Return the address of this list with the same filters, at another page."""
    return list_url(hal=number)


def plain_http(view: View) -> View:
    """Let a view answer without HTTPS too: what asks from the same machine takes a redirect for an answer."""
    view.__dict__["talisman_view_options"] = {"force_https": False}
    return view


def _keep_apart(response: Response) -> Response:
    """Another site's page neither holds a handle on ours nor loads from here, but for what a view offers to all."""
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    return response


class HeadAsGet:
    """Answers HEAD with the status and the headers of GET, whatever a view does with the method."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if environ.get("REQUEST_METHOD") != "HEAD":
            return self.app(environ, start_response)
        body = self.app({**environ, "REQUEST_METHOD": "GET", ONLY_HEAD: True}, start_response)
        try:
            for _part in body:  # to its end, for a stream gives back what it holds only there
                pass
        finally:
            if hasattr(body, "close"):
                body.close()
        return []


def init_shell(app: Flask, settings: Any) -> None:
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM_TEXT,
        MAX_FORM_PARTS=5000,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session
        WTF_CSRF_SSL_STRICT=settings.https,
        COMPRESS_MIN_SIZE=600,
        COMPRESS_BR_LEVEL=4,
    )
    # page tests post without a token; tests/web and the browser tests keep it on
    app.config.setdefault("WTF_CSRF_ENABLED", settings.env != "test")
    app.url_map.converters["int"] = NumberInPath
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    Babel(
        app,
        default_locale=settings.locale,
        locale_selector=lambda: settings.locale,
        timezone_selector=lambda: settings.tz,
    )
    csrf.init_app(app)
    app.session_interface = PageSessions()
    Talisman(
        app,
        content_security_policy=CONTENT_POLICY,
        permissions_policy={},
        force_https=settings.https,
        session_cookie_secure=settings.https,
        session_cookie_samesite="Lax",
        strict_transport_security=settings.https,
        referrer_policy="same-origin",
    )
    app.wsgi_app = HeadAsGet(app.wsgi_app)  # type: ignore[method-assign]
    app.after_request(_keep_apart)
    Compress(app)
    init_formats(app)
    init_assets(app)
    init_errors(app)
    init_retries(app)
    init_kept(app)
