"""Readers of the files of an evaluation: who reads its sheet, which is all the staff."""

from typing import Any

from sqlalchemy import Select, select

from app.base.media.holders import Holder
from app.kernel.roles import Actor, Can
from app.oversight.recaps.models import EvaluationEvidence


def _evidence(_actor: Actor) -> Select[Any]:
    return select(EvaluationEvidence.file_id)


HOLDERS = (Holder(EvaluationEvidence.file_id, Can.READ_OFFICE, _evidence),)
