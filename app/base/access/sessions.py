"""Sessions on the server, as requests know them: begun at signing in, looked up with their person in one statement.

Flask's own signed cookie stays for the CSRF token and messages and carries the session's token: random, and in the
database only as its SHA-256.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, Response, current_app, g, request
from flask import session as cookie
from flask_login import current_user, login_user, logout_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.access import remembering
from app.base.access.cookies import REMEMBER, drop_cookie, give_cookie, read_cookie
from app.base.access.devices import known_device, label_of, recognise
from app.base.access.ending import (
    COMMUNITY,
    USED_EVERY,
    EndReason,
    end,
    end_all,
    end_reason,
    forget_proof,
    limits_for,
    note_use,
)
from app.base.access.models import SignIn
from app.base.access.remembering import digest, new_token
from app.base.notices.service import notify
from app.base.people.models import User
from app.base.web.db import db
from app.base.web.guard import forget_actor
from app.base.web.limits import client_address
from app.base.web.wiring import now as now_
from app.kernel import audit
from app.kernel.db import unit_of_work, writing
from app.kernel.numbers import read_int
from app.kernel.roles import SYSTEM
from app.kernel.text import T

log = logging.getLogger(__name__)

__all__ = [
    "current",
    "end",
    "end_all",
    "ended_session",
    "known_device",
    "leave",
    "person_here",
    "renew",
    "shared_idle",
    "start",
]

COOKIE_LIFE = COMMUNITY.longest
"""Of the cookie; the row decides how long it counts."""
TOKEN, PERSON = "_user_id", "person"


@dataclass(frozen=True)
class EndedSession:
    """A session that this browser still holds the token of, and that counts no more."""

    user_id: int
    why: EndReason
    at: datetime | None
    shared: bool


def start(session: Session, user: User, *, remember: bool, shared: bool, how: str, now: datetime) -> SignIn:
    """Sign this browser in. `shared`: on a "Komputer bersama" nothing is remembered."""
    _end_here(session, now=now)
    label = label_of(request.user_agent.string)
    device = None if shared else recognise(session, user.id, label, now=now)
    limits = limits_for([row.name for row in user.roles], shared=shared)
    token = new_token()
    sign_in = SignIn(
        user_id=user.id,
        token_hash=digest(token),
        mark=user.fs_uniquifier,
        device_id=device.id if device else None,
        shared=shared,
        how=how,
        label=label,
        address=client_address()[:64],
        created_at=now,
        last_used_at=now,
        idle_seconds=int(limits.idle.total_seconds()),
        ends_at=now + limits.longest,
    )
    session.add(sign_in)
    session.flush()
    if remember and not shared:
        give_cookie(REMEMBER, remembering.remember(sign_in, _secret(), now=now), remembering.REMEMBERED)
        session.flush()
    else:
        drop_cookie(REMEMBER)
    forget_before()
    _hold(user, sign_in, token)
    return sign_in


def renew(session: Session, user: User, *, now: datetime) -> None:
    """Go on in this browser after the person's mark has changed; their other sessions end."""
    sign_in = current()
    if sign_in is None:
        raise LookupError("nobody is signed in")
    end_all(session, user.id, why=EndReason.PASSWORD, now=now, but=sign_in)
    token = new_token()
    sign_in.token_hash, sign_in.mark, sign_in.last_used_at = digest(token), user.fs_uniquifier, now
    session.flush()
    cookie.pop("csrf_token", None)
    g.pop("csrf_token", None)
    _hold(user, sign_in, token)


def forget_before() -> None:
    """Leave nothing of the session before in this browser's cookie, the token of its forms neither."""
    cookie.clear()
    g.pop("csrf_token", None)  # Flask-WTF keeps the old session's token for this request


def leave(session: Session, *, now: datetime) -> None:
    """Sign this browser out. Whose it was stays in the signed cookie: a form of theirs is shown to nobody else."""
    person = person_here()
    _end_here(session, now=now, why=EndReason.SIGNED_OUT)
    logout_user()
    cookie.clear()
    if person is not None:
        cookie[PERSON] = person
    drop_cookie(REMEMBER)
    g.pop("sign_in", None)
    forget_actor()


def current() -> SignIn | None:
    """Return the session of this request."""
    return g.get("sign_in") if current_user.is_authenticated else None


def ended_session() -> EndedSession | None:
    """Return what became of the session whose token this browser brought, where it counts no more."""
    _ = current_user.is_authenticated  # it is looked up with the person
    found: EndedSession | None = g.get("ended")
    return found


def shared_idle() -> int:
    """Return after how many seconds without a request this session ends, on a "Komputer bersama"; else 0."""
    sign_in = current()
    return sign_in.idle_seconds if sign_in is not None and sign_in.shared else 0


def person_here() -> int | None:
    """Return who was last signed in in this browser, also after the session ended."""
    known = cookie.get(PERSON)
    return known if isinstance(known, int) else None


def _secret() -> str:
    return str(current_app.secret_key)


def _hold(user: User, sign_in: SignIn, token: str) -> None:
    g.pop("ended", None)
    login_user(user, force=True)
    cookie[TOKEN], cookie[PERSON] = token, user.id
    cookie.permanent = not sign_in.shared
    g.sign_in = sign_in
    forget_actor()


def _end_here(session: Session, *, now: datetime, why: EndReason = EndReason.REPLACED) -> None:
    """End what this browser held before: its session, and the family of its "Ingat saya"."""
    sign_in = current()
    value = read_cookie(REMEMBER)
    if sign_in is None and value:
        family = read_int(value.partition(".")[0])
        sign_in = session.get(SignIn, family) if family is not None else None
        if sign_in is not None and remembering.number_in(sign_in, value, _secret()) is None:
            sign_in = None
    if sign_in is not None:
        end(session, sign_in, why=why, now=now)


# --- looking it up ---


def _by_token(token: str) -> User | None:
    """Flask-Login's question: whose session has this token? One statement, with the person's organisation."""
    query = select(SignIn, User).join(User, User.id == SignIn.user_id).where(SignIn.token_hash == digest(str(token)))
    found = db.session.execute(query).one_or_none()
    if found is None:
        return None
    sign_in, user = found.tuple()
    why = end_reason(sign_in, user, now_())
    if why is not None:
        g.ended = EndedSession(sign_in.user_id, why, sign_in.ended_at, sign_in.shared)
        return None
    g.sign_in = sign_in
    return user


def _by_remembering(_request: object) -> User | None:
    """Flask-Login's next question, where no session lives: is this browser remembered?

    Only before the view runs: it has a transaction of its own, which the view's must not be inside.
    """
    value = read_cookie(REMEMBER)
    if not g.get("before_view") or not value:
        return None
    db.session.rollback()
    with writing():
        found = remembering.redeem_value(db.session, value, _secret(), now=now_())
        if found.copied:
            _tell_copied(db.session, found, now=now_())
        db.session.commit()
    if found.why is not None and found.sign_in is not None:
        g.ended = EndedSession(found.sign_in.user_id, found.why, found.sign_in.ended_at, found.sign_in.shared)
        drop_cookie(REMEMBER)
        return None
    if found.user is not None and found.sign_in is not None:
        _come_back(found.user, found.sign_in, found)
    return found.user


def _come_back(user: User, sign_in: SignIn, found: remembering.RedeemedValue) -> None:
    g.pop("ended", None)
    g.sign_in = sign_in
    if person_here() != user.id:
        forget_before()
    if found.token is not None and found.value is not None:
        cookie[TOKEN], cookie[PERSON] = found.token, user.id
        cookie.permanent = True
        give_cookie(REMEMBER, found.value, remembering.REMEMBERED)


def _tell_copied(session: Session, found: remembering.RedeemedValue, *, now: datetime) -> None:
    sign_in, user = found.sign_in, found.user
    if sign_in is None or user is None:
        return
    if sign_in.device_id is not None:
        forget_proof(session, user.id, only=sign_in.device_id)
    audit.record(session, SYSTEM, "sign_in.copied", user, now=now, after={"label": sign_in.label})
    notify(
        session,
        user_ids=[user.id],
        kind="sign_in",
        subject=T("Akun Anda dikeluarkan dari %(label)s demi keamanan", label=sign_in.label),
        body=T(
            "Tanda “Ingat saya” dari %(label)s dipakai dua kali, jadi mungkin ada yang menyalinnya. Karena itu "
            "perangkat tersebut dikeluarkan. Ganti kata sandi Anda, dan periksa daftar HP dan komputer Anda. Kalau "
            "perangkat itu hilang, beri tahu admin kantor.",
            label=sign_in.label,
        ),
        path="/akun/perangkat",
        dedupe_key=f"sign-in:{sign_in.id}:copied",
        now=now,
    )


# --- around every request ---


def init_sessions(app: Flask) -> None:
    manager = app.login_manager  # type: ignore[attr-defined]
    manager.user_loader(_by_token)
    manager.request_loader(_by_remembering)

    @app.before_request
    def _bring_back() -> None:
        if request.endpoint is not None and not request.endpoint.startswith("web.") and read_cookie(REMEMBER):
            g.before_view = True
            _ = current_user.is_authenticated
        g.before_view = False

    @app.after_request
    def _note_later(response: Response) -> Response:
        sign_in: SignIn | None = g.get("sign_in")
        if sign_in is not None and sign_in.ended_at is None:
            _note_use(response, sign_in)
        return response


def _note_use(response: Response, sign_in: SignIn) -> None:
    """After the answer has gone, and in a transaction of its own: that the session was used, and which value of
    "Ingat saya" its browser holds."""
    moment, sessions, number = now_(), db.sessionmaker, None
    if sign_in.remember_seed is not None:
        held = remembering.number_in(sign_in, read_cookie(REMEMBER), _secret())
        number = held if held == sign_in.remember_round + 1 else None
    every = min(USED_EVERY, timedelta(seconds=sign_in.idle_seconds / 20))
    if number is None and moment - sign_in.last_used_at < every:
        return
    sign_in_id = sign_in.id

    def write() -> None:
        try:
            with unit_of_work(sessions) as session:
                note_use(session, sign_in_id, now=moment)
                row = session.get(SignIn, sign_in_id, with_for_update=True) if number is not None else None
                if row is not None and number is not None:
                    remembering.confirm(row, number, now=moment)
        except Exception:  # a busy database costs nobody their answer: the next request writes it
            log.exception("the use of a session could not be written")

    response.call_on_close(write)
