"""Results of one wave as its page, its PDF and its table for spreadsheets say them: made once, from cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.evidence.instruments.definition import AGE_BANDS, SEXES, say
from app.evidence.instruments.measures import MARKS
from app.evidence.instruments.models import SurveyAudience
from app.evidence.instruments.states import AGE_WORDS, SEX_WORDS
from app.evidence.responses.bursts.detection import held_count
from app.evidence.responses.models import Response, ResponseConflict
from app.evidence.results import quotes
from app.evidence.results.cells import Survey, answers_by_place, survey_of
from app.evidence.results.distributions import Distribution, distributions
from app.evidence.results.figures import BY, Figure, Part, State, figure, groups, parts_of
from app.evidence.results.headlines import campaign_first, campaign_measures
from app.evidence.surveys.models import Mode, SampleMethod, Wave, WaveStatus
from app.kernel.text import T

LONE = T("Strata dengan satu desa saja: %(names)s. Ragamnya dihitung terhadap rata-rata semua desa.")
LONE_PERSON = T("Hanya satu jawaban dari %(names)s. Ragamnya dihitung terhadap rata-rata semua jawaban.")


@dataclass(frozen=True)
class MeasureLine:
    """A measure: its figure, and that of those who chose to answer where it stands beside."""

    key: str
    label: str
    figure: Figure
    beside: Figure | None
    dimension: str | None
    decoy: bool


@dataclass(frozen=True)
class PlaceRow:
    """Answers against plan; `target` None where nothing was planned. No figure of its own."""

    place: str
    name: str
    answers: int
    target: int | None

    @property
    def lacking(self) -> int:
        return max(0, (self.target or 0) - self.answers)


@dataclass(frozen=True)
class QuotaRow:
    """Answers of the sample of one age band against their quota, by sex; `planned` None where there is no quota."""

    label: T
    cells: Sequence[tuple[int, int | None]]  # (answers, planned), women first


@dataclass(frozen=True)
class Quality:
    """Numbers on the quality of a wave's answers.

    `marks`: mark → answers that bear it, of `people`. `set_aside`, `held` and `conflicts` are no part of `people`; None
    once the single answers were erased: then nobody knows any more.
    """

    people: int
    marks: Mapping[str, int]
    set_aside: int | None
    conflicts: int | None
    held: int | None = None


@dataclass(frozen=True)
class GroupRow:
    """One group of the chosen measure: by district, sex or age."""

    by: str
    value: str
    label: str
    figure: Figure


@dataclass(frozen=True)
class WaveResults:
    """The results of one wave.

    `main`: the sample, or those who chose to answer where there is none; None while nobody answered. `volunteers`:
    those who chose to answer, beside a sample. `headline`: the campaign's own measure, else the first; `also`: the
    campaign's other own ones. Lines of the campaign's own come first. `chosen`: the measure of `by_group`.
    """

    survey: Survey
    main: Part | None
    volunteers: Part | None
    headline: T
    also: Sequence[T]
    lines: Sequence[MeasureLine]
    checks: Sequence[MeasureLine]  # services that do not exist
    questions: Sequence[Distribution]
    chosen: str | None
    by_group: Sequence[GroupRow]
    modes: Sequence[tuple[str, int]]
    places: Sequence[PlaceRow]
    quotas: Sequence[QuotaRow]
    quality: Quality

    @property
    def wave(self) -> Wave:
        return self.survey.wave

    @property
    def people(self) -> int:
        return int(self.survey.cells.people.sum())

    @property
    def sampled(self) -> bool:
        return self.main is not None and self.main.design is not None

    @property
    def warnings(self) -> list[T]:
        """What everybody should know who reads an interval."""
        wave = self.wave
        by_hand = self.sampled and wave.method == SampleMethod.LIST and wave.audience == SurveyAudience.RESIDENTS
        unknown = self.main.design.warnings if self.main and self.main.design else []
        return [*([quotes.CHOSEN_PLACES] if by_hand else []), *unknown,
                *([quotes.RUNNING] if wave.status == WaveStatus.OPEN else [])]  # fmt: skip

    @property
    def notes(self) -> list[T]:
        """How it was weighted and what is odd in the design, for analysts."""
        if self.main is None or self.main.design is None:
            return []
        design = self.main.design
        lone = {code for line in self.lines if line.figure.est for code in line.figure.est.lone}
        found = list(design.notes)
        for words, of_people in ((LONE, False), (LONE_PERSON, True)):
            names = [self._stratum_word(design.strata[code]) for code in sorted(lone)
                     if (design.strata[code] in self.survey.names) == of_people]  # fmt: skip
            found += [T(words.msgid, names=", ".join(names))] if names else []
        return found

    def _stratum_word(self, stratum: str) -> str:
        """An OPD or a village that was certain to be drawn, by its name; else a district or the office's own word."""
        return self.survey.names.get(stratum) or self.survey.districts.get(stratum) or stratum


def results_of(session: Session, wave: Wave, *, measure: str | None = None) -> WaveResults:
    """Return the results of a wave as they stand. Nine queries, whatever the number of answers.

    `measure`: the one that is shown by group; the first where there is no such.
    """
    survey = survey_of(session, wave)
    sample, volunteers = parts_of(survey)
    main, beside = (sample, volunteers) if sample else (volunteers, None)
    own = campaign_measures(session, wave, survey.definition)
    lines = campaign_first(lines_of(main, beside) if main else [], own, lambda line: line.key)
    shown = [line for line in lines if not line.decoy]
    chosen = next((line.key for line in shown if line.key == measure), shown[0].key if shown else None)
    told = _told(shown, own)
    return WaveResults(
        survey,
        main,
        beside,
        quotes.headline(told[0] if told else None),
        [quotes.headline(one) for one in told[1:]],
        shown,
        [line for line in lines if line.decoy],
        distributions(main) if main else [],
        chosen,
        group_rows(main, chosen) if main and chosen else [],
        _modes(survey),
        _places(main) if main else [],
        _quotas(main) if main else [],
        _quality(session, survey),
    )


def _quality(session: Session, survey: Survey) -> Quality:
    wave, people, marks = survey.wave, int(survey.cells.people.sum()), _marks(survey)
    if wave.erased_at is not None:
        return Quality(people, marks, None, None)
    aside = select(func.count()).where(Response.wave_id == wave.id, Response.set_aside.is_not(None))
    held = held_count(session, wave)
    waiting = select(func.count()).where(ResponseConflict.wave_id == wave.id, ResponseConflict.resolution.is_(None))
    return Quality(people, marks, (session.scalar(aside) or 0) - held, session.scalar(waiting) or 0, held)


def headline_of(session: Session, wave: Wave) -> tuple[int, Sequence[T]]:
    """Return how many answered, and the sentences that are told first, for the wave's own page."""
    survey = survey_of(session, wave)
    sample, volunteers = parts_of(survey)
    main = sample or volunteers
    lines = [line for line in lines_of(main, None) if not line.decoy] if main else []
    told = _told(lines, campaign_measures(session, wave, survey.definition))
    return int(survey.cells.people.sum()), [quotes.headline(one) for one in told] or [quotes.headline(None)]


def lines_of(main: Part, beside: Part | None) -> list[MeasureLine]:
    """Return every measure in the instrument's order."""
    return [
        MeasureLine(
            item.key,
            quotes.label(item),
            figure(main, index),
            figure(beside, index) if beside else None,
            item.dimension,
            item.decoy,
        )
        for index, item in enumerate(main.survey.items)
        if item.group == "measure"
    ]


def _told(lines: Sequence[MeasureLine], own: Sequence[str]) -> list[Figure]:
    """What is told first: the campaign's own measures in the instrument's order, however they turned out; else the
    first share that can be shown, else the first measure. Never the highest: that would be picked for its size."""
    figures = [line.figure for line in lines if line.key in own and line.figure.state in {State.SHOWN, State.SMALL}]
    shown = [line.figure for line in lines if line.figure.is_shown and not line.figure.is_mean]
    return figures or (shown or [line.figure for line in lines])[:1]


def group_rows(part: Part, key: str) -> list[GroupRow]:
    index = part.survey.index(key)
    if index is None:
        return []
    wanted = BY if part.survey.wave.audience == SurveyAudience.RESIDENTS else BY[1:]
    return [
        GroupRow(by, value, group_word(part.survey, by, value), one)
        for by in wanted
        for value, one in groups(part, index, by).items()
    ]


def group_word(survey: Survey, by: str, value: str) -> str:
    words: Mapping[str, Mapping[str, object]] = {"sex": SEX_WORDS, "age": AGE_WORDS, "district": survey.districts}
    return str(words[by].get(value, value))


def _modes(survey: Survey) -> list[tuple[str, int]]:
    cells = survey.cells
    found = {mode: int(cells.people[cells.mode == mode].sum()) for mode in Mode}
    return [(str(mode), people) for mode, people in found.items() if people or mode in survey.wave.modes]


def _places(main: Part) -> list[PlaceRow]:
    """Those that lack most first, then by name. An answer by link fulfils no plan of a sample."""
    survey = main.survey
    planned = {place.place: place.target for place in survey.places}
    answers = answers_by_place(main.cells)
    rows = [
        PlaceRow(place, survey.names.get(place, place), answers.get(place, 0), planned.get(place))
        for place in {**planned, **answers}
    ]
    return sorted(rows, key=lambda row: (-row.lacking, row.target is None, row.name))


def _quotas(main: Part) -> list[QuotaRow]:
    """By age band and sex; none where no quota was planned."""
    wanted = main.survey.wave.quotas
    if not wanted:
        return []
    cells = main.cells
    return [
        QuotaRow(
            AGE_WORDS[band],
            [
                (int(cells.people[(cells.sex == sex) & (cells.band == band)].sum()), wanted.get(f"{sex}.{band}"))
                for sex in SEXES
            ],
        )
        for band in AGE_BANDS
    ]


def _marks(survey: Survey) -> dict[str, int]:
    found = {}
    for mark in MARKS:
        index = survey.index(f"~{mark}")
        found[mark] = round(float(survey.cells.sums[:, index, 1].sum())) if index is not None else 0
    return found


def title_of(survey: Survey) -> str:
    return say(survey.definition.title)
