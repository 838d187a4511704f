"""What a reader can work out from everything that is shown, tried with linear programmes."""

import copy
import itertools
import random
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog
from sqlalchemy.orm import Session

from app.evidence.responses.models import Response
from app.evidence.responses.service import Submission, content_hash, values_of
from app.evidence.results import words
from app.evidence.results.cells import survey_of
from app.evidence.results.distributions import distributions
from app.evidence.results.figures import Figure, Part, State, figure, groups, parts_of
from app.evidence.results.tables import of_wave
from app.evidence.results.wave_results import results_of
from app.evidence.surveys.models import Wave
from app.kernel.db import insert_missing
from tests.survey_sample import ANSWERS, DEFINITION
from tests.world import World

TERM, SEEN, FROM = ("belum", "dengar", "tahu"), ("ya", "tidak", "ragu"), ("kim", "poster")
Kind = tuple[str, str, str, str, str]
"""(district, sex, term, seen, from where: "" for who was not asked)"""
INSTRUMENT = copy.deepcopy(DEFINITION)
INSTRUMENT["measures"] += [
    {"key": "lihat", "label": "Melihat", "question": "lihat", "counts": ["ya"]},
    {"key": "dari_kim", "label": "Dari KIM", "question": "sumber", "counts": ["kim"]},
    {"key": "tahu", "label": "Tahu", "question": "istilah", "counts": ["tahu"]},
    {"key": "dengar", "label": "Dengar", "question": "istilah", "counts": ["dengar"]},
]
YES = {"istilah": ("dengar", "tahu"), "lihat": ("ya",), "dari_kim": ("kim",), "tahu": ("tahu",), "dengar": ("dengar",)}
PLACE = {"istilah": 2, "lihat": 3, "dari_kim": 4, "tahu": 2, "dengar": 2}


def put(world: World, wave: Wave, people: int, *, place: str, sex: str = "f", **answers: Any) -> None:
    given = {**ANSWERS, **answers}
    if given["lihat"] != "ya":
        given.pop("sumber")
    now, rows = world.clock.now(), []
    for _ in range(people):
        one = Submission(uuid=str(uuid.uuid4()), mode="phone", place=place, sex=sex, age_band="25-34", answers=given)
        rows.append(values_of(None, wave, one, content_hash(one), (), now))
    if rows:
        insert_missing(world.session, Response, rows)
        world.session.commit()


def kinds(districts: Sequence[str]) -> list[Kind]:
    asked = [("ya", source) for source in FROM] + [("tidak", ""), ("ragu", "")]
    return [
        (district, sex, term, *seen) for district, sex, term, seen in itertools.product(districts, "mf", TERM, asked)
    ]


def random_wave(world: World, seed: int) -> tuple[Wave, Counter[Kind]]:
    chance = random.Random(seed)
    places = [world.village(number * 30) for number in range(3)]
    wave = world.wave(instrument=world.instrument(INSTRUMENT), places=dict.fromkeys(places, 40))
    term, seen = [chance.choice([0.03, 0.3, 1]) for _ in TERM], [chance.choice([0.03, 0.4, 1]) for _ in SEEN]
    found: Counter[Kind] = Counter()
    for place in places:
        for sex in "mf":
            for _ in range(chance.choice([8, 30, 60])):
                lihat = chance.choices(SEEN, seen)[0]
                source = chance.choice(FROM) if lihat == "ya" else ""
                found[place[:8], sex, chance.choices(TERM, term)[0], lihat, source] += 1
    for (district, sex, istilah, lihat, source), people in found.items():
        place = next(one for one in places if one.startswith(district))
        put(world, wave, people, place=place, sex=sex, istilah=istilah, lihat=lihat, sumber=[source])
    return wave, found


class Reader:
    """Somebody who writes down everything that is shown: equations and bounds over how many people there are of each
    kind."""

    def __init__(self, every: Sequence[Kind]) -> None:
        self.every = every
        self.rows: list[np.ndarray] = []
        self.low: list[float] = []
        self.high: list[float] = []

    def row(self, where: Mapping[int, Sequence[str]]) -> np.ndarray:
        return np.array([all(kind[place] in wanted for place, wanted in where.items()) for kind in self.every], float)

    def learns(self, where: Mapping[int, Sequence[str]], low: float, high: float) -> None:
        self.rows.append(self.row(where))
        self.low.append(low)
        self.high.append(high)

    def range_of(self, where: Mapping[int, Sequence[str]]) -> tuple[float, float]:
        goal, rows = self.row(where), np.array(self.rows)
        limits = {"A_ub": np.vstack([rows, -rows]), "b_ub": np.concatenate([self.high, -np.array(self.low)])}
        found = [linprog(sign * goal, **limits, bounds=(0, None), method="highs") for sign in (1, -1)]
        assert all(one.status == 0 for one in found)
        return float(found[0].fun), float(-found[1].fun)


def told(reader: Reader, where: Mapping[int, Sequence[str]], key: str, shown: Figure, people: int) -> bool:
    """Writes down a figure; whether it was one with a number."""
    yes = {**where, PLACE[key]: YES[key]}
    asked = {**where, 4: FROM} if key == "dari_kim" else where
    if shown.state != State.PAIRED and shown.state != State.NONE:
        band = (shown.n, shown.n + 4) if shown.about else (people, people)
        reader.learns(asked, *((0, 4) if 0 < people < 5 else band))
    if shown.state == State.SMALL:
        n = reader.row(asked) - reader.row(yes) if shown.most else reader.row(yes)
        reader.rows.append(n)
        reader.low.append(1)
        reader.high.append(4)
        return False
    if not shown.is_shown or shown.value is None:
        return shown.state == State.NONE
    if not shown.about:
        count = round(shown.value * people)
        reader.learns(yes, count, count)
    return True


def everything(reader: Reader, part: Part, found: Counter[Kind]) -> list[Mapping[int, Sequence[str]]]:
    """Writes down all that the pages show of a part; what they hide."""
    hidden: list[Mapping[int, Sequence[str]]] = []

    def size(where: Mapping[int, Sequence[str]]) -> int:
        return int(reader.row(where) @ np.array([found[kind] for kind in reader.every]))

    reader.learns({}, part.people, part.people)
    place = {"district": 0, "sex": 1}
    for key, options in YES.items():
        index = part.survey.index(key)
        assert index is not None
        sides: list[tuple[dict[int, Sequence[str]], Figure]] = [({}, figure(part, index))]
        sides += [({place[by]: (value,)}, one) for by in place for value, one in groups(part, index, by).items()]
        for where, one in sides:
            people = size({**where, 4: FROM} if key == "dari_kim" else where)
            if not told(reader, where, key, one, people):
                hidden.append({**where, PLACE[key]: options})
    for question, column, choices in (("istilah", 2, TERM), ("lihat", 3, SEEN)):
        (block,) = next(one for one in distributions(part) if one.key == question).blocks
        for option, choice in zip(choices, block.choices, strict=True):
            if choice.count is not None:
                reader.learns({column: (option,)}, choice.count, choice.count)
                continue
            hidden.append({column: (option,)})
            small, most = choice.said == "kurang dari 5 orang", choice.said.startswith("semua")
            if small:
                reader.learns({column: (option,)}, 1, 4)
            elif most:
                reader.learns({column: (option,)}, part.people - 4, part.people - 1)
            else:
                reader.learns({column: (option,)}, 0, part.people)
    return hidden


@pytest.mark.parametrize("seed", range(12))
def test_nothing_hidden_follows_from_what_is_shown(world: World, session: Session, seed: int) -> None:
    wave, found = random_wave(world, seed)
    sample, _volunteers = parts_of(survey_of(session, wave))
    assert sample is not None
    reader = Reader(kinds([place.place[:8] for place in wave.places]))
    for where in everything(reader, sample, found):
        low, high = reader.range_of(where)
        ((part, wanted),) = [(place, options) for place, options in where.items() if place > 1]
        if sum(people for kind, people in found.items() if kind[part] in wanted) in (0, sample.people):
            continue  # that nobody or everybody says so is shown of all, and so known of each group
        assert high - low > 0.999, (where, low, high)


def test_an_unprotected_table_is_found_out(world: World, session: Session) -> None:
    """The trial finds what it should find: without the second step it fails."""
    reader = Reader(kinds(["a", "b"]))
    reader.learns({}, 100, 100)
    reader.learns({3: ("ya",)}, 97, 97)
    low, high = reader.range_of({3: ("tidak", "ragu")})
    assert (low, high) == pytest.approx((3, 3))


def test_a_measure_of_one_to_four_reads_the_same_above_and_below(world: World, session: Session) -> None:
    place = world.village()
    wave = world.wave(instrument=world.instrument(INSTRUMENT), places={place: 40})
    put(world, wave, 60, place=place, istilah="belum")
    put(world, wave, 40, place=place, istilah="dengar")
    put(world, wave, 3, place=place, istilah="tahu")
    results = results_of(session, wave)
    line = next(one.figure for one in results.lines if one.key == "tahu")
    assert (line.state, line.value, words.shown(line)) == (State.SMALL, None, "kurang dari 5 orang")
    assert line.est is not None
    assert line.est.estimate == pytest.approx(3 / 103)
    (block,) = next(one for one in results.questions if one.key == "istilah").blocks
    assert [(one.count, one.said) for one in block.choices] == [
        (60, ""), (None, "tidak ditampilkan"), (None, "kurang dari 5 orang"),
    ]  # fmt: skip
    assert next(one.figure for one in results.lines if one.key == "istilah").is_shown, "what is left is open"
    (answers,) = [sheet for sheet in of_wave(results) if sheet.name == "Jawaban"]
    assert not any(3 in row for row in answers.rows)


def test_nobody_and_everybody_stand_in_both_tables(world: World, session: Session) -> None:
    place = world.village()
    wave = world.wave(instrument=world.instrument(INSTRUMENT), places={place: 40})
    put(world, wave, 60, place=place, istilah="belum")
    results = results_of(session, wave)
    assert next(one.figure.value for one in results.lines if one.key == "tahu") == 0
    (block,) = next(one for one in results.questions if one.key == "istilah").blocks
    assert [one.count for one in block.choices] == [60, 0, 0]


def test_how_many_were_asked_more_is_rounded_where_it_would_tell_who_was_not(world: World, session: Session) -> None:
    place = world.village()
    wave = world.wave(instrument=world.instrument(INSTRUMENT), places={place: 40})
    put(world, wave, 97, place=place, lihat="ya")
    put(world, wave, 3, place=place, lihat="tidak")
    results = results_of(session, wave)
    line = next(one.figure for one in results.lines if one.key == "dari_kim")
    assert (line.about, line.n, words.answered(line)) == (True, 95, "sekitar 95")
    (block,) = next(one for one in results.questions if one.key == "sumber").blocks
    assert all(choice.count is None for choice in block.choices)
    for sheet in of_wave(results):
        for row in sheet.rows:
            assert 97 not in row


def test_a_group_hides_what_its_follow_up_or_its_other_measures_would_tell(world: World, session: Session) -> None:
    places = [world.village(number * 30) for number in range(3)]
    wave = world.wave(instrument=world.instrument(INSTRUMENT), places=dict.fromkeys(places, 40))
    for number, place in enumerate(places):
        put(world, wave, 25, place=place, lihat="ya", istilah="tahu")
        put(world, wave, 25, place=place, lihat="ya", istilah="dengar", sumber=["poster"])
        put(world, wave, 20 if number else 2, place=place, lihat="tidak", istilah="belum")
    sample, _volunteers = parts_of(survey_of(session, wave))
    assert sample is not None
    small = places[0][:8]
    for key in ("lihat", "istilah", "dari_kim"):
        index = sample.survey.index(key)
        assert index is not None
        found = groups(sample, index, "district")[small]
        assert (found.state, words.answered(found)) == (State.PAIRED, "–"), key
    shown = []
    for key in ("tahu", "dengar"):
        index = sample.survey.index(key)
        assert index is not None
        shown.append(groups(sample, index, "district")[small].is_shown)
    assert not all(shown), "both together would leave the two over"
