"""The state of a delivery and what came of an attempt, as pages and files say it."""

from typing import Any

from app.base.web.formats import sentence
from app.base.web.wiring import now
from app.outreach.outlets.kinds import ORDERED_PRINT
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.posts.models import PostStatus
from app.outreach.publishing.models import Attempt, Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.removal.words import OUTCOMES as REMOVAL_OUTCOMES
from app.outreach.publishing.states import (
    LABELS,
    NOT_APPROVED_LABEL,
    NOT_LEFT,
    OUTCOMES,
    PAUSED_LABEL,
    REMOVED_LABEL,
    SENT_LABEL_PRINT,
    SIGN_IN_LABEL,
    UNDECIDED,
    UNDECIDED_LABEL,
)

WAITING = (S.QUEUED, S.RETRYING)
"""What a closed account keeps back."""


def delivery_label(
    status: str,
    kind: str,
    post_status: str | None = None,
    hold_reason: str | None = None,
    removed_at: Any = None,
    waits_for: Outlet | None = None,
) -> str:
    """Return a state in words: ordered print is "Pesanan terkirim", never "Terbit"; what waits for approval says so.

    `waits_for`: the closed account that keeps it back.
    """
    if removed_at is not None:
        return sentence(REMOVED_LABEL)
    if status in NOT_LEFT and post_status not in {None, PostStatus.APPROVED}:
        return sentence(NOT_APPROVED_LABEL)
    if status in WAITING and waits_for is not None:
        signed_out = waits_for.status == OutletStatus.NEEDS_SIGN_IN
        return sentence(SIGN_IN_LABEL if signed_out else PAUSED_LABEL)
    if status == S.FAILED and hold_reason == UNDECIDED:
        return sentence(UNDECIDED_LABEL)
    if status == S.HELD and hold_reason == "sign_in":
        return sentence(SIGN_IN_LABEL)
    if status == S.SENT and kind in ORDERED_PRINT:
        return sentence(SENT_LABEL_PRINT)
    return sentence(LABELS[S(status)])


def delivery_tone(status: str, removed_at: Any = None) -> str:
    """Return the tone of a state, as badges have it."""
    if removed_at is not None:
        return "muted"
    tones = {S.SENT: "ok", S.QUEUED: "wait", S.SENDING: "info", S.RETRYING: "warn", S.UNKNOWN: "warn"}
    tones |= {S.HANDED_OVER: "warn", S.FAILED: "bad", S.MISSED: "bad", S.HELD: "muted", S.CANCELLED: "muted"}
    return tones[S(status)]


def closed_for(delivery: Delivery, outlet: Outlet) -> Outlet | None:
    """Return the outlet where its account takes nothing and this delivery is due, else None."""
    due = delivery.status in WAITING and delivery.due_at <= now()
    closed = outlet.paused_at is not None or outlet.status == OutletStatus.NEEDS_SIGN_IN
    return outlet if due and closed else None


def attempt_words(attempt: Attempt) -> str:
    """Return what came of an attempt, with what the channel or the person said."""
    words = sentence(OUTCOMES.get(attempt.outcome) or REMOVAL_OUTCOMES[attempt.outcome])
    return f"{words} ({attempt.detail})" if attempt.detail else words
