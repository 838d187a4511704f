"""Settings that make no sense stop the start."""

from pathlib import Path

import pytest

from config import SettingsError, from_env


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
