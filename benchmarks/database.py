"""Throw-away databases for benchmarks, filled in bulk."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import create_engine, insert, text
from sqlalchemy.orm import Session, sessionmaker

from app.base.people.models import Organisation
from app.kernel.db import make_engine, unit_of_work
from app.migrate import upgrade
from app.outreach.campaigns.models import Campaign
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post, Variant
from app.outreach.publishing.models import Delivery
from tests.postgres import Postgres


@contextmanager
def throw_away() -> Iterator[tuple[str, "sessionmaker[Session]"]]:
    """The address of an empty database and its sessions; everything goes with its folder."""
    with tempfile.TemporaryDirectory(prefix="gaung-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        upgrade(url)
        engine = make_engine(url)
        yield url, sessionmaker(engine, expire_on_commit=False)
        engine.dispose()


@contextmanager
def of_kind(kind: str) -> Iterator[tuple[str, str]]:
    """The address of an empty database ("sqlite", "postgresql") and a folder. PostgreSQL does not wait for the disk."""
    folder = tempfile.mkdtemp(prefix="gaung-bench-")
    server = Postgres() if kind == "postgresql" else None
    try:
        if server is None:
            yield f"sqlite:///{Path(folder) / 'bench.sqlite'}", folder
            return
        address = server.start()
        engine = create_engine(f"{address}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("CREATE DATABASE gaung"))
        engine.dispose()
        yield f"{address}/gaung", folder
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def keep_up(url: str) -> None:
    """Let PostgreSQL count what was filled in, as its own upkeep does within a minute (SQLite has none)."""
    if not url.startswith("postgresql"):
        return
    engine = make_engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()


def office(sessions: "sessionmaker[Session]", now: datetime) -> tuple[int, int, int]:
    """Ids of an organisation, a campaign and a connected X account."""
    with unit_of_work(sessions) as session:
        organisation = Organisation(kind="opd", name="Diskominfo", is_office=True)
        session.add(organisation)
        session.flush()
        campaign = Campaign(
            name="Uji laju", organisation_id=organisation.id, starts_on=date(2026, 1, 1), ends_on=date(2027, 12, 31),
            created_at=now,
        )  # fmt: skip
        outlet = Outlet(
            kind="x", name="X", organisation_id=organisation.id, status="connected", settings={}, created_at=now
        )
        session.add_all([campaign, outlet])
        session.flush()
        return organisation.id, campaign.id, outlet.id


def planned_posts(
    sessions: "sessionmaker[Session]", count: int, *, due_at: datetime, useful_until: datetime, now: datetime
) -> None:
    """`count` approved posts with one planned delivery each, all due at `due_at`."""
    organisation_id, campaign_id, outlet_id = office(sessions, now)
    mark = "a" * 64
    with unit_of_work(sessions) as session:
        for first in range(0, count, 10_000):
            numbers = range(first + 1, min(first + 10_000, count) + 1)
            session.execute(
                insert(Post),
                [
                    {
                        "id": number, "campaign_id": campaign_id, "organisation_id": organisation_id,
                        "title": f"Unggahan {number}", "text": "Kukar menuju kota cerdas.", "status": "approved",
                        "scheduled_at": due_at, "useful_until": useful_until, "content_hash": mark,
                        "approved_hash": mark, "planned_hash": mark, "created_at": now, "updated_at": now,
                    }
                    for number in numbers
                ],
            )  # fmt: skip
            session.execute(insert(Variant), [{"post_id": number, "outlet_id": outlet_id} for number in numbers])
            session.execute(
                insert(Delivery),
                [
                    {
                        "post_id": number, "outlet_id": outlet_id, "content_hash": mark, "status": "queued",
                        "payload": {"text": "Kukar menuju kota cerdas.", "link": None, "files": []},
                        "due_at": due_at, "wake_at": due_at, "useful_until": useful_until, "created_at": now,
                    }
                    for number in numbers
                ],
            )  # fmt: skip
