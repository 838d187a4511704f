"""Who makes questionnaires and surveys, and who reads them."""

from app.kernel.roles import SYSTEM, Actor, Role

PLANNERS = (Role.CONTRIBUTOR, Role.EDITOR, Role.ADMIN)
"""Who makes instruments and waves, keys paper and imports files."""
READERS = (Role.VIEWER, Role.APPROVER, Role.OPD_CONTACT, *PLANNERS)
"""Who sees waves and results."""


TESTERS = (Role.TRAINER, *PLANNERS)
"""Who makes questions for participants of training (SurveyAudience.TRAINEES)."""


def may_plan_for(actor: Actor, organisation_id: int, *, tests: bool = False) -> bool:
    """`tests`: questions for participants of training, which trainers make too."""
    if actor == SYSTEM:
        return True
    return actor.has(*(TESTERS if tests else PLANNERS)) and (
        actor.of_office or organisation_id in actor.organisation_ids
    )
