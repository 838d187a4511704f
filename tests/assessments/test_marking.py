"""What answers are worth; pure, without a database."""

import pytest

from app.evidence.instruments.definition import Question, read
from app.evidence.instruments.shapes import GridRow, Option
from app.learning.assessments.papers.items import answers_in_words, items
from app.learning.assessments.papers.marking import most_points, points, points_by_question, right_share
from tests.assessments.sample import MOST, RIGHT, TEST, WRONG

DEFINITION = read(TEST)


def several(*right: str, among: str = "abcde") -> Question:
    options = [Option(key, {"id": key}, right=key in right) for key in among]
    return Question("q", "many", {"id": "?"}, options=options)


def test_all_right_answers_give_all_points() -> None:
    assert points(DEFINITION, RIGHT) == most_points(DEFINITION) == MOST


def test_wrong_answers_give_nothing_and_take_nothing() -> None:
    assert points(DEFINITION, WRONG) == 0


def test_nothing_answered_is_nothing() -> None:
    assert points(DEFINITION, {}) == 0


@pytest.mark.parametrize(
    ("chosen", "share"),
    [
        (["a", "b", "c"], 1.0),
        (["a", "b"], 2 / 3),
        (["a", "b", "d"], 1 / 3),
        (["a", "d"], 0.0),
        (["d", "e"], 0.0),
        (["a", "b", "c", "d", "e"], 1 / 3),
        ([], 0.0),
    ],
)
def test_of_several_wrong_ones_take_right_ones_away(chosen: list[str], share: float) -> None:
    assert right_share(several("a", "b", "c"), chosen) == pytest.approx(share)


def test_choosing_everything_earns_less_than_knowing() -> None:
    assert right_share(several("a", among="abc"), ["a", "b", "c"]) == 0


def test_thirds_of_points_add_up_to_a_whole() -> None:
    one = {"key": "q", "kind": "many", "text": "?",
           "options": [{"key": key, "text": key, "right": key in "abc"} for key in "abcd"]}  # fmt: skip
    raw = {"title": "T", "sections": [{"key": "s", "questions": [{**one, "key": f"q{n}"} for n in range(3)]}]}
    assert points(read(raw), {f"q{n}": ["a"] for n in range(3)}) == 1.0


def test_any_of_several_right_options_of_one_choice_will_do() -> None:
    question = Question("q", "one", {"id": "?"}, options=[Option(key, {"id": key}, right=key != "c") for key in "abc"])
    assert [right_share(question, key) for key in "abc"] == [1, 1, 0]


def test_a_scale_is_marked_only_where_an_option_is_right() -> None:
    steps = [Option(str(n), {"id": str(n)}, right=n == 3) for n in range(1, 5)]
    assert right_share(Question("q", "scale", {"id": "?"}, options=steps), "3") == 1
    plain = [Option(str(n), {"id": str(n)}) for n in range(1, 5)]
    assert right_share(Question("q", "scale", {"id": "?"}, options=plain), "3") == 0


def test_a_grid_counts_by_row() -> None:
    options = [Option("b", {"id": "Benar"}, right=True), Option("s", {"id": "Salah"})]
    rows = [GridRow(key, {"id": key}) for key in "wxyz"]
    grid = Question("q", "grid", {"id": "?"}, options=options, rows=rows)
    assert right_share(grid, {"w": "b", "x": "b", "y": "b", "z": "s"}) == 0.75


def test_a_skipped_question_counts_as_not_right_so_that_everybody_has_the_same_maximum() -> None:
    skipped = {key: answer for key, answer in RIGHT.items() if key != "guna"} | {"pakai": "tidak"}
    assert points(DEFINITION, skipped) == MOST - 1
    smuggled = skipped | {"guna": "simpan"}  # an answer to what was not asked
    assert points_by_question(DEFINITION, smuggled)["guna"] == 0


def test_items_say_how_many_had_each_question_right() -> None:
    found = {item.question.key: item for item in items(DEFINITION, [RIGHT, WRONG])}
    assert set(found) == {"sandi", "tanda", "guna"}  # "pakai" has no right answer
    assert (found["sandi"].n, found["sandi"].share) == (2, 50)
    assert items(DEFINITION, [])[0].share is None


def test_answers_stand_in_words_beside_the_right_ones() -> None:
    shown = {one.text: one for one in answers_in_words(DEFINITION, WRONG)}
    assert shown["Mana sandi yang paling kuat?"].answer == "Tanggal lahir"
    assert shown["Mana sandi yang paling kuat?"].right == "Kalimat panjang"
    assert not shown["Apa gunanya?"].was_asked
