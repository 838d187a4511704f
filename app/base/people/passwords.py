"""Passwords: how they are made for paper, what is asked of a new one, and how they are stored.

Stored by Flask-Security as argon2id over an HMAC with the installation's salt, so that a stolen database alone
cannot be guessed at. Hashing needs an application context.
"""

import secrets
from functools import cache

from flask import current_app
from flask_security.utils import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.base.people.guessable import WORDS, measure_password, names_in
from app.base.people.models import Organisation, User
from app.base.web.wiring import settings
from app.kernel.errors import Invalid
from app.kernel.text import T

SHORTEST, LONGEST = 12, 128
LEAST_DIFFERENT = 5  # signs
LEAST_WORDS = 3  # beside names and digits
LEAST_GUESSES = 1e9  # by zxcvbn, which gives any three words 1e8: three that everybody uses are too few
SLIP_WORDS = 4
WELL_KNOWN = (
    "gaung", "kukar", "kutai", "kartanegara", "kukarkab", "diskominfo", "kominfo", "bupati", "pemda", "pemkab",
    "smart city", "kata sandi", "sandi", "rahasia", "admin", "password", "indonesia",
)  # fmt: skip


@cache
def slip_words() -> tuple[str, ...]:
    """Return 1,598 short, plain Indonesian words, no two of which differ by one letter only."""
    return tuple((WORDS / "slip.txt").read_text(encoding="utf-8").split())


def one_time_password() -> str:
    """Make a password of four words at random, 42 bits: `payung kelapa menara sabar`."""
    return " ".join(secrets.SystemRandom().sample(slip_words(), SLIP_WORDS))


def suggest_password(session: Session, user: User) -> str:
    """Make a password of four words that the check of new passwords lets through."""
    names = guessable_names(session, user)
    while True:
        words = one_time_password()
        if _fault(words, names) is None:
            return words


def normalise_password(password: str) -> str:
    """Return the same password, however the keyboard composed its letters."""
    return str(current_app.extensions["security"].password_util.normalize(password))


def hashed_password(password: str) -> str:
    return str(hash_password(normalise_password(password)))


def guessable_names(session: Session, user: User) -> list[str]:
    """Return what anybody who knows the person and the office would try first. Three queries."""
    here = select(Organisation.name, Organisation.short_name).where(
        Organisation.is_office | Organisation.id.in_([user.organisation_id, user.organisation.parent_id or 0])
    )
    wired = settings()
    places = names_in((*session.scalars(select(District.name)), *session.scalars(select(Village.name))))
    own = names_in(
        (
            *(user.username, user.name, (user.email or "").partition("@")[0], user.title),
            *WELL_KNOWN,
            *(wired.app_title, wired.office_name, wired.kim_label),
            *(name for row in session.execute(here) for name in row),
        )
    )
    # a village is called Sungai …, which is a word like any other and may stand on a slip
    return [*own, *(name for name in places if name not in slip_words())]


def check_new(session: Session, password: str, user: User, *, field: str = "new_password") -> None:
    """Raise Invalid, with the reason, where a new password is too short or easy to guess."""
    fault = _length_fault(password) or _fault(password, guessable_names(session, user))
    if fault is not None:
        raise Invalid(fault, field=field)


def _length_fault(password: str) -> T | None:
    if len(password) < SHORTEST:
        return T("Kata sandi paling sedikit %(n)s huruf atau angka.", n=SHORTEST)
    if len(password) > LONGEST:
        return T("Kata sandi paling banyak %(n)s huruf.", n=LONGEST)
    if len(set(password.lower())) < LEAST_DIFFERENT:
        return T("Kata sandi ini berisi huruf yang itu-itu saja. Pakai empat kata yang berbeda.")
    return None


def _fault(password: str, names: list[str]) -> T | None:
    found = measure_password(password, names)
    if found.leaked:
        return T(
            "Kata sandi ini termasuk yang paling sering dipakai orang, jadi paling dulu dicoba oleh orang yang ingin "
            "masuk. Pakai empat kata yang tidak berhubungan."
        )
    if found.words == 0:
        return T(
            "Kata sandi ini hanya berisi nama orang, kantor, atau tempat di sini, dengan angka. Itu mudah ditebak. "
            "Pakai empat kata yang tidak berhubungan."
        )
    if found.words < LEAST_WORDS:
        return T(
            "Kata sandi ini hanya satu atau dua kata yang dikenal orang. Menambah angka atau nama tempat tidak "
            "membuatnya sulit ditebak. Pakai empat kata yang tidak berhubungan."
        )
    if found.guesses < LEAST_GUESSES:
        return T("Kata sandi ini mudah ditebak, misalnya ungkapan yang dikenal orang. Tambahkan satu atau dua kata.")
    return None
