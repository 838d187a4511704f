"""Settings that make no sense stop the start."""

import os
import stat
from pathlib import Path

import pytest

from app.launch import _environment, free_port
from config import SettingsError, from_env, overruled_practice


def test_answers_are_kept_as_long_as_some_may_still_arrive() -> None:
    assert from_env({"GAUNG_ANSWER_DAYS": "14"}).answer_days == 14
    with pytest.raises(SettingsError, match="ANSWER_DAYS"):
        from_env({"GAUNG_ANSWER_DAYS": "13"})


@pytest.mark.parametrize(
    "pattern", ["{tahun}/x", "{nomor}/x", "{nomor}/{tahun}/{lain}", "{nomor/{tahun}", "{nomor}{tahun}" + "x" * 90]
)
def test_a_format_that_cannot_number_certificates_is_told_at_the_start(pattern: str) -> None:
    with pytest.raises(SettingsError, match="CERTIFICATE_NUMBER"):
        from_env({"GAUNG_CERTIFICATE_NUMBER": pattern})
    assert from_env({"GAUNG_CERTIFICATE_NUMBER": "{nomor}/{bulan}/{tahun}"}).certificate_number


def test_a_command_beside_make_run_seals_with_its_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secrets.env").write_text("GAUNG_SECRET_KEY=dari-berkas\nGAUNG_PASSWORD_SALT=garam\n", encoding="utf-8")
    monkeypatch.setenv("GAUNG_VAR_DIR", str(tmp_path))
    monkeypatch.delenv("GAUNG_SECRET_KEY", raising=False)
    assert from_env().secret_key == "dari-berkas"
    monkeypatch.setenv("GAUNG_SECRET_KEY", "dari-luar")
    assert (from_env().secret_key, from_env().password_salt) == ("dari-luar", "garam")


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an installation that `make run` started in practice, which runs no more."""
    for name in [*os.environ]:
        if name.startswith("GAUNG_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    monkeypatch.setenv("GAUNG_VAR_DIR", str(tmp_path))
    _environment(5123)
    return tmp_path


def test_a_command_beside_make_run_stays_in_its_practice(started: Path) -> None:
    settings = from_env()
    assert settings.practice
    assert settings.public_url == "http://localhost:5123"
    assert settings.database_url == f"sqlite:///{started / 'gaung.sqlite'}"
    practice = settings.practice_wall_url
    assert practice.startswith("http://127.0.0.1:")
    assert (settings.x_api_url, settings.graph_url) == (practice, practice)
    assert (settings.smtp_host, settings.smtp_tls) == ("127.0.0.1", False)
    assert stat.S_IMODE((started / "practice.env").stat().st_mode) == 0o600
    assert not overruled_practice(settings)


def test_a_second_start_writes_its_own_ports(started: Path) -> None:
    http = free_port()
    (started / "practice-ports").write_text(f"{http} {free_port()}\n")
    _environment(5124)
    assert from_env().public_url == "http://localhost:5124"
    assert from_env().x_api_url == f"http://127.0.0.1:{http}"


def test_an_installation_of_an_older_make_run_stays_in_practice_before_its_next_start(started: Path) -> None:
    (started / "practice.env").unlink()
    settings = from_env()
    assert settings.practice
    assert settings.x_api_url.startswith("http://127.0.0.1:")
    assert settings.smtp_host == "127.0.0.1"


@pytest.mark.parametrize(
    "real",
    [
        {"GAUNG_ENV": "production", "GAUNG_PUBLIC_URL": "https://gaung.example"},
        {"GAUNG_PRACTICE": "0"},
        {"DATABASE_URL": "postgresql+psycopg://gaung@localhost/gaung"},
    ],
    ids=["production", "said so", "another database"],
)
def test_an_installation_that_became_real_takes_nothing_of_practice_with_it(
    started: Path, monkeypatch: pytest.MonkeyPatch, real: dict[str, str]
) -> None:
    for name, value in real.items():
        monkeypatch.setenv(name, value)
    settings = from_env()
    assert not settings.practice
    assert settings.practice_wall_url == settings.smtp_host == ""
    assert settings.x_api_url == "https://api.x.com"
    assert overruled_practice(settings), "a command that asks platforms says so"


def test_tests_take_nothing_of_the_practice_of_their_folder(started: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAUNG_ENV", "test")
    assert not from_env().practice


def test_make_run_for_real_platforms_ends_the_practice_of_its_folder(
    started: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAUNG_PRACTICE", "0")
    _environment(5123)
    monkeypatch.delenv("GAUNG_PRACTICE")
    settings = from_env()
    assert not settings.practice
    assert not overruled_practice(settings)


def test_the_same_database_by_another_spelling_is_the_same_practice(
    started: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(started)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///gaung.sqlite")
    assert from_env().practice


@pytest.mark.parametrize("outside", ["GAUNG_X_API_URL", "GAUNG_GRAPH_URL", "GAUNG_SMTP_HOST"])
def test_practice_with_an_address_outside_of_this_machine_does_not_start(
    started: Path, monkeypatch: pytest.MonkeyPatch, outside: str
) -> None:
    monkeypatch.setenv(outside, "mail.example" if "SMTP" in outside else "https://api.x.com")
    with pytest.raises(SettingsError, match=outside):
        from_env()
    with pytest.raises(SettingsError, match="make run"):
        from_env({"GAUNG_PRACTICE": "1"})
    assert from_env(_environment(5123)).practice, "make run has addresses of its own"
