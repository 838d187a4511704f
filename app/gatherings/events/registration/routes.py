"""Pages to register for a public event, and the page of one's own registration, which its link alone opens."""

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.documents.qr import qr_image
from app.base.notices.service import mark_opened
from app.base.people.identity import shown_phone
from app.base.web.afterwards import afterwards
from app.base.web.db import db
from app.base.web.guard import public
from app.base.web.head import only_head
from app.base.web.limits import address_key, hit_all
from app.base.web.wiring import now, settings
from app.gatherings.events.agenda.public import find_event
from app.gatherings.events.agenda.routes import place_of, public_event, state_of
from app.gatherings.events.blueprint import bp
from app.gatherings.events.models import Event, Registration, RegistrationStatus
from app.gatherings.events.pages import public_address, tokens, whatsapp_link
from app.gatherings.events.registration import holding, links, service, waiting_list
from app.gatherings.events.registration.forms import ContactForm, RegisterForm
from app.gatherings.events.registration.names import name_key
from app.gatherings.events.registration.news import registration_path
from app.gatherings.events.retention import erase_registration
from app.gatherings.events.villages import village_code_of, villages_to_pick
from app.kernel.site import site_of

REGISTERED_HERE = "ikut"  # in the session: registrations that this browser made, which it may see again
REMEMBERED = 20


@bp.get("/agenda/<code>/daftar", endpoint="join")
@public
def join(code: str) -> ResponseReturnValue:
    return _join_page(code, RegisterForm())


@bp.post("/agenda/<code>/daftar", endpoint="enter")
@public
def enter(code: str) -> ResponseReturnValue:
    row, form = public_event(code), RegisterForm()
    if form.is_posted_and_valid():
        with form.catching():
            person = form.person(village_code_of(db.session, form.village.data))
            own = session.get(REGISTERED_HERE, [])
            entry = service.enter(db.session, row.id, person, doubtful=lambda: _is_burst(row), own=own, now=now())
            session[REGISTERED_HERE] = [*own, entry.registration.id][-REMEMBERED:]
            flash(*(_known(entry.registration, person.name) if entry.known else (_entered(entry.shown),)))
            return redirect(url_for("events.own", token=tokens().registration(entry.registration)), 303)
    return _join_page(code, form), 422


def _is_burst(row: Any) -> bool:
    """Whether this is one registration too many from one address in a short time."""
    counted = holding.burst_hits(row.id, row.starts_at, row.ends_at, address_key("registration"), now())
    return any(verdict.over for verdict in hit_all(counted))


def _known(registration: Registration, name: str) -> tuple[str, str]:
    """What to say, and its kind: two people of one family often share a phone."""
    if name_key(name) == name_key(registration.name):
        return _("Kontak ini sudah terdaftar."), "info"
    return _(
        "%(name)s belum terdaftar: kontak ini sudah dipakai %(known)s, dan satu kontak hanya untuk satu orang. "
        "Daftarkan dengan nomor atau surel lain, atau minta penyelenggara mencatatnya.",
        name=name, known=registration.name,
    ), "warning"  # fmt: skip


def _entered(status: str) -> str:
    if status == RegistrationStatus.WAITING:
        return _("Tempatnya sudah penuh. Anda masuk daftar tunggu.")
    if status == RegistrationStatus.HELD:
        return _("Pendaftaran Anda tersimpan. Panitia memeriksanya dulu; simpan alamat halaman ini.")
    return _("Anda terdaftar. Simpan alamat halaman ini: di sini tiket Anda.")


def _join_page(code: str, form: RegisterForm) -> Response:
    row = public_event(code)
    return _private(
        make_response(
            render_template(
                "events/join.html",
                event=row,
                state=state_of(row, now()),
                form=form,
                when=site_of(db.session).when(row.starts_at, row.ends_at),
                where=place_of(row),
                villages=villages_to_pick(db.session),
            )
        )
    )


# --- the own page ---


@bp.get("/agenda/ikut/<token>", endpoint="own")
@public
def own(token: str) -> ResponseReturnValue:
    _note_opened(_mine(token))
    return _own_page(token)


def _note_opened(mine: Registration) -> None:
    """Who opens the link elsewhere than where it was made has it from the mail: the address is theirs."""
    if mine.email and mine.id not in session.get(REGISTERED_HERE, []) and not only_head():
        path, moment = registration_path(db.session, mine), now()
        afterwards(lambda after: mark_opened(after, path, now=moment))


@bp.get("/agenda/ikut/<token>/ubah", endpoint="own_edit")
@public
def own_edit(token: str) -> ResponseReturnValue:
    mine = _mine(token)
    form = ContactForm(name=mine.name, phone=mine.phone, email=mine.email)
    return _private(make_response(render_template("events/own_edit.html", form=form, token=token)))


@bp.post("/agenda/ikut/<token>/ubah", endpoint="own_save")
@public
def own_save(token: str) -> ResponseReturnValue:
    form = ContactForm()
    mine = _mine(token)
    if form.is_posted_and_valid():
        with form.catching():
            service.change_registration(db.session, mine, form.contact(), now=now())
            flash(_("Data Anda diperbarui."))
            return redirect(url_for("events.own", token=token), 303)
    return _private(make_response(render_template("events/own_edit.html", form=form, token=token), 422))


@bp.get("/agenda/ikut/<token>/batal", endpoint="own_leave")
@public
def own_leave(token: str) -> ResponseReturnValue:
    mine = _mine(token)
    event = db.session.get_one(Event, mine.event_id)
    return _private(make_response(render_template("events/own_leave.html", event=event, mine=mine, token=token)))


@bp.post("/agenda/ikut/<token>/batal", endpoint="own_cancel")
@public
def own_cancel(token: str) -> ResponseReturnValue:
    service.withdraw(db.session, _mine(token), now=now())
    flash(_("Pendaftaran Anda dibatalkan. Terima kasih sudah memberi tahu."))
    return redirect(url_for("events.own", token=token), 303)


@bp.post("/agenda/ikut/<token>/hapus", endpoint="own_erase")
@public
def own_erase(token: str) -> ResponseReturnValue:
    """Erase the registration at the person's wish (UU 27/2022, article 8): the place is given back."""
    mine = _mine(token)
    event = db.session.get_one(Event, mine.event_id)
    erase_registration(db.session, mine, now=now())
    if find_event(db.session, event.code) is None:  # not announced: there is no public page to go back to
        return _private(make_response(render_template("events/erased.html")))
    flash(_("Data Anda sudah dihapus. Tautan pendaftaran ini tidak berlaku lagi."))
    return redirect(url_for("events.join", code=event.code), 303)


def _mine(token: str) -> Registration:
    return links.registration_of(db.session, tokens(), token, now=now())


def _own_page(token: str) -> Response:
    mine = _mine(token)
    event = db.session.get_one(Event, mine.event_id)
    status = service.status_shown(mine)
    shown = waiting_list.queue_place(db.session, mine) if status == RegistrationStatus.WAITING else None
    comes = status == RegistrationStatus.REGISTERED and event.cancelled_at is None and event.ends_at > now()
    return _private(
        make_response(
            render_template(
                "events/own.html",
                mine=mine,
                status=status,
                event=event,
                token=token,
                queue_place=shown,
                phone=shown_phone(mine.phone),
                over=event.ends_at <= now(),
                ticket=_ticket(mine) if comes else None,
                **_facts(event),
            )
        )
    )


def _facts(event: Event) -> dict[str, Any]:
    row = find_event(db.session, event.code)  # none yet where the organiser entered people before the announcement
    return {
        "when": site_of(db.session).when(event.starts_at, event.ends_at),
        "where": place_of(row) if row is not None else event.place,
        "share": whatsapp_link(event.title, event.starts_at, public_address(event.code)),
    }


def _ticket(mine: Registration) -> str:
    """The ticket as a picture: a code that opens the check-in of this person."""
    return qr_image(f"{settings().public_url.rstrip('/')}/hadir/{tokens().ticket(mine)}")


def _private(answer: Response) -> Response:
    """Pages with a person's data, or with a form of their own: nobody keeps them."""
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
