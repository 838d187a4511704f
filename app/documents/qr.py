"""QR codes for print, as SVG drawn in pure black (a gray colour space in the PDF: one ink, no misregistration)."""

from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import segno

MASK = 3  # any mask reads as well; naming one spares segno the scoring of all eight, four fifths of its time


class Qr(NamedTuple):
    svg: str
    modules: int  # side of the symbol; the quiet zone around it takes four more on each side


@lru_cache(maxsize=1024)
def qr(text: str) -> Qr:
    """The code as SVG: one path, a stroke one module high per dark run; error correction M (15 %); without the quiet zone.

    The template keeps the quiet zone of four modules white.
    """
    code = segno.make(text, error="m", micro=False, mask=MASK)
    size = len(code.matrix)
    strokes: list[str] = []
    for y, row in enumerate(code.matrix):
        x = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                strokes.append(f"M{x} {y}.5h{length}")
            x += length
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path stroke="#000" d="{"".join(strokes)}"/></svg>'
    )
    return Qr(svg, size)
