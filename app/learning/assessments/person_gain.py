"""How much of what could be learnt one person learnt: plain arithmetic, so that lists of people load no numbers."""

FULL = 100.0
LEAST = 5
"""People from which on a mean, a gain or a share is told to those who may not read the marks of single persons, and
judged in words for the others. How many answers a feedback needs is another matter: feedback.LEAST."""


def gain(before: float | None, after: float | None) -> float | None:
    """Compute the normalised gain of one person from two percentages (0 to 100), as a part of 1; None where it cannot
    be said.

    Who improved: (after - before) / (100 - before), the part of what was still missing that was learnt (Hake, American
    Journal of Physics 66, 64, 1998). Who fell back: (after - before) / before, the part of what was known that is gone
    (the "normalised change" of Marx and Cummings, American Journal of Physics 75, 87, 2007). Hake's formula would turn
    the fall of a good participant into a huge number (95 → 80: -3, by the other -0.16), and with 100 before it has no
    value at all. So the number lies between -1 and 1. Full marks both times say nothing about learning: None.
    """
    if before is None or after is None:
        return None
    if after > before:
        return (after - before) / (FULL - before)
    if after < before:
        return (after - before) / before
    return None if before >= FULL else 0.0
