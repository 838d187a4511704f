"""What the page's script decides is what the server decides: the same cases go through both."""

import json
import shutil
import subprocess
from typing import Any

import pytest

from app.evidence.instruments import logic
from app.evidence.instruments.definition import Definition, Question, read
from app.evidence.responses.order import options_of
from config import ROOT

CASES = json.loads((ROOT / "tests/instruments/logic_cases.json").read_text(encoding="utf-8"))
SCRIPTS = ROOT / "frontend/src/survey"
SEEDS = ("3b0a1c52-8f0e-4f0e-9d35-0d0f6a8f4c11", "00000000-0000-4000-8000-000000000000", "ü")


def in_node(program: str, given: Any) -> Any:
    """What a module that imports logic.js as `logic` prints as JSON for `given`."""
    node = shutil.which("node") or str(next((ROOT / ".venv").rglob("playwright/driver/node")))
    source = f"""
    const logic = await import({json.dumps((SCRIPTS / "logic.js").as_uri())});
    const given = JSON.parse(await new Response(process.stdin).text());
    console.log(JSON.stringify(({program})(given)));
    """
    ran = subprocess.run(
        [node, "--input-type=module", "-e", source],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def definition_of(questions: list[dict[str, Any]]) -> Definition:
    raw = [{"kind": "text", "text": "…", "required": False, **one} for one in questions]
    return read({"title": "t", "sections": [{"key": "s", "questions": raw}]})


@pytest.mark.parametrize("case", CASES["holds"], ids=lambda case: case["name"])
def test_condition_on_the_server(case: dict[str, Any]) -> None:
    assert logic.holds(case["when"], case["answers"]) is case["expected"]


def test_conditions_in_the_browser() -> None:
    found = in_node("(cases) => cases.map((one) => logic.holds(one.when, one.answers))", CASES["holds"])
    wrong = [case["name"] for case, one in zip(CASES["holds"], found, strict=True) if one is not case["expected"]]
    assert wrong == []


def test_the_questions_that_are_asked_are_the_same() -> None:
    on_server = [
        [question.key for question in logic.asked(definition_of(case["questions"]), case["answers"])]
        for case in CASES["asked"]
    ]
    in_browser = in_node(
        "(cases) => cases.map((one) => logic.asked(one.questions, one.answers).map(({ key }) => key))", CASES["asked"]
    )
    assert on_server == in_browser == [case["expected"] for case in CASES["asked"]]


def number_question(whole: bool) -> Question:
    raw = {"key": "n", "kind": "number", "text": "…", "whole": whole}
    return read({"title": "t", "sections": [{"key": "s", "questions": [raw]}]}).questions[0]


def test_a_number_means_the_same_however_it_is_written() -> None:
    """Also where a script hands in what it read, and the server reads that once more."""
    cases = CASES["numbers"]
    expected = [case["expected"] for case in cases]
    on_server = [logic.read_answer(number_question(case["whole"]), case["text"])[0] for case in cases]
    read_in_browser = in_node(
        "(cases) => cases.map((one) => logic.typedNumber(one.text, one.whole) ?? one.text)", cases
    )
    handed_in = [
        logic.read_answer(number_question(case["whole"]), given)[0]
        for case, given in zip(cases, read_in_browser, strict=True)
    ]
    assert on_server == expected
    assert handed_in == expected


def test_random_order_is_the_same_and_leaves_fixed_options() -> None:
    given = [{"items": case["items"], "seed": seed} for case in CASES["shuffled"] for seed in SEEDS]
    in_browser = in_node("(cases) => cases.map((one) => logic.shuffled(one.items, one.seed, 'p3'))", given)
    for case, found in zip(given, in_browser, strict=True):
        question = shuffled_question(case["items"])
        assert [option.key for option in options_of(question, case["seed"])] == found
        assert sorted(found) == sorted(item["key"] for item in case["items"])
        for place, item in enumerate(case["items"]):
            assert not item.get("fixed") or found[place] == item["key"]


def test_random_order_gives_each_option_the_first_place_equally_often() -> None:
    question = shuffled_question([{"key": key} for key in "abcd"])
    first = [options_of(question, f"orang-{number}")[0].key for number in range(4000)]
    assert all(900 < first.count(key) < 1100 for key in "abcd")


def shuffled_question(items: list[dict[str, Any]]) -> Question:
    options = [{"text": one["key"], **one} for one in items]
    raw = {"key": "p3", "kind": "many", "text": "…", "shuffle": True, "options": options}
    return read({"title": "t", "sections": [{"key": "s", "questions": [raw]}]}).questions[0]
