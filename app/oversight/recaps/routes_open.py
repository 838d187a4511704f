"""The open-data set: what is in it, and the file."""

import json

from flask import render_template, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.areas.queries import regency
from app.base.documents.sheets import CSV, csv_parts
from app.base.documents.zips import ZIP, zipped
from app.base.people.office import office_of
from app.base.web.db import db
from app.base.web.files import download
from app.base.web.formats import local_day, zone
from app.base.web.guard import allow
from app.base.web.wiring import now, settings
from app.kernel.roles import Can
from app.oversight.recaps import open_data as service
from app.oversight.recaps.blueprint import bp
from app.oversight.recaps.open_set import (
    DICTIONARY_TITLES,
    NAME,
    About,
    ExportScope,
    descriptor,
    dictionary,
    package_files,
)

JSON = "application/json"


def _about() -> About:
    of = settings()
    found = regency(db.session, of.regency_code)
    name = found.name if found else of.regency_code
    office = office_of(db.session, name)
    return About(
        title=_("Data terbuka sosialisasi smart city %(regency)s", regency=name),
        publisher=f"{office['name']}, {office['regency']}" if office["name"] else of.office_name,
        licence=of.open_data_licence,
        regency_code=of.regency_code,
        made=now().astimezone(zone()),
        practice=of.practice,
    )


def _name(about: About) -> str:
    mark = "latihan-" if about.practice else ""
    return f"{mark}{NAME}-{about.regency_code.replace('.', '-')}-{local_day(about.made)}"


@bp.get("/laporan-berkala/data-terbuka")
@allow(Can.READ_OFFICE)
def open_data() -> ResponseReturnValue:
    return render_template("recaps/open_data.html", about=_about(), resources=service.resources())


@bp.get("/laporan-berkala/data-terbuka/berkas.zip")
@allow(Can.READ_OFFICE)
def open_data_zip() -> ResponseReturnValue:
    """Send the open-data set while it is made: nothing of it is kept."""
    about = _about()
    making = ExportScope(db.session, about.regency_code, zone(), now(), about.practice)
    answer = download(b"", ZIP, f"{_name(about)}.zip")
    answer.response = stream_with_context(
        zipped(package_files(service.resources(), making, about), packed=True, at=about.made)
    )
    answer.headers.pop("Content-Length", None)
    return answer


@bp.get("/laporan-berkala/data-terbuka/kamus.csv", endpoint="open_data_dictionary")
@allow(Can.READ_OFFICE)
def open_dictionary() -> ResponseReturnValue:
    """Send the dictionary for a person with a spreadsheet: semicolons, unlike the one in the set."""
    return download(
        b"".join(csv_parts(DICTIONARY_TITLES, dictionary(service.resources()))), CSV, "kamus data terbuka.csv"
    )


@bp.get("/laporan-berkala/data-terbuka/datapackage.json", endpoint="open_data_descriptor")
@allow(Can.READ_OFFICE)
def open_descriptor() -> ResponseReturnValue:
    text = json.dumps(descriptor(service.resources(), _about()), ensure_ascii=False, indent=2)
    return download(text.encode(), JSON, "datapackage.json")
