"""The draw of villages: repeatable, and as probable as it says."""

from collections import Counter

import pytest

from app.evidence.surveys.statistics.sampling import allocate, draw

FRAME = [(f"64.02.{n // 4 + 1:02}.{2001 + n % 4}", size) for n, size in enumerate(
    [500, 1200, 800, 300, 2500, 700, 900, 1100, 400, 1500, 650, 1000, 2000, 350, 1800, 600]
)]  # fmt: skip
DISTRICTS = {place: place[:8] for place, _ in FRAME}


def test_the_same_seed_and_frame_give_the_same_draw() -> None:
    assert draw(FRAME, 5, seed=20261124) == draw(FRAME[::-1], 5, seed=20261124)
    made = draw(FRAME, 5, seed=20261124)
    # by hand: every 3,260th of 16,300 people from the 2,686th, along the sums of the sizes
    assert [each.place[6:] for each in made.drawn] == ["01.2004", "02.2002", "03.2002", "04.2001", "04.2004"]
    (step,) = made.steps
    assert (step.interval, round(step.start or 0)) == (3260, 2686)
    assert len({tuple(each.place for each in draw(FRAME, 5, seed=seed).drawn) for seed in range(50)}) > 5


@pytest.mark.parametrize("strata", [None, DISTRICTS])
def test_a_village_is_drawn_as_often_as_its_probability_says(strata: dict[str, str] | None) -> None:
    seeds = 6000
    counted: Counter[str] = Counter()
    for seed in range(seeds):
        made = draw(FRAME, 6, seed=seed, strata=strata)
        assert len(made.drawn) == 6
        counted.update(each.place for each in made.drawn)
    stated = draw(FRAME, 6, seed=0, strata=strata).probabilities
    assert sum(stated.values()) == pytest.approx(6)
    for place, probability in stated.items():
        error = (probability * (1 - probability) / seeds) ** 0.5
        assert counted[place] / seeds == pytest.approx(probability, abs=4 * error + 1e-9)


def test_probability_is_proportional_to_population() -> None:
    stated = draw(FRAME, 3, seed=1).probabilities
    total = sum(size for _, size in FRAME)
    assert stated == {place: pytest.approx(3 * size / total) for place, size in FRAME}


def test_a_village_larger_than_the_interval_is_taken_with_certainty() -> None:
    frame = [("a", 10_000), ("b", 3_000), ("c", 500), ("d", 400), ("e", 300), ("f", 200)]
    for seed in range(200):
        made = draw(frame, 3, seed=seed)
        assert [each.place for each in made.drawn if each.certain] == ["a", "b"]  # b only once a is out
        assert len(made.drawn) == 3
    (step,) = made.steps
    assert (step.certain, step.interval) == (("a", "b"), 1400)


def test_every_village_may_be_wanted() -> None:
    assert all(each.certain for each in draw(FRAME, len(FRAME), seed=3).drawn)


def test_strata_get_their_share_and_two_where_there_are_enough() -> None:
    assert allocate({"a": (10, 9000), "b": (10, 900), "c": (1, 100)}, 10) == {"a": 7, "b": 2, "c": 1}
    assert allocate({"a": (10, 9000), "b": (10, 900), "c": (1, 100)}, 3) == {"a": 1, "b": 1, "c": 1}
    with pytest.raises(ValueError, match="3 strata"):
        allocate({"a": (10, 9000), "b": (10, 900), "c": (1, 100)}, 2)
    made = draw(FRAME, 8, seed=5, strata=DISTRICTS)
    assert Counter(each.stratum for each in made.drawn) == dict.fromkeys(set(DISTRICTS.values()), 2)


@pytest.mark.parametrize(
    ("frame", "clusters"),
    [([("a", 5)], 2), ([("a", 5), ("b", 0)], 1), ([("a", 5), ("a", 6)], 1), ([("a", 5)], 0)],
)
def test_a_frame_that_cannot_be_drawn_from_is_refused(frame: list[tuple[str, int]], clusters: int) -> None:
    with pytest.raises(ValueError, match=r"wanted|size|twice"):
        draw(frame, clusters, seed=1)
