import pytest
from cryptography.fernet import Fernet

from app.kernel.vault import Vault, VaultClosed

OLD, NEW, FOREIGN = (Fernet.generate_key().decode() for _ in range(3))
SECRETS = {"token": "sangat-rahasia", "n": 1}


def test_what_was_sealed_opens_again_and_cannot_be_read_before() -> None:
    token = Vault((OLD,)).seal(SECRETS)
    assert "rahasia" not in token
    assert Vault((OLD,)).open(token) == SECRETS
    assert token != Vault((OLD,)).seal(SECRETS)


def test_keys_are_rotated_by_putting_a_new_one_in_front() -> None:
    token = Vault((OLD,)).seal(SECRETS)
    both = Vault((NEW, OLD))
    assert both.open(token) == SECRETS
    rotated = both.rotate(token)
    assert Vault((NEW,)).open(rotated) == SECRETS
    with pytest.raises(VaultClosed, match="mengembalikan kunci lama"):
        Vault((NEW,)).open(token)


@pytest.mark.parametrize("token", ["", "x", "gAAAAA", "é"])
def test_what_is_no_token_does_not_open(token: str) -> None:
    with pytest.raises(VaultClosed):
        Vault((OLD,)).open(token)


def test_a_changed_token_does_not_open() -> None:
    token = Vault((OLD,)).seal(SECRETS)
    with pytest.raises(VaultClosed):
        Vault((OLD,)).open(token[:-5] + "AAAA=")
    with pytest.raises(VaultClosed):
        Vault((FOREIGN,)).rotate(token)


def test_without_a_key_the_vault_says_so_only_when_used_and_the_log_names_the_setting(
    caplog: pytest.LogCaptureFixture,
) -> None:
    vault = Vault(())
    assert caplog.text == ""
    with pytest.raises(VaultClosed, match="kunci brankas aplikasi belum diisi"):
        vault.seal(SECRETS)
    assert "GAUNG_CREDENTIAL_KEYS is not set" in caplog.text


def test_a_misshapen_key_is_told_without_showing_it() -> None:
    with pytest.raises(VaultClosed, match="salah bentuk") as raised:
        Vault(("bukan-kunci",)).seal(SECRETS)
    assert "bukan-kunci" not in str(raised.value)
