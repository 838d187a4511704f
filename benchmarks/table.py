"""`python -m benchmarks.table BEFORE.jsonl [AFTER.jsonl]`: runs of `make bench` as one table of docs/performance.md.

With two files each case stands once, with the ratio of its medians and of its queries' counts where they differ.
"""

import json
import sys
from pathlib import Path
from typing import Any

Cases = dict[tuple[str, str], dict[str, Any]]
EXTRA = ("per_second", "queries", "bytes", "rss_mb")


def read(path: Path) -> tuple[dict[str, Any], Cases]:
    """The line of the machine, and the case of each other line by (bench, case)."""
    machine, *lines = (json.loads(line) for line in path.read_text().splitlines() if line.strip())
    return machine, {(line["bench"], line["case"]): line for line in lines}


def more(case: dict[str, Any]) -> str:
    """What a case measured beside its times, as words."""
    return ", ".join(f"{name} {json.dumps(case[name])}" for name in EXTRA if name in case).replace('"', "")


def one(cases: Cases) -> list[str]:
    rows = ["| bench | case | n | p50 ms | p99 ms | more |", "|---|---|--:|--:|--:|---|"]
    rows += [
        f"| {bench} | {name} | {case['n']} | {case['p50']} | {case['p99']} | {more(case)} |"
        for (bench, name), case in cases.items()
    ]
    return rows


def both(before: Cases, after: Cases) -> list[str]:
    rows = [
        "| bench | case | p50 before | p50 after | ratio | p99 before | p99 after | more |",
        "|---|---|--:|--:|--:|--:|--:|---|",
    ]
    for key, case in after.items():
        old = before.get(key)
        if old is None:
            rows.append(f"| {key[0]} | {key[1]} | – | {case['p50']} | – | – | {case['p99']} | {more(case)} |")
            continue
        ratio = f"{case['p50'] / old['p50']:.2f}" if old["p50"] else "–"
        said = more(case) + (f" (before: {more(old)})" if case.get("queries") != old.get("queries") else "")
        rows.append(
            f"| {key[0]} | {key[1]} | {old['p50']} | {case['p50']} | {ratio} | {old['p99']} | {case['p99']} | {said} |"
        )
    return rows


def main() -> int:
    files = [Path(name) for name in sys.argv[1:]]
    if len(files) not in {1, 2}:
        print(__doc__, file=sys.stderr)
        return 2
    runs = [read(path) for path in files]
    print("\n".join(both(runs[0][1], runs[1][1]) if len(runs) == 2 else one(runs[0][1])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
