"""The page “Sertifikat” of a batch: who meets the rule, who holds one, and what is still to do."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.kernel.roles import Can
from app.learning.certificates import mailing, outcomes, rule, rule_changes
from app.learning.certificates.blueprint import bp
from app.learning.certificates.listing import listing
from app.learning.certificates.pages import batch_to_manage, batch_to_see
from app.learning.training import access


@bp.get("/pelatihan/<int:batch_id>/sertifikat")
@allow(Can.READ_TRAINEES)
def index(batch_id: int) -> ResponseReturnValue:
    batch = batch_to_see(batch_id)
    found = listing(db.session, batch, now=now())
    q, state = request.args.get("q", "")[:100], request.args.get("keadaan", "")
    return render_template(
        "certificates/index.html",
        batch=batch,
        found=found,
        page=found.page(q=q, state=state, number=number_of("hal") or 1),
        filtered=bool(q or state),
        state=state,
        states=_states(),
        rule_words=rule.describe_rule(batch),
        may_manage=access.may_manage(current_actor(), batch),
        may_change_rule=rule_changes.may_change(db.session, current_actor(), batch),
        may_decide=outcomes.may_decide(current_actor()),
        mail_works=bool(settings().smtp_host),
    )


def _states() -> list[tuple[str, str]]:
    return [
        ("", _("Semua")),
        ("memenuhi", _("Memenuhi aturan")),
        ("belum", _("Belum memenuhi")),
        ("menunggu", _("Menunggu diterbitkan")),
        ("terbit", _("Sudah terbit")),
        ("serahkan", _("Perlu diserahkan langsung")),
    ]


@bp.post("/pelatihan/<int:batch_id>/sertifikat/hitung")
@allow(Can.PLAN_TRAINING)
def settle(batch_id: int) -> ResponseReturnValue:
    """Write down the outcomes as they are now; while the batch runs there are none."""
    batch_to_manage(batch_id)
    if outcomes.settle_again(db.session, current_actor(), batch_id, now=now()):
        flash(_("Hasil peserta dihitung ulang."))
    return redirect(url_for(".index", batch_id=batch_id), 303)


@bp.post("/pelatihan/<int:batch_id>/sertifikat/kirim")
@allow(Can.PLAN_TRAINING)
def send(batch_id: int) -> ResponseReturnValue:
    """Mail certificates to all, or to the one of `certificate_id`."""
    batch_to_manage(batch_id)
    only = number_of("certificate_id", request.form)
    ids = None if only is None else [only]
    sent = mailing.send(db.session, current_actor(), batch_id, certificate_ids=ids, now=now())
    if sent:
        flash(_("%(n)s surel dengan sertifikat sedang dikirim.", n=sent))
    else:
        flash(_("Tidak ada yang perlu dikirim: semuanya sudah terkirim, atau tidak punya alamat surel."), "info")
    return redirect(url_for(".index", batch_id=batch_id), 303)
