"""Who reads the material of modules: who reads programmes, and what is for trainers who plans training."""

from typing import Any

from sqlalchemy import Select, select

from app.base.media.holders import Holder
from app.kernel.roles import Actor, Can
from app.learning.programmes.materials import sees_trainers_part
from app.learning.programmes.models import ModuleMaterial


def _materials(actor: Actor) -> Select[Any]:
    query = select(ModuleMaterial.file_id)
    return query if sees_trainers_part(actor) else query.where(ModuleMaterial.for_trainers.is_(False))


HOLDERS = (Holder(ModuleMaterial.file_id, Can.READ_TRAINING, _materials),)
