"""What the platforms accepted, kept by themselves: the ledger is held against it."""

import json
import re
import threading
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

MARK = re.compile(r"\bmateri-(\w+)")
"""Stands in the text of every post. It is told again by whoever reads the text, whatever else was edited in it."""
MESSAGE_ID = re.compile(rb"(?im)^Message-ID:\s*(<[^>]+>)")


@dataclass(frozen=True)
class Accepted:
    platform: str
    mark: str
    at: datetime
    remote_id: str


class Truth:
    """Everything that residents could see, in the order in which it was accepted."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._accepted: list[Accepted] = []

    def accept_post(self, platform: str, text: str, at: datetime, remote_id: str) -> None:
        found = MARK.search(text)
        self._add(Accepted(platform, found[1] if found else text, at, remote_id))

    def accept_mail(self, raw: bytes, at: datetime, remote_id: str) -> None:
        found = MESSAGE_ID.search(raw)
        self._add(Accepted("mail", found[1].decode() if found else "", at, remote_id))

    def _add(self, accepted: Accepted) -> None:
        with self._lock:
            self._accepted.append(accepted)

    def all(self) -> list[Accepted]:
        with self._lock:
            return list(self._accepted)

    def count(self) -> Counter[tuple[str, str]]:
        """Return how often each (platform, mark) was accepted."""
        return Counter((one.platform, one.mark) for one in self.all())

    def write(self, path: Path) -> None:
        """Write one JSON object a line, for a look after a failure."""
        lines = (json.dumps(asdict(one), default=str) for one in self.all())
        path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
