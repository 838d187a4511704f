"""Sheets of the results of a wave: what the page shows and nothing that it hides."""

from collections.abc import Iterable

from app.base.documents.sheets import Sheet, SheetRow
from app.evidence.results import words
from app.evidence.results.figures import Figure
from app.evidence.results.rounding import rounded
from app.evidence.results.wave_results import WaveResults, group_rows
from app.evidence.surveys.states import MODES
from app.evidence.surveys.statistics.publication import LEAST_GROUP

SIMULATED = "SIMULASI: jawaban dibuat komputer"
VOLUNTEERS = "Gambaran awal, bukan sampel acak"
FIGURE = ("Yang menjawab", "Hasil", "Batas bawah 95 %", "Batas atas 95 %", "Satuan", "Keterangan")


def of_wave(results: WaveResults) -> list[Sheet]:
    """Return the sheets Hasil, Menurut kelompok, Jawaban, Tempat."""
    top = results.wave.name
    if results.wave.simulated:
        top = f"{SIMULATED}. {top}"
    elif results.main is not None and not results.sampled:
        top = f"{top}. {VOLUNTEERS}"
    return [
        Sheet("Hasil", ("Yang diukur", "Dari", *FIGURE), list(_lines(results)), top),
        Sheet("Menurut kelompok", ("Yang diukur", "Menurut", "Kelompok", *FIGURE), list(_groups(results)), top),
        Sheet("Jawaban", ("Pertanyaan", "Baris", "Jawaban", "Orang", "Persen"), list(_answers(results)), top),
        Sheet("Tempat", ("Cara atau tempat", "Jawaban", "Rencana", "Keadaan"), list(_places(results)), top),
    ]


def figure_cells(figure: Figure | None) -> SheetRow:
    """Return n, figure, limits, unit, why there is none."""
    if figure is None or figure.value is None:
        return words.answered(figure), None, None, None, "", words.shown(figure)
    scale, digits, unit = (1, 3, "rata-rata") if figure.is_mean else (100, 1, "persen")
    limits = [None if limit is None else float(rounded(scale * limit, digits)) for limit in (figure.low, figure.high)]
    return (
        figure.n,
        float(rounded(scale * figure.value, digits)),
        limits[0],
        limits[1],
        unit,
        "sekitar" if figure.about else "",
    )


def _lines(results: WaveResults) -> Iterable[SheetRow]:
    for line in [*results.lines, *results.checks]:
        label = f"{line.label} ({words.DECOY})" if line.decoy else line.label
        yield label, "sampel" if results.sampled else "tautan", *figure_cells(line.figure)
        if line.beside is not None:
            yield label, "tautan (gambaran awal)", *figure_cells(line.beside)


def _groups(results: WaveResults) -> Iterable[SheetRow]:
    if results.main is None:
        return
    for line in results.lines:
        for row in group_rows(results.main, line.key):
            yield line.label, words.BY_WORDS[row.by], row.label, *figure_cells(row.figure)


def _answers(results: WaveResults) -> Iterable[SheetRow]:
    for question in results.questions:
        for block in question.blocks:
            if not block.choices:
                few = f"belum cukup ({words.count(block.n)} dari {LEAST_GROUP})"
                yield question.text, block.label, few, None, None
            for choice in block.choices:
                share = None if choice.share is None else float(rounded(100 * choice.share, 1))
                people = choice.said or (choice.count if choice.count is not None else "tidak ditampilkan")
                yield question.text, block.label, choice.label, people, share
        if question.mean is not None:
            yield question.text, "", f"rata-rata: {words.shown(question.mean)}", None, None
        if question.waiting:
            yield question.text, "", f"belum dikode ({words.count(question.waiting)})", None, None


def _places(results: WaveResults) -> Iterable[SheetRow]:
    """Of a place only whether its plan is fulfilled: the file goes to whoever, and numbers of places add up to those of
    groups that are too small."""
    for mode, people in results.modes:
        yield f"Cara: {MODES[mode]}", people, None, None
    for row in results.places:
        yield row.name, None, row.target, ("kurang" if row.lacking else "cukup") if row.target else None
