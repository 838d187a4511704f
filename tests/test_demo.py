"""What the practice data promises to those who sign in with it."""

from sqlalchemy.orm import Session

from app import demo
from app.areas.models import Village
from config import Settings


def test_the_practice_kim_stands_in_a_village_so_that_it_can_record_proofs(session: Session) -> None:
    made = demo._organisations(session, Settings(env="test"))
    codes = [one.village_code for one in made.values() if one.kind == "kim"]
    assert [session.get_one(Village, code).name for code in codes] == ["Long Lalang"]


def test_practice_in_another_regency_names_no_village_of_this_one(session: Session) -> None:
    made = demo._organisations(session, Settings(env="test", regency_code="64.09"))
    assert not any(one.village_code for one in made.values())
