"""The parts of a row's seal. docs/verify_audit.py computes the same outside of the application."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, Protocol

START = "0" * 64
"""What stands before the first row."""


class ChainRow(Protocol):
    """An entry, as a model or as a row of a query."""

    id: Any
    at: Any
    actor_id: Any
    actor_name: Any
    action: Any
    subject_kind: Any
    subject_id: Any
    before: Any
    after: Any
    actor_salt: Any
    actor_digest: Any
    content_salt: Any
    content_digest: Any


def canonical(value: Any) -> str:
    """Write JSON in one way only: keys sorted by code point, no blanks, everything beyond ASCII as \\uXXXX."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def moment(at: datetime) -> str:
    """Write a time in UTC with six decimals: 2026-11-24T00:00:00.000000+00:00."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def actor_digest(row: ChainRow) -> str:
    """Return the salted hash of the name, or what was kept of it when it was erased."""
    return str(row.actor_digest) if row.actor_salt is None else sha256(row.actor_salt + canonical(row.actor_name))


def content_digest(row: ChainRow) -> str:
    if row.content_salt is None:
        return str(row.content_digest)
    return sha256(row.content_salt + canonical({"before": row.before, "after": row.after}))


def seal_of(row: ChainRow, number: int, previous: str) -> str:
    """Return the row's hash: over its plain fields, the salted hashes of name and content, and the hash of the row
    before."""
    fields = {
        "number": number,
        "id": row.id,
        "at": moment(row.at),
        "actor_id": row.actor_id,
        "actor": actor_digest(row),
        "action": row.action,
        "subject_kind": row.subject_kind,
        "subject_id": row.subject_id,
        "content": content_digest(row),
        "previous": previous,
    }
    return sha256(canonical(fields))
