"""Settings that make no sense stop the start."""

import pytest

from config import SettingsError, from_env


def test_answers_are_kept_as_long_as_some_may_still_arrive() -> None:
    assert from_env({"GAUNG_ANSWER_DAYS": "14"}).answer_days == 14
    with pytest.raises(SettingsError, match="ANSWER_DAYS"):
        from_env({"GAUNG_ANSWER_DAYS": "13"})
