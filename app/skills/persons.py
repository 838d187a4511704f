"""Who counts in figures, and where: real people apart from simulated ones, an OPD with its bidang."""

from sqlalchemy import ColumnElement, and_, case, exists, func, not_, select
from sqlalchemy.orm import Session, aliased

from app.people.models import Organisation
from app.people.organisations import OrganisationKind
from app.skills.levels import stands
from app.skills.models import SkillEvidence
from app.training.models import Batch, Enrolment, Trainee

Parent = aliased(Organisation, name="parent_organisation")
OPD = OrganisationKind.OPD
"""Join Organisation and Parent by `in_organisations` before using `opd_id`."""


def simulated() -> ColumnElement[bool]:
    """All batches of this person are practice. Who is in no batch is real; a condition on Trainee."""
    practice = case((Batch.simulated, 1), else_=0)
    # one set for all people: asked for each row apart, it costs more than everything else of a matrix
    all_practice = (
        select(Enrolment.trainee_id)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .group_by(Enrolment.trainee_id)
        .having(func.min(practice) == 1)
    )
    return Trainee.id.in_(all_practice)


def counted(practice: bool) -> ColumnElement[bool]:
    """Who belongs into the figures: the real people, or with `practice` everybody. Erased people do not: nobody could
    find them."""
    known = Trainee.erased_at.is_(None)
    return known if practice else and_(known, not_(simulated()))


def only_practice(session: Session) -> bool:
    """Whether nothing real is there yet but practice is: then figures show all, and say so."""

    def some(practice: bool) -> ColumnElement[bool]:
        evidence = select(SkillEvidence.id).join(Trainee, Trainee.id == SkillEvidence.trainee_id)
        return exists(evidence.where(stands(practice), counted(practice)))

    real, any_ = session.execute(select(some(False), some(True))).one()
    return bool(any_) and not real


def opd_id() -> ColumnElement[int | None]:
    """The OPD of a joined Organisation: itself, or the one that its bidang belongs to; else NULL."""
    return case((Organisation.kind == OPD, Organisation.id), (Parent.kind == OPD, Parent.id), else_=None)
