"""One's own second factor: what there is, setting it up step by step, taking it away."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.access import factors, passkeys, proof, unsaved_sheet
from app.base.access.blueprint import bp
from app.base.access.carried_form import read_carried
from app.base.access.forms import PasskeyForm, PhoneForm
from app.base.access.pages import private
from app.base.access.routes_sign_in import own_account
from app.base.access.totp import open_key, seal_key
from app.base.documents.qr import qr_image
from app.base.people.models import User
from app.base.web.db import db, writes_nothing
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor, risky
from app.base.web.query import number_of
from app.base.web.wiring import now, wired
from app.kernel.errors import Invalid, NotFound
from app.kernel.roles import Can


@bp.get("/akun/langkah-kedua", endpoint="factors")
@allow(Can.ENTER)
def factors_page() -> ResponseReturnValue:
    user = own_account()
    page = render_template(
        "access/factors.html",
        user_factors=factors.read_factors(db.session, user.id, now=now()),
        keys=passkeys.passkeys_of(db.session, user.id),
        row=factors.peek(db.session, user.id),
        due=proof.due(),
        party=proof.party(),
        unsaved=unsaved_sheet.read_sheet(user) is not None,
    )
    return private(page, 200)


# --- the code of six digits ---


@bp.route("/akun/langkah-kedua/kode-hp", methods=["GET", "POST"])
@allow(Can.ENTER)
@risky(opening=True)
def phone_code() -> ResponseReturnValue:
    """Set up the phone: opened by a link, or by the button of a page that carries typed fields along (`mulai`)."""
    user, form = own_account(), PhoneForm()
    if request.method == "GET" or "mulai" in request.form:
        form = PhoneForm(formdata=None)
        key = proof.phone_codes().new_key()
        form.sealed.data = seal_key(wired().vault, key, user=user.id, at=now().timestamp())
        form.parked.data = request.form.get("parked", "")
        return _phone_page(user, form, key, 200)
    if unsaved_sheet.read_sheet(user):  # the same form once more, after its answer was reloaded
        return _sheet(user, form.parked.data)
    key = _sealed_key(user, form.sealed.data or "")
    if form.is_posted_and_valid():
        with form.catching():
            factors.add_phone(
                db.session, current_actor(), user, form.code.data, key=key, phone=proof.phone_codes(),
                vault=wired().vault, now=now(),
            )  # fmt: skip
            return _set_up(user, form.parked.data)
    return _phone_page(user, form, key, 422)


def _sealed_key(user: User, sealed: str) -> str:
    """The secret that this page was made with. Raises Invalid where it is none, too old, or somebody else's."""
    too_old = Invalid(_("Halaman ini terlalu lama terbuka. Mulai lagi dari halaman Akun."))
    try:
        value = wired().vault.open(sealed) if sealed.isascii() else {}
        key = open_key(wired().vault, sealed) if value.get("user") == user.id else ""
    except Exception as error:
        raise too_old from error
    if not key or now().timestamp() - value["at"] > passkeys.CHALLENGE_LIFE.total_seconds():
        raise too_old
    return key


def _phone_page(user: User, form: PhoneForm, key: str, status: int) -> ResponseReturnValue:
    address = proof.phone_codes().address_of(key, user.username)
    spaced = " ".join(key[place : place + 4] for place in range(0, len(key), 4))
    page = render_template("access/phone_code.html", form=form, image=qr_image(address), address=address, key=spaced)
    return private(page, status)


@bp.post("/akun/langkah-kedua/kode-hp/lepas")
@allow(Can.ENTER)
@risky()
def remove_phone_code() -> ResponseReturnValue:
    factors.remove_phone(db.session, current_actor(), own_account(), now=now())
    flash(_("Kode 6 angka dari HP dilepas."), "success")
    return redirect(url_for(".factors"), 303)


# --- passkeys ---


@bp.route("/akun/langkah-kedua/sidik-jari", methods=["GET", "POST"])
@allow(Can.ENTER)
@risky(opening=True)
def passkey() -> ResponseReturnValue:
    user, form, site = own_account(), PasskeyForm(), proof.party()
    if request.method == "GET" or "mulai" in request.form or site is None:
        form = PasskeyForm(formdata=None)
        form.parked.data = request.form.get("parked", "")
        return _passkey_page(user, form, 200)
    if unsaved_sheet.read_sheet(user):
        return _sheet(user, form.parked.data)
    if form.is_posted_and_valid():
        with form.catching():
            factors.add_passkey(
                db.session, current_actor(), user, site, proof.challenges(), answer=form.answer.data,
                state=form.state.data or "", label=form.label.data or "", now=now(),
            )  # fmt: skip
            return _set_up(user, form.parked.data)
    return _passkey_page(user, form, 422)


def _passkey_page(user: User, form: PasskeyForm, status: int) -> ResponseReturnValue:
    site = proof.party()
    ceremony = None
    if site is not None:
        keys = passkeys.passkeys_of(db.session, user.id)
        handle = factors.handle_of(user.id, secret_key=proof.secret_key())
        ceremony = passkeys.ask_to_make(site, proof.challenges(), user, handle, keys, now=now())
    asked = proof.AskedPasskey(site, ceremony)
    return private(render_template("access/passkey.html", form=form, passkey=asked), status)


@bp.post("/akun/langkah-kedua/sidik-jari/lepas")
@allow(Can.ENTER)
@risky()
def remove_passkey() -> ResponseReturnValue:
    passkey_id = number_of("perangkat", request.form) or 0
    try:
        factors.remove_passkey(db.session, current_actor(), own_account(), passkey_id, now=now())
        flash(_("Perangkat dilepas. Sidik jari atau PIN-nya tidak bisa lagi dipakai untuk masuk."), "success")
    except NotFound as error:  # pressed twice, or taken away on another device
        flash(sentence(error.sentence), "info")
    return redirect(url_for(".factors"), 303)


# --- codes on paper ---


@bp.post("/akun/langkah-kedua/kode-cadangan")
@allow(Can.ENTER)
@risky()
def renew_codes() -> ResponseReturnValue:
    return _sheet(own_account(), request.form.get("parked"))


def _set_up(user: User, carried: str | None) -> ResponseReturnValue:
    """A factor was set up: it was shown by that. The first one brings its sheet of Kode cadangan."""
    proof.note_shown(own=False)
    proof.note_due(None)
    if factors.read_factors(db.session, user.id, now=now()).backup_codes:
        flash(_("Sudah terpasang."), "success")
        return redirect(url_for(".factors"), 303)
    return _sheet(user, carried)


@bp.get("/akun/langkah-kedua/kode-cadangan")
@allow(Can.ENTER)
def backup_sheet() -> ResponseReturnValue:
    """Show the sheet again until it is saved; afterwards nobody can show it."""
    user = own_account()
    codes = unsaved_sheet.read_sheet(user)
    if codes is None:
        flash(
            _("Lembar Kode cadangan sudah ditutup. Kodenya tidak bisa ditampilkan lagi; buat lembar baru bila hilang."),
            "info",
        )
        return redirect(url_for(".factors"), 303)
    return _sheet_page(user, codes, None)


@bp.post("/akun/langkah-kedua/kode-cadangan/disimpan")
@allow(Can.ENTER)
@writes_nothing
def sheet_saved() -> ResponseReturnValue:
    unsaved_sheet.forget_sheet()
    flash(_("Baik. Simpan lembarnya di tempat terkunci."), "success")
    return redirect(url_for(".factors"), 303)


def _sheet(user: User, carried: str | None) -> ResponseReturnValue:
    """Show a new sheet, or the one that was made just now and is not saved yet: at once where a form is carried along,
    since that cannot travel in an address."""
    codes = unsaved_sheet.read_sheet(user)
    if codes is None:
        codes = factors.renew_codes(db.session, current_actor(), user, salt=proof.salt(), now=now())
        unsaved_sheet.keep_sheet(user, codes)
    kept = read_carried(carried, now())
    if kept is None and unsaved_sheet.read_sheet(user):
        return redirect(url_for(".backup_sheet"), 303)
    return _sheet_page(user, codes, kept)


def _sheet_page(user: User, codes: list[str], kept: Any) -> ResponseReturnValue:
    return private(render_template("access/backup_sheet.html", user=user, codes=codes, kept=kept, today=now()), 200)
