from dataclasses import dataclass

import pytest

from app.learning.certificates.rule import Rule, describe_rule, verdict


@dataclass(frozen=True)
class Came:
    came: int
    held: int


@dataclass(frozen=True)
class Scored:
    value: float | None

    def score(self, batch: object, /) -> float | None:
        return self.value


def rule(attendance: int = 75, score: int | None = 60, score_from: str = "test") -> Rule:
    return Rule(attendance, score, score_from, 50)


@pytest.mark.parametrize(
    ("came", "score", "ok"),
    [(9, 60, True), (8, 60, False), (9, 59.9, False), (12, 100, True), (0, 0, False)],
)
def test_both_limits_count_and_the_limit_itself_is_enough(came: int, score: float, ok: bool) -> None:
    assert verdict(rule(), Came(came, 12), Scored(score)).ok is ok


def test_every_reason_says_its_numbers() -> None:
    found = verdict(rule(), Came(8, 12), Scored(55.5))
    assert [str(one) for one in found.reasons] == [
        "Hadir 8 dari 12 pertemuan (66,7%), batasnya 75%.",
        "Nilai 55,5, batasnya 60.",
    ]


def test_a_score_just_below_never_reads_like_the_limit() -> None:
    assert str(verdict(rule(0), None, Scored(59.999)).reasons[0]) == "Nilai 59,999, batasnya 60."


def test_a_sum_of_floats_that_should_be_the_limit_meets_it() -> None:
    assert verdict(rule(0, 30), None, Scored(0.1 * 3 * 100)).ok
    assert verdict(rule(0, 60), None, Scored(59.99999999999999)).ok


def test_without_a_session_that_took_place_nobody_meets_a_rule_that_asks_for_attendance() -> None:
    for came in (None, Came(0, 0)):
        found = verdict(rule(1, None), came, None)
        assert not found.ok
        assert "belum ada pertemuan" in str(found.reasons[0])


@pytest.mark.parametrize(
    ("score_from", "said"), [("test", "tes akhir"), ("work", "tugas praktik"), ("both", "tes akhir atau tugas praktik")]
)
def test_a_missing_score_is_missing_and_no_zero(score_from: str, said: str) -> None:
    for result in (None, Scored(None)):
        found = verdict(rule(0, 60, score_from), None, result)
        assert [str(one) for one in found.reasons] == [f"Nilai {said} belum dicatat, batasnya 60."]


def test_what_is_not_asked_for_does_not_count() -> None:
    assert verdict(rule(0, None), None, None).ok
    assert verdict(rule(75, None), Came(3, 4), Scored(None)).ok
    assert [str(one) for one in describe_rule(rule(0, None))] == ["Semua peserta yang diterima"]
