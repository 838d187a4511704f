"""What somebody had typed when the session ended, carried along in the sign-in page.

The fields travel in one signed, dated value, bound to the path they were posted to, and are posted again only when
the person presses a button. They are parked only for a post from our own pages: a form on another site must not be
able to lay an action ready for somebody to confirm.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import current_app, request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.web.guard import own_path

LARGEST = 1_000_000  # bytes of posted form
KEPT = timedelta(hours=12)
SECRET_WORDS = ("password", "sandi", "secret", "token", "key", "credential")
PREVIEW = 160  # characters
CODE = re.compile(r"[a-z0-9_.:/-]*")  # of a select, a date, an id: says nothing to a person


@dataclass(frozen=True)
class Parked:
    path: str
    fields: tuple[tuple[str, str], ...]

    @property
    def preview(self) -> list[str]:
        """The texts that a person would recognise, shortened; never a password or a key."""
        shown = [value for name, value in self.fields if not any(word in name.lower() for word in SECRET_WORDS)]
        words = [" ".join(value.split()) for value in shown if not CODE.fullmatch(value.strip())]
        return [word[:PREVIEW] + ("…" if len(word) > PREVIEW else "") for word in words]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="parked-form")


def _same_origin() -> bool:
    """True if the browser says that one of our own pages posted this."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return False
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(origin).netloc == request.host


def park(now: datetime, *, also_empty: bool = False) -> str | None:
    """The posted text fields of this request as one signed value, or None where there is nothing to keep.

    `also_empty`: keep the button that was pressed, too, where it sends no fields.
    """
    path = own_path(request.full_path.rstrip("?"))
    if path is None or not _same_origin() or (request.content_length or LARGEST + 1) > LARGEST:
        return None
    request.max_form_memory_size = LARGEST
    try:
        fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    except RequestEntityTooLarge:
        return None
    return (
        str(_serializer().dumps({"at": now.timestamp(), "path": path, "fields": fields}))
        if fields or also_empty
        else None
    )


def unpark(value: str | None, now: datetime) -> Parked | None:
    """Read a signed value; None where it was changed, is too old, or its path takes no posts."""
    if not value:
        return None
    try:
        data = _serializer().loads(value)
    except BadData:
        return None
    if now.timestamp() - data["at"] > KEPT.total_seconds() or not _takes_posts(data["path"]):
        return None
    return Parked(path=data["path"], fields=tuple((name, text) for name, text in data["fields"]))


def _takes_posts(path: str) -> bool:
    adapter = current_app.url_map.bind(request.host)
    try:
        adapter.match(urlsplit(path).path, method="POST")
    except HTTPException:
        return False
    return own_path(path) is not None
