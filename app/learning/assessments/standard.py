"""The questions that every batch may be asked beside its tests: feedback at the end, and what became of it later."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from app.learning.assessments.models import PaperKind

FOLDER = Path(__file__).with_name("standard")
STANDARD = (PaperKind.FEEDBACK, PaperKind.AFTER_3, PaperKind.AFTER_12)
"""The kinds that have standard questions; a test is of its programme."""


def standard_definition(kind: str) -> dict[str, Any]:
    """Return a definition as instruments/definition.py reads it, for the caller to keep. Raises KeyError for a test."""
    if kind not in STANDARD:
        raise KeyError(kind)
    return copy.deepcopy(_loaded(str(kind)))


@cache
def _loaded(kind: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((FOLDER / f"{kind}.yaml").read_text(encoding="utf-8"))
    return data
