"""Values for the PDF of a survey's results and of a comparison, in the words of the page."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from app.evidence.instruments.states import AUDIENCES
from app.evidence.results import quotes, words
from app.evidence.results.comparison import Comparison, ComparisonRow
from app.evidence.results.figures import VOLUNTEERS, Figure
from app.evidence.results.wave_results import WaveResults
from app.evidence.surveys.models import Wave
from app.evidence.surveys.states import METHODS, MODES, STAGES
from app.evidence.surveys.statistics.publication import LEAST_GROUP
from app.kernel.site import LOCALE
from app.outreach.campaigns.models import Campaign

TEMPLATE = "survey_results"
NOT_SHOWN = (
    "Kelompok dengan kurang dari 30 jawaban dan jawaban dari kurang dari 5 orang tidak diberi angka, begitu juga angka "
    "lain yang membuatnya bisa dihitung."
)
INTERVAL = (
    "Titik: hasil dari jawaban. Garis: rentang 95 %; dari seratus survei seperti ini, sekitar 95 rentangnya memuat "
    "nilai sebenarnya."
)


def of_wave(
    results: WaveResults, *, office: Mapping[str, Any], campaign: Campaign | None, printed: datetime, tz: str
) -> dict[str, Any]:
    """Return the values of a wave's PDF: headline, facts, measures, groups of the first, spread of each question."""
    wave, kind = results.wave, VOLUNTEERS if not results.sampled else METHODS[results.wave.method]
    modes = ", ".join(f"{MODES[mode]} ({words.number(people)})" for mode, people in results.modes if people)
    chosen = next((line for line in results.lines if line.key == results.chosen), None)
    groups = [
        {"title": f"{chosen.label}, menurut {words.BY_WORDS[by].lower()}",
         "rows": [_row(row.label, row.figure) for row in results.by_group if row.by == by]}
        for by in ("sex", "age", "district")
        if chosen and any(row.by == by for row in results.by_group)
    ]  # fmt: skip
    return {
        **_common(office, [wave], printed, tz),
        "kind": "wave",
        "title": f"Hasil {wave.name}",
        "headline": [str(told) for told in (results.headline, *results.also)],
        "facts": _facts(
            [
                ("Jawaban", _people(results)),
                ("Masa survei", f"{_day(wave.starts_on)} – {_day(wave.ends_on)}"),
                ("Siapa yang ditanya", f"{AUDIENCES[wave.audience]} ({STAGES[wave.stage]})"),
                ("Cara bertanya", modes),
                ("Cara memilih", str(kind)),
                ("Program", campaign.name if campaign else ""),
            ]
        ),
        "sampled": results.sampled,
        "charts": [
            {
                "title": "Hasil",
                "rows": [_row(line.label, line.figure, words.DECOY if line.decoy else "")
                         for line in [*results.lines, *results.checks]],
            },
            *([{"title": f"Dari tautan: {VOLUNTEERS}",
                "rows": [_row(line.label, line.beside) for line in results.lines]}] if results.volunteers else []),
            *groups,
        ],
        "questions": _questions(results),
        "notes": [INTERVAL if results.sampled else f"Tanpa rentang kepastian: {VOLUNTEERS}.", NOT_SHOWN,
                  *(str(note) for note in [*results.warnings, *results.notes])],
    }  # fmt: skip


def of_comparison(
    found: Comparison,
    *,
    office: Mapping[str, Any],
    campaign: Campaign | None,
    dimensions: Mapping[str, str],
    printed: datetime,
    tz: str,
) -> dict[str, Any]:
    """Return the values of a comparison's PDF: the quoted sentence, a chart of pairs, and what the design allows."""
    allowed = str(quotes.allowed(campaign.name if campaign else None))
    leading = [_marked(found, row.quote) for row in found.leading]
    notes = [INTERVAL] if found.sampled else [f"Tidak ada putusan: {VOLUNTEERS}."]
    if found.family > 1:
        notes.append(f"{found.family} dimensi dinilai sekaligus, jadi syaratnya diperketat (cara Holm).")
    if found.same_villages:
        notes.append("Desa yang sama didatangi lagi, jadi perubahannya dihitung desa demi desa.")
    if found.order:
        notes.insert(0, str(found.order))
    return {
        **_common(office, [found.before, found.after], printed, tz),
        "kind": "comparison",
        "title": "Sebelum dan sesudah",
        "headline": [*leading, allowed] if leading else ["Belum ada ukuran yang bisa diputuskan."],
        "facts": _facts(
            [
                ("Sebelum", _wave_words(found.before, found.n[0])),
                ("Sesudah", _wave_words(found.after, found.n[1])),
                ("Program", campaign.name if campaign else ""),
            ]
        ),
        "sampled": found.sampled,
        "pairs": [_pair(row, dimensions) for row in [*found.rows, *found.checks]],
        "quotes": [_marked(found, row.quote) for row in found.rows if row.quote],
        "notes": [*notes, *(str(note) for note in found.warnings), NOT_SHOWN],
    }


def _marked(found: Comparison, quote: object) -> str:
    """A sentence that is copied out says itself that it is no result."""
    return f"[Simulasi] {quote}" if found.simulated else str(quote)


def _common(office: Mapping[str, Any], waves: Sequence[Wave], printed: datetime, tz: str) -> dict[str, Any]:
    return {
        "office": dict(office),
        "campaign": "Simulasi" if waves[0].simulated else "Hasil survei",  # the foot of each page
        "simulated": any(wave.simulated for wave in waves),
        "printed": _day(printed.astimezone(ZoneInfo(tz))),
    }


def _people(results: WaveResults) -> str:
    own = words.number(results.main.people if results.main else 0)
    return f"{own}, ditambah {words.number(results.volunteers.people)} lewat tautan" if results.volunteers else own


def _facts(rows: Sequence[tuple[str, str]]) -> list[list[str]]:
    return [[label, value] for label, value in rows if value]


def _wave_words(wave: Wave, people: int) -> str:
    return f"{wave.name}, {_day(wave.starts_on)} – {_day(wave.ends_on)} (n = {words.number(people)})"


def _row(label: str, figure: Figure | None, note: str = "") -> dict[str, Any]:
    return {
        "label": label,
        "note": note,
        "shown": words.shown(figure),
        "range": words.interval(figure),
        "n": words.answered(figure),
        "known": figure is not None and figure.value is not None,
        "point": _point(figure),
    }


def _point(figure: Figure | None) -> dict[str, float | None] | None:
    if figure is None or figure.value is None or figure.is_mean:
        return None
    return {"value": figure.value, "low": figure.low, "high": figure.high}


def _pair(row: ComparisonRow, dimensions: Mapping[str, str]) -> dict[str, Any]:
    mean, decimals = row.item.kind == "mean", row.decimals
    sides = [
        {"shown": words.shown(figure), "n": words.answered(figure), "point": _point(figure)}
        for figure in (row.before, row.after)
    ]
    change = "–"
    if row.sized:
        change = words.signed(row.change, mean=mean, decimals=decimals)
        change += "" if mean else " poin"
    limits = ""
    if row.sized and row.difference and row.difference.low is not None and row.difference.high is not None:
        low = words.signed(row.difference.low, mean=mean, decimals=decimals)
        limits = f"{low} sampai {words.signed(row.difference.high, mean=mean, decimals=decimals)}"
    note = words.DECOY if row.item.decoy else dimensions.get(row.item.dimension or "", "")
    verdict = str(row.reason) if row.reason else str(quotes.VERDICTS[row.verdict])
    return {"label": row.label, "note": note, "sides": sides, "change": change, "range": limits, "verdict": verdict}


def _questions(results: WaveResults) -> list[dict[str, Any]]:
    made = []
    for question in results.questions:
        told = ""
        if question.mean is not None:
            told = f"Rata-rata: {words.shown(question.mean)} (n = {words.answered(question.mean)})"
        elif question.waiting:
            told = f"Belum dikode ({words.count(question.waiting)})"
        elif question.kind == "text" and not question.blocks:
            told = f"{words.count(question.written)} jawaban tertulis"
        blocks = [
            {
                "label": block.label,
                "few": f"belum cukup ({words.count(block.n)} dari {LEAST_GROUP})" if not block.choices else "",
                "choices": [
                    {"label": choice.label, "share": choice.share,
                     "shown": choice.said if choice.share is None else words.amount(choice.share, mean=False)}
                    for choice in block.choices
                ],
            }
            for block in question.blocks
        ]  # fmt: skip
        made.append({"text": question.text, "told": told, "blocks": blocks})
    return made


def _day(day: Any) -> str:
    return format_date(day, "d MMM y", LOCALE)
