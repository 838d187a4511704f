from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.kernel.clock import FrozenClock
from app.oversight.commitments.models import Clause, Commitment, Evidence


@pytest.fixture
def agreement(session: Session, clock: FrozenClock) -> Callable[..., Commitment]:
    """An agreement with these clauses, each a text or the values of one."""

    def make(*clauses: str | dict[str, Any], **values: Any) -> Commitment:
        values = {"kind": "memorandum", "title": "Gerakan Menuju 100 Smart City", **values}
        held = Commitment(created_at=clock.now(), **values)
        session.add(held)
        session.flush()
        for position, one in enumerate(clauses, start=1):
            given = {"text": one} if isinstance(one, str) else {"text": f"Butir {position}", **one}
            session.add(Clause(commitment_id=held.id, position=position, **given))
        session.commit()
        return held

    return make


@pytest.fixture
def clauses(session: Session) -> Callable[[Commitment], list[Clause]]:
    def of(held: Commitment) -> list[Clause]:
        return session.query(Clause).filter_by(commitment_id=held.id).order_by(Clause.position).all()

    return of


@pytest.fixture
def proved(session: Session, clock: FrozenClock) -> Callable[[Clause], Evidence]:
    def prove(clause: Clause, **values: Any) -> Evidence:
        values = {"kind": "address", "what": "Berita", "url": "https://kukar.example/berita", **values}
        shown = Evidence(clause_id=clause.id, added_at=clock.now(), **values)
        session.add(shown)
        session.commit()
        return shown

    return prove
