from datetime import UTC, datetime

import pytest

from app.outreach.posts.etiquette import next_slot, off_hours
from config import Settings

SETTINGS = Settings(env="test")


@pytest.mark.parametrize(
    ("local", "reason"),
    [
        ("2026-11-24 08:00", None),
        ("2026-11-24 16:00", None),
        ("2026-11-24 07:59", "jam pengiriman 08.00–16.00"),
        ("2026-11-24 16:01", "jam pengiriman"),
        ("2026-11-27 11:45", "salat Jumat 11.45–13.15"),
        ("2026-11-27 13:15", None),
        ("2026-11-26 12:00", None),  # a Thursday
        ("2026-12-25 09:00", "libur Kelahiran Yesus Kristus"),
        ("2029-12-25 09:00", None),  # no decree for that year yet: nobody can know
    ],
)
def test_times_are_judged_in_local_time(local: str, reason: str | None) -> None:
    at = datetime.fromisoformat(f"{local}+08:00").astimezone(UTC)
    found = off_hours(at, SETTINGS)
    assert (found is None) if reason is None else (reason in str(found))


def test_ramadan_has_its_pause() -> None:
    settings = Settings(env="test", sending_hours=("08:00", "21:00"))
    at = datetime.fromisoformat("2027-02-15T18:00+08:00")
    assert "berbuka" in str(off_hours(at, settings))
    assert off_hours(at.replace(month=4), settings) is None


def test_next_slot_goes_to_the_next_morning_and_past_a_holiday() -> None:
    evening = datetime.fromisoformat("2026-12-24T17:00+08:00")
    slot = next_slot(evening, SETTINGS)
    assert off_hours(slot, SETTINGS) is None
    assert slot.isoformat() == "2026-12-26T08:00:00+08:00"
