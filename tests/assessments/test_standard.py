import pytest

from app.evidence.instruments.checks import check
from app.evidence.instruments.definition import canonical, read, say
from app.learning.assessments.models import PaperKind
from app.learning.assessments.standard import STANDARD, standard_definition


@pytest.mark.parametrize("kind", STANDARD)
def test_the_standard_questions_can_be_asked(kind):
    definition = standard_definition(kind)
    assert check(definition) == []
    read_one = read(definition)
    assert canonical(read(canonical(read_one))) == canonical(read_one)
    assert all(say(text) for text in (read_one.title, read_one.intro, read_one.thanks))


def test_feedback_is_on_trainers_material_and_place_with_room_for_words():
    sections = {section["key"]: section for section in standard_definition(PaperKind.FEEDBACK)["sections"]}
    assert {"pelatih", "materi", "tempat"} <= set(sections)
    for key in ("pelatih", "materi", "tempat"):
        scales = [question for question in sections[key]["questions"] if question["kind"] == "scale"]
        assert len(scales) == 3
        assert all([option["key"] for option in scale["options"]] == list("12345") for scale in scales)
    assert [question["kind"] for question in sections["keseluruhan"]["questions"]].count("text") == 2


def test_what_is_asked_twice_after_the_end_is_asked_in_the_same_words():
    first, second = (read(standard_definition(kind)).by_key for kind in (PaperKind.AFTER_3, PaperKind.AFTER_12))
    assert {"aktif", "pakai", "mandiri", "buat", "buat_apa", "hambatan"} <= set(first) & set(second)
    for key in set(first) & set(second):
        assert first[key] == second[key], key


def test_a_test_has_no_standard_questions():
    with pytest.raises(KeyError):
        standard_definition(PaperKind.PRE)


def test_what_is_given_may_be_changed_without_changing_the_standard():
    standard_definition(PaperKind.FEEDBACK)["sections"].clear()
    assert standard_definition(PaperKind.FEEDBACK)["sections"]
