"""Panels of results on the pages of a survey and of a campaign."""

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.base.web.formats import angka, sentence
from app.base.web.menu import may_open
from app.base.web.panels import Panel
from app.evidence.results import comparison, pages, quotes, wave_results
from app.evidence.surveys.access import visible_to
from app.evidence.surveys.models import Wave, WaveStatus
from app.kernel.errors import GaungError
from app.kernel.roles import Actor
from app.outreach.campaigns.models import Campaign

if TYPE_CHECKING:
    from app.evidence.results.comparison import Comparison

TONES = {"up": "ok", "down": "warn", "unsure": "muted"}


def of_wave(session: Session, _actor: Actor, wave: Wave) -> Panel | None:
    """Return the panel of a survey: how many answered and the first figure."""
    if wave.status not in pages.WITH_ANSWERS or not may_open("results.wave"):
        return None
    people, told = wave_results.headline_of(session, wave)
    if not people:
        return Panel(title=_l("Hasil"), empty=_l("Belum ada jawaban. Hasilnya tampil di sini begitu ada."))
    notes = [sentence(one) for one in told]
    if wave.simulated:
        notes.append(_("Simulasi: jawabannya dibuat komputer."))
    return Panel(
        title=_l("Hasil"),
        empty="",
        state=("info", _("%(n)s jawaban", n=angka(people))),
        notes=notes,
        url=url_for("results.wave", wave_id=wave.id),
        url_label=_l("Lihat hasil"),
    )


def of_campaign(session: Session, actor: Actor, campaign: Campaign) -> Panel | None:
    """Return the panel of a campaign: what moved between its survey before and the one after.

    It is the latest real pair, else the latest simulated one.
    """
    if not may_open("results.comparison"):
        return None
    pair = _latest_pair(session, actor, campaign)
    if pair is None:
        return None
    try:
        found = comparison.compare(session, *pair)
    except GaungError:
        return None  # two that cannot stand beside each other
    main = found.main
    return Panel(
        title=_l("Sebelum dan sesudah"),
        empty="",
        state=(TONES[main.verdict], sentence(quotes.VERDICTS[main.verdict]).capitalize()) if main else None,
        notes=_notes(found),
        url=url_for("results.comparison", sebelum=found.before.id, sesudah=found.after.id),
        url_label=_l("Lihat perbandingan"),
    )


def _latest_pair(session: Session, actor: Actor, campaign: Campaign) -> tuple[Wave, Wave] | None:
    """(before, after). A simulated pair never stands in the place of a real one."""
    after, before = Wave, aliased(Wave)
    found = session.execute(
        select(before, after)
        .join(before, after.before_id == before.id)
        .where(
            visible_to(actor), after.campaign_id == campaign.id, after.status.in_(pages.WITH_ANSWERS),
            before.status.in_(pages.WITH_ANSWERS), before.simulated == after.simulated,
        )
        .order_by(after.simulated, after.starts_on.desc(), after.id.desc())
        .limit(1)
    ).first()  # fmt: skip
    if found is None:
        return None
    seen = session.scalar(select(Wave.id).where(Wave.id == found[0].id, visible_to(actor)))
    return (found[0], found[1]) if seen else None


def _notes(found: "Comparison") -> list[str]:
    mark = f"{_('[Simulasi]')} " if found.simulated else ""
    notes = [mark + sentence(row.quote) for row in found.leading if row.quote]
    if not notes:
        return [_("Jawabannya belum cukup untuk sebuah putusan.") if found.sampled else sentence(comparison.CHOSE)]
    notes.append(sentence(quotes.allowed(None)))
    if found.order:
        notes.append(sentence(found.order))
    if found.simulated:
        notes.append(_("Simulasi: jawabannya dibuat komputer."))
    if found.after.status == WaveStatus.OPEN:
        notes.append(_("Survei sesudah masih berjalan, jadi angkanya masih bisa berubah."))
    return notes
