"""What Instagram asks of a post before it takes it."""

from collections.abc import Iterator

from app.channels.checks import hashtag_problems, image_problems, image_ratio, text_problems
from app.kernel.text import T
from app.outreach.outlets.ports import Limits, Outgoing, Problem

MAX_MENTIONS = 20
WIDEST, TALLEST = 1.91 * 1.01, 0.8 * 0.99  # width by height, with room for rounding


def problems_of(out: Outgoing, limits: Limits) -> Iterator[Problem]:
    """Yield what Instagram would refuse of a post."""
    yield from text_problems("Instagram", limits, len(out.text))
    yield from hashtag_problems("Instagram", limits, out.text)
    yield from image_problems("Instagram", limits, list(out.files))
    mentions = sum(word.startswith("@") and len(word) > 1 for word in out.text.split())
    if mentions > MAX_MENTIONS:
        yield Problem(T("Ada %(number)s sebutan akun (@), paling banyak 20 di Instagram.", number=mentions))
    for file in out.files:
        ratio = image_ratio(file)
        if ratio and not TALLEST <= ratio <= WIDEST:
            yield Problem(
                T(
                    "Gambar %(file)s terlalu tinggi atau terlalu lebar untuk Instagram. "
                    "Potong menjadi antara 4:5 (tegak) dan 1,91:1 (mendatar).",
                    file=file.name,
                ),
                "media",
            )
