"""Flask-Security as this house uses it: its users, passwords and sessions, none of its pages.

Everything that is reachable is a route of our own blueprint; Flask-Security's blueprint is not registered.
"""

from typing import Any

from flask import Flask
from flask_login import current_user
from flask_security import FSQLALiteUserDatastore, Security
from flask_wtf.csrf import CSRFError

from app.base.access.cookies import SESSION, cookie_name
from app.base.access.pages import csrf_failed, detour, interrupted
from app.base.access.sessions import COOKIE_LIFE, init_sessions
from app.base.access.step_up import step_up
from app.base.people.actors import actor_of
from app.base.people.identity import email_of, phone_of, username_of
from app.base.people.models import RoleRow, User
from app.base.web.db import db
from app.base.web.formats import local_day
from app.base.web.guard import Gate
from app.base.web.wiring import now
from app.kernel.roles import Actor

ARGON2 = {"argon2__time_cost": 2, "argon2__memory_cost": 19456, "argon2__parallelism": 1}
"""OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane."""
CHEAP = {"argon2__time_cost": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}


def init_security(app: Flask, settings: Any) -> None:
    app.config.update(
        SECURITY_USER_IDENTITY_ATTRIBUTES=[
            {"phone": {"mapper": phone_of}},
            {"email": {"mapper": email_of}},
            {"username": {"mapper": username_of}},
        ],
        SECURITY_PASSWORD_SALT=settings.password_salt or "development-only",
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 (the name of an algorithm)
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=CHEAP if settings.env == "test" else ARGON2,
        SECURITY_DATETIME_FACTORY=now,
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
        SESSION_COOKIE_NAME=cookie_name(SESSION, https=settings.https),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        PERMANENT_SESSION_LIFETIME=COOKIE_LIFE,
        REMEMBER_COOKIE_NAME="-",  # Flask-Login's own is never set: access.remembering has a better one
        # a phone between two masts changes its address, and a form would be lost each time
        SESSION_PROTECTION=None,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
    )
    security = Security(app, FSQLALiteUserDatastore(db, User, RoleRow), register_blueprint=False)
    security.principal.identity_loaders.clear()  # it would read the user on every request, static files too
    init_sessions(app)
    app.extensions["gate"] = Gate(actor=_actor, interrupted=interrupted, detour=detour, step_up=step_up)
    app.register_error_handler(CSRFError, csrf_failed)


def _actor() -> Actor:
    return actor_of(db.session, current_user._get_current_object(), local_day(now()))
