"""Decide who reads a picture that came ahead of its record: who took it. With the record it is a picture of an event
too."""

from typing import Any

from sqlalchemy import Select, select

from app.base.media.holders import Holder
from app.gatherings.field.models import FieldPhoto
from app.kernel.roles import Actor, Can


def _taken(actor: Actor) -> Select[Any]:
    return select(FieldPhoto.file_id).where(FieldPhoto.user_id == actor.id)


HOLDERS = (Holder(FieldPhoto.file_id, Can.RECORD_IN_FIELD, _taken),)
