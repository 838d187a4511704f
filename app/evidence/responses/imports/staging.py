"""Stage the checked rows of a file beside it until somebody says that they may come in.

They are written under the name of whose step it is and are there whole or not at all: lines and SHA-256 are kept with
the file's row in the database, and compared before the first answer comes in.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

Item = TypeVar("Item")
AT_ONCE = 1000
TIMES = ("started_at", "ended_at", "received_at")


class StagedFile:
    """A file of checked rows, written line by line; `finish` gives it its name. Left without it, nothing stays."""

    def __init__(self, upload: Path, claim: str) -> None:
        self.path = upload.with_suffix(f".{claim}.ready")
        self._part = upload.with_suffix(f".{claim}.part")
        self._out = self._part.open("wb")
        self._digest = hashlib.sha256()
        self._lines = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._out.close()
        self._part.unlink(missing_ok=True)

    def add(self, row: Mapping[str, Any]) -> None:
        plain = {**row, **{name: row[name].isoformat() if row[name] else None for name in TIMES}}
        line = json.dumps(plain, ensure_ascii=False).encode() + b"\n"
        self._out.write(line)
        self._digest.update(line)
        self._lines += 1

    def finish(self) -> dict[str, Any]:
        """Bring it safely to the disk, power cut or not, and return {"name", "lines", "sha256"}."""
        self._out.flush()
        os.fsync(self._out.fileno())
        self._out.close()
        self._part.rename(self.path)
        return {"name": self.path.name, "lines": self._lines, "sha256": self._digest.hexdigest()}


def is_whole(upload: Path, ready: Mapping[str, Any]) -> bool:
    """Decide whether every line is there as it was written."""
    if not ready:
        return False
    digest, lines = hashlib.sha256(), 0
    try:
        with (upload.parent / ready["name"]).open("rb") as file:
            for line in file:
                digest.update(line)
                lines += 1
    except FileNotFoundError:
        return False
    return (lines, digest.hexdigest()) == (ready["lines"], ready["sha256"])


def staged_rows(upload: Path, ready: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    with (upload.parent / ready["name"]).open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            for name in TIMES:
                row[name] = datetime.fromisoformat(row[name]) if row[name] else None
            yield row


def in_batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    """Yield the items AT_ONCE at a time."""
    while some := list(islice(items, AT_ONCE)):
        yield some


def remove_files(upload: Path) -> None:
    """Remove the file and everything that was made of it."""
    for path in upload.parent.glob(f"{upload.stem}.*"):
        path.unlink(missing_ok=True)
