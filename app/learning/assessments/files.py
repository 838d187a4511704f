"""Who reads the works of participants: who sees the people of their batch."""

from typing import Any

from sqlalchemy import Select, select

from app.base.media.holders import Holder
from app.kernel.roles import Actor, Can
from app.learning.assessments.models import Work
from app.learning.training.access import people_visible_to, visible_to
from app.learning.training.models import Batch, Enrolment, EnrolmentStatus


def _works(actor: Actor) -> Select[Any]:
    return (
        select(Work.file_id)
        .join(Enrolment, Enrolment.id == Work.enrolment_id)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .where(Enrolment.status == EnrolmentStatus.ACCEPTED, visible_to(actor), people_visible_to(actor))
    )


HOLDERS = (Holder(Work.file_id, Can.READ_TRAINEES, _works),)
