"""Insert many rows in one statement, where nobody needs the number that each gets: SQLite gives those one by one."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.kernel.db import Base


def insert_rows(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that name the same columns; the model's defaults fill the others."""
    if rows:
        session.execute(insert(model), rows, execution_options={"render_nulls": True})
