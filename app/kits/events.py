"""Plan the events of a kit: one for each village that a file names, else one at its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.connectivity import UNSERVED
from app.base.areas.models import Connectivity, Village
from app.base.areas.queries import latest_statements
from app.gatherings.events import service as events
from app.gatherings.events.models import Event
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kits.reading import Document
from app.outreach.campaigns.models import Campaign
from app.outreach.printing.models import PrintPiece

BLANK_SPOTS = "blank-spots"


@dataclass(frozen=True)
class PlannedEvents:
    """The events that a kit gave. `skipped` tells which events found no village."""

    events: list[Event]
    skipped: list[T]


def plan_events(
    session: Session,
    actor: Actor,
    campaign: Campaign,
    documents: Sequence[Document],
    *,
    pieces: Mapping[str, PrintPiece],
    start: date,
    zone: ZoneInfo,
    now: datetime,
) -> PlannedEvents:
    """Plan the events of these files for the campaign's owner and return them. `pieces`: file → print piece of this
    import."""
    made: list[Event] = []
    skipped: list[T] = []
    for document in documents:
        codes = _villages(session, document.data)
        if not codes:
            skipped.append(
                T(
                    "Kegiatan “%(title)s” dilewati karena tidak ada desa yang cocok di sini.",
                    title=document.data["title"],
                )
            )
        for place, code in enumerate(codes):
            begins = _at(document.data, start, zone, place, len(codes))
            values = _plan(document.data, campaign, code, begins, pieces)
            made.append(
                events.plan(session, actor, values, now=now, kit_key=f"events/{Path(document.file).stem}")
            )  # fmt: skip
    return PlannedEvents(made, skipped)


def day_of(day: int, last_day: int | None, place: int, places: int) -> int:
    """Return the day of the village at this place (0 is the first) of so many: spread evenly from `day` to
    `last_day`."""
    if last_day is None or places < 2:
        return day
    return day + (last_day - day) * place // (places - 1)


def _at(data: Mapping[str, Any], start: date, zone: ZoneInfo, place: int, places: int) -> datetime:
    day = day_of(data["day"], data.get("last_day"), place, places)
    return datetime.combine(start + timedelta(days=day), time.fromisoformat(data["hour"]), zone)


def _villages(session: Session, data: Mapping[str, Any]) -> Sequence[str | None]:
    """The codes of the villages in the order of the tour; [None] for an event that names a place only."""
    villages, districts = data.get("villages"), data.get("districts")
    if isinstance(villages, list) and villages:
        known = set(session.scalars(select(Village.code).where(Village.code.in_(villages))))
        return [code for code in villages if code in known]
    if villages != BLANK_SPOTS and not districts:
        return [None]
    query = select(Village.code).order_by(Village.district_code, Village.name, Village.code)
    if districts:
        query = query.where(Village.district_code.in_(districts))
    if villages == BLANK_SPOTS:
        latest = latest_statements()
        query = (
            query.join(latest, latest.c.village_code == Village.code)
            .join(Connectivity, Connectivity.id == latest.c.id)
            .where(Connectivity.status.in_(UNSERVED))
        )
    return session.scalars(query).all()


def _plan(
    data: Mapping[str, Any],
    campaign: Campaign,
    village_code: str | None,
    begins: datetime,
    pieces: Mapping[str, PrintPiece],
) -> events.Plan:
    return events.Plan(
        kind=data["kind"],
        title=data["title"],
        organisation_id=campaign.organisation_id,
        starts_at=begins,
        ends_at=begins + timedelta(minutes=data["minutes"]),
        village_code=village_code,
        place=data.get("place", ""),
        description=data.get("description", ""),
        agenda=data.get("agenda", ""),
        campaign_id=campaign.id,
        dimension_key=data.get("dimension"),
        speakers=[(one["name"], one.get("title", "")) for one in data.get("speakers", [])],
        tags=data.get("adinda", []),
        registration=data.get("registration", False),
        capacity=data.get("capacity"),
        waiting_list=data.get("waiting_list", True),
        budget=data.get("budget"),
        contact=data.get("contact", ""),
        materials=[_material(item, pieces) for item in data.get("materials", [])],
    )


def _material(item: Mapping[str, Any], pieces: Mapping[str, PrintPiece]) -> events.MaterialPlan:
    if "file" in item:
        piece = pieces[item["file"]]
        return events.MaterialPlan(piece.title, item.get("copies"), piece.id)
    return events.MaterialPlan(item["name"], item.get("copies"))
