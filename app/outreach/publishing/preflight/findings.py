"""What a check finds: a sentence with its way out, how bad it is, and the cause that mends all findings of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from app.kernel.text import T, restored, stored
from app.outreach.publishing.preflight.models import Level

WORST = (Level.OK, Level.UNKNOWN, Level.WARN, Level.BAD)


@dataclass(frozen=True)
class Finding:
    """`cause`: what has to be mended, "token" or "approver:12"; one notice tells of it, however many posts it meets."""

    code: str
    level: Level
    sentence: T
    cause: str = ""


def worst(findings: Iterable[Finding]) -> Level:
    """Return the level of the worst finding, OK where there is none."""
    return max((finding.level for finding in findings), key=WORST.index, default=Level.OK)


HOLDING = frozenset({"paused", "quota"})
"""Findings of an account that are no fault of it and let nothing leave all the same."""


def holds(findings: Iterable[Finding]) -> bool:
    """Tell whether an account with these findings lets nothing leave."""
    return any(one.level == Level.BAD or one.code in HOLDING for one in findings)


def kept(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return the findings as the database keeps them."""
    return [
        {"code": one.code, "level": str(one.level), "sentence": stored(one.sentence), "cause": one.cause}
        for one in findings
    ]


def read(rows: Sequence[dict[str, Any]]) -> list[Finding]:
    """Return what `kept` wrote down."""
    return [Finding(row["code"], Level(row["level"]), restored(row["sentence"]), row.get("cause", "")) for row in rows]
