"""Records of printing for its tests: villages, a picture, a piece."""

import io
from datetime import date
from typing import Any

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.media.models import StoredFile
from app.base.media.service import store
from app.base.media.storage import Storage
from app.kernel.roles import SYSTEM, Actor
from app.outreach.printing import service
from app.outreach.printing.models import PrintPiece
from tests.world import World

TODAY = date(2026, 11, 24)
CONTENT = {"headline": "Kukar menuju kota cerdas", "lead": "Layanan lebih dekat.", "points": ["Satu", "Dua"]}


def villages(session: Session, count: int) -> list[Village]:
    found = list(session.scalars(select(Village).order_by(Village.code).limit(count)))
    assert len(found) == count
    return found


def picture(world: World, storage: Storage, actor: Actor, size: tuple[int, int] = (640, 480)) -> StoredFile:
    out = io.BytesIO()
    Image.new("RGB", size, "orange").save(out, "JPEG")
    file = store(world.session, storage, actor, out.getvalue(), "foto.jpg", now=world.clock.now())
    world.session.commit()
    return file


def piece(world: World, actor: Actor = SYSTEM, kind: str = "poster", **values: Any) -> PrintPiece:
    campaign = values.pop("campaign", None) or world.campaign()
    content = values.pop("content", CONTENT)
    title = values.pop("title", "Poster Kenal Smart City")
    made = service.draft_piece(
        world.session, actor, campaign.id, kind, title, content, **values, now=world.clock.now()
    )  # fmt: skip
    world.session.commit()
    return made
