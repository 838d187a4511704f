"""Settings that make no sense stop the start."""

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
