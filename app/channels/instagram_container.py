"""The state of an Instagram container, as it is remembered with a delivery, and what it proves.

    made ─▶ asked to be published ─▶ PUBLISHED
     └─ never asked: nothing went out          └─ else, a minute later: nothing went out, the same one may go again

A container can be published once, so that publishing the same one again never makes a second post. Its `status_code`
is the platform's own answer after a lost reply (IG Container, developers.facebook.com). 100/33 is no answer: an outage
from 2026-05-23 gave it for live containers (graph_wire.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.outreach.outlets.ports import NotThere

PUBLISHED, FINISHED, IN_PROGRESS, EXPIRED, FAILED = "PUBLISHED", "FINISHED", "IN_PROGRESS", "EXPIRED", "ERROR"
STATES = frozenset({PUBLISHED, FINISHED, IN_PROGRESS, EXPIRED, FAILED})
LIFE = timedelta(hours=24)
SETTLED = timedelta(minutes=1)
"""A call that was lost is over by then, whatever became of it."""
UNSEEN = timedelta(minutes=10)
"""A post that is not among the account's media by then was not made, as far as anybody can tell."""
LOOK_AGAIN = 3.0  # seconds
LOOK_AGAIN_MOST = 60.0
MOST_BLIND = 2
"""How often a container whose state cannot be read is published before a person is asked."""
NEVER_MADE = NotThere("Wadah unggahan belum pernah dibuat di Instagram")


@dataclass(frozen=True)
class Container:
    """A container: when it was made, when it was last asked to be published (None: never), and how often."""

    id: str
    at: datetime
    asked: datetime | None = None
    times: int = 0

    @classmethod
    def of(cls, remembered: Mapping[str, Any]) -> "Container | None":
        """Return the container that a delivery remembers. One from before `asked` was kept may have been asked."""
        kept = remembered.get("container")
        if not kept:
            return None
        asked = kept.get("asked", kept["at"])
        at, tried = datetime.fromisoformat(kept["at"]), datetime.fromisoformat(asked) if asked else None
        return cls(str(kept["id"]), at, tried, int(kept.get("times", 1 if asked else 0)))

    def kept(self) -> dict[str, Any]:
        asked = self.asked.isoformat() if self.asked else None
        return {"container": {"id": self.id, "at": self.at.isoformat(), "asked": asked, "times": self.times}}

    def asked_again(self, now: datetime) -> dict[str, Any]:
        """Return what to remember right before it is asked to be published."""
        return Container(self.id, self.at, now, self.times + 1).kept()

    def forgotten(self) -> dict[str, Any]:
        """Return what to remember when it has ended without being published."""
        return {"container": None, "ended": self.id}

    def ended(self, now: datetime) -> bool:
        return self.at + LIFE <= now

    def wait(self, now: datetime) -> float:
        """Return the seconds until it is asked again: more of them as it grows older."""
        return min(LOOK_AGAIN_MOST, max(LOOK_AGAIN, (now - self.at).total_seconds() / 10))

    def absence(self, status: str | None, now: datetime) -> NotThere | None:
        """Return the proof that nothing went out, of one that was asked and is not PUBLISHED, with no post listed."""
        since = now - (self.asked or now)
        if status is not None:
            return NotThere(f"Wadah {self.id} {status}: belum terbit") if since >= SETTLED else None
        if since >= UNSEEN and self.times < MOST_BLIND:
            return NotThere(f"Tidak ada di daftar unggahan; wadah {self.id} yang sama dipakai lagi")
        return None


def is_proof_of_absence(remembered: Mapping[str, Any]) -> bool:
    """Tell whether a delivery without a container proves that nothing went out: none was made, or the last one ended.

    Formerly one was also forgotten when Instagram only said that it did not know it.
    """
    return "container" not in remembered or "ended" in remembered
