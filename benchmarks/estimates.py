"""The figures of a survey, from the coded answers of everybody to every estimate with its interval.

`all-N`: N people in 237 villages of 20 districts answered 12 questions (ten shares, two means; one in ten is missing).
Counted by village × sex × age band, raked to district and sex × age, estimated with villages as clusters and districts
as strata: all people, each district, sex and age band, and each district × sex × age band.
`estimates` is how many that are; `per_second` counts them.

`page-N`: the results page after one more answer, see benchmarks/results_page.py.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.evidence.instruments.definition import AGE_BANDS, SEXES
from app.evidence.surveys.statistics.estimates import Floats, Grouped, Ints, by_group, estimate
from app.evidence.surveys.statistics.weighting import rake
from benchmarks import results_page
from benchmarks.measure import line, rss_mb

DISTRICTS, VILLAGES, QUESTIONS, SHARES = 20, 237, 12, 10
SIZES = {10_000: 20, 100_000: 20, 1_000_000: 10}
"""People, and how often it is measured."""
CELLS = VILLAGES * len(SEXES) * len(AGE_BANDS)
MISSING = -1


@dataclass(frozen=True)
class Raw:
    """Codes of each person. answers: shape (questions, people), 0 and 1 or 1 to 5, MISSING where not answered."""

    village: Ints
    sex: Ints
    age: Ints
    answers: np.ndarray


def run() -> Iterator[dict[str, object]]:
    for people, rounds in SIZES.items():
        raw = _raw(people)
        found = _all(raw)
        times = []
        for _ in range(rounds):
            started = time.perf_counter()
            _all(raw)
            times.append((time.perf_counter() - started) * 1000)
        rate = round(found * 1000 / sorted(times)[len(times) // 2])
        yield line("estimates", f"all-{people}", times, estimates=found, per_second=rate, rss_mb=rss_mb())
    yield from results_page.run()


def _raw(people: int) -> Raw:
    chance = np.random.default_rng(20261124)
    village = chance.integers(0, VILLAGES, people)
    likely = np.clip(0.5 + chance.normal(0, 0.1, VILLAGES), 0.05, 0.95)[village]
    answers = np.empty((QUESTIONS, people), np.int8)
    for question in range(QUESTIONS):
        answers[question] = chance.random(people) < likely if question < SHARES else 1 + chance.binomial(4, likely)
        answers[question][chance.random(people) < 0.1] = MISSING
    return Raw(village, chance.integers(0, len(SEXES), people), chance.integers(0, len(AGE_BANDS), people), answers)


def _all(raw: Raw) -> int:
    """Estimates everything and returns how many estimates there were."""
    cell = (raw.village * len(SEXES) + raw.sex) * len(AGE_BANDS) + raw.age
    codes = np.arange(CELLS)
    age, sex, village = codes % len(AGE_BANDS), codes // len(AGE_BANDS) % len(SEXES), codes // (CELLS // VILLAGES)
    district = village % DISTRICTS
    sex_age = sex * len(AGE_BANDS) + age
    people = np.bincount(cell, minlength=CELLS).astype(np.float64)
    margins = {"district": dict.fromkeys(range(DISTRICTS), 37000.0), "sex_age": dict.fromkeys(range(10), 74000.0)}
    weight = rake(people, {"district": district, "sex_age": sex_age}, margins).weight
    design: Grouped | None = None
    found = 0
    for question in range(QUESTIONS):
        n, y, yy = _sums(raw.answers[question], cell)
        design = design.measured(n, y, yy) if design is not None else Grouped(n, y, yy, weight, district, village)
        mean = question >= SHARES
        estimate(design, mean=mean)
        found += 1
        for group in (district, sex, age, district * len(SEXES) * len(AGE_BANDS) + sex_age):
            found += len(by_group(design, group, mean=mean))
    return found


def _sums(answers: np.ndarray, cell: Ints) -> tuple[Floats, Floats, Floats]:
    """How many answered, Σy, Σy² by cell: counted once by cell and answer, so that no value is added up alone."""
    values = 1 + int(answers.max())
    counts = np.bincount(cell * (values + 1) + answers + 1, minlength=CELLS * (values + 1)).reshape(CELLS, values + 1)
    of_value = counts[:, 1:].astype(np.float64)
    scale = np.arange(values, dtype=np.float64)
    return of_value.sum(axis=1), of_value @ scale, of_value @ scale**2
