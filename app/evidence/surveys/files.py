"""Access to the file of a survey that others did: who sees its result reads it."""

from typing import Any

from sqlalchemy import Select, select

from app.base.media.holders import Holder
from app.evidence.surveys.models import RecordedResult
from app.evidence.surveys.recorded.service import visible_to
from app.kernel.roles import Actor, Can


def _results(actor: Actor) -> Select[Any]:
    return select(RecordedResult.file_id).where(visible_to(actor))


HOLDERS = (Holder(RecordedResult.file_id, Can.READ_SURVEYS, _results),)
