"""What a start must not load: app/kernel/lazy.py and docs/decisions/046."""

import subprocess
import sys

import pytest

NEVER = {"numpy", "scipy", "pyxform", "alembic", "app.demo"}
STARTED = ("app.factory, app.channels.graph, app.channels.x", "app.worker", "app.practice.server", "app.launch")


@pytest.mark.parametrize("started", STARTED)
def test_a_start_loads_nothing_that_waits_for_its_first_use(started: str) -> None:
    code = (
        f"import {started}; from app.kernel.lazy import LATER, is_loaded;"
        f"print(*sorted(name for name in LATER | {NEVER!r} if is_loaded(name)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == []


def test_every_name_in_the_table_is_imported_by_the_application() -> None:
    code = (
        "import app.factory, app.worker, app.channels.graph, app.channels.x, sys; from app.kernel.lazy import LATER;"
        "print(*sorted(name for name in LATER if name not in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == []
