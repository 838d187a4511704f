"""What a token of the Graph may do, and until when.

Source: developers.facebook.com, `debug_token` (v23.0). It asks for a token of the application or of one of its
developers; where ours is neither, its end stays unknown, which is no error.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.channels.graph import Graph
from app.outreach.outlets.ports import AccountReport, ChannelError, NeedsSignIn

PAGE_RIGHTS = (("pages_manage_posts",), ("pages_read_engagement",))
INSTAGRAM_RIGHTS = (("instagram_content_publish", "instagram_business_content_publish"),)
"""Each line is one right by the names that it has had; one of them is enough."""


def token_report(graph: Graph, token: str, rights: Sequence[Sequence[str]], *, now: datetime) -> AccountReport:
    """Return the end and the rights of a token; an empty report where the Graph does not tell them.

    Raises NeedsSignIn where it says that the token holds no longer.
    """
    try:
        answer = graph.call("GET", "/debug_token", token, now=now, params={"input_token": token})
    except ChannelError:
        return AccountReport()
    facts = answer.get("data")
    if not isinstance(facts, Mapping):
        return AccountReport()
    if facts.get("is_valid") is False:
        raise NeedsSignIn("Token ini tidak berlaku lagi")
    scopes = facts.get("scopes")
    if not isinstance(scopes, list):
        return AccountReport(expires_at=_end(facts))
    missing = [names[0] for names in rights if not set(names) & set(map(str, scopes))]
    return AccountReport(_end(facts), [str(scope) for scope in scopes], missing)


def _end(facts: Mapping[str, Any]) -> datetime | None:
    """The sooner of the token's end and that of its access to data; 0 stands for never."""
    ends = [facts.get(name) for name in ("expires_at", "data_access_expires_at")]
    given = [end for end in ends if isinstance(end, int) and not isinstance(end, bool) and end > 0]
    try:
        return datetime.fromtimestamp(min(given), tz=UTC) if given else None
    except (ValueError, OverflowError, OSError):
        return None
