"""What changed between two texts, word by word, for an approver's eyes."""

import re
from dataclasses import dataclass
from typing import Any

import rapidfuzz

from app.outreach.posts.models import Post

WORDS = re.compile(r"\s+|[^\s]+")
MOST_PARTS = 3000
"""Words; longer texts are compared line by line, and those of still more lines only at their beginning and end: any
comparison takes the product of both lengths, and nobody may hold the approver's page with a text of 60,000 signs."""


@dataclass(frozen=True)
class DiffPart:
    """A run of words of a difference. `kind`: same, gone, new."""

    kind: str
    text: str


def differences(old: str, new: str) -> list[DiffPart]:
    """Return the new text in parts, with what is gone from the old one in its place."""
    before, after = WORDS.findall(old), WORDS.findall(new)
    if max(len(before), len(after)) > MOST_PARTS:
        before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    head = _shared(before, after)
    tail = _shared(before[head:][::-1], after[head:][::-1])
    left, right = before[head : len(before) - tail], after[head : len(after) - tail]
    pieces = [("same", before[:head]), *_middle(left, right), ("same", before[len(before) - tail :])]
    return [DiffPart(kind, "".join(parts)) for kind, parts in pieces if parts]


def _shared(one: list[str], other: list[str]) -> int:
    """How many parts are the same from the first on."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _middle(before: list[str], after: list[str]) -> list[tuple[str, list[str]]]:
    if max(len(before), len(after)) > MOST_PARTS:
        return [("gone", before), ("new", after)]
    pieces: list[tuple[str, list[str]]] = []
    gone: list[str] = []
    new: list[str] = []
    for one in rapidfuzz.distance.LCSseq.opcodes(before, after):
        if one.tag == "equal":
            pieces += [("gone", gone), ("new", new), ("same", after[one.dest_start : one.dest_end])]
            gone, new = [], []
        else:
            gone += before[one.src_start : one.src_end]
            new += after[one.dest_start : one.dest_end]
    return [*pieces, ("gone", gone), ("new", new)]


def text_when_approved(post: Post, outlet_id: int) -> str | None:
    """Return this outlet's text at the last full approval; None if it was not part of one."""
    content: dict[str, Any] = post.approved_content or {}
    return next((entry["text"] for entry in content.get("outlets", ()) if entry["outlet"] == outlet_id), None)
