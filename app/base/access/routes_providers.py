"""The way to a provider and back, linking one's account, and the key that providers check our signature with."""

import logging
import secrets

from flask import current_app, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.access import links, trail
from app.base.access.blueprint import bp
from app.base.access.carried_form import read_carried
from app.base.access.entering import after_first
from app.base.access.forms import EmployeeNumberForm, SignInForm
from app.base.access.pages import sign_in_page
from app.base.access.provider_client import ProviderAccount, ProviderClient, ProviderFault, proves_second_factor
from app.base.access.provider_models import SignInFlow
from app.base.access.provider_words import OURS, WORDS
from app.base.access.providers import Provider, providers, public_keys
from app.base.access.routes_sign_in import own_account
from app.base.people import service
from app.base.web.db import db
from app.base.web.editing import release_database, telling, undoing
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor, own_path, public, risky, signed_in
from app.base.web.limits import limited
from app.base.web.wiring import now, settings
from app.kernel.db import begin_writing
from app.kernel.errors import Forbidden, GaungError, NotFound
from app.kernel.numbers import read_int
from app.kernel.roles import Can
from app.kernel.text import T

log = logging.getLogger(__name__)

WAYS = "provider_ways"  # in the session: this browser's ways that are under way, and what was ticked at each
MOST_WAYS = 5
TICKS = ("remember", "shared")


@bp.get("/masuk/kunci.json")
@public
def sign_in_keys() -> ResponseReturnValue:
    """Return the public JWKS of private_key_jwt, whose address the provider is given once."""
    return public_keys(list(providers().values())), {"Cache-Control": "public, max-age=3600"}


@bp.post("/masuk/lewat/<provider_key>")
@public
@limited("provider_ways", 60, links.FLOW_LIFE)
def sign_in_elsewhere(provider_key: str) -> ResponseReturnValue:
    carried = request.form.get("parked")
    kept = carried if read_carried(carried, now()) else None
    flow = SignInFlow(target=own_path(request.form.get("next")), parked=kept, user_id=None)
    return _leave(_provider(provider_key), flow)


@bp.post("/akun/hubungkan")
@allow(Can.ENTER)
@risky()
def link_account() -> ResponseReturnValue:
    provider = providers().get(request.form.get("provider", ""))
    if provider is None:
        flash(_("Akun ini tidak lagi bisa dihubungkan di sini."), "danger")
        return redirect(url_for(".account"), 303)
    return _leave(provider, SignInFlow(user_id=current_actor().id))


@bp.get("/masuk/lewat/<provider_key>/kembali")
@public
def back_from_elsewhere(provider_key: str) -> ResponseReturnValue:
    """Take the browser back from the provider: an address that works once."""
    provider = _provider(provider_key)
    flow = None
    with undoing(ProviderFault) as undone:
        flow, ticked = _own_flow(provider)
        account = _client().exchange_code(
            provider, request.args, back=_back(provider), nonce=flow.nonce, verifier=flow.verifier, now=now()
        )
        begin_writing()
        if flow.user_id is not None:
            return _linked(provider, flow, account)
        return _entered(provider, flow, account, ticked)
    return _failed(provider, undone.refusal, flow or SignInFlow())


def _entered(
    provider: Provider, flow: SignInFlow, account: ProviderAccount, ticked: frozenset[str]
) -> ResponseReturnValue:
    user = links.person_of(db.session, provider, account, now=now())
    links.compare_roles(db.session, provider, user, account, now=now())
    shown = proves_second_factor(provider, account, now())
    answer = after_first(
        user, how="provider", shown=shown, remember="remember" in ticked, shared="shared" in ticked,
        target=flow.target, carried=flow.parked,
    )  # fmt: skip
    db.session.commit()  # the way back is a GET, whose request would roll back
    return answer


def _linked(provider: Provider, flow: SignInFlow, account: ProviderAccount) -> ResponseReturnValue:
    if not signed_in() or current_actor().id != flow.user_id:
        raise ProviderFault("other_person")
    links.link_own(db.session, current_actor(), provider, account, now=now())
    db.session.commit()
    flash(_("Akun %(label)s terhubung. Mulai sekarang Anda bisa masuk lewat sana.", label=provider.label), "success")
    return redirect(url_for(".account"), 303)


@bp.post("/akun/lepaskan")
@allow(Can.ENTER)
def unlink_account() -> ResponseReturnValue:
    with telling(GaungError, Forbidden, NotFound):
        link_id = read_int(request.form.get("link")) or 0
        links.unlink(db.session, current_actor(), own_account(), link_id, now=now())
        flash(_("Akun dilepas. Masuk berikutnya dengan kata sandi Anda di sini."), "success")
    return redirect(url_for(".account"), 303)


@bp.route("/pengguna/<int:user_id>/akun-lain", methods=["GET", "POST"])
@allow(Can.ADMINISTER)
@risky()
def person_links(user_id: int) -> ResponseReturnValue:
    """Show and change by what providers know this person: the employee number, and the accounts that are linked."""
    user = service.find_user(db.session, current_actor(), user_id)
    form = EmployeeNumberForm(number=links.number_of(db.session, user_id))
    if form.is_posted_and_valid():
        with form.catching():
            if request.form.get("link"):
                links.unlink(db.session, current_actor(), user, read_int(request.form["link"]) or 0, now=now())
            else:
                links.set_number(db.session, current_actor(), user, form.number.data, now=now())
            flash(_("Tersimpan."), "success")
            return redirect(url_for(".person_links", user_id=user_id), 303)
    names = {provider.identity: provider.label for provider in providers().values()}
    page = render_template(
        "access/person_links.html", form=form, user=user, links=links.links_of(db.session, user_id), names=names
    )
    return page, 422 if form.is_submitted() else 200


def _leave(provider: Provider, flow: SignInFlow) -> ResponseReturnValue:
    """Show where the browser goes, and send it there. A redirect after a post would be stopped by the browser, whose
    content policy lets our forms lead to our own pages only."""
    db.session.commit()  # nobody waits while we ask the provider
    state, nonce, verifier = (secrets.token_urlsafe(size) for size in (32, 24, 64))
    try:
        address = _client().address(
            provider, back=_back(provider), state=state, nonce=nonce, verifier=verifier, now=now()
        )
    except ProviderFault as fault:
        return _failed(provider, fault, flow)
    flow.provider, flow.nonce, flow.verifier = provider.key, nonce, verifier
    links.begin_flow(db.session, flow, state, now=now())
    ticked = [name for name in TICKS if name in request.form]
    session[WAYS] = [*session.get(WAYS, []), [links.state_hash(state), ticked]][-MOST_WAYS:]
    answer = make_response(render_template("access/leaving.html", provider=provider, address=address))
    answer.headers.update({"Refresh": f"0; url={address}", "Cache-Control": "no-store"})
    return answer


def _own_flow(provider: Provider) -> tuple[SignInFlow, frozenset[str]]:
    """The way that this browser set out on, which leads back once; and what was ticked at the sign-in page."""
    state = request.args.get("state", "")
    mark, ways = links.state_hash(state), dict(session.get(WAYS, []))
    ticked = ways.pop(mark, None)
    if ticked is None:
        raise ProviderFault("state", "not of this browser")
    session[WAYS] = [list(way) for way in ways.items()]
    release_database()
    begin_writing()
    flow = links.take_flow(db.session, provider.key, state, now=now())
    db.session.commit()
    if flow is None:
        raise ProviderFault("state", "used or over")
    return flow, frozenset(ticked)


def _failed(provider: Provider, fault: ProviderFault, flow: SignInFlow) -> ResponseReturnValue:
    """Say what happened above the form by which one can sign in here, with all that was on the way."""
    log.warning("sign-in by %s failed: %s (%s)", provider.key, fault.kind, fault.detail)
    trail.note_failure(None, f"{provider.key}:{fault.kind}")
    told = sentence(T(WORDS[fault.kind].msgid, label=provider.label))
    if flow.user_id is not None and signed_in():
        flash(told, "danger")
        return redirect(url_for(".account"), 303)
    form = SignInForm(formdata=None)
    form.next.data, form.parked.data = flow.target or "", flow.parked or ""
    form.form_errors = [told, _("Anda belum masuk. Masuk dengan kata sandi di bawah ini tetap bisa.")]
    return sign_in_page(form, 403 if fault.kind in OURS else 502)


def _provider(key: str) -> Provider:
    found = providers().get(key)
    if found is None:
        raise NotFound(T("Cara masuk ini tidak ada."))
    return found


def _back(provider: Provider) -> str:
    """Of the settings, never of the request's Host: it is where codes are sent to."""
    path = url_for(".back_from_elsewhere", provider_key=provider.key)
    return str(settings().public_url).rstrip("/") + path


def _client() -> ProviderClient:
    client: ProviderClient = current_app.extensions.setdefault("provider_client", ProviderClient())
    return client
