"""A sentence is kept by its key with its parameters, and said in the language of whoever reads it."""

from datetime import date

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.kernel.text import KEPT, T, restored, stored
from app.outreach.outlets.models import Outlet
from tests.world import World

SAID = T("Ditahan oleh %(name)s.", name="Ani “A” 100 %")


def test_what_has_parameters_comes_back_with_them() -> None:
    kept = restored(stored(SAID))
    assert (kept.msgid, kept.params) == (SAID.msgid, SAID.params)


def test_what_has_none_is_kept_in_words() -> None:
    assert stored(T("Tidak dikirim 100 %.")) == "Tidak dikirim 100 %."
    assert str(restored("Tidak dikirim 100 %.")) == "Tidak dikirim 100 %."


def test_a_sentence_within_a_sentence_is_still_one() -> None:
    kept = restored(stored(T("%(what)s Sudah %(n)s kali, sejak %(day)s.", what=SAID, n=3, day=date(2026, 11, 24))))
    assert kept.params == {"what": SAID, "n": 3, "day": "2026-11-24"}
    assert isinstance(kept.params["what"], T)
    assert str(kept) == "Ditahan oleh Ani “A” 100 %. Sudah 3 kali, sejak 2026-11-24."


@pytest.mark.parametrize("words", [KEPT, KEPT + '"a"', KEPT + '"a"}', KEPT + '"a", "with": 3}'])
def test_what_only_looks_kept_is_shown_as_it_is(words: str) -> None:
    assert str(restored(words)) == words


def test_the_database_holds_the_key_and_gives_back_the_sentence(session: Session, world: World) -> None:
    outlet = world.outlet()
    session.execute(update(Outlet).where(Outlet.id == outlet.id).values(problem=SAID))
    session.commit()
    assert "Ditahan oleh %(name)s." in session.execute(text("SELECT problem FROM outlets")).scalar_one()
    found = session.scalars(select(Outlet.problem)).one()
    assert found is not None
    assert found.params == SAID.params
    outlet.problem = None
    session.commit()
    assert session.scalars(select(Outlet.problem)).one() is None
