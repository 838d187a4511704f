"""Answers as somebody reads them, and as a file has them."""

from app.evidence.instruments.definition import read
from app.evidence.responses.columns import columns, value_of
from app.evidence.responses.wording import word_answers
from tests.survey_sample import ANSWERS, DEFINITION


def test_numbers_are_written_as_they_are_here() -> None:
    definition = read(DEFINITION)
    for number, written in ((2.5, "2,5"), (4.0, "4"), (1234567.0, "1234567"), (7, "7")):
        lines = {one.name: one.lines for one in word_answers(definition, {**ANSWERS, "kali": number})}
        assert lines["kali"] == [written]


def test_a_whole_number_has_no_decimals_in_a_file() -> None:
    column = next(column for column in columns(read(DEFINITION)) if column.name == "kali")
    assert str(value_of(column, {"kali": 3000.0}, {})) == "3000"
    assert value_of(column, {"kali": 2.5}, {}) == 2.5
