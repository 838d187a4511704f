"""The period that a page is about: how an address asks for it, and how it is said."""

from datetime import date

from babel.dates import format_date
from flask import request
from flask_babel import gettext as _

from app.kernel.periods import Period, choices
from app.web.formats import LOCALE


def period_asked(today: date) -> Period:
    """As `?periode=` names it; else the year of today."""
    return Period.read(request.args.get("periode")) or Period.year(today.year)


def period_words(period: Period) -> str:
    """`tahun 2026`, `triwulan 4 2026`, `November 2026`, as it stands within a sentence."""
    year = period.first.year
    if period == Period.year(year):
        return _("tahun %(year)s", year=year)
    if period.first.month == period.last.month:
        return format_date(period.first, "MMMM y", LOCALE)
    return _("triwulan %(n)s %(year)s", n=period.last.month // 3, year=year)


def period_choices(today: date, chosen: Period) -> list[tuple[str, str]]:
    """For a select: (name, words), the chosen one among them."""
    offered = list(choices(today))
    offered += [chosen] if chosen not in offered else []
    return [(str(one), _capital(period_words(one))) for one in offered]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
