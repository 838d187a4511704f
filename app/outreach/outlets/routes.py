from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.base.people.models import Organisation, User
from app.base.web.confirming import confirming
from app.base.web.db import db
from app.base.web.editing import release_database, telling
from app.base.web.formats import local, local_day, local_time, sentence
from app.base.web.guard import allow, current_actor, risky
from app.base.web.noting import shows_contacts
from app.base.web.wiring import now, wired
from app.kernel.confirmed import Twofold
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.roles import Can
from app.kernel.text import T
from app.kernel.vault import VaultClosed
from app.outreach.outlets import closing, queries, service
from app.outreach.outlets.forms import SETTINGS, ConnectForm, OutletForm, connect_form
from app.outreach.outlets.index import OUTLETS
from app.outreach.outlets.kinds import KINDS, ORDERED_PRINT, PRINT, SOCIAL
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.outlets.panels import PANELS
from app.outreach.outlets.ports import ChannelError, Identity, NeedsSignIn

bp = Blueprint("outlets", __name__, template_folder="templates")

KEPT_SECONDS = 3600  # how long typed credentials wait, sealed, in the form of whoever typed them


SOCIAL_STATES = {
    OutletStatus.CONNECTED: ("ok", _l("Terhubung")),
    OutletStatus.NEEDS_SIGN_IN: ("bad", _l("Perlu dihubungkan ulang")),
    OutletStatus.UNCONNECTED: ("wait", _l("Belum dihubungkan – diterbitkan manual")),
}


def state_of(outlet: Outlet, vendor: Organisation | None = None) -> tuple[str, Any]:
    """Return the kind of badge and the words for where an outlet stands."""
    if not outlet.active:
        return "muted", _l("Tidak dipakai")
    if outlet.paused_at is not None and outlet.status != OutletStatus.NEEDS_SIGN_IN:
        return "warn", _pause_words(outlet)
    if outlet.kind in SOCIAL:
        return SOCIAL_STATES[OutletStatus(outlet.status)]
    if outlet.kind in ORDERED_PRINT:
        mailed = vendor is not None and bool(vendor.email)
        return ("ok", _l("Pesanan lewat surel")) if mailed else ("warn", _l("Alamat surel pemesanan belum ada"))
    return ("ok", _l("Dicetak sendiri")) if outlet.kind in PRINT else ("info", _l("Ditayangkan oleh petugas"))


def _pause_words(outlet: Outlet) -> str:
    """Say until when a paused account takes nothing, shortly."""
    if outlet.resume_at is None:
        return _("Tidak menerima, perlu dibereskan")
    moment = now()
    if outlet.resume_at <= moment:
        return _("Dicoba lagi dengan satu materi dulu")
    if local_day(outlet.resume_at) == local_day(moment):
        return _("Tidak menerima sampai %(time)s", time=local_time(outlet.resume_at))
    return _("Tidak menerima sampai %(time)s", time=local(outlet.resume_at))


@bp.context_processor
def _words() -> dict[str, Any]:
    return {"kinds": KINDS, "state_of": state_of, "SOCIAL": SOCIAL, "PRINT": PRINT, "moment": now()}


@bp.get("/saluran")
@allow(Can.READ_OUTLETS)
def index() -> ResponseReturnValue:
    actor = current_actor()
    view = OUTLETS.view(db.session, lambda wanted: queries.outlets(actor, wanted), size=50)
    return render_template("outlets/index.html", view=view, may_add=actor.can(Can.KEEP_OUTLETS))


@bp.get("/saluran/<int:outlet_id>")
@allow(Can.READ_OUTLETS)
@shows_contacts("outlets")
def show(outlet_id: int) -> ResponseReturnValue:
    actor = current_actor()
    outlet = service.find_outlet(db.session, actor, outlet_id)
    return render_template(
        "outlets/show.html",
        outlet=outlet,
        owner=db.session.get(Organisation, outlet.organisation_id),
        vendor=db.session.get(Organisation, outlet.vendor_id) if outlet.vendor_id else None,
        responsible=db.session.get(User, outlet.responsible_id) if outlet.responsible_id else None,
        may_keep=service.may_keep(actor, outlet),
        may_mend=closing.may_mend(actor, outlet),
        panels=PANELS.of(db.session, actor, outlet),
        asked=confirming().waiting(db.session, "outlets", [outlet.id]).get(outlet.id, []),
    )


@bp.get("/saluran/baru")
@allow(Can.KEEP_OUTLETS)
def new() -> ResponseReturnValue:
    """Ask for the kind first, since it decides what else is asked."""
    kind = request.args.get("jenis", "")
    if kind not in KINDS:
        return render_template("outlets/kinds.html")
    return render_template("outlets/form.html", form=_form(kind), kind=kind, outlet=None)


@bp.post("/saluran/baru")
@allow(Can.KEEP_OUTLETS)
def create() -> ResponseReturnValue:
    kind = request.args.get("jenis", "")
    if kind not in KINDS:
        return redirect(url_for(".new"))
    form = _form(kind)
    if form.is_posted_and_valid():
        with form.catching():
            outlet = service.add(db.session, current_actor(), kind=kind, now=now(), **form.values())
            flash(_("Saluran “%(name)s” ditambahkan.", name=outlet.name))
            return redirect(url_for(".connect" if kind in SOCIAL else ".show", outlet_id=outlet.id))
    return render_template("outlets/form.html", form=form, kind=kind, outlet=None), 422


@bp.get("/saluran/<int:outlet_id>/ubah")
@allow(Can.KEEP_OUTLETS)
def edit(outlet_id: int) -> ResponseReturnValue:
    outlet = service.find_outlet(db.session, current_actor(), outlet_id)
    return render_template("outlets/form.html", form=_form(outlet.kind, outlet), kind=outlet.kind, outlet=outlet)


@bp.post("/saluran/<int:outlet_id>/ubah")
@allow(Can.KEEP_OUTLETS)
def update(outlet_id: int) -> ResponseReturnValue:
    outlet = service.find_outlet(db.session, current_actor(), outlet_id)
    form = _form(outlet.kind, outlet)
    if form.is_posted_and_valid():
        with form.catching():
            service.edit(db.session, current_actor(), outlet, now=now(), **form.values())
            flash(_("Perubahan saluran “%(name)s” disimpan.", name=outlet.name))
            return redirect(url_for(".show", outlet_id=outlet_id))
    outlet = service.find_outlet(db.session, current_actor(), outlet_id)
    return render_template("outlets/form.html", form=form, kind=outlet.kind, outlet=outlet), 422


@bp.post("/saluran/<int:outlet_id>/istirahat")
@allow(Can.KEEP_OUTLETS)
def deactivate(outlet_id: int) -> ResponseReturnValue:
    outlet = service.find_outlet(db.session, current_actor(), outlet_id)
    service.deactivate(db.session, current_actor(), outlet, now=now())
    flash(_("“%(name)s” tidak dipakai lagi. Bisa dipakai kembali kapan saja dari halaman ini.", name=outlet.name))
    return redirect(url_for(".show", outlet_id=outlet_id))


@bp.post("/saluran/<int:outlet_id>/pakai")
@allow(Can.KEEP_OUTLETS)
def reactivate(outlet_id: int) -> ResponseReturnValue:
    outlet = service.find_outlet(db.session, current_actor(), outlet_id)
    service.reactivate(db.session, current_actor(), outlet, now=now())
    flash(_("“%(name)s” dipakai kembali.", name=outlet.name))
    return redirect(url_for(".show", outlet_id=outlet_id))


@bp.get("/saluran/<int:outlet_id>/hubungkan")
@allow(Can.KEEP_OUTLETS)
def connect(outlet_id: int) -> ResponseReturnValue:
    outlet = _connectable(outlet_id)
    form = connect_form(_channel(outlet), outlet.settings, frozenset(_stored(outlet)))
    return render_template("outlets/connect.html", form=form, outlet=outlet)


@bp.post("/saluran/<int:outlet_id>/hubungkan")
@allow(Can.KEEP_OUTLETS)
@risky()
def store_credentials(outlet_id: int) -> ResponseReturnValue:
    """Test what was typed with the platform, and only then keep it."""
    actor, outlet = current_actor(), _connectable(outlet_id)
    channel = _channel(outlet)
    waiting = _unseal(outlet_id, request.form.get("sealed", ""))
    form = connect_form(channel, outlet.settings, frozenset({*_stored(outlet), *waiting}))
    if form.is_posted_and_valid():
        typed, settings = form.typed()
        credentials = {**_stored(outlet), **waiting, **typed}
        known = {**outlet.settings, **settings}
        if form.require(credentials):
            release_database()  # nobody waits for the platform with the write lock
            identity = _identify(channel, credentials, known, form)
            if identity:
                with form.catching():
                    _keep(outlet_id, credentials, identity, settings, form.reason.data)
                    return redirect(url_for(".show", outlet_id=outlet_id))
        form.sealed.data = _seal(outlet_id, {**waiting, **typed})
    outlet = service.find_outlet(db.session, actor, outlet_id)
    return render_template("outlets/connect.html", form=form, outlet=outlet), 422


def _keep(
    outlet_id: int, credentials: dict[str, Any], identity: Identity, settings: dict[str, str], reason: str | None
) -> None:
    """New keys of the same account are kept at once; another account waits for a second person."""
    session, actor = db.session, current_actor()
    outlet = service.find_outlet(session, actor, outlet_id)
    if service.is_renewal(outlet, identity):
        service.connect(
            session, actor, outlet, credentials, vault=wired().vault, identity=identity, settings=settings, now=now()
        )
        flash(_("Terhubung sebagai %(account)s.", account=identity.name))
        return
    values = {
        "account_id": identity.remote_id,
        "account_name": identity.name,
        "learnt": dict(identity.settings),
        "settings": settings,
    }
    confirming().ask(
        session, actor, Twofold.CONNECTION, outlet_id, values, reason=reason, now=now(), secrets=credentials
    )
    flash(
        _(
            "Kuncinya cocok dengan akun %(account)s dan sudah disimpan terenkripsi. Akun ini terhubung setelah orang "
            "kedua setuju.",
            account=identity.name,
        )
    )


@bp.post("/saluran/<int:outlet_id>/uji")
@allow(Can.KEEP_OUTLETS)
def test(outlet_id: int) -> ResponseReturnValue:
    """Ask the platform whether the stored credentials still open the account."""
    actor, outlet = current_actor(), _connectable(outlet_id)
    channel, settings = _channel(outlet), dict(outlet.settings)
    credentials = service.credentials_of(outlet, wired().vault)
    back = redirect(url_for(".show", outlet_id=outlet_id))
    if not credentials:
        flash(_("Belum ada kunci akun yang tersimpan. Hubungkan dulu saluran ini."), "warning")
        return back
    release_database()  # nobody waits for the platform with the write lock
    try:
        identity = channel.identify(credentials, settings)
    except NeedsSignIn as error:
        outlet = service.find_outlet(db.session, actor, outlet_id)
        problem = T("Kunci akun ditolak: %(detail)s", detail=error.detail or "-")
        service.needs_sign_in(db.session, outlet, problem, now=now(), actor=actor)
        flash(_("Sambungan ditolak. Akun ini perlu dihubungkan ulang."), "error")
    except ChannelError as error:
        flash(sentence(_unreachable(error)), "warning")
    else:
        outlet = service.find_outlet(db.session, actor, outlet_id)
        service.confirm_connection(db.session, actor, outlet, identity, now=now())
        flash(_("Sambungan baik: akun %(account)s.", account=identity.name))
    return back


@bp.post("/saluran/<int:outlet_id>/dibereskan")
@allow(Can.ANSWER_FOR_OUTLETS)
def mended(outlet_id: int) -> ResponseReturnValue:
    """Let one delivery try a paused account now."""
    outlet = service.find_outlet(db.session, current_actor(), outlet_id)
    with telling(Refused, look="info"):
        closing.mended(db.session, current_actor(), outlet, now=now())
        flash(_("Baik. Satu materi dicoba lebih dulu; yang lain menyusul bila diterima."), "success")
    return redirect(url_for(".show", outlet_id=outlet_id) if current_actor().can(Can.READ_OUTLETS) else "/")


@bp.post("/saluran/<int:outlet_id>/putuskan")
@allow(Can.KEEP_OUTLETS)
@risky()
def disconnect(outlet_id: int) -> ResponseReturnValue:
    """Ask to disconnect; the keys are thrown away once a second person agreed."""
    _connectable(outlet_id)
    reason = request.form.get("reason")
    with telling(Invalid, Refused, look="warning"):
        confirming().ask(db.session, current_actor(), Twofold.DISCONNECTION, outlet_id, {}, reason=reason, now=now())
        flash(_("Diusulkan. Akun ini tetap terhubung sampai orang kedua setuju."))
    return redirect(url_for(".show", outlet_id=outlet_id))


def _form(kind: str, outlet: Outlet | None = None) -> OutletForm:
    actor = current_actor()
    values: dict[str, Any] = {}
    if outlet is not None:
        columns = ("name", "handle", "organisation_id", "vendor_id", "responsible_id")
        values = {name: getattr(outlet, name) for name in columns}
        values |= {name: outlet.settings.get(name) for name in SETTINGS}
    elif actor.organisation_id is not None:
        values = {"organisation_id": actor.organisation_id, "responsible_id": actor.id}
    form = OutletForm(data=values).for_kind(kind)
    form.choose_from(
        queries.owner_choices(db.session, actor),
        queries.responsible_choices(db.session, actor),
        queries.vendors(db.session, kind),
    )
    return form


def _connectable(outlet_id: int) -> Outlet:
    outlet = service.find_outlet(db.session, current_actor(), outlet_id)
    service.check_connectable(current_actor(), outlet)
    return outlet


def _channel(outlet: Outlet) -> Any:
    channel = wired().channels.get(outlet.kind)
    if channel is None:
        raise NotFound(T("Jenis saluran ini belum bisa dihubungkan di aplikasi ini."))
    return channel


def _stored(outlet: Outlet) -> dict[str, Any]:
    """Stored credentials, or none where their key is gone: then all are typed again."""
    try:
        return service.credentials_of(outlet, wired().vault)
    except VaultClosed:
        return {}


def _identify(
    channel: Any, credentials: Mapping[str, Any], settings: Mapping[str, Any], form: ConnectForm
) -> Identity | None:
    """Whose account it is, or None with a sentence on the form. Called outside any transaction."""
    try:
        identity: Identity = channel.identify(credentials, settings)
    except NeedsSignIn as error:
        said = T(
            "Akun menolak isian ini, jadi belum disimpan (%(detail)s). Periksa lagi satu per satu; yang sudah benar "
            "boleh dibiarkan kosong, isiannya masih tersimpan di halaman ini.",
            detail=error.detail or "-",
        )
    except ChannelError as error:
        said = T(
            "%(reason)s Belum ada yang disimpan, tetapi isian Anda masih ada di halaman ini: coba lagi nanti.",
            reason=sentence(_unreachable(error)),
        )
    else:
        return identity
    form.refuse(Invalid(said))
    return None


def _unreachable(error: ChannelError) -> T:
    return T("Layanan akun ini belum bisa dihubungi (%(detail)s).", detail=error.detail or "-")


def _seal(outlet_id: int, credentials: Mapping[str, str]) -> str:
    if not credentials:
        return ""
    kept = {"outlet": outlet_id, "until": now().timestamp() + KEPT_SECONDS, "credentials": dict(credentials)}
    try:
        return wired().vault.seal(kept)
    except VaultClosed:
        return ""


def _unseal(outlet_id: int, sealed: str) -> dict[str, str]:
    """What this person typed a moment ago for this outlet; nothing where it is another's, old or made up."""
    try:
        kept = wired().vault.open(sealed) if sealed else {}
    except VaultClosed:
        return {}
    if kept.get("outlet") != outlet_id or kept.get("until", 0) < now().timestamp():
        return {}
    credentials: dict[str, str] = kept["credentials"]
    return credentials
