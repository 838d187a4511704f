"""The office's list of people of a batch: search, enter, correct, tell, take away as a file."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.base.documents.sheets import Cell
from app.base.people.identity import masked_phone, shown_phone
from app.base.web.db import db
from app.base.web.editing import telling
from app.base.web.formats import local_day, sentence
from app.base.web.guard import allow, current_actor, risky
from app.base.web.noting import shows_contacts, writes_down_itself
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.gatherings.events.models import Sex
from app.gatherings.events.states import AGE_BANDS, SEXES
from app.gatherings.events.villages import village_code_of, village_name, villages_to_pick
from app.kernel.errors import Refused
from app.kernel.paging import paginate
from app.kernel.roles import Can
from app.kernel.text import T
from app.learning.training.access import check_sees_people, get, may_manage, to_manage
from app.learning.training.admission.deciding import to_decide
from app.learning.training.admission.nominations import nominations
from app.learning.training.admission.overlaps import clashes
from app.learning.training.admission.pages_quotas import over_quota, quota_lines
from app.learning.training.admission.quotas import required_fields
from app.learning.training.admission.service import Entry, enrol
from app.learning.training.admission.waiting import queue_places
from app.learning.training.blueprint import bp
from app.learning.training.models import Batch, Enrolment, EnrolmentStatus
from app.learning.training.pages_files import table
from app.learning.training.panels import COLUMNS
from app.learning.training.participants import service
from app.learning.training.participants.forms import ByHandForm, values_of
from app.learning.training.participants.news import messages_by_hand
from app.learning.training.participants.people import opds
from app.learning.training.participants.walk_ins import list_walk_ins, match_walk_in
from app.learning.training.states import ALIVE, ENROLMENTS, OPEN_ENROLMENTS, OUTCOMES

A_PAGE = 50
SOURCES = {"open": _l("Mendaftar sendiri"), "nomination": _l("Diusulkan OPD"), "office": _l("Dicatat kantor")}
STATES = (*(str(status) for status in EnrolmentStatus), "overlaps", "untold")


@bp.get("/pelatihan/<int:batch_id>/peserta", endpoint="participants")
@allow(Can.READ_TRAINEES)
@shows_contacts("training_batches")
def participant_list(batch_id: int) -> ResponseReturnValue:
    batch = get(db.session, current_actor(), batch_id)
    check_sees_people(current_actor(), batch)
    wanted = _wanted()
    page = paginate(db.session, service.select_people(batch.id, wanted), number_of("hal") or 1, A_PAGE, rows=True)
    ones = [row.Enrolment for row in page.items]
    ids = [one.id for one in ones]
    manages = may_manage(current_actor(), batch)
    return render_template(
        "training/participants.html",
        batch=batch,
        page=page,
        wanted=wanted,
        filtered=wanted != service.ParticipantFilters(),
        manages=manages,
        alive=batch.status in ALIVE,
        counts=service.count_by_status(db.session, batch),
        quotas=quota_lines(batch),
        over=over_quota(batch),
        states=[("", _("Semua")), *((value, state_name(value)) for value in STATES)],
        opds=[("", _("Semua")), *((str(one.id), one.short_name or one.name) for one in opds(db.session))],
        sexes=[("", _("Semua")), *((str(key), sentence(SEXES[key])) for key in (Sex.FEMALE, Sex.MALE, Sex.UNKNOWN))],
        sources=[("", _("Semua")), *SOURCES.items()],
        source_words=SOURCES,
        sex_words=SEXES,
        columns=[] if wanted.state == "untold" else _columns(batch, ids),
        clashes=clashes(db.session, batch.id, [one.trainee_id for one in ones]),
        lacks=service.missing_prerequisites(
            db.session, batch, [one.trainee_id for one in ones if one.status in OPEN_ENROLMENTS]
        ),
        news=_whatsapp(batch, [one for one in ones if not one.told]) if manages else {},
        walk_ins=list_walk_ins(db.session, batch) if not wanted.q else [],
        places=queue_places(db.session, batch),
        letters=len(nominations(db.session, current_actor(), batch)),
        masked=masked_phone,
    )


def _columns(batch: Batch, ids: list[int]) -> list[tuple[Any, Mapping[int, Any]]]:
    """What higher rooms say of these enrolments: (label, id → cell)."""
    in_order = sorted(COLUMNS, key=lambda column: column.order)
    return [(column.label, column.cells(db.session, batch, ids)) for column in in_order]


def _filed(batch: Batch, ids: list[int]) -> list[tuple[str, Mapping[int, Any]]]:
    """The same for a file, where numbers stay numbers."""
    return [
        (f"{column.label} ({column.unit})" if column.unit else str(column.label),
         (column.filed or column.cells)(db.session, batch, ids))
        for column in sorted(COLUMNS, key=lambda column: column.order)
    ]  # fmt: skip


def state_name(value: str) -> str:
    special = {"untold": _("Belum dikabari"), "overlaps": _("Jadwal bentrok")}
    return special.get(value) or sentence(ENROLMENTS[value])


def _wanted() -> service.ParticipantFilters:
    given = request.args
    state, sex, source = given.get("keadaan", ""), given.get("jk", ""), given.get("asal", "")
    return service.ParticipantFilters(
        q=given.get("q", "")[:200],
        state=state if state in STATES else "",
        organisation_id=number_of("opd"),
        sex=sex if sex in set(Sex) else "",
        source=source if source in SOURCES else "",
    )


def _whatsapp(batch: Batch, people: list[Enrolment]) -> dict[int, dict[str, str]]:
    """Enrolment id → {text, url}: what to tell, and a link that opens WhatsApp with it, "" without a phone."""
    found = {}
    for one, text in ((one, sentence(text)) for one, text in _texts(batch, people)):
        phone = (one.trainee.phone or "").lstrip("+")
        found[one.id] = {"text": text, "url": f"https://wa.me/{phone}?text={quote(text)}" if phone else ""}
    return found


def _texts(batch: Batch, people: list[Enrolment]) -> list[tuple[Enrolment, Any]]:
    news = messages_by_hand(db.session, batch, people, settings().public_url)
    return [(one, news[one.id]) for one in people]


# --- entering and correcting ---


@bp.route("/pelatihan/<int:batch_id>/peserta/tambah", methods=["GET", "POST"], endpoint="participant_new")
@allow(Can.PLAN_TRAINING)
def participant_new(batch_id: int) -> ResponseReturnValue:
    batch = to_manage(db.session, current_actor(), batch_id)
    form = ByHandForm(opds(db.session), required_fields(batch))
    if request.method == "GET":
        form.name.data = request.args.get("nama", "")[:200]
        return _form_page(batch, form)
    if form.is_posted_and_valid():
        with form.catching():
            values = form.applicant(village_code_of(db.session, form.village.data), consent=bool(form.consent.data))
            entry = enrol(db.session, current_actor(), batch_id, values, certain=bool(form.certain.data), now=now())
            flash(*_added(entry))
            return redirect(url_for(".participants", batch_id=batch_id), 303)
    return _form_page(batch, form), 422


def _added(entry: Entry) -> tuple[str, str]:
    one = entry.enrolment
    name, status = one.trainee.name, sentence(ENROLMENTS[one.status])
    if entry.known:
        return _(
            "%(name)s sudah ada di angkatan ini (%(status)s). Tidak ada yang berubah.", name=name, status=status
        ), "info"
    if one.status == EnrolmentStatus.ACCEPTED:
        return _("%(name)s diterima sebagai peserta.", name=name), "success"
    if one.status == EnrolmentStatus.WAITING:
        return _("Tidak ada tempat yang bebas: %(name)s masuk daftar tunggu.", name=name), "warning"
    return _("%(name)s tercatat dan menunggu keputusan.", name=name), "success"


@bp.route("/pelatihan/<int:batch_id>/peserta/<int:enrolment_id>/ubah", methods=["GET", "POST"],
          endpoint="participant_edit")  # fmt: skip
@allow(Can.PLAN_TRAINING)
@shows_contacts("training_batches")
def participant_edit(batch_id: int, enrolment_id: int) -> ResponseReturnValue:
    batch, one = to_decide(db.session, current_actor(), enrolment_id, lock=request.method == "POST")
    trainee = one.trainee
    if request.method == "GET":
        village = village_name(db.session, trainee.village_code)
        known = values_of(one, trainee, village, shown_phone(trainee.phone))
        return _form_page(batch, ByHandForm(opds(db.session), required_fields(batch), **known), one)
    form = ByHandForm(opds(db.session), required_fields(batch))
    if form.is_posted_and_valid():
        with form.catching():
            values = form.applicant(village_code_of(db.session, form.village.data), consent=True)
            service.correct(db.session, current_actor(), enrolment_id, values, now=now())
            flash(_("Data %(name)s diperbarui.", name=values.name), "success")
            return redirect(url_for(".participants", batch_id=one.batch_id), 303)
    return _form_page(batch, form, one), 422


def _form_page(batch: Batch, form: ByHandForm, one: Enrolment | None = None) -> str:
    return render_template(
        "training/participant_form.html", batch=batch, form=form, one=one, villages=villages_to_pick(db.session)
    )


@bp.post("/pelatihan/<int:batch_id>/peserta/<int:enrolment_id>/dikabari", endpoint="participant_told")
@allow(Can.PLAN_TRAINING)
def participant_told(batch_id: int, enrolment_id: int) -> ResponseReturnValue:
    one = service.mark_told(db.session, current_actor(), enrolment_id)
    flash(_("Dicatat: sudah dikabari."))
    return redirect(url_for(".participants", batch_id=one.batch_id, keadaan="untold"), 303)


@bp.post("/pelatihan/<int:batch_id>/peserta/hadir/<int:attendance_id>", endpoint="participant_match")
@allow(Can.PLAN_TRAINING)
def participant_match(batch_id: int, attendance_id: int) -> ResponseReturnValue:
    """Match a walk-in with a participant. What stands against it is said in place: the list may be older than what was
    noted since."""
    to_manage(db.session, current_actor(), batch_id)  # whose batch it is, before anything is said of it
    enrolment_id = number_of("enrolment_id", request.form)
    with telling(Refused):
        if enrolment_id is None:
            raise Refused(T("Pilih dulu pesertanya, lalu cocokkan."))
        name = match_walk_in(db.session, current_actor(), batch_id, attendance_id, enrolment_id, now=now())
        flash(_("Kehadiran dicatat untuk %(name)s.", name=name), "success")
    return redirect(url_for(".participants", batch_id=batch_id, _anchor="bukan-peserta"), 303)


# --- the list as a file ---


@bp.post("/pelatihan/<int:batch_id>/peserta/unduh", endpoint="participants_file")
@allow(Can.READ_TRAINEES)
@risky(when=lambda: request.form.get("pribadi") == "1")
@writes_down_itself(when=lambda: request.form.get("pribadi") == "1")
def participants_file(batch_id: int) -> ResponseReturnValue:
    """Download the list of people: by a post, since taking names and contacts away is written down."""
    batch = get(db.session, current_actor(), batch_id)
    check_sees_people(current_actor(), batch)
    personal = request.form.get("pribadi") == "1"
    service.note_export(db.session, current_actor(), batch, personal=personal, now=now())
    return _file(batch, personal=personal, as_text=request.form.get("bentuk") == "csv")


def _file(batch: Batch, *, personal: bool, as_text: bool) -> Response:
    rows = db.session.execute(service.select_people(batch.id)).all()
    ids = [row.Enrolment.id for row in rows]
    more, places = _filed(batch, ids), queue_places(db.session, batch)
    titles = [
        _("Urutan daftar tunggu"), _("Status"), _("Asal pendaftaran"), _("OPD"), _("Desa atau kelurahan"),
        _("Kecamatan"), _("Jenis kelamin"), _("Umur"), _("Hasil"), _("Mendaftar"), *(label for label, _cells in more),
    ]  # fmt: skip
    if personal:
        titles += [_("Nama"), _("Telepon"), _("Surel"), _("Pekerjaan atau jabatan")]
    cells = [_cells(row, places, more, personal=personal) for row in rows]
    name = f"peserta {batch.name}"
    return table(_("Peserta"), name, titles, cells, practice=batch.simulated, as_text=as_text)


def _cells(row: Any, places: Mapping[int, int], more: list[Any], *, personal: bool) -> list[Cell]:
    one: Enrolment = row.Enrolment
    trainee = one.trainee
    cells: list[Cell] = [
        places.get(one.id),
        sentence(ENROLMENTS[one.status]),
        str(SOURCES.get(one.source, one.source)),
        row.opd or "",
        row.village or "",
        row.district or "",
        sentence(SEXES[trainee.sex]),
        sentence(AGE_BANDS[trainee.age_band]),
        sentence(OUTCOMES[one.outcome]) if one.outcome else "",
        local_day(one.applied_at),
        *(_plain(values.get(one.id)) for _label, values in more),
    ]
    own = [trainee.name, shown_phone(trainee.phone), trainee.email or "", trainee.occupation]
    return [*cells, *own] if personal else cells


def _plain(value: Any) -> Cell:
    return value if value is None or isinstance(value, (int, float)) else str(value)
