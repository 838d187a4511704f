"""Who counts in figures, and where: real people apart from simulated ones, an OPD with its bidang."""

from sqlalchemy import ColumnElement, and_, case, exists, not_, select
from sqlalchemy.orm import aliased

from app.base.people.models import Organisation
from app.base.people.organisations import OrganisationKind
from app.learning.skills.levels import evidence_counts
from app.learning.skills.models import SkillEvidence
from app.learning.training.models import Trainee
from app.learning.training.practice import simulated

__all__ = ["OPD", "Parent", "in_figures", "opd_id", "simulated"]

Parent = aliased(Organisation, name="parent_organisation")
OPD = OrganisationKind.OPD
"""Join Organisation and Parent by `in_organisations` before using `opd_id`."""


def in_figures(practice: bool) -> ColumnElement[bool]:
    """Return the condition on Trainee of who belongs into the figures: the real people, or with `practice` the
    simulated ones, never both. Erased people do not: nobody could find them."""
    return and_(Trainee.erased_at.is_(None), simulated() if practice else not_(simulated()))


def evidence(practice: bool) -> ColumnElement[bool]:
    """Return the condition that there is any evidence, for training.practice.EVIDENCE."""
    rows = select(SkillEvidence.id).join(Trainee, Trainee.id == SkillEvidence.trainee_id)
    return exists(rows.where(evidence_counts(), in_figures(practice)))


def opd_id() -> ColumnElement[int | None]:
    """Return the OPD of a joined Organisation: itself, or the one that its bidang belongs to; else NULL."""
    return case((Organisation.kind == OPD, Organisation.id), (Parent.kind == OPD, Parent.id), else_=None)
