"""The period that a page is about: how an address asks for it, and how it is said."""

from datetime import date

from babel.dates import format_date
from flask import request
from flask_babel import gettext as _

from app.kernel.periods import Period, choices
from app.web.formats import LOCALE


def period_asked(today: date) -> Period:
    """As `?periode=` names it; else the twelve months that end today."""
    return Period.read(request.args.get("periode")) or Period.twelve_months(today)


def period_words(period: Period, today: date) -> str:
    """`12 bulan terakhir`, `tahun 2026`, `triwulan 4 2026`, `November 2026`, as it stands within a sentence."""
    year = period.first.year
    if period == Period.twelve_months(today):
        return _("12 bulan terakhir")
    match period.kind:
        case "year":
            return _("tahun %(year)s", year=year)
        case "month":
            return format_date(period.first, "MMMM y", LOCALE)
        case "quarter":
            return _("triwulan %(n)s %(year)s", n=period.last.month // 3, year=year)
    first, last = (format_date(day, "d MMM y", LOCALE) for day in (period.first, period.last))
    return _("%(first)s sampai %(last)s", first=first, last=last)


def period_choices(today: date, chosen: Period) -> list[tuple[str, str]]:
    """For a select: (name, words), the chosen one among them."""
    offered = list(dict.fromkeys([Period.twelve_months(today), *choices(today), chosen]))
    return [(str(one), _capital(period_words(one, today))) for one in offered]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
