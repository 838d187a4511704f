"""The surveys of a campaign: which two stand beside each other, or what is still missing for that, in one sentence.

Those of residents and those of civil servants are two stories. A simulated survey never stands in the place of a real
one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from app.evidence.instruments.models import SurveyAudience
from app.evidence.results import comparison, wave_results
from app.evidence.results.cells import survey_of
from app.evidence.results.comparison import Comparison
from app.evidence.results.figures import parts_of
from app.evidence.surveys.access import visible_to
from app.evidence.surveys.models import Stage, Wave, WaveStatus
from app.kernel.errors import GaungError
from app.kernel.text import T
from app.outreach.campaigns.models import Audience
from app.oversight.insights.chain_scope import ChainScope
from app.oversight.insights.chain_steps import Action, Words, day

AUDIENCES = {SurveyAudience.RESIDENTS: T("Warga"), SurveyAudience.CIVIL_SERVANTS: T("ASN")}
HELD = (WaveStatus.OPEN, WaveStatus.CLOSED)
LATER = (Stage.AFTER, Stage.FOLLOWUP)


@dataclass(frozen=True)
class AudienceSurveys:
    """What surveys of one audience say. `found`: two that are closed stand beside each other. `alone`: the figures of
    one that has nothing before it. `said`: what is missing, `action`: the button that goes on."""

    audience: str
    found: Comparison | None = None
    alone: Sequence[wave_results.MeasureLine] = ()
    wave: Wave | None = None
    said: Words = ""
    action: Action | None = None

    @property
    def simulated(self) -> bool:
        shown = self.found.after if self.found else self.wave
        return shown is not None and shown.simulated


def surveys(session: Session, scope: ChainScope) -> list[AudienceSurveys]:
    """Return the surveys by audience, residents first; an entry of the campaign's own audience where there is no survey
    at all."""
    seen, hidden = _waves(session, scope)
    told = [
        _told(session, scope, audience, [wave for wave in seen if wave.audience == audience])
        for audience in AUDIENCES
        if any(wave.audience == audience for wave in seen)
    ]
    if told:
        return told
    audience = SurveyAudience.RESIDENTS
    if scope.campaign.audience == Audience.CIVIL_SERVANTS:
        audience = SurveyAudience.CIVIL_SERVANTS
    if hidden:
        return [
            AudienceSurveys(
                audience, said=T("Survei program ini milik instansi lain, jadi hasilnya tidak tampil di sini.")
            )
        ]
    return [
        AudienceSurveys(
            audience,
            said=T("Belum ada survei untuk program ini. Tanpa survei awal dan survei sesudah, tidak ada yang tahu "
                   "apakah pengenalan berubah."),
            action=scope.add_action(
                T("Rencanakan survei awal"), "surveys.new", program=scope.campaign.id, tahap="baseline"
            ),
        )
    ]  # fmt: skip


def _waves(session: Session, scope: ChainScope) -> tuple[list[Wave], int]:
    """(those this person sees, the latest first; how many others). While no real survey was opened, the simulated
    ones."""
    rows: Sequence[Any] = session.execute(
        select(Wave, visible_to(scope.actor).label("seen"))
        .where(Wave.campaign_id == scope.campaign.id, Wave.status != WaveStatus.CANCELLED)
        .options(defer(Wave.draw))
        .order_by(Wave.starts_on.desc(), Wave.id.desc())
    ).all()
    begun = any(not row.Wave.simulated and row.Wave.status in HELD for row in rows)
    practice = not begun and any(row.Wave.simulated for row in rows)
    rows = [row for row in rows if row.Wave.simulated == practice]
    return [row.Wave for row in rows if row.seen], sum(not row.seen for row in rows)


def _told(session: Session, scope: ChainScope, audience: str, waves: Sequence[Wave]) -> AudienceSurveys:
    by_id = {wave.id: wave for wave in [*waves, *_of_others(session, scope, waves)]}
    after = [wave for wave in waves if wave.before_id in by_id]
    closed = [w for w in after if w.status == by_id[w.before_id or 0].status == WaveStatus.CLOSED]
    if closed:
        return _compared(session, audience, by_id[closed[0].before_id or 0], closed[0], _newer(after, closed[0]))
    if after:
        return _waiting(audience, by_id[after[0].before_id or 0], after[0])
    later = [wave for wave in waves if wave.stage in LATER]
    if later:
        first = next((wave for wave in waves if wave.stage == Stage.BASELINE), None)
        return _without_before(session, audience, later[0], first)
    return _only_before(scope, audience, waves[0])


def _of_others(session: Session, scope: ChainScope, waves: Sequence[Wave]) -> Sequence[Wave]:
    """The surveys before that belong to another campaign, or to none."""
    missing = {wave.before_id for wave in waves if wave.before_id} - {wave.id for wave in waves}
    wanted = select(Wave).where(Wave.id.in_(missing), Wave.status != WaveStatus.CANCELLED, visible_to(scope.actor))
    return session.scalars(wanted.options(defer(Wave.draw))).all()


def _newer(after: Sequence[Wave], than: Wave) -> Wave | None:
    return after[0] if after[0].id != than.id else None


def _compared(session: Session, audience: str, before: Wave, after: Wave, newer: Wave | None) -> AudienceSurveys:
    try:
        found = comparison.compare(session, before, after)
    except GaungError as error:
        return AudienceSurveys(audience, wave=after, said=error.sentence, action=_look(after))
    if newer is None:
        return AudienceSurveys(audience, found)
    said = T("“%(name)s” belum ditutup, jadi yang tampil di sini survei sebelumnya.", name=newer.name)
    return AudienceSurveys(audience, found, said=said, action=_look(newer))


def _waiting(audience: str, before: Wave, after: Wave) -> AudienceSurveys:
    """One of the two is not closed yet."""
    for wave in (before, after):
        if wave.status == WaveStatus.DRAFT:
            said = T("“%(name)s” sudah disiapkan, belum dibuka.", name=wave.name)
            return AudienceSurveys(audience, wave=wave, said=said, action=_look(wave, T("Buka surveinya")))
        if wave.status == WaveStatus.OPEN:
            said = T("“%(name)s” masih berjalan sampai %(day)s. Putusannya tampil sesudah survei ditutup.",
                     name=wave.name, day=day(wave.ends_on))  # fmt: skip
            return AudienceSurveys(audience, wave=wave, said=said, action=_look(wave))
    return AudienceSurveys(audience, wave=after)


def _without_before(session: Session, audience: str, wave: Wave, first: Wave | None) -> AudienceSurveys:
    """`first`: a survey before that is there and was not named as the one to compare with."""
    said, action = T("“%(name)s” tidak punya survei awal untuk dibandingkan, jadi perubahannya tidak bisa dilihat.",
                     name=wave.name), _look(wave)  # fmt: skip
    if first is not None:
        said = T("“%(name)s” belum dihubungkan dengan “%(first)s”, jadi keduanya belum dibandingkan.",
                 name=wave.name, first=first.name)  # fmt: skip
        action = Action(T("Hubungkan dengan survei awal"), "surveys.edit_survey", {"wave_id": wave.id}, "link")
        if wave.status == WaveStatus.CLOSED:  # its plan stands
            both = {"sebelum": first.id, "sesudah": wave.id}
            action = Action(T("Bandingkan keduanya"), "results.comparison", both, "arrow-right")
    if wave.status != WaveStatus.CLOSED:
        return AudienceSurveys(audience, wave=wave, said=said, action=action)
    sample, volunteers = parts_of(survey_of(session, wave))
    main = sample or volunteers
    lines = [line for line in wave_results.lines_of(main, None) if not line.decoy] if main else []
    return AudienceSurveys(audience, alone=lines, wave=wave, said=said, action=action)


def _only_before(scope: ChainScope, audience: str, wave: Wave) -> AudienceSurveys:
    """The first survey is there and nothing follows it yet."""
    if wave.status == WaveStatus.DRAFT:
        said = T("“%(name)s” sudah disiapkan, belum dibuka.", name=wave.name)
        return AudienceSurveys(audience, wave=wave, said=said, action=_look(wave, T("Buka surveinya")))
    if wave.status == WaveStatus.OPEN:
        said = T("“%(name)s” masih berjalan sampai %(day)s; survei sesudah belum direncanakan.",
                 name=wave.name, day=day(wave.ends_on))  # fmt: skip
        return AudienceSurveys(audience, wave=wave, said=said, action=_look(wave))
    said = T("Baru ada satu survei, “%(name)s”. Perubahannya terlihat sesudah ada survei kedua.", name=wave.name)
    plan = scope.add_action(T("Rencanakan survei sesudah"), "surveys.copy_survey", wave_id=wave.id, tahap="after")
    return AudienceSurveys(audience, wave=wave, said=said, action=plan)


def _look(wave: Wave, label: T | None = None) -> Action:
    return Action(label or T("Lihat surveinya"), "surveys.show", {"wave_id": wave.id}, "arrow-right")
