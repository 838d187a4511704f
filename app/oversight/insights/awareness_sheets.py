"""The pages of awareness as sheets of a workbook: what they show and nothing that they hide."""

from collections.abc import Iterable

from app.base.documents.sheets import Sheet, SheetRow
from app.evidence.results import comparison, quotes, words
from app.evidence.results.figures import Figure
from app.evidence.results.rounding import rounded
from app.evidence.results.tables import FIGURE, SIMULATED, VOLUNTEERS, figure_cells
from app.evidence.results.trend import Point
from app.evidence.surveys.statistics.comparing import Difference
from app.oversight.insights.awareness import AwarenessSummary
from app.oversight.insights.awareness_campaigns import CampaignAwareness, CampaignList
from app.oversight.insights.awareness_lines import DimensionLines, Districts
from app.oversight.insights.awareness_reached import CAVEAT, Reached

CHANGE = ("Sebelum", "n sebelum", "Sesudah", "n sesudah", "Perubahan", "Batas bawah 95 %", "Batas atas 95 %", "Putusan")


def of_dimensions(standing: AwarenessSummary, drawn: DimensionLines, *, simulated: bool) -> Sheet:
    """Return a sheet with a line a survey of each dimension, and the verdict beside the later survey of its latest
    comparison."""
    rows: list[SheetRow] = []
    for one in standing.dimensions:
        line, verdict = next(line for line in drawn.lines if line.key == one.key), _verdict(one.verdict, one.reason)
        judged = one.after.id if one.after else None
        if judged not in {point.wave.id for point in line.points if point.wave}:
            rows.append((line.name, line.label or "belum dicatat", *[None] * (len(FIGURE) + 4), verdict))
        rows += [
            (
                line.name, line.label, point.name, point.on, _scope(point), *figure_cells(point.figure), _notes(point),
                verdict if point.wave and point.wave.id == judged else None,
            )
            for point in line.points
        ]  # fmt: skip
    titles = ("Dimensi", "Yang diukur", "Survei", "Waktu", "Cakupan", *FIGURE, "Catatan", "Putusan sebelum dan sesudah")
    return Sheet("Dimensi", titles, rows, _top(simulated))


def _scope(point: Point) -> str:
    return str(point.scope.words or "") if point.scope else ""


def _notes(point: Point) -> str:
    told = {
        "kalimat pertanyaan berubah": point.breaks, "cakupan lain, tidak disambung": point.apart,
        "masih berjalan": point.running, VOLUNTEERS: not point.sampled,
    }  # fmt: skip
    return "; ".join(words for words, is_so in told.items() if is_so)


def of_districts(found: Districts, *, simulated: bool) -> Sheet:
    """Return a sheet with the figures of a dimension by district."""
    rows: list[SheetRow] = [
        (row.name, cell.point.name, cell.point.on, _scope(cell.point), *_district(cell.figure))
        for row in found.rows
        for cell in row.cells
    ]
    rows += [(name, None, None, None, *_district(None)) for name in found.unasked]
    top = f"{found.line.name}: {found.line.label}"
    return Sheet(
        "Kecamatan", ("Kecamatan", "Survei", "Waktu", "Cakupan", *FIGURE), rows, f"{_top(simulated)} {top}".strip()
    )


def _district(figure: Figure | None) -> SheetRow:
    return (None, None, None, None, "", "tidak disurvei") if figure is None else figure_cells(figure)


def of_campaigns(listed: CampaignList, *, simulated: bool) -> Sheet:
    """Return a sheet with the leading measures of each campaign."""
    rows = [
        (one.campaign.name, row.label, one.comparison.before.name, one.comparison.after.name, *_change(row))
        for one in listed.page.items
        if one.comparison
        for row in one.comparison.leading
    ]
    total, shown = listed.page.total, len(listed.page.items)
    cut = f"{shown} program terbaru dari {total}." if shown < total else ""
    titles = ("Program", "Yang diukur", "Survei sebelum", "Survei sesudah", *CHANGE)
    return Sheet("Program", titles, rows, f"{_top(simulated)} {cut}".strip())


def of_campaign(found: CampaignAwareness) -> list[Sheet]:
    """Return sheets of every measure before and after, and of villages reached against the others."""
    top = f"{_top(found.simulated)} {found.row.campaign.name}".strip()
    rows = [(row.label, *_change(row)) for row in found.row.comparison.rows] if found.row.comparison else []
    made = [Sheet("Sebelum dan sesudah", ("Yang diukur", *CHANGE), rows, top)]
    if found.reached is not None:
        titles = (
            "Yang diukur", "Terjangkau, sebelum", "Terjangkau, sesudah", "Belum terjangkau, sebelum",
            "Belum terjangkau, sesudah", "Selisih perubahan", "Batas bawah 95 %", "Batas atas 95 %", "Keterangan",
        )  # fmt: skip
        made.append(Sheet("Desa terjangkau", titles, list(_villages(found.reached)), f"{top}. {CAVEAT}"))
    return made


def _villages(found: Reached) -> Iterable[SheetRow]:
    if found.reason is not None:
        yield ("", *[None] * 7, str(found.reason))
    for row in found.rows:
        cells: list[str | None] = [f"{words.shown(one)} (n {words.answered(one)})" for one in row.cells] or [
            None,
            None,
            None,
            None,
        ]
        said = row.reason if row.reason is not None else row.sentence
        yield (row.label, *cells, *_points(row.whole, 0), str(said or ""))


def _change(row: comparison.ComparisonRow) -> SheetRow:
    mean = row.item.kind == "mean"
    sized = row.difference if row.sized else None
    return (
        words.shown(row.before), words.answered(row.before), words.shown(row.after), words.answered(row.after),
        *_points(sized, 2 if mean else 1, mean=mean), _verdict(row.verdict, row.reason),
    )  # fmt: skip


def _points(found: Difference | None, digits: int, *, mean: bool = False) -> SheetRow:
    """Of shares in points of percent."""
    if found is None:
        return None, None, None
    scale = 1 if mean else 100
    limits = (found.estimate, found.low, found.high)
    return tuple(None if one is None else float(rounded(scale * one, digits)) for one in limits)


def _verdict(verdict: str, reason: object) -> str:
    return str(reason) if reason is not None else str(quotes.VERDICTS[verdict])


def _top(simulated: bool) -> str:
    return f"{SIMULATED}." if simulated else ""
