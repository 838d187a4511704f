"""`python -m tests.faults`: play scenarios on both databases and say what was lost, doubled or left to a person."""

import argparse
import logging
import os
import platform as machine
import random
import sys
import tempfile
import time
from pathlib import Path

from app.kernel.clock import Clock
from tests.faults.databases import KINDS, Databases
from tests.faults.scenarios import SCENARIOS, Scenario
from tests.faults.stage import Skip, staged
from tests.faults.verdict import MOST_ASKED, Verdict, table, total

ROUNDS = 160


def main() -> int:
    options = _options()
    logging.disable(logging.CRITICAL)
    os.environ.setdefault("PYTHONWARNINGS", "ignore:pkg_resources is deprecated:UserWarning")
    chosen = [SCENARIOS[name] for name in options.scenario] or list(SCENARIOS.values())
    kinds = (options.database,) if options.database else KINDS
    keep_in = Path(tempfile.mkdtemp(prefix="gaung-faults-kept-"))
    keep_in.chmod(0o711)
    print(f"seed {options.seed}; folders of what fails: {keep_in}", flush=True)
    databases = Databases(kinds)
    try:
        verdicts = list(play(chosen, kinds, databases, seed=options.seed, runs=options.runs, keep_in=keep_in))
    finally:
        databases.close()
    if options.table:
        date = f"{Clock().now():%Y-%m-%d}"
        print(f"\n{date}, {machine.machine()}, {os.cpu_count()} processors, seed {options.seed}\n\n{table(verdicts)}\n")
    return report(verdicts, keep_in)


def play(
    chosen: list[Scenario], kinds: tuple[str, ...], databases: Databases, *, seed: int, runs: int, keep_in: Path
) -> list[Verdict]:
    """Share `runs` rounds out among the scenarios and databases, and play them one after the other."""
    pairs = [(one, kind) for one in chosen for kind in kinds if kind in one.databases]
    shares = sum(one.share for one, _kind in pairs) or 1
    verdicts = []
    for one, kind in pairs:
        rounds = max(one.least, round(runs * one.share / shares))
        verdict = play_one(one, kind, databases, seed=seed, rounds=rounds, keep_in=keep_in)
        print(f"{one.name:10} {kind:10} {verdict.skipped or verdict.line()} {verdict.seconds:.0f}s", flush=True)
        verdicts.append(verdict)
    return verdicts


def play_one(one: Scenario, kind: str, databases: Databases, *, seed: int, rounds: int, keep_in: Path) -> Verdict:
    """Play one scenario on one database and judge it; what is not in order is printed and its folder kept."""
    began = time.monotonic()
    own = random.Random(f"{seed}/{one.name}/{kind}").randrange(2**31)
    with staged(databases, kind, seed=own, rounds=rounds, keep_in=keep_in) as stage:
        try:
            one.play(stage)
        except Skip as reason:
            stage.close(keep=False)
            return Verdict(one.name, kind, seed, skipped=f"skipped: {reason}")
        stage.settle()
        verdict = stage.judge()
        stage.close(keep=not verdict.clean)
    verdict.scenario, verdict.database, verdict.seed = one.name, kind, seed
    verdict.seconds = time.monotonic() - began
    for finding in verdict.findings:
        print(f"  {finding}\n    make faults F={one.name} SEED={seed} DB={kind}   {stage.folder}", flush=True)
    return verdict


def report(verdicts: list[Verdict], keep_in: Path) -> int:
    """Print the last line and return the exit code: 1 where anything is not in order, or too much is left to people."""
    whole = total(verdicts)
    clean = whole.clean and whole.unknown <= MOST_ASKED * whole.deliveries
    if whole.clean:
        keep_in.rmdir()
    print(whole.line())
    return 0 if clean else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("scenario", nargs="*", metavar="SCENARIO", help=", ".join(SCENARIOS))
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("--runs", type=int, default=ROUNDS, help="rounds (mostly kills), over all scenarios")
    parser.add_argument("--database", choices=["", *KINDS], default="")
    parser.add_argument("--table", action="store_true", help="print the table of docs/trust.md")
    options = parser.parse_args()
    if unknown := set(options.scenario) - SCENARIOS.keys():
        parser.error(f"no scenario {', '.join(sorted(unknown))}; there are {', '.join(SCENARIOS)}")
    return options


if __name__ == "__main__":
    sys.exit(main())
