"""What runs in a worker's process: the real `app.worker`, started again and again without loading it anew.

`python -m tests.faults.worker` makes the application once and then forks a worker for each line that it reads; it says
on its standard output which processes were made and how they ended. It shortens waiting times (FAULTS_PACE: module and
name to value), and can end or freeze itself at a named step of the database. Production code knows nothing of it.
"""

import json
import os
import random
import re
import select
import signal
import sys
import threading
from collections import Counter
from importlib import import_module
from types import ModuleType
from typing import Any, NoReturn

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

STEPS = {
    "plan": re.compile(r"INSERT INTO deliveries"),
    "space": re.compile(r"UPDATE deliveries SET wake_at=.*spaced_at="),
    "claim": re.compile(r"UPDATE deliveries SET status=.*started_at="),
    "start": re.compile(r"UPDATE deliveries SET .*first_tried_at=\s*\(?coalesce"),
    "remember": re.compile(r"UPDATE deliveries SET remembered="),
    "settle": re.compile(r"INSERT INTO attempts"),
    "look": re.compile(r"lookups <.*UPDATE deliveries SET token="),
}
"""Transactions of the ledger by a statement that only they hold; a step is "claim.before" or "claim.after" (commit)."""
TOOK_SOMETHING = {"claim": re.compile(r"FROM outlets"), "look": re.compile(r"FROM outlets")}
"""These run each second; only those count that took a row, which loads its outlet."""


def shorten(pace: dict[str, Any]) -> None:
    """Set `module:name` or `module:Class.name` to another value, also where it was imported from.

    Raises AttributeError where the name is not there any more: the pace of tests/faults/workers.py is to be mended.
    """
    for address, value in pace.items():
        holder, name, old = found(address)
        new = _alike(old, value)
        setattr(holder, name, new)
        if isinstance(holder, ModuleType):
            _set_everywhere(name, old, new)


def found(address: str) -> tuple[Any, str, Any]:
    """Return where `module:name` or `module:Class.name` stands, its name and its value."""
    module, _, path = address.partition(":")
    holder: Any = import_module(module)
    *outer, name = path.split(".")
    for one in outer:
        holder = getattr(holder, one)
    return holder, name, getattr(holder, name)


def _alike(old: Any, value: Any) -> Any:
    """The value in the type of the old one: timedeltas and tuples of them are given in seconds."""
    if isinstance(old, tuple):
        return tuple(_alike(old[0], one) for one in value)
    return type(old)(seconds=value) if type(old).__name__ == "timedelta" else value


def _set_everywhere(name: str, old: Any, new: Any) -> None:
    for module_name, module in list(sys.modules.items()):
        if module_name.startswith("app.") and getattr(module, name, None) is old:
            setattr(module, name, new)


def send_at(number: int, step: str, nth: int) -> None:
    """Send this process a signal (SIGKILL, SIGSTOP) when it comes to the step ("start.after") for the nth time."""
    wanted, _, moment = step.partition(".")
    passed: Counter[str] = Counter()
    seen = threading.local()

    def executed(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        marks = seen.__dict__.setdefault("marks", set())
        statement = " ".join(statement.split())
        if STEPS[wanted].search(statement):
            marks.add("named")
        if "named" in marks and (wanted not in TOOK_SOMETHING or TOOK_SOMETHING[wanted].search(statement)):
            marks.add("counts")

    def committing(_session: Session) -> None:
        if "counts" in seen.__dict__.get("marks", ()):
            passed["before"] += 1
            if moment == "before" and passed["before"] == nth:
                os.kill(os.getpid(), number)

    def committed(_session: Session) -> None:
        if "counts" in seen.__dict__.pop("marks", ()):
            passed["after"] += 1
            if moment == "after" and passed["after"] == nth:
                os.kill(os.getpid(), number)

    event.listen(Engine, "after_cursor_execute", executed)
    event.listen(Session, "before_commit", committing)
    event.listen(Session, "after_commit", committed)
    event.listen(Session, "after_rollback", lambda _session: seen.__dict__.pop("marks", None))


def run(order: dict[str, Any], app: Any) -> NoReturn:
    """Be a worker until told to stop."""
    worker = import_module("app.worker")
    random.seed(order["seed"])
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose(close=False)
    if order.get("step"):
        send_at(order["signal"], order["step"], order["nth"])
    worker.create_app = lambda: app
    worker.main()
    sys.stdout.flush()
    os._exit(0)


def main() -> None:
    told = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    shorten(json.loads(os.environ["FAULTS_PACE"]))
    app = import_module("app.worker").create_app()
    told.write("{}\n")
    alive: set[int] = set()
    while True:
        ready, _, _ = select.select([0], [], [], 0.05)
        if ready:
            line = os.read(0, 65_536)
            if not line:
                break
            for order in line.decode().splitlines():
                pid = os.fork()
                if pid == 0:
                    told.close()
                    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                    run(json.loads(order), app)
                alive.add(pid)
                told.write(json.dumps({"made": pid}) + "\n")
        for pid in list(alive):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                alive.discard(pid)
                told.write(json.dumps({"ended": pid, "status": os.waitstatus_to_exitcode(status)}) + "\n")
    for pid in alive:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
