"""Choose what is told first of a survey: what its campaign is about, and never what moved most.

A measure that is picked for its size looks surer than it is; so which one comes first is settled by the campaign and
by the order of the questions, before a single answer is in.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy.orm import Session

from app.evidence.instruments.definition import Definition, Measure
from app.evidence.surveys.models import Wave
from app.outreach.campaigns.models import Campaign

Ranked = TypeVar("Ranked")


def campaign_measures(session: Session, wave: Wave, definition: Definition) -> list[str]:
    """Return keys of the measures that tell how well known the subject of this wave's campaign is.

    In the instrument's order: first by service, then by dimension. Empty for a wave without a campaign.
    """
    campaign = session.get(Campaign, wave.campaign_id) if wave.campaign_id else None
    if campaign is None:
        return []
    services = {service.key for service in campaign.services}
    dimensions = {dimension.key for dimension in campaign.dimensions}
    aided = [measure for measure in definition.measures if is_aided(definition, measure)]
    return [measure.key for measure in aided if _service(definition, measure) in services] or [
        measure.key for measure in aided if measure.dimension in dimensions
    ]


def campaign_first(told: Sequence[Ranked], own: Sequence[str], key: Callable[[Ranked], str]) -> list[Ranked]:
    """Put the campaign's own first, then the others, each in the order they had."""
    return sorted(told, key=lambda one: key(one) not in own)


def is_aided(definition: Definition, measure: Measure) -> bool:
    """Decide whether it is a share of those who know a service when they hear its name: one row of a grid."""
    question = definition.by_key.get(measure.question or "")
    return measure.kind == "share" and not measure.decoy and question is not None and question.kind == "grid"


def _service(definition: Definition, measure: Measure) -> str | None:
    rows = definition.by_key[measure.question or ""].rows
    return next((row.service for row in rows if row.key == measure.row), None)
