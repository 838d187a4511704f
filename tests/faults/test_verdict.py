"""The judge is judged: each kind of finding is found, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.outreach.publishing.ledger import LOOKUP_AFTER
from app.outreach.publishing.models import DeliveryStatus as S
from tests.faults.office import Row
from tests.faults.truth import Truth
from tests.faults.verdict import judge, table, total
from tests.faults.worker import found
from tests.faults.workers import PACE

ROW = Row(1, 1, "x", "7", S.SENT, 0, None, False, False, False)
ASKED = replace(ROW, status=S.UNKNOWN, lookups=len(LOOKUP_AFTER))


def _judged(*rows: Row, accepted: int) -> dict[str, int]:
    truth = Truth()
    for number in range(accepted):
        truth.accept_post("x", "Kukar, materi-7.", datetime(2026, 12, 3, tzinfo=UTC), str(number))
    found = judge(rows, truth, lambda row: (row.platform, row.mark))
    names = ("lost", "doubled", "wrong", "stuck", "unknown", "knowable")
    return {name: getattr(found, name) for name in names if getattr(found, name)}


@pytest.mark.parametrize(
    ("rows", "accepted", "expected"),
    [
        ((ROW,), 1, {}),
        ((ROW,), 0, {"lost": 1}),
        ((ROW,), 2, {"doubled": 1}),
        ((replace(ROW, status=S.HELD, hold_reason="person"),), 1, {"wrong": 1}),
        ((replace(ROW, status=S.HELD, hold_reason="person"),), 0, {}),
        ((replace(ROW, status=S.MISSED),), 0, {"lost": 1}),
        ((replace(ROW, status=S.QUEUED, early=True),), 0, {}),
        ((replace(ROW, status=S.QUEUED, early=True),), 1, {"wrong": 1}),
        ((replace(ROW, status=S.MISSED, late=True),), 0, {}),
        ((replace(ROW, status=S.SENDING),), 0, {"stuck": 1}),
        ((replace(ROW, status=S.SENDING),), 1, {"stuck": 1}),
        ((replace(ROW, status=S.UNKNOWN),), 0, {"stuck": 1}),
        ((ASKED,), 0, {"unknown": 1}),
        ((ASKED,), 1, {"unknown": 1, "knowable": 1}),
        ((replace(ROW, status=S.FAILED),), 0, {"unknown": 1}),
        ((ROW, replace(ROW, delivery_id=2)), 2, {}),
        ((ROW, replace(ROW, delivery_id=2)), 1, {"lost": 1}),
        ((ROW, replace(ROW, delivery_id=2)), 3, {"doubled": 1}),
        ((ROW, replace(ASKED, delivery_id=2)), 1, {"unknown": 1}),
    ],
)
def test_each_kind_of_finding_is_found(rows: tuple[Row, ...], accepted: int, expected: dict[str, int]) -> None:
    assert _judged(*rows, accepted=accepted) == expected


def test_what_the_ledger_does_not_know_is_wrong() -> None:
    assert _judged(accepted=1) == {"wrong": 1}


@pytest.mark.parametrize("address", PACE)
def test_what_the_pace_shortens_is_there(address: str) -> None:
    assert found(address)[2] is not None


def test_the_table_ends_with_the_sum() -> None:
    truth = Truth()
    one = judge([ROW], truth, lambda row: (row.platform, row.mark))
    one.scenario, one.database, one.kills = "kills", "sqlite", 3
    assert table([one]).splitlines()[-1] == "| **all** |  | 3 | 1 | 1 | 0 | 0 | 0 | 0 (0.0%) |"
    assert total([one, one]).kills == 6
