"""Talking to a provider: its addresses and keys, the way there, and what it says of who came back.

Every request is bounded in time and size and follows no redirects. What is wrong is raised as a `ProviderFault`,
whose `kind` the pages put into words; nothing secret is in it.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError, MissingClaimError
from joserfc.jwk import KeySet
from requests.adapters import HTTPAdapter

from app.base.access.providers import Provider

log = logging.getLogger(__name__)

CONNECT, READ, WHOLE = 3, 5, 8  # seconds; WHOLE is for a server that sends a byte now and then
LARGEST = 256 * 1024  # bytes of an answer
KNOWN_FOR = timedelta(hours=1)  # addresses and keys
KEYS_AGAIN = timedelta(seconds=10)  # a token may name a new key; not more often, or anybody could make us ask
JUST_NOW = timedelta(minutes=15)
SKEW = 120  # seconds that the two clocks may differ
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "Ed25519"]
"""No HS…, which anybody who knows the client's secret could sign, and never none."""
BROKEN = (requests.RequestException, ValueError, RecursionError)  # the last: JSON of a hundred thousand brackets


class ProviderFault(Exception):
    """`kind` is a key of provider_words.WORDS; `detail` is for the log and has no token in it."""

    def __init__(self, kind: str, detail: object = "") -> None:
        super().__init__(kind)
        self.kind, self.detail = kind, str(detail)[:200]


@dataclass(frozen=True)
class ProviderAccount:
    """Who came back: `claims` of the ID token and the userinfo together."""

    subject: str
    claims: Mapping[str, Any]

    def claim(self, path: str) -> Any:
        """Return the value under a name that may lead inwards (`data.pegawai.nip`); None where there is none."""
        found: Any = self.claims
        for name in path.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
        return found


@dataclass
class _Known:
    metadata: Mapping[str, Any]
    keys: KeySet | None
    at: datetime
    keys_at: datetime


class ProviderClient:
    """One for all requests of a process; remembers addresses and keys for an hour."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    def address(self, provider: Provider, *, back: str, state: str, nonce: str, verifier: str, now: datetime) -> str:
        """Return where the browser goes; `back` is where it returns to."""
        start = self._endpoint(provider, "authorize_url", "authorization_endpoint", now)
        more: dict[str, str] = {"nonce": nonce} if provider.kind == "oidc" else {}
        if provider.ask_acr:
            more["acr_values"] = provider.ask_acr
        with _session(provider, back) as session:
            found, _state = session.create_authorization_url(start, state=state, code_verifier=verifier, **more)
        return str(found)

    def exchange_code(
        self, provider: Provider, args: Mapping[str, str], *, back: str, nonce: str, verifier: str, now: datetime
    ) -> ProviderAccount:
        """Exchange the code of the address for who it is. Raises ProviderFault."""
        self._check_return(provider, args, now)
        token_url = self._endpoint(provider, "token_url", "token_endpoint", now)
        with _session(provider, back, token_url) as session:
            tokens = _tokens(session, token_url, code=args["code"], verifier=verifier)
            claims: dict[str, Any] = {}
            if provider.kind == "oidc":
                claims = self._id_token(provider, tokens, nonce=nonce, now=now)
            claims = self._with_userinfo(provider, session, claims, now)
        subject = ProviderAccount("", claims).claim(provider.subject_claim)
        if not isinstance(subject, str | int) or isinstance(subject, bool) or not str(subject).strip():
            raise ProviderFault("no_subject", provider.subject_claim)
        if len(str(subject)) > 255:
            raise ProviderFault("unreadable", "subject too long")
        return ProviderAccount(str(subject), claims)

    def _check_return(self, provider: Provider, args: Mapping[str, str], now: datetime) -> None:
        """RFC 9207: an answer of another provider must not pass for this one's."""
        if provider.kind == "oidc":
            promised = self._metadata(provider, now).metadata.get("authorization_response_iss_parameter_supported")
            if (promised or "iss" in args) and args.get("iss") != provider.issuer:
                raise ProviderFault("other_issuer", "iss of the return")
        if "error" in args:
            raise ProviderFault("denied" if args["error"] == "access_denied" else "refused", args["error"])
        if not args.get("code"):
            raise ProviderFault("refused", "no code")

    def _endpoint(self, provider: Provider, own: str, name: str, now: datetime) -> str:
        given = getattr(provider, own)
        if given or provider.kind != "oidc":
            return str(given)
        found = self._metadata(provider, now).metadata.get(name)
        if not isinstance(found, str):
            raise ProviderFault("unreadable", f"{name} missing")
        return found

    def _metadata(self, provider: Provider, now: datetime) -> _Known:
        known = self._known.get(provider.key)
        if known is None or now - known.at > KNOWN_FOR:
            with _session(provider) as session:
                metadata = _json(session, provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
            if metadata.get("issuer") != provider.issuer:
                raise ProviderFault("other_issuer", "issuer of the discovery")
            known = self._known[provider.key] = _Known(metadata, None, now, now)
        return known

    def _keys(self, provider: Provider, now: datetime, *, again: bool = False) -> KeySet:
        known = self._metadata(provider, now)
        if known.keys is None or (again and now - known.keys_at >= KEYS_AGAIN):
            address = known.metadata.get("jwks_uri")
            if not isinstance(address, str):
                raise ProviderFault("unreadable", "jwks_uri missing")
            with _session(provider) as session:
                found = _json(session, address)
            try:
                known.keys, known.keys_at = KeySet.import_key_set({"keys": found.get("keys", [])}), now
            except (JoseError, ValueError, TypeError, AttributeError, KeyError) as error:
                raise ProviderFault("unreadable", type(error).__name__) from error
        return known.keys

    def _id_token(self, provider: Provider, tokens: Mapping[str, Any], *, nonce: str, now: datetime) -> dict[str, Any]:
        raw = tokens.get("id_token")
        if not isinstance(raw, str):
            raise ProviderFault("unreadable", "no ID token")
        try:
            decoded = jwt.decode(raw, self._keys(provider, now), algorithms=ALGORITHMS)
        except (JoseError, ValueError, TypeError) as first:
            keys = self._keys(provider, now, again=True)  # the provider may have changed its keys
            try:
                decoded = jwt.decode(raw, keys, algorithms=ALGORITHMS)
            except (JoseError, ValueError, TypeError) as error:
                raise ProviderFault("bad_signature", type(first).__name__) from error
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            options={
                "iss": {"essential": True, "value": provider.issuer},
                "aud": {"essential": True, "value": provider.client_id},
            },
            params={
                "nonce": nonce,
                "client_id": provider.client_id,
                "access_token": tokens.get("access_token"),
            },
        )
        _check_claims(claims, now)
        return dict(claims)

    def _with_userinfo(
        self, provider: Provider, session: OAuth2Session, claims: dict[str, Any], now: datetime
    ) -> dict[str, Any]:
        """OAuth 2.0 has nothing else; OpenID Connect is asked where the ID token lacks what we look for."""
        wanted = [provider.email_claim if provider.link_by == "email" else "", provider.number_claim]
        missing = any(
            path and ProviderAccount("", claims).claim(path) is None for path in (*wanted, provider.role_claim)
        )
        if provider.kind == "oidc" and not missing:
            return claims
        address = provider.userinfo_url or (
            self._metadata(provider, now).metadata.get("userinfo_endpoint") if provider.kind == "oidc" else ""
        )
        if not address:
            return claims
        told = _json(session, str(address), signed_in=True)
        if provider.kind == "oidc" and told.get("sub") != claims.get("sub"):
            raise ProviderFault("unreadable", "userinfo of somebody else")
        return {**told, **claims}


def proves_second_factor(provider: Provider, account: ProviderAccount, now: datetime) -> bool:
    """Tell whether the provider has just asked for a second factor: by a value of amr or acr that the settings name,
    and where it tells when the person signed in there, within the last quarter of an hour."""
    said = account.claim("amr")
    words = {str(word) for word in (*(said if isinstance(said, list) else []), account.claim("acr"))}
    when = account.claim("auth_time")
    fresh = when is None or (isinstance(when, int | float) and now.timestamp() - when <= JUST_NOW.total_seconds())
    return fresh and not words.isdisjoint(provider.second_factor)


def _check_claims(claims: CodeIDToken, now: datetime) -> None:
    kinds = {"iss": "other_issuer", "aud": "other_audience", "azp": "other_audience", "nonce": "nonce"}
    kinds |= {"iat": "clocks", "nbf": "clocks"}
    try:
        claims.validate(now=int(now.timestamp()), leeway=SKEW)
    except ExpiredTokenError as error:
        raise ProviderFault("expired") from error
    except InvalidClaimError as error:
        raise ProviderFault(kinds.get(error.claim, "unreadable"), error.claim) from error
    except MissingClaimError as error:
        raise ProviderFault("nonce" if error.claim == "nonce" else "unreadable", error.claim) from error
    except (JoseError, ValueError, TypeError) as error:
        raise ProviderFault("unreadable", type(error).__name__) from error


class _Bounded(HTTPAdapter):
    """Bounds every answer in time and size: the worker thread that asks is one of few."""

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        ends = time.monotonic() + WHOLE
        options.update(timeout=(CONNECT, READ), stream=True)
        answer = super().send(request, **options)
        body = b""
        for part in answer.iter_content(8192):
            body += part
            if len(body) > LARGEST or time.monotonic() > ends:
                answer.close()
                raise requests.ConnectionError("the answer is too long or takes too long")
        answer._content = body
        return answer


def _session(provider: Provider, back: str | None = None, token_url: str | None = None) -> OAuth2Session:
    signed = provider.client_auth == "private_key_jwt"
    session = OAuth2Session(
        provider.client_id,
        provider.signing_key if signed else provider.client_secret,
        token_endpoint_auth_method=provider.client_auth,
        scope=provider.scope,
        redirect_uri=back,
        code_challenge_method="S256",
    )
    if signed:
        header = {"kid": provider.signing_key.kid}
        session.register_client_auth_method(PrivateKeyJWT(token_url, headers=header, alg="ES256"))
    session.max_redirects = 0
    session.headers["Accept"] = "application/json"
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Bounded())
    return session


def _tokens(session: OAuth2Session, address: str, *, code: str, verifier: str) -> Mapping[str, Any]:
    try:
        found = session.fetch_token(
            address, code=code, code_verifier=verifier, grant_type="authorization_code", allow_redirects=False
        )
    except OAuthError as error:
        raise ProviderFault("code_used" if error.error == "invalid_grant" else "refused", error.error) from error
    except BROKEN as error:
        raise ProviderFault("down", type(error).__name__) from error
    if not isinstance(found, Mapping) or not isinstance(found.get("access_token"), str):
        raise ProviderFault("unreadable", "no access token")
    return found


def _json(session: OAuth2Session, address: str, *, signed_in: bool = False) -> dict[str, Any]:
    try:
        answer = session.get(address, withhold_token=not signed_in, allow_redirects=False)
        if answer.status_code != 200:
            raise ProviderFault("down", f"HTTP {answer.status_code}")
        found = answer.json()
    except (*BROKEN, OAuthError) as error:
        raise ProviderFault("down", type(error).__name__) from error
    if not isinstance(found, dict):
        raise ProviderFault("unreadable", "no object")
    return found
