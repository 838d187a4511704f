"""How the practice posts did after an hour, a day, a week, four weeks; what a platform does not give stays open."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.demo.year import SEED, Year
from app.outreach.publishing.measuring import NAMES, SLACK
from app.outreach.publishing.models import MeasureState

GROWN = {1: 0.12, 24: 0.63, 7 * 24: 0.93, 28 * 24: 1.0}
"""Age in hours → how much of what came in four weeks had come."""
SHARES = {"views": 1.0, "reach": 0.7, "reactions": 0.04, "comments": 0.006, "shares": 0.009, "saves": 0.005,
          "clicks": 0.02}  # fmt: skip
LIVELY: Mapping[str, float] = {"x": 0.6, "facebook": 0.9, "instagram": 1.4}
"""How readily people answer there, against SHARES."""
ANSWERS = ("reactions", "comments", "shares", "saves", "clicks")
NOT_GIVEN: Mapping[str, set[str]] = {
    "x": {"reach"},
    "facebook": {"saves"},
    "instagram": {"clicks"},
}
GONE = "Unggahan ini sudah tidak ada di saluran"


def figures(year: Year, kind: str, delivery_id: int, sent_at: datetime, fate: str) -> list[dict[str, Any]]:
    """Return rows of Measurement, as far as their time has come. `fate`: "fell", "deleted" or ""."""
    shown = year.luck.randint(300, 2600)
    missing = NOT_GIVEN[kind]
    if kind == "facebook" and delivery_id % 13 == 0:
        missing = missing | {"views"}
    shares = _shares(kind, delivery_id)
    rows = list(_rows(year, delivery_id, sent_at, fate))
    for row in rows:
        if row["state"] == MeasureState.TAKEN:
            grown = GROWN[row["age"]] * (0.6 if fate == "fell" and row["age"] == 28 * 24 else 1.0)
            row |= {name: round(shown * share * grown) for name, share in shares.items() if name not in missing}
    taken = [row for row in rows if row["state"] == MeasureState.TAKEN]
    if taken:
        taken[-1]["latest"] = True
    return rows


def _shares(kind: str, delivery_id: int) -> dict[str, float]:
    """No two posts are answered alike: by where they stand, and each a little by chance of its own."""
    luck = Random(SEED + delivery_id)
    lively = LIVELY[kind] * luck.uniform(0.55, 1.55)
    return SHARES | {name: SHARES[name] * lively * luck.uniform(0.8, 1.2) for name in ANSWERS}


def _rows(year: Year, delivery_id: int, sent_at: datetime, fate: str) -> Iterator[dict[str, Any]]:
    """What waits is left out: the practice platforms do not know these posts."""
    for age in SLACK:
        due = sent_at + timedelta(hours=age)
        if due > year.now:
            return
        state = MeasureState.TAKEN
        if fate == "deleted" and age >= 7 * 24:
            state = MeasureState.GONE
        elif delivery_id % 23 == 5 and age == 24:
            state = MeasureState.LATE
        yield dict.fromkeys(NAMES) | {
            "delivery_id": delivery_id, "age": age, "due_at": due, "wake_at": due, "state": state, "tries": 0,
            "taken_at": due + timedelta(minutes=2) if state == MeasureState.TAKEN else None, "latest": False,
            "detail": GONE if state == MeasureState.GONE else None,
        }  # fmt: skip
