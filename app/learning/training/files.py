"""Who reads letters in which an OPD names people: who sees the people of the batch, and the OPD that wrote."""

from typing import Any

from sqlalchemy import Select, or_, select

from app.base.media.holders import Holder
from app.kernel.roles import Actor, Can
from app.learning.training.access import people_visible_to, visible_to
from app.learning.training.models import Batch, Nomination


def _letters(actor: Actor) -> Select[Any]:
    return (
        select(Nomination.letter_file_id)
        .join(Batch, Batch.id == Nomination.batch_id)
        .where(visible_to(actor), or_(people_visible_to(actor), Nomination.organisation_id.in_(actor.organisation_ids)))
    )


HOLDERS = (Holder(Nomination.letter_file_id, Can.READ_NOMINATIONS, _letters),)
