"""What an answer of X says, and what a refusal means for a delivery, after the table in app/channels/x_wire.py."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.channels.wire import LONGEST_WAIT, retry_after
from app.channels.wire_tables import Outcome, Refusal, first_fit
from app.channels.x_wire import CAPPED, REFUSALS
from app.kernel.numbers import read_int
from app.kernel.text import T
from app.outreach.outlets.ports import AccountPaused, ChannelError, NeedsSignIn, NotSent, Rejected, Undecided


class DuplicateContent(Rejected):
    """X refuses words that it already has."""


class MediaGone(NotSent):
    """X no longer knows a picture that was uploaded: upload it again."""


@dataclass(frozen=True)
class Reply:
    """An answer that was read to its end."""

    status: int
    headers: Mapping[str, str]  # asked in any case of letters
    content: bytes


def read_json(content: bytes) -> Any:
    """Read what was answered; None for what is no JSON."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


@dataclass(frozen=True)
class Said:
    """What an answer says, in whichever of X's shapes: a problem, `errors`, `{code, message}`, `error`."""

    kinds: frozenset[str]
    codes: frozenset[int]
    sentences: tuple[str, ...]

    @property
    def words(self) -> str:
        return "; ".join(dict.fromkeys(self.sentences))[:300]


def read_said(body: Any) -> Said:
    """Gather kinds, codes and sentences of an error document of any shape."""
    parts = [part for part in _parts(body) if isinstance(part, Mapping)]
    sentences = [part for part in _parts(body) if isinstance(part, str)]
    for part in parts:
        told = (part.get(name) for name in ("message", "detail", "title"))
        sentences += [words for words in told if isinstance(words, str)]
    codes = (read_int(part.get("code")) for part in parts)
    return Said(
        kinds=frozenset(part["type"] for part in parts if isinstance(part.get("type"), str)),
        codes=frozenset(code for code in codes if code is not None),
        sentences=tuple(sentences),
    )


def _parts(body: Any) -> Iterator[Any]:
    if not isinstance(body, Mapping):
        return
    listed = body.get("errors")
    yield from listed if isinstance(listed, list) else [listed]
    yield body.get("error")
    yield body


def listed_as(status: int, said: Said) -> Refusal | None:
    """Return the row of the table that fits an answer; None where nobody has listed it."""
    words = " ".join(said.sentences)
    found = [
        row
        for code in said.codes or {None}
        for kind in said.kinds or {""}
        if (row := first_fit(REFUSALS, status=status, code=code, kind=kind, said=words))
    ]
    return min(found, key=REFUSALS.index, default=None)


def refusal(reply: Reply, now: datetime) -> ChannelError:
    """Return the error of the port that a 3xx or 4xx is; certainly nothing was posted by that call."""
    body = read_json(reply.content)
    said, request_id, detail = read_said(body), request_id_of(reply), detail_of(reply)
    row = listed_as(reply.status, said)
    if row:
        return _port_error(row, reply, detail, request_id, now)
    if not isinstance(body, Mapping) or reply.status < 400:
        return NotSent(detail, request_id=request_id)  # something between X and us speaks
    sentence = T(
        "Belum terbit: X menolak dengan alasan yang belum dikenal: “%(said)s”. Tidak dikirim lagi dengan sendirinya. "
        "Buka akunnya di X, lalu putuskan: kirim lagi, atau ubah materinya.",
        said=said.words or reply.status,
    )
    return Undecided(sentence, detail=detail, request_id=request_id)


def _port_error(row: Refusal, reply: Reply, detail: str, request_id: str | None, now: datetime) -> ChannelError:
    capped_until = _end_of_cap(reply, now)
    if row.outcome is Outcome.SIGN_IN:
        return NeedsSignIn(detail, request_id=request_id)
    if row.outcome is Outcome.EXPIRED:
        return MediaGone(detail, request_id=request_id)
    if row.outcome is Outcome.PAUSED or (row.outcome is Outcome.TRY_AGAIN and capped_until):
        until = capped_until or (now + row.pause if row.pause else None)
        return AccountPaused(row.sentence or CAPPED, retry_at=until, detail=detail, request_id=request_id)
    if row.outcome is Outcome.TRY_AGAIN:
        until = _end_of_window(reply, now) or (now + row.pause if row.pause else None)
        return NotSent(detail, retry_at=until, request_id=request_id)
    kind = DuplicateContent if row.outcome is Outcome.DUPLICATE else Rejected
    return kind(row.sentence or T("X menolak materi ini."), detail=detail, request_id=request_id)


def _end_of_cap(reply: Reply, now: datetime) -> datetime | None:
    """When the cap of 24 hours that is used up ends; None where none is."""
    ends = [
        _moment(reply, f"x-{whose}-limit-24hour-reset", now)
        for whose in ("user", "app")
        if read_int(reply.headers.get(f"x-{whose}-limit-24hour-remaining")) == 0
    ]
    return max((end for end in ends if end), default=None)


def _end_of_window(reply: Reply, now: datetime) -> datetime | None:
    return _moment(reply, "x-rate-limit-reset", now) or retry_after(reply.headers, now)


def _moment(reply: Reply, header: str, now: datetime) -> datetime | None:
    """A header in Unix seconds; None for what cannot be the end of a window of 15 minutes or 24 hours."""
    seconds = read_int(reply.headers.get(header))
    moment = datetime.fromtimestamp(seconds, tz=UTC) if seconds is not None else None
    return moment if moment and moment - now <= 2 * LONGEST_WAIT else None


def detail_of(reply: Reply) -> str:
    """Return status and words of an answer, to be kept with the attempt."""
    words = read_said(read_json(reply.content)).words or "tanpa keterangan"
    return f"{reply.status} {words}"[:500]


def request_id_of(reply: Reply) -> str | None:
    """Return the number under which X knows this request."""
    found = reply.headers.get("x-transaction-id") or reply.headers.get("x-request-id")
    return found[:200] if found else None
