"""What a manager opens on Monday, of five years of an office: 500 campaigns, 20,000 posts with 80,000 deliveries and
their figures, 10,000 events, 1,000,000 answers.

`manager` is Ikhtisar, `mosaic` the map of villages, `campaign` the chain of a campaign that was surveyed before and
after. `queries` are the statements of one request, `queries_tenth` and `p50_tenth` those of an office a tenth of the
size, `bytes` what goes over the line. PostgreSQL is a server of its own, which does not wait for the disk.
"""

from collections.abc import Iterator

from sqlalchemy.orm import sessionmaker

from app import create_app
from app.kernel.clock import FrozenClock
from app.kernel.db import make_engine
from app.migrate import upgrade
from benchmarks import pages
from benchmarks.database import keep_up, of_kind
from benchmarks.measure import line, percentile
from benchmarks.regency import NOW, Size, fill

ROUNDS, WARM_UP = 40, 5
PAGES = {"manager": "/ikhtisar", "mosaic": "/peta-desa", "campaign": "/program/{campaign}/rantai"}


def run() -> Iterator[dict[str, object]]:
    for kind in ("sqlite", "postgresql"):
        small, large = _measured(kind, Size().tenth), _measured(kind, Size())
        for case, (times, queries, size) in large.items():
            few_times, few, _bytes = small[case]
            yield line(
                "insights", case if kind == "sqlite" else f"{case}-{kind}", times,
                p95=round(percentile(times, 0.95), 2),
                p50_tenth=round(percentile(few_times, 0.5), 2), queries=queries, queries_tenth=few, bytes=size,
            )  # fmt: skip


def _measured(kind: str, size: Size) -> dict[str, tuple[list[float], int, int]]:
    """Case → (milliseconds of each round, statements, bytes)."""
    with of_kind(kind) as (url, _folder):
        upgrade(url)
        engine = make_engine(url)
        campaign = fill(sessionmaker(engine, expire_on_commit=False), size)
        engine.dispose()
        keep_up(url)
        app = create_app(pages.settings(url), clock=FrozenClock(NOW))
        client = pages.signed_in(app, "viewer")
        found = {}
        for case, path in PAGES.items():
            address = path.format(campaign=campaign)
            times = [pages.timed(client, address) for _ in range(WARM_UP + ROUNDS)][WARM_UP:]
            found[case] = (times, *pages.once(app, client, address))
        pages.dispose(app)
        return found
