"""The words for skills and programmes."""

from collections.abc import Mapping

from app.kernel.text import T
from app.learning.programmes.models import ScoreFrom, SkillLevel

LEVELS: Mapping[int, T] = {
    SkillLevel.BASIC: T("Dasar"),
    SkillLevel.INDEPENDENT: T("Mandiri"),
    SkillLevel.COACHING: T("Mampu melatih"),
}
SCORES: Mapping[str, T] = {
    ScoreFrom.TEST: T("Tes akhir"),
    ScoreFrom.WORK: T("Tugas praktik"),
    ScoreFrom.BOTH: T("Tes akhir dan tugas praktik"),
}
