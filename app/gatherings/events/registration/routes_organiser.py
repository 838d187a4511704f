"""The organiser's list of registered people."""

from typing import Any
from urllib.parse import quote

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.documents.sheets import XLSX, Cell, as_xlsx
from app.base.people.identity import masked_phone, shown_phone
from app.base.web.db import db
from app.base.web.files import download
from app.base.web.formats import local_date, sentence
from app.base.web.guard import allow, current_actor, risky, signed_in
from app.base.web.noting import shows_contacts, writes_down_itself
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.gatherings.events.access import may_manage, to_manage
from app.gatherings.events.blueprint import bp
from app.gatherings.events.models import Event, EventStatus, Registration, RegistrationStatus
from app.gatherings.events.panels import keeper
from app.gatherings.events.registration import links, organiser, service, waiting_list
from app.gatherings.events.registration.forms import ByHandForm
from app.gatherings.events.registration.holding import count_on_hold
from app.gatherings.events.states import AGE_BANDS, REGISTRATIONS, SEXES, UPCOMING
from app.gatherings.events.villages import village_code_of, villages_to_pick
from app.kernel.paging import paginate
from app.kernel.roles import Can

A_PAGE = 50
FILTERS = (*(str(status) for status in RegistrationStatus), "untold")
BADGES = {
    RegistrationStatus.REGISTERED: "ok",
    RegistrationStatus.WAITING: "wait",
    RegistrationStatus.HELD: "warn",
    RegistrationStatus.CANCELLED: "muted",
}


def registration_section(event: Event) -> dict[str, Any]:
    """Return what the event's page shows of registration. `shown`: whether there is anything to say; `places`
    (waiting_list.Places); `untold`: people to be informed by hand; `latest`: rows of who registered last, for those who
    may manage the event; `keeper`: where its people are added instead (panels.Door)."""
    counted = waiting_list.count_places(db.session, event)
    mine = signed_in() and may_manage(current_actor(), event)
    kept = keeper(db.session, current_actor(), event) if mine else None
    query = organiser.select_registrations(event.id).where(Registration.status != RegistrationStatus.CANCELLED)
    latest = query.order_by(None).order_by(Registration.registered_at.desc(), Registration.id.desc()).limit(5)
    return {
        "shown": event.registration or bool(counted.taken or counted.waiting),
        "places": counted,
        "untold": organiser.count_not_informed(db.session, event) if mine else 0,
        "latest": db.session.execute(latest).all() if mine else [],
        "held": count_on_hold(db.session, event) if mine else 0,
        "open": service.closed_because(event, now()) is None,
        "may_add": mine and event.status in UPCOMING and event.ends_at > now() and kept is None,
        "keeper": kept,
    }


@bp.get("/kegiatan/<int:event_id>/pendaftaran", endpoint="registrations")
@allow(Can.PLAN_EVENTS)
@shows_contacts("events")
def registration_list(event_id: int) -> ResponseReturnValue:
    event = to_manage(db.session, current_actor(), event_id)
    q, status = request.args.get("q", "")[:200], request.args.get("keadaan", "")
    query = organiser.select_registrations(event.id, q=q, status=status if status in FILTERS else "")
    page = paginate(db.session, query, number_of("hal") or 1, A_PAGE, rows=True)
    return render_template(
        "events/registrations.html",
        event=event,
        page=page,
        filtered=bool(q or status),
        status=status,
        filters=[("", _("Semua")), *((value, _filter_name(value)) for value in FILTERS)],
        section=registration_section(event),
        news=_whatsapp(event, [row.Registration for row in page.items if _is_untold(event, row)]),
        masked=masked_phone,
        badge=lambda value: (BADGES[value], sentence(REGISTRATIONS[value])),
        sexes=SEXES,
        ages=AGE_BANDS,
        is_cancelled=event.status == EventStatus.CANCELLED,
        over=event.ends_at <= now(),
    )


@bp.get("/kegiatan/<int:event_id>/pendaftaran/tambah", endpoint="registration_new")
@allow(Can.PLAN_EVENTS)
def registration_new(event_id: int) -> ResponseReturnValue:
    event = to_manage(db.session, current_actor(), event_id)
    return _kept_elsewhere(event) or _form_page(event, ByHandForm())


@bp.post("/kegiatan/<int:event_id>/pendaftaran/tambah", endpoint="registration_add")
@allow(Can.PLAN_EVENTS)
def registration_add(event_id: int) -> ResponseReturnValue:
    form = ByHandForm()
    event = to_manage(db.session, current_actor(), event_id)
    kept = _kept_elsewhere(event)
    if kept is not None:
        return kept
    if form.is_posted_and_valid():
        with form.catching():
            person = form.person(village_code_of(db.session, form.village.data))
            entry = organiser.add_person(db.session, current_actor(), event_id, person, now=now())
            flash(*_added(entry))
            return redirect(url_for("events.registrations", event_id=event_id), 303)
    return _form_page(event, form), 422


def _kept_elsewhere(event: Event) -> ResponseReturnValue | None:
    """Its people are entered where its list is kept."""
    kept = keeper(db.session, current_actor(), event)
    if kept is None:
        return None
    return render_template("events/registration_elsewhere.html", event=event, keeper=kept), 409


def _added(entry: service.Entry) -> tuple[str, str]:
    name = entry.registration.name
    if entry.known:
        return _("Kontak ini sudah ada pada daftar, atas nama %(name)s. Tidak ada yang berubah.", name=name), "info"
    if entry.registration.status == RegistrationStatus.WAITING:
        return _("Tidak ada tempat yang bebas: %(name)s masuk daftar tunggu.", name=name), "warning"
    return _("%(name)s terdaftar.", name=name), "success"


@bp.post("/kegiatan/<int:event_id>/pendaftaran/<int:registration_id>/batal", endpoint="registration_cancel")
@allow(Can.PLAN_EVENTS)
def registration_cancel(event_id: int, registration_id: int) -> ResponseReturnValue:
    promoted = organiser.cancel_person(db.session, current_actor(), event_id, registration_id, now=now())
    flash(
        _("Pendaftaran dibatalkan. Tempatnya diberikan kepada urutan berikutnya.")
        if promoted
        else _("Pendaftaran dibatalkan.")
    )
    return redirect(url_for("events.registrations", event_id=event_id), 303)


@bp.post("/kegiatan/<int:event_id>/pendaftaran/<int:registration_id>/dikabari", endpoint="registration_told")
@allow(Can.PLAN_EVENTS)
def registration_told(event_id: int, registration_id: int) -> ResponseReturnValue:
    organiser.mark_informed(db.session, current_actor(), event_id, registration_id)
    flash(_("Dicatat: sudah dikabari."))
    return redirect(url_for("events.registrations", event_id=event_id, keadaan="untold"), 303)


@bp.post("/kegiatan/<int:event_id>/pendaftaran/<int:registration_id>/tautan-baru", endpoint="registration_link")
@allow(Can.PLAN_EVENTS)
def registration_link(event_id: int, registration_id: int) -> ResponseReturnValue:
    mailed = links.renew_link(db.session, current_actor(), event_id, registration_id, now=now())
    flash(
        _("Tautan lama tidak berlaku lagi. Yang baru dikirim ke surel orangnya.")
        if mailed
        else _("Tautan lama tidak berlaku lagi. Kabari orangnya: tautan baru ada dalam pesan WhatsApp-nya."),
        "success",
    )
    return redirect(url_for("events.registrations", event_id=event_id, _anchor=f"orang-{registration_id}"), 303)


@bp.post("/kegiatan/<int:event_id>/pendaftaran.xlsx", endpoint="registrations_file")
@allow(Can.PLAN_EVENTS)
@risky(when=lambda: request.form.get("pribadi") == "1")
@writes_down_itself(when=lambda: request.form.get("pribadi") == "1")
def registrations_file(event_id: int) -> ResponseReturnValue:
    """Download the list. A post, since taking names and contacts away is written down."""
    event, personal = to_manage(db.session, current_actor(), event_id), request.form.get("pribadi") == "1"
    organiser.note_export(db.session, current_actor(), event, personal=personal, now=now())
    titles = [_("Urutan"), _("Status"), _("Desa atau kelurahan"), _("Kecamatan"), _("Jenis kelamin"), _("Umur"),
              _("Mendaftar")]  # fmt: skip
    if personal:
        titles += [_("Nama"), _("Telepon"), _("Surel"), _("Orang tua atau wali")]
    rows = (_cells(row, personal=personal) for row in db.session.execute(organiser.select_registrations(event.id)))
    return download(as_xlsx(_("Pendaftaran"), titles, rows), XLSX, f"pendaftaran {event.title}.xlsx")


def _cells(row: Any, *, personal: bool) -> list[Cell]:
    one: Registration = row.Registration
    cells: list[Cell] = [
        one.queue_no,
        sentence(REGISTRATIONS[one.status]),
        row.village or "",
        row.district or "",
        sentence(SEXES[one.sex]),
        sentence(AGE_BANDS[one.age_band]),
        local_date(one.registered_at),
    ]
    return [*cells, one.name, shown_phone(one.phone), one.email or "", one.guardian or ""] if personal else cells


def _is_untold(event: Event, row: Any) -> bool:
    one: Registration = row.Registration
    return one.status != RegistrationStatus.CANCELLED and one.told_sequence < event.sequence


def _whatsapp(event: Event, people: list[Registration]) -> dict[int, str | None]:
    """Registration id → a link that opens WhatsApp with what to tell; None without a phone."""
    news = organiser.messages_for(db.session, event, people, settings().public_url)
    return {
        one.id: f"https://wa.me/{one.phone.lstrip('+')}?text={quote(sentence(news[one.id]))}" if one.phone else None
        for one in people
    }


def _filter_name(value: str) -> str:
    return _("Belum dikabari") if value == "untold" else sentence(REGISTRATIONS[value])


def _form_page(event: Event, form: ByHandForm) -> str:
    return render_template(
        "events/registration_new.html", event=event, form=form, villages=villages_to_pick(db.session)
    )
