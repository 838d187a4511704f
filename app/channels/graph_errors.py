"""What an error of the Graph is for a delivery, by the rows of graph_wire.py."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.channels.graph_wire import REFUSALS, THROTTLES, UNLISTED, USAGE_KINDS
from app.channels.wire import LONGEST_WAIT, retry_after
from app.channels.wire_tables import Outcome, Refusal, first_fit
from app.kernel.numbers import read_int
from app.kernel.text import T
from app.outreach.outlets.ports import (
    AccountPaused,
    ChannelError,
    NeedsSignIn,
    NotReady,
    NotSent,
    OutcomeUnknown,
    Rejected,
    Undecided,
)

USAGE_HEADERS = ("x-business-use-case-usage", "x-app-usage", "x-page-usage")
NOT_READY_SECONDS = 5.0
LOWEST = -10  # Instagram has negative codes
MEANT_FOR_LONG = {Outcome.REJECTED, Outcome.UNDECIDED, Outcome.SIGN_IN, Outcome.PAUSED}


class Duplicate(Rejected):
    """The Graph says that this was posted already."""


class Restricted(AccountPaused):
    """368: blocked for a time, or, in words of any language, posted already."""


class NoSuchObject(NotSent):
    """100/33: the object does not exist, or this token may not see it, or the Graph has one of its days."""


class NoPermission(NeedsSignIn):
    """Code 10. The outage that gave 100/33 gave it as well, for reading single objects."""


class ContainerEnded(NotSent):
    """Instagram says that a container is not there any more."""


def port_error(
    error: Mapping[str, Any], status: int, headers: Mapping[str, str], now: datetime, *, lasting: bool
) -> ChannelError:
    """Return the error of the port that a Graph error is. `lasting`: the call would have made the post."""
    code, subcode = read_int(error.get("code"), LOWEST), read_int(error.get("error_subcode"))
    words = [value for value in (error.get("error_user_msg"), error.get("message")) if isinstance(value, str)]
    row = first_fit(REFUSALS, status=status, code=code, subcode=subcode, said=" ".join(words))
    outcome = _outcome(row, status, lasting=lasting, passing=error.get("is_transient") is True)
    said = " ".join(words[:1])[:300]
    detail = " ".join([f"{code}/{subcode}" if subcode else str(code if code is not None else status), *words])[:500]
    request_id = str(error.get("fbtrace_id") or headers.get("x-fb-trace-id") or "") or None
    sentence = _sentence(row.sentence if row and row.sentence else UNLISTED, said or str(code))
    if outcome == Outcome.PAUSED:
        kind = Restricted if code == 368 else AccountPaused
        until = _resumes(row, code, headers, now)
        return kind(sentence, retry_at=until, detail=detail, request_id=request_id)
    if outcome == Outcome.SIGN_IN:
        named = sentence if row and row.sentence else None
        return (NoPermission if code == 10 else NeedsSignIn)(detail, sentence=named, request_id=request_id)
    if outcome in WITH_SENTENCE:
        return WITH_SENTENCE[outcome](sentence, detail=detail, request_id=request_id)
    if outcome == Outcome.NOT_READY:
        return NotReady(detail, after=NOT_READY_SECONDS, request_id=request_id)
    if outcome == Outcome.TRY_AGAIN:
        detail = f"{row.sentence}: {detail}" if row and row.sentence else detail
        return NotSent(detail, retry_at=retry_after(headers, now), request_id=request_id)
    return PLAIN[outcome](detail, request_id=request_id)


WITH_SENTENCE: Mapping[Outcome, Callable[..., ChannelError]] = {
    Outcome.REJECTED: Rejected,
    Outcome.DUPLICATE: Duplicate,
    Outcome.UNDECIDED: Undecided,
}
PLAIN: Mapping[Outcome, Callable[..., ChannelError]] = {
    Outcome.UNKNOWN: OutcomeUnknown,
    Outcome.NOT_FOUND: NoSuchObject,
    Outcome.EXPIRED: ContainerEnded,
}


def _outcome(row: Refusal | None, status: int, *, lasting: bool, passing: bool) -> Outcome:
    """Return what a row means where the answer says more: a fault of the server's, or one that passes."""
    unsure = Outcome.UNKNOWN if lasting else Outcome.TRY_AGAIN
    if row is None:
        return unsure if passing or status >= 500 else Outcome.UNDECIDED
    if row in THROTTLES:
        return row.outcome
    if status >= 500:
        return unsure
    outcome = row.outcome_of(publishing=lasting)
    return Outcome.TRY_AGAIN if passing and outcome in MEANT_FOR_LONG else outcome


def _sentence(sentence: T, said: str) -> T:
    return T(sentence.msgid, said=said) if "%(said)s" in sentence.msgid else sentence


def _resumes(row: Refusal | None, code: int | None, headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Return when calls are taken again: as the answer says, else after the row's pause; None: a person mends it."""
    if row is None or row.pause is None:
        return None
    named = retry_after(headers, now)
    if named is not None:
        return named
    minutes = max(_minutes(headers.get(name, ""), USAGE_KINDS.get(code or 0)) for name in USAGE_HEADERS)
    return now + (min(timedelta(minutes=minutes), LONGEST_WAIT) if minutes else row.pause)


def _minutes(usage: str, kind: str | None) -> int:
    """Return the longest `estimated_time_to_regain_access` (minutes) of a usage header; 0 where there is none.

    `{"123": [{"type": "pages", …}]}` names businesses; the headers of the application and of a Page are flat.
    """
    try:
        document = json.loads(usage or "{}")
    except ValueError:
        return 0
    if not isinstance(document, dict):
        return 0
    entries = [document]
    for value in document.values():
        entries += [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
    meant = [entry for entry in entries if kind is None or entry.get("type") == kind] or entries
    return max(read_int(entry.get("estimated_time_to_regain_access")) or 0 for entry in meant)
