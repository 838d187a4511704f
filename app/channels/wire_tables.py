"""The shape of the tables in which our channels keep what platforms document: requests, their fields, refusals.

Each row says where it was read and when. A channel reads the meaning of a refusal from its table; the practice server
in strict mode and the tests hold every request against it. `verified` is False for what stands in no document of the
platform: seen in answers, or told by others.
"""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.kernel.text import T


@dataclass(frozen=True)
class Source:
    """Where and when a row was read."""

    address: str
    read: date
    verified: bool = True


class Outcome(StrEnum):
    """What a refusal means for a delivery; each channel turns it into the error of the port."""

    TRY_AGAIN = "try again"  # certainly not sent: NotSent
    NOT_READY = "not ready"
    PAUSED = "paused"  # the account takes nothing at present: AccountPaused
    SIGN_IN = "sign in"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"  # said to be there already: look, then decide
    UNDECIDED = "undecided"
    UNKNOWN = "unknown"  # may be live: OutcomeUnknown
    NOT_FOUND = "not found"  # an object of ours is not there, or not for this token; proves nothing
    EXPIRED = "expired"  # an upload has ended its time: make it again


@dataclass(frozen=True)
class Request:
    """One call that a channel makes."""

    name: str
    method: str
    path: str  # with {names} for what differs
    source: Source
    sends: Sequence[str] = ()  # parameters and fields of the body; "name[#]" for numbered ones
    asks: Sequence[str] = ()  # names that the parameter of fields may hold
    reads: Sequence[str] = ()  # what we take from the answer, with dots for what lies within

    def fits(self, method: str, path: str) -> bool:
        return method == self.method and _fits(self.path, path)

    def unlisted(self, names: Iterable[str]) -> list[str]:
        """Return those of the names sent that this row does not list."""
        return [name for name in names if re.sub(r"\[\d+\]$", "[#]", name) not in self.sends]


@dataclass(frozen=True)
class Refusal:
    """One way in which a platform refuses. What is None or empty fits anything."""

    meaning: str
    outcome: Outcome
    source: Source
    status: int | None = None
    code: Container[int] | None = None
    subcode: Container[int] | None = None
    kind: str = ""  # the type that the platform gives its problem
    says: Sequence[str] = ()  # one of these stands in its words, in lower case
    publishing: Outcome | None = None  # where the call would have made the post, if that differs
    sentence: T | None = None  # for the person: what happened and who can mend it
    pause: timedelta | None = None  # when the platform does not say how long

    def fits(self, *, status: int, code: int | None, subcode: int | None, kind: str, said: str) -> bool:
        lowered = said.lower()
        return (
            self.status in (None, status)
            and (self.code is None or code in self.code)
            and (self.subcode is None or subcode in self.subcode)
            and (not self.kind or kind.endswith(self.kind))
            and (not self.says or any(words in lowered for words in self.says))
        )

    def outcome_of(self, *, publishing: bool) -> Outcome:
        return self.publishing if publishing and self.publishing else self.outcome


def first_fit(
    rows: Sequence[Refusal],
    *,
    status: int,
    code: int | None = None,
    subcode: int | None = None,
    kind: str = "",
    said: str = "",
) -> Refusal | None:
    """Return the first row that fits an answer, so that special ones stand before general ones; None: unlisted."""
    return next(
        (row for row in rows if row.fits(status=status, code=code, subcode=subcode, kind=kind, said=said)), None
    )


def requests_at(rows: Sequence[Request], method: str, path: str) -> Iterator[Request]:
    """Yield the rows that may be meant by a call to this path."""
    return (row for row in rows if row.fits(method, path))


def _fits(template: str, path: str) -> bool:
    """Whether a path is one of the template's: `{name}` stands for a part between two slashes."""
    parts, given = template.split("/"), path.split("/")
    return len(parts) == len(given) and all(
        part == one or (part.startswith("{") and one) for part, one in zip(parts, given, strict=True)
    )
