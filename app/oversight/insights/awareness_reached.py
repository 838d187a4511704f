"""Compare villages that a campaign reached between its two surveys with those that it did not: did the first change
more?

Shown only where nothing follows from it that is hidden elsewhere. A survey stands in one such comparison only, the
first of its survey before: two different sets of villages of one survey, subtracted, would leave a single village.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy.orm import Session

from app.evidence.instruments.measures import Item
from app.evidence.instruments.models import SurveyAudience
from app.evidence.results import quotes, words
from app.evidence.results.cells import Bools, Survey
from app.evidence.results.comparison import ALPHA, NO_INTERVAL, Comparison
from app.evidence.results.figures import Figure, Part, State, parts_of
from app.evidence.results.split import may_split
from app.evidence.surveys.models import SampleMethod, Wave
from app.evidence.surveys.statistics.comparing import Difference, holm
from app.evidence.surveys.statistics.estimates import Estimate, Grouped
from app.evidence.surveys.statistics.publication import LEAST_GROUP
from app.evidence.surveys.statistics.reached import LEAST_VILLAGES, Contrast, contrast
from app.kernel.periods import Period
from app.kernel.text import T
from app.oversight.insights.awareness_pairs import measure_for
from app.oversight.insights.awareness_villages import Villages, days_between, villages_between

NOT_VILLAGES = T("Pegawai ditanya menurut OPD dan bukan menurut desa, jadi tidak ada desa yang bisa dibandingkan.")
NO_SAMPLE = T("Yang menjawab memilih sendiri untuk menjawab, jadi desa-desanya tidak dibandingkan.")
NO_DAYS = T("Survei sesudah dimulai sebelum survei awal selesai, jadi tidak ada hari di antara keduanya.")
USED = T(
    "Salah satu dari kedua survei ini sudah dipakai untuk perbandingan desa yang lain. Kelompok desa yang kedua dari "
    "survei yang sama tidak ditampilkan, supaya angka satu desa tidak bisa dihitung dari selisihnya."
)
NOBODY_REACHED = T(
    "Belum dicatat satu desa pun yang terjangkau program ini antara %(first)s dan %(last)s: kegiatan yang berlangsung, "
    "cetakan yang terbukti terpasang, atau peserta pelatihan dari sana."
)
FEW_VILLAGES = T(
    "Belum cukup desa: %(group)s yang ikut disurvei baru %(n)s, perlu paling sedikit %(least)s pada setiap survei."
)
FEW_ANSWERS = T("belum cukup jawaban dari %(group)s pada %(wave)s (%(n)s dari %(least)s)")
HIDDEN = T("tidak ditampilkan, supaya jawaban segelintir orang atau satu desa tidak bisa dihitung dari angka lain")
GROUPS = (T("desa yang terjangkau"), T("desa yang belum terjangkau"))
WAVES = (T("survei awal"), T("survei sesudah"))
MORE = T(
    "%(name)s: di desa yang terjangkau naik %(size)s lebih banyak daripada di desa yang belum terjangkau (95 %%: "
    "%(range)s)."
)
LESS = T(
    "%(name)s: di desa yang terjangkau naik %(size)s lebih sedikit daripada di desa yang belum terjangkau (95 %%: "
    "%(range)s)."
)
UNSURE = T(
    "%(name)s: belum dapat dipastikan apakah desa yang terjangkau berubah lain daripada yang belum (bedanya %(size)s, "
    "95 %%: %(range)s)."
)
CAVEAT = T(
    "Desa yang dijangkau tidak diundi: sejak awal desa-desa itu bisa saja berbeda dari yang lain, jadi selisih ini "
    "petunjuk dan bukan bukti."
)
STEP = 5
"""How many answered is rounded down to a multiple of this, so that a village that joins later is not found by it."""


@dataclass(frozen=True)
class ReachedRow:
    """One measure. `cells`: figures of (reached before, reached after, others before, others after), empty where they
    are not shown; `verdict`: up (the reached changed more), down, unsure, none with its `reason`. `p` after Holm."""

    item: Item
    reason: T | None = None
    cells: Sequence[Figure] = ()
    whole: Difference | None = None
    verdict: str = "none"
    p: float | None = None

    @property
    def label(self) -> str:
        return quotes.label(self.item)

    @property
    def change(self) -> str:
        """`+9 poin`"""
        return f"{words.signed(self.whole.estimate or 0.0, mean=False)} poin" if self.whole else ""

    @property
    def interval(self) -> str:
        """`2 sampai 16`"""
        if self.whole is None or self.whole.low is None or self.whole.high is None:
            return ""
        return f"{words.signed(self.whole.low, mean=False)} sampai {words.signed(self.whole.high, mean=False)}"

    @property
    def sentence(self) -> T | None:
        if self.whole is None:
            return None
        said = {"up": MORE, "down": LESS}.get(self.verdict, UNSURE)
        size = self.change if said is UNSURE else words.points(self.whole.estimate or 0.0, mean=False)
        low, high = self.whole.low or 0.0, self.whole.high or 0.0
        limits = {MORE: (low, high), LESS: (-high, -low)}.get(said)
        between = words.between(*limits, mean=False) if limits else self.interval
        return T(said.msgid, name=self.label, size=size, range=between)


@dataclass(frozen=True)
class Reached:
    """Villages reached against the others. `reason`: why nothing is compared; else `rows`, judged together. `between`:
    the days that count."""

    before: Wave
    after: Wave
    reason: T | None = None
    rows: Sequence[ReachedRow] = ()
    between: Period | None = None
    villages: Villages | None = None
    again: bool = False

    @property
    def simulated(self) -> bool:
        return self.after.simulated

    @property
    def shown(self) -> Sequence[ReachedRow]:
        return [row for row in self.rows if row.whole is not None]

    @property
    def by_hand(self) -> bool:
        """The villages that were asked were chosen and not drawn."""
        return any(wave.method == SampleMethod.LIST for wave in (self.before, self.after))

    @property
    def allows_effect(self) -> bool:
        """Whether the word “pengaruh” may stand of the campaign, with CAVEAT beside it: where the reached villages
        surely rose more than the others, in real answers of villages that were drawn, and no other campaign was in one
        of the reached. Else it is a contribution."""
        alone = self.villages is not None and not self.villages.elsewhere[0]
        return alone and not self.simulated and not self.by_hand and any(row.verdict == "up" for row in self.rows)


def reached_against_others(
    session: Session, found: Comparison, surveys: tuple[Survey, Survey], *, first: bool, now: datetime, zone: ZoneInfo
) -> Reached:
    """Compare the villages that the campaign of the survey after reached with the others. `found`: both surveys
    compared as a whole; `first`: as Pair has it. Two queries a source of contacts."""
    before, after = found.before, found.after
    nothing = Reached(before, after, again=found.same_villages)
    parts = [parts_of(survey)[0] for survey in surveys]
    if after.audience != SurveyAudience.RESIDENTS:
        return replace(nothing, reason=NOT_VILLAGES)
    if parts[0] is None or parts[1] is None or after.campaign_id is None:
        return replace(nothing, reason=NO_SAMPLE)
    between = days_between(before, after, zone)
    if between is None:
        return replace(nothing, reason=NO_DAYS)
    if not first:
        return replace(nothing, reason=USED, between=between)
    both = parts[0], parts[1]
    villages = villages_between(session, both, after.campaign_id, between, now=now, zone=zone)
    return _compared(replace(nothing, between=between, villages=villages), found, both, villages)


def _compared(nothing: Reached, found: Comparison, parts: tuple[Part, Part], villages: Villages) -> Reached:
    if not villages.reached and nothing.between:
        first, last = (_day(one) for one in (nothing.between.first, nothing.between.last))
        return replace(nothing, reason=T(NOBODY_REACHED.msgid, first=first, last=last))
    for group, name in enumerate(GROUPS):
        fewest = min(of[group] for of in villages.counts)
        if fewest < LEAST_VILLAGES:
            few = T(FEW_VILLAGES.msgid, group=name, n=words.number(fewest), least=LEAST_VILLAGES)
            return replace(nothing, reason=few)
    rows = [_row(*asked, parts, villages.members, found) for asked in _asked(found, parts)]
    return replace(nothing, rows=_held_together(rows))


def _asked(found: Comparison, parts: tuple[Part, Part]) -> list[tuple[Item, int, int, T | None]]:
    """What is compared: the campaign's own measures, else the one of each dimension; and where each survey has them."""
    definition = parts[1].survey.definition
    dimensions = dict.fromkeys(one.dimension for one in definition.measures if one.dimension)
    chosen = [measure_for(definition, one) for one in dimensions]
    keys = list(found.own) or [one.key for one in chosen if one]
    made = []
    for row in found.rows:
        index, later = (part.survey.index(row.item.key) for part in parts)
        if row.item.key in keys and index is not None and later is not None:
            made.append((row.item, index, later, row.reason))
    return made


def _row(
    item: Item, index: int, later: int, reason: T | None, parts: tuple[Part, Part],
    members: Sequence[tuple[Bools, Bools]], found: Comparison,
) -> ReachedRow:  # fmt: skip
    if reason is not None:
        return ReachedRow(item, reason)
    for group in (0, 1):
        for wave, (part, place) in enumerate(zip(parts, (index, later), strict=True)):
            n = int(part.cells.sums[members[wave][group], place, 0].sum())
            if n < LEAST_GROUP:
                return ReachedRow(item, T(FEW_ANSWERS.msgid, group=GROUPS[group], wave=WAVES[wave], n=words.count(n),
                                          least=LEAST_GROUP))  # fmt: skip
    for wave, (part, place) in enumerate(zip(parts, (index, later), strict=True)):
        if not may_split(part, place, members[wave]):
            return ReachedRow(item, HIDDEN)
    made = _contrast(parts, (index, later), members, again=found.same_villages)
    if made.whole.low is None:
        return ReachedRow(item, NO_INTERVAL)
    return ReachedRow(item, None, [_figure(item, one) for one in made.shares], made.whole, made.whole.verdict,
                      made.whole.p)  # fmt: skip


def _contrast(
    parts: tuple[Part, Part], indexes: tuple[int, int], members: Sequence[tuple[Bools, Bools]], *, again: bool
) -> Contrast:  # fmt: skip
    places = sorted({place for part in parts for place in part.cells.place.tolist()})
    code = {place: number for number, place in enumerate(places)}
    before, after = (_by_village(part, index, code) for part, index in zip(parts, indexes, strict=True))
    return contrast(
        before, after,
        reached=(members[0][0], members[1][0]), others=(members[0][1], members[1][1]), again=again,
        planned=(parts[0].survey.wave.deff, parts[1].survey.wave.deff),
    )  # fmt: skip


def _by_village(part: Part, index: int, code: dict[str, int]) -> Grouped:
    """With the weights of the survey, and every village as a unit, also one that was certain to be drawn."""
    villages = np.array([code[place] for place in part.cells.place.tolist()], dtype=np.int64)
    return replace(part.grouped(index), cluster=villages, population=None)


def _figure(item: Item, one: Estimate) -> Figure:
    """Whole percent and about how many."""
    value, low, high = (None if each is None else round(each, 2) for each in (one.estimate, one.low, one.high))
    return Figure(item, State.SHOWN, one.n - one.n % STEP, value, low, high, about=True)


def _held_together(rows: Sequence[ReachedRow]) -> list[ReachedRow]:
    """All that are judged at once: a difference counts where it holds after Holm."""
    judged = [place for place, row in enumerate(rows) if row.p is not None]
    raised = dict(zip(judged, holm([rows[place].p or 0.0 for place in judged]), strict=True))
    return [
        replace(row, p=raised[place], verdict=row.verdict if raised[place] < ALPHA else "unsure")
        if place in raised
        else row
        for place, row in enumerate(rows)
    ]


def _day(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"
