"""The fourth and fifth step of a chain: what people took with them, and what changed. Figures and verdicts are those of
results/, hidden where they are hidden there."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.instruments.measures import Item
from app.evidence.results import comparison, quotes, words
from app.evidence.results.comparison import ComparisonRow
from app.evidence.results.figures import Figure
from app.evidence.results.rounding import rounded
from app.evidence.surveys.models import RecordedResult
from app.evidence.surveys.recorded import service as recorded
from app.evidence.surveys.statistics.publication import LEAST_GROUP
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign
from app.oversight.insights import chain_figures
from app.oversight.insights.chain_learning import learning_gains
from app.oversight.insights.chain_scope import ChainScope
from app.oversight.insights.chain_steps import Amount, ChainLine, ChainStep, Trend, Words, number
from app.oversight.insights.chain_surveys import AUDIENCES, AudienceSurveys, surveys

TAKEN_UP = ("ingat", "gambar", "pesan")
"""How the keys of measures of recall, recognition and message begin, in the instruments of the kits."""
ORDER = ("istilah", "kenal", "sebut", "paham", "percaya", "niat", "pakai")
"""Awareness with and without help, understanding, trust, intent, use."""


def outtakes_and_outcomes(session: Session, scope: ChainScope) -> tuple[ChainStep, ChainStep, bool]:
    """Return both steps, from the same surveys, which are read once; and whether these are practice."""
    told = surveys(session, scope)
    several = len(told) > 1
    taken: list[ChainLine] = []
    changed: list[ChainLine] = []
    for one in told:
        for line in _lines(one, scope.campaign, several=several):
            (taken if line[0] else changed).append(line[1])
    opened = chain_figures.visits(session, scope, social=False)
    outtakes = ChainStep(
        "outtakes",
        T("Tanggapan"),
        T("Yang ditangkap orang: membuka, menanggapi, mengingat, belajar."),
        [*opened, *taken, *learning_gains(session, scope), *chain_figures.engagement(session, scope)],
        _taken_said(told) or _opened_said(opened),
    )
    outcomes = ChainStep(
        "outcomes",
        T("Hasil"),
        T("Yang berubah pada warga dan ASN, menurut survei sebelum dan sesudah."),
        [*changed, *_recorded(session, scope)],
        _said(told, scope.campaign, several=several),
        next((one.action for one in told if one.action), None),
        T("Sesudah"),
    )
    return outtakes, outcomes, any(one.simulated for one in told)


# --- surveys ---


def _said(told: Sequence[AudienceSurveys], campaign: Campaign, *, several: bool) -> list[Words]:
    said: list[Words] = []
    judged = False
    for one in told:
        own: list[Words] = []
        if one.found is not None:
            leading = [row.quote for row in one.found.leading if row.quote]
            judged = judged or bool(leading)
            own += leading or [
                T("Jawabannya belum cukup untuk sebuah putusan.") if one.found.sampled else comparison.CHOSE
            ]
            own += one.found.warnings
        if one.said:
            own.append(one.said)
        mark = AUDIENCES[one.audience]  # type: ignore[index]
        said += [T("%(who)s: %(what)s", who=mark, what=each) if several else each for each in own]
    if judged:
        said.append(quotes.allowed(campaign.name))
    return said


def _taken_said(told: Sequence[AudienceSurveys]) -> Sequence[Words]:
    """The first measure of what was taken up that could be judged, in the order of the questions and not of size."""
    for one in told:
        rows = one.found.rows if one.found else ()
        quoted = next((words for words in (row.quote for row in rows if _is_taken_up(row.item)) if words), None)
        if quoted is not None:
            return [quoted]
    return []


def _opened_said(opened: Sequence[ChainLine]) -> Sequence[Words]:
    return [
        T("%(what)s %(n)s.", what=line.label, n=line.actual.text)
        for line in opened
        if line.actual and line.actual.number
    ][:1]


def _lines(told: AudienceSurveys, campaign: Campaign, *, several: bool) -> Iterable[tuple[bool, ChainLine]]:
    """(whether it is an out-take, the line), in the order in which people come to know something."""
    group = AUDIENCES[told.audience] if several else ""  # type: ignore[index]
    if told.found is not None:
        values = {"sebelum": told.found.before.id, "sesudah": told.found.after.id}
        own = set(told.found.own)
        rows = [row for row in told.found.rows if _belongs(row.item, campaign, own)]
        for row in sorted(rows, key=lambda row: _place(row.item)):
            yield _is_taken_up(row.item), _changed(row, group, values)
        return
    for line in told.alone:
        item = line.figure.item
        if told.wave is not None and _belongs(item, campaign, set()):
            yield (
                _is_taken_up(item),
                ChainLine(
                    line.label,
                    _figure(line.figure),
                    n=words.answered(line.figure),
                    source_label=T("Hasil survei"),
                    endpoint="results.wave",
                    values={"wave_id": told.wave.id},
                    group=group,
                    still=T("belum ada survei pembanding"),
                ),
            )


def _belongs(item: Item, campaign: Campaign, own: set[str]) -> bool:
    """The campaign's own, what is of no dimension, and what is of one of the campaign's; all where it has none."""
    dimensions = {one.key for one in campaign.dimensions}
    return item.key in own or item.dimension is None or not dimensions or item.dimension in dimensions


def _is_taken_up(item: Item) -> bool:
    return item.key.startswith(TAKEN_UP)


def _place(item: Item) -> int:
    return next((place for place, key in enumerate(ORDER) if item.key.startswith(key)), len(ORDER))


def _changed(row: ComparisonRow, group: Words, values: dict[str, int]) -> ChainLine:
    return ChainLine(
        row.label,
        _figure(row.after or row.before),
        trend=_verdict(row),
        n=T("%(n)s, lalu %(m)s", n=words.answered(row.before), m=words.answered(row.after)),
        source_label=T("Perbandingan survei"),
        endpoint="results.comparison",
        values=values,
        group=group,
    )


def _figure(figure: Figure | None) -> Amount:
    """As every page of results writes it; the number only where that is shown."""
    if figure is None or figure.value is None:
        return Amount(words.shown(figure))
    if figure.is_mean:
        return Amount(words.shown(figure), float(rounded(figure.value, 1 if figure.about else 2)))
    return Amount(words.shown(figure), int(rounded(100 * figure.value)))


def _verdict(row: ComparisonRow) -> Trend:
    before = T("sebelumnya %(before)s", before=words.shown(row.before))
    if row.verdict == "none" or row.difference is None:
        return Trend(row.reason or quotes.VERDICTS["none"])
    more = quotes.TIGHTENED if row.tightened else ""
    found = row.difference
    if not row.sized or found.estimate is None or found.low is None or found.high is None:
        return Trend(T("%(before)s%(more)s", before=before, more=more), verdict=row.verdict)
    mean = row.item.kind == "mean"
    size = words.signed(found.estimate, mean=mean, decimals=row.decimals)
    told = T(
        "%(size)s (95 %%: %(range)s), %(before)s%(more)s",
        size=size if mean else T("%(n)s poin", n=size),
        range=words.between(found.low, found.high, mean=mean, decimals=row.decimals),
        before=before,
        more=more,
    )
    return Trend(told, verdict=row.verdict)


def _recorded(session: Session, scope: ChainScope) -> list[ChainLine]:
    """Surveys that were done elsewhere and written down here."""
    query = (
        select(RecordedResult)
        .where(RecordedResult.campaign_id == scope.campaign.id, recorded.visible_to(scope.actor))
        .order_by(RecordedResult.done_on.desc(), RecordedResult.id.desc())
        .limit(10)
    )
    return [
        ChainLine(
            one.title,
            _share(one),
            n="" if one.asked is None else number(one.asked),
            source_label=T("Hasil survei dari luar"),
            endpoint="surveys.show_result",
            values={"result_id": one.id},
            note=one.finding or one.question,
            group=T("Dicatat dari luar, tidak ikut dibandingkan"),
            apart=True,
            still=T("satu kali dicatat"),
        )
        for one in session.scalars(query)
    ]


def _share(result: RecordedResult) -> Amount:
    if result.asked is not None and result.asked < LEAST_GROUP:
        return Amount(T("belum cukup (%(n)s dari %(least)s)", n=words.count(result.asked), least=LEAST_GROUP))
    known = recorded.share(result)
    if known is None or known[0] > known[1]:
        return Amount(T("tidak diketahui"))
    return Amount(words.amount(known[0] / known[1], mean=False), int(rounded(100 * known[0] / known[1])))
