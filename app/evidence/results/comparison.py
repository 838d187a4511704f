"""Compare two waves: what moved, how surely, and what is not compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from sqlalchemy.orm import Session

from app.evidence.instruments.definition import Definition
from app.evidence.instruments.measures import Item, fingerprint
from app.evidence.instruments.models import SurveyAudience
from app.evidence.results import quotes, words
from app.evidence.results.cells import Survey, survey_of
from app.evidence.results.figures import Figure, Part, State, figure, parts_of
from app.evidence.results.headlines import campaign_first, campaign_measures
from app.evidence.surveys.models import SampleMethod, Wave, WaveStatus
from app.evidence.surveys.statistics.comparing import Difference, difference, difference_by_cluster, holm
from app.evidence.surveys.statistics.estimates import ALONE, Grouped
from app.kernel.errors import Refused
from app.kernel.text import T

REWORDED = T("kalimat pertanyaan berubah, jadi tidak dibandingkan")
NOT_BEFORE = T("tidak ditanyakan pada survei sebelumnya")
NOT_AFTER = T("tidak ditanyakan pada survei sesudahnya")
NO_FIGURE = T("angkanya belum bisa ditampilkan, jadi tidak dibandingkan")
CHOSE = T("gambaran awal, bukan sampel acak: tidak ada putusan")
NO_INTERVAL = T("rentangnya belum dapat dihitung, jadi tidak ada putusan")
ALPHA = 0.05


@dataclass(frozen=True)
class ComparisonRow:
    """One measure. `verdict`: up, down, unsure, none; `reason` says why there is none. `p` after Holm where the measure
    is of a dimension. `decimals`: those of the change; the figures are written as on every other page."""

    item: Item
    before: Figure | None
    after: Figure | None
    difference: Difference | None = None
    verdict: str = "none"
    p: float | None = None
    reason: T | None = None
    decimals: int | None = None

    @property
    def label(self) -> str:
        return quotes.label(self.item)

    @property
    def change(self) -> float:
        """After − before; 0 where it is not known."""
        return (self.difference.estimate if self.difference else None) or 0.0

    @property
    def sized(self) -> bool:
        """Whether the size of the change may be told: else a figure of fewer than five people, or one that is only
        told about, would follow from it."""
        exact = [
            one for one in (self.before, self.after) if one is not None and one.value is not None and not one.about
        ]
        return self.difference is not None and len(exact) == 2

    @property
    def tightened(self) -> bool:
        """The change alone would be sure; among all dimensions it is not."""
        return self.difference is not None and self.verdict == "unsure" and self.difference.verdict != "unsure"

    @property
    def quote(self) -> T | None:
        if self.verdict == "none" or self.before is None or self.after is None or self.difference is None:
            return None
        return quotes.change(self.before, self.after, self.difference, self.verdict, tightened=self.tightened,
                             decimals=self.decimals)  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """Two waves compared.

    `family`: how many measures of dimensions were judged together. `sampled`: both are samples. `own`: measures of what
    the campaign is about; their rows come first. `swapped`: it was asked for in the wrong order.
    """

    before: Wave
    after: Wave
    rows: Sequence[ComparisonRow]
    checks: Sequence[ComparisonRow]  # decoys
    family: int
    sampled: bool
    same_villages: bool
    n: tuple[int, int]
    own: Sequence[str] = ()
    swapped: bool = False
    unknown: Sequence[T] = ()  # what is not known of a design and changes its numbers

    @property
    def simulated(self) -> bool:
        return self.after.simulated

    @property
    def warnings(self) -> list[T]:
        """What everybody should know who reads a verdict."""
        waves = (self.before, self.after)
        by_hand = any(wave.method == SampleMethod.LIST and wave.audience == SurveyAudience.RESIDENTS for wave in waves)
        running = any(wave.status == WaveStatus.OPEN for wave in waves)
        return [*([quotes.CHOSEN_PLACES] if self.sampled and by_hand else []), *self.unknown,
                *([quotes.RUNNING] if running else [])]  # fmt: skip

    @property
    def order(self) -> T | None:
        """The sentence on an order that was turned round."""
        return T(quotes.SWAPPED.msgid, before=self.before.name, after=self.after.name) if self.swapped else None

    @property
    def leading(self) -> list[ComparisonRow]:
        """What is told first, however it turned out: the campaign's own measures that were judged, else the first
        share of the instrument. Never the largest change: picked for its size, it would look surer than it is."""
        judged = [row for row in self.rows if row.quote is not None]
        own = [row for row in judged if row.item.key in self.own]
        shares = [row for row in judged if row.item.kind == "share"]
        return own or (shares or judged)[:1]

    @property
    def main(self) -> ComparisonRow | None:
        return next(iter(self.leading), None)


def compare(session: Session, before: Wave, after: Wave) -> Comparison:
    """Compare two waves; the earlier of the two stands before, whichever way they were given.

    Raises Refused for waves that cannot stand beside each other.
    """
    if before.id == after.id:
        raise Refused(T("Pilih dua survei yang berbeda."))
    if before.simulated != after.simulated:
        raise Refused(T("Survei simulasi tidak dibandingkan dengan survei sungguhan."))
    if before.audience != after.audience:
        raise Refused(T("Survei warga tidak dibandingkan dengan survei ASN: yang ditanya orang yang berbeda."))
    swapped = (before.starts_on, before.ends_on) > (after.starts_on, after.ends_on)
    first, second = (after, before) if swapped else (before, after)
    earlier = survey_of(session, first)
    later = survey_of(session, second, beside=earlier)
    found = compared(earlier, later, own=campaign_measures(session, second, later.definition))
    return replace(found, swapped=swapped)


def compared(before: Survey, after: Survey, *, own: Sequence[str] = ()) -> Comparison:
    (sample, chose), (later_sample, later_chose) = parts_of(before), parts_of(after)
    sampled = sample is not None and later_sample is not None
    one, two = (sample, later_sample) if sampled else (sample or chose, later_sample or later_chose)
    revisited = sampled and _same_villages(before, after, one, two)
    rows = _rows(before, after, one, two, sampled=sampled, revisited=revisited)
    family = [row for row in rows if row.p is not None and row.item.dimension and not row.item.decoy]
    rows = _written(_held_together(rows, family))
    designs = [part.design for part in (one, two) if part and part.design]
    return Comparison(
        before.wave,
        after.wave,
        campaign_first([row for row in rows if not row.item.decoy], own, lambda row: row.item.key),
        [row for row in rows if row.item.decoy],
        len(family),
        sampled,
        revisited,
        (one.people if one else 0, two.people if two else 0),
        own,
        unknown=list(dict.fromkeys(warning for design in designs for warning in design.warnings)),
    )


def _same_villages(before: Survey, after: Survey, one: Part | None, two: Part | None) -> bool:
    """The villages of the survey before were visited again. Civil servants are no clusters, so for them never."""
    clustered = all(part and part.design and part.design.clustered for part in (one, two))
    return clustered and after.wave.same_places and after.wave.before_id == before.wave.id


def _written(rows: Sequence[ComparisonRow]) -> list[ComparisonRow]:
    """All changes in whole points, or all with one decimal where one whole one would contradict its two figures."""
    sized = [row for row in rows if row.sized and row.item.kind == "share"]
    whole = all(
        words.adds_up(row.before.value or 0.0, row.after.value or 0.0, row.change)
        for row in sized
        if row.before and row.after
    )
    return [replace(row, decimals=None if whole or row.item.kind == "mean" else 1) for row in rows]


def _rows(
    before: Survey, after: Survey, one: Part | None, two: Part | None, *, sampled: bool, revisited: bool
) -> list[ComparisonRow]:
    then, now = before.definition.by_measure, after.definition.by_measure
    made = []
    for key in [*now, *(key for key in then if key not in now)]:
        index, later = before.index(key), after.index(key)
        item = after.items[later] if later is not None else before.items[index or 0]
        old = figure(one, index) if one is not None and index is not None else None
        new = figure(two, later) if two is not None and later is not None else None
        row = ComparisonRow(item, old, new)
        if key not in then or key not in now:
            made.append(replace(row, reason=NOT_AFTER if key in then else NOT_BEFORE))
        elif _asked_as(before.definition, key) != _asked_as(after.definition, key):
            made.append(replace(row, reason=REWORDED))
        elif old is None or new is None or not (_told(old) and _told(new)):
            made.append(replace(row, reason=NO_FIGURE))
        elif not sampled or one is None or two is None or index is None or later is None:
            made.append(replace(row, reason=CHOSE))
        else:
            made.append(_judged(row, one, two, index, later, revisited=revisited))
    return made


@lru_cache(maxsize=4096)
def _asked_as(definition: Definition, key: str) -> str:
    return fingerprint(definition, definition.by_measure[key])


def _told(figure: Figure) -> bool:
    """Written as a figure, or as “kurang dari 5 orang”: how it changed is told either way."""
    return figure.is_shown or (figure.state == State.SMALL and figure.est is not None)


def _judged(row: ComparisonRow, one: Part, two: Part, index: int, later: int, *, revisited: bool) -> ComparisonRow:
    if row.before is None or row.after is None or row.before.est is None or row.after.est is None:
        return row
    if row.before.est.low is None or row.after.est.low is None:
        return replace(row, reason=NO_INTERVAL)
    if revisited:
        pair = _in_common_codes(one, two, index, later)
        found = difference_by_cluster(
            *pair,
            mean=row.item.kind == "mean",
            planned_before=one.survey.wave.deff,
            planned_after=two.survey.wave.deff,
        )
    else:
        found = difference(row.before.est, row.after.est)
    if found.verdict == "none":
        return replace(row, reason=NO_INTERVAL)
    return replace(row, difference=found, verdict=found.verdict, p=found.p)


def _in_common_codes(one: Part, two: Part, index: int, later: int) -> tuple[Grouped, Grouped]:
    """Both with codes of strata and villages that mean the same."""
    places = sorted({*one.cells.place.tolist(), *two.cells.place.tolist()})
    strata = sorted({*(one.design.strata if one.design else ()), *(two.design.strata if two.design else ())})
    return _recoded(one, index, places, strata), _recoded(two, later, places, strata)


def _recoded(part: Part, index: int, places: Sequence[str], strata: Sequence[str]) -> Grouped:
    plain = part.grouped(index)
    village: Mapping[str, int] = {place: code for code, place in enumerate(places)}
    own = part.design.strata if part.design else ()
    codes = np.array([strata.index(name) for name in own], dtype=np.int64)
    cluster = np.array([village[place] for place in part.cells.place.tolist()], dtype=np.int64)
    alone = np.zeros(len(cluster), dtype=bool) if plain.cluster is None else plain.cluster < 0
    return replace(plain, stratum=codes[plain.stratum], cluster=np.where(alone, ALONE, cluster))


def _held_together(rows: list[ComparisonRow], family: list[ComparisonRow]) -> list[ComparisonRow]:
    """Dimensions are judged together: a change counts where it holds after Holm."""
    adjusted = dict(zip((row.item.key for row in family), holm([row.p or 0.0 for row in family]), strict=True))
    made = []
    for row in rows:
        p = adjusted.get(row.item.key)
        if p is None:
            made.append(row)
        else:
            made.append(replace(row, p=p, verdict="unsure" if p >= ALPHA else row.verdict))
    return made
