"""What changed between two texts, word by word, for an approver's eyes."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from app.posts.models import Post

WORDS = re.compile(r"\s+|[^\s]+")
LONGEST_BY_WORD = 3000  # words; longer texts are compared line by line


@dataclass(frozen=True)
class Piece:
    """`kind`: same, gone, new."""

    kind: str
    text: str


def differences(old: str, new: str) -> list[Piece]:
    """The new text with what is gone from the old one in its place."""
    before, after = WORDS.findall(old), WORDS.findall(new)
    if max(len(before), len(after)) > LONGEST_BY_WORD:
        before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    pieces = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(after[j1:j2])))
            continue
        if i2 > i1:
            pieces.append(Piece("gone", "".join(before[i1:i2])))
        if j2 > j1:
            pieces.append(Piece("new", "".join(after[j1:j2])))
    return pieces


def text_when_approved(post: Post, outlet_id: int) -> str | None:
    """What this outlet's text was at the last full approval; None if it was not part of one."""
    content: dict[str, Any] = post.approved_content or {}
    return next((entry["text"] for entry in content.get("outlets", ()) if entry["outlet"] == outlet_id), None)
