"""Decide who reads the scanned decree of a group: the office's staff and the group itself, since it names people."""

from typing import Any

from sqlalchemy import Select, select

from app.base.media.holders import Holder
from app.gatherings.communities.access import sees_all_people
from app.gatherings.communities.models import Group
from app.kernel.roles import Actor, Can


def _decrees(actor: Actor) -> Select[Any]:
    query = select(Group.decree_file_id)
    return query if sees_all_people(actor) else query.where(Group.organisation_id.in_(actor.organisation_ids))


HOLDERS = (Holder(Group.decree_file_id, Can.READ_GROUPS, _decrees),)
