"""Records as a phone sends them, and what came of them."""

import uuid
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.media.check import check_image
from app.base.media.storage import Storage
from app.base.people.models import Organisation
from app.evidence.surveys.models import Wave
from app.gatherings.events.models import Event
from app.gatherings.field.models import FieldRecord
from app.gatherings.field.photos import keep_photo
from app.gatherings.reports.models import Report
from app.kernel.clock import Clock
from app.kernel.roles import Actor
from tests.media.images import flat
from tests.survey_sample import ANSWERS

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


def interview(wave: Wave | str, /, **values: Any) -> dict[str, Any]:
    """An interview as a phone sends it; `values` are of the content, but `uuid` and `saved_at` of the envelope."""
    envelope = {key: values.pop(key) for key in ("uuid", "saved_at") if key in values}
    content = {
        "wave": wave if isinstance(wave, str) else wave.code, "place": LONG_LALANG, "sex": "f", "age_band": "25-34",
        "language": "id", "started_at": "2026-11-24T07:50:00+08:00", "ended_at": "2026-11-24T07:58:00+08:00",
        "answers": ANSWERS, **values,
    }  # fmt: skip
    return {"uuid": str(uuid.uuid4()), "kind": "answer", "content": content, **envelope}


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
