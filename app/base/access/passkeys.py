"""Passkeys (WebAuthn Level 2) by py_webauthn: a key kept by the phone, opened by finger, face or PIN.

They are bound to the address of the site as the settings have it, never to what a request says of itself. A challenge
travels in a signed, dated value; one that was answered, and any older one, is not taken again.
"""

import ipaddress
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, generate_challenge
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.base.access.factor_models import Passkey
from app.base.people.models import User
from app.kernel.errors import Invalid, Refused
from app.kernel.text import T

CHALLENGE_LIFE = timedelta(hours=1)
MOST = 10  # a person
CREDENTIAL_ID = re.compile(r"[A-Za-z0-9_-]{1,1400}")  # base64url
LARGEST = 20_000  # signs of an answer
VERIFIED = UserVerificationRequirement.REQUIRED


@dataclass(frozen=True)
class Party:
    """Who asks: the domain that keys are bound to, the address of the pages, and the name that the phone shows."""

    rp_id: str
    origin: str
    name: str

    @classmethod
    def of(cls, public_url: str, name: str) -> "Party | None":
        """Make the party of a site; None where it has no domain: browsers keep no key for a number. This machine is
        called localhost."""
        parts = urlsplit(public_url)
        host = parts.hostname or ""
        try:
            number = ipaddress.ip_address(host)
        except ValueError:
            number = None
        if number is not None and not number.is_loopback:
            return None
        if number is not None:
            host = "localhost"
        port = f":{parts.port}" if parts.port else ""
        return cls(host, f"{parts.scheme}://{host}{port}", name)


@dataclass(frozen=True)
class Ceremony:
    """What the browser is asked (`options`, JSON), and the signed value that comes back with its answer (`state`)."""

    options: str
    state: str


@dataclass(frozen=True)
class Challenges:
    """Signs challenges with the installation's key, for one purpose and person each."""

    secret_key: str

    def _serializer(self) -> URLSafeSerializer:
        return URLSafeSerializer(self.secret_key, salt="passkey")

    def give(self, purpose: str, challenge: bytes, now: datetime) -> str:
        value = {"for": purpose, "challenge": bytes_to_base64url(challenge), "at": now.timestamp()}
        return str(self._serializer().dumps(value))

    def take(self, state: str, purpose: str, now: datetime) -> tuple[bytes, float]:
        """Return the challenge and when it was given out. Raises Invalid where it is over or for something else."""
        try:
            value = self._serializer().loads(state)
        except BadData:
            value = {}
        if value.get("for") != purpose or now.timestamp() - value["at"] > CHALLENGE_LIFE.total_seconds():
            raise Invalid(T("Halaman ini terlalu lama terbuka. Tekan tombolnya sekali lagi."))
        return base64url_to_bytes(value["challenge"]), value["at"]


def passkeys_of(session: Session, user_id: int) -> list[Passkey]:
    return list(session.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)))


def _described(keys: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential_id)) for key in keys]


def ask_to_make(
    party: Party, challenges: Challenges, user: User, handle: str, keys: list[Passkey], *, now: datetime
) -> Ceremony:
    """Ask a phone or computer for a new key; one that holds one of `keys` makes no second."""
    challenge = generate_challenge()
    options = generate_registration_options(
        rp_id=party.rp_id,
        rp_name=party.name,
        user_id=handle.encode(),
        user_name=user.username,
        user_display_name=user.name,
        challenge=challenge,
        exclude_credentials=_described(keys),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
        ),
    )
    return Ceremony(options_to_json(options), challenges.give(f"make:{user.id}", challenge, now))


def keep(
    session: Session, party: Party, challenges: Challenges, user: User, *, answer: str, state: str, label: str,
    now: datetime,
) -> Passkey:  # fmt: skip
    """Store the key that a phone made. Raises Invalid for an answer that is not to our question on our site."""
    challenge, _at = challenges.take(state, f"make:{user.id}", now)
    if len(passkeys_of(session, user.id)) >= MOST:
        raise Refused(T("Sudah ada %(n)s HP atau komputer. Hapus yang tidak dipakai lagi.", n=MOST))
    try:
        made = verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=party.rp_id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except Exception as error:  # bytes from outside, read by code of others: whatever it says, it is no answer
        raise Invalid(NOT_OURS) from error
    credential_id = bytes_to_base64url(made.credential_id)
    if session.scalar(select(Passkey.id).where(Passkey.credential_id == credential_id)) is not None:
        raise Invalid(T("HP atau komputer ini sudah terdaftar."))
    key = Passkey(
        user_id=user.id,
        credential_id=credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        label=" ".join(label.split())[:60] or str(T("HP atau komputer")),
        created_at=now,
    )
    session.add(key)
    session.flush()
    return key


def ask_for(
    party: Party, challenges: Challenges, purpose: str, keys: list[Passkey] | None = None, *, now: datetime
) -> Ceremony:
    """Ask for one of these keys; without keys for any that the phone holds for this site, and that names the person."""
    challenge = generate_challenge()
    options = generate_authentication_options(
        rp_id=party.rp_id, challenge=challenge, allow_credentials=_described(keys or []), user_verification=VERIFIED
    )
    return Ceremony(options_to_json(options), challenges.give(purpose, challenge, now))


def check(
    session: Session, party: Party, challenges: Challenges, purpose: str, *, answer: str, state: str, now: datetime,
    user_id: int | None = None,
) -> Passkey:  # fmt: skip
    """Return the key that answered. Raises Invalid where it is none of ours, of another site, or was used before.

    `user_id`: only a key of this person.
    """
    challenge, given_at = challenges.take(state, purpose, now)
    credential = _read(answer)
    query = select(Passkey).where(Passkey.credential_id == str(credential.get("id"))).with_for_update()
    key = session.scalar(query.execution_options(populate_existing=True))
    if key is None or (user_id is not None and key.user_id != user_id):
        raise Invalid(UNKNOWN)
    if key.challenge_at is not None and given_at <= key.challenge_at.timestamp():
        raise Invalid(T("Jawaban ini sudah pernah dipakai. Tekan tombolnya sekali lagi."))
    try:
        right = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.rp_id,
            expected_origin=party.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except Exception as error:  # bytes from outside, read by code of others: whatever it says, it is no answer
        raise Invalid(NOT_OURS) from error
    key.sign_count, key.used_at = right.new_sign_count, now
    key.challenge_at = datetime.fromtimestamp(given_at, now.tzinfo)
    session.flush()
    return key


NOT_OURS = T("Jawaban dari HP atau komputer ini bukan untuk situs ini. Tidak ada yang berubah. Coba sekali lagi.")
UNKNOWN = T(
    "Sidik jari atau PIN dari perangkat ini belum terdaftar di sini. Masuk dengan nama dan kata sandi, lalu daftarkan "
    "di halaman Akun."
)


def _read(answer: str) -> dict[str, object]:
    """Raises Invalid for what is no JSON object of a sensible size."""
    try:
        found = json.loads(answer) if len(answer) <= LARGEST else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not CREDENTIAL_ID.fullmatch(str(found.get("id"))):
        raise Invalid(NOT_OURS)
    return found
