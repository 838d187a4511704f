"""What an account showed when it was asked for a post whose answer was lost: kept with each look, for whoever decides.

{"since": …, "posts": 12, "nearest": [{"id", "at", "words", "url", "likeness"}, …]}  or  {"since": …, "unseen": why}
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.outreach.outlets.ports import Channel, ChannelError, Outgoing, Sighting
from app.outreach.posts.models import Post
from app.outreach.publishing.models import Attempt, Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.states import UNDECIDED

MOST_NEAREST = 5
MOST_WORDS = 160


@dataclass(frozen=True)
class Candidate:
    """A post that stood on the account. `owner` is the delivery that it belongs to, with its post's title."""

    remote_id: str
    at: datetime | None
    words: str
    url: str | None
    likeness: int  # per cent of the words in common
    owner: tuple[int, str] | None = None


@dataclass(frozen=True)
class Look:
    """One look at an account. `posts` is None where it could not be seen, and `unseen` says why."""

    at: datetime
    since: datetime | None
    posts: int | None
    unseen: str
    nearest: Sequence[Candidate]


def look_around(channel: Channel, out: Outgoing, *, now: datetime) -> dict[str, Any]:
    """Return what the account shows since the last try, the posts most like ours first; never raises."""
    since = out.look_from or now
    evidence: dict[str, Any] = {"since": since.isoformat()}
    try:
        shown = channel.recent(out.credentials, out.settings, since=since, now=now)
        ranked = sorted(((likeness(one, out), one) for one in shown), key=lambda pair: pair[0], reverse=True)
        nearest = [_kept(one, per_cent) for per_cent, one in ranked[:MOST_NEAREST]]
    except ChannelError as error:
        return {**evidence, "unseen": error.detail[:200]}
    except Exception as error:
        return {**evidence, "unseen": type(error).__name__}  # a foreign message may hold an address with a token in it
    return {**evidence, "posts": len(shown), "nearest": nearest}


def likeness(one: Sighting, out: Outgoing) -> int:
    """Return how many per cent of the words two posts have in common (Dice), 100 where ours has its own link in it."""
    if out.link and (out.link in one.links or out.link in one.text):
        return 100
    theirs, ours = Counter(one.text.lower().split()), Counter(out.text.lower().split())
    total = theirs.total() + ours.total()
    return round(200 * (theirs & ours).total() / total) if total else 0


def _kept(one: Sighting, per_cent: int) -> dict[str, Any]:
    return {
        "id": one.remote_id,
        "at": one.at.isoformat() if one.at else None,
        "words": " ".join(one.text.split())[:MOST_WORDS],
        "url": one.url if one.url and one.url.startswith(("http://", "https://")) else None,
        "likeness": per_cent,
    }


def asks_person(delivery: Delivery) -> bool:
    """Tell whether a person has to decide this delivery, or will have to: its outcome or its refusal is not known."""
    return delivery.status == S.UNKNOWN or (delivery.status == S.FAILED and delivery.hold_reason == UNDECIDED)


def looks_of(session: Session, delivery: Delivery) -> list[Look]:
    """Return the looks of a delivery that kept what they saw, newest first, and whose each candidate is."""
    attempts = [attempt for attempt in reversed(delivery.attempts) if attempt.evidence]
    ids = {entry["id"] for attempt in attempts for entry in (attempt.evidence or {}).get("nearest", ())}
    owners = _owners(session, delivery, ids) if ids else {}
    return [_look(attempt, owners) for attempt in attempts]


def candidate_of(session: Session, delivery: Delivery, remote_id: str) -> Candidate | None:
    """Return what a look at this delivery's account has seen under this number; None where no look has."""
    found = (one for look in looks_of(session, delivery) for one in look.nearest if one.remote_id == remote_id)
    return next(found, None)


def _look(attempt: Attempt, owners: dict[str, tuple[int, str]]) -> Look:
    kept: dict[str, Any] = attempt.evidence or {}
    nearest = [
        Candidate(entry["id"], _time(entry["at"]), entry["words"], entry["url"], entry["likeness"],
                  owners.get(entry["id"]))
        for entry in kept.get("nearest", ())
    ]  # fmt: skip
    return Look(attempt.started_at, _time(kept.get("since")), kept.get("posts"), kept.get("unseen", ""), nearest)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _owners(session: Session, delivery: Delivery, ids: set[str]) -> dict[str, tuple[int, str]]:
    rows: Iterator[Any] = session.execute(
        select(Delivery.remote_id, Delivery.id, Post.title)
        .join(Post, Post.id == Delivery.post_id)
        .where(Delivery.outlet_id == delivery.outlet_id, Delivery.remote_id.in_(ids), Delivery.id != delivery.id)
    )
    return {row.remote_id: (row.id, row.title) for row in rows}
