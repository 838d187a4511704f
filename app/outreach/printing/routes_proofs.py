"""Proofs: what was printed or posted up, where and when. Staff record for any village, a KIM for its own."""

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.base.areas.models import District, Village
from app.base.areas.queries import village_names
from app.base.media.derive import thumbnail
from app.base.media.models import StoredFile
from app.base.media.service import readable_file
from app.base.web.db import db
from app.base.web.formats import local_day
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now, wired
from app.kernel.errors import NotFound
from app.kernel.paging import paginate
from app.kernel.roles import Can
from app.kernel.text import T
from app.outreach.printing import proofs as service
from app.outreach.printing import queries
from app.outreach.printing.blueprint import bp
from app.outreach.printing.forms import ProofForm, picked_file
from app.outreach.printing.models import PrintOrder, PrintPiece, Proof
from app.outreach.printing.proofs import village_of_group

DAY = 24 * 3600


@bp.get("/cetak/bukti")
@allow(Can.READ_PROOFS)
def proofs() -> ResponseReturnValue:
    actor, piece_id = current_actor(), number_of("cetakan")
    village_code, campaign_id = request.args.get("desa", ""), number_of("program")
    query = queries.proofs(actor, piece_id=piece_id, village_code=village_code, campaign_id=campaign_id)
    page = paginate(db.session, query, number_of("hal") or 1, rows=True)
    codes = {village.village_code for proof, _piece in page.items for village in proof.villages}
    return render_template(
        "printing/proofs.html",
        page=page,
        piece=db.session.get(PrintPiece, piece_id) if piece_id and page.items else None,
        village_names=village_names(db.session, codes),
        names=queries.recorder_names(db.session, {proof.recorded_by_id for proof, _piece in page.items}),
        withdrawable={proof.id for proof, _piece in page.items if service.may_withdraw(actor, proof)},
    )


@bp.get("/cetak/bukti/catat")
@allow(Can.RECORD_PROOFS)
def prove() -> ResponseReturnValue:
    piece_id, order_id = number_of("cetakan"), number_of("pesanan")
    order = db.session.get(PrintOrder, order_id) if order_id else None
    form = ProofForm(
        None,
        piece_id=order.piece_id if order else piece_id,
        order_id=str(order.id) if order else "",
        placed_on=local_day(now()),
        copies=order.copies if order else None,
        villages=request.args.getlist("desa"),
    )
    return _proof_page(form)


@bp.post("/cetak/bukti/catat")
@allow(Can.RECORD_PROOFS)
def record_proof() -> ResponseReturnValue:
    form, actor = ProofForm(), current_actor()
    pieces = _choices(form)
    if form.is_posted_and_valid():
        with form.catching():
            proof = service.prove(
                db.session, actor, pieces[form.piece_id.data], villages=form.village_codes(), placed_on=form.on(),
                copies=form.copies.data, photo_id=picked_file("photo_id"), order=_order(form), note=form.note.data,
                today=local_day(now()), now=now(),
            )  # fmt: skip
            flash(_("Bukti dicatat untuk %(count)s desa/kelurahan.", count=len(proof.villages)))
            return redirect(url_for(".proofs", cetakan=proof.piece_id))
    return _proof_page(form), 422


def _order(form: ProofForm) -> PrintOrder | None:
    chosen = number_of(form.order_id.name, request.form)
    return db.session.get(PrintOrder, chosen) if chosen else None


def _only_own_village() -> str | None:
    """The village of a KIM member who has no role in the office."""
    actor = current_actor()
    return None if actor.can(Can.RECORD_ALL_PROOFS) else village_of_group(db.session, actor)


def _choices(form: ProofForm) -> dict[int, PrintPiece]:
    """Fill the form's lists; gives the pieces by id."""
    actor = current_actor()
    rows = db.session.execute(queries.provable_pieces(actor)).all()
    form.piece_id.choices = [(piece.id, f"{piece.title} ({campaign})") for piece, campaign in rows]
    orders = db.session.execute(queries.open_orders(actor)).all() if actor.can(Can.RECORD_ALL_PROOFS) else []
    form.order_id.choices = [("", _("tanpa pesanan"))] + [
        (str(order.id), _("%(outlet)s: %(title)s", outlet=outlet, title=title)) for order, title, outlet in orders
    ]
    return {piece.id: piece for piece, _campaign in rows}


def _proof_page(form: ProofForm) -> str:
    _choices(form)
    chosen = form.village_codes()
    photo_id = picked_file("photo_id")
    only = None if current_actor().can(Can.RECORD_ALL_PROOFS) else _own_village_name()
    return render_template(
        "printing/prove.html",
        form=form,
        districts=[] if only else queries.villages_by_district(db.session),
        chosen=chosen,
        only=only,
        photo=readable_file(db.session, current_actor(), photo_id),
    )


def _own_village_name() -> tuple[str, str]:
    """(code, name) for a KIM; empty where the group has no village yet."""
    code = _only_own_village()
    row = db.session.execute(
        select(Village.code, Village.name, District.name).join(District).where(Village.code == (code or ""))
    ).first()
    return (row[0], f"{row[1]} ({row[2]})") if row else ("", "")


@bp.post("/cetak/bukti/<int:proof_id>/tarik")
@allow(Can.RECORD_PROOFS)
def withdraw(proof_id: int) -> ResponseReturnValue:
    proof = service.find_proof(db.session, current_actor(), proof_id)
    service.withdraw_proof(db.session, current_actor(), proof, reason=request.form.get("reason", ""), now=now())
    flash(_("Bukti ditarik. Desanya tidak lagi terhitung karena bukti ini."))
    return redirect(url_for(".proofs", cetakan=proof.piece_id))


@bp.get("/cetak/bukti/<int:proof_id>/foto")
@allow(Can.READ_PROOFS)
def photo(proof_id: int) -> ResponseReturnValue:
    """Send the photo to whoever sees the proof; `?besar=1` gives it whole."""
    proof: Proof = service.find_proof(db.session, current_actor(), proof_id)
    file = db.session.get_one(StoredFile, proof.photo_id)
    try:
        data, mime = _photo(file, whole=request.args.get("besar") == "1")
    except FileNotFoundError as error:
        raise NotFound(T("Foto ini hilang dari penyimpanan. Beri tahu admin.")) from error
    response: Response = make_response(data)
    response.content_type = mime
    response.headers["Cache-Control"] = f"private, max-age={DAY}"
    return response


def _photo(file: StoredFile, *, whole: bool) -> tuple[bytes, Any]:
    storage = wired().storage
    return (storage.read(file), file.mime) if whole else thumbnail(storage, file)
