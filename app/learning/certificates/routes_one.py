"""One certificate: what stands on it, revoking it and putting the name right; and deciding about one participant."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.documents.qr import qr_image
from app.base.web.db import db
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now, settings
from app.kernel.errors import Forbidden, NotFound
from app.kernel.roles import Can
from app.kernel.text import T
from app.learning.certificates import outcomes
from app.learning.certificates.blueprint import bp
from app.learning.certificates.codes import format_code
from app.learning.certificates.document import check_address
from app.learning.certificates.forms import DecisionForm, NameForm, RevokeForm
from app.learning.certificates.listing import ParticipantRow, listing
from app.learning.certificates.mailing import MailState, mail_states, was_any_mailed
from app.learning.certificates.models import Certificate
from app.learning.certificates.pages import batch_to_manage, batch_to_see, printed_facts
from app.learning.certificates.revoking import certificate_of, correct_name, replaced_certificates, revoke
from app.learning.training import access
from app.learning.training.models import Batch, Enrolment


def _certificate(certificate_id: int) -> tuple[Certificate, Batch]:
    certificate = certificate_of(db.session, current_actor(), certificate_id)
    return certificate, batch_to_see(certificate.batch_id)


def _page(certificate_id: int, revoking: RevokeForm, naming: NameForm) -> str:
    certificate, batch = _certificate(certificate_id)
    address = check_address(settings().public_url.rstrip("/"), certificate.code)
    mail = mail_states(db.session, [certificate])[certificate.id] if certificate.revoked_at is None else None
    return render_template(
        "certificates/show.html",
        batch=batch,
        certificate=certificate,
        facts=printed_facts(certificate),
        code=format_code(certificate.code),
        address=address,
        qr=qr_image(address),
        mail=mail,
        next_step=_next_step(certificate, batch, mail),
        revoking=revoking,
        naming=naming,
        may_manage=access.may_manage(current_actor(), batch),
    )


def _next_step(certificate: Certificate, batch: Batch, mail: MailState | None) -> str:
    """How the holder of a revoked one gets this one that stands in for it: "mail", "hand", or "" once it is sent."""
    old = replaced_certificates(db.session, certificate)
    if not old or batch.simulated or mail in (MailState.WAITING, MailState.SENT):
        return ""
    return "mail" if mail == MailState.NOT_YET and was_any_mailed(db.session, old) else "hand"


@bp.get("/pelatihan/sertifikat/<int:certificate_id>")
@allow(Can.READ_TRAINEES)
def show(certificate_id: int) -> ResponseReturnValue:
    certificate, _batch = _certificate(certificate_id)
    return _page(certificate_id, RevokeForm(None), NameForm(None, name=certificate.name))


@bp.post("/pelatihan/sertifikat/<int:certificate_id>/cabut", endpoint="revoke")
@allow(Can.PLAN_TRAINING)
def take_back(certificate_id: int) -> ResponseReturnValue:
    certificate, batch = _certificate(certificate_id)
    batch_to_manage(batch.id)
    form = RevokeForm()
    if form.is_posted_and_valid():
        with form.catching():
            revoke(db.session, current_actor(), certificate_id, reason=form.reason.data or "", now=now())
            flash(_("Sertifikat dicabut. Siapa pun yang memeriksanya melihat alasannya."))
            return redirect(url_for(".show", certificate_id=certificate_id), 303)
    return _page(certificate_id, form, NameForm(None, name=certificate.name)), 422


@bp.post("/pelatihan/sertifikat/<int:certificate_id>/nama", endpoint="rename")
@allow(Can.PLAN_TRAINING)
def put_name_right(certificate_id: int) -> ResponseReturnValue:
    _one, batch = _certificate(certificate_id)
    batch_to_manage(batch.id)
    form = NameForm()
    if form.is_posted_and_valid():
        with form.catching():
            made = correct_name(
                db.session, current_actor(), certificate_id, name=form.name.data or "",
                number_format=settings().certificate_number, now=now(),
            )  # fmt: skip
            if made.id == certificate_id:
                flash(_("Namanya sudah seperti itu, jadi tidak ada yang berubah."), "info")
            else:
                flash(_("Nama diperbaiki. Sertifikat lama dicabut, dan ini penggantinya."))
            return redirect(url_for(".show", certificate_id=made.id), 303)
    return _page(certificate_id, RevokeForm(None), form), 422


# --- a decision of the office about one participant ---


def _row(enrolment_id: int) -> tuple[Batch, ParticipantRow]:
    enrolment = db.session.get(Enrolment, enrolment_id)
    if enrolment is None:
        raise NotFound(T("Peserta ini tidak ada."))
    batch = batch_to_see(enrolment.batch_id)
    if not outcomes.may_decide(current_actor()):
        raise Forbidden(T("Keputusan di luar aturan hanya dibuat oleh editor atau admin kantor."))
    found = next(
        (row for row in listing(db.session, batch, now=now()).rows if row.eligibility.enrolment.id == enrolment_id),
        None,
    )
    if found is None:
        raise NotFound(T("Peserta ini tidak diterima di angkatan ini, jadi tidak punya hasil."))
    return batch, found


@bp.get("/pelatihan/keputusan/<int:enrolment_id>", endpoint="decision")
@allow(Can.DECIDE_OUTCOMES)
def decision(enrolment_id: int) -> ResponseReturnValue:
    batch, row = _row(enrolment_id)
    made = row.eligibility.exception
    data = {"outcome": made.outcome, "reason": made.reason} if made else {"outcome": "completed"}
    return render_template("certificates/decision.html", batch=batch, row=row, form=DecisionForm(data=data))


@bp.post("/pelatihan/keputusan/<int:enrolment_id>", endpoint="decide")
@allow(Can.DECIDE_OUTCOMES)
def decide(enrolment_id: int) -> ResponseReturnValue:
    batch, _one = _row(enrolment_id)
    form = DecisionForm()
    if form.is_posted_and_valid():
        with form.catching():
            outcomes.decide(
                db.session, current_actor(), enrolment_id, form.outcome.data, reason=form.reason.data or "", now=now()
            )
            flash(_("Keputusan dicatat beserta alasannya."))
            return redirect(url_for(".index", batch_id=batch.id), 303)
    batch, row = _row(enrolment_id)
    return render_template("certificates/decision.html", batch=batch, row=row, form=form), 422


@bp.post("/pelatihan/keputusan/<int:enrolment_id>/tarik", endpoint="undecide")
@allow(Can.DECIDE_OUTCOMES)
def undecide(enrolment_id: int) -> ResponseReturnValue:
    batch, _one = _row(enrolment_id)
    outcomes.take_back(db.session, current_actor(), enrolment_id, now=now())
    flash(_("Keputusan ditarik; aturan yang menentukan lagi."))
    return redirect(url_for(".index", batch_id=batch.id), 303)
