"""Changes of a draft's frame texts and languages. As in editing.py each takes `seen`."""

import copy
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.evidence.instruments.definition import texts_of
from app.evidence.instruments.editing import Raw, change
from app.evidence.instruments.models import InstrumentVersion
from app.kernel.errors import Invalid, NotFound
from app.kernel.roles import Actor
from app.kernel.text import T


def set_texts(
    session: Session, actor: Actor, version_id: int, texts: Mapping[str, str], *, seen: int, now: datetime
) -> InstrumentVersion:
    """Set title, intro, consent and thanks in Indonesian; an empty one goes with its translations."""

    def edit(raw: Raw) -> None:
        for name, text in texts.items():
            raw[name] = {**texts_of(raw.get(name)), "id": text} if text.strip() else {}

    return change(session, actor, version_id, edit, seen=seen, now=now)


def add_language(
    session: Session, actor: Actor, version_id: int, code: str, *, seen: int, now: datetime
) -> InstrumentVersion:
    def edit(raw: Raw) -> None:
        if code in raw.get("languages", ["id"]):
            raise Invalid(T("Bahasa ini sudah ada."), field="code")
        raw["languages"] = [*raw.get("languages", ["id"]), code]

    return change(session, actor, version_id, edit, seen=seen, now=now)


def remove_language(
    session: Session, actor: Actor, version_id: int, code: str, *, seen: int, now: datetime
) -> InstrumentVersion:
    """Remove a language with everything that was translated into it."""

    def edit(raw: Raw) -> Raw:
        if code == "id" or code not in raw.get("languages", ()):
            raise NotFound(T("Bahasa ini tidak ada pada daftar pertanyaan ini."))
        before = copy.deepcopy(raw)
        raw["languages"] = [one for one in raw["languages"] if one != code]
        _drop(raw, code)
        return {"language": code, "definition": before}

    return change(session, actor, version_id, edit, seen=seen, now=now)


def _drop(value: Any, code: str) -> None:
    if isinstance(value, dict):
        for name in ("title", "intro", "consent", "thanks", "text", "hint", "label"):
            if isinstance(value.get(name), dict):
                value[name].pop(code, None)
        for one in value.values():
            _drop(one, code)
    elif isinstance(value, list):
        for one in value:
            _drop(one, code)


def translate(
    session: Session, actor: Actor, version_id: int, code: str, texts: Mapping[str, str], *, seen: int, now: datetime
) -> InstrumentVersion:
    """Set texts by their names in `definition.texts_in`; an empty one takes the translation away."""

    def edit(raw: Raw) -> None:
        for name, spot, field in spots(raw):
            if name in texts:
                said = texts_of(spot.get(field))
                spot[field] = {**said, code: texts[name].strip()}

    return change(session, actor, version_id, edit, seen=seen, now=now)


def spots(raw: Raw) -> Sequence[tuple[str, Raw, str]]:
    """Yield (name as in `definition.texts_in`, what holds the text, under which name)."""
    found = [(f"={name}", raw, name) for name in ("title", "intro", "consent", "thanks")]
    for section in raw["sections"]:
        found.append((f"#{section['key']}", section, "title"))
        for question in section["questions"]:
            key = question["key"]
            found += [(key, question, "text"), (f"{key}.hint", question, "hint")]
            found += [(f"{key}.o.{part['key']}", part, "text") for part in question.get("options", ())]
            found += [(f"{key}.r.{part['key']}", part, "text") for part in question.get("rows", ())]
    return found
