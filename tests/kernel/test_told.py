"""A signal that arrives at any moment of waiting ends it."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from app.kernel.told import Told
from config import ROOT

MOMENTS = 12


def ends(event: Any, moment: int) -> bool:
    """Whether waiting ends when the event is set before the nth line that its `wait` passes, as a handler would."""
    passed = 0

    def trace(frame: FrameType, what: str, _given: object) -> Callable[..., Any] | None:
        nonlocal passed
        if "threading" not in frame.f_code.co_filename and "told" not in frame.f_code.co_filename:
            return trace
        if what == "line":
            passed += 1
            if passed == moment:
                sys.settrace(None)
                event.set()
        return trace

    def wait() -> None:
        sys.settrace(trace)
        event.wait()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    thread.join(0.2)
    if thread.is_alive() and passed < moment:  # it waits, and the moment is past
        event.set()
        thread.join(2)
    return not thread.is_alive()


@pytest.mark.parametrize("moment", range(1, MOMENTS))
def test_set_from_within_wait_ends_it(moment: int) -> None:
    assert ends(Told(), moment)


def test_an_event_of_the_standard_library_would_not_do() -> None:
    """What makes this file necessary; when it fails, `Told` may go."""
    assert not all(ends(threading.Event(), moment) for moment in range(1, MOMENTS))


GIVEN_TO_ANOTHER = """
import signal, sys, threading, time
from app.kernel.told import Told
from config import ROOT
told = Told()
signal.signal(signal.SIGTERM, lambda *_: told.set())
other = threading.Thread(target=time.sleep, args=(60,), daemon=True)
other.start()
threading.Timer(0.3, lambda: signal.pthread_kill(other.ident, signal.SIGTERM)).start()
sys.exit(0 if told.wait(20) and time.monotonic() else 1)
"""


def test_a_signal_that_the_system_gives_to_another_thread_is_heard() -> None:
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", GIVEN_TO_ANOTHER], check=True, timeout=30, cwd=ROOT)
    assert time.monotonic() - began < 15, "and not only at the end of the wait"


def test_it_is_as_an_event_otherwise() -> None:
    told = Told()
    assert (told.is_set(), told.wait(0.01)) == (False, False)
    threading.Timer(0.05, told.set).start()
    assert told.wait(5)
    told.set()
    assert (told.is_set(), told.wait(), told.wait(0)) == (True, True, True)
