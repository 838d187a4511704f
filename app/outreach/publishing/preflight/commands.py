"""What the command line prints of the checks before posts go out."""

from collections.abc import Sequence

from app.outreach.publishing.preflight.findings import holds, worst
from app.outreach.publishing.preflight.models import Level
from app.outreach.publishing.preflight.service import Checked

WORDS = {
    Level.OK: "beres",
    Level.UNKNOWN: "tidak dapat diperiksa",
    Level.WARN: "perlu dilihat",
    Level.BAD: "perlu dibereskan",
}


def told(checked: Sequence[Checked]) -> tuple[str, int]:
    """Return the lines for a terminal, and 1 where something would keep a post from going out."""
    lines = []
    closed = {one.outlet_id for one in checked if not one.delivery and holds(one.findings)}
    for one in checked:
        waits = one.delivery and not one.findings and one.outlet_id in closed
        lines.append(f"{'menunggu akunnya' if waits else WORDS[worst(one.findings)]:>22}  {one.name}")
        lines += [f"{'':>22}  - {finding.sentence}" for finding in one.findings]
    bad = any(worst(one.findings) == Level.BAD for one in checked)
    return "\n".join(lines) or "Tidak ada akun atau materi untuk diperiksa.", int(bad)
