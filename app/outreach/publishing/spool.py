"""Outcomes in hand that the database does not have yet, on disk: a killed worker's answers are not lost with it.

One file a process, in `GAUNG_VAR_DIR/spool`, held by a lock for as long as the process lives. A line is an outcome with
its checksum; it holds ids and what the platform said, never a key. The file's room is taken at the start, so that a
line still fits when the disk is full. When nothing is waiting the file is wiped; a line that comes back after a power
cut is recognised, because its attempt is already written (attempts.py).
"""

import fcntl
import json
import logging
import os
import socket
import threading
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from app.kernel.text import T, restored, stored
from app.outreach.outlets import ports
from app.outreach.outlets.ports import Receipt
from app.outreach.publishing.outcomes import Outcome
from app.outreach.publishing.outgoing import Parcel

log = logging.getLogger(__name__)

ROOM = 256 * 1024  # bytes; some 500 outcomes
FOLDER = "spool"
SUFFIX = ".outcomes"
CERTAIN = (
    ports.HandOver, ports.NotReady, ports.AccountPaused, ports.Undecided, ports.Rejected, ports.NeedsSignIn,
    ports.NotSent,
)  # fmt: skip
"""Answers that end a try: all but "unknown", which the lease says as well."""
KINDS: Mapping[str, Callable[..., Any]] = {kind.__name__: kind for kind in (Receipt, *CERTAIN)}


class Spool:
    """The file of this process. `write` may be called by many threads: those that wait share one sync of the disk."""

    def __init__(self, folder: Path) -> None:
        self._path, self._file = own_file(folder, SUFFIX, os.O_RDWR)
        self._writing, self._syncing = threading.Lock(), threading.Lock()
        self._end = self._synced = self._waiting = 0
        try:
            os.posix_fallocate(self._file, 0, ROOM)
            os.fsync(self._file)
            _sync_folder(folder)
        except OSError:
            log.exception("the spool of outcomes has no room on the disk")

    def write(self, outcome: Outcome) -> bool:
        """Put an outcome on disk before it is settled; False where it is not certain, or the disk takes nothing."""
        try:
            line = encode(outcome)
            if line is None:
                return False
            with self._writing:
                os.pwrite(self._file, line, self._end)
                self._end += len(line)
                self._waiting += 1
                upto = self._end
            self._sync(upto)
        except Exception:  # of whatever kind: it is in hand, and settled all the same
            log.exception("an outcome could not be kept on disk")
            return False
        return True

    def done(self) -> None:
        """Count one outcome of `write` as settled; the last one wipes the file."""
        with self._writing:
            self._waiting -= 1
            if self._waiting or not self._end:
                return
            try:
                os.pwrite(self._file, b"\0" * self._end, 0)
                if self._end > ROOM:
                    os.ftruncate(self._file, ROOM)
            except OSError:
                log.exception("the spool of outcomes could not be wiped")
                return
            self._end = self._synced = 0

    def close(self) -> None:
        """Give the file up: removed where nothing waits, else left to the next worker."""
        with self._writing:
            if not self._waiting:
                self._path.unlink(missing_ok=True)
            os.close(self._file)

    def _sync(self, upto: int) -> None:
        with self._syncing:
            if self._synced >= upto:
                return
            with self._writing:
                end = self._end
            os.fdatasync(self._file)
            self._synced = end


class Left:
    """The file of a process that is gone, held until all that it knew is settled; then it is removed."""

    def __init__(self, path: Path, file: int, count: int) -> None:
        self._path, self._file, self._count = path, file, count

    def done(self) -> None:
        self._count -= 1
        if self._count <= 0:
            self._path.unlink(missing_ok=True)
            os.close(self._file)


def take_over(folder: Path) -> list[tuple[Outcome, Left]]:
    """Return the outcomes that dead processes left, each with the file to tell when it is settled.

    A living process holds a lock on its file, also against this one.
    """
    found: list[tuple[Outcome, Left]] = []
    for path, file in abandoned(folder, SUFFIX):
        found += held_until_settled(path, file, list(read(path.read_bytes())))
    return found


def abandoned(folder: Path, suffix: str) -> Iterator[tuple[Path, int]]:
    """Yield the files of processes that are gone, each opened and locked by this one from now on."""
    for path in sorted(folder.glob(f"*{suffix}")):
        try:
            file = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            continue
        yield path, file


def held_until_settled(path: Path, file: int, outcomes: Sequence[Outcome]) -> list[tuple[Outcome, Left]]:
    """Return these outcomes of a file, which goes with the last of them; at once where there is none."""
    left = Left(path, file, len(outcomes))
    if not outcomes:
        left.done()
    return [(outcome, left) for outcome in outcomes]


def own_file(folder: Path, suffix: str, flags: int) -> tuple[Path, int]:
    """Make a file of this process, locked for as long as it lives."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{socket.gethostname()[:40]}-{os.getpid()}-{uuid.uuid4().hex[:8]}{suffix}"
    file = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(file, fcntl.LOCK_EX)
    return path, file


def read(data: bytes) -> Iterable[Outcome]:
    """Yield the outcomes of a file up to its unwritten room; a line that was torn or spoilt is left out."""
    for line in data.split(b"\0", 1)[0].split(b"\n"):
        outcome = decode(line)
        if outcome is not None:
            yield outcome
        elif line:
            log.warning("a line of the spool of outcomes cannot be read")


def encode(outcome: Outcome) -> bytes | None:
    """Write an outcome as a line; None for one that says nothing certain."""
    kind = "Receipt" if isinstance(outcome.result, Receipt) else _kind(outcome.result)
    if kind is None or outcome.action != "publish":
        return None
    parcel, result = outcome.parcel, outcome.result
    names = ("remote_id", "url", "detail", "request_id", "after")
    said = {name: getattr(result, name) for name in names if getattr(result, name, None) is not None}
    if getattr(result, "sentence", None) is not None:
        said["sentence"] = stored(result.sentence)  # type: ignore[union-attr]
    if getattr(result, "retry_at", None) is not None:
        said["retry_at"] = result.retry_at.isoformat()  # type: ignore[union-attr]
    started = outcome.started_at.isoformat()
    return checked({**parcel_written(parcel), "started_at": started, "result": kind, "said": said})


def decode(line: bytes) -> Outcome | None:
    """Read what `encode` wrote; None where it is not whole."""
    try:
        kept = unchecked(line)
        return Outcome(parcel_read(kept), "publish", datetime.fromisoformat(kept["started_at"]), _result(kept))
    except (ValueError, KeyError, TypeError):
        return None


def checked(values: Mapping[str, Any]) -> bytes:
    """Write values as a line with its checksum."""
    data = json.dumps(values, ensure_ascii=True, separators=(",", ":")).encode()
    return b"%08x %s\n" % (zlib.crc32(data), data)


def unchecked(line: bytes) -> dict[str, Any]:
    """Read what `checked` wrote. Raises ValueError where it is not whole."""
    checksum, _, data = line.partition(b" ")
    if int(checksum, 16) != zlib.crc32(data):
        raise ValueError("the checksum is of something else")
    return dict(json.loads(data))


def parcel_written(parcel: Parcel) -> dict[str, Any]:
    """Return of a parcel what settling needs, without its text and its keys."""
    return {
        "delivery": parcel.delivery_id, "token": parcel.token, "post": parcel.post_id, "outlet": parcel.outlet_id,
        "channel": parcel.channel, "kind": parcel.kind, "tries": parcel.tries, "lookups": parcel.lookups,
        "due_at": parcel.due_at.isoformat(), "useful_until": _time(parcel.useful_until),
    }  # fmt: skip


def _kind(result: object) -> str | None:
    return next((kind.__name__ for kind in CERTAIN if isinstance(result, kind)), None)


def _result(kept: Mapping[str, Any]) -> Any:
    said = dict(kept["said"])
    if "sentence" in said:
        sentence: T = restored(said.pop("sentence"))
        said = {"sentence": sentence, **said}
    if "retry_at" in said:
        said["retry_at"] = datetime.fromisoformat(said["retry_at"])
    return KINDS[kept["result"]](**said)


def parcel_read(kept: Mapping[str, Any]) -> Parcel:
    """Return the parcel of `parcel_written`. Raises ValueError, KeyError."""
    until = kept["useful_until"]
    return Parcel(
        delivery_id=kept["delivery"], token=kept["token"], post_id=kept["post"], outlet_id=kept["outlet"],
        channel=kept["channel"], kind=kept["kind"], tries=kept["tries"], lookups=kept["lookups"],
        due_at=datetime.fromisoformat(kept["due_at"]), useful_until=datetime.fromisoformat(until) if until else None,
        payload={}, credentials={}, settings={}, remembered={}, first_tried_at=None, started_at=None,
    )  # fmt: skip


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
