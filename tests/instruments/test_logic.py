"""Skip logic, and what counts as an answer. The shared cases hold this module and the browser's to the same."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.evidence.instruments.definition import Definition, age_band, canonical, read, texts_in, texts_of
from app.evidence.instruments.logic import asked, clean, holds, named_in, number_of, read_answer
from tests.survey_sample import ANSWERS, DEFINITION

CASES = json.loads((Path(__file__).parent / "logic_cases.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def definition() -> Definition:
    return read(DEFINITION)


@pytest.mark.parametrize("case", CASES["holds"], ids=lambda case: case["name"])
def test_a_condition_holds_as_in_the_browser(case: dict[str, Any]) -> None:
    assert holds(case["when"], case["answers"]) is case["expected"]


@pytest.mark.parametrize("case", CASES["asked"], ids=lambda case: case["name"])
def test_the_same_questions_are_asked_as_in_the_browser(case: dict[str, Any]) -> None:
    questions = [{"kind": "text", "text": "?", **question} for question in case["questions"]]
    found = read({"title": "x", "sections": [{"key": "s", "questions": questions}]})
    assert [question.key for question in asked(found, case["answers"])] == case["expected"]


def test_answers_that_fit_are_kept_in_canonical_form(definition: Definition) -> None:
    given = {
        **ANSWERS,
        "sumber": ["lain", "kim"],
        "sumber/lain": "  warung   kopi ",
        "sumber/kim": "x",
        "kali": "1.000",
    }
    answers, problems = clean(definition, {**given, "kali": "12", "tiada": "x"})
    assert problems == []
    assert answers["sumber"] == ["kim", "lain"]
    assert answers["sumber/lain"] == "warung kopi"
    assert "sumber/kim" not in answers
    assert "tiada" not in answers
    assert answers["kali"] == 12
    assert list(answers["kenal"]) == ["idaman", "sampah", "kim", "palsu"]


def test_what_was_not_asked_is_dropped(definition: Definition) -> None:
    answers, problems = clean(definition, {**ANSWERS, "lihat": "tidak"})
    assert "sumber" not in answers
    assert problems == []


def test_everything_that_is_missing_is_said(definition: Definition) -> None:
    _answers, problems = clean(definition, {"lihat": "ya"})
    assert [one.field for one in problems] == ["istilah", "sumber", "kenal", "percaya"]
    _answers, problems = clean(definition, {"lihat": "ya"}, blank=["istilah", "sumber", "kenal", "percaya"])
    assert problems == []


@pytest.mark.parametrize(
    ("key", "given", "answer"),
    [
        ("istilah", "tahu", "tahu"),
        ("istilah", " tahu ", "tahu"),
        ("percaya", 3, "3"),
        ("sumber", "kim", ["kim"]),
        ("sumber", ("lupa",), ["lupa"]),
        ("kali", "7", 7),
        ("kali", " 7 ", 7),
        ("kali", 7.0, 7),
        ("kali", 0, 0),
        ("kali", "", None),
        ("p1", " a\r\nb ", "a\nb"),
        ("p1", "   ", None),
        ("kenal", {"idaman": "tahu", "sampah": "tahu", "kim": "tahu", "palsu": "belum"},
         {"idaman": "tahu", "sampah": "tahu", "kim": "tahu", "palsu": "belum"}),
    ],
)  # fmt: skip
def test_what_fits(definition: Definition, key: str, given: Any, answer: Any) -> None:
    assert read_answer(definition.by_key[key], given) == (answer, None)


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("istilah", "x"), ("istilah", True), ("istilah", ["tahu"]), ("istilah", {"a": 1}), ("istilah", ""),
        ("istilah", "   "), ("percaya", "5"), ("sumber", ["x"]), ("sumber", {"a": 1}), ("sumber", [["kim"]]),
        ("sumber", ["lupa", "kim"]), ("sumber", []), ("kali", "banyak"), ("kali", "1,5"), ("kali", "100"),
        ("kali", "-1"), ("kali", "1.000"), ("kali", "nan"), ("kali", "inf"), ("kali", True), ("kali", "1_0"),
        ("kali", "9" * 400), ("kali", 10**400), ("kali", [1]), ("p1", ["a"]), ("p1", "a\0"), ("p1", "\ud800"),
        ("p1", "a" * 2001), ("kenal", "tahu"), ("kenal", {"idaman": "tahu"}), ("kenal", {"x": "tahu"}),
        ("kenal", {"idaman": "x"}), ("kenal", {}),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_in_a_sentence(definition: Definition, key: str, given: Any) -> None:
    answer, problem = read_answer(definition.by_key[key], given)
    assert answer is None
    assert str(problem).endswith(".")


def test_a_thousand_with_its_dot_is_a_thousand() -> None:
    questions: list[dict[str, Any]] = [{"key": "n", "kind": "number", "text": "?"}]
    questions.append({"key": "d", "kind": "number", "text": "?", "whole": False})
    question = read({"title": "x", "sections": [{"key": "s", "questions": questions}]})
    assert read_answer(question.by_key["n"], "1.000")[0] == 1000
    assert read_answer(question.by_key["n"], "12.500.000")[0] == 12_500_000
    assert read_answer(question.by_key["d"], "1,5")[0] == 1.5


@pytest.mark.parametrize(
    ("given", "number"),
    [("3", 3), (" 3.5 ", 3.5), (-1, -1), ("", None), ("x", None), (True, None), (None, None), ([1], None),
     ("1e5", None), ("0x10", None), ("١٢", None), (10**400, None)],
)  # fmt: skip
def test_what_is_a_number(given: Any, number: float | None) -> None:
    assert number_of(given) == number


def test_the_questions_that_a_condition_names() -> None:
    when = {"all": [{"question": "a", "is": ["x"]}, {"not": {"any": [{"question": "b", "least": 1}]}}]}
    assert list(named_in(when)) == ["a", "b"]
    assert list(named_in(None)) == []


# --- the definition ---


def test_the_canonical_form_says_only_what_differs_and_is_stable(definition: Definition) -> None:
    once = canonical(definition)
    assert canonical(read(once)) == once
    question = once["sections"][0]["questions"][2]
    assert set(question) == {"key", "kind", "text", "options"}


def test_the_smallest_definition_goes_there_and_back() -> None:
    assert canonical(read({"title": "x"})) == {"title": {"id": "x"}, "languages": ["id"]}


def test_texts_are_trimmed_and_empty_ones_are_none() -> None:
    assert texts_of(" a\r\nb ") == {"id": "a\nb"}
    assert texts_of({"id": "a", "kut": " "}) == {"id": "a"}
    assert texts_of(None) == texts_of("") == texts_of({}) == {}
    assert texts_of(2021) == {"id": "2021"}


def test_every_text_has_a_name_of_its_own(definition: Definition) -> None:
    names = [name for name, _texts in texts_in(definition)]
    assert len(names) == len(set(names))  # a section and a question are both called "kenal" here
    assert {"#kenal", "kenal", "kenal.r.kim", "kenal.o.tahu", "=consent", "sumber.o.lain"} <= set(names)


@pytest.mark.parametrize(
    ("age", "band"),
    [(16, None), (17, "17-24"), (24, "17-24"), (25, "25-34"), (44, "35-44"), (45, "45-54"), (55, "55+"), (110, "55+"),
     (111, None), (-1, None)],
)  # fmt: skip
def test_age_bands(age: int, band: str | None) -> None:
    assert age_band(age) == band
