"""The page of what was looked at before posts go out, and its words on the pages of outlets and posts."""

from collections import Counter
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.base.web.db import db
from app.base.web.formats import local, local_date, sentence
from app.base.web.guard import allow, current_actor
from app.base.web.menu import may_open
from app.base.web.panels import Panel, PanelLine
from app.base.web.wiring import now, settings, wired
from app.kernel.roles import Actor, Can
from app.outreach.outlets.kinds import SOCIAL
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.outlets.ports import Inspectable
from app.outreach.outlets.service import may_keep
from app.outreach.posts.models import Post
from app.outreach.publishing import alerts
from app.outreach.publishing.blueprint import bp
from app.outreach.publishing.preflight import queries
from app.outreach.publishing.preflight.due import last_morning, next_morning
from app.outreach.publishing.preflight.findings import holds, read
from app.outreach.publishing.preflight.models import Inspection, Level

BADGES = {
    Level.OK: ("ok", _l("Beres")),
    Level.UNKNOWN: ("info", _l("Tidak dapat diperiksa")),
    Level.WARN: ("warn", _l("Perlu dilihat")),
    Level.BAD: ("bad", _l("Perlu dibereskan")),
}
UNSEEN = ("wait", _l("Belum diperiksa"))
RECONNECT = frozenset({"token", "ending", "right"})
"""Findings that other keys mend."""


def badge_of(inspection: Inspection | None) -> tuple[str, Any]:
    """Return the kind of badge and the words for what was found."""
    return BADGES[Level(inspection.level)] if inspection is not None else UNSEEN


def badge_of_account(outlet: Outlet, inspection: Inspection | None) -> tuple[str, Any]:
    """Return badge and words of an account; one that was connected since its last check waits for the next."""
    anew = inspection is not None and not inspection.findings and outlet.status == OutletStatus.CONNECTED
    if anew and inspection and outlet.checked_at is not None and outlet.checked_at > inspection.checked_at:
        return UNSEEN
    return badge_of(inspection)


def findings_of(inspection: Inspection | None) -> list[Any]:
    return read(inspection.findings) if inspection is not None else []


def of_server(inspection: Inspection | None) -> bool:
    """Tell whether the server is what has to be mended, and no account."""
    return any(one.code == "mail" for one in findings_of(inspection))


def remedy(actor: Actor, outlet: Outlet, inspection: Inspection | None) -> tuple[str, str] | None:
    """Return (address, words) of the button that helps with an account, or None where this person has none."""
    codes = {one.code for one in findings_of(inspection)}
    if of_server(inspection):
        return (url_for("publishing.state"), _("Lihat keadaan pengiriman")) if may_open("publishing.state") else None
    if codes & RECONNECT and outlet.kind in SOCIAL and may_keep(actor, outlet):
        return url_for("outlets.connect", outlet_id=outlet.id), _("Hubungkan ulang")
    return (url_for("outlets.show", outlet_id=outlet.id), _("Buka saluran")) if may_open("outlets.show") else None


def is_kept_back(outlet: Outlet, account: Inspection | None) -> bool:
    """Tell whether nothing leaves by this outlet at present, whatever the post."""
    closed = outlet.status == OutletStatus.NEEDS_SIGN_IN or outlet.paused_at is not None
    return closed or holds(findings_of(account))


def _is_fine(row: Any) -> bool:
    checked = row.Inspection is not None and not row.Inspection.findings
    return checked and not is_kept_back(row.Outlet, row.account)


@bp.get("/tayang/pemeriksaan")
@allow(Can.READ_DELIVERIES)
def checks() -> ResponseReturnValue:
    """Show what the checks found of accounts, and of what leaves until after the next morning."""
    actor = current_actor()
    asked = [key for key, channel in wired().channels.items() if isinstance(channel, Inspectable)]
    accounts = queries.accounts(db.session, actor, asked)
    until = next_morning(last_morning(now(), settings().tz))
    coming = queries.coming(db.session, actor, until=until)
    kept_back = [row for row in coming if is_kept_back(row.Outlet, row.account)]
    seen = [row.Inspection for row in (*accounts, *coming) if row.Inspection is not None]
    return render_template(
        "publishing/checks.html",
        accounts=accounts,
        coming=[row for row in coming if findings_of(row.Inspection)],
        planned=len(coming),
        fine=sum(_is_fine(row) for row in coming),
        kept_back=Counter(row.Outlet.name for row in kept_back),
        trouble=sum(1 for one in seen if one.level in queries.LOOK),
        last=max((one.checked_at for one in seen), default=None),
        badge_of=badge_of,
        badge_of_account=badge_of_account,
        of_server=of_server,
        admins=[one.name for one in alerts.admins(db.session)][:3],
        findings_of=findings_of,
        remedy=lambda outlet, inspection: remedy(actor, outlet, inspection),
    )


def outlet_checks(session: Session, actor: Actor, outlet: Outlet) -> Panel | None:
    """Return the last check of an account, for its page."""
    inspection = queries.of_outlet(session, outlet.id)
    if inspection is None or not actor.can(Can.READ_DELIVERIES):
        return None
    notes = [sentence(one.sentence) for one in findings_of(inspection)]
    if outlet.token_expires_at is not None:
        notes.append(_("Kunci akun berlaku sampai %(day)s.", day=local_date(outlet.token_expires_at)))
    notes.append(_("Diperiksa %(when)s; setiap pagi, dan 30 menit sebelum tayang.", when=local(inspection.checked_at)))
    return Panel(
        title=_("Pemeriksaan sebelum tayang"), empty=None, state=badge_of_account(outlet, inspection), notes=notes,
        url=url_for("publishing.checks"), url_label=_("Semua pemeriksaan"),
    )  # fmt: skip


def post_checks(session: Session, actor: Actor, post: Post) -> Panel | None:
    """Return what stands in the way of a post, at each outlet, for its page; None where nothing was checked yet."""
    rows = queries.of_post(session, post.id)
    if not rows or not actor.can(Can.READ_DELIVERIES):
        return None
    lines = [
        PanelLine(
            title=row.Outlet.name,
            url=url_for("publishing.show", delivery_id=row.id),
            badge=badge_of(row.Inspection),
            detail=" ".join(sentence(one.sentence) for one in findings_of(row.Inspection)),
        )
        for row in rows
        if row.Inspection.findings
    ]
    state = None if lines else BADGES[Level.OK]
    latest = max(row.Inspection.checked_at for row in rows)
    return Panel(
        title=_("Pemeriksaan sebelum tayang"), empty=None, lines=lines, state=state,
        notes=[_("Diperiksa %(when)s.", when=local(latest))],
    )  # fmt: skip
