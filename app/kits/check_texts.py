"""Check that the texts of a kit's posts fit the platforms' limits, counted as the platforms count."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.kernel.text import T
from app.kits.kit import Kit
from app.kits.reading import Document, Finding
from app.outreach.posts.content import sample_link, with_link

HASHTAG = re.compile(r"#\w+")
LINK_FOR_COUNTING = sample_link("https://kukarkab.go.id")  # X counts 23 for any link under a real domain


def text_findings(document: Document, kit: Kit, channels: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield findings on every text of a post, for every kind of outlet it goes to; the document passed its schema."""
    data = document.data
    texts = data.get("texts", {})
    for kind in texts:
        if kind not in data["outlets"]:
            yield Finding(
                document.file,
                document.line(["texts"], kind),
                T("Ada teks untuk “%(kind)s”, tetapi saluran itu tidak dipakai.", kind=kind),
                T("Tambahkan ke “outlets” atau hapus teksnya."),
            )
    link = data["link"] if "link" in data else kit.meta.get("link")
    for kind in data["outlets"]:
        own = kind in texts
        text = texts[kind] if own else document.body
        line = document.line(["texts"], kind) if own else document.body_line
        if not text.strip():
            yield Finding(
                document.file,
                line,
                T("Teks untuk “%(kind)s” kosong.", kind=kind),
                T("Tulis teks dasar di bawah garis ---, atau teks khusus di “texts”."),
            )
        elif kind in channels:
            yield from _limits(document, kind, line, with_link(text, LINK_FOR_COUNTING if link else None), channels)


def _limits(document: Document, kind: str, line: int, text: str, channels: Mapping[str, Any]) -> Iterator[Finding]:
    channel = channels[kind]
    limits = channel.limits
    size = channel.count(text)
    if limits.max_text is not None and size > limits.max_text:
        yield Finding(
            document.file,
            line,
            T("Teks untuk “%(kind)s” terlalu panjang: %(size)s karakter.", kind=kind, size=size),
            T("Paling banyak %(limit)s, termasuk tautan. Ringkas teksnya.", limit=limits.max_text),
        )
    hashtags = len(HASHTAG.findall(text))
    if limits.max_hashtags is not None and hashtags > limits.max_hashtags:
        yield Finding(
            document.file,
            line,
            T("Teks untuk “%(kind)s” memakai %(count)s tagar.", kind=kind, count=hashtags),
            T("Paling banyak %(limit)s. Hapus sebagian.", limit=limits.max_hashtags),
        )
    images = len(document.data.get("media", []))
    where = document.line(["media"]) if images else document.line(["outlets"])
    if images < limits.min_images:
        yield Finding(
            document.file,
            where,
            T("“%(kind)s” memerlukan gambar.", kind=kind),
            T("Tambahkan gambar di “media”, atau hapus “%(kind)s” dari “outlets”.", kind=kind),
        )
    if limits.max_images and images > limits.max_images:
        yield Finding(
            document.file,
            where,
            T("“%(kind)s” menerima paling banyak %(limit)s gambar.", kind=kind, limit=limits.max_images),
            T("Kurangi gambarnya, atau buat materi tersendiri."),
        )
