"""Passwords: how they are made for paper, what is asked of a new one, and how they are stored.

Stored by Flask-Security as argon2id over an HMAC with the installation's salt, so that a stolen database alone
cannot be guessed at. Hashing needs an application context.
"""

import secrets

from flask import current_app
from flask_security.utils import hash_password

from app.kernel.errors import Invalid
from app.kernel.text import T
from app.people.models import User

# without i, l, o, 0 and 1, which look alike on a printed slip
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
SHORTEST, LONGEST = 10, 128
WELL_KNOWN = ("password", "kata sandi", "katasandi", "rahasia", "qwerty", "12345", "kukar", "diskominfo", "gaung")
LEAST_DIFFERENT = 5  # signs


def one_time_password() -> str:
    """Three groups of four signs, some 59 bits: `k7mp-x2he-9wrt`."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


def normalised(password: str) -> str:
    """The same password, however the keyboard composed its letters."""
    return str(current_app.extensions["security"].password_util.normalize(password))


def hashed(password: str) -> str:
    return str(hash_password(normalised(password)))


def check_new(password: str, user: User, *, field: str = "new_password") -> None:
    """Raise Invalid where a new password is too short or easy to guess."""
    lowered = password.lower()
    if len(password) < SHORTEST:
        raise Invalid(T("Kata sandi paling sedikit %(n)s huruf atau angka.", n=SHORTEST), field=field)
    if len(password) > LONGEST:
        raise Invalid(T("Kata sandi paling banyak %(n)s huruf.", n=LONGEST), field=field)
    if len(set(lowered)) < LEAST_DIFFERENT:
        raise Invalid(T("Kata sandi ini berisi huruf yang itu-itu saja. Pakai beberapa kata berbeda."), field=field)
    own = [part for part in (user.username, *user.name.lower().split()) if len(part) >= LEAST_DIFFERENT]
    rest = lowered
    for word in (*own, *WELL_KNOWN):
        rest = rest.replace(word, "")
    if len(rest) < LEAST_DIFFERENT:
        raise Invalid(
            T("Kata sandi ini mudah ditebak. Pakai beberapa kata yang tidak berhubungan dengan nama Anda."), field=field
        )
