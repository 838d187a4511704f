"""The verbs of the room, each in a file of its own kind."""

from app.posts.access import get
from app.posts.approval import NeedsNewTime, approve, return_, submit
from app.posts.checks import Finding, NotReady, problems
from app.posts.content import content_hash, text_for, with_link
from app.posts.drafting import StaleEdit, draft, duplicate, edit, fill
from app.posts.pieces import rehash_for_piece
from app.posts.policies import approvers, may_approve, policy_for, set_policy, waiting_step
from app.posts.scheduling import ask_planning, cancel, mark_planned, reschedule, withdraw

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
    "return_",
    "set_policy",
    "submit",
    "text_for",
    "waiting_step",
    "with_link",
    "withdraw",
]
