"""Fill what a record left empty from the other one of the same gathering; and give it back when they are parted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.gatherings.events.headcount import set_headcount
from app.gatherings.events.models import AgeBand, Event, EventTag, Material, Sex
from app.gatherings.reports.models import Agreement, Report


@dataclass(frozen=True)
class Record:
    session: Session
    event: Event
    report: Report


@dataclass(frozen=True)
class Part:
    """A part of a record: its content (compared and seen as empty), how it is set, how it is emptied."""

    content: Callable[[Record], object]
    take: Callable[[Record, Record], None]
    clear: Callable[[Record], None]
    lacks: Callable[[Record], bool] | None = None  # where to say something is not the same as having it

    def is_empty(self, record: Record) -> bool:
        return self.lacks(record) if self.lacks else not self.content(record)


def origin_of(report: Report) -> dict[str, Any]:
    """Return what `take_origin` replaces, to be kept as JSON."""
    return {
        "source": report.source,
        "on_behalf": report.on_behalf,
        "device_at": report.device_at.isoformat() if report.device_at else None,
        "device_skew": report.device_skew,
        "recorded_by_id": report.recorded_by_id,
    }


def set_origin(report: Report, origin: Mapping[str, Any]) -> None:
    for name, value in origin.items():
        setattr(report, name, datetime.fromisoformat(value) if name == "device_at" and value else value)


def is_blank(session: Session, event: Event, report: Report) -> bool:
    """Decide whether nobody wrote anything in the report."""
    record = Record(session, event, report)
    return not any(report.spj.values()) and all(part.is_empty(record) for part in PARTS.values() if part is not TAGS)


def take_origin(kept: Report, gone: Report) -> None:
    """Take over who wrote it and on what, for a record that had no report of its own."""
    kept.source, kept.on_behalf = gone.source, gone.on_behalf
    kept.device_at, kept.device_skew = gone.device_at, gone.device_skew
    kept.recorded_by_id = gone.recorded_by_id


def fill(session: Session, keep: Event, kept: Report, other: Event, gone: Report) -> list[str]:
    """Fill what the kept record left empty, and return the parts and the materials ("material:name") that came over."""
    mine, theirs = Record(session, keep, kept), Record(session, other, gone)
    filled = [name for name, part in PARTS.items() if part.is_empty(mine) and part.content(theirs)]
    for name in filled:
        PARTS[name].take(mine, theirs)
    return filled + _take_materials(keep, other)


def give_back(session: Session, keep: Event, kept: Report, other: Event, gone: Report) -> None:
    """Empty what was filled from the other one again; what somebody changed in it since stays."""
    mine, theirs = Record(session, keep, kept), Record(session, other, gone)
    filled = gone.carried.get("filled", [])
    for name, part in PARTS.items():
        if name in filled and part.content(mine) == part.content(theirs):
            part.clear(mine)
    brought = {row.name.lower(): row.handed_out for row in other.materials}
    for row in list(keep.materials):
        name = row.name.lower()
        if f"material:{name}" in filled and row.handed_out == brought.get(name):
            keep.materials.remove(row)
        elif f"copies:{name}" in filled and row.handed_out == brought.get(name):
            row.handed_out = None


def _take_materials(keep: Event, other: Event) -> list[str]:
    filled, named = [], {row.name.lower(): row for row in keep.materials}
    for row in other.materials:
        own, name = named.get(row.name.lower()), row.name.lower()
        if own is None:
            keep.materials.append(Material(name=row.name, handed_out=row.handed_out, piece_id=row.piece_id))
            filled.append(f"material:{name}")
        elif own.handed_out is None and row.handed_out is not None:
            own.handed_out = row.handed_out
            filled.append(f"copies:{name}")
    return filled


def _counts(record: Record) -> Mapping[tuple[str, str], int]:
    """Where names alone were taken, their number is the count."""
    counted = {(row.sex, row.age_band): row.people for row in record.event.headcounts}
    people = record.event.people
    return counted or ({(str(Sex.UNKNOWN), str(AgeBand.UNKNOWN)): people} if people else {})


def _take_counts(mine: Record, theirs: Record) -> None:
    set_headcount(mine.session, mine.event, _counts(theirs))


def _clear_counts(mine: Record) -> None:
    set_headcount(mine.session, mine.event, {})


def _agreed(record: Record) -> list[tuple[object, ...]]:
    return [(row.what, row.owner, row.due_on) for row in record.report.agreements]


def _take_agreements(mine: Record, theirs: Record) -> None:
    mine.report.agreements = [
        Agreement(position=row.position, what=row.what, owner=row.owner, due_on=row.due_on)
        for row in theirs.report.agreements
    ]


def _clear_agreements(mine: Record) -> None:
    mine.report.agreements = []


def _take_tags(mine: Record, theirs: Record) -> None:
    mine.event.tags = [EventTag(tag=row.tag) for row in theirs.event.tags]


def _clear_tags(mine: Record) -> None:
    mine.event.tags = []


def _words(name: str) -> Part:
    return Part(
        content=lambda record: getattr(record.report, name),
        take=lambda mine, theirs: setattr(mine.report, name, getattr(theirs.report, name)),
        clear=lambda mine: setattr(mine.report, name, ""),
    )


TAGS = Part(lambda record: sorted(row.tag for row in record.event.tags), _take_tags, _clear_tags)
PARTS: Mapping[str, Part] = {
    # a few ticked names are no headcount: what the other one counted comes beside them
    "headcount": Part(_counts, _take_counts, _clear_counts, lambda record: not record.event.headcounts),
    "told": _words("told"),
    "notes": _words("notes"),
    "agreements": Part(_agreed, _take_agreements, _clear_agreements),
    "tags": TAGS,
}
