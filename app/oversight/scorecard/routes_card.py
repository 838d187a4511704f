"""Rapor Pelaksanaan: the four factors of a period, the records behind each indicator, and their targets."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.documents.sheets import XLSX, Sheet, workbook
from app.base.web.db import db
from app.base.web.files import download
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor
from app.base.web.periods import period_choices, period_words
from app.base.web.query import number_of
from app.kernel.roles import Can
from app.oversight.scorecard import factors, pages
from app.oversight.scorecard.blueprint import bp

SIZE = 50
MOST_ROWS_IN_FILE = 5000


@bp.get("/rapor")
@allow(Can.READ_OFFICE)
def index() -> ResponseReturnValue:
    scope = pages.asked_scope()
    found = factors.score(
        db.session, current_actor(), period=scope.period, today=scope.today, now=scope.now, zone=scope.zone,
        regency_code=scope.regency_code,
    )  # fmt: skip
    return render_template(
        "scorecard/index.html", factors=found, period=scope.period, running=scope.running, today=scope.today,
        period_choices=period_choices(scope.period), own_only=not current_actor().of_office, **pages.words(),
    )  # fmt: skip


@bp.get("/rapor/berkas")
@allow(Can.READ_OFFICE)
def file() -> ResponseReturnValue:
    """Send the page as XLSX: the same figures, words and reasons."""
    scope = pages.asked_scope()
    found = factors.score(
        db.session, current_actor(), period=scope.period, today=scope.today, now=scope.now, zone=scope.zone,
        regency_code=scope.regency_code,
    )  # fmt: skip
    titles = [
        _("Faktor"), _("Indikator"), _("Nilai"), _("Hitungan"), _("Keterangan"), _("Target"), _("Keadaan"),
        _("Sebab"), _("Belum dicatat"), _("Dibanding periode sebelumnya"), _("Cara menghitung"),
        _("Yang menaikkannya"),
    ]  # fmt: skip
    rows = [
        [
            sentence(factor.title), sentence(one.label), pages.value_of(one), sentence(one.counted),
            _with_practice(sentence(one.more), simulated=one.simulated), pages.target_of(one),
            pages.state_word(one.state), sentence(one.reason), sentence(one.missing), sentence(one.change),
            sentence(one.formula), sentence(one.raises),
        ]
        for factor in found
        for one in factor.indicators
    ]  # fmt: skip
    simulated = any(one.simulated for factor in found for one in factor.indicators)
    top = _marked(_("Rapor Pelaksanaan %(period)s", period=period_words(scope.period)), simulated=simulated)
    name = _file_name(f"rapor-pelaksanaan-{scope.period}.xlsx", simulated=simulated)
    return download(workbook([Sheet(_("Rapor"), titles, rows, top)]), XLSX, name)


def _marked(title: str, *, simulated: bool) -> str:
    """As the files of `recaps` are: what holds practice says so before anything else."""
    return f"[{_('Simulasi')}] {title}" if simulated else title


def _file_name(name: str, *, simulated: bool) -> str:
    return f"Simulasi {name}" if simulated else name


def _with_practice(text: str, *, simulated: bool) -> str:
    return "; ".join(part for part in (_("simulasi") if simulated else "", text) if part)


@bp.get("/rapor/data")
@allow(Can.READ_OFFICE)
def data() -> ResponseReturnValue:
    """Show the records that an indicator was counted from; `tampil=kurang`: only those that are not as they should
    be."""
    measure, scope, lacking = pages.known_measure(factors.MEASURES), pages.asked_scope(), _lacking()
    return render_template(
        "scorecard/data.html", measure=measure, one=factors.indicator(scope, measure.key), period=scope.period,
        page=measure.records(scope, lacking, number_of("hal") or 1, SIZE), lacking=lacking,
        period_choices=period_choices(scope.period), **pages.words(),
    )  # fmt: skip


@bp.get("/rapor/data/berkas")
@allow(Can.READ_OFFICE)
def data_file() -> ResponseReturnValue:
    measure, scope = pages.known_measure(factors.MEASURES), pages.asked_scope()
    page = measure.records(scope, _lacking(), 1, MOST_ROWS_IN_FILE)
    titles = [_("Catatan"), _("Keterangan"), _("Terpenuhi")]
    simulated = factors.indicator(scope, measure.key).simulated
    top = _marked(f"{sentence(measure.label)}, {period_words(scope.period)}", simulated=simulated)
    sheet = Sheet(_("Data"), titles, pages.rows_of(page.items), top)
    name = _file_name(f"rapor-{measure.key}-{scope.period}.xlsx", simulated=simulated)
    return download(workbook([sheet]), XLSX, name)


def _lacking() -> bool:
    return request.args.get("tampil") == pages.LACKING
