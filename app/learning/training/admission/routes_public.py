"""What anybody may see of the training that takes participants, and asking for a place."""

from datetime import timedelta

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.base.people.identity import email_of, phone_of
from app.base.web.db import db
from app.base.web.guard import public
from app.base.web.limits import address_key, hit_all
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.gatherings.events.villages import village_code_of, villages_to_pick
from app.kernel.errors import NotFound
from app.kernel.limits import Hit
from app.kernel.paging import paginate
from app.kernel.text import T
from app.learning.training.admission import offers
from app.learning.training.admission.forms_public import ApplyForm, LinkForm
from app.learning.training.admission.quotas import required_fields
from app.learning.training.admission.service import apply
from app.learning.training.blueprint import bp
from app.learning.training.models import Batch, Trainee
from app.learning.training.participants.news import send_own_link
from app.learning.training.participants.people import NOTICE, has_contact, opds

A_PAGE = 20
RATE_LIMITS = ((8, timedelta(minutes=10)), (20, timedelta(hours=1)))
"""Applications for one batch from one address within a time: colleagues of an office behind one line."""


def private(answer: Response) -> Response:
    """Forbid caches and search engines to keep a page with a person's data, or with a form of their own."""
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@bp.get("/ikut", endpoint="offers")
@public
def offer_list() -> ResponseReturnValue:
    q = request.args.get("q", "")[:100]
    page = paginate(
        db.session, offers.select_offered(q, practice=settings().practice), number_of("hal") or 1, A_PAGE, rows=True
    )
    batches = [row.Batch for row in page.items]
    places = offers.places_of_all(db.session, batches)
    return render_template(
        "training/public_list.html",
        page=page,
        q=q,
        words={one.id: offers.describe_places(one, places[one.id], now()) for one in batches},
        where=offers.locations_of(db.session, batches),
    )


@bp.get("/ikut/<code>", endpoint="public")
@public
def offer(code: str) -> ResponseReturnValue:
    batch = _batch(code)
    return _offer_page(batch, ApplyForm(opds(db.session), required_fields(batch)))


@bp.post("/ikut/<code>", endpoint="apply")
@public
def ask(code: str) -> ResponseReturnValue:
    batch = _batch(code)
    form = ApplyForm(opds(db.session), required_fields(batch))
    if form.is_posted_and_valid():
        with form.catching():
            village = village_code_of(db.session, form.village.data)
            values = form.applicant(village, consent=bool(form.consent.data))
            apply(
                db.session, batch.id, values, practice=settings().practice, doubtful=lambda: _is_burst(batch), now=now()
            )
            # The link goes to the contact alone, by mail or by the office's hand: whoever types somebody else's learns
            # neither that it is known nor anything of them.
            by_phone = None if form.email.data else "telepon"
            return redirect(url_for(".received", code=code, lewat=by_phone), 303)
    return _offer_page(batch, form), 422


def _is_burst(batch: Batch) -> bool:
    """Whether this is one application too many from one address in a short time."""
    address = address_key("application")
    counted = [
        Hit(f"applications.{int(per.total_seconds())}", f"{batch.id}:{address}", most, per) for most, per in RATE_LIMITS
    ]
    return any(verdict.over for verdict in hit_all(counted))


@bp.get("/ikut/<code>/tercatat", endpoint="received")
@public
def received(code: str) -> ResponseReturnValue:
    """Show the same to everybody, known or not; only who typed no address is not sent to look for a mail."""
    by_phone = request.args.get("lewat") == "telepon"
    page = render_template("training/public_received.html", batch=_batch(code), by_phone=by_phone)
    return private(make_response(page))


@bp.get("/ikut/privasi", endpoint="privacy")
@public
def privacy() -> ResponseReturnValue:
    return render_template("training/public_privacy.html", version=NOTICE)


@bp.get("/peserta", endpoint="ask_link")
@public
def ask_link() -> ResponseReturnValue:
    return private(make_response(render_template("training/public_link.html", form=LinkForm(), sent=False)))


@bp.post("/peserta", endpoint="send_link")
@public
def send_link() -> ResponseReturnValue:
    """Mail the own link: the same answer whether the contact is known or not; at most one mail an hour goes to a
    person."""
    form = LinkForm()
    if not form.is_posted_and_valid():
        return private(make_response(render_template("training/public_link.html", form=form, sent=False), 422))
    contact = form.contact.data or ""
    phone = phone_of(contact)
    email = None if phone else email_of(contact)
    if phone or email:
        query = select(Trainee).where(has_contact(phone, email), Trainee.erased_at.is_(None))
        for trainee in db.session.scalars(query):
            send_own_link(db.session, trainee, now=now())
    return private(make_response(render_template("training/public_link.html", form=form, sent=True)))


def _batch(code: str) -> Batch:
    found = offers.public_batch(db.session, code, practice=settings().practice)
    if found is None:
        raise NotFound(T("Pelatihan ini tidak ada. Mungkin alamatnya terpotong; lihat daftar pelatihan yang dibuka."))
    return found


def _offer_page(batch: Batch, form: ApplyForm) -> Response:
    places = offers.places_of(db.session, batch)
    return private(
        make_response(
            render_template(
                "training/public.html",
                batch=batch,
                form=form,
                state=offers.admission_state(batch, places, now()),
                words=offers.describe_places(batch, places, now()),
                meetings=offers.meetings(db.session, batch),
                modules=offers.modules(db.session, batch),
                prerequisites=offers.prerequisites(db.session, batch),
                where=offers.location_of(db.session, batch),
                villages=villages_to_pick(db.session),
            )
        )
    )
