"""Whether awareness moves: for each dimension, what its newest surveys before and after say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.instruments.models import SurveyAudience
from app.evidence.results import words
from app.evidence.results.comparison import Comparison, ComparisonRow, compared
from app.evidence.results.figures import Figure
from app.evidence.surveys.models import Wave
from app.kernel.roles import Actor
from app.kernel.text import T
from app.outreach.campaigns.models import Dimension
from app.oversight.insights.awareness_pairs import (
    Pair,
    closed_pairs,
    earlier_first,
    newest_by_dimension,
    surveys_of_pairs,
)

NOT_RECORDED = T("belum dicatat: belum ada survei awal dan survei sesudah yang menanyakannya dan sudah ditutup")
MOVED_UP = T("Pengenalan naik pada %(n)s dari %(of)s dimensi yang diukur: %(names)s.")
MOVED_DOWN = T("Pengenalan turun pada %(n)s dari %(of)s dimensi yang diukur: %(names)s.")
MOVED_BOTH = T(
    "Dari %(of)s dimensi yang diukur, pengenalan naik pada %(up)s (%(risen)s) dan turun pada %(down)s (%(fallen)s)."
)
MOVE_UNSURE = T("Belum dapat dipastikan apakah pengenalan naik atau turun, pada %(n)s dari %(of)s dimensi yang diukur.")
NO_VERDICT = T("Naik atau turunnya pengenalan belum bisa dinilai dari %(of)s dimensi yang ditanyakan.")
NO_SURVEYS = T("Pengenalan belum dicatat: belum ada survei awal dan survei sesudah yang sudah ditutup.")


@dataclass(frozen=True)
class DimensionAwareness:
    """How a dimension moved. `verdict`: up, down, unsure, none, as results/comparison.py gives it; `reason` says why
    there is none. `row` and the two surveys are None where nobody asked before and after."""

    key: str
    name: str
    verdict: str
    reason: T | None
    row: ComparisonRow | None = None
    before: Wave | None = None
    after: Wave | None = None
    comparison: Comparison | None = None

    @property
    def n(self) -> tuple[int, int]:
        """Who answered, before and after, as far as it may be told (see `words.answered` for how it is written)."""
        return tuple(one.n if one else 0 for one in self._figures)  # type: ignore[return-value]

    @property
    def interval(self) -> tuple[float, float] | None:
        """Of the change, as a share; None where its size may not be told or is not known."""
        found = self.row.difference if self.row and self.row.sized else None
        return None if found is None or found.low is None or found.high is None else (found.low, found.high)

    @property
    def change(self) -> str:
        """`+12 poin (95 %: 5 sampai 19)`; nothing where its size may not be told."""
        limits = self.interval
        if limits is None or self.row is None:
            return ""
        decimals = self.row.decimals
        size = words.signed(self.row.change, mean=False, decimals=decimals)
        low, high = (words.signed(one, mean=False, decimals=decimals) for one in limits)
        return f"{size} poin (95\u00a0%: {low} sampai {high})"

    @property
    def _figures(self) -> tuple[Figure | None, Figure | None]:
        return (self.row.before, self.row.after) if self.row else (None, None)


@dataclass(frozen=True)
class AwarenessSummary:
    """All dimensions, in their order. `simulated`: there is no real survey before and after, so practice answers stand
    here; whoever shows them says so."""

    audience: str
    dimensions: Sequence[DimensionAwareness]
    simulated: bool

    @property
    def measured(self) -> Sequence[DimensionAwareness]:
        return [one for one in self.dimensions if one.row is not None]

    def having(self, verdict: str) -> Sequence[DimensionAwareness]:
        return [one for one in self.measured if one.verdict == verdict]

    @property
    def verdict(self) -> str:
        """Of all together: up, down, both, unsure, none."""
        up, down = self.having("up"), self.having("down")
        if up and down:
            return "both"
        return "up" if up else "down" if down else "unsure" if self.having("unsure") else "none"

    @property
    def sentence(self) -> T:
        """What a manager reads first."""
        of = words.number(len(self.measured))
        up, down, unsure = (self.having(one) for one in ("up", "down", "unsure"))
        if up and down:
            return T(MOVED_BOTH.msgid, of=of, up=words.number(len(up)), risen=_named(up),
                     down=words.number(len(down)), fallen=_named(down))  # fmt: skip
        if up or down:
            told = up or down
            said = MOVED_UP if up else MOVED_DOWN
            return T(said.msgid, n=words.number(len(told)), of=of, names=_named(told))
        if unsure:
            return T(MOVE_UNSURE.msgid, of=of, n=words.number(len(unsure)))
        return T(NO_VERDICT.msgid, of=of) if self.measured else NO_SURVEYS


def summarise_awareness(
    session: Session, actor: Actor, *, today: date, audience: str = SurveyAudience.RESIDENTS,
    simulated: bool | None = None,
) -> AwarenessSummary:  # fmt: skip
    """Return, for each dimension, the newest closed pair of surveys that asked for it before and after.

    Simulated pairs only where there is no real one at all, or where `simulated` asks for them. The number of queries
    does not grow with answers, surveys or campaigns. `today`: as it stood then; what ended later says nothing yet.
    """
    pairs = [pair for pair in closed_pairs(session, actor, audience) if pair.over_on <= today]
    real = [pair for pair in pairs if not pair.simulated]
    practice = not real if simulated is None else simulated
    pairs = [pair for pair in pairs if pair.simulated == practice]
    known = session.scalars(select(Dimension).order_by(Dimension.position)).all()
    chosen = newest_by_dimension(session, pairs, [one.key for one in known])
    newest = {pair.after_id: pair for pair, _key in chosen.values()}
    surveys = surveys_of_pairs(session, list(newest.values()))
    found = {number: compared(*earlier_first(pair, surveys)) for number, pair in newest.items()}
    return AwarenessSummary(
        audience,
        [_stands(one, found, *chosen.get(one.key, (None, ""))) for one in known],
        bool(pairs) and practice,
    )


def shows_practice(session: Session, actor: Actor, *, today: date, audience: str) -> bool:
    """Tell whether practice answers stand on the pages where nobody asks for them: as in `summarise_awareness`."""
    pairs = [pair for pair in closed_pairs(session, actor, audience) if pair.over_on <= today]
    return bool(pairs) and all(pair.simulated for pair in pairs)


def _stands(dimension: Dimension, found: dict[int, Comparison], pair: Pair | None, key: str) -> DimensionAwareness:
    comparison = found.get(pair.after_id) if pair else None
    row = next((one for one in comparison.rows if one.item.key == key), None) if comparison else None
    if comparison is None or row is None:
        return DimensionAwareness(dimension.key, dimension.name, "none", NOT_RECORDED)
    return DimensionAwareness(
        dimension.key, dimension.name, row.verdict, row.reason, row, comparison.before, comparison.after, comparison
    )


def _named(told: Sequence[DimensionAwareness]) -> str:
    """`Smart Environment +12 poin (95 %: 5 sampai 19)`, several one after the other."""
    return ", ".join(f"{one.name} {one.change}".strip() for one in told)
