"""Who makes questionnaires and surveys, and who reads them."""

from collections.abc import Collection

from app.evidence.instruments.models import SurveyAudience
from app.kernel.roles import SYSTEM, Actor, Role

PLANNERS = (Role.CONTRIBUTOR, Role.EDITOR, Role.ADMIN)
"""Who makes instruments and waves, keys paper and imports files."""
READERS = (Role.VIEWER, Role.APPROVER, Role.OPD_CONTACT, *PLANNERS)
"""Who sees waves and results."""
TESTERS = (Role.TRAINER, *PLANNERS)
"""Who makes questions for participants of training (SurveyAudience.TRAINEES)."""
ASKERS = (Role.TRAINER, *READERS)
"""Whom the pages of instruments open to; a trainer without another of these roles meets only those of training."""


def may_plan_for(actor: Actor, organisation_id: int, *, tests: bool = False) -> bool:
    """`tests`: questions for participants of training, which trainers make too."""
    if actor == SYSTEM:
        return True
    return actor.has(*(TESTERS if tests else PLANNERS)) and (
        actor.of_office or organisation_id in actor.organisation_ids
    )


def audiences_of(actor: Actor) -> Collection[str]:
    """Whose questions this person may read. Those for participants show the right answers of tests: only who makes
    such questions, and the office."""
    found: list[str] = []
    if actor == SYSTEM or actor.has(*READERS):
        found += [SurveyAudience.RESIDENTS, SurveyAudience.CIVIL_SERVANTS]
    if actor == SYSTEM or actor.has(*TESTERS) or (actor.of_office and actor.has(*READERS)):
        found.append(SurveyAudience.TRAINEES)
    return found


def audiences_made_by(actor: Actor) -> Collection[str]:
    """For whom this person may make questions."""
    if actor == SYSTEM or actor.has(*PLANNERS):
        return tuple(SurveyAudience)
    return (SurveyAudience.TRAINEES,) if actor.has(*TESTERS) else ()
