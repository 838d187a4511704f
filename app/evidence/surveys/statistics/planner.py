"""Compute how many answers a survey needs to see a change. Pure.

Two independent shares, without a correction for continuity: J. L. Fleiss, B. Levin & M. C. Paik, Statistical Methods
for Rates and Proportions, 3rd ed. (2003), formula 4.14. Design effect of equal clusters: L. Kish, Survey Sampling
(1965), 5.4.
"""

from math import ceil, sqrt

from scipy.special import ndtri


def needed(*, before: float, points: float, deff: float = 1, power: float = 0.8, alpha: float = 0.05) -> int:
    """Return the answers needed in each of two surveys to see a change of `points` from `before`.

    Both are parts of 1: before=0.3, points=0.1 is from 30 % to 40 %; a negative change is a fall. power: chance to
    see it; alpha: chance to see a change where there is none (two-sided).
    Raises ValueError for no change, or one that leads out of 0…1.
    """
    after = before + points
    if points == 0 or not 0 <= before <= 1 or not -1e-9 <= after <= 1 + 1e-9 or deff <= 0:
        raise ValueError("a change between 0 and 1 is needed")
    after = min(1.0, max(0.0, after))
    middle = (before + after) / 2
    sure, seen = float(ndtri(1 - alpha / 2)), float(ndtri(power))
    root = sure * sqrt(2 * middle * (1 - middle)) + seen * sqrt(before * (1 - before) + after * (1 - after))
    return ceil(round(root**2 / points**2 * deff, 6))


def design_effect(per_cluster: float, icc: float) -> float:
    """Return 1 + (m − 1)ρ, never below 1: how many times more people are needed with m in each cluster."""
    return 1 + max(0.0, per_cluster - 1) * max(0.0, icc)
