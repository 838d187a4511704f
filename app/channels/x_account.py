"""What X says of an account before anything goes out.

Keys of OAuth 1.0a have no end. Every answer to them names their right in the header `x-access-level` (seen on v1.1 and
v2, not in the documents of v2), and some answers the posts left in 24 hours; what is missing stays unknown.
"""

from collections.abc import Mapping

from app.kernel.numbers import read_int
from app.outreach.outlets.ports import AccountReport

LEFT = ("x-user-limit-24hour-remaining", "x-app-limit-24hour-remaining")
WRITE = "Read and write"


def account_report(headers: Mapping[str, str]) -> AccountReport:
    """Return the report that the headers of an answer to `GET /2/users/me` give."""
    level = headers.get("x-access-level", "")
    counts = [read_int(headers.get(name, "")) for name in LEFT]
    known = [count for count in counts if count is not None]
    return AccountReport(
        scopes=[level] if level else None,
        missing=[WRITE] if level and "write" not in level else [],
        quota_left=min(known) if known else None,
    )
