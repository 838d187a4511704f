"""Sources of late campaigns, surveys and training: each by the rule of its own room."""

from typing import Any

from sqlalchemy import Select, exists, select

from app.evidence.surveys.models import Stage, Wave, WaveStatus
from app.evidence.surveys.waves.proposals import lacks_after
from app.learning.assessments.models import Work
from app.learning.assessments.works.service import waits_for_points
from app.learning.training.models import Batch, Enrolment
from app.learning.training.states import ALIVE
from app.outreach.campaigns.decisions import is_open
from app.outreach.campaigns.models import Campaign, CampaignStatus, Decision, Goal
from app.oversight.commitments.models import Clause, Commitment
from app.oversight.commitments.queries import open_clauses
from app.oversight.control.lines import Moment, line

RUNNING = (CampaignStatus.PLANNED, CampaignStatus.ACTIVE)


def open_waves(moment: Moment) -> Select[Any]:
    return _wave(moment, "wave", Wave.ends_on).where(Wave.status == WaveStatus.OPEN, Wave.ends_on < moment.today)


def unopened(moment: Moment) -> Select[Any]:
    """Select surveys after a campaign that were prepared, and whose first day is past."""
    return _wave(moment, "unopened", Wave.starts_on).where(
        Wave.status == WaveStatus.DRAFT, Wave.stage == Stage.AFTER, Wave.starts_on <= moment.listed_until("unopened")
    )


def _wave(moment: Moment, kind: str, since: Any) -> Select[Any]:
    return (
        line(
            moment, kind, Wave.id, since, title=Wave.name, detail=Campaign.name, organisation=Wave.organisation_id,
            owner=Wave.created_by_id,
        )
        .outerjoin(Campaign, Campaign.id == Wave.campaign_id)
        .where(Wave.simulated.is_(False))
    )  # fmt: skip


def without_after(moment: Moment) -> Select[Any]:
    return line(
        moment, "after", Campaign.id, Campaign.ends_on, title=Campaign.name, organisation=Campaign.organisation_id,
        owner=Campaign.created_by_id,
    ).where(lacks_after(moment.today), Campaign.ends_on <= moment.listed_until("after"))  # fmt: skip


def without_baseline(moment: Moment) -> Select[Any]:
    """Select goals without a baseline of campaigns that run or are about to: it cannot be asked later."""
    return _goal(moment, "baseline", Campaign.starts_on).where(
        Goal.baseline.is_(None), Campaign.status.in_(RUNNING), Campaign.ends_on >= moment.today,
        Campaign.starts_on <= moment.listed_until("baseline"),
    )  # fmt: skip


def goals_past_due(moment: Moment) -> Select[Any]:
    """Select goals whose day is past and whose result nobody recorded."""
    return _goal(moment, "goal", Goal.due_on).where(
        Goal.result.is_(None), Goal.due_on <= moment.listed_until("goal"), Campaign.status != CampaignStatus.CANCELLED
    )


def _goal(moment: Moment, kind: str, since: Any) -> Select[Any]:
    return line(
        moment, kind, Goal.id, since, title=Goal.measure, detail=Campaign.name, target=Campaign.id,
        organisation=Campaign.organisation_id, owner=Goal.responsible_id, owner_text=Goal.responsible_text,
    ).join(Campaign, Campaign.id == Goal.campaign_id)  # fmt: skip


def decisions(moment: Moment) -> Select[Any]:
    """Select open decisions, late by the rule of `campaigns.decisions.late`."""
    return (
        line(
            moment, "decision", Decision.id, Decision.due_on, title=Decision.text, detail=Campaign.name,
            target=Campaign.id, organisation=Campaign.organisation_id, owner=Decision.owner_id,
            owner_text=Decision.owner_text,
        )
        .join(Campaign, Campaign.id == Decision.campaign_id)
        .where(is_open(), Decision.due_on <= moment.listed_until("decision"))
    )  # fmt: skip


def clauses(moment: Moment) -> Select[Any]:
    """Select open clauses of agreements, late by the rule of `commitments.queries.late_clauses`."""
    return (
        line(
            moment, "clause", Clause.id, Clause.due_on, title=Clause.text, detail=Commitment.title,
            target=Commitment.id, organisation=Clause.organisation_id, owner=Clause.person_id,
            owner_text=Clause.person_text,
        )
        .join(Commitment, Commitment.id == Clause.commitment_id)
        .where(open_clauses(), Clause.due_on <= moment.listed_until("clause"))
    )  # fmt: skip


def unfinished(moment: Moment) -> Select[Any]:
    return _batch(moment, "batch").where(Batch.status.in_(ALIVE), Batch.ends_on <= moment.listed_until("batch"))


def unmarked(moment: Moment) -> Select[Any]:
    """Select batches with works that wait for points."""
    waits = exists(
        select(Enrolment.id)
        .join(Work, Work.enrolment_id == Enrolment.id)
        .where(Enrolment.batch_id == Batch.id, waits_for_points())
        .correlate(Batch)
    )
    return _batch(moment, "marking").where(waits, Batch.ends_on <= moment.listed_until("marking"))


def _batch(moment: Moment, kind: str) -> Select[Any]:
    return line(
        moment, kind, Batch.id, Batch.ends_on, title=Batch.name, organisation=Batch.organisation_id,
        owner=Batch.created_by_id,
    ).where(Batch.simulated.is_(False))  # fmt: skip
