"""`python -m tests.faults`: play scenarios on both databases and say what was lost, doubled or left to a person."""

import argparse
import contextlib
import logging
import os
import platform as machine
import random
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.joints import join
from app.kernel.clock import Clock
from tests.faults.databases import KINDS, Databases
from tests.faults.scenarios import SCENARIOS, Scenario
from tests.faults.stage import Skip, staged
from tests.faults.verdict import MOST_ASKED, Verdict, table, total


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
        verdicts = list(
            play(chosen, kinds, databases, seed=options.seed, runs=options.runs, keep_in=keep_in, keep=options.keep)
        )
    finally:
        databases.close()
    if options.table:
        date = f"{Clock().now():%Y-%m-%d}"
        print(f"\n{date}, {machine.machine()}, {os.cpu_count()} processors, seed {options.seed}\n\n{table(verdicts)}\n")
    return report(verdicts, keep_in)


def play(
    chosen: list[Scenario],
    kinds: tuple[str, ...],
    databases: Databases,
    *,
    seed: int,
    runs: int,
    keep_in: Path,
    keep: bool = False,
) -> list[Verdict]:
    """Share `runs` rounds out among the scenarios and databases (0: the usual number of each) and play them.

    The databases are played beside each other: most of the time is waiting.
    """
    usual = sum(one.rounds for one in chosen for kind in kinds if kind in one.databases)
    part = runs / usual if runs else 1.0

    def play_on(kind: str) -> list[Verdict]:
        verdicts = []
        for one in chosen:
            if kind in one.databases:
                rounds = max(one.least, round(part * one.rounds))
                verdicts.append(play_one(one, kind, databases, seed=seed, rounds=rounds, keep_in=keep_in, keep=keep))
                say(verdicts[-1])
        return verdicts

    join()
    with ThreadPoolExecutor(len(kinds)) as pool:
        return [one for verdicts in pool.map(play_on, kinds) for one in verdicts]


def play_one(
    one: Scenario, kind: str, databases: Databases, *, seed: int, rounds: int, keep_in: Path, keep: bool = False
) -> Verdict:
    """Play one scenario on one database, let a person answer what is asked, and judge it.

    The folder of a run that is not in order is kept, or of any (`keep`).
    """
    began = time.monotonic()
    own = random.Random(f"{seed}/{one.name}/{kind}").randrange(2**31)
    verdict = Verdict()
    try:
        with staged(databases, kind, seed=own, rounds=rounds, keep_in=keep_in, disk=one.disk, env=one.env) as stage:
            try:
                one.play(stage)
                stage.settle()
                verdict = stage.judge()
                stage.answer(verdict)
            except Skip as reason:
                verdict.skipped = f"skipped: {reason}"
            except Exception:  # a long run is not lost over one scenario; it is not clean either
                verdict.add("stuck", f"the scenario broke off: {traceback.format_exc()}")
            keep = keep or not verdict.clean
            stage.close(keep=keep)
            verdict.folder = str(stage.folder) if keep else ""
    except Skip as reason:
        verdict.skipped = f"skipped: {reason}"
    verdict.scenario, verdict.database, verdict.seed = one.name, kind, seed
    verdict.seconds = time.monotonic() - began
    return verdict


def say(verdict: Verdict) -> None:
    """Print the line of a scenario, and of each finding how to see it again."""
    asked = ", ".join(f"{platform} {number}" for platform, number in verdict.asked.items() if number)
    head = f"{verdict.scenario:10} {verdict.database:10}"
    print(f"{head} {verdict.skipped or verdict.line()} {verdict.seconds:.0f}s {asked}".rstrip(), flush=True)
    for note in verdict.notes:
        print(f"  {note}", flush=True)
    for finding in verdict.findings:
        print(f"  {finding}", flush=True)
    if verdict.folder:
        again = f"make faults F={verdict.scenario} SEED={verdict.seed} DB={verdict.database}"
        print(f"  again: {again}   kept: {verdict.folder}", flush=True)


def report(verdicts: list[Verdict], keep_in: Path) -> int:
    """Print the last line and return the exit code: 1 where anything is not in order, or too much is left to people."""
    whole = total(verdicts)
    clean = whole.clean and whole.unknown <= MOST_ASKED * whole.deliveries
    with contextlib.suppress(OSError):  # something was kept
        keep_in.rmdir()
    print(whole.line())
    return 0 if clean else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("scenario", nargs="*", metavar="SCENARIO", help=", ".join(SCENARIOS))
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("--runs", type=int, default=0, help="rounds (mostly kills), over all scenarios")
    parser.add_argument("--database", choices=["", *KINDS], default="")
    parser.add_argument("--keep", action="store_true", help="keep the folder of each run, also where all is well")
    parser.add_argument("--table", action="store_true", help="print the table of docs/trust.md")
    options = parser.parse_args()
    if unknown := set(options.scenario) - SCENARIOS.keys():
        parser.error(f"no scenario {', '.join(sorted(unknown))}; there are {', '.join(SCENARIOS)}")
    return options


if __name__ == "__main__":
    sys.exit(main())
