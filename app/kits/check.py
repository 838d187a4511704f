"""Check a kit before it is used: every finding names its file, its line and what to do."""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from PIL import Image

from app.base.areas import ministry
from app.base.media.check import READABLE
from app.kernel.errors import Invalid
from app.kernel.text import T
from app.kits.check_events import event_findings
from app.kits.check_programmes import (
    TEST_NAMES,
    initial_skill_keys,
    is_pdf,
    material_files,
    pdf_problem,
    programme_findings,
    test_findings,
)
from app.kits.check_schema import nearest, schema_findings
from app.kits.check_surveys import pictures_of, result_findings, survey_findings
from app.kits.check_texts import text_findings
from app.kits.kit import Kit, find_kits, read_kit
from app.kits.reading import Document, Finding, read_text
from app.outreach.campaigns.links import check_target
from app.outreach.campaigns.reference import SERVICES_FILE
from app.outreach.posts.content import GAP

OPEN_GAP = re.compile(r"\[LENGKAPI\b", re.IGNORECASE)


def check(
    path: Path,
    *,
    channels: Mapping[str, Any] | None = None,
    services: Collection[str] | None = None,
    skills: Collection[str] | None = None,
    regency_code: str | None = None,
) -> list[Finding]:
    """Return all findings of one kit; those with level "error" stop an import, notes do not.

    `channels` (outlet kind → Channel) count texts as the platforms do; `services` are the known service keys (those
    of services.yaml by default), `skills` those of skills (beside those of skills.yaml); with `regency_code` villages
    of another regency are refused.
    """
    return check_kit(
        read_kit(path), channels=channels, services=services, skills=skills, regency_code=regency_code
    )  # fmt: skip


def check_kit(
    kit: Kit,
    *,
    channels: Mapping[str, Any] | None = None,
    services: Collection[str] | None = None,
    skills: Collection[str] | None = None,
    regency_code: str | None = None,
) -> list[Finding]:
    """Return all findings of a kit that was read before; see `check`."""
    found = list(kit.findings)
    known_services = list(services) if services is not None else initial_service_keys()
    known_skills = {*(skills or ()), *initial_skill_keys()}
    for document, schema in _with_schemas(kit):
        broken = schema_findings(document, schema)
        found.extend(broken)
        found.extend(_gaps(kit, document))
        if broken or not isinstance(document.data, dict):
            continue  # the checks below rely on the right shape
        found.extend(_links(document))
        found.extend(_services(document, known_services))
        found.extend(_places(document, regency_code))
        found.extend(_days(document, kit))
        found.extend(_images(document, kit))
        if schema == "post":
            found.extend(text_findings(document, kit, channels or {}))
        if schema == "event":
            found.extend(event_findings(document, kit))
        if schema == "survey":
            found.extend(survey_findings(document, kit, known_services))
        if schema == "recorded":
            found.extend(result_findings(document))
        if schema == "programme":
            found.extend(programme_findings(document, kit, known_skills))
        if schema == "test":
            found.extend(test_findings(document, kit))
    if (
        kit.campaign
        and not (kit.posts or kit.prints or kit.events or kit.surveys or kit.programmes)
        and not kit.findings
    ):
        found.append(
            Finding(
                kit.campaign.file, 1, T("Paket ini belum berisi materi."), T("Tambahkan berkas .md di folder posts/.")
            )
        )
    order = {finding.file: number for number, finding in enumerate(found)}
    return sorted(found, key=lambda finding: (order[finding.file], finding.line))


def check_all(folder: Path, **options: Any) -> dict[Path, list[Finding]]:
    """Return the findings of one kit or of every kit directly inside a folder; two kits with one key are a finding."""
    results = {path: check(path, **options) for path in find_kits(folder)}
    keys: dict[str, Path] = {}
    for path, found in results.items():
        kit = read_kit(path)
        if kit.key in keys and kit.campaign:
            found.append(
                Finding(
                    kit.campaign.file,
                    kit.campaign.line(["key"]),
                    T(
                        "“%(key)s” sudah menjadi key paket di folder %(folder)s.",
                        key=kit.key,
                        folder=keys[kit.key].name,
                    ),
                    T("Beri key lain pada salah satunya."),
                )
            )
        keys.setdefault(kit.key, path)
    return results


def errors(findings: Collection[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.level == "error"]


def initial_service_keys() -> list[str]:
    """Return the keys of the services that every installation starts with."""
    data = yaml.safe_load(SERVICES_FILE.read_text(encoding="utf-8"))
    return [row["key"] for row in data["services"]]


def _with_schemas(kit: Kit) -> Iterator[tuple[Document, str]]:
    if kit.campaign:
        yield kit.campaign, "campaign"
    yield from ((post, "post") for post in kit.posts)
    yield from ((piece, "print") for piece in kit.prints)
    yield from ((event, "event") for event in kit.events)
    yield from ((survey, "survey") for survey in kit.surveys)
    yield from ((result, "recorded") for result in kit.results)
    yield from ((programme, "programme") for programme in kit.programmes)
    yield from ((test, "test") for test in kit.tests)


def _gaps(kit: Kit, document: Document) -> Iterator[Finding]:
    """Marked places to fill in are notes; a mark that was not closed would slip through and is an error."""
    text = read_text(kit.folder / document.file, document.file)
    closed: set[int] = set()
    told: set[str] = set()
    for match in GAP.finditer(text):
        closed.add(match.start())
        line = text.count("\n", 0, match.start()) + 1
        hint = " ".join(match.group(1).split())
        if hint in told:
            continue  # the same place in another text of this file
        told.add(hint)
        yield Finding(
            document.file,
            line,
            T("Perlu dilengkapi: %(hint)s.", hint=hint.rstrip(".") or "…"),
            T("Isi sebelum angkatan dibuka.") if document in kit.programmes else T("Isi sebelum diajukan."),
            level="note",
        )
    for match in OPEN_GAP.finditer(text):
        if match.start() not in closed:
            line = text.count("\n", 0, match.start()) + 1
            yield Finding(
                document.file, line, T("Tanda [LENGKAPI: …] ini belum ditutup."), T("Tambahkan tanda ] di ujungnya.")
            )


def _links(document: Document) -> Iterator[Finding]:
    link = document.data.get("link")
    if link is None:
        return
    try:
        check_target(link)
    except Invalid as error:
        yield Finding(document.file, document.line(["link"]), T("Tautan ini tidak bisa dipakai."), error.sentence)


def _services(document: Document, known: Collection[str]) -> Iterator[Finding]:
    used: list[tuple[list[str | int], str]] = []
    if document.data.get("service"):
        used.append((["service"], document.data["service"]))
    used += [(["services", index], key) for index, key in enumerate(document.data.get("services", []))]
    for path, key in used:
        if key not in known:
            yield Finding(
                document.file,
                document.line(path),
                T("Layanan “%(key)s” tidak dikenal.", key=key),
                nearest(key, list(known)),
            )


def _places(document: Document, regency_code: str | None) -> Iterator[Finding]:
    """Villages and districts must exist by Kemendagri's list, and lie in the regency where it is known."""
    for name, level, what in (("villages", 4, T("desa/kelurahan")), ("districts", 3, T("kecamatan"))):
        codes = document.data.get(name, [])
        for index, code in enumerate(codes if isinstance(codes, list) else []):  # an event may say blank-spots
            region = ministry.get_wilayah(code)
            line = document.line([name, index])
            if region is None or region.level != level:
                yield Finding(
                    document.file,
                    line,
                    T("Kode %(what)s “%(code)s” tidak dikenal.", what=what, code=code),
                    T("Cari kodenya di halaman Wilayah; nama yang sama bisa ada di beberapa kecamatan."),
                )
            elif regency_code and not code.startswith(f"{regency_code}."):
                yield Finding(
                    document.file,
                    line,
                    T("“%(code)s” (%(name)s) bukan wilayah kabupaten/kota ini.", code=code, name=region.name),
                    T("Pakai kode yang diawali %(code)s.", code=regency_code),
                )


def _days(document: Document, kit: Kit) -> Iterator[Finding]:
    """What goes out does so within the days of the campaign."""
    days = kit.meta.get("days")
    order = document.data.get("order")
    where, values = (["order", "day"], order) if order else (["day"], document.data)
    day = values.get("day")
    if document is kit.campaign or not isinstance(days, int) or day is None or day < days:
        return
    yield Finding(
        document.file,
        document.line(where),
        T("Hari ke-%(day)s ada di luar program, yang lamanya %(days)s hari.", day=day, days=days),
        T("Hari pertama adalah 0, jadi paling besar %(last)s; atau perpanjang “days” di campaign.yaml.", last=days - 1),
    )


def image_names(document: Document) -> list[tuple[list[str | int], str]]:
    """Return (path in the document, file name) of every image that a document names."""
    data = document.data
    used: list[tuple[list[str | int], str]] = [
        (["media", index, "file"], item["file"]) for index, item in enumerate(data.get("media", []))
    ]
    used += [([name], data[name]) for name in ("image", "file") if data.get(name)]
    used += pictures_of(data)
    for name in TEST_NAMES:
        if isinstance(data.get(name), dict):
            used += [([name, *path], file) for path, file in pictures_of(data[name])]
    return used


def _images(document: Document, kit: Kit) -> Iterator[Finding]:
    materials = list(material_files(document))
    for path, name in [*image_names(document), *materials]:
        problem = _image_problem(kit.folder, name, pdf=(path, name) in materials and is_pdf(name))
        if problem:
            yield Finding(document.file, document.line(path), *problem)


def _image_problem(folder: Path, name: str, *, pdf: bool) -> tuple[T, T] | None:
    file = folder / name
    if Path(name).is_absolute() or "\\" in name or not _inside(file, folder):
        return (
            T("Gambar “%(name)s” berada di luar folder paket.", name=name),
            T("Salin gambarnya ke folder media/ dan tulis media/nama-gambar.png."),
        )
    if file.is_symlink() or not file.is_file():
        return (
            T("Gambar “%(name)s” tidak ada.", name=name),
            T("Periksa ejaan nama, huruf besar-kecil, dan foldernya (media/…)."),
        )
    if pdf:
        return pdf_problem(folder, name)
    try:
        with Image.open(file, formats=READABLE) as image:
            image.verify()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return (
            T("“%(name)s” bukan gambar yang bisa dibaca.", name=name),
            T("Simpan ulang sebagai PNG atau JPG."),
        )
    return None


def _inside(file: Path, folder: Path) -> bool:
    return file.resolve().is_relative_to(folder.resolve())
