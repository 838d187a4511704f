"""The page itself, and its form where no script runs."""

import hashlib
import uuid as uuids
from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage, MultiDict

from app.base.media.check import Checked, check_image
from app.base.media.pages import read_upload
from app.base.web.db import db
from app.base.web.editing import release_database, undoing
from app.base.web.formats import local_day, sentence, zone
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now, settings, wired
from app.gatherings.events.states import AGE_BANDS, KINDS, SEXES, TAGS
from app.gatherings.field import intake, photos
from app.gatherings.field.arrival import Arrival
from app.gatherings.field.blueprint import bp
from app.gatherings.field.forms import COUNTED, record_of
from app.gatherings.field.offer import make_offer
from app.gatherings.field.shape import MOST_PHOTOS, read_uuid
from app.gatherings.field.words import WORDS
from app.kernel.errors import Forbidden, GaungError, Invalid, NotFound
from app.kernel.roles import Can


@bp.get("/catat/")
@allow(Can.RECORD_IN_FIELD)
def page() -> ResponseReturnValue:
    return _page(MultiDict(), None)


@bp.post("/catat/")
@allow(Can.RECORD_IN_FIELD)
def save() -> ResponseReturnValue:
    """Take the form without a script: the same record through the same intake."""
    actor = current_actor()
    release_database()  # no write lock is held while pictures are read
    with undoing(GaungError, Forbidden, NotFound) as undone:
        uuid = read_uuid(request.form.get("uuid", ""))
        kept = _keep(uuid, [file for file in request.files.getlist("photos") if file.filename])
        answer = intake.receive(
            db.session, actor, [record_of(request.form, kept)], Arrival(now(), settings().tz, source="web")
        )[0]
        if answer.state == "conflict":
            return _another()
        if answer.state not in {"stored", "known"}:
            return _refused(sentence(answer.message), answer.field)
        return redirect(url_for(".sent", catatan=uuid), 303)
    return _refused(sentence(undone.refusal.sentence), undone.refusal.field)


def _refused(message: str, field: str | None) -> ResponseReturnValue:
    release_database()
    return _page(request.form, (message, field)), 422


def _another() -> ResponseReturnValue:
    """The page was kept by the browser and posted before: the same words stand under a new number."""
    release_database()
    values = MultiDict(request.form)
    values["uuid"] = str(uuids.uuid4())
    message = _(
        "Dari halaman ini sudah pernah terkirim catatan lain. Bila ini kegiatan lain, tekan Simpan sekali lagi. Bila "
        "ini perbaikan, buka “Yang sudah terkirim” dan ubah laporannya di sana."
    )
    return _page(values, (message, None)), 422


def _keep(record_uuid: str, files: list[FileStorage]) -> list[str]:
    """Check all pictures, then keep them; the same files again are the same pictures. Raises Invalid."""
    if len(files) > MOST_PHOTOS:
        raise Invalid(photos_too_many(), field="photos")
    if files and not request.form.get("consent"):
        raise Invalid(photos.NO_CONSENT, field="photos")
    try:
        checked = [check_image(read_upload(file), file.filename or "") for file in files]
    except Invalid as error:
        raise Invalid(error.sentence, field="photos") from error
    kept = []
    for one in checked:
        uuid = str(uuids.uuid5(uuids.UUID(record_uuid), hashlib.sha256(one.data).hexdigest()))
        keep_checked(one, uuid, record_uuid)
        kept.append(uuid)
    return kept


def keep_checked(checked: Checked, uuid: str, record_uuid: str) -> None:
    photos.keep_photo(
        db.session, wired().storage, current_actor(), checked, uuid=uuid, record_uuid=record_uuid, consent=True,
        now=now(),
    )  # fmt: skip


def photos_too_many() -> str:
    return _("Paling banyak %(n)s foto untuk satu catatan.", n=MOST_PHOTOS)


def _page(values: MultiDict[str, str], problem: tuple[str, str | None] | None) -> str:
    actor, moment = current_actor(), now()
    local: datetime = moment.astimezone(zone())
    offered = make_offer(db.session, actor, today=local_day(moment), now=moment)
    defaults: dict[str, Any] = {"date": local.date().isoformat(), "village_code": offered.own_village}
    return render_template(
        "field/page.html",
        offer=offered,
        values=values,
        value=lambda name: values.get(name, "") if values else defaults.get(name, ""),
        problem=problem,
        uuid=values.get("uuid") or str(uuids.uuid4()),
        actor=actor,
        zone=zone(),
        words={name: sentence(text) for name, text in WORDS.items()},
        kinds=KINDS,
        tags=TAGS,
        bands=AGE_BANDS,
        sexes=SEXES,
        counted=COUNTED,
        most_photos=MOST_PHOTOS,
    )
