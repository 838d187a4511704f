"""Whether the message was clear: what people caught and understood, by the newest survey that asked.

Figures are those of results/figures.py: fewer than thirty answers give none, and small cells stay hidden.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Select, exists, select

from app.evidence.instruments.definition import Definition
from app.evidence.instruments.definition import Measure as Asked
from app.evidence.instruments.models import SurveyAudience
from app.evidence.instruments.versions import definition_of
from app.evidence.results import quotes, words
from app.evidence.results.cells import survey_of
from app.evidence.results.figures import Figure, Part, figure, parts_of
from app.evidence.surveys.access import visible_to
from app.evidence.surveys.models import Wave, WaveStatus
from app.kernel.paging import Page
from app.kernel.text import T
from app.oversight.scorecard.measures import PERCENT, Button, Measure, MeasureResult, Record, ScorecardScope, page_of

SURVEYS = 6
"""The newest of the period, which are looked through for one that asked."""
NO_SURVEY = T("survei warga yang ditutup pada periode ini")
NOT_ASKED = T("pertanyaan ini pada survei warga periode ini")
EXACT = "tepat"
"""The code of an answer that says a key message as it is meant; see docs/kits.md."""
PICK = Callable[[Definition], Asked | None]


def caught_measure(definition: Definition) -> Asked | None:
    """Return the measure of an open question whose answers the office codes against the key messages as "tepat"."""
    for one in _shares(definition):
        asked = definition.by_key.get(one.question or "")
        if asked and asked.kind == "text" and tuple(one.counts) == (EXACT,):
            return one
    return None


def understood_measure(definition: Definition) -> Asked | None:
    """Return the first measure made of the right answers of questions that have one."""
    return next((one for one in _shares(definition) if _all_right(definition, one)), None)


def _shares(definition: Definition) -> list[Asked]:
    return [one for one in definition.measures if one.kind == "share" and not one.decoy and not one.dimension]


def _counts(measure: Asked) -> list[tuple[str, Sequence[str]]]:
    """(question, the answers that count) of a measure."""
    return [(question, counts) for question, _row, counts in measure.parts] or [
        (measure.question or "", measure.counts)
    ]


def _all_right(definition: Definition, measure: Asked) -> bool:
    for question, counts in _counts(measure):
        asked = definition.by_key.get(question)
        right = {option.key for option in asked.options if option.right} if asked else set()
        if not right or not set(counts) <= right:
            return False
    return True


def _waves(scope: ScorecardScope) -> tuple[list[Wave], bool]:
    """Closed surveys of residents that ended in the period, the newest first; simulated ones only where no real survey
    was ever closed."""
    closed = select(Wave).where(
        Wave.status == WaveStatus.CLOSED, Wave.audience == SurveyAudience.RESIDENTS, visible_to(scope.actor)
    )
    real = closed.where(Wave.simulated.is_(False))
    practice = not scope.session.scalar(select(exists(real.with_only_columns(Wave.id))))
    inside: Select[Any] = closed.where(
        Wave.simulated.is_(practice), Wave.ends_on >= scope.period.first, Wave.ends_on <= scope.period.last
    )
    ordered = inside.order_by(Wave.ends_on.desc(), Wave.id.desc()).limit(SURVEYS)
    return list(scope.session.scalars(ordered)), practice


def _asking(scope: ScorecardScope, pick: PICK) -> tuple[list[tuple[Wave, str]], bool, bool]:
    """(surveys that asked, the newest first, with the key of the measure; whether there was any survey; whether they
    are simulated)."""
    waves, practice = scope.cached("waves", _waves)
    asking = []
    for wave in waves:
        measure = pick(definition_of(scope.session, wave.instrument_version_id))
        if measure is not None:
            asking.append((wave, measure.key))
    return asking, bool(waves), practice


def _figure(scope: ScorecardScope, wave: Wave, key: str) -> Figure | None:
    """None while nobody answered."""
    survey = scope.cached(f"survey {wave.id}", lambda one: survey_of(one.session, wave))
    main, place = _main(*parts_of(survey)), survey.index(key)
    return figure(main, place) if main is not None and place is not None else None


def _main(sample: Part | None, volunteers: Part | None) -> Part | None:
    return sample or volunteers


def _find(scope: ScorecardScope, pick: PICK) -> MeasureResult:
    asking, any_survey, practice = _asking(scope, pick)
    told = next(((wave, one) for wave, key in asking if (one := _figure(scope, wave, key)) is not None), None)
    if told is None:
        return MeasureResult(
            missing=NOT_ASKED if any_survey else NO_SURVEY,
            do_missing=Button(T("Rencanakan survei"), "surveys.new"),
            raises=T("Tanyakan pada survei berikutnya, dan jadwalkan surveinya."),
        )
    wave, one = told
    link = Button(T("Buka hasil surveinya"), "results.wave", {"wave_id": wave.id})
    shown = T("%(name)s, n = %(n)s", name=wave.name, n=words.answered(one))
    if one.value is None:
        return MeasureResult(unsure=T("%(why)s", why=words.shown(one)), more=shown, link=link, simulated=practice)
    sampled = one.low is not None and one.high is not None
    return MeasureResult(
        100 * one.value, one.n, None,
        low=100 * one.low if one.low is not None else None,
        high=100 * one.high if one.high is not None else None,
        unsure=None if sampled else T("tanpa rentang: gambaran awal, bukan sampel acak"),
        more=T("%(name)s, n = %(n)s, rentang 95 %%: %(range)s", name=wave.name, n=words.answered(one),
               range=words.interval(one)) if sampled else shown,
        link=link,
        counted=T("%(n)s orang menjawab", n=words.answered(one)),
        simulated=practice,
        raises=T("Sederhanakan pesan yang paling sering keliru, lalu uji kepada beberapa warga sebelum terbit."),
        do=Button(T("Lihat jawaban yang keliru"), "results.wave", {"wave_id": wave.id}),
    )  # fmt: skip


def _records(scope: ScorecardScope, pick: PICK, number: int, size: int) -> Page[Record]:
    asking, _any, _practice = _asking(scope, pick)
    told = [(wave, one) for wave, key in asking if (one := _figure(scope, wave, key)) is not None]
    rows = [Record(wave.name, quotes.headline(one), None, "results.wave", {"wave_id": wave.id}) for wave, one in told]
    return page_of(rows, False, number, size)


def _measure(key: str, label: T, target: float, formula: T, pick: PICK) -> Measure:
    return Measure(
        key=key, label=label, unit=PERCENT, target=target, formula=formula, compared=False,
        counted=T("%(n)s orang menjawab"), listed=T("Survei yang menanyakannya"), lacking=T("Belum tercapai"),
        find=lambda scope: _find(scope, pick),
        records=lambda scope, _lacking, number, size: _records(scope, pick, number, size),
    )  # fmt: skip


CLARITY = (
    _measure(
        "caught", T("Pesan ditangkap dengan tepat"), 50,
        T(
            "Warga yang menyebut pesan utama dengan tepat (jawaban bebas yang dikode kantor menurut pesan kunci), dari "
            "semua yang menjawab survei warga terbaru yang ditutup pada periode ini. Tercapai bila seluruh rentang "
            "95 % berada pada atau di atas target. Naik atau turunnya dinilai di halaman Pengenalan."
        ),
        caught_measure,
    ),
    _measure(
        "understood", T("Isi pesan dipahami"), 50,
        T(
            "Warga yang menjawab soal benar-salah tentang isi pesan dengan benar, menurut ukuran pertama seperti itu "
            "pada survei warga terbaru yang ditutup pada periode ini. Tercapai bila seluruh rentang 95 % berada pada "
            "atau di atas target. Naik atau turunnya dinilai di halaman Pengenalan."
        ),
        understood_measure,
    ),
)  # fmt: skip
