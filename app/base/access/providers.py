"""The offices elsewhere whose accounts open the door here: what the settings say of each (OpenID Connect, OAuth 2.0).

Each provider is one object of GAUNG_SIGN_IN_PROVIDERS; docs/operations.md explains its fields.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app
from joserfc.jwk import ECKey

from app.kernel.roles import Role
from config import SettingsError

KEY = re.compile(r"[a-z][a-z0-9-]{0,30}")
CLIENT_AUTH = ("client_secret_basic", "client_secret_post", "private_key_jwt")
LINK_BY = ("self", "email", "employee_number")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Provider:
    """`link_by`: how somebody who comes for the first time is recognised; "self" only by linking when signed in.

    Names of claims may lead inwards (`data.pegawai.nip`). `roles`: the provider's word for a role → ours; what it no
    longer says is taken away only where `take_roles_away`. `second_factor`: values of amr or acr that show that the
    provider asked for one.
    """

    key: str
    label: str
    client_id: str
    kind: str = "oidc"  # oidc, oauth2
    issuer: str = ""
    authorize_url: str = ""
    token_url: str = ""
    userinfo_url: str = ""
    scope: str = "openid email profile"
    client_auth: str = "client_secret_basic"
    client_secret: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    link_by: str = "self"
    subject_claim: str = "sub"
    email_claim: str = "email"
    email_trusted: bool = False  # the provider hands out only addresses it has checked, and says so nowhere
    number_claim: str = ""
    role_claim: str = ""
    roles: Mapping[str, Role] = field(default_factory=dict)
    take_roles_away: bool = False
    second_factor: tuple[str, ...] = ()
    ask_acr: str = ""

    @property
    def identity(self) -> str:
        """What subjects are unique within."""
        return self.issuer or self.userinfo_url

    @cached_property
    def signing_key(self) -> ECKey:
        key = ECKey.import_key(self.private_key, {"use": "sig", "alg": "ES256"})
        key.ensure_kid()
        return key


def init_providers(app: Flask, settings: Any) -> None:
    """Raise SettingsError where a provider cannot be used as it is described."""
    found = read_providers(settings.sign_in_providers, secure=settings.env == "production")
    if settings.sign_in_compulsory and (not found or len(set(settings.break_glass)) != 2):
        raise SettingsError(
            "GAUNG_SIGN_IN_COMPULSORY needs a provider in GAUNG_SIGN_IN_PROVIDERS and the user names of two admins in "
            "GAUNG_BREAK_GLASS (separated by a comma), who can sign in when it is down."
        )
    app.extensions["sign_in_providers"] = found


def providers() -> Mapping[str, Provider]:
    found: Mapping[str, Provider] = current_app.extensions["sign_in_providers"]
    return found


def public_keys(found: Sequence[Provider]) -> dict[str, Any]:
    """Return the JWKS that a provider fetches to check what we sign (private_key_jwt)."""
    keys = [provider.signing_key for provider in found if provider.client_auth == "private_key_jwt"]
    unique = {key.kid: key.as_dict(private=False) for key in keys}
    return {"keys": list(unique.values())}


def read_providers(entries: Sequence[Mapping[str, Any]], *, secure: bool) -> dict[str, Provider]:
    """Return the providers of the settings by their key. `secure`: every address must begin with https."""
    found: dict[str, Provider] = {}
    for entry in entries:
        provider = _read(entry)
        if provider.key in found:
            raise SettingsError(f"GAUNG_SIGN_IN_PROVIDERS: {provider.key} stands there twice.")
        _check(provider, secure=secure)
        found[provider.key] = provider
    return found


def _read(entry: Mapping[str, Any]) -> Provider:
    known = {each.name for each in fields(Provider)}
    unknown = sorted(set(entry) - known)
    missing = sorted({"key", "label", "client_id"} - {name for name, value in entry.items() if value})
    if unknown or missing:
        raise SettingsError(f"GAUNG_SIGN_IN_PROVIDERS: unknown fields {unknown}, missing fields {missing}.")
    values = dict(entry)
    try:
        values["roles"] = {str(word): Role(role) for word, role in dict(entry.get("roles", {})).items()}
    except ValueError as error:
        roles = ", ".join(Role)
        raise SettingsError(f"GAUNG_SIGN_IN_PROVIDERS, {entry['key']}: {error}; roles are {roles}.") from error
    values["second_factor"] = tuple(entry.get("second_factor", ()))
    values["issuer"] = str(entry.get("issuer", ""))
    return Provider(**values)


def _check(provider: Provider, *, secure: bool) -> None:
    wrong = next((words for words in _faults(provider, secure=secure)), None)
    if wrong:
        raise SettingsError(f"GAUNG_SIGN_IN_PROVIDERS, {provider.key}: {wrong}")


def _faults(provider: Provider, *, secure: bool) -> Sequence[str]:
    wrong: list[str] = []
    if not KEY.fullmatch(provider.key):
        wrong.append("key is made of small letters, digits and hyphens.")
    if provider.kind not in {"oidc", "oauth2"}:
        wrong.append("kind is oidc or oauth2.")
    if provider.client_auth not in CLIENT_AUTH:
        wrong.append(f"client_auth is one of {', '.join(CLIENT_AUTH)}.")
    if provider.link_by not in LINK_BY:
        wrong.append(f"link_by is one of {', '.join(LINK_BY)}.")
    if provider.link_by == "employee_number" and not provider.number_claim:
        wrong.append("link_by employee_number needs number_claim.")
    needed = ("issuer",) if provider.kind == "oidc" else ("authorize_url", "token_url", "userinfo_url")
    wrong += [f"{name} is missing." for name in needed if not getattr(provider, name)]
    for name in ("issuer", "authorize_url", "token_url", "userinfo_url"):
        address = urlsplit(getattr(provider, name))
        local = not secure and address.hostname in LOOPBACK
        if getattr(provider, name) and not (address.scheme == "https" or (local and address.scheme == "http")):
            wrong.append(f"{name} must begin with https://.")
    return [*wrong, *_key_faults(provider)]


def _key_faults(provider: Provider) -> Sequence[str]:
    if provider.client_auth != "private_key_jwt":
        return [] if provider.client_secret else ["client_secret_from names no variable with a secret in it."]
    try:
        curve = provider.signing_key.curve_name
    except ValueError:
        curve = ""
    return [] if curve == "P-256" else ["private_key_from or private_key_file must give an EC key (P-256, PEM)."]
