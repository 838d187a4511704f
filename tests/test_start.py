"""What a start of the web process must not load: docs/decisions/014."""

import subprocess
import sys

HEAVY = ("numpy", "scipy", "pyxform", "openpyxl", "alembic")


def test_a_start_loads_nothing_heavy() -> None:
    code = f"import sys, app.factory; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == []
