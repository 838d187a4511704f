"""The samples of tests/surveys/data as `surveys.estimates` takes them."""

import csv
from pathlib import Path

import numpy as np

from app.evidence.surveys.statistics.estimates import Bools, Floats, Grouped

DATA = Path(__file__).parent / "data"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def column(name: str, key: str) -> Floats:
    return np.array([float(row[key] or "nan") for row in rows(name)])


def of_type(name: str, kind: str) -> Bools:
    return np.array([row["stype"] == kind for row in rows(name)])


def sample(
    name: str, measure: str, *, stratum: str | None = None, cluster: str | None = None, fpc: bool = True
) -> Grouped:
    """Missing measures count as 0 here: give `inside` to leave them out."""
    read = rows(name)
    y = np.nan_to_num(column(name, measure))
    kinds = sorted({row[stratum] for row in read}) if stratum else []
    return Grouped(
        np.ones(len(read)),
        y,
        y * y,
        column(name, "pw"),
        np.array([kinds.index(row[stratum]) if stratum else 0 for row in read]),
        np.array([int(row[cluster]) for row in read]) if cluster else None,
        column(name, "fpc") if fpc else None,
    )
