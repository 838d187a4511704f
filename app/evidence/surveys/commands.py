"""`flask surveys estimate` and `flask surveys compare`: figures of any CSV, for analysts. Nothing is suppressed.

Loaded only by `flask`: it needs numpy. What the columns mean and the formulas: docs/analysts.md.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import IO, Any

import click
import numpy as np

from app.evidence.surveys.statistics.analyst import Answers, Columns, Labels, rake_answers, read_answers, read_margins
from app.evidence.surveys.statistics.comparing import Difference, difference, difference_by_cluster
from app.evidence.surveys.statistics.estimates import Bools, Estimate, estimate
from app.evidence.surveys.statistics.pairing import pair_answers
from app.evidence.surveys.statistics.weighting import Weights
from app.kernel.errors import Invalid
from app.kernel.numbers import are_digits
from app.kernel.text import T

Figure = Estimate | Difference
FILE = click.Path(path_type=Path)
OPTIONS = (
    click.option("--measure", required=True, metavar="KOLOM", help="Yang dihitung: 0 dan 1, atau angka dengan --mean."),
    click.option("--mean", is_flag=True, help="Rata-rata, bukan bagian."),
    click.option("--weight", metavar="KOLOM", help="Bobot tiap orang."),
    click.option("--stratum", metavar="KOLOM", help="Strata."),
    click.option("--cluster", metavar="KOLOM", help="Satuan tahap pertama, misalnya desa."),
    click.option("--population", metavar="KOLOM", help="Banyaknya satuan tahap pertama di strata baris itu."),
    click.option("--by", metavar="KOLOM", help="Satu hasil untuk tiap isi kolom ini."),
    click.option("--rake", "margins", type=FILE, help="CSV variable,level,total: sesuaikan bobot ke jumlah ini."),
    click.option("--confidence", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.95),
    click.option("--planned-deff", type=click.FloatRange(0, min_open=True), default=1.0,
                 help="Efek rancangan yang direncanakan; dipakai pada 0 dan 100 persen."),
    click.option("--json", "as_json", is_flag=True, help="Cetak JSON."),
)  # fmt: skip
HEADS = ("Perkiraan", "Galat baku", "db", "Batas bawah", "Batas atas", "n", "Klaster", "Efek rancangan")


class Refusal(click.ClickException):
    """Says in Indonesian what cannot be used, and ends with 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"Kesalahan: {self.message}", file=file, err=file is None)


def estimate_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that both commands have."""
    return reduce(lambda wrapped, option: option(wrapped), reversed(OPTIONS), command)


@click.command("estimate", short_help="Bagian atau rata-rata dari sebuah CSV.")
@click.argument("file", type=FILE)
@estimate_options
def estimate_command(file: Path, margins: Path | None, confidence: float, planned_deff: float, as_json: bool,
                     **columns: Any) -> None:  # fmt: skip
    """Perkiraan dengan selangnya dari FILE (CSV, satu baris satu orang)."""
    asked, labels = Columns(**columns), Labels()
    try:
        answers = _read(file, asked, labels, margins)
    except Invalid as error:
        raise Refusal(str(error.sentence)) from None

    def one(inside: Bools | None) -> Estimate:
        rows = answers.answered if inside is None else answers.answered & inside
        return estimate(answers.sample, inside=rows, mean=asked.mean, confidence=confidence, planned_deff=planned_deff)

    if answers.group is None:
        figures: dict[str, Figure] = {"": one(None)}
    else:
        figures = {word: one(answers.group == code) for code, word in _words(labels, asked, [answers])}
    _tell(figures, asked, labels, answers.weights, as_json)


@click.command("compare", short_help="Perubahan antara dua CSV.")
@click.argument("before", type=FILE)
@click.argument("after", type=FILE)
@click.option("--same-clusters", is_flag=True, help="Klaster yang sama didatangi dua kali.")
@click.option("--pair", metavar="KOLOM", help="Orang yang sama ditanya dua kali; kolom ini menandai orangnya.")
@estimate_options
def compare_command(before: Path, after: Path, same_clusters: bool, pair: str | None, margins: Path | None,
                    confidence: float, planned_deff: float, as_json: bool, **columns: Any) -> None:  # fmt: skip
    """Perubahan dari BEFORE ke AFTER, dengan selangnya. Naik berarti di atas nol."""
    asked, labels = Columns(**columns), Labels()
    try:
        _fits(asked, same_clusters, pair, margins)
        waves = [_read(path, asked, labels, margins) for path in (before, after)]
        if pair:
            pairs = pair_answers(waves[0], waves[1], pair, mean=asked.mean)
            if pairs.alone:
                _warn(T("%(count)s baris tanpa pasangan tidak dihitung.", count=pairs.alone))
    except Invalid as error:
        raise Refusal(str(error.sentence)) from None

    def one(code: int | None) -> Difference:
        if pair:
            return pairs.change(confidence, None if code is None else pairs.group == code)
        rows = [wave.answered if code is None else wave.answered & (wave.group == code) for wave in waves]
        if same_clusters:
            return difference_by_cluster(
                waves[0].sample, waves[1].sample, mean=asked.mean, confidence=confidence,
                inside_before=rows[0], inside_after=rows[1], planned_before=planned_deff, planned_after=planned_deff,
            )  # fmt: skip
        sides = [
            estimate(wave.sample, inside=inside, mean=asked.mean, confidence=confidence, planned_deff=planned_deff)
            for wave, inside in zip(waves, rows, strict=True)
        ]
        return difference(sides[0], sides[1], confidence)

    groups = _words(labels, asked, waves) if asked.by else [(None, "")]
    _tell({word: one(code) for code, word in groups}, asked, labels, None, as_json)


def _fits(asked: Columns, same_clusters: bool, pair: str | None, margins: Path | None) -> None:
    if same_clusters and not asked.cluster:
        raise Invalid(T("--same-clusters memerlukan --cluster."))
    if same_clusters and pair:
        raise Invalid(T("Pilih salah satu: --same-clusters atau --pair."))
    design = (asked.weight, asked.stratum, asked.cluster, asked.population, margins)
    if pair and not asked.mean and any(design):
        raise Invalid(T("Untuk bagian, --pair menghitung orang tanpa bobot, strata, klaster, dan penyesuaian."))


def _read(path: Path, asked: Columns, labels: Labels, margins: Path | None) -> Answers:
    answers = read_answers(path, asked, labels)
    if answers.unweighted:
        _warn(T("%(file)s: %(count)s baris tanpa bobot tidak dihitung; jawaban lewat tautan bukan bagian sampel.",
                file=answers.table.name, count=answers.unweighted))  # fmt: skip
    return answers if margins is None else rake_answers(answers, read_margins(margins))


def _words(labels: Labels, asked: Columns, waves: Sequence[Answers]) -> list[tuple[int, str]]:
    """Groups in the order of their numbers, or of their words."""
    codes = {int(code) for wave in waves if wave.group is not None for code in np.unique(wave.group) if code >= 0}
    words = [(code, labels.word(asked.by, code)) for code in codes]
    if all(are_digits(word.lstrip("-")) for _code, word in words):
        return sorted(words, key=lambda one: int(one[1]))
    return sorted(words, key=lambda one: one[1])


def _tell(
    figures: Mapping[str, Figure], asked: Columns, labels: Labels, weights: Weights | None, as_json: bool
) -> None:
    lone = [labels.word(asked.stratum, code) for code in next(iter(figures.values())).lone] if figures else []
    if lone:
        _warn(T("Hanya satu satuan di strata %(names)s; ragamnya ditaksir dari seluruh data.",
                names=", ".join(name or "(semua)" for name in lone)))  # fmt: skip
    if weights:
        _warn(T("Bobot disesuaikan; n efektif menurut Kish %(size)s.", size=_number(weights.effective, 1)))
        if weights.trimmed:
            _warn(T("%(count)s bobot dipangkas pada lima kali rata-rata.", count=weights.trimmed))
        if not weights.converged:
            _warn(T("Penyesuaian tidak mencapai semua jumlah: selisih terbesar %(off)s persen.",
                    off=_number(100 * weights.off, 2)))  # fmt: skip
    if not as_json:
        click.echo(_table(figures, asked))
        return
    made = [{**_group(word, asked), **_keys(figure), "lone_strata": lone} for word, figure in figures.items()]
    click.echo(json.dumps(made if asked.by else made[0], ensure_ascii=False, indent=2))


def _group(word: str, asked: Columns) -> dict[str, str]:
    return {"group": word, asked.by: word} if asked.by else {}


def _keys(figure: Figure) -> dict[str, object]:
    names = ("estimate", "se", "df", "low", "high", "n", "clusters", "deff")
    more = ("p", "verdict") if isinstance(figure, Difference) else ()
    return {name: getattr(figure, name) for name in (*names, *more)}


def _table(figures: Mapping[str, Figure], asked: Columns) -> str:
    heads = [asked.by] if asked.by else []
    rows = [[*heads, *HEADS]]
    changes = any(isinstance(one, Difference) for one in figures.values())
    if changes:
        rows[0] += ["p", "Kesimpulan"]
    for word, one in figures.items():
        row = [word] if asked.by else []
        row += [_value(number, asked) for number in (one.estimate, one.se)]
        row += [_number(one.df, 1), _value(one.low, asked), _value(one.high, asked)]
        row += [str(one.n), str(one.clusters), _number(one.deff, 2)]
        if isinstance(one, Difference):
            row += [_number(one.p, 4), VERDICTS[one.verdict]]
        rows.append(row)
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    text = 1 if asked.by else 0
    return "\n".join(
        "  ".join(cell.ljust(width) if place < text else cell.rjust(width)
                  for place, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in rows
    )  # fmt: skip


VERDICTS = {"up": "naik", "down": "turun", "unsure": "belum dapat dipastikan", "none": "tanpa selang"}


def _value(number: float | None, asked: Columns) -> str:
    if number is None or asked.mean:
        return _number(number, 3)
    return f"{_number(100 * number, 2)} %"


def _number(number: float | None, places: int) -> str:
    return "–" if number is None else f"{number:.{places}f}".replace(".", ",")


def _warn(sentence: T) -> None:
    click.echo(str(sentence), err=True)
