"""The form that somebody had filled in when the session ended, carried along in the sign-in page.

The fields travel in one sealed, dated value, bound to the path they were posted to and to the person who was signed in
here, and are posted again only when that person presses a button: whoever signs in next at the same computer can
neither see nor read them. They are carried along only for a post from our own pages: a form on another site must not be
able to lay an action ready for somebody to confirm.
"""

import base64
import hashlib
import json
import re
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app, request
from flask_login import current_user
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.base.access.sessions import person_here
from app.base.web.guard import own_path, signed_in
from app.base.web.wiring import settings

LARGEST = 1_000_000  # bytes of posted form
LIFE = timedelta(hours=12)
SECRET_WORDS = ("password", "sandi", "secret", "token", "key", "credential")
PREVIEW = 160  # characters
CODE = re.compile(r"[a-z0-9_.:/-]*")  # of a select, a date, an id: says nothing to a person


@dataclass(frozen=True)
class CarriedForm:
    path: str
    fields: tuple[tuple[str, str], ...]

    @property
    def preview(self) -> list[str]:
        """Return the texts that a person would recognise, shortened; never a password or a key."""
        shown = [value for name, value in self.fields if not any(word in name.lower() for word in SECRET_WORDS)]
        words = [" ".join(value.split()) for value in shown if not CODE.fullmatch(value.strip())]
        return [word[:PREVIEW] + ("…" if len(word) > PREVIEW else "") for word in words]


def _vault() -> Fernet:
    key = hashlib.sha256(f"parked-form:{settings().secret_key}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _same_origin() -> bool:
    """True if the browser says that one of our own pages posted this."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return False
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(origin).netloc == request.host


def carry_form(now: datetime, *, also_empty: bool = False) -> str | None:
    """Seal the posted text fields of this request in one value; return None where there is nothing to keep.

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
    if not fields and not also_empty:
        return None
    data = {"at": now.timestamp(), "path": path, "person": person_here(), "fields": fields}
    return _vault().encrypt(zlib.compress(json.dumps(data).encode())).decode()


def read_carried(value: str | None, now: datetime) -> CarriedForm | None:
    """Read a sealed value; None where it was changed, is too old, its path takes no posts, or it is somebody else's."""
    if not value:
        return None
    try:
        data = json.loads(zlib.decompress(_vault().decrypt(value.encode())))
    except (InvalidToken, UnicodeEncodeError):
        return None
    if data["person"] is not None and signed_in() and current_user.id != data["person"]:
        return None
    if now.timestamp() - data["at"] > LIFE.total_seconds() or not _takes_posts(data["path"]):
        return None
    return CarriedForm(path=data["path"], fields=tuple((name, text) for name, text in data["fields"]))


def _takes_posts(path: str) -> bool:
    adapter = current_app.url_map.bind(request.host)
    try:
        adapter.match(urlsplit(path).path, method="POST")
    except HTTPException:
        return False
    return own_path(path) is not None
