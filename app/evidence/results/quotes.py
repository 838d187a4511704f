"""Write sentences that a manager may quote: a figure with its interval and n, no more than the design allows."""

from app.evidence.instruments.definition import say
from app.evidence.instruments.measures import Item
from app.evidence.results import words
from app.evidence.results.figures import VOLUNTEERS, Figure, State
from app.evidence.surveys.statistics.comparing import Difference
from app.evidence.surveys.statistics.publication import LEAST_GROUP
from app.kernel.text import T

VERDICTS = {
    "up": T("naik"),
    "down": T("turun"),
    "unsure": T("belum dapat dipastikan"),
    "none": T("tidak ada putusan"),
}
CHOSEN_PLACES = T(
    "Desa dipilih sendiri, bukan diundi: rentangnya hanya berlaku sejauh desa-desa itu mewakili yang lain."
)
RUNNING = T("Survei masih berjalan, jadi angkanya masih bisa berubah.")
TIGHTENED = T("; semua dimensi dinilai sekaligus, jadi syaratnya lebih ketat")
SIZED = T(
    "%(name)s %(verdict)s %(size)s (95 %%: %(range)s), dari %(before)s (n = %(n)s) menjadi %(after)s (n = %(m)s)."
)
UNSIZED = T("%(name)s %(verdict)s menjadi %(after)s (n = %(m)s), dari %(before)s (n = %(n)s).")
UNSURE = T(
    "%(name)s: perubahannya belum dapat dipastikan, %(size)s (95 %%: %(range)s), dari %(before)s (n = %(n)s) "
    "menjadi %(after)s (n = %(m)s)%(more)s."
)
UNSURE_UNSIZED = T(
    "%(name)s: perubahannya belum dapat dipastikan, dari %(before)s (n = %(n)s) menjadi %(after)s (n = %(m)s)%(more)s."
)
SWAPPED = T(
    "Urutannya dibalik: “%(before)s” lebih dahulu daripada “%(after)s”, jadi yang lebih dahulu itu ditulis sebagai "
    "“sebelum”."
)
DESIGN = T(
    "Tanpa kelompok pembanding, perubahan ini boleh disebut kontribusi program bersama hal lain, bukan akibat program "
    "saja."
)
DESIGN_CAMPAIGN = T(
    "Tanpa kelompok pembanding, perubahan ini boleh disebut kontribusi %(campaign)s bersama hal lain, bukan akibat "
    "program saja."
)


def label(item: Item) -> str:
    return say(item.label) or item.key


def headline(figure: Figure | None) -> T:
    """Say in one sentence what a survey found."""
    if figure is None or figure.state == State.NONE:
        return T("Belum ada jawaban.")
    name = label(figure.item)
    if figure.value is None:
        if figure.state == State.FEW:
            return T("%(name)s: belum cukup jawaban untuk sebuah angka (%(n)s dari %(least)s).", name=name,
                     n=words.answered(figure), least=LEAST_GROUP)  # fmt: skip
        if figure.state == State.SMALL:
            return T("%(name)s: %(shown)s (n = %(n)s).", name=name, shown=words.shown(figure), n=words.answered(figure))
        return T("%(name)s: %(shown)s.", name=name, shown=words.shown(figure))
    value, n = words.amount(figure.value, mean=figure.is_mean), words.number(figure.n)
    if figure.low is None:
        if figure.est is None:
            return T("%(name)s: %(value)s dari %(n)s jawaban; %(kind)s.", name=name, value=value, n=n, kind=VOLUNTEERS)
        return T("%(name)s: %(value)s (n = %(n)s; rentangnya belum dapat dihitung).", name=name, value=value, n=n)
    return T("%(name)s: %(value)s (95 %%: %(range)s; n = %(n)s).", name=name, value=value,
             range=words.interval(figure), n=n)  # fmt: skip


def change(
    before: Figure,
    after: Figure,
    difference: Difference,
    verdict: str,
    *,
    tightened: bool = False,
    decimals: int | None = None,
) -> T:
    """Say what changed from one figure to another, as far as the verdict allows.

    `tightened`: alone it would be sure, among all dimensions it is not. `decimals`: of the change; the figures are
    written as on every page. Where one of the two is of fewer than five people, the size of the change is not told.

    “Pengenalan Bank Sampah naik 12 poin (95 %: 5 sampai 19), dari 31 % (n = 400) menjadi 43 % (n = 402).”
    """
    mean = after.is_mean
    parts = {
        "name": label(after.item),
        "verdict": VERDICTS[verdict],
        "before": words.shown(before),
        "after": words.shown(after),
        "n": words.answered(before),
        "m": words.answered(after),
        "more": TIGHTENED if tightened else "",
    }
    if before.value is None or after.value is None or difference.estimate is None:
        return T(UNSURE_UNSIZED.msgid if verdict == "unsure" else UNSIZED.msgid, **parts)
    low, high = difference.low or 0.0, difference.high or 0.0
    if verdict == "unsure":
        size = words.signed(difference.estimate, mean=mean, decimals=decimals) + ("" if mean else " poin")
        between = words.between(low, high, mean=mean, decimals=decimals)
        return T(UNSURE.msgid, **parts, size=size, range=between)
    if verdict == "down":  # a fall is told by its size: 12 poin, 5 sampai 19
        low, high = -high, -low
    size = words.points(difference.estimate, mean=mean, decimals=decimals)
    return T(SIZED.msgid, **parts, size=size, range=words.between(low, high, mean=mean, decimals=decimals))


def allowed(campaign: str | None) -> T:
    """Say what a comparison of before and after can tell at all."""
    return T(DESIGN_CAMPAIGN.msgid, campaign=campaign) if campaign else DESIGN
