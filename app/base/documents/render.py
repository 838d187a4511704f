"""Typst → PDF and PNG, with the text of people as data and the same fonts on every machine.

What a person wrote reaches Typst as one JSON string in `sys.inputs`, so a `#`, `*`, `$` or `\\` in it is a character
like any other. Images are bytes that lie under the compiler's root for the length of one call; a template finds
them by the name given. System fonts are ignored: a page looks the same on a laptop and on the server.

A compiler is kept and used again, which halves the time; each works for one caller at a time.
"""

import io
import json
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from queue import LifoQueue
from typing import Any

import fontpkg_plus_jakarta_sans as jakarta
import pikepdf
import typst

TEMPLATES = Path(__file__).parent / "templates"
FONTS = Path(jakarta.ROOT) / "files"
BLEED_MM = 3.0
POINTS_PER_MM = 72 / 25.4
SIDES = {"poster": 1, "leaflet": 2, "certificate": 2}
"""Templates with a layer for what all versions share, and their pages a version."""


class Renderer:
    """Renders the templates of `app/base/documents/templates`; may be used by many threads at once.

    `compilers` bounds how many renderings run at the same time; further callers wait. Make it after a fork: the
    layout engine has threads of its own. `logo_path`: the office's emblem (PNG, JPEG or SVG), for every document.
    """

    def __init__(self, compilers: int = 2, *, logo_path: str = "") -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="gaung-typst-")
        self._root = Path(self._folder.name)
        for template in TEMPLATES.glob("*.typ"):
            shutil.copy(template, self._root)
        self._logo = Path(logo_path).read_bytes() if logo_path else None
        self._compilers: LifoQueue[Any] = LifoQueue()
        for _ in range(compilers):
            self._compilers.put(None)  # made at its first use: most processes render nothing

    def pdf(self, template: str, data: Mapping[str, Any], *, images: Mapping[str, bytes] | None = None) -> bytes:
        """Render the document for the office printer: cut size, no marks. Raises typst.TypstError for a broken
        template."""
        return self._layered(template, data, images or {})

    def pdfs(
        self,
        template: str,
        data: Mapping[str, Any],
        *,
        images: Mapping[str, bytes] | None = None,
        press: bool = False,
    ) -> list[bytes]:
        """Render one document for each of `data["versions"]`: together and then taken apart, which is far quicker."""
        versions = data["versions"]
        document = (self.press_pdf if press else self.pdf)(template, data, images=images)
        return split(document, len(versions))

    def png(
        self, template: str, data: Mapping[str, Any], *, images: Mapping[str, bytes] | None = None, ppi: float = 60
    ) -> bytes:
        """Render the first page as PNG; `ppi` pixels per inch (60 makes an A3 poster 702 pixels wide)."""
        return self.pngs(template, data, images=images, ppi=ppi)[0]

    def pngs(
        self, template: str, data: Mapping[str, Any], *, images: Mapping[str, bytes] | None = None, ppi: float = 60
    ) -> list[bytes]:
        """Render every page as PNG."""
        pages = self._compile(template, data, images or {}, format="png", ppi=ppi)
        return [bytes(page) for page in pages] if isinstance(pages, list) else [bytes(pages)]

    def press_pdf(self, template: str, data: Mapping[str, Any], *, images: Mapping[str, bytes] | None = None) -> bytes:
        """Render for the printer: 3 mm bleed, crop marks outside of it, TrimBox and BleedBox set on every page."""
        return with_bleed_box(self._layered(template, {**data, "press": True}, images or {}))

    def _layered(self, template: str, data: Mapping[str, Any], images: Mapping[str, bytes]) -> bytes:
        """Of many versions, render what they share once and lay it under each: a tenth of the time.

        Where the text runs over its pages, nothing is laid under: every word has to show.
        """
        versions = data.get("versions", ())
        sides = SIDES.get(template)
        if sides and len(versions) > 1:
            base = self._compile(template, {**data, "versions": versions[:1], "layer": "base"}, images, format="pdf")
            if page_count(base) == sides:
                layers = {**images, "base": bytes(base)}
                return bytes(self._compile(template, {**data, "layer": "versions"}, layers, format="pdf"))
        return bytes(self._compile(template, data, images, format="pdf"))

    def _compile(self, template: str, data: Mapping[str, Any], images: Mapping[str, bytes], **options: Any) -> Any:
        if self._logo:
            images = {"logo": self._logo, **images}
        with self._lay_out(images) as paths, self._compiler() as compiler:
            return compiler.compile(
                input=self._root / f"{template}.typ",
                sys_inputs={"data": json.dumps({**data, "images": paths}, ensure_ascii=False)},
                **options,
            )

    @cached_property
    def _fonts(self) -> Any:
        return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[FONTS])

    @contextmanager
    def _compiler(self) -> Iterator[Any]:
        compiler = self._compilers.get()
        try:
            compiler = compiler or typst.Compiler(root=self._root, font_paths=self._fonts)
            yield compiler
        finally:
            self._compilers.put(compiler)

    @contextmanager
    def _lay_out(self, images: Mapping[str, bytes]) -> Iterator[dict[str, str]]:
        """Put the images under the root for one call; gives name → path as the template reads it."""
        if not images:
            yield {}
            return
        folder = self._root / f"images-{uuid.uuid4().hex}"
        folder.mkdir()
        try:
            paths = {}
            for number, (name, content) in enumerate(images.items()):
                (folder / str(number)).write_bytes(content)
                paths[name] = f"/{folder.name}/{number}"
            yield paths
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def with_bleed_box(document: bytes) -> bytes:
    """Add the BleedBox, 3 mm around the trim: Typst writes the TrimBox of a page with bleed and leaves the BleedBox
    out."""
    bleed = BLEED_MM * POINTS_PER_MM
    with pikepdf.open(io.BytesIO(document)) as pdf:
        for page in pdf.pages:
            left, bottom, right, top = (float(edge) for edge in page.trimbox.as_list())
            page.obj["/BleedBox"] = pikepdf.Array([left - bleed, bottom - bleed, right + bleed, top + bleed])
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def page_count(document: bytes) -> int:
    with pikepdf.open(io.BytesIO(document)) as pdf:
        return len(pdf.pages)


def split(document: bytes, parts: int) -> list[bytes]:
    """Cut a document into `parts` of equally many pages."""
    made = []
    with pikepdf.open(io.BytesIO(document)) as pdf:
        sides = len(pdf.pages) // parts
        for number in range(parts):
            part = pikepdf.new()
            for page in pdf.pages[number * sides : (number + 1) * sides]:
                part.pages.append(page)
            out = io.BytesIO()
            part.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.none)
            made.append(out.getvalue())
    return made


@cache
def renderer(logo_path: str = "") -> Renderer:
    """Return the one Renderer of this process, made at its first use (after the server forked)."""
    return Renderer(logo_path=logo_path)
