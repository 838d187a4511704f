"""What the pages of the scorecard share: the period of the address, the figures as they are written, and the links."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.base.web.db import db
from app.base.web.formats import local_day, sentence, zone
from app.base.web.guard import current_actor, roles_of
from app.base.web.menu import may_open
from app.base.web.periods import period_words
from app.base.web.wiring import now, settings
from app.kernel.errors import NotFound
from app.kernel.periods import Period
from app.kernel.roles import Role
from app.kernel.text import T
from app.oversight.scorecard.changes import format_value
from app.oversight.scorecard.measures import STATES, Button, Record, ScorecardScope, State

LACKING = "kurang"


def today() -> date:
    return local_day(now())


def asked_period() -> Period:
    return Period.read(request.args.get("periode")) or Period.year(today().year)


def asked_scope() -> ScorecardScope:
    return ScorecardScope(db.session, current_actor(), asked_period(), today(), now(), zone(), settings().regency_code)


def value_of(indicator: Any) -> str:
    """Write the value of an indicator, `78 %`; nothing where there is none."""
    if indicator.value is None:
        return ""
    return format_value(indicator.value, indicator.unit, indicator.decimals)


def target_of(indicator: Any) -> str:
    """Write a target: `paling sedikit 80 %` or `paling banyak 16 jam kerja`."""
    text = format_value(indicator.target, indicator.unit)
    return _("paling sedikit %(n)s", n=text) if indicator.better == "high" else _("paling banyak %(n)s", n=text)


def url_of(do: Button | None) -> str:
    """Return where a button leads; nothing for somebody who may not go there."""
    return url_for(do.endpoint, **do.values) if do is not None and may_open(do.endpoint) else ""


WHO_ENTERS = {Role.EDITOR: _l("editor"), Role.APPROVER: _l("penyetuju"), Role.ADMIN: _l("admin")}


def entered_by(do: Button | None) -> str:
    """Write `dicatat oleh editor`, for somebody who may not do it; nothing where one may, or where nobody's button
    is."""
    if do is None or url_of(do):
        return ""
    roles = roles_of(current_app, do.endpoint) or frozenset()
    who = next((word for role, word in WHO_ENTERS.items() if role in roles), "")
    return _("dicatat oleh %(who)s", who=who) if who else ""


def record_url(record: Record) -> str:
    return url_for(record.endpoint, **record.values) if record.endpoint and may_open(record.endpoint) else ""


def state_word(state: State) -> str:
    return sentence(STATES[state])


def known_measure(measures: Any) -> Any:
    """Return the measure of the address, the first where none is named. Raises NotFound."""
    found = measures.get(request.args.get("indikator") or next(iter(measures)))
    if found is None:
        raise NotFound(T("Indikator ini tidak ada. Pilih dari rapor."))
    return found


def words() -> dict[str, Any]:
    """Return the functions that the templates use."""
    return {
        "value_of": value_of,
        "target_of": target_of,
        "url_of": url_of,
        "entered_by": entered_by,
        "record_url": record_url,
        "state_word": state_word,
        "states": State,
        "written": format_value,
        "name_of": period_words,
    }


def rows_of(records: Sequence[Record]) -> list[list[Any]]:
    """Return records as lines of a sheet."""
    said = {True: _("ya"), False: _("belum"), None: ""}
    return [[sentence(one.title), sentence(one.detail), said[one.met]] for one in records]
