"""Certificates as PDF. Everything is read first (`sheets_of`); the rendering asks no session any more."""

import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Protocol

import pikepdf
from babel.dates import format_date
from babel.numbers import format_decimal
from werkzeug.utils import secure_filename

from app.base.documents.qr import qr
from app.learning.certificates.codes import format_code
from app.learning.certificates.facts import lessons
from app.learning.certificates.models import Certificate
from app.learning.certificates.numbering import PRACTICE
from app.learning.programmes.states import LEVELS

TEMPLATE = "certificate"
CHUNK = 250  # certificates a rendering: so many are kept in memory, and the first go out while others are made
LONGEST_WORD = 60  # letters; a longer one is given places to break
LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD},}}")
BREAK = "\u200b"


class Renderer(Protocol):
    """The part that is needed of documents.render.Renderer."""

    def pdf(self, template: str, data: Any, /) -> bytes: ...
    def pdfs(self, template: str, data: Any, /) -> list[bytes]: ...


@dataclass(frozen=True)
class Sheet:
    """One rendering: what these certificates share, and each one's own. `names` are those of their files."""

    data: dict[str, Any]
    names: Sequence[str]


def sheets_of(certificates: Iterable[Certificate], public_url: str, *, chunk: int = CHUNK) -> list[Sheet]:
    """Lay out certificates as sheets, in this order, those with the same facts together, at most `chunk` a sheet."""
    made = []
    site = public_url.rstrip("/")
    for _facts, same in groupby(certificates, key=lambda one: json.dumps(one.facts, sort_keys=True)):
        group = list(same)
        common = _common(group[0].facts, site)
        for first in range(0, len(group), chunk):
            part = group[first : first + chunk]
            versions = [_version(one, site) for one in part]
            made.append(Sheet({**common, "versions": versions}, [file_name(one) for one in part]))
    return made


def sample(facts: dict[str, Any], name: str, public_url: str) -> Sheet:
    """Lay out a certificate that is none: without number and code, and with CONTOH across it."""
    site = public_url.rstrip("/")
    version = _face(name, "–", "–", f"{site}/sertifikat")
    return Sheet({**_common(facts, site), "watermark": "CONTOH", "versions": [version]}, ["Contoh.pdf"])


def render_single(renderer: Renderer, sheet: Sheet) -> bytes:
    return renderer.pdf(TEMPLATE, sheet.data)


def render_merged(renderer: Renderer, sheets: Sequence[Sheet]) -> bytes:
    """Render all sheets into one file, in their order."""
    documents = (renderer.pdf(TEMPLATE, sheet.data) for sheet in sheets)
    if len(sheets) == 1:
        return next(documents)
    out = io.BytesIO()
    with pikepdf.new() as whole:
        for document in documents:
            with pikepdf.open(io.BytesIO(document)) as part:
                whole.pages.extend(part.pages)
        whole.save(out)
    return out.getvalue()


def render_each(renderer: Renderer, sheets: Sequence[Sheet]) -> Iterator[tuple[str, bytes]]:
    """Yield (name, PDF) of each certificate, as they are made."""
    for sheet in sheets:
        yield from zip(sheet.names, renderer.pdfs(TEMPLATE, sheet.data), strict=True)


def file_name(certificate: Certificate) -> str:
    """Return the name of a file, `0014-Siti_Aminah-2T4V.pdf`, with the first part of the number and the end of the
    code."""
    first = re.split(r"[^\w]", certificate.number.removeprefix(PRACTICE))[0]
    name = secure_filename(certificate.name)[:80] or str(certificate.id)
    return f"{secure_filename(first)}-{name}-{certificate.code[-4:]}.pdf"


def check_address(site: str, code: str) -> str:
    return f"{site}/sertifikat/{format_code(code)}"


def _version(certificate: Certificate, site: str) -> dict[str, Any]:
    address = check_address(site, certificate.code)
    return _face(certificate.name, certificate.number, format_code(certificate.code), address)


def _face(name: str, number: str, code_words: str, address: str) -> dict[str, Any]:
    code = qr(address)
    return {
        "name": LONG_WORD.sub(_breakable, name),
        "number": number,
        "code": code_words,
        "link": {"text": address.partition("://")[2], "qr": code.svg, "modules": code.modules},
    }


def _breakable(match: re.Match[str]) -> str:
    word = match.group()
    return BREAK.join(word[start : start + 20] for start in range(0, len(word), 20))


def _common(facts: dict[str, Any], site: str) -> dict[str, Any]:
    signer, minutes = facts["signer"], facts["minutes"]
    return {
        "office": facts["office"],
        "programme": facts["programme"],
        "achievement": "yang telah menyelesaikan pelatihan dan memenuhi syarat kelulusannya",
        "details": details(facts),
        "check_at": f"{site.partition('://')[2]}/sertifikat",
        "signer": signer,
        "place-and-day": f"{signer['city']}, {day_in_words(facts['day'])}",
        "modules": [_module(one) for one in facts["modules"]],
        "skills": facts["skills"],
        "hours": decimal(minutes / 60),
        "hours_note": f"{hours_in_words(minutes)} sama dengan {lessons(minutes)} jam pelajaran (JP) dari 45 menit.",
        "watermark": "SIMULASI" if facts.get("simulated") else "",
    }


def _module(module: dict[str, Any]) -> dict[str, str]:
    skills = ", ".join(f"{one['name']} ({LEVELS[one['level']]})" for one in module["skills"])
    return {"title": module["title"], "hours": decimal(module["minutes"] / 60), "skills": skills}


def details(facts: dict[str, Any]) -> list[str]:
    """List batch, days and hours; and who held it, where that is not the office that signs."""
    lines = [f"{facts['batch']}, {days_in_words(facts['starts_on'], facts['ends_on'])}"]
    if facts["minutes"]:
        lines.append(f"{hours_in_words(facts['minutes'])} ({lessons(facts['minutes'])} jam pelajaran)")
    if not facts["organiser"].startswith(facts["office"]["name"]):
        lines[-1] += f", diselenggarakan oleh {facts['organiser']}"
    return lines


def hours_in_words(minutes: int) -> str:
    return f"{decimal(minutes / 60)} jam"


def decimal(value: float) -> str:
    return format_decimal(round(value, 1), "#,##0.#", "id")


def day_in_words(day: str) -> str:
    return format_date(date.fromisoformat(day), "d MMMM y", "id")


def days_in_words(first: str, last: str) -> str:
    """Format a span of days: `3–20 November 2026`, `28 November sampai 2 Desember 2026`."""
    begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    if begins == ends:
        return day_in_words(first)
    if (begins.year, begins.month) == (ends.year, ends.month):
        return f"{begins.day}–{day_in_words(last)}"
    short = format_date(begins, "d MMMM" if begins.year == ends.year else "d MMMM y", "id")
    return f"{short} sampai {day_in_words(last)}"
