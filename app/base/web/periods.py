"""The period that a page is about: how an address asks for it, and how it is said."""

from flask import request

from app.base.web.formats import local_day, sentence
from app.base.web.wiring import now
from app.kernel.periods import Period, choices, describe_period


def period_asked() -> Period:
    """Read the period as `?periode=` names it; else the twelve months that end today."""
    return Period.read(request.args.get("periode")) or Period.twelve_months(local_day(now()))


def period_words(period: Period) -> str:
    """Say a period as it stands within a sentence: `12 bulan terakhir`, `tahun 2026`."""
    return sentence(describe_period(period, local_day(now())))


def period_title(period: Period) -> str:
    """Say a period as it stands alone: `Tahun 2026`."""
    words = period_words(period)
    return words[:1].upper() + words[1:]


def period_choices(chosen: Period) -> list[tuple[str, str]]:
    """Return the choices of a select: (name, words), the chosen one among them."""
    today = local_day(now())
    offered = dict.fromkeys([Period.twelve_months(today), *choices(today), chosen])
    return [(str(one), period_title(one)) for one in offered]
