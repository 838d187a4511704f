"""The names by which a person can sign in, brought to the one spelling that is stored."""

import re

import lokal

from app.kernel.errors import Invalid
from app.kernel.text import T

USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,59}")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


def phone_of(text: str) -> str | None:
    """Return the E.164 (`+6281234567890`) of a phone number in any common spelling, else None."""
    return lokal.parse_phone(text).e164


def email_of(text: str) -> str | None:
    text = text.strip().lower()
    return text if EMAIL.fullmatch(text) and len(text) <= 254 else None


def username_of(text: str) -> str | None:
    text = text.strip().lower()
    return text if USERNAME.fullmatch(text) else None


def read_username(text: str) -> str:
    """Raise Invalid where the text is no user name. It begins with a letter, so that it is never a phone number."""
    found = username_of(text)
    if found is None:
        raise Invalid(
            T("Nama pengguna diawali huruf dan berisi 3–60 huruf, angka, titik, atau tanda hubung, tanpa spasi."),
            field="username",
        )
    return found


def read_phone(text: str | None, *, field: str = "phone") -> str | None:
    if not text or not text.strip():
        return None
    found = phone_of(text)
    if found is None:
        raise Invalid(T("Nomor telepon ini tidak lengkap. Contoh: 0812-3456-7890"), field=field)
    return found


def read_email(text: str | None, *, field: str = "email") -> str | None:
    if not text or not text.strip():
        return None
    found = email_of(text)
    if found is None:
        raise Invalid(T("Alamat surel ini tidak lengkap. Contoh: nama@kukarkab.go.id"), field=field)
    return found


def shown_phone(phone: str | None) -> str:
    """Return a phone number as people write it: 0812-3456-7890."""
    return (lokal.parse_phone(phone).national or phone) if phone else ""


def masked_phone(phone: str | None) -> str:
    """Return `0812-••••-7890`: enough to know whom, too little to take away by looking over a shoulder."""
    if not phone:
        return ""
    shown = shown_phone(phone)
    return f"{shown[:4]}-••••-{shown[-4:]}" if len(shown) > 8 else "••••"
