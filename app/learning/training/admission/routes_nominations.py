"""OPDs send people with a letter; the office sees all letters, an OPD's contact the own ones."""

from pathlib import Path
from typing import NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.base.media.check import Checked, check_file
from app.base.media.pages import picture, read_upload
from app.base.media.pending_uploads import drop_pending, find_pending, keep_pending
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor
from app.base.web.noting import shows_contacts, takes_away
from app.base.web.wiring import now, settings, wired
from app.kernel.errors import Forbidden, GaungError, Invalid, NotFound
from app.kernel.roles import Can
from app.kernel.text import T
from app.learning.training.access import get, may_manage, may_see_people
from app.learning.training.admission import nominations as service
from app.learning.training.admission.forms_nominations import (
    MOST_ROWS,
    ROWS,
    NominationForm,
    NomineeRow,
    rows_with_errors,
    typed_rows,
)
from app.learning.training.admission.nominations import Letter
from app.learning.training.admission.quotas import count_taken
from app.learning.training.blueprint import bp
from app.learning.training.models import Batch


class UploadedLetter(NamedTuple):
    """A letter that waits for the next answer of the form."""

    token: str
    name: str


@bp.get("/pelatihan/<int:batch_id>/usulan", endpoint="nominations")
@allow(Can.READ_NOMINATIONS)
@shows_contacts("training_batches")
def nomination_list(batch_id: int) -> ResponseReturnValue:
    batch = get(db.session, current_actor(), batch_id)
    opds = service.may_send(db.session, current_actor(), batch)
    if not opds and not may_see_people(current_actor(), batch):
        raise Forbidden(T("Usulan peserta hanya untuk narahubung OPD dan penyelenggara."))
    letters = service.nominations(db.session, current_actor(), batch)
    by_office = may_manage(current_actor(), batch)
    closed = service.closed_because(batch, now(), by_office=by_office)
    return render_template(
        "training/nominations.html",
        batch=batch,
        letters=letters,
        people=service.people_by_nomination(db.session, [one.id for one, _opd, _count in letters]),
        closed=closed,
        opds=opds,
        by_office=by_office,
        silent=service.opds_without_contact(db.session) if by_office else [],
        has=count_taken(db.session, batch),
    )


@bp.get("/pelatihan/<int:batch_id>/usulan/baru", endpoint="nominate")
@allow(Can.READ_NOMINATIONS)
def nominate(batch_id: int) -> ResponseReturnValue:
    batch = get(db.session, current_actor(), batch_id)
    opds = _senders(batch)
    return _form_page(batch, NominationForm(opds, organisation_id=str(opds[0].id)), [NomineeRow()] * ROWS)


@bp.post("/pelatihan/<int:batch_id>/usulan/baru", endpoint="nominated")
@allow(Can.READ_NOMINATIONS)
def nominated(batch_id: int) -> ResponseReturnValue:
    batch = get(db.session, current_actor(), batch_id)
    form, lines = NominationForm(_senders(batch)), typed_rows(request.form)
    file, token, wrong = _letter(needed=not request.form.get("tambah"))
    if request.form.get("tambah"):
        return _form_page(batch, form, [*lines, *[NomineeRow()] * ROWS][:MOST_ROWS], _kept(file, token))
    valid = form.is_posted_and_valid()
    if wrong is not None:
        form.refuse(wrong)
    elif valid and file is not None:
        with form.catching():
            try:
                _say(_nominate(batch_id, form, file, [line for line in lines if not line.empty]))
            except service.RowInvalid as error:
                lines = rows_with_errors(lines, error)
                raise
            drop_pending(_pending_files(), current_actor(), token)
            return redirect(url_for(".nominations", batch_id=batch_id), 303)
    return _form_page(get(db.session, current_actor(), batch_id), form, lines, _kept(file, token)), 422


def _nominate(
    batch_id: int, form: NominationForm, file: Checked, written: list[NomineeRow]
) -> service.NominationResult:
    chosen = int(form.organisation_id.data)
    letter = Letter(chosen, file, form.number.data or "", form.on.data, form.note.data or "", bool(form.again.data))
    return service.nominate(
        db.session, wired().storage, current_actor(), batch_id, letter, [line.applicant(chosen) for line in written],
        others=[row for row, line in enumerate(written) if line.other], now=now(),
    )  # fmt: skip


@bp.get("/pelatihan/<int:batch_id>/usulan/<int:nomination_id>/surat", endpoint="letter")
@allow(Can.READ_NOMINATIONS)
@takes_away("training_batches")
def letter(batch_id: int, nomination_id: int) -> ResponseReturnValue:
    answer = picture(service.letter_of(db.session, current_actor(), batch_id, nomination_id))
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _say(sent: service.NominationResult) -> None:
    """How many were proposed now, and what about the others of the letter."""
    words = [ngettext("%(num)d orang diusulkan.", "%(num)d orang diusulkan.", sent.new)]
    if sent.there:
        words.append(_("%(n)s orang sudah ada di angkatan ini sebelumnya.", n=sent.there))
    if sent.turned_down:
        words.append(
            _("%(n)s orang sudah pernah tidak terpilih di angkatan ini dan tetap begitu; hubungi penyelenggara bila "
              "perlu dipertimbangkan lagi.", n=sent.turned_down)
        )  # fmt: skip
    flash(" ".join(words), "success" if sent.new else "warning")


def _letter(*, needed: bool) -> tuple[Checked | None, str, GaungError | None]:
    """(the file of this answer or, kept, of an earlier one; its token where it is kept; what is wrong with it).

    A new file is checked by its content outside any writing transaction.
    """
    upload, token = request.files.get("letter"), request.form.get("letter_held", "")
    if upload is None or not upload.filename:
        kept = find_pending(_pending_files(), current_actor(), token)
        missing = Invalid(T("Lampirkan surat usulannya (PDF atau foto)."), field="letter") if needed else None
        return (kept, token, None) if kept else (None, "", missing)
    release_database()
    try:
        checked = check_file(read_upload(upload), upload.filename)
    except (Forbidden, NotFound):
        raise
    except GaungError as error:
        return None, "", Invalid(error.sentence, field="letter")
    drop_pending(_pending_files(), current_actor(), token)
    return checked, "", None


def _kept(file: Checked | None, token: str) -> UploadedLetter | None:
    """What the form says of a letter that came and need not be chosen again."""
    if file is None:
        return None
    return UploadedLetter(token or keep_pending(_pending_files(), current_actor(), file, now=now()), file.name)


def _pending_files() -> Path:
    folder: Path = settings().var_dir / "held"
    return folder


def _senders(batch: Batch) -> list:  # type: ignore[type-arg]
    opds = service.may_send(db.session, current_actor(), batch)
    if not opds:
        raise Forbidden(T("Akun Anda belum terhubung dengan OPD, jadi belum bisa mengusulkan peserta."))
    return opds


def _form_page(batch: Batch, form: NominationForm, lines: list[NomineeRow], kept: UploadedLetter | None = None) -> str:
    by_office = may_manage(current_actor(), batch)
    closed = service.closed_because(batch, now(), by_office=by_office)
    return render_template(
        "training/nominate.html",
        batch=batch,
        form=form,
        lines=lines or [NomineeRow()] * ROWS,
        by_office=by_office,
        closed=sentence(closed) if closed else "",
        has=count_taken(db.session, batch),
        most_rows=MOST_ROWS,
        kept=kept,
    )
