"""Which calls a process was going to make, and which of them it began: what it never began certainly did not go out.

A worker that is killed between the start of a row (committed) and the call of its channel leaves a row that looks like
one whose answer got lost, and no look at the account proves that nothing is there. So a line is written before the
start and another before the call. Without a sync of the disk: what a killed process wrote stands in the memory of the
machine all the same, and after a power cut, which another boot of the machine shows, these lines prove nothing.
"""

import logging
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from app.outreach.publishing.outcomes import NotBegun, Outcome
from app.outreach.publishing.outgoing import Parcel
from app.outreach.publishing.spool import (
    Left,
    abandoned,
    checked,
    held_until_settled,
    own_file,
    parcel_read,
    parcel_written,
    unchecked,
)

log = logging.getLogger(__name__)

SUFFIX = ".begun"
BOOT = Path("/proc/sys/kernel/random/boot_id")


class Begun:
    """The lines of this process. `begin` may be called by many threads."""

    def __init__(self, folder: Path, *, boot: str | None = None) -> None:
        self._path, self._file = own_file(folder, SUFFIX, os.O_RDWR | os.O_APPEND)
        self._head = checked({"boot": this_boot() if boot is None else boot})
        self._dirty = False
        try:
            os.write(self._file, self._head)
        except OSError:
            log.exception("there is no room on the disk for what begins")

    def plan(self, parcels: Iterable[Parcel], now: datetime) -> None:
        """Note what is about to be started, before it is committed. Where the disk takes nothing, nothing is proven."""
        at = now.isoformat()
        lines = b"".join(checked({**parcel_written(parcel), "planned_at": at}) for parcel in parcels)
        self._dirty = True
        try:
            os.write(self._file, lines)
        except OSError:
            log.exception("what is started could not be noted")

    def begin(self, parcel: Parcel) -> bool:
        """Note that a channel is called from now on; False where the disk does not take it: then it must not be."""
        line = checked({"delivery": parcel.delivery_id, "token": parcel.token})
        try:
            return os.write(self._file, line) == len(line)
        except OSError:
            log.exception("the beginning of a call could not be noted")
            return False

    def clear(self) -> None:
        """Forget all of it; only while no call is under way and none waits."""
        if not self._dirty:
            return
        try:
            os.ftruncate(self._file, len(self._head))
            self._dirty = False
        except OSError:
            log.exception("what began could not be cleared")

    def close(self) -> None:
        """Give the file up: no call is under way any more."""
        self._path.unlink(missing_ok=True)
        os.close(self._file)


def never_begun(folder: Path, *, boot: str | None = None) -> list[tuple[Outcome, Left]]:
    """Return an outcome for each call that a dead process of this boot never began, with the file to tell when it is
    settled. Whether a row really was started is for the ledger to say."""
    found: list[tuple[Outcome, Left]] = []
    for path, file in abandoned(folder, SUFFIX):
        outcomes = read(path.read_bytes(), this_boot() if boot is None else boot)
        found += held_until_settled(path, file, outcomes)
    return found


def read(data: bytes, boot: str) -> list[Outcome]:
    """Return what a file proves in this boot of the machine; nothing in another, or where no boot can be told."""
    planned: dict[tuple[int, str], Outcome] = {}
    head, *lines = data.split(b"\n")
    try:
        if not boot or unchecked(head)["boot"] != boot:
            return []
        for line in filter(None, lines):
            kept = unchecked(line)
            key = kept["delivery"], kept["token"]
            if "planned_at" in kept:
                at = datetime.fromisoformat(kept["planned_at"])
                planned[key] = Outcome(parcel_read(kept), "publish", at, NotBegun("the worker ended before the call"))
            else:
                planned.pop(key, None)
    except (ValueError, KeyError, TypeError):
        log.warning("a file of what began cannot be read, and proves nothing")
        return []
    return list(planned.values())


def this_boot() -> str:
    """Return what names this boot of the machine; empty where the system does not say."""
    try:
        return BOOT.read_text().strip()
    except OSError:
        return ""
