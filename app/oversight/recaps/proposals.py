"""Figures that Gaung's own records give for the national evaluation: proposed with their place, and never filled in by
themselves.

They are those of the pages they lead to: the chain of the row's campaign, whether awareness of its dimension moved, and
for the impact a closed survey of residents with LEAST_ASKED answers or more. What is simulated is not proposed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.evidence.instruments.models import SurveyAudience
from app.evidence.results import quotes, words
from app.evidence.results.cells import Survey, surveys_of
from app.evidence.results.figures import Figure, figure, parts_of
from app.evidence.results.rounding import rounded
from app.evidence.surveys.access import visible_to
from app.evidence.surveys.models import Wave, WaveStatus
from app.kernel.periods import Period
from app.kernel.roles import Actor
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign
from app.oversight.insights.awareness import summarise_awareness
from app.oversight.insights.chain import chain
from app.oversight.insights.chain_steps import Amount, Chain, day, measured
from app.oversight.recaps.models import EvaluationRow
from app.oversight.recaps.proposal import Proposal

LEAST_ASKED = 50
"""People whom a survey for the impact asks at least: the national evaluation's own condition."""
MOST = 40
STEPS = {"output": "outputs", "outcome": "outcomes"}
"""Part → step of the chain that tells of it; a campaign's baseline is its goals, its impact what the service counts."""
NO_SURVEY = T(
    "Belum ada survei warga pada tahun %(year)s yang sudah ditutup dan berisi sedikitnya %(n)s jawaban. Bagian Impact "
    "memerlukannya."
)
NOT_COUNTED = T("%(n)s survei simulasi tahun itu tidak dihitung.")
SURVEY = T("Ada: %(name)s, %(n)s jawaban, selesai %(day)s.")


@dataclass(frozen=True)
class ImpactSurvey:
    """The newest survey that fulfils the condition; None where there is none. `simulated`: how many closed ones of the
    year are practice and therefore none."""

    year: int
    survey: Survey | None = None
    people: int = 0
    simulated: int = 0

    @property
    def sentence(self) -> T:
        if self.survey is None:
            said = T(NO_SURVEY.msgid, year=self.year, n=LEAST_ASKED)
            return T("%(said)s %(more)s", said=said, more=self.not_counted) if self.simulated else said
        wave = self.survey.wave
        return T(SURVEY.msgid, name=wave.name, n=words.number(self.people), day=day(wave.ends_on))

    @property
    def not_counted(self) -> T:
        return T(NOT_COUNTED.msgid, n=words.number(self.simulated))


@dataclass(frozen=True)
class Proposals:
    """Proposed figures by part. `survey`: whether the condition of the impact is fulfilled."""

    of: Mapping[str, list[Proposal]]
    survey: ImpactSurvey

    def find(self, part: str, key: str) -> Proposal | None:
        return next((one for one in self.of.get(part, ()) if one.key == key), None)


def proposals(
    session: Session, actor: Actor, row: EvaluationRow, *, today: date, now: datetime, zone: ZoneInfo
) -> Proposals:
    """Return what can be proposed for a row, by part, in a constant number of queries."""
    campaign = session.get(Campaign, row.campaign_id) if row.campaign_id else None
    found = chain(session, actor, campaign, today=today, now=now, zone=zone) if campaign else None
    last = min(today, Period.year(row.year).last)
    told = _awareness(session, actor, row.dimension_key, last)
    survey = impact_survey(session, actor, row.year)
    parts: dict[str, list[Proposal]] = {
        "baseline": [*(_goals(found) if found else []), *told.get("baseline", [])],
        "impact": [*_survey(survey, row.dimension_key), *(_lines(found, "impact") if found else [])],
        "quick_win": _quick_win(campaign, row.year),
    }
    for part, step in STEPS.items():
        parts[part] = [*(_lines(found, step) if found else []), *told.get(part, [])]
    if found:
        parts["outcome"] += _goal_results(found)
    return Proposals(parts, survey)


def impact_survey(session: Session, actor: Actor, year: int) -> ImpactSurvey:
    """Return the newest survey for the impact: of residents, real, closed, ended in the year, with enough answers."""
    period = Period.year(year)
    closed = (
        visible_to(actor), Wave.audience == SurveyAudience.RESIDENTS, Wave.status == WaveStatus.CLOSED,
        Wave.ends_on.between(period.first, period.last),
    )  # fmt: skip
    real = select(Wave).where(*closed, Wave.simulated.is_(False))
    waves = session.scalars(real.order_by(Wave.ends_on.desc(), Wave.id.desc()).limit(MOST)).all()
    for survey in surveys_of(session, waves):
        people = int(survey.cells.people.sum())
        if people >= LEAST_ASKED:
            return ImpactSurvey(year, survey, people)
    practice = session.scalar(select(func.count()).select_from(Wave).where(*closed, Wave.simulated))
    return ImpactSurvey(year, simulated=practice or 0)


def _goals(found: Chain) -> Iterator[Proposal]:
    """Where its goals began."""
    for place, (goal, line) in enumerate(zip(found.campaign.goals, found.step("goals").lines, strict=True)):
        if goal.baseline is not None:
            begun = measured(goal.baseline, goal.unit)
            text = T("%(what)s: nilai awal %(said)s.", what=line.label, said=begun.text)
            yield _proposal(f"goal-{place}", str(line.label), begun, str(text), line)


def _goal_results(found: Chain) -> Iterator[Proposal]:
    """What came out of its goals, with the source that was written down."""
    for place, line in enumerate(found.step("goals").lines):
        if line.actual is not None:
            target = T(" (target %(target)s)", target=line.target.text) if line.target else ""
            text = T("%(what)s: hasil %(said)s%(target)s. Sumber: %(source)s.", what=line.label, said=line.actual.text,
                     target=target, source=str(line.source_label).rstrip("."))  # fmt: skip
            yield _proposal(f"goal-result-{place}", str(line.label), line.actual, str(text), line)


def _lines(found: Chain, step: str) -> Iterator[Proposal]:
    """What was entered and is a number; nothing of a survey that is practice, nothing that stands apart."""
    if step == "outcomes" and found.simulated:
        return
    for place, line in enumerate(found.step(step).lines):
        if line.actual is None or line.actual.number is None or line.apart:
            continue
        target = T(" (target %(target)s)", target=line.target.text) if line.target else ""
        text = T("%(what)s: %(said)s%(target)s.", what=line.label, said=line.actual.text, target=target)
        yield _proposal(f"{step}-{place}", str(line.label), line.actual, str(text), line)


def _proposal(key: str, label: str, actual: Amount, text: str, line: Any) -> Proposal:
    said = str(actual.text)
    unit = said.split(" ", 1)[1] if " " in said and actual.number is not None else ""
    return Proposal(key, label, said, text, line.endpoint, line.values, actual.number, unit[:40], str(line.n))


def _awareness(session: Session, actor: Actor, dimension: str, last: date) -> dict[str, list[Proposal]]:
    """Before and after of the dimension, by the newest pair of surveys, as the page of awareness tells it."""
    found = summarise_awareness(session, actor, today=last)
    one = next((each for each in found.dimensions if each.key == dimension), None)
    if one is None or one.row is None or found.simulated or one.before is None or one.after is None:
        return {}
    label = f"{one.name}: {one.row.label}"
    made: dict[str, list[Proposal]] = {}
    for part, wave, shown in (("baseline", one.before, one.row.before), ("outcome", one.after, one.row.after)):
        if shown is not None and shown.is_shown:
            verdict = str(one.row.reason or quotes.VERDICTS[one.verdict]) if part == "outcome" else ""
            made[part] = [_of_figure(f"pengenalan-{part}", label, shown, wave, one.change if verdict else "", verdict)]
    return made


def _of_figure(key: str, label: str, shown: Figure, wave: Wave, change: str = "", verdict: str = "") -> Proposal:
    limits = T(" (95 %%: %(range)s)", range=words.interval(shown)) if shown.low is not None else ""
    more = "; ".join(part for part in (verdict, change) if part)
    text = T(
        "%(what)s: %(said)s%(limits)s, dari %(name)s%(more)s.",
        what=label, said=words.shown(shown), limits=limits, name=wave.name, more=f" ({more})" if more else "",
    )  # fmt: skip
    value = shown.value or 0.0
    number = float(rounded(value, 1 if shown.about else 2)) if shown.is_mean else float(rounded(100 * value))
    return Proposal(
        key, label, words.shown(shown), str(text), "results.wave", {"wave_id": wave.id}, number,
        "" if shown.is_mean else "%", words.answered(shown), None if shown.about else shown.n,
    )  # fmt: skip


def _survey(found: ImpactSurvey, dimension: str) -> Iterator[Proposal]:
    """What residents said of the dimension in the survey that counts for the impact."""
    if found.survey is None:
        return
    part = next((one for one in parts_of(found.survey) if one is not None), None)
    for index, item in enumerate(found.survey.items):
        if part is None or item.group != "measure" or item.decoy or item.dimension != dimension:
            continue
        shown = figure(part, index)
        if shown.is_shown:
            yield _of_figure(f"survei-{item.key}", quotes.label(item), shown, found.survey.wave)


def _quick_win(campaign: Campaign | None, year: int) -> list[Proposal]:
    """A programme that began and ended in the year; whether it succeeded is for the office to say."""
    if campaign is None or campaign.starts_on.year != year or campaign.ends_on.year != year:
        return []
    days = f"{day(campaign.starts_on)} – {day(campaign.ends_on)}"
    text = T("%(name)s berjalan %(days)s.", name=campaign.name, days=days)
    values = {"campaign_id": campaign.id}
    return [Proposal("program", campaign.name, days, str(text), "insights.chain", values)]
