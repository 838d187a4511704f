"""Batas wilayah: the office loads, replaces and removes the real boundaries."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.areas.connectivity import check_may_record
from app.base.media.models import StoredFile
from app.base.media.pages import forget_after_commit, lost_file, read_upload
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.files import download
from app.base.web.formats import angka
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now, settings, wired
from app.kernel.roles import Can
from app.oversight.mosaic import boundaries as service
from app.oversight.mosaic.blueprint import bp
from app.oversight.mosaic.forms import BoundariesForm
from app.oversight.mosaic.geojson import MIME


@bp.get("/peta-desa/batas")
@allow(Can.KEEP_COVERAGE)
def boundaries() -> ResponseReturnValue:
    return _page(BoundariesForm())


@bp.post("/peta-desa/batas")
@allow(Can.KEEP_COVERAGE)
def load_boundaries() -> ResponseReturnValue:
    form, code = BoundariesForm(), settings().regency_code
    if form.is_posted_and_valid():
        actor = current_actor()
        with form.catching():
            release_database()  # no write lock is held while a large file is read
            upload = form.file.data
            checked = service.check(db.session, actor, code, read_upload(upload), upload.filename or "")
            kept, gone = service.load(db.session, wired().storage, actor, code, checked, now=now())
            forget_after_commit(gone)
            flash(_("Batas %(n)s wilayah dimuat.", n=angka(len(kept.paths))))
            if checked.areas.outside:
                flash(_("%(n)s wilayah di luar kabupaten ini dilewati.", n=angka(checked.areas.outside)))
            return redirect(
                url_for(".boundaries" if kept.missing else ".index", tampilan=None if kept.missing else "peta")
            )
    return _page(form), 422


@bp.post("/peta-desa/batas/hapus")
@allow(Can.KEEP_COVERAGE)
def remove_boundaries() -> ResponseReturnValue:
    forget_after_commit(service.remove(db.session, current_actor(), settings().regency_code, now=now()))
    flash(_("Batas wilayah dihapus. Peta kotak tetap seperti semula."))
    return redirect(url_for(".boundaries"))


@bp.get("/peta-desa/batas/berkas")
@allow(Can.KEEP_COVERAGE)
def boundaries_file() -> ResponseReturnValue:
    """Send the file as it was loaded."""
    check_may_record(current_actor())
    kept = service.of_regency(db.session, settings().regency_code)
    if kept is None:
        flash(_("Batas wilayah belum dimuat."))
        return redirect(url_for(".boundaries"))
    file = db.session.get_one(StoredFile, kept.file_id)
    try:
        data = wired().storage.read(file)
    except FileNotFoundError as error:
        raise lost_file(file) from error
    return download(data, MIME, "batas-wilayah.geojson")


def _page(form: BoundariesForm) -> str:
    check_may_record(current_actor())
    kept = service.of_regency(db.session, settings().regency_code)
    return render_template(
        "mosaic/boundaries.html",
        form=form,
        kept=kept,
        missing=service.village_names(db.session, kept.missing) if kept else [],
        file=db.session.get(StoredFile, kept.file_id) if kept else None,
    )
