"""The targets of the indicators: everybody of the staff reads them, an admin changes them."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.kernel.roles import Can
from app.oversight.scorecard import factors, pages
from app.oversight.scorecard import targets as service
from app.oversight.scorecard.blueprint import bp
from app.oversight.scorecard.forms import TargetForm


@bp.get("/rapor/target")
@allow(Can.READ_OFFICE)
def targets() -> ResponseReturnValue:
    return _page()


def _page(refused: TargetForm | None = None) -> str:
    known = service.targets(db.session, factors.MEASURES.values())
    forms = {
        key: TargetForm(
            formdata=None, indikator=key, target=one.target, note=one.row.note if one.row else "", version=one.version
        )
        for key, one in known.items()
    }
    if refused is not None and refused.indikator.data in forms:
        forms[refused.indikator.data] = refused
    return render_template(
        "scorecard/targets.html", factors=factors.FACTORS, known=known, forms=forms,
        history=service.histories(db.session),
        may_change=current_actor().can(Can.ADMINISTER), **pages.words(),
    )  # fmt: skip


@bp.post("/rapor/target")
@allow(Can.ADMINISTER)
def set_target() -> ResponseReturnValue:
    form = TargetForm()
    measure = factors.MEASURES.get(form.indikator.data or "")
    if form.is_posted_and_valid():
        with form.catching():
            service.set_target(
                db.session, current_actor(), measure, target=form.target.data, note=form.note.data or "",
                version=form.version.data, now=now(),
            )  # fmt: skip
            flash(_("Target disimpan."), "success")
            return redirect(url_for("scorecard.targets", _anchor=form.indikator.data))
    return _page(form), 422
