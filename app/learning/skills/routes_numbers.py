"""Training in figures, for those who answer for it."""

from datetime import date
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now
from app.kernel.roles import Can
from app.learning.assessments import gain
from app.learning.assessments.followups import results as followup_results
from app.learning.assessments.person_gain import LEAST
from app.learning.skills import numbers as service
from app.learning.skills.blueprint import bp
from app.learning.skills.matrix import matrix
from app.learning.skills.numbers import Gaps, Numbers, Scope
from app.learning.skills.pages_numbers import began_words, gaps_sheet, lines, titles, totals_sheet
from app.learning.skills.tally import Tally
from app.learning.training.pages_files import table, wants_text
from app.learning.training.practice import shows_practice


def _scope() -> Scope:
    year = number_of("tahun")
    return Scope(
        year=year if year is not None and year <= date.max.year else None,
        programme_id=number_of("program"),
        practice=shows_practice(db.session),
    )


@bp.get("/pelatihan/angka", endpoint="numbers")
@allow(Can.READ_TRAINING)
def numbers_page() -> ResponseReturnValue:
    actor, scope = current_actor(), _scope()
    found = service.numbers(db.session, actor, scope, now=now())
    programmes = service.programme_choices(db.session, actor, practice=scope.practice)
    return render_template(
        "skills/numbers.html",
        found=found,
        gains=_gains(found),
        gain=_gain(found.total),
        after=_after(found),
        gaps=_gaps(scope),
        least=LEAST,
        began_words=began_words,
        year_choices=[("", _("Semua tahun")), *((year, str(year)) for year in _years(scope))],
        programme_choices=[("", _("Semua program")), *programmes],
        of_office=actor.of_office,
    )


@bp.get("/pelatihan/angka/berkas")
@allow(Can.READ_TRAINING)
def numbers_file() -> ResponseReturnValue:
    """Download the figures without any name: a line a batch and one for all of them; of an XLSX the page's figures and
    gaps as well. CSV with `?bentuk=csv`."""
    scope = _scope()
    found = service.numbers(db.session, current_actor(), scope, now=now())
    whole = _gain(found.total)
    more = [] if wants_text() else [totals_sheet(found, whole, _after(found)), gaps_sheet(_gaps(scope))]
    return table(
        _("Pelatihan"), "angka pelatihan", titles(), lines(found, _gains(found), whole),
        practice=scope.practice, as_text=wants_text(), more=more,
    )  # fmt: skip


def _years(scope: Scope) -> list[int]:
    known = service.years(db.session, current_actor(), practice=scope.practice)
    return known if scope.year is None or scope.year in known else [scope.year, *known]


def _gaps(scope: Scope) -> Gaps:
    return service.gaps(matrix(db.session, "opd", practice=scope.practice))


def _gains(found: Numbers) -> dict[int, Any]:
    """By batch."""
    return {row.batch.id: _gain(row.tally) for row in found.rows}


def _gain(tally: Tally) -> Any:
    return gain.batch_gain(tally.by_person)


def _after(found: Numbers) -> list[Any]:
    """What participants said 3 and 12 months later."""
    ids, seen = [row.batch.id for row in found.rows], {row.batch.id for row in found.rows if row.seen}
    return [followup_results.outcomes(db.session, ids, kind, seen=seen) for kind in followup_results.AFTER]
