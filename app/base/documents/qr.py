"""QR codes for print, as SVG drawn in pure black (a gray colour space in the PDF: one ink, no misregistration)."""

import io
import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

import segno

DARK_RUN = re.compile(rb"\x01+")
MASK = 3  # any mask reads as well; naming one spares segno the scoring of all eight, four fifths of its time


class Qr(NamedTuple):
    svg: str
    modules: int  # side of the symbol; the quiet zone around it takes four more on each side


@lru_cache(maxsize=1024)
def qr(text: str) -> Qr:
    """Draw the code as SVG: one path, a stroke one module high per dark run; error correction M (15 %).

    The quiet zone of four modules is not in it: the template keeps it white.
    """
    code = segno.make(text, error="m", micro=False, mask=MASK)
    size = len(code.matrix)
    strokes = [
        f"M{run.start()} {y}.5h{run.end() - run.start()}"
        for y, row in enumerate(code.matrix)
        for run in DARK_RUN.finditer(bytes(row))
    ]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path stroke="#000" d="{"".join(strokes)}"/></svg>'
    )
    return Qr(svg, size)


def qr_image(text: str) -> str:
    """Return the code as the source of an image on a page."""
    return "data:image/svg+xml," + quote(qr(text).svg)


def qr_png(text: str, *, scale: int = 16) -> bytes:
    """Return the code as a PNG with its quiet zone, `scale` pixels a module: for a message or somebody's own poster."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False, mask=MASK).save(out, kind="png", scale=scale, border=4)
    return out.getvalue()
