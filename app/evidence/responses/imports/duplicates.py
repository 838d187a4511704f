"""Find which answers of a file are stored already: the same, with other answers, or as part of another survey.

Only what the file has columns for is compared: an export without what people wrote freely is still the same answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.responses.columns import Column, value_of
from app.evidence.responses.models import Response


@dataclass
class Duplicates:
    """UUIDs of a file that are stored: with the `same` answers, with `other` ones, or in another survey."""

    same: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)


def find_duplicates(
    session: Session, wave_id: int, rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]
) -> Duplicates:
    """Find those of these rows whose UUID is stored.

    `rows`: as `service.values_of` gives them; `columns`: those of the answers that the file has.
    """
    by_uuid = {row["uuid"]: row for row in rows}
    found, differing = Duplicates(), []
    query = select(Response.uuid, Response.wave_id, Response.content_hash).where(Response.uuid.in_(by_uuid))
    for uuid, of_wave, digest in session.execute(query).tuples():
        if of_wave != wave_id:
            found.elsewhere.append(uuid)
        elif digest == by_uuid[uuid]["content_hash"]:
            found.same.append(uuid)
        else:
            differing.append(uuid)
    stored = select(Response.uuid, Response.place, Response.sex, Response.age_band, Response.answers)
    for here in session.execute(stored.where(Response.uuid.in_(differing))) if differing else ():
        (found.same if _is_same(by_uuid[here.uuid], here, columns) else found.other).append(here.uuid)
    return found


def _is_same(row: Mapping[str, Any], here: Any, columns: Sequence[Column]) -> bool:
    if (row["place"], row["sex"], row["age_band"]) != (here.place, here.sex, here.age_band):
        return False
    return all(value_of(column, row["answers"], {}) == value_of(column, here.answers, {}) for column in columns)
