"""`python -m benchmarks [NAME]`: one JSON line for the machine, then one per case.

A case's line has bench, case, n, unit ("ms"), p50, p99, and per_second, queries, bytes, rss_mb where measured.
"""

import importlib
import json
import os
import platform
import sys
import traceback
from importlib.metadata import version

NAMES = (
    "dispatch",
    "calendar",
    "render",
    "start",
    "sync",
    "events",
    "record",
    "guard",
    "estimates",
    "certificates",
    "skills",
    "insights",
)


def machine() -> dict[str, object]:
    model = next(
        (line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),  # noqa: SIM115
        platform.processor(),
    )
    packages = ("flask", "sqlalchemy", "apscheduler", "typst", "tweepy")
    return {
        "machine": model,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "versions": {name: version(name) for name in packages},
    }


def main() -> int:
    wanted = sys.argv[1:] or list(NAMES)
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    print(json.dumps(machine()), flush=True)
    failed = [name for name in wanted if not _print_lines(name)]
    return 1 if failed else 0


def _print_lines(name: str) -> bool:
    """Measure one; False where it broke, which keeps none of the others from being measured."""
    try:
        for line in importlib.import_module(f"benchmarks.{name}").run():
            print(json.dumps(line), flush=True)
    except Exception:
        traceback.print_exc()
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
