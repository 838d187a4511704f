"""A chain to tamper with, and the tools of somebody who holds the database."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from app.base.trail.sealing import seal
from app.base.trail.verify import Verdict, verify
from app.kernel import audit
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.roles import Actor
from tests.world import World

TZ = "Asia/Makassar"
SITI = Actor(id=7, name="Siti Aminah")


class Chain:
    """Entries, the worker's seal, and raw SQL past the triggers."""

    def __init__(
        self, sessions: "sessionmaker[Session]", session: Session, world: World, clock: FrozenClock, folder: Path
    ) -> None:
        self.sessions, self.session, self.clock, self.folder = sessions, session, clock, folder
        self._subject = world.office()

    def write(self, count: int = 1, **after: Any) -> None:
        for number in range(count):
            values = after or {"title": f"Banjir “{number}”", "n": 1.5, "names": ["Budi", None]}
            audit.record(
                self.session, SITI, "user.edited", self._subject, now=self.clock.now(), before={"a": None}, after=values
            )
            self.clock.advance(seconds=1)
        self.session.commit()

    def seal(self) -> int:
        return seal(self.sessions, now=self.clock.now(), tz=TZ, folder=self.folder)

    def day(self, count: int = 3) -> None:
        """A day's work, sealed, and the next morning, on which its head is made."""
        self.write(count)
        self.seal()
        self.clock.advance(days=1)
        self.seal()

    def verify(self, **options: Any) -> Verdict:
        options = {"folder": self.folder, **options}
        return verify(self.sessions, now=self.clock.now(), tz=TZ, **options)

    def tamper(self, *statements: str) -> None:
        """Run raw SQL with the triggers away, as somebody can who owns the tables; they come back afterwards."""
        with self.sessions() as session:
            sqlite = session.get_bind().dialect.name == "sqlite"
            kept = []
            if sqlite:
                rows = session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
                kept = [row.sql for row in rows]
                for row in rows:
                    session.execute(text(f"DROP TRIGGER {row.name}"))
            else:
                session.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER USER"))
            for statement in statements:
                session.execute(text(statement))
            for sql in kept:
                session.execute(text(sql))
            if not sqlite:
                session.execute(text("ALTER TABLE audit_entries ENABLE TRIGGER USER"))
            session.commit()

    def entries(self) -> list[AuditEntry]:
        self.session.rollback()
        self.session.expire_all()
        return list(self.session.scalars(select(AuditEntry).order_by(AuditEntry.number)))


@pytest.fixture
def chain(
    sessions: "sessionmaker[Session]", session: Session, world: World, clock: FrozenClock, tmp_path: Path
) -> Chain:
    return Chain(sessions, session, world, clock, tmp_path / "var")
