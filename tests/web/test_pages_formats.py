from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask

from app.base.web.formats import angka, local, local_date, local_day, local_time, rupiah, sentence
from app.kernel.text import T

LATE = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)  # half past midnight of the next day in WITA
MORNING = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _page(app: Flask):
    with app.test_request_context():
        yield


def test_a_moment_reads_as_the_office_writes_it() -> None:
    assert local(MORNING) == "Sel, 24 Nov 2026 08.00 WITA"


def test_midnight_belongs_to_the_regencys_day() -> None:
    assert local(LATE) == "Rab, 25 Nov 2026 00.30 WITA"
    assert local_date(LATE) == "Rab, 25 Nov 2026"
    assert local_day(LATE) == date(2026, 11, 25)
    assert local_time(LATE) == "00.30 WITA"


def test_a_date_is_not_moved_by_the_zone() -> None:
    assert local_date(date(2026, 8, 17)) == "Sen, 17 Agu 2026"


@pytest.mark.parametrize("show", [local, local_date, local_time])
def test_a_missing_time_is_said_to_be_missing(show) -> None:
    assert show(None) == "belum ditentukan"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1234.5, "1.234,5"), (0, "0"), (1_000_000, "1.000.000"), (Decimal("0.25"), "0,25"), (None, "belum dicatat")],
)
def test_numbers_have_indonesian_points_and_commas(value, shown: str) -> None:
    assert angka(value) == shown


@pytest.mark.parametrize(("value", "shown"), [(1_500_000, "Rp1.500.000"), (0, "Rp0"), (None, "belum dicatat")])
def test_rupiah(value, shown: str) -> None:
    assert rupiah(value) == shown


def test_a_sentence_of_a_service_carries_its_values_also_with_a_percent_sign() -> None:
    assert sentence(T("Berkas %(name)s terlalu besar.", name="a 100% b.jpg")) == "Berkas a 100% b.jpg terlalu besar."
    assert sentence("Diskon 10%") == "Diskon 10%"
    assert sentence(None) == ""


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (65000, "65.000"),
        (1049999, "1.049.999"),
        (-10000, "−10.000"),
        (2026, "2026"),
        ("6403", "6403"),
        ("12345", "12345"),
    ],
)
def test_large_numbers_of_a_sentence_are_parted_but_years_and_codes_are_not(value: int | str, shown: str) -> None:
    assert sentence(T("Paling banyak %(n)s.", n=value)) == f"Paling banyak {shown}."
