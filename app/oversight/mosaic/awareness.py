"""The measure of how well a service is known in a district, by the newest survey that is closed. Villages have no
figure of their own: each square carries that of its district, and the page says so. Figures and what is hidden are
those of results/."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.evidence.instruments.models import SurveyAudience
from app.evidence.results import quotes, words
from app.evidence.results.cells import survey_of
from app.evidence.results.figures import VOLUNTEERS, Figure, Part, State, groups, parts_of
from app.evidence.results.headlines import campaign_first, campaign_measures
from app.evidence.results.rounding import rounded
from app.evidence.surveys.access import visible_to
from app.evidence.surveys.models import Wave, WaveStatus
from app.kernel.text import T
from app.oversight.mosaic.values import Measure, MosaicScope, Reading, Source, Step, Value, day_words

UNASKED, HIDDEN = 0, 1
FIFTH = 20  # percent
FIFTHS = [
    Step("s1", T("Di bawah %(n)s %%", n=FIFTH)),
    *(Step(f"s{n}", T("%(first)s sampai %(last)s %%", first=FIFTH * (n - 1), last=FIFTH * n - 1)) for n in (2, 3, 4)),
    Step("s5", T("%(n)s %% atau lebih", n=4 * FIFTH)),
]
STEPS = (Step("zero", T("Belum disurvei")), Step("unknown", T("Belum cukup jawaban, atau tidak ditampilkan")), *FIFTHS)


def newest_survey(session: Session, scope: MosaicScope) -> Wave | None:
    """Return the survey of residents that ended last by the end of the period and is closed; a simulated one only where
    there is no real one."""
    if scope.actor is None:
        return None
    query = (
        select(Wave)
        .where(visible_to(scope.actor), Wave.audience == SurveyAudience.RESIDENTS, Wave.status == WaveStatus.CLOSED)
        .where(Wave.ends_on <= scope.period.last)
        .order_by(Wave.simulated, Wave.ends_on.desc(), Wave.id.desc())
        .limit(1)
    )
    return session.scalar(query)


def _awareness(session: Session, scope: MosaicScope) -> Reading:
    wave = newest_survey(session, scope)
    if wave is None:
        return Reading({}, Source(T("Belum ada survei warga yang sudah ditutup.")))
    survey = survey_of(session, wave)
    sample, volunteers = parts_of(survey)
    part = sample or volunteers
    shares = [item for item in survey.items if item.group == "measure" and item.kind == "share" and not item.decoy]
    offered = campaign_first(shares, campaign_measures(session, wave, survey.definition), lambda item: item.key)
    items = [(item.key, quotes.label(item)) for item in offered]
    chosen = scope.item if scope.item in dict(items) else next(iter(dict(items)), "")
    index = survey.index(chosen)
    if part is None or index is None:
        return Reading({}, _source(wave, part, items, chosen))
    of_district = {code: _value(found) for code, found in groups(part, index, "district").items()}
    villages = session.execute(select(Village.code, Village.district_code))
    values = {code: of_district[district] for code, district in villages if district in of_district}
    return Reading(values, _source(wave, part, items, chosen))


def _value(found: Figure) -> Value:
    if found.state == State.NONE:
        return NOTHING
    if not found.is_shown or found.value is None:
        return Value(HIDDEN, T("angka kecamatan %(figure)s", figure=words.shown(found)))
    said = T("angka kecamatan %(figure)s, dari %(n)s jawaban", figure=_figure(found), n=words.answered(found))
    return Value(2 + min(int(rounded(100 * found.value)) // FIFTH, len(FIFTHS) - 1), said, found.value)


def _figure(found: Figure) -> str:
    limits = "" if found.low is None else f" ({words.interval(found)})"
    return words.shown(found) + limits


def _source(wave: Wave, part: Part | None, items: list[tuple[str, str]], chosen: str) -> Source:
    note = T("Dari %(name)s, selesai %(day)s.", name=wave.name, day=day_words(wave.ends_on))
    if part is not None and part.design is None:
        note = T(
            "Dari %(name)s, selesai %(day)s: %(what)s.", name=wave.name, day=day_words(wave.ends_on), what=VOLUNTEERS
        )
    return Source(note, "results.wave", {"wave_id": wave.id}, wave.simulated, items, chosen)


NOTHING = Value(UNASKED, T("kecamatannya belum disurvei"))
AWARENESS = Measure(
    "pengenalan",
    T("Pengenalan di kecamatan"),
    T("persen"),
    T("Berapa bagian warga yang mengenalnya. Ini angka kecamatan: desa tidak punya angka sendiri."),
    STEPS,
    NOTHING,
    _awareness,
    kind="district",
)
