"""The names of our cookies, and how they are set: HttpOnly, for this site only, and under HTTPS bound to this host.

`__Host-` makes the browser refuse a cookie of that name from another host of the domain or from a page without HTTPS.
"""

from datetime import timedelta

from flask import Response, after_this_request, request

from app.base.web.wiring import settings

SESSION, REMEMBER, DEVICE = "gaung", "gaung_ingat", "gaung_alat"


def cookie_name(name: str, *, https: bool) -> str:
    return f"__Host-{name}" if https else name


def read_cookie(name: str) -> str:
    return request.cookies.get(cookie_name(name, https=settings().https), "")


def give_cookie(name: str, value: str, life: timedelta) -> None:
    """Set it on this request's answer; "" takes it away."""
    https = settings().https

    @after_this_request
    def _set(response: Response) -> Response:
        response.set_cookie(
            cookie_name(name, https=https),
            value,
            max_age=int(life.total_seconds()) if value else 0,
            httponly=True,
            samesite="Lax",
            secure=https,
        )
        return response


def drop_cookie(name: str) -> None:
    if read_cookie(name):
        give_cookie(name, "", timedelta())
