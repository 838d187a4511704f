"""Pages of what arrived, and of files that came by another way than the line."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.media.check import Checked, check_image
from app.base.media.pages import forget_after_commit
from app.base.web.db import db
from app.base.web.editing import release_database, undoing
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.gatherings.events.states import BADGES, LABELS
from app.gatherings.field import intake, photos, queries
from app.gatherings.field.answers import KIND
from app.gatherings.field.arrival import Arrival
from app.gatherings.field.blueprint import bp
from app.gatherings.field.intake import Answer
from app.gatherings.field.routes_page import keep_checked
from app.gatherings.field.shape import read_uuid
from app.gatherings.reports.states import MISSING
from app.kernel.errors import Forbidden, GaungError, Invalid, NotFound
from app.kernel.paging import paginate
from app.kernel.roles import Can
from app.kernel.text import T

FORMAT = "gaung-catatan"
LARGEST_FILE = 60_000_000
MOST_PHOTOS = 250
NO_FILE = T("Pilih berkas catatan yang diekspor dari halaman Catat Kegiatan (nama berkasnya berakhir .json).")
STRANGE = T("Berkas ini bukan catatan dari halaman Catat Kegiatan, atau isinya rusak. Ekspor sekali lagi dari HP-nya.")


@bp.get("/catat/terkirim")
@allow(Can.RECORD_IN_FIELD)
def sent() -> ResponseReturnValue:
    actor = current_actor()
    found = paginate(db.session, queries.select_sent(actor), number_of("hal") or 1, 20, rows=True)
    twins = {row[0].uuid: _twins(row[2].flags) for row in found.items if row[2] is not None}
    titles = queries.event_titles(db.session, actor, {twin for some in twins.values() for twin in some})
    return render_template(
        "field/sent.html",
        page=found,
        fresh=queries.one_sent(db.session, actor, request.args.get("catatan", "")[:36]),
        twins={uuid: _named(some, titles) for uuid, some in twins.items()},
        labels=LABELS,
        badges=BADGES,
        missing=MISSING,
        several=actor.of_office,
    )


def _twins(flags: list[str]) -> list[int]:
    return [int(flag.partition(":")[2]) for flag in flags if flag.startswith("twin:")]


def _named(twins: list[int], titles: dict[int, str]) -> list[str]:
    return list(dict.fromkeys(f"“{titles[twin]}”" for twin in twins if twin in titles))[:3]


@bp.get("/catat/berkas")
@allow(Can.SEND_FROM_FIELD)
def file() -> ResponseReturnValue:
    return render_template("field/file.html", results=[], problem=None)


@bp.post("/catat/berkas")
@allow(Can.SEND_FROM_FIELD)
def read_file() -> ResponseReturnValue:
    """Take an exported file through the same intake: what arrived before is known."""
    actor = current_actor()
    release_database()  # no write lock is held while the file is read
    with undoing(GaungError, Forbidden, NotFound) as undone:
        records, pictures = _opened()
        checked, wrong = _checked(pictures)
        for one in checked:
            keep_checked(one.checked, one.uuid, one.record_uuid)
        answers = intake.receive(db.session, actor, records, Arrival(now(), settings().tz, source="phone"))
    if undone.error is not None:
        return render_template("field/file.html", results=[], problem=sentence(undone.error.sentence)), 422
    forget_after_commit([sha256 for answer in answers for sha256 in answer.gone])
    results = [
        {"title": _title(raw), "answer": answer, "wrong": wrong.get(answer.uuid), "good": _good(answer)}
        for raw, answer in zip(records, answers, strict=True)
    ]
    return render_template("field/file.html", results=results, problem=None)


def _good(answer: Answer) -> bool:
    return answer.state in {"stored", "known"}


def _title(raw: Any) -> str:
    if isinstance(raw, dict) and raw.get("kind") == KIND:
        return _("Wawancara survei")
    content = raw.get("content") if isinstance(raw, dict) else None
    title = content.get("title") if isinstance(content, dict) else None
    return title[:200] if isinstance(title, str) and title else _("Catatan tanpa nama")


@dataclass(frozen=True)
class Picture:
    checked: Checked
    uuid: str
    record_uuid: str


def _opened() -> tuple[list[Any], list[Any]]:
    """Records and pictures of the posted file. Raises Invalid."""
    posted = request.files.get("file")
    if posted is None or not posted.filename:
        raise Invalid(NO_FILE)
    data = posted.stream.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise Invalid(T("Berkas ini terlalu besar. Ekspor catatannya satu per satu."))
    try:
        opened = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Invalid(STRANGE) from error
    if not isinstance(opened, dict) or opened.get("format") != FORMAT:
        raise Invalid(STRANGE)
    records, pictures = opened.get("records"), opened.get("photos", [])
    if not isinstance(records, list) or not isinstance(pictures, list) or len(pictures) > MOST_PHOTOS or not records:
        raise Invalid(STRANGE)
    return records, pictures


def _checked(pictures: list[Any]) -> tuple[list[Picture], dict[str, str]]:
    """The pictures that may be kept; record UUID → why one may not."""
    checked, wrong = [], {}
    for one in pictures:
        if not isinstance(one, dict) or not isinstance(one.get("data"), str):
            raise Invalid(STRANGE)
        uuid, record_uuid = read_uuid(one.get("uuid")), read_uuid(one.get("record_uuid"))
        try:
            if not photos.has_photo(db.session, current_actor(), uuid):
                release_database()
                data = base64.b64decode(one["data"], validate=True)
                checked.append(Picture(check_image(data, str(one.get("name") or "foto.jpg")), uuid, record_uuid))
        except binascii.Error as error:
            raise Invalid(STRANGE) from error
        except GaungError as error:
            wrong[record_uuid] = sentence(error.sentence)
    return checked, wrong
