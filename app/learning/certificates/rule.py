"""Who gets a certificate: the rule of a batch, asked of what a participant did. Pure: nothing is read or written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from babel.numbers import format_decimal

from app.kernel.text import T
from app.learning.programmes.models import ScoreFrom

EPSILON = 1e-9  # a score that is a sum of floats still meets a limit that it equals


class HasRule(Protocol):
    """The rule as it stands on a batch. `min_score` None: no score is asked for."""

    @property
    def min_attendance(self) -> int: ...
    @property
    def min_score(self) -> int | None: ...
    @property
    def score_from(self) -> str: ...
    @property
    def work_share(self) -> int: ...


class HasAttendance(Protocol):
    """Attendance: `came` of the `held` sessions (training.participants.presence.AttendanceCount)."""

    @property
    def came(self) -> int: ...
    @property
    def held(self) -> int: ...


class HasScore(Protocol):
    """A score: percent of the points, by `score_from` and `work_share`; None while one of them is missing
    (assessments.scores.Result)."""

    def score(self, batch: Any, /) -> float | None: ...


@dataclass(frozen=True)
class Rule:
    """A rule that no batch has yet, to see what it would change."""

    min_attendance: int
    min_score: int | None
    score_from: str
    work_share: int


@dataclass(frozen=True)
class Verdict:
    """Whether the rule is met, and why. `reasons`: what is missing, each with its numbers. `met`: what was asked for
    and is there."""

    ok: bool
    reasons: list[T] = field(default_factory=list)
    met: list[T] = field(default_factory=list)


def rule_of(batch: HasRule) -> Rule:
    return Rule(batch.min_attendance, batch.min_score, batch.score_from, batch.work_share)


def verdict(batch: HasRule, attended: HasAttendance | None, result: HasScore | None) -> Verdict:
    """Decide whether a participant meets the rule. None: nothing is known of that participant."""
    checks = [_attendance(batch, attended), _score(batch, result)]
    found = [one for one in checks if one is not None]
    reasons = [sentence for ok, sentence in found if not ok]
    return Verdict(not reasons, reasons, [sentence for ok, sentence in found if ok])


def describe_rule(batch: HasRule) -> list[T]:
    """Return the rule in words."""
    said = []
    if batch.min_attendance:
        said.append(T("Hadir sedikitnya %(least)s%% dari pertemuan yang terlaksana", least=batch.min_attendance))
    if batch.min_score is not None:
        said.append(_asked_score(batch))
    return said or [T("Semua peserta yang diterima")]


def _attendance(batch: HasRule, attended: HasAttendance | None) -> tuple[bool, T] | None:
    if batch.min_attendance == 0:
        return None
    if attended is None or attended.held == 0:
        return False, T("Kehadiran belum bisa dihitung: belum ada pertemuan yang terlaksana.")
    ok = attended.came * 100 >= batch.min_attendance * attended.held
    return ok, T(
        "Hadir %(came)s dari %(held)s pertemuan (%(percent)s%%), batasnya %(least)s%%.",
        came=attended.came, held=attended.held, percent=localised_number(attended.came * 100 / attended.held),
        least=batch.min_attendance,
    )  # fmt: skip


def _score(batch: HasRule, result: HasScore | None) -> tuple[bool, T] | None:
    if batch.min_score is None:
        return None
    score = result.score(batch) if result is not None else None
    if score is None:
        return False, _missing(batch)
    ok = score + EPSILON >= batch.min_score
    return ok, T("Nilai %(score)s, batasnya %(least)s.", score=_shown(score, batch.min_score), least=batch.min_score)


def _shown(score: float, least: int) -> str:
    """With as many decimals as it takes not to read like the limit that it misses."""
    for decimals in (1, 2, 4):
        text = localised_number(score, decimals)
        if score + EPSILON >= least or text != localised_number(least):
            return text
    return localised_number(score, 8)


def _missing(batch: HasRule) -> T:
    if batch.score_from == ScoreFrom.WORK:
        return T("Nilai tugas praktik belum dicatat, batasnya %(least)s.", least=batch.min_score)
    if batch.score_from == ScoreFrom.BOTH:
        return T("Nilai tes akhir atau tugas praktik belum dicatat, batasnya %(least)s.", least=batch.min_score)
    return T("Nilai tes akhir belum dicatat, batasnya %(least)s.", least=batch.min_score)


def _asked_score(batch: HasRule) -> T:
    if batch.score_from == ScoreFrom.WORK:
        return T("Nilai tugas praktik sedikitnya %(least)s dari 100", least=batch.min_score)
    if batch.score_from == ScoreFrom.BOTH:
        return T(
            "Nilai gabungan sedikitnya %(least)s dari 100 (tes akhir %(test)s%%, tugas praktik %(work)s%%)",
            least=batch.min_score, test=100 - batch.work_share, work=batch.work_share,
        )  # fmt: skip
    return T("Nilai tes akhir sedikitnya %(least)s dari 100", least=batch.min_score)


def localised_number(value: float, decimals: int = 1) -> str:
    """Format a number as Indonesians write it: 66,7."""
    return format_decimal(value, "#,##0." + "#" * decimals, "id")


def join_sentences(sentences: Sequence[T]) -> str:
    return " ".join(str(one) for one in sentences)
