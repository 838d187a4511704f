"""The browsers that somebody signed in from: told by a signed cookie, named in words that people know."""

import re
import secrets
from datetime import datetime

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.access.cookies import DEVICE, give_cookie, read_cookie
from app.base.access.ending import KEPT_DEVICES
from app.base.access.models import Device
from app.base.access.remembering import digest
from app.kernel.db import insert_missing

BROWSERS = (
    (re.compile(r"\bEdgA?/|\bEdgiOS/"), "Edge"),
    (re.compile(r"\bOPR/|\bOpera"), "Opera"),
    (re.compile(r"\bSamsungBrowser/"), "Samsung Internet"),
    (re.compile(r"\bUCBrowser/|\bUCWEB"), "UC Browser"),
    (re.compile(r"\bMiuiBrowser/"), "Mi Browser"),
    (re.compile(r"\bFirefox/|\bFxiOS/"), "Firefox"),
    (re.compile(r"\bCriOS/|\bHeadlessChrome/|\bChrome/"), "Chrome"),
    (re.compile(r"\bSafari/"), "Safari"),
)
MACHINES = (
    (re.compile(r"Android"), "Android"),
    (re.compile(r"iPhone|iPod"), "iPhone"),
    (re.compile(r"iPad"), "iPad"),
    (re.compile(r"Windows"), "Windows"),
    (re.compile(r"CrOS"), "Chromebook"),
    (re.compile(r"Macintosh|Mac OS X"), "Mac"),
    (re.compile(r"Linux|X11"), "Linux"),
)
PHONES = ("Android", "iPhone", "iPad")


def label_of(agent: str) -> str:
    """Name a browser by what it says of itself, as "Chrome di Android". The order counts: nearly all call themselves
    Chrome."""
    browser = next((name for pattern, name in BROWSERS if pattern.search(agent[:400])), "")
    machine = next((name for pattern, name in MACHINES if pattern.search(agent[:400])), "")
    if browser and machine:
        return f"{browser} di {machine}"
    return browser or machine or "Peramban lain"


def is_phone(label: str) -> bool:
    return label.endswith(PHONES)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="device")


def _key() -> str | None:
    """The key of this browser, if its cookie is ours."""
    try:
        key = _serializer().loads(read_cookie(DEVICE))
    except BadData:
        return None
    return key if isinstance(key, str) else None


def known_device(session: Session, user_id: int) -> Device | None:
    """Return the browser of this request, if this person has signed in from it before."""
    key = _key()
    if key is None:
        return None
    return session.scalar(select(Device).where(Device.user_id == user_id, Device.key_hash == digest(key)))


def recognise(session: Session, user_id: int, label: str, *, now: datetime) -> Device:
    """Know this browser as one of the person's from now on."""
    key = _key() or secrets.token_urlsafe(32)
    values = {"user_id": user_id, "key_hash": digest(key), "label": label, "first_seen_at": now, "last_seen_at": now}
    insert_missing(session, Device, [values])
    device = session.scalars(select(Device).where(Device.user_id == user_id, Device.key_hash == digest(key))).one()
    device.label, device.last_seen_at = label, now
    session.flush()
    give_cookie(DEVICE, str(_serializer().dumps(key)), KEPT_DEVICES)
    return device
