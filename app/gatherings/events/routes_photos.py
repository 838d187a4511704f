"""Pictures of an event: several at once, for those who may see the event and for nobody else."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from app.base.media.check import Checked, check_image
from app.base.media.models import StoredFile
from app.base.media.pages import forget_after_commit, picture, read_upload
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor, own_path
from app.base.web.wiring import now, wired
from app.gatherings.events import access, photos
from app.gatherings.events.blueprint import bp
from app.gatherings.events.forms_photos import PhotosForm
from app.gatherings.events.models import Event
from app.kernel.errors import Invalid
from app.kernel.roles import Can

AT_ONCE = 10  # each takes a second to be made harmless


def photos_section(event: Event) -> dict[str, Any]:
    """Return `photos` of the event, `form`, and `room`: how many more fit."""
    return {"photos": event.photos, "form": PhotosForm(None), "room": photos.MOST_PHOTOS - len(event.photos)}


@bp.get("/kegiatan/<int:event_id>/foto", endpoint="photos")
@allow(Can.READ_EVENTS)
def show_photos(event_id: int) -> ResponseReturnValue:
    return _page(access.get(db.session, current_actor(), event_id), PhotosForm(None))


@bp.post("/kegiatan/<int:event_id>/foto")
@allow(Can.PLAN_EVENTS)
def add_photos(event_id: int) -> ResponseReturnValue:
    """Store the good pictures even where their neighbours are not; those are named with what is wrong."""
    actor, form = current_actor(), PhotosForm()
    access.to_manage(db.session, actor, event_id)
    release_database()  # no write lock is held while images are read
    wrong: list[str] = []
    if form.is_posted_and_valid():
        with form.catching():
            if not form.consent.data:
                raise Invalid(photos.AGREE, field="consent")
            checked, wrong = _checked(request.files.getlist("photo"))
            if checked:
                added, too_many = photos.add_photos(
                    db.session, wired().storage, actor, event_id, checked, caption=form.caption.data or "",
                    consent=bool(form.consent.data), now=now(),
                )  # fmt: skip
                if too_many:
                    wrong.append(sentence(photos.too_many_photos().sentence))
                return _after(event_id, len(added), wrong)
            for problem in wrong:
                form.photo.errors = [*form.photo.errors, problem]
    return _page(access.to_manage(db.session, actor, event_id), form), 422


def _after(event_id: int, added: int, wrong: Sequence[str]) -> ResponseReturnValue:
    if added or not wrong:
        flash(_("%(n)s foto disimpan.", n=added) if added else _("Foto ini sudah ada."))
    for problem in wrong:
        flash(problem, "error")
    back = own_path(request.form.get("next")) or url_for(".photos", event_id=event_id)
    return redirect(f"{back}#foto", 303)


def _checked(files: Sequence[FileStorage]) -> tuple[list[Checked], list[str]]:
    """What may be kept, and a sentence for each that may not."""
    given = [file for file in files if file.filename]
    if not given:
        return [], [_("Pilih dulu fotonya.")]
    checked, wrong = [], []
    for file in given[:AT_ONCE]:
        try:
            checked.append(check_image(read_upload(file), file.filename or ""))
        except Invalid as error:
            wrong.append(sentence(error.sentence))
    if len(given) > AT_ONCE:
        wrong.append(_("Paling banyak %(n)s foto sekali unggah; sisanya belum diunggah.", n=AT_ONCE))
    return checked, wrong


def _page(event: Event, form: PhotosForm) -> str:
    return render_template(
        "events/photos.html",
        event=event,
        form=form,
        may_manage=access.may_manage(current_actor(), event),
        room=photos.MOST_PHOTOS - len(event.photos),
    )


@bp.get("/kegiatan/foto/<int:photo_id>")
@allow(Can.READ_EVENTS)
def photo(photo_id: int) -> ResponseReturnValue:
    """Send the picture whole, or small with `?kecil=1` for lists."""
    found = photos.photo_of(db.session, current_actor(), photo_id)
    return picture(db.session.get_one(StoredFile, found.file_id), small=request.args.get("kecil") == "1")


@bp.post("/kegiatan/foto/<int:photo_id>/hapus")
@allow(Can.PLAN_EVENTS)
def remove_photo(photo_id: int) -> ResponseReturnValue:
    event_id, sha256 = photos.remove_photo(db.session, current_actor(), photo_id, now=now())
    if sha256 is not None:
        forget_after_commit([sha256])
    flash(_("Foto dihapus."))
    back = own_path(request.form.get("next")) or url_for(".photos", event_id=event_id)
    return redirect(f"{back}#foto", 303)
