"""The verbs of the room, each in a file of its own kind."""

from app.outreach.posts.access import get
from app.outreach.posts.approval import NeedsNewTime, approve, return_, submit
from app.outreach.posts.checks import Finding, NotReady, problems
from app.outreach.posts.content import content_hash, text_for, with_link
from app.outreach.posts.drafting import StaleEdit, draft, duplicate, edit, fill
from app.outreach.posts.pieces import rehash_for_piece
from app.outreach.posts.policies import approvers, may_approve, policy_for, set_policy, waiting_step
from app.outreach.posts.scheduling import (
    ask_planning,
    cancel,
    mark_planned,
    reschedule,
    reschedule_after_pause,
    withdraw,
)

__all__ = [
    "Finding",
    "NeedsNewTime",
    "NotReady",
    "StaleEdit",
    "approve",
    "approvers",
    "ask_planning",
    "cancel",
    "content_hash",
    "draft",
    "duplicate",
    "edit",
    "fill",
    "get",
    "mark_planned",
    "may_approve",
    "policy_for",
    "problems",
    "rehash_for_piece",
    "reschedule",
    "reschedule_after_pause",
    "return_",
    "set_policy",
    "submit",
    "text_for",
    "waiting_step",
    "with_link",
    "withdraw",
]
