"""Confidence limits around one number."""

from functools import lru_cache
from math import sqrt

from scipy.special import stdtr, stdtrit


def limits(
    p: float, se: float, effective: float | None, df: float, *, mean: bool, confidence: float
) -> tuple[float | None, float | None]:
    """Return low and high; None without degrees of freedom."""
    if df < 1:
        return None, None
    t = quantile(df, confidence)
    if mean:
        return p - t * se, p + t * se
    if effective is None:
        return p, p
    return wilson(p, effective, t)


def wilson(p: float, n: float, t: float) -> tuple[float, float]:
    """Return Wilson's score limits (1927) of a share p of n people.

    `t`: quantile, 1.96 for 95 % of the normal.
    """
    part = t * t / n
    middle = (p + part / 2) / (1 + part)
    half = t * sqrt(max(0.0, p * (1 - p)) / n + part / (4 * n)) / (1 + part)
    low, high = middle - half, middle + half
    return (0.0 if p <= 0 else max(0.0, low)), (1.0 if p >= 1 else min(1.0, high))


@lru_cache(maxsize=4096)
def quantile(df: float, confidence: float) -> float:
    """Return the two-sided quantile of Student's t."""
    return float(stdtrit(df, 1 - (1 - confidence) / 2))


def two_sided(value: float | None, se: float | None, df: float | None) -> float | None:
    """Return p of Student's t against 0; None where it is not known."""
    if value is None or se is None or df is None or df < 1:
        return None
    return 2 * float(stdtr(df, -abs(value) / se)) if se else float(value == 0)
