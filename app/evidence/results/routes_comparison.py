"""Pages of before and after beside each other: choosing the two, the comparison, and its PDF."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.base.documents.render import renderer
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.files import PDF, download
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.evidence.results import comparison as comparing
from app.evidence.results import document, pages, quotes, words
from app.evidence.results.blueprint import bp
from app.evidence.surveys.access import get
from app.kernel.roles import Can


@bp.get("/survei/banding")
@allow(Can.READ_SURVEYS)
def comparison() -> ResponseReturnValue:
    """Show a comparison; without two surveys in the address the form to choose them."""
    actor, (before_id, after_id) = current_actor(), _asked()
    chosen = {"choices": pages.wave_choices(db.session, actor), "before_id": before_id, "after_id": after_id}
    if before_id is None or after_id is None:
        return render_template("results/choose.html", **chosen)
    before, after = get(db.session, actor, before_id), get(db.session, actor, after_id)
    found = comparing.compare(db.session, before, after)
    chosen |= {"before_id": found.before.id, "after_id": found.after.id}
    campaign = pages.campaign_of(db.session, found.after)
    return render_template(
        "results/comparison.html",
        found=found,
        campaign=campaign,
        allowed=quotes.allowed(campaign.name if campaign else None),
        dimensions=pages.dimension_names(db.session),
        words=words,
        quotes=quotes,
        **chosen,
    )


@bp.get("/survei/banding.pdf")
@allow(Can.READ_SURVEYS)
def comparison_pdf() -> ResponseReturnValue:
    actor, (before_id, after_id) = current_actor(), _asked()
    if before_id is None or after_id is None:
        return redirect(url_for(".comparison", sebelum=before_id, sesudah=after_id))
    before, after = get(db.session, actor, before_id), get(db.session, actor, after_id)
    found = comparing.compare(db.session, before, after)
    data = document.of_comparison(
        found,
        office=pages.letterhead(db.session),
        campaign=pages.campaign_of(db.session, found.after),
        dimensions=pages.dimension_names(db.session),
        printed=now(),
        tz=settings().tz,
    )
    release_database()  # nothing waits for the layout
    return download(renderer(settings().logo_path).pdf(document.TEMPLATE, data), PDF,
                    f"banding-survei-{before_id}-{after_id}.pdf", inline=True, cache="private, no-cache")  # fmt: skip


def _asked() -> tuple[int | None, int | None]:
    return number_of("sebelum"), number_of("sesudah")
