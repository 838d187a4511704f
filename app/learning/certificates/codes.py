"""The code of a certificate, by which anybody can check it: 11 random signs (55 bits) and one that checks them.

The check sign is a weighted sum in the field of 32 elements: one wrong sign, or two signs that changed places, are
always found. So a slip of the finger is told from a code that was never given.
"""

import re
import secrets

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32: no I, L, O, U, which are read as 1, 1, 0 and V."""
LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
LENGTH, PART = 12, 4
PARTING = re.compile(r"[\s\-_.–—‐‑]+")
POLYNOMIAL = 0b100101  # x^5 + x^2 + 1


def new_code() -> str:
    body = "".join(secrets.choice(SIGNS) for _ in range(LENGTH - 1))
    return body + _check(body)


def format_code(code: str) -> str:
    """Format a code as it is printed: 7K3F-9QXM-2T4V."""
    return "-".join(code[start : start + PART] for start in range(0, len(code), PART))


def normalise_code(text: str) -> str:
    """Return what somebody typed, in the spelling that is stored: without dashes, in capitals, look-alikes put
    right."""
    return PARTING.sub("", text).upper().translate(LOOK_ALIKE)


def is_well_formed(code: str) -> bool:
    """Return whether a tidied code could be one of ours; false means that it was mistyped."""
    return len(code) == LENGTH and all(sign in SIGNS for sign in code) and _check(code[:-1]) == code[-1]


def _check(body: str) -> str:
    total = 0
    for sign in body:
        total = _doubled(total ^ SIGNS.index(sign))
    return SIGNS[total]


def _doubled(value: int) -> int:
    value <<= 1
    return value ^ POLYNOMIAL if value & 0b100000 else value
