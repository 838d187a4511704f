"""Whose programme it is. Routes ask for the role; here the record is asked too."""

from app.kernel.roles import SYSTEM, Actor, Role
from app.learning.programmes.models import Programme

PLANNERS = (Role.TRAINER, Role.CONTRIBUTOR, Role.EDITOR, Role.ADMIN)
"""Who plans training: the office for everybody, a trainer for the own organisation."""
READERS = (Role.VIEWER, Role.APPROVER, Role.OPD_CONTACT, *PLANNERS)
KEEPERS = (Role.EDITOR, Role.ADMIN)
"""Who keeps the list of skills."""


def may_plan_for(actor: Actor, organisation_id: int) -> bool:
    if actor == SYSTEM:
        return True
    return actor.has(*PLANNERS) and (actor.of_office or organisation_id in actor.organisation_ids)


def may_manage(actor: Actor, programme: Programme) -> bool:
    return may_plan_for(actor, programme.organisation_id)


def keeps_skills(actor: Actor) -> bool:
    return actor == SYSTEM or (actor.of_office and actor.has(*KEEPERS))
