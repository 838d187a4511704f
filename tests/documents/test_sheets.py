"""Lists as CSV and XLSX: what a spreadsheet makes of odd cells, and how the sheet is laid out."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from app.base.documents.sheets import Sheet, as_csv, as_xlsx, workbook

TITLES = ["Nama", "Orang", "Tanggal"]
ROWS: list[list[Any]] = [["Rapat; warga", 12, date(2026, 11, 24)], ["Rembuk", None, None]]


def opened(data: bytes) -> Any:
    return load_workbook(io.BytesIO(data))


def test_a_csv_opens_in_excel_with_indonesian_settings() -> None:
    data = as_csv(TITLES, ROWS)
    assert data.startswith(b"\xef\xbb\xbfNama;Orang;Tanggal\r\n")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    assert rows[1:] == [["Rapat; warga", "12", "2026-11-24"], ["Rembuk", "", ""]]


@pytest.mark.parametrize("typed", ["=1+1", "+62812", "-2", "@SUM(A1)", "\t=1", "\r=1", "\x07=1"])
def test_no_cell_of_a_csv_runs_as_a_formula(typed: str) -> None:
    [_titles, [cell]] = csv.reader(io.StringIO(as_csv(["A"], [[typed]]).decode("utf-8-sig"), newline=""), delimiter=";")
    assert cell == "'" + typed.replace("\x07", "")


@pytest.mark.parametrize("typed", ["=1+1", "#N/A", "+62812", "0812", "'x"])
def test_a_text_of_an_xlsx_stays_the_text_that_was_typed(typed: str) -> None:
    cell = opened(as_xlsx("A", [typed], [[typed]])).active["A2"]
    assert (cell.data_type, cell.value) == ("s", typed)
    assert cell.quotePrefix is (typed[0] in "=+"), "it stays a text when somebody edits the cell"


def test_signs_that_no_sheet_can_hold_are_left_out() -> None:
    odd = "a\x00b\x07c\x1fd\ufffee\ud800f\tg\nh"
    assert opened(as_xlsx("A", ["X"], [[odd]])).active["A2"].value == "abcdef\tg\nh"
    assert '"abcdef\tg\nh"' in as_csv(["X"], [[odd]]).decode("utf-8-sig")


def test_numbers_and_days_stay_what_they_are() -> None:
    sheet = opened(as_xlsx("A", TITLES, ROWS)).active
    assert (sheet["B2"].value, sheet["C2"].value.date(), sheet["B3"].value) == (12, date(2026, 11, 24), None)


def test_the_head_stays_in_sight_and_columns_fit_their_texts() -> None:
    sheet = opened(as_xlsx("A", TITLES, [["x" * 30, 1, None], ["y" * 300, 2, None]])).active
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:C3")
    assert [cell.font.bold for cell in sheet[1]] == [True] * 3
    assert [sheet.column_dimensions[each].width for each in "ABC"] == [60, 10, 10]
    assert opened(as_xlsx("A", TITLES, [])).active.auto_filter.ref is None


def test_a_line_on_top_stands_over_the_head() -> None:
    sheet = opened(as_xlsx("A", TITLES, ROWS, top="=Rembuk warga desa yang panjang namanya")).active
    assert (sheet["A1"].value, sheet["A1"].font.size) == ("=Rembuk warga desa yang panjang namanya", 14)
    assert [cell.value for cell in sheet[2]] == TITLES
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A3", "A2:C4")
    assert sheet.column_dimensions["A"].width < 20


def test_a_book_holds_several_sheets_whatever_their_names() -> None:
    book = opened(workbook([Sheet("Isi: [A/B]?*\\", ["A"]), Sheet("x" * 40, ["B"], [[1]])]))
    assert book.sheetnames == ["Isi   A B", "x" * 31]


def test_a_head_of_a_column_is_no_formula_either() -> None:
    """Heads come from people too: criteria, questions, names of measures."""
    first = as_csv(["=1+1", "Nama"], [["a", "b"]]).decode("utf-8-sig").splitlines()[0]
    assert first == "'=1+1;Nama"
