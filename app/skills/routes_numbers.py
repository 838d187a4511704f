"""Training in figures, for those who answer for it."""

from datetime import date
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.skills import numbers as service
from app.skills.access import READERS
from app.skills.blueprint import bp
from app.skills.matrix import matrix
from app.skills.numbers import Numbers, Row, Scope
from app.skills.routes_matrix import table
from app.training.states import LABELS
from app.web.db import db
from app.web.formats import sentence
from app.web.guard import allow, current_actor
from app.web.query import number_of
from app.web.wiring import now


def _scope() -> Scope:
    year = number_of("tahun")
    return Scope(
        year=year if year is not None and year <= date.max.year else None,
        programme_id=number_of("program"),
        practice=service.only_practice(db.session, current_actor()),
    )


@bp.get("/pelatihan/angka", endpoint="numbers")
@allow(*READERS)
def numbers_page() -> ResponseReturnValue:
    actor, scope = current_actor(), _scope()
    found = service.numbers(db.session, actor, scope, now=now())
    return render_template(
        "skills/numbers.html",
        found=found,
        gains=_gains(found),
        gain=_gain(found.total.pairs),
        after=_after([row.batch.id for row in found.rows]),
        gaps=service.gaps(matrix(db.session, "opd")),
        year_choices=[("", _("Semua tahun")), *((year, str(year)) for year in _years(scope))],
        programme_choices=[("", _("Semua program")), *service.programme_choices(db.session, actor)],
        of_office=actor.of_office,
    )


@bp.get("/pelatihan/angka/berkas")
@allow(*READERS)
def numbers_file() -> ResponseReturnValue:
    """A line a batch, without any name: XLSX, or CSV with `?bentuk=csv`."""
    found = service.numbers(db.session, current_actor(), _scope(), now=now())
    titles = [
        _("Angkatan"), _("Program"), _("Mulai"), _("Selesai"), _("Keadaan"), _("Tempat"), _("Pendaftar"),
        _("Diterima"), _("Lulus"), _("Hasil akhir ditetapkan"), _("Kehadiran (%)"), _("Kenaikan hasil belajar (%)"),
        _("Pasangan tes"), _("Perempuan"), _("Jenis kelamin diketahui"), _("Sertifikat berlaku"),
    ]  # fmt: skip
    gains = _gains(found)
    rows = [_line(row, gains[row.batch.id]) for row in found.rows]
    top = _("Simulasi") if found.scope.practice else ""
    return table(_("Pelatihan"), "angka pelatihan", titles, rows, top=top)


def _years(scope: Scope) -> list[int]:
    known = service.years(db.session, current_actor())
    return known if scope.year is None or scope.year in known else [scope.year, *known]


def _gains(found: Numbers) -> dict[int, Any]:
    """By batch."""
    return {row.batch.id: _gain(row.tally.pairs) for row in found.rows}


def _gain(pairs: tuple[tuple[float, float], ...]) -> Any:
    from app.assessments.gain import batch_gain  # needs scipy; docs/decisions/014

    return batch_gain(pairs)


def _after(batch_ids: list[int]) -> list[Any]:
    """What participants said 3 and 12 months later."""
    from app.assessments.followup_results import AFTER, outcomes  # needs scipy; docs/decisions/014

    return [outcomes(db.session, batch_ids, kind) for kind in AFTER]


def _line(row: Row, gain: Any) -> list[Any]:
    batch, tally = row.batch, row.tally
    attendance = None if tally.attendance is None else round(tally.attendance, 1)
    learnt = None if gain.estimate is None else round(100 * gain.estimate, 1)
    return [
        batch.name, batch.programme.title, batch.starts_on, batch.ends_on, sentence(LABELS[batch.status]),
        tally.places, tally.registrations, tally.accepted, tally.completed if tally.settled else None, tally.settled,
        attendance, learnt, gain.n, tally.women, tally.sexes, tally.certificates,
    ]  # fmt: skip
