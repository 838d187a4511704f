"""How many answers came in: the planned sample, and those over the link beside it."""

from sqlalchemy.orm import Session

from app.evidence.responses import totals
from app.evidence.responses.tally import fold
from app.evidence.surveys.panels import AnswerCount
from tests.world import VILLAGE, World

OTHER = "64.02.01.2002"


def test_link_answers_stand_beside_the_planned_sample(session: Session, world: World) -> None:
    chosen = world.wave(places={VILLAGE: 3})
    anybody = world.wave()
    for wave in (chosen, anybody):
        world.response(wave, mode="phone")
        world.response(wave, mode="link")
    fold(session, chosen)
    world.response(chosen, mode="paper", sex="m", age_band="17-24")
    world.response(chosen, mode="link")
    counted = totals.count_answers(session, [chosen.id, anybody.id])
    assert counted == {chosen.id: AnswerCount(2, 2), anybody.id: AnswerCount(2, 0)}


def test_places_and_groups_tell_how_many_of_the_planned_sample_came(session: Session, world: World) -> None:
    wave = world.wave(places={VILLAGE: 3, OTHER: 3})
    world.response(wave, mode="phone")
    fold(session, wave)
    world.response(wave, mode="phone", sex="m")
    world.response(wave, mode="import", place=OTHER)
    world.response(wave, mode="link")
    found = totals.count_by_place(session, wave)
    assert found.places == {VILLAGE: 2, OTHER: 1}
    assert found.groups == {"f.25-34": 2, "m.25-34": 1}
