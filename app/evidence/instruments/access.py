"""Access to questionnaires: who makes questions and surveys, and who reads them."""

from collections.abc import Collection

from app.evidence.instruments.models import SurveyAudience
from app.kernel.roles import SYSTEM, Actor, Can


def may_plan_for(actor: Actor, organisation_id: int, *, tests: bool = False) -> bool:
    """Decide whether somebody may make questions or surveys of this organisation.

    `tests`: questions for participants of training, which trainers make too.
    """
    if actor == SYSTEM:
        return True
    return actor.can(Can.MAKE_QUESTIONS if tests else Can.PLAN_SURVEYS) and (
        actor.of_office or organisation_id in actor.organisation_ids
    )


def audiences_of(actor: Actor) -> Collection[str]:
    """Return the audiences whose questions this person may read.

    Those for participants show the right answers of tests: only who makes such questions reads them, and the office.
    """
    found: list[str] = []
    if actor == SYSTEM or actor.can(Can.READ_SURVEYS):
        found += [SurveyAudience.RESIDENTS, SurveyAudience.CIVIL_SERVANTS]
    if actor == SYSTEM or actor.can(Can.MAKE_QUESTIONS) or (actor.of_office and actor.can(Can.READ_SURVEYS)):
        found.append(SurveyAudience.TRAINEES)
    return found


def audiences_made_by(actor: Actor) -> Collection[str]:
    """Return the audiences that this person may make questions for."""
    if actor == SYSTEM or actor.can(Can.PLAN_SURVEYS):
        return tuple(SurveyAudience)
    return (SurveyAudience.TRAINEES,) if actor.can(Can.MAKE_QUESTIONS) else ()
