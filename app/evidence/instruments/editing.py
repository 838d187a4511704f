"""Changes of a draft, part by part. Each takes `seen`, the `version` the person had before them, and may raise Stale,
Refused, NotFound, Unsound; what is removed can be put back until the next change. Texts and languages: texts.py."""

import copy
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.instruments.definition import OPTION_KEY, read, say, texts_of
from app.evidence.instruments.logic import named_in
from app.evidence.instruments.models import InstrumentVersion
from app.evidence.instruments.service import draft_to_change, save
from app.kernel.audit import AuditEntry
from app.kernel.errors import NotFound, Refused
from app.kernel.ordered import swap
from app.kernel.roles import Actor
from app.kernel.text import T

Raw = dict[str, Any]
REMOVED = ("instrument.question_removed", "instrument.section_removed", "instrument.measure_removed")
MISSING_QUESTION = T("Pertanyaan ini sudah tidak ada. Mungkin rekan Anda menghapusnya.")
MISSING_SECTION = T("Bagian ini sudah tidak ada. Mungkin rekan Anda menghapusnya.")
MISSING_MEASURE = T("Ukuran ini sudah tidak ada. Mungkin rekan Anda menghapusnya.")


def change(
    session: Session,
    actor: Actor,
    version_id: int,
    edit: Callable[[Raw], Raw | None],
    *,
    seen: int,
    now: datetime,
    action: str = "instrument.saved",
) -> InstrumentVersion:
    """Let `edit` work on a copy; what it returns is kept in the trail as what was before."""
    version = draft_to_change(session, actor, version_id, seen=seen)
    raw: Raw = copy.deepcopy(version.definition)
    raw.setdefault("sections", [])
    before = edit(raw)
    return save(session, actor, version_id, raw, seen=seen, now=now, action=action, before=before)


# --- questions ---


def find_question(raw: Mapping[str, Any], key: str) -> tuple[Raw, int]:
    """Return (its section, its place there). Raises NotFound."""
    for section in raw.get("sections", ()):
        for place, question in enumerate(section["questions"]):
            if question["key"] == key:
                return section, place
    raise NotFound(MISSING_QUESTION)


def find_section(raw: Mapping[str, Any], key: str) -> int:
    for place, section in enumerate(raw.get("sections", ())):
        if section["key"] == key:
            return place
    raise NotFound(MISSING_SECTION)


def put_question(
    session: Session, actor: Actor, version_id: int, question: Raw, *, section: str, seen: int, now: datetime
) -> InstrumentVersion:
    """Write a question in the place of the one with its key, or at the end of the section.

    Translations of parts that stay are kept.
    """

    def edit(raw: Raw) -> None:
        keys = {one["key"] for each in raw["sections"] for one in each["questions"]}
        if question["key"] not in keys:
            raw["sections"][find_section(raw, section)]["questions"].append(question)
            return
        home, place = find_question(raw, question["key"])
        merged = with_translations(question, home["questions"][place])
        home["questions"][place] = merged
        if home["key"] != section:
            target = raw["sections"][find_section(raw, section)]
            target["questions"].append(home["questions"].pop(place))

    return change(session, actor, version_id, edit, seen=seen, now=now)


def with_translations(new: Raw, old: Mapping[str, Any]) -> Raw:
    """Return the new part with the other languages of the old one, also of options, rows and codes of the same key."""
    made = dict(new)
    for name in ("text", "hint", "title", "label"):
        said = texts_of(made.get(name))
        if said:
            others = {code: text for code, text in texts_of(old.get(name)).items() if code != "id"}
            made[name] = {**said, **others}
    for name in ("options", "rows", "codes"):
        known = {part["key"]: part for part in old.get(name, ())}
        if name in made:
            made[name] = [with_translations(part, known.get(part["key"], {})) for part in made[name]]
    return made


def remove_question(
    session: Session, actor: Actor, version_id: int, key: str, *, seen: int, now: datetime
) -> InstrumentVersion:
    """Remove a question. Raises Refused where a condition or a measure names it."""

    def edit(raw: Raw) -> Raw:
        section, place = find_question(raw, key)
        _refuse_needed(raw, {key})
        return {"question": section["questions"].pop(place), "section": section["key"], "place": place}

    return change(session, actor, version_id, edit, seen=seen, now=now, action="instrument.question_removed")


def _refuse_needed(raw: Raw, keys: set[str]) -> None:
    definition = read(raw)
    for question in definition.questions:
        if question.key not in keys and keys & set(named_in(question.when)):
            raise Refused(
                T("Tidak bisa dihapus: syarat pertanyaan “%(text)s” memakainya. Ubah syarat itu dahulu.",
                  text=say(question.text)[:80])
            )  # fmt: skip
    for measure in definition.measures:
        used = {measure.question, *(part[0] for part in measure.parts), *named_in(measure.among)}
        if keys & used:
            raise Refused(
                T("Tidak bisa dihapus: ukuran “%(label)s” menghitungnya. Hapus atau ubah ukuran itu dahulu.",
                  label=say(measure.label)[:80])
            )  # fmt: skip


def move_question(
    session: Session, actor: Actor, version_id: int, key: str, *, down: bool, seen: int, now: datetime
) -> InstrumentVersion:
    """Move a question one place up or down, past the border of its section too."""

    def edit(raw: Raw) -> None:
        section, place = find_question(raw, key)
        questions = section["questions"]
        if swap(questions, place, up=not down):
            return
        beside = find_section(raw, section["key"]) + (1 if down else -1)
        if 0 <= beside < len(raw["sections"]):
            home = raw["sections"][beside]["questions"]
            home.insert(0 if down else len(home), questions.pop(place))

    return change(session, actor, version_id, edit, seen=seen, now=now)


# --- sections ---


def put_section(
    session: Session, actor: Actor, version_id: int, key: str, title: str, *, seen: int, now: datetime
) -> InstrumentVersion:
    """Write a new title of a section, or add a section at the end for an empty key."""

    def edit(raw: Raw) -> None:
        if key:
            section = raw["sections"][find_section(raw, key)]
            section.update(with_translations({"title": title}, section))
            return
        taken = {section["key"] for section in raw["sections"]}
        raw["sections"].append({"key": free_key(title, taken, "bagian"), "title": title, "questions": []})

    return change(session, actor, version_id, edit, seen=seen, now=now)


def remove_section(
    session: Session, actor: Actor, version_id: int, key: str, *, seen: int, now: datetime
) -> InstrumentVersion:
    """Remove a section with its questions. Raises Refused where something outside needs one of them."""

    def edit(raw: Raw) -> Raw:
        place = find_section(raw, key)
        _refuse_needed(raw, {question["key"] for question in raw["sections"][place]["questions"]})
        return {"section": raw["sections"].pop(place), "place": place}

    return change(session, actor, version_id, edit, seen=seen, now=now, action="instrument.section_removed")


def move_section(
    session: Session, actor: Actor, version_id: int, key: str, *, down: bool, seen: int, now: datetime
) -> InstrumentVersion:
    def edit(raw: Raw) -> None:
        swap(raw["sections"], find_section(raw, key), up=not down)

    return change(session, actor, version_id, edit, seen=seen, now=now)


# --- measures ---


def put_measure(
    session: Session, actor: Actor, version_id: int, measure: Raw, *, seen: int, now: datetime
) -> InstrumentVersion:
    def edit(raw: Raw) -> None:
        measures = raw.setdefault("measures", [])
        for place, one in enumerate(measures):
            if one["key"] == measure["key"]:
                measures[place] = with_translations(measure, one)
                return
        measures.append(measure)

    return change(session, actor, version_id, edit, seen=seen, now=now)


def remove_measure(
    session: Session, actor: Actor, version_id: int, key: str, *, seen: int, now: datetime
) -> InstrumentVersion:
    def edit(raw: Raw) -> Raw:
        for place, one in enumerate(raw.get("measures", ())):
            if one["key"] == key:
                return {"measure": raw["measures"].pop(place), "place": place}
        raise NotFound(MISSING_MEASURE)

    return change(session, actor, version_id, edit, seen=seen, now=now, action="instrument.measure_removed")


# --- putting back ---


def removed_last(session: Session, version: InstrumentVersion) -> AuditEntry | None:
    """Return the trail's entry on what the latest change of this draft removed; None where it removed nothing."""
    latest = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject_kind == version.__tablename__, AuditEntry.subject_id == str(version.id))
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()
    fits = latest is not None and latest.action in REMOVED and (latest.after or {}).get("version") == version.version
    return latest if fits else None


def put_back(session: Session, actor: Actor, version_id: int, *, seen: int, now: datetime) -> InstrumentVersion:
    """Undo the latest change where it removed something."""
    version = draft_to_change(session, actor, version_id, seen=seen)
    entry = removed_last(session, version)
    if entry is None or entry.before is None:
        raise Refused(T("Sudah ada perubahan lain sesudahnya, jadi tidak bisa dikembalikan begitu saja."))
    kept = entry.before

    def edit(raw: Raw) -> None:
        if entry.action == REMOVED[0]:
            raw["sections"][find_section(raw, kept["section"])]["questions"].insert(kept["place"], kept["question"])
        elif entry.action == REMOVED[1]:
            raw["sections"].insert(kept["place"], kept["section"])
        else:
            raw.setdefault("measures", []).insert(kept["place"], kept["measure"])

    return change(session, actor, version_id, edit, seen=seen, now=now, action="instrument.put_back")


def free_key(text: str, taken: set[str], instead: str, *, option: bool = False) -> str:
    """Make a short name out of a text that none of the others has."""
    words = "".join(sign if sign.isascii() and sign.isalnum() else " " for sign in text.lower()).split()
    stem = "_".join(words)[:30].strip("_")
    if not stem or (not option and not stem[0].isalpha()) or not OPTION_KEY.match(stem):
        stem = instead
    key, number = stem, 1
    while key in taken:
        number += 1
        key = f"{stem}_{number}"
    return key
