"""Dates, numbers and sentences the way the office writes them, for templates (as filters) and for flashes."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import lokal
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask, has_app_context
from flask_babel import gettext as _

from app.base.web.wiring import settings
from app.kernel.site import LOCALE
from app.kernel.text import T, restored

DAY = "EEE, d MMM y"
MINUTE = "HH.mm"


def locale() -> str:
    """Return the language of the installation's pages, in which days, months and numbers are written."""
    return settings().locale if has_app_context() else LOCALE


def zone() -> ZoneInfo:
    """Return the regency's time zone."""
    return ZoneInfo(settings().tz)


def local_day(moment: datetime) -> date:
    """Return the calendar day on which an aware moment falls in the regency."""
    return moment.astimezone(zone()).date()


def local(moment: datetime | None) -> str:
    """Write `Sel, 24 Nov 2026 08.00 WITA` of an aware datetime."""
    if moment is None:
        return _("belum ditentukan")
    return f"{format_datetime(moment, f'{DAY} {MINUTE}', zone(), locale())} {settings().tz_label}"


def local_date(day: date | datetime | None) -> str:
    """Write `Sel, 24 Nov 2026` of a date, or of an aware datetime in the regency's zone."""
    if day is None:
        return _("belum ditentukan")
    if isinstance(day, datetime):
        return format_datetime(day, DAY, zone(), locale())
    return format_date(day, DAY, locale())


def local_time(moment: datetime | None) -> str:
    """Write `08.00 WITA` of an aware datetime."""
    if moment is None:
        return _("belum ditentukan")
    return f"{format_datetime(moment, MINUTE, zone(), locale())} {settings().tz_label}"


def duration(days: int) -> str:
    """Say how long in words: "5 tahun", "3 bulan", "45 hari"."""
    if days % 365 == 0:
        return _("%(n)s tahun", n=days // 365)
    return _("%(n)s bulan", n=days // 30) if days % 30 == 0 else _("%(n)s hari", n=days)


def rupiah(amount: int | float | Decimal | None) -> str:
    """Write `Rp1.500.000`."""
    return _("belum dicatat") if amount is None else lokal.format_rupiah(amount)


def angka(value: int | float | Decimal | None) -> str:
    """Write `1.234,5`; up to three decimals are shown where there are any, and a minus that is one."""
    return _("belum dicatat") if value is None else format_decimal(value, "#,##0.###", locale()).replace("-", "−")


def file_size(size: int) -> str:
    """Say of so many bytes: `1,2 MB`, and below a tenth of that `84 KB`."""
    if size < 100_000:
        return _("%(n)s KB", n=angka(max(1, round(size / 1000))))
    return _("%(n)s MB", n=angka(round(size / 1_000_000, 1)))


LEAST_PARTED = 10_000  # years and other short numbers stay as they are


def _readable(value: object) -> object:
    """A large number of a sentence with its thousands parted: 65.000; a sentence within it in its own words."""
    if isinstance(value, T):
        return sentence(value)
    if isinstance(value, int) and abs(value) >= LEAST_PARTED:
        return angka(value)
    return value


def sentence(text: T | str | None) -> str:
    """Return a sentence of the services in the language of the page."""
    if text is None:
        return ""
    if isinstance(text, T):
        translated = _(text.msgid)
        params = {name: _readable(value) for name, value in text.params.items()}
        return translated % params if params else translated
    return _(text) if text else ""


FILTERS = (local, local_date, local_time, rupiah, angka, file_size, sentence, restored)


def init_formats(app: Flask) -> None:
    for function in FILTERS:
        app.add_template_filter(function)
