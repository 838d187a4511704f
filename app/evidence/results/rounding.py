"""Round a figure in the one way in which it is written, so that it reads the same on every page.

Half goes away from zero, as people are taught: 52,5 is 53 and 4,5 is 5. Python's own rounding takes halves to the even
neighbour, and two figures that are the same then look different.
"""

from decimal import ROUND_HALF_UP, Decimal

NOISE = 9
"""Decimals beyond which a float holds noise: 100 × 0,145 is 14,499999999999998."""


def rounded(value: float, decimals: int = 0) -> Decimal:
    """Round to exactly so many decimals; never −0."""
    exact = Decimal(repr(round(float(value), NOISE)))
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP) + 0
