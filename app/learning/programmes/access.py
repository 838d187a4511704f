"""Access to programmes. Routes ask for the role; here the record is asked too."""

from app.kernel.roles import SYSTEM, Actor, Can
from app.learning.programmes.models import Programme


def may_plan_for(actor: Actor, organisation_id: int) -> bool:
    if actor == SYSTEM:
        return True
    return actor.can(Can.PLAN_TRAINING) and (actor.of_office or organisation_id in actor.organisation_ids)


def may_manage(actor: Actor, programme: Programme) -> bool:
    return may_plan_for(actor, programme.organisation_id)


def keeps_skills(actor: Actor) -> bool:
    return actor == SYSTEM or (actor.of_office and actor.can(Can.KEEP_SKILLS))
