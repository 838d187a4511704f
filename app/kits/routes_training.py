"""The pages of kits that carry programmes of training."""

import tempfile
from pathlib import Path

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.formats import angka, sentence
from app.base.web.guard import allow, current_actor
from app.base.web.noting import takes_away
from app.base.web.wiring import now, settings, wired
from app.kernel.roles import Can
from app.kits import service
from app.kits.archive import pack
from app.kits.blueprint import bp
from app.kits.export import export_programme
from app.kits.lookups import kit_folder, service_keys, skill_keys
from app.kits.programmes import ImportedProgrammes, import_for_organisation


@bp.post("/paket/<name>/program-pelatihan")
@allow(Can.USE_KITS)
def use_training(name: str) -> ResponseReturnValue:
    """Make the programmes of a kit, without its campaign."""
    return import_training(kit_folder(settings().kits_dir, name))


def import_training(folder: Path) -> ResponseReturnValue:
    actor, services, skills = current_actor(), service_keys(db.session), skill_keys(db.session)
    release_database()  # no lock is held while files are checked and images are read
    prepared = service.prepare(
        folder, channels=wired().channels, services=services, skills=skills, regency_code=settings().regency_code
    )
    result = import_for_organisation(db.session, actor, prepared, storage=wired().storage, now=now())
    _tell(result)
    brought = [*result.made, *result.known]
    if len(brought) == 1:
        return redirect(url_for("programmes.show", programme_id=brought[0].id))
    return redirect(url_for("programmes.index"))


def _tell(result: ImportedProgrammes) -> None:
    if not result.made:
        flash(_("Program pelatihan dari paket ini sudah ada. Inilah programnya; tidak ada yang diubah."), "info")
        return
    if len(result.made) == 1:
        flash(_("Program pelatihan “%(title)s” siap.", title=result.made[0].title), "success")
    else:
        flash(_("%(n)s program pelatihan siap.", n=angka(len(result.made))), "success")
    for skipped in result.skipped:
        flash(sentence(skipped), "warning")


@bp.get("/paket/unduh/pelatihan/<int:programme_id>.zip")
@allow(Can.EXPORT_PROGRAMMES)
@takes_away("programmes")
def export_training(programme_id: int) -> ResponseReturnValue:
    """Send a programme with its test as a kit."""
    with tempfile.TemporaryDirectory() as parent:
        folder = export_programme(
            db.session, current_actor(), programme_id, Path(parent), storage=wired().storage
        )  # fmt: skip
        data, name = pack(folder), f"{folder.name}.zip"
    headers = {"Content-Type": "application/zip", "Content-Disposition": f"attachment; filename={name}"}
    return data, 200, headers
