"""Panels of reports and reach on the pages of an event, a village and a campaign."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.web.formats import angka, local, local_date, local_day, sentence, zone
from app.base.web.menu import may_open
from app.base.web.panels import Panel, PanelLine
from app.base.web.wiring import now, settings
from app.gatherings.events.access import may_manage
from app.gatherings.events.models import Event, EventStatus
from app.gatherings.reports import contacts
from app.gatherings.reports.models import Report
from app.gatherings.reports.queries import is_session
from app.gatherings.reports.verification import may_verify
from app.kernel.roles import Actor
from app.outreach.campaigns.models import Campaign
from app.outreach.printing.reach import aimed_at


def report_of_event(session: Session, actor: Actor, event: Event) -> Panel | None:
    """Return the panel of an event's report: where it stands, and the one thing to do about it."""
    if not may_open("reports.show") or event.status == EventStatus.CANCELLED:
        return None
    report = session.get(Report, event.id)
    writes = may_manage(actor, event) and event.starts_at <= now()
    open_ = event.status not in (EventStatus.VERIFIED, EventStatus.MERGED)
    state, notes = _state(event, report)
    if report is None and is_session(session, event):
        state, notes = None, [_("Pertemuan pelatihan dilaporkan lewat angkatannya. Laporan sendiri tidak wajib.")]
    return Panel(
        title=_l("Laporan kegiatan"),
        empty=_l("Laporan dibuat sesudah kegiatan berlangsung."),
        state=state,
        notes=notes,
        url=url_for("reports.show", event_id=event.id) if report else None,
        url_label=_l("Periksa laporan") if _waits_for(actor, event, report) else _l("Lihat laporan"),
        new_url=url_for("reports.edit", event_id=event.id) if writes and open_ and may_open("reports.edit") else None,
        new_label=_l("Perbaiki laporan") if report else _l("Tulis laporan"),
    )


def _waits_for(actor: Actor, event: Event, report: Report | None) -> bool:
    return report is not None and event.status == EventStatus.REPORTED and may_verify(actor, report)


def _state(event: Event, report: Report | None) -> tuple[tuple[str, str] | None, list[str]]:
    if report is None:
        if event.ends_at > now():
            return None, []
        return ("warn", _("Belum dilaporkan")), []
    receipt = _("Kode terima %(code)s.", code=report.receipt)
    states = {
        EventStatus.REPORTED: ("wait", _("Menunggu diperiksa kantor")),
        EventStatus.RETURNED: ("warn", _("Dikembalikan, perlu dilengkapi")),
        EventStatus.VERIFIED: ("ok", _("Sudah diperiksa kantor")),
        EventStatus.MERGED: ("muted", _("Digabung dengan catatan lain")),
    }
    return states.get(EventStatus(event.status), ("info", _("Konsep, belum diserahkan"))), [receipt]


def last_contact(session: Session, _actor: Actor, village: Village) -> Panel | None:
    """Return the panel of a village's last contact of any kind, and what is planned beside it. The records have panels
    of their own."""
    if not may_open("reports.show"):
        return None
    last = contacts.last_contact(session, zone(), now(), village.code)
    planned = contacts.next_planned(session, now(), village_code=village.code).get(village.code)
    notes = []
    if last:
        what = ", ".join(sentence(source.label) for source in last.sources)
        ago = (local_day(now()) - last.on).days
        when = _("%(n)s hari yang lalu", n=angka(ago)) if ago else _("Hari ini")
        notes.append(_("%(what)s. %(when)s.", what=what, when=when))
    if planned:
        notes.append(_("Direncanakan %(when)s. Yang direncanakan belum dihitung.", when=local(planned)))
    # the panel of the events below has the button that plans something here
    return Panel(
        title=_l("Kontak terakhir"),
        state=_contact_state(last),
        empty=_l(
            "Belum pernah ada kegiatan atau cetakan yang terbukti di sini, dan belum ada peserta pelatihan dari sini "
            "yang tercatat hadir di pertemuan."
        ),
        notes=notes,
    )


def _contact_state(last: contacts.Contact | None) -> tuple[str, str]:
    if last is None:
        return "muted", _("Belum pernah")
    recent = (local_day(now()) - last.on).days <= settings().no_contact_days
    return "ok" if recent else "warn", local_date(last.on)


def campaign_contacts(session: Session, _actor: Actor, campaign: Campaign) -> Panel | None:
    """Return the panel of how many of the villages aimed at were reached by any kind of contact, and by which."""
    if not may_open("reports.reach"):
        return None
    aimed = set(session.scalars(select(Village.code).where(aimed_at(campaign.id))))
    page = url_for("reports.reach", program=campaign.id)
    lines, reached = [], set[str]()
    for source in contacts.SOURCES:
        days = source.last_days(session, zone(), now(), campaign.id, None)
        inside = {code: day for code, day in days.items() if code in aimed}
        reached |= set(inside)
        lines.append(
            PanelLine(
                title=_("%(what)s: %(n)s desa/kelurahan", what=sentence(source.label), n=angka(len(inside))),
                url=url_for("reports.reach", program=campaign.id, keadaan="semua"),
                badge=("ok", _("terakhir %(day)s", day=local_date(max(inside.values()))))
                if inside
                else ("muted", _("belum ada")),
            )
        )
    every = _("%(n)s dari %(of)s desa/kelurahan terjangkau", n=angka(len(reached)), of=angka(len(aimed)))
    return Panel(
        title=_l("Desa terjangkau (kegiatan, cetakan, dan pelatihan)"),
        empty="",
        url=page,
        lines=[PanelLine(title=every, url=url_for("reports.reach", program=campaign.id, keadaan="semua")), *lines],
    )
