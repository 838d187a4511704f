"""How many answers are needed."""

import pytest

from app.evidence.surveys.statistics.planner import design_effect, needed


@pytest.mark.parametrize(
    ("before", "points", "power", "wanted"),
    [
        # R's ?power.prop.test: p1=.50, p2=.75, power=.90 prints n = 76.7 (76.65294 with tol=.Machine$double.eps^.5)
        (0.50, 0.25, 0.90, 77),
        # power.prop.test(p1=.3, p2=.4, power=.8): n = 355.9; (p1=.6, p2=.7): the same
        (0.30, 0.10, 0.80, 356),
        (0.60, 0.10, 0.80, 356),
        # Fleiss, Levin & Paik (2003), table A.3 less its correction for continuity: 0.60 to 0.70, 90 %: 477
        (0.60, 0.10, 0.90, 477),
    ],
)
def test_as_printed(before: float, points: float, power: float, wanted: int) -> None:
    assert needed(before=before, points=points, power=power) == wanted


def test_a_fall_needs_as_many_as_the_rise_back() -> None:
    assert needed(before=0.4, points=-0.1) == needed(before=0.3, points=0.1)


def test_the_design_effect_multiplies() -> None:
    assert design_effect(20, 0.05) == pytest.approx(1.95)  # Kish: 1 + (20 − 1)·0.05
    assert design_effect(1, 0.5) == 1
    assert design_effect(0.5, 0.1) == 1
    assert needed(before=0.3, points=0.1, deff=1.95) == 695  # 355.94281 · 1.95 = 694.09


@pytest.mark.parametrize(("before", "points"), [(0.3, 0.0), (0.95, 0.1), (0.05, -0.1), (0.3, 10), (-0.1, 0.2)])
def test_an_impossible_change_is_refused(before: float, points: float) -> None:
    with pytest.raises(ValueError):
        needed(before=before, points=points)


def test_up_to_everybody() -> None:
    assert needed(before=0.9, points=0.1) > 0
