"""A figure that is proposed for the evaluation, as plain values: who takes it over needs no numpy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Proposal:
    """A proposed figure. `text`: the sentence that goes with the number. `said`: as the page writes the figure. `n`: of
    how many, in words and, where it is one plain number, as `people`. The page behind it is `endpoint` with
    `values`."""

    key: str
    label: str
    said: str
    text: str
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)
    number: float | None = None
    unit: str = ""
    n: str = ""
    people: int | None = None
