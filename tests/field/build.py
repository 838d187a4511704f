"""Records as a phone sends them, and what came of them."""

import uuid
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.events.models import Event
from app.field.models import FieldRecord
from app.field.photos import keep_photo
from app.kernel.clock import Clock
from app.kernel.roles import Actor
from app.media.check import check_image
from app.media.storage import Storage
from app.people.models import Organisation
from app.reports.models import Report
from tests.media.images import flat

LONG_LALANG = "64.02.12.2002"
TZ = "Asia/Makassar"


def content(**values: Any) -> dict[str, Any]:
    return {
        "title": "Penyuluhan KTP digital",
        "event_kind": "kim_activity",
        "date": "2026-11-23",
        "start": "09:00",
        "village_code": LONG_LALANG,
        "place": "Balai desa",
        "counts": {"f.adult": 7, "m.elder": 3},
        **values,
    }


def record(organisation: Organisation | int, **values: Any) -> dict[str, Any]:
    """`values` are of the content, but `uuid`, `photos`, `replaces`, `saved_at`, `kind` of the envelope."""
    envelope = {key: values.pop(key) for key in ("uuid", "photos", "replaces", "saved_at", "kind") if key in values}
    number = organisation if isinstance(organisation, int) else organisation.id
    return {
        "uuid": str(uuid.uuid4()), "kind": "activity", "organisation_id": number, "content": content(**values),
        **envelope,
    }  # fmt: skip


def photo(session: Session, storage: Storage, actor: Actor, record_uuid: str, clock: Clock) -> str:
    """Send one picture ahead; gives its UUID."""
    made = str(uuid.uuid4())
    keep_photo(
        session, storage, actor, check_image(flat(), "foto.jpg"), uuid=made, record_uuid=record_uuid, consent=True,
        now=clock.now(),
    )  # fmt: skip
    session.commit()
    return made


def count(session: Session) -> tuple[int, int, int]:
    """(records, events, reports)."""
    return tuple(session.scalar(select(func.count()).select_from(table)) or 0 for table in (FieldRecord, Event, Report))
