"""The ledger held against what the platforms accepted."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.faults.office import Row, who_has
from tests.faults.truth import Truth

MAIL = "newspaper"
MOST_ASKED = 0.03
"""Of the deliveries of a whole run, so many may end with a person."""


@dataclass
class Verdict:
    """What came of one scenario on one database. `findings`: a line for each delivery that is not in order."""

    scenario: str = ""
    database: str = ""
    seed: int = 0
    kills: int = 0
    deliveries: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: int = 0  # live, and the ledger says that it is not
    stuck: int = 0
    unknown: int = 0  # at a person
    knowable: int = 0  # of those: live, and its platform shows it
    seconds: float = 0.0
    skipped: str = ""
    folder: str = ""  # kept for a look
    asked: Counter[str] = field(default_factory=Counter)  # platform → how many of `unknown`
    notes: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.wrong or self.stuck)

    def line(self) -> str:
        return (
            f"kills={self.kills} lost={self.lost} doubled={self.doubled} stuck={self.stuck} unknown={self.unknown} "
            f"knowable={self.knowable} wrong={self.wrong} deliveries={self.deliveries}"
        )

    def add(self, kind: str, finding: str) -> None:
        """Count something that is not in order, with a line that says what."""
        setattr(self, kind, getattr(self, kind) + 1)
        self.findings.append(f"{kind}: {finding}")


def total(verdicts: Iterable[Verdict]) -> Verdict:
    whole = Verdict()
    for one in verdicts:
        for name in ("kills", "deliveries", "lost", "doubled", "wrong", "stuck", "unknown", "knowable", "seconds"):
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
    return whole


def judge(rows: Sequence[Row], truth: Truth, key_of) -> Verdict:
    """Compare each delivery with what its platform accepted. Rows that say the same are judged together.

    `key_of`: what a platform knows a row by, as (platform, mark).
    """
    verdict = Verdict(deliveries=len(rows))
    accepted = truth.count()
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[key_of(row)].append(row)
    for key, group in groups.items():
        _judge(verdict, group, accepted[key])
    for key in accepted.keys() - groups.keys():
        if not key[1].startswith("<notice-"):
            verdict.wrong += 1
            verdict.findings.append(f"{key} was accepted, and the ledger does not know it")
    return verdict


def _judge(verdict: Verdict, group: list[Row], accepted: int) -> None:
    states = Counter(who_has(row) for row in group)
    said, asked = states["sent"], states["asked"]
    found = {
        "doubled": max(0, accepted - len(group)),
        "lost": max(0, said - accepted) + states["given up"],
        "stuck": states["open"],
        "wrong": max(0, min(accepted, len(group)) - said - asked - states["open"]),  # also what left early
    }
    verdict.unknown += asked
    verdict.asked[group[0].platform] += asked
    if asked and group[0].platform != MAIL:
        verdict.knowable += min(asked, max(0, accepted - said))
    for name, number in found.items():
        setattr(verdict, name, getattr(verdict, name) + number)
        if number:
            rows = ", ".join(f"{row.delivery_id} ({row.status})" for row in group)
            verdict.findings.append(f"{name}: {group[0].platform} delivery {rows}, accepted {accepted} times")


def table(verdicts: Sequence[Verdict]) -> str:
    """Return the runs as a table in Markdown, one row a scenario and database, for docs/trust.md."""
    head = ("scenario", "database", "kills", "deliveries", "lost", "doubled", "wrong", "stuck", "to a person")
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for one in [*verdicts, total(verdicts)]:
        share = f" ({one.unknown / one.deliveries:.1%})" if one.deliveries else ""
        cells = (
            one.scenario or "**all**", one.database, one.kills, one.deliveries, one.lost, one.doubled, one.wrong,
            one.stuck, one.skipped or f"{one.unknown}{share}",
        )  # fmt: skip
        lines.append(f"| {' | '.join(str(cell) for cell in cells)} |")
    return "\n".join(lines)
