"""When the office sends: local hours, the Friday prayer, the breaking of the fast, public holidays."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import lokal

from app.kernel.text import T

FRIDAY = 4
QUARTER = timedelta(minutes=15)
LOOK_AHEAD_DAYS = 14


def off_hours(at: datetime, settings: Any) -> T | None:
    """Return why this aware time is outside the sending etiquette of `settings` (config.Settings), or None."""
    local = at.astimezone(ZoneInfo(settings.tz))
    clock = local.strftime("%H:%M")
    start, end = settings.sending_hours
    if not start <= clock <= end:
        return T("di luar jam pengiriman %(start)s–%(end)s", start=_dots(start), end=_dots(end))
    if local.weekday() == FRIDAY and _inside(clock, settings.friday_pause):
        return T("waktu salat Jumat %(start)s–%(end)s", **_span(settings.friday_pause))
    if _in_ramadan(local.date(), settings) and _inside(clock, settings.ramadan_pause):
        return T("waktu berbuka puasa %(start)s–%(end)s", **_span(settings.ramadan_pause))
    name = _holiday(local.date())
    return T("hari libur %(name)s", name=name) if name else None


def next_slot(now: datetime, settings: Any) -> datetime:
    """Return the next full quarter of an hour within the etiquette, at least a quarter from now."""
    zone = ZoneInfo(settings.tz)
    local = now.astimezone(zone) + QUARTER
    local = local.replace(minute=local.minute // 15 * 15, second=0, microsecond=0) + QUARTER
    last = local + timedelta(days=LOOK_AHEAD_DAYS)
    while off_hours(local, settings) and local < last:
        local += QUARTER
        if local.strftime("%H:%M") > settings.sending_hours[1]:
            tomorrow = local.date() + timedelta(days=1)
            local = datetime.combine(tomorrow, time.fromisoformat(settings.sending_hours[0]), zone)
    return local


def _inside(clock: str, pause: tuple[str, str]) -> bool:
    return pause[0] <= clock < pause[1]


def _span(pause: tuple[str, str]) -> dict[str, str]:
    return {"start": _dots(pause[0]), "end": _dots(pause[1])}


def _dots(clock: str) -> str:
    return clock.replace(":", ".")


def _in_ramadan(day: date, settings: Any) -> bool:
    return any(start <= day.isoformat() <= end for start, end in settings.ramadan)


def _holiday(day: date) -> str | None:
    """The public holiday of that day. Years without a published decree have none that anybody could know."""
    try:
        found = lokal.holidays_on(day)
    except ValueError:
        return None
    return found[0].name if found else None
