"""The page of what does not agree between ledger and accounts."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now, wired
from app.kernel.roles import Can
from app.outreach.outlets.kinds import SOCIAL
from app.outreach.publishing.blueprint import bp
from app.outreach.publishing.decisions import may_decide
from app.outreach.publishing.self_audit import queries, service
from app.outreach.publishing.self_audit.forms import FindingForm

SETTLED = "selesai"


@bp.get("/tayang/temuan")
@allow(Can.READ_DELIVERIES)
def findings() -> ResponseReturnValue:
    return _page(FindingForm())


@bp.post("/tayang/temuan/<int:finding_id>/selesai")
@allow(Can.ANSWER_FOR_OUTLETS)
def settle_finding(finding_id: int) -> ResponseReturnValue:
    form = FindingForm()
    if form.is_posted_and_valid():
        with form.catching():
            service.settle(db.session, current_actor(), finding_id, note=form.note.data or "", now=now())
            flash(_("Dicatat. Terima kasih sudah memeriksa."), "success")
            return redirect(url_for(".findings"))
    return _page(form, refused=finding_id), 422


def _page(form: FindingForm, refused: int | None = None) -> str:
    settled = request.args.get("keadaan") == SETTLED
    actor = current_actor()
    listing = [kind for kind in SOCIAL if wired().channels[kind].can_look]
    page = queries.findings(db.session, actor, settled=settled, number=number_of("hal") or 1)
    return render_template(
        "publishing/findings.html",
        page=page,
        compared=queries.compared(db.session, actor, kinds=listing),
        settled=settled,
        form=form,
        refused=refused,
        labels={kind.value: label for kind, label in service.LABELS.items()},
        advice={kind.value: words for kind, words in service.ADVICE.items()},
        may={row.Finding.id: may_decide(db.session, actor, row.Delivery, row.Outlet) for row in page.items},
    )
