"""Pages of the results of one survey: the page, its PDF and its tables for spreadsheets."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.base.documents.render import renderer
from app.base.documents.sheets import XLSX, workbook
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.files import PDF, download
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now, settings
from app.evidence.results import document, pages, quotes, tables, wave_results, words
from app.evidence.results.blueprint import bp
from app.evidence.surveys.access import get
from app.kernel.roles import Can


@bp.get("/survei/<int:wave_id>/hasil")
@allow(Can.READ_SURVEYS)
def wave(wave_id: int) -> ResponseReturnValue:
    actor = current_actor()
    record = get(db.session, actor, wave_id)
    return render_template(
        "results/wave.html",
        wave=record,
        results=wave_results.results_of(db.session, record, measure=request.args.get("ukuran")),
        campaign=pages.campaign_of(db.session, record),
        pairs=pages.pairs_of(db.session, actor, record),
        dimensions=pages.dimension_names(db.session),
        words=words,
        quotes=quotes,
    )


@bp.get("/survei/<int:wave_id>/hasil.pdf")
@allow(Can.READ_SURVEYS)
def wave_pdf(wave_id: int) -> ResponseReturnValue:
    record = get(db.session, current_actor(), wave_id)
    data = document.of_wave(
        wave_results.results_of(db.session, record),
        office=pages.letterhead(db.session),
        campaign=pages.campaign_of(db.session, record),
        printed=now(),
        tz=settings().tz,
    )
    release_database()  # nothing waits for the layout
    return download(renderer(settings().logo_path).pdf(document.TEMPLATE, data), PDF, f"hasil-survei-{wave_id}.pdf",
                    inline=True, cache="private, no-cache")  # fmt: skip


@bp.get("/survei/<int:wave_id>/hasil.xlsx")
@allow(Can.READ_SURVEYS)
def wave_sheets(wave_id: int) -> ResponseReturnValue:
    record = get(db.session, current_actor(), wave_id)
    sheets = tables.of_wave(wave_results.results_of(db.session, record))
    release_database()
    return download(workbook(sheets), XLSX, f"hasil-survei-{wave_id}.xlsx")
