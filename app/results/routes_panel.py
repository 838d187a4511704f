"""What the pages of a survey and of a campaign show of results."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns import panels as campaigns
from app.campaigns.models import Campaign
from app.kernel.errors import GaungError
from app.kernel.roles import Actor
from app.results import pages
from app.surveys import panels as surveys
from app.surveys.access import visible_to
from app.surveys.models import Wave, WaveStatus
from app.web.formats import angka, sentence
from app.web.menu import may_open

TONES = {"up": ("ok", "trending-up"), "down": ("warn", "trending-down"), "unsure": ("muted", "arrows-left-right")}


@surveys.panel("1-results")
def of_wave(session: Session, _actor: Actor, wave: Wave) -> surveys.Panel | None:
    """How many answered and the first figure."""
    if wave.status not in pages.TAKEN or not may_open("results.wave"):
        return None
    from app.results import wave_results

    people, told = wave_results.headline_of(session, wave)
    if not people:
        return surveys.Panel(title=_l("Hasil"), empty=_l("Belum ada jawaban. Hasilnya tampil di sini begitu ada."))
    notes = [sentence(told)]
    if wave.simulated:
        notes.append(_("Simulasi: jawabannya dibuat komputer."))
    return surveys.Panel(
        title=_l("Hasil"),
        empty="",
        state=("info", _("%(n)s jawaban", n=angka(people))),
        notes=notes,
        url=url_for("results.wave", wave_id=wave.id),
        url_label=_l("Lihat hasil"),
    )


@campaigns.panel("7-survey-results")
def of_campaign(session: Session, actor: Actor, campaign: Campaign) -> campaigns.Panel | None:
    """What moved between the survey before and the one after; the latest pair."""
    if not may_open("results.comparison"):
        return None
    after = session.scalar(
        select(Wave)
        .where(
            visible_to(actor), Wave.campaign_id == campaign.id, Wave.before_id.is_not(None),
            Wave.status.in_(pages.TAKEN),
        )
        .order_by(Wave.starts_on.desc(), Wave.id.desc())
        .limit(1)
    )  # fmt: skip
    before = (
        session.scalar(select(Wave).where(Wave.id == after.before_id, visible_to(actor), Wave.status.in_(pages.TAKEN)))
        if after
        else None
    )
    if after is None or before is None:
        return None
    from app.results import comparison, quotes

    url = url_for("results.comparison", sebelum=before.id, sesudah=after.id)
    try:
        found = comparison.compare(session, before, after)
    except GaungError:
        return None  # two that cannot stand beside each other
    main = found.main
    if main is None or main.quote is None:
        words = _("Jawabannya belum cukup untuk sebuah putusan.") if found.sampled else sentence(comparison.CHOSE)
        return campaigns.Panel(title=_l("Sebelum dan sesudah"), empty="", notes=[words], url=url,
                               url_label=_l("Lihat perbandingan"))  # fmt: skip
    kind, _icon = TONES[main.verdict]
    notes = [sentence(main.quote), sentence(quotes.allowed(None))]
    if found.simulated:
        notes.append(_("Simulasi: jawabannya dibuat komputer."))
    if after.status == WaveStatus.OPEN:
        notes.append(_("Survei sesudah masih berjalan, jadi angkanya masih bisa berubah."))
    return campaigns.Panel(
        title=_l("Sebelum dan sesudah"),
        empty="",
        state=(kind, sentence(quotes.VERDICTS[main.verdict]).capitalize()),
        notes=notes,
        url=url,
        url_label=_l("Lihat perbandingan"),
    )
