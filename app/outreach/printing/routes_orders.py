"""Orders at newspapers and printers: what was mailed, what they answered, and the letter for the file."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.areas.models import Regency
from app.base.documents.render import renderer
from app.base.media.models import StoredFile
from app.base.people.models import Organisation
from app.base.web.db import db
from app.base.web.files import PDF, download
from app.base.web.formats import sentence, zone
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now, settings, wired
from app.kernel.errors import NotFound
from app.kernel.paging import paginate
from app.kernel.roles import Can
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign
from app.outreach.outlets.models import Outlet
from app.outreach.printing import queries, service
from app.outreach.printing.blueprint import bp
from app.outreach.printing.forms import ConfirmForm, ReasonForm
from app.outreach.printing.models import OrderStatus, PrintOrder
from app.outreach.printing.press import order_sheet


def find_order(order_id: int) -> PrintOrder:
    """Return the order, or raise NotFound where the person does not see its piece."""
    order = db.session.get(PrintOrder, order_id)
    if order is None:
        raise NotFound(T("Pesanan ini tidak ada."))
    service.find_piece(db.session, current_actor(), order.piece_id)
    return order


@bp.get("/cetak/pesanan")
@allow(Can.READ_PRINT)
def orders() -> ResponseReturnValue:
    filters = {"q": request.args.get("q", ""), "status": request.args.get("status", "")}
    query = queries.orders(current_actor(), q=filters["q"], status=filters["status"])
    page = paginate(db.session, query, number_of("hal") or 1, rows=True)
    statuses = [(str(status), sentence(name)) for status, name in service.ORDER_NAMES.items()]
    return render_template("printing/orders.html", page=page, filters=filters, statuses=statuses)


@bp.get("/cetak/pesanan/<int:order_id>")
@allow(Can.READ_PRINT)
def order(order_id: int) -> ResponseReturnValue:
    found = find_order(order_id)
    return _order_page(found, ConfirmForm(cost=found.cost, note=found.note), ReasonForm())


def _order_page(found: PrintOrder, confirm: ConfirmForm, cancel: ReasonForm) -> str:
    outlet = db.session.get_one(Outlet, found.outlet_id)
    return render_template(
        "printing/order.html",
        order=found,
        outlet=outlet,
        campaign=db.session.get_one(Campaign, found.piece.campaign_id),
        open=found.status in queries.OPEN_ORDERS,
        confirm=confirm,
        cancel=cancel,
    )


@bp.post("/cetak/pesanan/<int:order_id>/konfirmasi")
@allow(Can.CONFIRM_ORDERS)
def confirm(order_id: int) -> ResponseReturnValue:
    found, form = find_order(order_id), ConfirmForm()
    if form.is_posted_and_valid():
        with form.catching():
            service.confirm_order(
                db.session, current_actor(), found, cost=form.cost.data, note=form.note.data, now=now()
            )  # fmt: skip
            flash(_("Pesanan dicatat sebagai dikonfirmasi. Sesudah terbit atau selesai, catat buktinya."))
            return redirect(url_for(".order", order_id=found.id))
    return _order_page(found, form, ReasonForm(None)), 422


@bp.post("/cetak/pesanan/<int:order_id>/batal")
@allow(Can.CONFIRM_ORDERS)
def cancel(order_id: int) -> ResponseReturnValue:
    found, form = find_order(order_id), ReasonForm()
    if form.is_posted_and_valid():
        with form.catching():
            service.cancel_order(db.session, current_actor(), found, reason=form.reason.data, now=now())
            flash(_("Pesanan dibatalkan di sini. Beri tahu juga koran atau percetakannya."))
            return redirect(url_for(".order", order_id=found.id))
    return _order_page(found, ConfirmForm(None, cost=found.cost, note=found.note), form), 422


@bp.get("/cetak/pesanan/<int:order_id>/terkirim.pdf")
@allow(Can.READ_PRINT)
def sent_pdf(order_id: int) -> ResponseReturnValue:
    """Send the very PDF that went out with the order."""
    found = find_order(order_id)
    file = db.session.get(StoredFile, found.pdf_id) if found.pdf_id else None
    if file is None:
        raise NotFound(T("Berkas yang dikirim dengan pesanan ini tidak tercatat."))
    return download(wired().storage.read(file), PDF, f"pesanan-{found.id}.pdf")


@bp.get("/cetak/pesanan/<int:order_id>/surat.pdf")
@allow(Can.READ_PRINT)
def order_letter(order_id: int) -> ResponseReturnValue:
    found = find_order(order_id)
    outlet = db.session.get_one(Outlet, found.outlet_id)
    vendor = db.session.get(Organisation, outlet.vendor_id) if outlet.vendor_id else None
    regency = db.session.get(Regency, settings().regency_code)
    data = order_sheet(
        db.session,
        found,
        vendor=vendor.name if vendor else outlet.name,
        regency=regency.name if regency else "",
        ordered_on=found.ordered_at.astimezone(zone()).date(),
        status=str(service.ORDER_NAMES[OrderStatus(found.status)]),
    )
    return download(renderer(settings().logo_path).pdf("order_letter", data), PDF, f"surat-pesanan-{found.id}.pdf")
