"""What is known of sending at one moment, and what a cause is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.kernel.roles import Actor
from app.kernel.text import T
from app.outreach.publishing.heartbeat import is_alive
from app.outreach.publishing.models import Heartbeat, SendingStop
from app.outreach.publishing.restored import Restored
from app.outreach.publishing.safety import Reason
from app.outreach.publishing.status.queries import Checked, Waiting

BY_DECIDER = T("Minta Editor, atau penanggung jawab salurannya.")


@dataclass(frozen=True)
class Way:
    """The button of a cause: the page where it is mended."""

    label: T
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Cause:
    """`brief` is what the first sentence says of it; without one it says nothing. `blocks`: nothing leaves at all;
    `holds`: something that is due has not left because of it. `who` is for those without a button."""

    sentence: T
    tone: str
    brief: T | None = None
    since: datetime | None = None
    detail: T | None = None
    way: Way | None = None
    who: T | None = None
    blocks: bool = False
    holds: bool = False


@dataclass(frozen=True)
class State:
    """All that is known of sending at one moment, for one person. `pauses` are those of the banner; `accounts` rows
    (Outlet, owner), `kept` how many deliveries each of them keeps back."""

    actor: Actor
    now: datetime
    workers: Sequence[Heartbeat]
    stops: Sequence[SendingStop]
    restored: Restored | None
    pauses: Sequence[Any]
    accounts: Sequence[Any]
    kept: Mapping[int, int]
    late: Waiting
    retrying: Waiting
    spaced: Waiting
    stuck: int
    decisions: Mapping[str, Waiting]
    held: Waiting
    findings: Waiting
    removals: Waiting
    checked: Checked
    practice: bool
    when: Callable[[datetime], str]

    @property
    def working(self) -> list[Heartbeat]:
        return [row for row in self.workers if is_alive(row, now=self.now)]

    @property
    def all_stopped(self) -> bool:
        """Whether the stops hold for every worker that is alive."""
        hosts = {row.host for row in self.working}
        return any(one.reason == Reason.RESTORED for one in self.stops) or hosts <= {one.worker for one in self.stops}
