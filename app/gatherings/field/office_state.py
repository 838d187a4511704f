"""Compare a record that arrived with what stands for it at the office now, and whether somebody else wrote there
since."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.gatherings.field.models import FieldRecord
from app.gatherings.field.shape import Content, Record

CurrentContent = Callable[[Session, int, Content, str], Content | None]
"""(session, subject's id, the content as it was sent, zone) → the content as it stands, or None where it is gone."""


@dataclass(frozen=True)
class OfficeState:
    """The content that stands at the office. `hash` is what a change names in `replaces` to lay itself over this.
    `changed`: by somebody else than a phone."""

    content: Content
    hash: str
    changed: bool


def office_state(session: Session, row: FieldRecord, present: CurrentContent, tz: str) -> OfficeState:
    """Return what was sent, as long as nobody else wrote; else what they made of it."""
    sent = row.payload["content"]
    now = present(session, row.subject_id, sent, tz) if row.subject_id is not None else None
    if now is None or _hash(row, now) == row.standing_hash:
        return OfficeState(sent, row.content_hash, changed=False)
    return OfficeState(now, _hash(row, now), changed=True)


def remember_office_state(session: Session, row: FieldRecord, present: CurrentContent, tz: str) -> None:
    """Remember what stands at the office after the record was stored."""
    now = present(session, row.subject_id, row.payload["content"], tz) if row.subject_id is not None else None
    row.standing_hash = _hash(row, now) if now is not None else None


def _hash(row: FieldRecord, content: Content) -> str:
    photos = tuple(row.payload["photos"])
    return Record(row.uuid, row.kind, row.organisation_id, photos, content).hash
