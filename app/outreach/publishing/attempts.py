"""What is kept of each call: when it was, what came of it, what the channel said. Never a secret."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.outreach.outlets.ports import (
    AccountPaused,
    ChannelError,
    HandOver,
    NeedsSignIn,
    NotReady,
    NotSent,
    NotThere,
    OutcomeUnknown,
    Receipt,
    Rejected,
    Undecided,
)
from app.outreach.publishing.models import Attempt, Delivery
from app.outreach.publishing.outcomes import AnothersPost, LostClaim, Outcome, PackFailed

_ATTEMPT = insert(Attempt)


def keep_attempt(session: Session, outcome: Outcome, *, now: datetime) -> None:
    """Keep a call and what came of it, where nothing of the row depends on it."""
    session.connection().execute(_ATTEMPT, _attempt(outcome, now))


def was_settled(session: Session, outcome: Outcome) -> bool:
    """Tell whether there is nothing to write: the commit was done and only the answer to it got lost, or the database
    does not know this delivery (it is an older copy)."""
    parcel = outcome.parcel
    known = select(Delivery.id).where(
        Delivery.id == parcel.delivery_id, Delivery.post_id == parcel.post_id, Delivery.outlet_id == parcel.outlet_id
    )
    if session.scalar(known) is None:
        return True
    written = select(Attempt.id).where(
        Attempt.delivery_id == outcome.parcel.delivery_id,
        Attempt.action == outcome.action,
        Attempt.started_at == outcome.started_at,
    )
    return session.scalar(written.limit(1)) is not None


def _attempt(outcome: Outcome, now: datetime) -> dict[str, Any]:
    result = outcome.result
    detail = getattr(result, "detail", None)
    if isinstance(result, Exception) and not isinstance(result, ChannelError):
        detail = type(result).__name__  # a foreign message may hold an address with a token in it
    return {
        "delivery_id": outcome.parcel.delivery_id,
        "action": outcome.action,
        "started_at": outcome.started_at,
        "finished_at": now,
        "outcome": _name(result),
        "request_id": getattr(result, "request_id", None),
        "remote_id": getattr(result, "remote_id", None),
        "detail": detail[:1000] if detail else None,
        "evidence": outcome.evidence,
    }


def _name(result: Any) -> str:
    if result is None:
        return "not found"
    if isinstance(result, Receipt):
        return "sent"
    known = (
        NotThere,
        NotSent,
        NotReady,
        Rejected,
        Undecided,
        AccountPaused,
        NeedsSignIn,
        OutcomeUnknown,
        HandOver,
        LostClaim,
        PackFailed,
        AnothersPost,
    )
    return next((kind.__name__ for kind in known if isinstance(result, kind)), "OutcomeUnknown")
