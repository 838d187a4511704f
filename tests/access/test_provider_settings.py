"""What the settings may say of a provider, and that a secret never stands in them or in an error."""

import json
from pathlib import Path

import pytest
from flask import Flask

from app.base.access.providers import init_providers, read_providers
from app.kernel.roles import Role
from config import SettingsError, from_env

GOOD = {
    "key": "inapas",
    "label": "INApas",
    "issuer": "https://inapas.example",
    "client_id": "gaung",
    "client_secret_from": "GAUNG_INAPAS_SECRET",
    "roles": {"editor-kominfo": "editor"},
}
ENV = {"GAUNG_ENV": "test", "GAUNG_INAPAS_SECRET": "very-secret"}


def read(entry: dict[str, object], **env: str) -> object:
    settings = from_env({**ENV, "GAUNG_SIGN_IN_PROVIDERS": json.dumps([entry]), **env})
    return read_providers(settings.sign_in_providers, secure=True)["inapas"]


def test_a_provider_is_read_and_its_secret_taken_from_the_environment() -> None:
    provider = read(GOOD)
    assert provider.client_secret == "very-secret"  # type: ignore[attr-defined]
    assert provider.roles == {"editor-kominfo": Role.EDITOR}  # type: ignore[attr-defined]
    assert "very-secret" not in repr(provider)


def test_a_file_of_toml_or_json_will_do(tmp_path: Path) -> None:
    toml = tmp_path / "masuk.toml"
    toml.write_text('[[provider]]\nkey = "a"\nlabel = "A"\n[[provider]]\nkey = "b"\nlabel = "B"\n')
    settings = from_env({**ENV, "GAUNG_SIGN_IN_PROVIDERS": str(toml)})
    assert [entry["key"] for entry in settings.sign_in_providers] == ["a", "b"]
    (tmp_path / "masuk.json").write_text(json.dumps([GOOD]))
    settings = from_env({**ENV, "GAUNG_SIGN_IN_PROVIDERS": str(tmp_path / "masuk.json")})
    assert settings.sign_in_providers[0]["client_secret"] == "very-secret"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"key": "INA pas"}, "small letters"),
        ({"client_id": ""}, "missing fields"),
        ({"isuer": "x"}, "unknown fields"),
        ({"kind": "saml"}, "oidc or oauth2"),
        ({"issuer": "http://inapas.example"}, "must begin with https"),
        ({"issuer": "http://127.0.0.1:1"}, "must begin with https"),
        ({"issuer": ""}, "issuer is missing"),
        ({"kind": "oauth2"}, "authorize_url is missing"),
        ({"client_auth": "none"}, "client_auth is one of"),
        ({"client_auth": "private_key_jwt"}, "must give an EC key"),
        ({"client_secret_from": "GAUNG_NOT_SET"}, "names no variable"),
        ({"link_by": "name"}, "link_by is one of"),
        ({"link_by": "employee_number"}, "needs number_claim"),
        ({"roles": {"bos": "boss"}}, "roles are viewer"),
        ({"client_secret": "very-secret"}, "variables of their own"),
    ],
)
def test_what_cannot_be_used_is_told_before_anybody_presses_a_button(change: dict[str, object], words: str) -> None:
    with pytest.raises(SettingsError, match=words) as told:
        read({**GOOD, **change})
    assert "very-secret" not in str(told.value)


def test_what_is_no_list_is_told_without_repeating_it() -> None:
    with pytest.raises(SettingsError, match="cannot be read") as told:
        from_env({**ENV, "GAUNG_SIGN_IN_PROVIDERS": '[{"client_secret": "very-secret"'})
    assert "very-secret" not in str(told.value)


@pytest.mark.parametrize("glass", ["", "satu", "satu,satu", "satu,dua,tiga"])
def test_compulsory_needs_two_who_can_come_in_when_it_is_down(glass: str) -> None:

    env = {**ENV, "GAUNG_SIGN_IN_COMPULSORY": "ya", "GAUNG_BREAK_GLASS": glass}
    settings = from_env({**env, "GAUNG_SIGN_IN_PROVIDERS": json.dumps([GOOD])})
    with pytest.raises(SettingsError, match="two admins"):
        init_providers(Flask("x"), settings)
