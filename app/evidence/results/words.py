"""Write figures in words and signs, as an Indonesian reads them; the same on the page, in a PDF and in a sentence."""

from babel.numbers import format_decimal

from app.evidence.results.figures import Figure, State
from app.evidence.results.rounding import rounded
from app.evidence.surveys.statistics.publication import LEAST_CELL, LEAST_GROUP
from app.kernel.site import LOCALE

MINUS = "−"
BY_WORDS = {"district": "Kecamatan", "sex": "Jenis kelamin", "age": "Umur"}
DECOY = "pembanding: layanan ini tidak ada"


def number(value: float, decimals: int = 0) -> str:
    """Write `1.234,5` with exactly so many decimals; a minus that is one."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(rounded(value, decimals), pattern, LOCALE).replace("-", MINUS)


def amount(value: float, *, mean: bool, decimals: int | None = None) -> str:
    """Write a share as `43 %`, a mean as `2,81`."""
    if mean:
        return number(value, 2 if decimals is None else decimals)
    return f"{number(100 * value, decimals or 0)} %"


def bare(value: float, *, mean: bool, decimals: int | None = None) -> str:
    """Write it as `amount` does without its sign, as it stands in an interval."""
    return amount(value, mean=mean, decimals=decimals).removesuffix(" %")


def between(low: float, high: float, *, mean: bool, decimals: int | None = None) -> str:
    """Write `38 sampai 48`."""
    return f"{bare(low, mean=mean, decimals=decimals)} sampai {bare(high, mean=mean, decimals=decimals)}"


def shown(figure: Figure | None) -> str:
    """Write `43 %`, or why there is no figure."""
    if figure is None:
        return "tidak ditanyakan"
    if figure.value is not None:
        return amount(figure.value, mean=figure.is_mean, decimals=1 if figure.about and figure.is_mean else None)
    return {
        State.NONE: "belum ada jawaban",
        State.FEW: f"belum cukup ({count(figure.n)} dari {LEAST_GROUP})",
        State.SMALL: f"semua kecuali kurang dari {LEAST_CELL} orang"
        if figure.most
        else f"kurang dari {LEAST_CELL} orang",
        State.PAIRED: "tidak ditampilkan",
        State.UNCODED: f"belum dikode ({count(figure.waiting)})",
    }[figure.state]


def count(people: int) -> str:
    """Write how many of too few; of one to four not even that."""
    return f"kurang dari {LEAST_CELL}" if 0 < people < LEAST_CELL else number(people)


def interval(figure: Figure | None) -> str:
    """Write `38 sampai 48`; why there is none of a sample, `–` where there can be none."""
    if figure is None or figure.low is None or figure.high is None:
        return few_units(figure) or "–"
    decimals = 1 if figure.about and figure.is_mean else None
    return between(figure.low, figure.high, mean=figure.is_mean, decimals=decimals)


def few_units(figure: Figure | None) -> str:
    """Say what a figure of a sample without an interval has too few of; else nothing."""
    if figure is None or figure.value is None or figure.est is None or figure.low is not None:
        return ""
    return "belum cukup jawaban" if figure.est.clusters == figure.est.n else "belum cukup desa"


def answered(figure: Figure | None) -> str:
    """Write how many answered; small numbers are not told apart."""
    if figure is None:
        return "–"
    if 0 < figure.n < LEAST_CELL:
        return f"< {LEAST_CELL}"
    if figure.state == State.PAIRED:
        return "–"
    return f"sekitar {number(figure.n)}" if figure.about else number(figure.n)


def few(people: int) -> str:
    """Write a count of people; of one to four only that they are few: `< 5`."""
    return f"< {LEAST_CELL}" if 0 < people < LEAST_CELL else number(people)


def points(value: float, *, mean: bool, decimals: int | None = None) -> str:
    """Write a difference without its sign: `12 poin`, or `0,31` of a mean."""
    size = bare(abs(value), mean=mean, decimals=decimals)
    return size if mean else f"{size} poin"


def signed(value: float, *, mean: bool, decimals: int | None = None) -> str:
    """Write `+12`, `−3`, `0`."""
    text = bare(value, mean=mean, decimals=decimals)
    return f"+{text}" if value > 0 and text.strip("0,") else text


def adds_up(before: float, after: float, change: float) -> bool:
    """Decide whether the rounded figures differ by the rounded change, all in whole percent."""
    whole = [rounded(100 * value) for value in (before, after, change)]
    return whole[1] - whole[0] == whole[2]
