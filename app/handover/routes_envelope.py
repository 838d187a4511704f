"""The sheet for a sealed envelope: an admin's codes on paper, for the day on which nobody else can sign in."""

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.base.access import factors, proof
from app.base.documents.render import renderer
from app.base.notices.service import notify
from app.base.people.models import RoleRow, User
from app.base.web.db import db
from app.base.web.files import PDF, download
from app.base.web.guard import allow, current_actor, risky
from app.base.web.wiring import now, settings
from app.handover import document
from app.handover.blueprint import bp
from app.kernel.roles import Can, Role
from app.kernel.text import T


@bp.get("/amplop-tersegel")
@allow(Can.ADMINISTER)
def envelope() -> ResponseReturnValue:
    return render_template("handover/envelope.html")


@bp.post("/amplop-tersegel.pdf")
@allow(Can.ADMINISTER)
@risky()
def envelope_sheet() -> ResponseReturnValue:
    """Make new codes and send them as a PDF, once: they are kept nowhere else, and all made before count no more."""
    actor, own, moment = current_actor(), settings(), now()
    me = db.session.get_one(User, actor.id)
    codes = factors.renew_codes(db.session, actor, me, salt=proof.salt(), now=moment)
    _tell(me)
    data = document.gather_envelope(
        db.session, name=me.name, username=me.username, codes=codes, address=own.public_url, tz=own.tz, now=moment
    )
    sheet = document.render(renderer(own.logo_path), "sealed_envelope", data)
    return download(sheet, PDF, "lembar-amplop-tersegel.pdf")


def _tell(me: User) -> None:
    """The other admins: a sheet that lies somewhere is known to more than one."""
    admins = db.session.scalars(select(User.id).where(User.active, User.roles.any(RoleRow.name == Role.ADMIN.value)))
    notify(
        db.session,
        user_ids=set(admins) - {me.id},
        kind="envelope",
        subject=T("%(name)s mencetak lembar amplop tersegel", name=me.name),
        body=T("Kode cadangan %(name)s yang lama tidak berlaku lagi. Pastikan amplopnya tersimpan.", name=me.name),
        path=None,
        dedupe_key=f"envelope:{me.id}:{now():%Y%m%d%H%M%S}",
        now=now(),
    )
