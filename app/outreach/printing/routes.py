"""The pages of print pieces. Orders and proofs have modules of their own under the same blueprint."""

import base64
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.utils import secure_filename

from app.base.areas.queries import village_names
from app.base.documents.render import Renderer, renderer
from app.base.documents.zips import ZIP, zipped
from app.base.media.service import file_of, readable_file
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.files import PDF, download
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now, settings, wired
from app.kernel.errors import GaungError, Invalid, NotFound
from app.kernel.paging import paginate
from app.kernel.roles import Can
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign
from app.outreach.printing import press, queries, routes_orders, routes_proofs, routes_reach, service
from app.outreach.printing.blueprint import bp
from app.outreach.printing.content import clean, placeholders
from app.outreach.printing.context import context_of, outdated
from app.outreach.printing.forms import PieceForm, picked_file
from app.outreach.printing.models import PieceKind, PrintPiece
from app.outreach.printing.press import Sheet, Version, sheet_of

__all__ = ["bp", "routes_orders", "routes_proofs", "routes_reach"]

STATES = (
    ("draft", T("Belum dipesan")),
    ("ordered", T("Dipesan, belum ada bukti")),
    ("unproved", T("Belum semua lembar terbukti")),
    ("proved", T("Terbukti")),
)
PREVIEW_WIDTH = 760
WEEK = 7 * 24 * 3600


def house_renderer() -> Renderer:
    return renderer(settings().logo_path)


def find(piece_id: int) -> PrintPiece:
    return service.find_piece(db.session, current_actor(), piece_id)


def link_of(code: str | None) -> str | None:
    return f"{settings().public_url.rstrip('/')}/t/{code}" if code else None


def sheet_for(piece: PrintPiece) -> Sheet:
    """Return the sheet of the piece with its own short link."""
    code = queries.piece_codes(db.session, piece).get(None)
    return sheet_of(db.session, piece, [Version(link_of(code) or piece.link_url)])


# --- list and page ---


@bp.get("/cetak")
@allow(Can.READ_PRINT)
def index() -> ResponseReturnValue:
    actor = current_actor()
    filters: dict[str, Any] = {
        "q": request.args.get("q", ""),
        "kind": request.args.get("jenis", ""),
        "campaign_id": number_of("program"),
        "state": request.args.get("keadaan", ""),
    }
    page = paginate(db.session, queries.pieces(actor, **filters), number_of("hal") or 1, rows=True)
    return render_template(
        "printing/index.html",
        page=page,
        filters=filters,
        states=[(value, sentence(label)) for value, label in STATES],
        campaigns=queries.campaign_choices(db.session, actor, with_pieces=True),
    )


@bp.get("/cetak/<int:piece_id>")
@allow(Can.READ_PRINT)
def show(piece_id: int) -> ResponseReturnValue:
    piece, actor = find(piece_id), current_actor()
    sheet = sheet_for(piece)
    villages, copies = queries.proved_counts(db.session, piece.id)
    orders = db.session.execute(queries.orders(actor, piece_id=piece.id).limit(20)).all()
    proofs = db.session.execute(queries.proofs(actor, piece_id=piece.id).limit(20)).all()
    codes = {village.village_code for proof, _piece in proofs for village in proof.villages}
    return render_template(
        "printing/show.html",
        piece=piece,
        campaign_name=db.session.get_one(Campaign, piece.campaign_id).name,
        open_places=placeholders(piece),
        outdated=outdated(db.session, piece),
        warnings=press.warnings(wired().storage, house_renderer(), piece, sheet),
        pages=press.PAGES.get(PieceKind(piece.kind), 1),
        short_link=sheet.data["versions"][0].get("link", {}).get("text"),
        area=len(queries.campaign_area(db.session, piece.campaign_id)),
        villages=villages,
        copies=copies,
        orders=orders,
        proofs=proofs,
        village_names=village_names(db.session, codes),
        may_edit=service.may_write(actor, piece.organisation_id),
    )


@bp.get("/cetak/<int:piece_id>/halaman-<int:number>.png")
@allow(Can.READ_PRINT)
def preview(piece_id: int, number: int) -> ResponseReturnValue:
    """Send a page as it will be printed. The address carries the content's hash, so browsers may keep it."""
    pages = press.preview_pngs(wired().storage, house_renderer(), sheet_for(find(piece_id)), width=PREVIEW_WIDTH)
    if not 1 <= number <= len(pages):
        raise NotFound(T("Halaman ini tidak ada."))
    response = make_response(pages[number - 1])
    response.content_type = "image/png"
    response.headers["Cache-Control"] = f"private, max-age={WEEK}" if "v" in request.args else "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


# --- writing ---


@bp.get("/cetak/baru")
@allow(Can.MAKE_PRINT)
def new() -> ResponseReturnValue:
    kind, campaign_id = request.args.get("jenis", ""), number_of("program")
    choices = queries.campaign_choices(db.session, current_actor())
    if kind not in set(PieceKind) or not choices:
        return render_template("printing/kinds.html", campaign_id=campaign_id, has_campaigns=bool(choices))
    form = PieceForm(campaign_id=campaign_id, columns=3, height_mm=150)
    form.campaign_id.choices = choices
    return _form_page(form, kind)


@bp.post("/cetak/baru")
@allow(Can.MAKE_PRINT)
def create() -> ResponseReturnValue:
    kind = request.args.get("jenis", "")
    form = PieceForm()
    form.campaign_id.choices = queries.campaign_choices(db.session, current_actor())
    if form.is_posted_and_valid():
        with form.catching():
            values = form.values(kind)
            piece = service.draft_piece(
                db.session, current_actor(), form.campaign_id.data, kind, values.pop("title"), values.pop("content"),
                **values, now=now(),
            )  # fmt: skip
            flash(_("Cetakan disimpan. Periksa pratinjaunya."))
            return redirect(url_for(".show", piece_id=piece.id))
    return _form_page(form, kind), 422


@bp.get("/cetak/<int:piece_id>/ubah")
@allow(Can.MAKE_PRINT)
def edit(piece_id: int) -> ResponseReturnValue:
    piece = find(piece_id)
    return _form_page(PieceForm.of(piece), piece.kind, piece)


@bp.post("/cetak/<int:piece_id>/ubah")
@allow(Can.MAKE_PRINT)
def save(piece_id: int) -> ResponseReturnValue:
    piece = find(piece_id)
    form = PieceForm()
    form.campaign_id.choices = [(piece.campaign_id, "")]
    form.campaign_id.data = piece.campaign_id
    if form.is_posted_and_valid():
        with form.saving(piece):
            version, values = form.version.data or 0, form.values(piece.kind)
            service.edit_piece(db.session, current_actor(), piece, version=version, **values, now=now())
            flash(_("Perubahan disimpan."))
            return redirect(url_for(".show", piece_id=piece.id))
    return _form_page(form, piece.kind, piece), 422


@bp.post("/cetak/<int:piece_id>/perbarui")
@allow(Can.MAKE_PRINT)
def refresh(piece_id: int) -> ResponseReturnValue:
    piece = find(piece_id)
    service.refresh_context(db.session, current_actor(), piece, now=now())
    flash(_("Nama program dan data kantor pada cetakan diperbarui. Periksa pratinjaunya."))
    return redirect(url_for(".show", piece_id=piece.id))


def _form_page(form: PieceForm, kind: str, piece: PrintPiece | None = None) -> str:
    if kind not in set(PieceKind):
        raise Invalid(T("Pilih dulu jenis cetakannya."))
    if kind == PieceKind.NEWSPAPER:
        form.columns.flags.optional = form.height_mm.flags.optional = False
    image_id = picked_file("image_id") if request.method == "POST" else piece.image_id if piece else None
    image = readable_file(db.session, current_actor(), image_id)
    changed = outdated(db.session, piece) if piece else []
    return render_template("printing/form.html", form=form, kind=kind, piece=piece, image=image, outdated=changed)


@bp.post("/cetak/pratinjau/<kind>")
@allow(Can.MAKE_PRINT)
def try_out(kind: str) -> ResponseReturnValue:
    """Show what is in the form now, as a picture; nothing is stored. No write lock is held while it is drawn."""
    form = PieceForm()
    try:
        sheet = _unsaved(form, kind)
    except GaungError as error:
        return render_template("printing/_preview.html", problem=sentence(error.sentence), pictures=[], warnings=[])
    finally:
        release_database()
    storage = wired().storage
    pages = press.preview_pngs(storage, house_renderer(), sheet, width=PREVIEW_WIDTH)
    limit = press.PAGES.get(sheet.kind)
    pictures = [f"data:image/png;base64,{base64.b64encode(page).decode()}" for page in pages[: limit or 3]]
    warnings = [press.overflow_sentence(sheet.kind)] if limit and len(pages) > limit else []
    return render_template("printing/_preview.html", problem=None, pictures=pictures, warnings=warnings)


def _unsaved(form: PieceForm, kind: str) -> Sheet:
    values = form.values(kind)
    if values["image_id"]:
        file_of(db.session, current_actor(), values["image_id"])
    printed = clean(kind, values.pop("title") or "-", values.pop("content"), **values)
    campaigns = dict(queries.campaign_choices(db.session, current_actor()))
    campaign_id = number_of("campaign_id", request.form)
    if campaign_id not in campaigns:
        raise Invalid(T("Pilih dulu programnya untuk melihat pratinjau."))
    piece = PrintPiece(
        campaign_id=campaign_id, kind=printed.kind, title=printed.title, content=dict(printed.content),
        columns=printed.columns, height_mm=printed.height_mm, image_id=printed.image_id, link_url=printed.link_url,
        context=context_of(db.session, campaign_id),
    )  # fmt: skip
    return sheet_of(db.session, piece)


# --- files ---


@bp.get("/cetak/<int:piece_id>/kantor.pdf")
@allow(Can.READ_PRINT)
def office_pdf(piece_id: int) -> ResponseReturnValue:
    piece = find(piece_id)
    return download(press.render_office(wired().storage, house_renderer(), sheet_for(piece)), PDF, f"{piece.title}.pdf")


@bp.get("/cetak/<int:piece_id>/siap-cetak.pdf")
@allow(Can.READ_PRINT)
def press_pdf(piece_id: int) -> ResponseReturnValue:
    piece = find(piece_id)
    document = press.render_press(wired().storage, house_renderer(), sheet_for(piece))
    return download(document, PDF, f"{piece.title} siap cetak.pdf")


@bp.post("/cetak/<int:piece_id>/per-desa")
@allow(Can.MAKE_PRINT)
def prepare_villages(piece_id: int) -> ResponseReturnValue:
    """Make the codes of the villages, then fetch the file: a GET writes nothing."""
    piece = find(piece_id)
    villages = list(queries.campaign_area(db.session, piece.campaign_id))
    service.link_villages(db.session, current_actor(), piece, villages, now=now())
    form = "zip" if request.form.get("bentuk") == "zip" else "pdf"
    use = "percetakan" if request.form.get("untuk") == "percetakan" else "kantor"
    return redirect(url_for(".village_files", piece_id=piece.id, form=form, untuk=use), 303)


@bp.get("/cetak/<int:piece_id>/per-desa.<any(pdf, zip):form>")
@allow(Can.READ_PRINT)
def village_files(piece_id: int, form: str) -> ResponseReturnValue:
    """Send one PDF of all villages, or a ZIP with a file for each; every one with its own code."""
    piece = find(piece_id)
    codes = queries.piece_codes(db.session, piece)
    villages = [place for place in queries.campaign_area(db.session, piece.campaign_id) if place.code in codes]
    if not villages:
        raise Invalid(T("Kode per desa belum disiapkan. Buka halaman cetakan ini, lalu pilih “Per desa”."))
    sheet = sheet_of(db.session, piece, [Version(link_of(codes[place.code]), place) for place in villages])
    for_press = request.args.get("untuk") == "percetakan"
    if for_press:
        press.refuse_open_places(sheet)
    if form == "zip":
        names = [f"{place.code} {place.name}" for place in villages]
        files = press.render_each(wired().storage, house_renderer(), sheet, for_press=for_press)
        named = ((f"{secure_filename(name)}.pdf", file) for name, file in zip(names, files, strict=True))
        return download(b"".join(zipped(named)), ZIP, f"{piece.title} per desa.zip")
    render = press.render_press if for_press else press.render_office
    return download(render(wired().storage, house_renderer(), sheet), PDF, f"{piece.title} per desa.pdf")
