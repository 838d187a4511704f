"""What a reader can work out where figures of sets of villages stand beside those of districts."""

import random
from collections import Counter
from itertools import product

import numpy as np
import pytest
from sqlalchemy.orm import Session

from app.evidence.results.cells import survey_of
from app.evidence.results.figures import Part, groups, parts_of
from app.evidence.results.split import may_split
from tests.results.test_hidden import put
from tests.world import World

MOST = 8  # villages


def part_of(world: World, session: Session, seed: int) -> Part:
    """A survey in up to 8 villages of three districts, with villages of few answers and shares near nothing."""
    chance = random.Random(seed)
    places = [world.village(number) for number in (0, 1, 2, 40, 41, 80, 81, 82)][: chance.choice([6, 7, 8])]
    wave = world.wave(places=dict.fromkeys(places, 40), method="list")
    for place in places:
        people, share = chance.choice([6, 18, 34, 60]), chance.choice([0.1, 0.4, 0.6])
        yes = round(people * share)
        put(world, wave, yes, place=place, istilah="tahu")
        put(world, wave, people - yes, place=place, istilah="belum")
    (sample, _volunteers) = parts_of(survey_of(session, wave))
    assert sample is not None
    return sample


def follows(shown: np.ndarray, wanted: np.ndarray) -> bool:
    """Whether a sum over villages is a combination of the sums that are shown."""
    solved = np.linalg.lstsq(shown.T, wanted, rcond=None)[0]
    return bool(np.allclose(shown.T @ solved, wanted, atol=1e-7))


def found_by_subtraction(part: Part, index: int, sets: list[np.ndarray]) -> list[tuple[str, ...]]:
    """All sets of villages whose figure a reader can work out: tried one by one, with nothing of split.py."""
    places = sorted(set(part.cells.place.tolist()))
    told = [np.ones(len(places))]
    for code, one in groups(part, index, "district").items():
        if one.is_shown:
            told.append(np.array([float(place.startswith(code)) for place in places]))
    told += [np.array([float(place in set(part.cells.place[rows].tolist())) for place in places]) for rows in sets]
    shown = np.array(told)
    return [
        tuple(place for place, inside in zip(places, chosen, strict=True) if inside)
        for chosen in product((0.0, 1.0), repeat=len(places))
        if any(chosen) and follows(shown, np.array(chosen))
    ]


@pytest.mark.parametrize("seed", range(3))
def test_no_village_and_no_few_answers_follow_from_what_is_shown(world: World, session: Session, seed: int) -> None:
    part = part_of(world, session, seed)
    index = part.survey.index("istilah")
    assert index is not None
    places, chance, seen = sorted(set(part.cells.place.tolist())), random.Random(seed), Counter[bool]()
    for _ in range(60):
        kinds = {place: chance.choice("RRUUA") for place in places}
        sets = [np.isin(part.cells.place, [one for one in places if kinds[one] == kind]) for kind in "RU"]
        shows = may_split(part, index, sets)
        seen[shows] += 1
        if not shows:
            continue
        for villages in found_by_subtraction(part, index, sets):
            rows = np.isin(part.cells.place, villages)
            n, yes = part.cells.sums[rows, index, :2].sum(axis=0)
            assert len(villages) > 1
            assert n >= 30
            assert min(yes, n - yes) >= 5
    assert len(seen) == 2, "some must be refused and some shown, or the test says nothing"


def test_a_set_of_whole_districts_is_shown(world: World, session: Session) -> None:
    places = [world.village(number) for number in (0, 1, 40, 41)]
    wave = world.wave(places=dict.fromkeys(places, 40), method="list")
    for place in places:
        put(world, wave, 20, place=place, istilah="tahu")
        put(world, wave, 20, place=place, istilah="belum")
    part = parts_of(survey_of(session, wave))[0]
    assert part is not None
    index = part.survey.index("istilah")
    assert index is not None
    whole = [np.isin(part.cells.place, places[:2]), np.isin(part.cells.place, places[2:])]
    assert may_split(part, index, whole)
    one_more = [np.isin(part.cells.place, places[:3]), np.isin(part.cells.place, places[3:])]
    assert not may_split(part, index, one_more), "less the district, it is the figure of one village"
