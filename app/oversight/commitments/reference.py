"""The agreements that an installation of a regency starts with: one file of data a regency, or none."""

from datetime import datetime
from pathlib import Path

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.oversight.commitments.models import Clause, Commitment

FOLDER = Path(__file__).with_name("data")


def load_commitments(session: Session, regency_code: str, now: datetime, *, folder: Path = FOLDER) -> int:
    """Add those of this regency that never came in, and give how many. What the office edited or removed stays so."""
    path = folder / f"{regency_code}.yaml"
    if not path.is_file():
        return 0
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    known = set(session.scalars(select(Commitment.key).where(Commitment.key.is_not(None))))
    added = 0
    for row in data["agreements"]:
        if row["key"] in known:
            continue
        held = Commitment(
            key=row["key"],
            kind=row["kind"],
            title=row["title"],
            number=row.get("number"),
            parties=row.get("parties"),
            source=data["source"],
            created_at=now,
        )
        session.add(held)
        session.flush()
        session.add_all(
            Clause(commitment_id=held.id, position=position, text=text)
            for position, text in enumerate(row.get("clauses", ()), start=1)
        )
        added += 1
    session.flush()
    return added
