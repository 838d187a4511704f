"""The own page of a participant: its link is all that it takes. An account leads there too."""

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.documents.qr import qr_image
from app.base.media.models import StoredFile
from app.base.media.pages import picture
from app.base.notices.service import mark_opened
from app.base.people.identity import shown_phone
from app.base.web.afterwards import afterwards
from app.base.web.db import db
from app.base.web.files import download
from app.base.web.guard import allow, current_actor, public, signed_in
from app.base.web.head import only_head
from app.base.web.wiring import now, settings
from app.gatherings.events.agenda.ical import participant_calendar
from app.gatherings.events.pages import tokens
from app.kernel.roles import SYSTEM, Can
from app.learning.training.admission.routes_public import private
from app.learning.training.admission.service import withdraw
from app.learning.training.blueprint import bp
from app.learning.training.models import Batch, Trainee
from app.learning.training.panels import OWN_FIRST, OWN_SECTIONS
from app.learning.training.participants import accounts
from app.learning.training.participants import self_service as service
from app.learning.training.participants.forms import OwnContactForm
from app.learning.training.participants.self_service import OwnBatch
from app.learning.training.participants.tokens import own_path, trainee_of
from app.learning.training.retention import erase
from app.learning.training.states import OPEN_ENROLMENTS

MIME = "text/calendar; charset=utf-8"


@bp.get("/peserta/<token>", endpoint="own")
@public
def own(token: str) -> ResponseReturnValue:
    trainee = trainee_of(db.session, token)
    if trainee.email and not only_head():
        path, moment = own_path(db.session, trainee), now()
        afterwards(lambda after: mark_opened(after, path, now=moment))
    batches = service.own_batches(db.session, trainee, now=now())
    return private(
        make_response(
            render_template(
                "training/own.html",
                trainee=trainee,
                token=token,
                batches=batches,
                enrolments=[one.enrolment for one in batches if one.enrolment.status in OPEN_ENROLMENTS],
                sections=[OWN_SECTIONS[name] for name in sorted(OWN_SECTIONS)],
                first=[OWN_FIRST[name] for name in sorted(OWN_FIRST)],
                next_mine=service.next_of(batches),
                tickets={one.enrolment.id: _ticket(one) for one in batches if one.next_one},
                phone=shown_phone(trainee.phone),
                account=_account(trainee),
                viewer=current_actor().name,
                now=now(),
            )
        )
    )


def _account(trainee: Trainee) -> str:
    """Which word the page has for the account: connected with "mine" or "other"; "free" to connect; or nothing."""
    if trainee.user_id is not None:
        return "mine" if trainee.user_id == current_actor().id else "other"
    return "free" if signed_in() else ""


def _ticket(mine: OwnBatch) -> str:
    """The ticket of the events as a picture: a code that opens the check-in of this person."""
    if mine.next_one is None or mine.next_one.registration is None:
        return ""
    return qr_image(f"{settings().public_url.rstrip('/')}/hadir/{tokens().ticket(mine.next_one.registration)}")


@bp.get("/peserta/<token>/jadwal.ics", endpoint="own_calendar")
@public
def calendar(token: str) -> ResponseReturnValue:
    trainee = trainee_of(db.session, token)
    address = f"{settings().public_url.rstrip('/')}{own_path(db.session, trainee)}"
    data = participant_calendar(db.session, _("Pelatihan saya"), service.in_calendar(trainee), address=address)
    return download(data, MIME, "pelatihan saya.ics")


@bp.get("/peserta/<token>/materi/<int:material_id>", endpoint="own_material")
@public
def material(token: str, material_id: int) -> ResponseReturnValue:
    found = service.material_of(db.session, trainee_of(db.session, token), material_id)
    answer: Response = picture(db.session.get_one(StoredFile, found.file_id))
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@bp.get("/peserta/<token>/ubah", endpoint="own_edit")
@public
def edit(token: str) -> ResponseReturnValue:
    trainee = trainee_of(db.session, token)
    form = OwnContactForm(phone=shown_phone(trainee.phone), email=trainee.email)
    return private(make_response(render_template("training/own_edit.html", form=form, token=token)))


@bp.post("/peserta/<token>/ubah", endpoint="own_save")
@public
def save(token: str) -> ResponseReturnValue:
    form, trainee = OwnContactForm(), trainee_of(db.session, token)
    if form.is_posted_and_valid():
        with form.catching():
            service.change_contact(
                db.session, trainee, phone=form.phone.data or "", email=form.email.data or "", now=now()
            )
            flash(_("Kontak Anda diperbarui."))
            return redirect(url_for(".own", token=token), 303)
    return private(make_response(render_template("training/own_edit.html", form=form, token=token), 422))


@bp.get("/peserta/<token>/batal/<int:enrolment_id>", endpoint="own_leave")
@public
def leave(token: str, enrolment_id: int) -> ResponseReturnValue:
    one = service.enrolment_of(db.session, trainee_of(db.session, token), enrolment_id)
    batch = db.session.get_one(Batch, one.batch_id)
    return private(make_response(render_template("training/own_leave.html", one=one, batch=batch, token=token)))


@bp.post("/peserta/<token>/batal/<int:enrolment_id>", endpoint="own_withdraw")
@public
def withdraw_own(token: str, enrolment_id: int) -> ResponseReturnValue:
    one = service.enrolment_of(db.session, trainee_of(db.session, token), enrolment_id)
    withdraw(db.session, one, now=now())
    flash(_("Keikutsertaan Anda dibatalkan. Terima kasih sudah memberi tahu."))
    return redirect(url_for(".own", token=token), 303)


@bp.post("/peserta/<token>/hapus", endpoint="own_erase")
@public
def erase_own(token: str) -> ResponseReturnValue:
    """Erase the own data: the right to erasure (UU 27/2022, article 8)."""
    erase(db.session, trainee_of(db.session, token), now=now())
    return private(make_response(render_template("training/own_erased.html")))


@bp.post("/peserta/<token>/akun", endpoint="own_connect")
@allow(Can.ENTER)
def connect(token: str) -> ResponseReturnValue:
    """Connect the account, by the link and the sign-in together: nobody's account is connected by a contact alone."""
    accounts.connect(db.session, current_actor(), trainee_of(db.session, token), now=now())
    flash(_("Halaman ini terhubung dengan akun Anda. Buka kapan saja lewat “Pelatihan Saya”."), "success")
    return redirect(url_for(".own", token=token), 303)


@bp.post("/peserta/<token>/akun/lepas", endpoint="own_disconnect")
@public
def disconnect(token: str) -> ResponseReturnValue:
    actor = current_actor() if signed_in() else SYSTEM
    accounts.disconnect(db.session, actor, trainee_of(db.session, token), now=now())
    flash(_("Halaman ini tidak terhubung lagi dengan akun."))
    return redirect(url_for(".own", token=token), 303)


@bp.get("/pelatihan/saya", endpoint="mine")
@allow(Can.ENTER)
def mine() -> ResponseReturnValue:
    trainee = accounts.trainee_of_account(db.session, current_actor())
    if trainee is not None:
        return redirect(own_path(db.session, trainee))
    return render_template("training/mine.html")


@bp.post("/pelatihan/saya", endpoint="mail_mine")
@allow(Can.ENTER)
def mail_mine() -> ResponseReturnValue:
    """Mail the own link to the account's address: the same answer whether there is somebody or not; at most one mail an
    hour goes to a person."""
    accounts.mail_link(db.session, current_actor(), now=now())
    flash(
        _("Bila ada peserta pelatihan dengan alamat surel akun Anda, tautannya sudah dikirim ke sana. Periksa juga "
          "folder spam.")
    )  # fmt: skip
    return redirect(url_for(".mine"), 303)
