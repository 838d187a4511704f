"""Readers of the file of boundaries: who loads it."""

from typing import Any

from sqlalchemy import Select, false, select

from app.base.media.holders import Holder
from app.kernel.roles import Actor, Can
from app.oversight.mosaic.models import Boundaries


def _boundaries(actor: Actor) -> Select[Any]:
    query = select(Boundaries.file_id)
    return query if actor.of_office else query.where(false())


HOLDERS = (Holder(Boundaries.file_id, Can.KEEP_COVERAGE, _boundaries),)
