"""Check the programmes of training that a kit carries, and their tests, beyond the schemas."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from app.base.media.check import check_pdf
from app.evidence.instruments.checks import check
from app.kernel.errors import Invalid
from app.kernel.text import T
from app.kits.check_schema import nearest, validator
from app.kits.check_surveys import Steps, definition_of, path_of_finding, pictures_of
from app.kits.kit import Kit
from app.kits.reading import Document, Finding
from app.learning.programmes.models import ScoreFrom
from app.learning.programmes.skill_list import start_list
from app.learning.programmes.wording import read_link

TEST_NAMES = ("test", "post_test")


def initial_skill_keys() -> list[str]:
    """Return the keys of the skills that every installation starts with."""
    return [row["key"] for row in start_list()]


def programme_findings(document: Document, kit: Kit, skills: Collection[str]) -> Iterator[Finding]:
    """Yield findings on skills, materials, rubric and tests of one programme; the document passed its schema."""
    yield from _skills(document, list(skills))
    yield from _prerequisites(document, list(skills))
    yield from _materials(document, kit)
    yield from _criteria(document)
    yield from _asked(document, kit)
    yield from _rule(document)


def test_findings(document: Document, kit: Kit) -> Iterator[Finding]:
    """Yield findings on the questions of a test, on its use and its key; the document passed its schema."""
    yield from _questions(document, [], document.data)
    if not any(document.file in (_tests_of(one)) for one in kit.programmes):
        yield Finding(
            document.file, 1, T("Tes ini tidak dipakai program mana pun."),
            T("Tulis test: %(file)s di berkas programnya.", file=document.file), level="note",
        )  # fmt: skip
    for other in kit.tests:
        if other is document:
            return
        if isinstance(other.data, dict) and other.data.get("key") == document.data["key"]:
            yield Finding(
                document.file, document.line(["key"]),
                T("“%(key)s” sudah menjadi key %(file)s.", key=document.data["key"], file=other.file),
                T("Beri key lain pada salah satunya."),
            )  # fmt: skip


def material_files(document: Document) -> Iterator[tuple[Steps, str]]:
    """Yield (path in the document, file) of every material that is a file of the kit."""
    for place, number, item in _materials_of(document.data):
        if isinstance(item.get("file"), str):
            yield ["modules", place, "materials", number, "file"], item["file"]


def is_pdf(name: str) -> bool:
    return name.lower().endswith(".pdf")


def pdf_problem(folder: Path, name: str) -> tuple[T, T] | None:
    """Return why a PDF of the kit cannot be used and how it is mended, or None. The file is there and inside the
    kit."""
    try:
        check_pdf((folder / name).read_bytes(), name)
    except Invalid as error:
        return T("“%(name)s” tidak bisa dipakai.", name=name), error.sentence
    return None


def _materials_of(data: Any) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
    modules = data.get("modules") if isinstance(data, Mapping) else None
    for place, module in enumerate(modules if isinstance(modules, list) else []):
        items = module.get("materials") if isinstance(module, Mapping) else None
        for number, item in enumerate(items if isinstance(items, list) else []):
            if isinstance(item, Mapping):
                yield place, number, item


def _tests_of(document: Document) -> list[Any]:
    return [document.data.get(name) for name in TEST_NAMES] if isinstance(document.data, dict) else []


def _unknown_skill(document: Document, path: Steps, key: str, known: list[str]) -> Finding:
    return Finding(
        document.file, document.line(path), T("Keterampilan “%(key)s” tidak dikenal.", key=key), nearest(key, known)
    )  # fmt: skip


def _skills(document: Document, known: list[str]) -> Iterator[Finding]:
    for place, module in enumerate(document.data["modules"]):
        for key in module.get("skills", {}):
            if key not in known:
                yield _unknown_skill(document, ["modules", place, "skills", key], str(key), known)


def _prerequisites(document: Document, known: list[str]) -> Iterator[Finding]:
    for number, item in enumerate(document.data.get("prerequisites", [])):
        path: Steps = ["prerequisites", number]
        if ("skill" in item) == ("programme" in item):
            yield Finding(
                document.file, document.line(path), T("Prasyarat ini perlu “skill” atau “programme”, salah satu saja."),
                T("Tulis skill: dan level:, atau programme: saja."),
            )  # fmt: skip
        elif "skill" in item and item["skill"] not in known:
            yield _unknown_skill(document, [*path, "skill"], item["skill"], known)
        elif "skill" in item and "level" not in item:
            yield Finding(
                document.file, document.line(path), T("“%(key)s” belum ada.", key="level"),
                T("Tulis level: dasar, mandiri, atau melatih."),
            )  # fmt: skip


def _materials(document: Document, kit: Kit) -> Iterator[Finding]:
    """One address or one file each; whether the file can be read is asked where pictures are."""
    for place, number, item in _materials_of(document.data):
        path: Steps = ["modules", place, "materials", number]
        if ("file" in item) == ("url" in item):
            yield Finding(
                document.file, document.line(path), T("Bahan ini perlu “file” atau “url”, salah satu saja."),
                T("Tulis url: https://… untuk tautan, atau file: media/… untuk berkas paket ini."),
            )  # fmt: skip
        elif "url" in item:
            try:
                fine = bool(read_link(item["url"], "url"))
            except Invalid:
                fine = False
            if not fine:
                yield Finding(
                    document.file, document.line([*path, "url"]), T("Tautan ini tidak bisa dipakai."),
                    T("Tulis alamat lengkap yang diawali https://."),
                )  # fmt: skip


def _criteria(document: Document) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, item in enumerate(document.data.get("criteria", [])):
        title = " ".join(item["title"].split()).lower()
        if title in seen:
            yield Finding(
                document.file, document.line(["criteria", number, "title"]),
                T("Sudah ada kriteria bernama “%(title)s”.", title=item["title"]), T("Beri nama lain."),
            )  # fmt: skip
        seen.add(title)


def _rule(document: Document) -> Iterator[Finding]:
    """What the score is made of must be there."""
    source = document.data.get("rule", {}).get("from", ScoreFrom.TEST)
    needs = [] if document.data.get("rule", {}).get("score", 60) is None else [source]
    line = document.line(["rule"], "from")
    if {ScoreFrom.WORK, ScoreFrom.BOTH} & set(needs) and not document.data.get("criteria"):
        yield Finding(
            document.file, line, T("Nilainya dari tugas praktik, tetapi rubriknya belum ada."),
            T("Tambahkan “criteria”, atau tulis from: test."),
        )  # fmt: skip
    if {ScoreFrom.TEST, ScoreFrom.BOTH} & set(needs) and not any(_tests_of(document)):
        yield Finding(
            document.file, line, T("Nilainya dari tes akhir, tetapi tesnya belum ada."),
            T("Tambahkan “test”, atau tulis from: work."),
        )  # fmt: skip


def _asked(document: Document, kit: Kit) -> Iterator[Finding]:
    known = [one.file for one in kit.tests]
    for name in TEST_NAMES:
        asked = document.data.get(name)
        if isinstance(asked, str) and asked not in known:
            yield Finding(
                document.file, document.line([name]), T("Tes “%(name)s” tidak ada di paket ini.", name=asked),
                nearest(asked, known) if known else T("Tambahkan berkasnya di folder tests/."),
            )  # fmt: skip
        if isinstance(asked, Mapping):
            for error in validator("test").iter_errors(asked):
                where: Steps = [name, *error.absolute_path]
                yield Finding(
                    document.file, document.line(where), T("Soal di “%(name)s” belum sesuai bentuknya.", name=name),
                    T("Bandingkan dengan contoh di folder tests/ paket lain."),
                )  # fmt: skip
                break
            else:
                yield from _questions(document, [name], asked)


def _questions(document: Document, path: Steps, data: Mapping[str, Any]) -> Iterator[Finding]:
    """Whether it can be asked, and marked: every question with options has a right one."""
    wrong = check(definition_of(data, dict.fromkeys((name for _path, name in pictures_of(data)), 1)))
    for one in wrong:
        sentence = T("%(where)s: %(what)s", where=one.where, what=one.sentence) if one.where else one.sentence
        yield Finding(document.file, document.line([*path, *path_of_finding(data, one.where)]), sentence)
    if wrong:
        return
    marked = 0
    for place, section in enumerate(data["sections"]):
        for number, question in enumerate(section["questions"]):
            options = question.get("options") or []
            right = any(option.get("right") for option in options)
            marked += right
            if options and not right:
                yield Finding(
                    document.file, document.line([*path, "sections", place, "questions", number]),
                    T("Soal “%(key)s” belum punya jawaban yang benar, jadi tidak dinilai.", key=question["key"]),
                    T("Tulis right: true pada pilihan yang benar."), level="note",
                )  # fmt: skip
    if not marked:
        yield Finding(
            document.file, document.line([*path, "sections"]), T("Tes ini belum punya jawaban yang benar."),
            T("Tulis right: true pada pilihan yang benar."),
        )  # fmt: skip
