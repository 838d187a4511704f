"""Made-up people who answer a survey as a truth says they would: for practice, for tests, for looking at pages.

The same seed gives the same people with the same numbers, on every machine and in every database. What is planted:
`shares`, measure → how many of those who are asked its question give an answer that counts. A share differs from
village to village: it is spread evenly over p ± √(3ρp(1−p)), which has the mean p and the variance ρp(1−p), so that
answers within a village have the intraclass correlation ρ. A village's place in that spread stays the same from wave to
wave, as it does where the same villages are visited again.
"""

import hashlib
import uuid as uuids
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from math import comb, sqrt
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from app.evidence.instruments.definition import AGE_BANDS, SEXES, Definition, Measure, Option, Question, say
from app.evidence.instruments.logic import holds
from app.evidence.responses.service import Submission
from app.evidence.responses.simulation.defaults import default_share, steady
from app.evidence.surveys.models import Mode

GOLDEN = 0.6180339887498949  # people spread over places as evenly as their targets ask, however many there are
AGES = (0.19, 0.23, 0.22, 0.18, 0.18)
SECONDS = 9.0  # a question, read and answered
HASTY_SECONDS = 0.8
FIRST_HOUR, HOURS = 8, 9


@dataclass(frozen=True)
class Truth:
    """What is planted in made-up answers.

    `shares`: measure's key → share of those who are asked. `icc`: ρ. The others: share of people who answer so.
    """

    shares: Mapping[str, float] = field(default_factory=dict)
    icc: float = 0.03
    hasty: float = 0.02
    straight: float = 0.02
    twice: float = 0.01

    def of(self, definition: Definition, measure: Measure) -> float:
        """Return the share that is planted, else a default that is the same in every wave."""
        share = self.shares.get(measure.key)
        return default_share(definition, measure, self.shares) if share is None else share


@dataclass(frozen=True)
class Setting:
    """Where and when a wave asks. `places`: place → weight; `groups`: "f.17-24" → weight, empty for the usual mix."""

    code: str
    places: Mapping[str, float]
    modes: Sequence[str]
    first: date
    last: date
    zone: ZoneInfo
    groups: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Person:
    """One made-up person. `codes` of the open texts; `twice`: seems to have answered before."""

    sent: Submission
    codes: Mapping[str, list[str]]
    twice: bool


Answer = Callable[[Random, str], Any]
"""(chance, place) → the answer; a text gives (words, codes)."""


class People:
    """The people of a wave; `people.person(n)` is the same whatever was asked before."""

    def __init__(self, definition: Definition, setting: Setting, truth: Truth, *, seed: int) -> None:
        self.setting, self.truth, self.seed = setting, truth, seed
        self.definition = definition
        self.asked = [(question, _answering(definition, question, truth))
                      for question in definition.questions if question.kind != "note"]  # fmt: skip
        self.places = list(setting.places)
        self.reach = list(accumulate(setting.places.values()))
        groups = setting.groups or {f"{sex}.{band}": share for sex in SEXES
                                    for band, share in zip(AGE_BANDS, AGES, strict=True)}  # fmt: skip
        self.groups, self.group_weights = list(groups), list(groups.values())

    def person(self, number: int) -> Person:
        chance = Random(f"{self.setting.code}:{self.seed}:{number}")
        place = self._place(number)
        sex, _, band = chance.choices(self.groups, self.group_weights)[0].partition(".")
        mode = chance.choice(list(self.setting.modes))
        answers, codes = self._answers(chance, place)
        started_at, ended_at = self._times(chance, mode, answers)
        twice = mode == Mode.LINK and chance.random() < self.truth.twice
        sent = Submission(
            uuid=self._uuid(number),
            mode=mode, place=place, sex=sex, age_band=band, answers=answers, started_at=started_at, ended_at=ended_at,
            device_mark=hashlib.sha256(chance.randbytes(8)).hexdigest()[:32] if mode == Mode.LINK else None,
        )  # fmt: skip
        return Person(sent, codes, twice)

    def _uuid(self, number: int) -> str:
        """A number as a browser makes them, that belongs to this person for good."""
        named = hashlib.sha256(f"gaung:simulasi:{self.setting.code}:{self.seed}:{number}".encode())
        return str(uuids.UUID(bytes=named.digest()[:16], version=4))

    def _place(self, number: int) -> str:
        point = (steady(f"{self.seed}") + GOLDEN * number) % 1.0 * self.reach[-1]
        return self.places[min(bisect_right(self.reach, point), len(self.places) - 1)]

    def _answers(self, chance: Random, place: str) -> tuple[dict[str, Any], dict[str, list[str]]]:
        answers: dict[str, Any] = {}
        codes: dict[str, list[str]] = {}
        straight = chance.random() < self.truth.straight
        for question, answer in self.asked:
            if not holds(question.when, answers):
                continue
            given = answer(chance, place)
            if question.kind == "text":
                words, codes[question.key] = given
                if words:
                    answers[question.key] = words
                else:
                    del codes[question.key]
            elif question.kind == "grid" and straight:
                answers[question.key] = dict.fromkeys(given, chance.choice(question.option_keys))
            else:
                answers[question.key] = given
        return answers, codes

    def _times(self, chance: Random, mode: str, answers: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
        days = (self.setting.last - self.setting.first).days
        day = self.setting.first + timedelta(days=chance.randint(0, max(0, days)))
        minutes = FIRST_HOUR * 60 + chance.random() * HOURS * 60
        started_at = datetime.combine(day, time(), self.setting.zone) + timedelta(minutes=minutes)
        each = HASTY_SECONDS if chance.random() < self.truth.hasty else max(3.0, chance.gauss(SECONDS, SECONDS / 3))
        asked = sum(len(answer) if isinstance(answer, dict) else 1 for answer in answers.values())
        if mode in {Mode.PAPER, Mode.IMPORT}:
            return None, None  # nobody writes times on paper
        return started_at, started_at + timedelta(seconds=each * asked)


@lru_cache(maxsize=500_000)
def share_in(place: str, key: str, share: float, icc: float) -> float:
    """Return the share in one place, see above; nearer together where the spread would leave 0 … 1."""
    half = min(sqrt(3 * icc * share * (1 - share)), share, 1 - share)
    return share + (2 * steady(f"{place}|{key}") - 1) * half


def each_share(whole: float, parts: int, least: int) -> float:
    """Return how likely each of `parts` answers is right where at least `least` of them are, with `whole`.

    The answers are independent.
    """
    low, high = 0.0, 1.0
    for _ in range(40):
        each = (low + high) / 2
        reached = sum(comb(parts, k) * each**k * (1 - each) ** (parts - k) for k in range(least, parts + 1))
        low, high = (each, high) if reached < whole else (low, each)
    return (low + high) / 2


def _answering(definition: Definition, question: Question, truth: Truth) -> Answer:
    if question.kind == "grid":
        return _grid(definition, question, truth)
    if question.kind == "number":
        return _number(question)
    planted = _planted(definition, question.key, None, truth)
    if question.kind == "text":
        return _text(question, planted, truth)
    if question.kind == "many":
        return _many(question, planted, truth)
    return _one(question.options, planted, truth)


@dataclass(frozen=True)
class Planted:
    """A planted share.

    Of those who are asked, `share` give one of `counts`. `said`: it was asked for, and not made up.
    """

    key: str
    counts: frozenset[str]
    share: float
    said: bool


def _planted(definition: Definition, key: str, row: str | None, truth: Truth) -> list[Planted]:
    """What measures plant in a question, what was asked for first, then what names the fewest answers."""
    found = []
    for measure in definition.measures:
        if measure.kind != "share":
            continue
        said, share = measure.key in truth.shares, truth.of(definition, measure)
        if (measure.question, measure.row) == (key, row) and not measure.parts:
            found.append(Planted(measure.key, frozenset(measure.counts), share, said))
        for question, part_row, counts in measure.parts:
            if (question, part_row) == (key, row):
                each = each_share(share, len(measure.parts), measure.least)
                found.append(Planted(f"{measure.key}.{question}", frozenset(counts), each, said))
    return sorted(found, key=lambda planted: (not planted.said, len(planted.counts)))


def _weight(key: str) -> float:
    return 0.3 + steady(f"weight:{key}")


def _one(options: Sequence[Option], planted: Sequence[Planted], truth: Truth) -> Answer:
    keys = [option.key for option in options]
    if not planted:
        weights = [_weight(key) for key in keys]
        return lambda chance, _place: chance.choices(keys, weights)[0]
    first = planted[0]
    inside = [key for key in keys if key in first.counts]
    outside = [key for key in keys if key not in first.counts] or inside

    def answer(chance: Random, place: str) -> str:
        counts = chance.random() < share_in(place, first.key, first.share, truth.icc)
        chosen = inside if counts else outside
        return chance.choices(chosen, [_weight(key) for key in chosen])[0]

    return answer


def _grid(definition: Definition, question: Question, truth: Truth) -> Answer:
    rows = {
        row.key: _one(question.options, _planted(definition, question.key, row.key, truth), truth)
        for row in question.rows
    }
    return lambda chance, place: {key: answer(chance, place) for key, answer in rows.items()}


def _number(question: Question) -> Answer:
    least = question.least if question.least is not None else 0
    most = question.most if question.most is not None else least + 10

    def answer(chance: Random, _place: str) -> float:
        number = least + (most - least) * min(chance.random(), chance.random())
        return int(number) if question.whole else round(number, 2)

    return answer


def _several(options: Sequence[Option], planted: Sequence[Planted], truth: Truth) -> Callable[[Random, str], list[str]]:
    """Which of the answers that may stand together; none, as it may be."""
    keys = [option.key for option in options]
    single = {next(iter(one.counts)): one for one in planted if len(one.counts) == 1}
    union = planted[0] if planted and len(planted[0].counts) > 1 and (planted[0].said or not single) else None

    def answer(chance: Random, place: str) -> list[str]:
        chosen = []
        for key in keys:
            if union is not None and key in union.counts:
                continue
            one = single.get(key)
            share = share_in(place, one.key, one.share, truth.icc) if one else 0.25 * _weight(key)
            if chance.random() < share:
                chosen.append(key)
        if union is not None and chance.random() < share_in(place, union.key, union.share, truth.icc):
            known = [key for key in keys if key in union.counts]
            chosen += set(chance.choices(known, [_weight(key) for key in known], k=chance.choice((1, 1, 2))))
        return [key for key in keys if key in chosen]

    return answer


def _many(question: Question, planted: Sequence[Planted], truth: Truth) -> Answer:
    together = [option for option in question.options if not option.exclusive]
    alone = [option.key for option in question.options if option.exclusive]
    several = _several(together, planted, truth)
    counted = planted[0].counts if planted else frozenset()
    spare = [option.key for option in together if option.key not in counted] or [option.key for option in together]

    def answer(chance: Random, place: str) -> list[str]:
        return several(chance, place) or [chance.choice(alone or spare)]

    return answer


def _text(question: Question, planted: Sequence[Planted], truth: Truth) -> Answer:
    """The words are those of the codes; a code that no measure counts stands for having nothing to say."""
    codes = {code.key: code for code in question.codes}
    counted = frozenset(key for one in planted for key in one.counts)
    several = _several([code for key, code in codes.items() if key in counted], planted, truth)
    rest = [key for key in codes if key not in counted]

    def answer(chance: Random, place: str) -> tuple[str, list[str]]:
        chosen = several(chance, place) or ([chance.choice(rest)] if rest else [])
        words = ", ".join(say(codes[key].text) for key in chosen)
        return words or ("Tidak ada" if question.required else ""), chosen

    return answer
