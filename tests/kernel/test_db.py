"""What an error of the database says: enough to find the fault, and nothing of what was to be stored."""

import traceback
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.base.people.models import Organisation, User
from tests.world import World

SECRET = "Siti Rahasia"


def refused(session: Session, table: Any, **values: Any) -> str:
    """Return what a log would hold of a row that the database refuses."""
    with pytest.raises(IntegrityError) as caught:
        session.execute(insert(table).values(**values))
    session.rollback()
    return "".join(traceback.format_exception(caught.value))


def test_a_row_that_lacks_something_is_not_repeated(session: Session) -> None:
    said = refused(session, Organisation, name=SECRET)
    assert SECRET not in said
    assert "kind" in said
    assert "INSERT INTO organisations" in said


def test_a_value_that_is_there_already_is_not_repeated(world: World, session: Session) -> None:
    person = world.user()
    person.username = "siti.rahasia"
    session.commit()
    other = {column.name: getattr(person, column.name) for column in User.__table__.columns if column.name != "id"}
    said = refused(session, User, **other)
    assert "siti.rahasia" not in said
    assert "username" in said or "fs_uniquifier" in said
