"""The pages of kits: list, one kit, use, upload, export, and the published schemas."""

import json
import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.formats import angka, local_day, sentence
from app.base.web.guard import allow, current_actor, public
from app.base.web.noting import takes_away
from app.base.web.wiring import now, settings, wired
from app.kernel.roles import Can
from app.kits import routes_training, service
from app.kits.archive import pack, unpack
from app.kits.blueprint import bp
from app.kits.check import check_kit, errors
from app.kits.check_schema import SCHEMAS, schema_of
from app.kits.events import BLANK_SPOTS
from app.kits.export import export_kit
from app.kits.forms import UploadForm, UseForm
from app.kits.kit import Kit, find_kits, read_kit
from app.kits.lookups import kit_folder, service_keys, skill_keys
from app.kits.pages_programmes import programme_overview
from app.kits.pages_surveys import survey_overview
from app.kits.programmes import kit_key
from app.kits.reading import Document, Finding
from app.kits.routes_training import import_training
from app.learning.programmes.models import Programme
from app.outreach.campaigns.models import Campaign
from app.outreach.campaigns.rules import visible
from app.outreach.outlets.kinds import KINDS
from app.outreach.posts.content import GAP

__all__ = ["bp", "routes_training"]


@bp.context_processor
def _words() -> dict[str, Any]:
    return {"kind_words": _kind_words}


def _kind_words(kinds: Sequence[str]) -> str:
    """Outlet kinds as the office calls them; an unknown one as it was written."""
    return ", ".join(sentence(KINDS[kind].name) if kind in KINDS else kind for kind in kinds)


def _check(kit: Kit) -> list[Finding]:
    return check_kit(
        kit, channels=wired().channels, services=service_keys(db.session), skills=skill_keys(db.session),
        regency_code=settings().regency_code,
    )  # fmt: skip


def next_monday(today: date) -> date:
    return today + timedelta(days=7 - today.weekday())


def _made_of(kits: Sequence[Kit]) -> dict[str, list[Campaign]]:
    """Kit key → the campaigns made of it that this person sees, the latest first."""
    keys = [kit.key for kit in kits]
    query = select(Campaign).where(Campaign.kit_key.in_(keys), visible(current_actor()))
    found: dict[str, list[Campaign]] = {}
    for campaign in db.session.scalars(query.order_by(Campaign.kit_start.desc())):
        found.setdefault(campaign.kit_key or "", []).append(campaign)
    return found


def _brought(kits: Sequence[Kit]) -> dict[str, list[Programme]]:
    """Kit key → the programmes of training that were made of it."""
    files = {kit_key(kit, document): kit.key for kit in kits for document in kit.programmes}
    found: dict[str, list[Programme]] = {}
    for programme in db.session.scalars(select(Programme).where(Programme.kit_key.in_(files)).order_by(Programme.id)):
        found.setdefault(files[programme.kit_key or ""], []).append(programme)
    return found


def _may_use() -> bool:
    return current_actor().can(Can.USE_KITS)


def _index_page(form: UploadForm, status: int = 200) -> ResponseReturnValue:
    kits = [read_kit(folder) for folder in find_kits(settings().kits_dir)]
    page = render_template(
        "kits/index.html",
        kits=[(kit, _check(kit)) for kit in kits],
        made=_made_of(kits),
        brought=_brought(kits),
        form=form,
        errors=errors,
        may_use=_may_use(),
    )
    return page, status


@bp.get("/paket")
@allow(Can.READ_OFFICE)
def index() -> ResponseReturnValue:
    form = UploadForm()
    form.start.data = next_monday(local_day(now()))
    return _index_page(form)


@bp.get("/paket/<name>")
@allow(Can.READ_OFFICE)
def show(name: str) -> ResponseReturnValue:
    form = UseForm()
    form.start.data = next_monday(local_day(now()))
    return _show_page(kit_folder(settings().kits_dir, name), form)


def _show_page(folder: Path, form: UseForm, status: int = 200) -> ResponseReturnValue:
    kit = read_kit(folder)
    page = render_template(
        "kits/show.html",
        kit=kit,
        folder=folder.name,
        findings=_check(kit),
        places=_places(kit),
        errors=errors,
        posts=sorted((_overview(post) for post in kit.posts), key=lambda row: (row["day"], row["hour"])),
        prints=[_overview(piece) for piece in kit.prints],
        events=sorted((_overview(event) for event in kit.events), key=lambda row: (row["day"], row["hour"])),
        surveys=[survey_overview(document) for document in kit.surveys],
        results=[_overview(document) for document in kit.results],
        programmes=[programme_overview(document, kit) for document in kit.programmes],
        brought=_brought([kit]).get(kit.key, []),
        made=_made_of([kit]).get(kit.key, []),
        form=form,
        may_use=_may_use(),
    )
    return page, status


def _places(kit: Kit) -> dict[str, str]:
    """File → what it holds, as the office knows it."""
    kinds = (
        (_("Materi"), kit.posts), (_("Cetakan"), kit.prints), (_("Kegiatan"), kit.events), (_("Survei"), kit.surveys),
        (_("Hasil survei dari luar"), kit.results), (_("Program pelatihan"), kit.programmes), (_("Tes"), kit.tests),
    )  # fmt: skip
    return {
        document.file: _("%(kind)s “%(title)s”", kind=kind, title=_overview(document)["title"])
        for kind, documents in kinds
        for document in documents
    }


def _overview(document: Document) -> dict[str, Any]:
    """What a list shows of a post, a piece or an event, whatever shape the file is in."""
    data: dict[str, Any] = document.data if isinstance(document.data, dict) else {}
    ordered = data.get("order")
    order: dict[str, Any] = ordered if isinstance(ordered, dict) else {}
    day = data.get("day", order.get("day", 0))
    outlets = data.get("outlets", order.get("outlet_kinds", []))
    return {
        "title": str(data.get("title", document.file)),
        "done": str(data.get("done", "")),
        "kind": str(data.get("kind", "")),
        "day": day if isinstance(day, int) else 0,
        "hour": str(data.get("hour", order.get("hour", ""))),
        "outlets": [str(kind) for kind in outlets] if isinstance(outlets, list) else [],
        "ordered": bool(order),
        "where": _where(data),
    }


def _where(data: dict[str, Any]) -> str:
    """Where an event is held, in words; empty for what is no event."""
    villages, districts = data.get("villages"), data.get("districts")
    if villages == BLANK_SPOTS:
        return _("tiap desa yang jaringannya belum terlayani")
    if isinstance(villages, list) and villages:
        return _("%(n)s desa/kelurahan", n=len(villages))
    if isinstance(districts, list) and districts:
        return _("semua desa di %(n)s kecamatan", n=len(districts))
    place = str(data.get("place", ""))
    return "" if GAP.search(place) else place  # what is missing stands among the findings


@bp.post("/paket/<name>/pakai")
@allow(Can.USE_KITS)
def use(name: str) -> ResponseReturnValue:
    folder, form = kit_folder(settings().kits_dir, name), UseForm()
    if form.is_posted_and_valid():
        with form.catching():
            return _import(folder, form)
    return _show_page(folder, form, 422)


@bp.post("/paket/unggah")
@allow(Can.USE_KITS)
def upload() -> ResponseReturnValue:
    form = UploadForm()
    if form.is_posted_and_valid():
        with form.catching(), tempfile.TemporaryDirectory() as parent:
            return _import(unpack(form.file.data.read(), Path(parent)), form)
    return _index_page(form, 422)


def _import(folder: Path, form: UseForm) -> ResponseReturnValue:
    if read_kit(folder).is_training:
        return import_training(folder)
    actor, services, skills = current_actor(), service_keys(db.session), skill_keys(db.session)
    release_database()  # no lock is held while files are checked and images are read
    prepared = service.prepare(
        folder, channels=wired().channels, services=services, skills=skills, regency_code=settings().regency_code
    )
    result = service.import_kit(
        db.session,
        actor,
        prepared,
        start=form.start.data,
        storage=wired().storage,
        now=now(),
        tz=settings().tz,
    )
    _tell(result)
    return redirect(url_for("campaigns.show", campaign_id=result.campaign.id))


def _tell(result: service.ImportResult) -> None:
    if not result.created:
        flash(
            _("Paket ini sudah dipakai dengan tanggal mulai yang sama. Inilah programnya; tidak ada yang diubah."),
            "info",
        )
        return
    flash(
        _(
            "Program “%(name)s” siap: %(posts)s materi dan %(pieces)s cetakan masih draf, "
            "%(events)s kegiatan direncanakan, %(waves)s survei disiapkan.",
            name=result.campaign.name,
            posts=len(result.posts),
            pieces=len(result.pieces),
            events=len(result.events),
            waves=len(result.waves),
        ),
        "success",
    )
    if result.programmes:
        flash(_("%(n)s program pelatihan ikut dibuat.", n=angka(len(result.programmes))), "success")
    for skipped in result.skipped:
        flash(sentence(skipped), "warning")


@bp.get("/paket/unduh/<int:campaign_id>.zip")
@allow(Can.EXPORT_CAMPAIGNS)
@takes_away("campaigns")
def export(campaign_id: int) -> ResponseReturnValue:
    with tempfile.TemporaryDirectory() as parent:
        folder = export_kit(
            db.session, current_actor(), campaign_id, Path(parent), storage=wired().storage, tz=settings().tz
        )
        data = pack(folder)
        name = f"{folder.name}.zip"
    return _attachment(data, name)


def _attachment(data: bytes, name: str) -> ResponseReturnValue:
    headers = {"Content-Type": "application/zip", "Content-Disposition": f"attachment; filename={name}"}
    return data, 200, headers


@bp.get("/paket/skema/<name>.json")
@public
def schema(name: str) -> ResponseReturnValue:
    """Serve the JSON Schema of campaign.yaml, or of the files of a folder."""
    if name not in SCHEMAS:
        abort(404)
    body = json.dumps(schema_of(name), ensure_ascii=False, indent=2) + "\n"
    return body, 200, {"Content-Type": "application/schema+json"}
