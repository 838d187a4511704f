"""Code open texts afterwards, all equal ones at once; counts follow at once."""

import copy
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.instruments.access import may_plan_for
from app.evidence.instruments.definition import Question, say
from app.evidence.instruments.measures import items
from app.evidence.instruments.models import InstrumentVersion
from app.evidence.instruments.versions import definition_of
from app.evidence.responses.coding.texts import ERASED, WrittenPart, normalise, uuids_of, written_as, written_parts
from app.evidence.responses.models import Response, ResponseConflict
from app.evidence.responses.tally import pad, recount, untally
from app.evidence.responses.trail_labels import TrailSubject
from app.evidence.surveys.access import to_manage
from app.evidence.surveys.models import Wave
from app.kernel import audit
from app.kernel.db import wait_for_turn
from app.kernel.errors import Forbidden, Invalid, NotFound, Stale
from app.kernel.roles import Actor
from app.kernel.text import T

AT_ONCE = 500
LONGEST_CODE = 120


def code_texts(
    session: Session, actor: Actor, wave_id: int, key: str, form: str, codes: Sequence[str], *,
    before: list[str] | None, now: datetime,
) -> int:  # fmt: skip
    """Code every answer whose text is `form` and that is coded as `before` (None: not yet).

    `form`: see texts.normalise.

    `codes` may be empty: none fits. Returns how many answers. Raises NotFound, Forbidden, Invalid (codes), Stale where
    somebody coded or erased these texts meanwhile.
    """
    wave = to_manage(session, actor, wave_id)
    question = _question(session, wave, key)
    known = [code.key for code in question.codes]
    if not set(codes) <= set(known):
        raise Invalid(T("Kode ini sudah tidak ada. Muat ulang halaman, lalu pilih lagi."), field="codes")
    chosen = [code for code in known if code in codes]
    wait_for_turn(session, f"tally:{wave.id}")
    rows = _rows(session, wave, key, form, before)
    _uncount(session, wave, rows)
    for row in rows:
        row.codes = {**row.codes, key: chosen}
    after = {"question": key, "codes": chosen, "answers": len(rows)}
    audit.record(session, actor, "survey.texts_coded", TrailSubject.of(wave, key), now=now, before={"codes": before},
                 after=after)  # fmt: skip
    session.flush()
    return len(rows)


def erase_text(session: Session, actor: Actor, wave_id: int, key: str, form: str, *, now: datetime) -> int:
    """Blank a text that names somebody or gives a number, wherever it stands. The trail does not repeat it.

    `key`: an open question, or "QUESTION/OPTION" for words beside an option. Every spelling goes, whatever it was coded
    as; an answer whose text was not coded yet counts as "no code fits". What came under the same number is blanked too.
    """
    wave = to_manage(session, actor, wave_id)
    part = _part(session, wave, key)
    wait_for_turn(session, f"tally:{wave.id}")
    rows = _held(session, [uuid for uuid, _codes in uuids_of(session, wave, key, written_as(session, wave, key, form))])
    _uncount(session, wave, rows)
    for row in rows:
        row.answers = {**row.answers, key: ERASED}  # its hash stays: the same sent again is the same
        if part.is_coded:
            row.codes = {key: [], **row.codes}
    for conflict in session.scalars(select(ResponseConflict).where(ResponseConflict.wave_id == wave.id)):
        text = conflict.payload["answers"].get(key)
        if isinstance(text, str) and normalise(text) == form:
            answers = {**conflict.payload["answers"], key: ERASED}
            conflict.payload = {**conflict.payload, "answers": answers}
    after = {"question": key, "answers": len(rows)}
    audit.record(session, actor, "survey.text_erased", TrailSubject.of(wave, key), now=now, after=after)
    session.flush()
    return len(rows)


def _part(session: Session, wave: Wave, key: str) -> WrittenPart:
    parts = written_parts(definition_of(session, wave.instrument_version_id))
    found = next((part for part in parts if part.key == key), None)
    if found is None:
        raise NotFound(T("Pertanyaan ini tidak ada, atau bukan pertanyaan yang dijawab dengan tulisan."))
    return found


def _question(session: Session, wave: Wave, key: str) -> Question:
    question = definition_of(session, wave.instrument_version_id).by_key.get(key)
    if question is None or question.kind != "text":
        raise NotFound(T("Pertanyaan ini tidak ada, atau bukan pertanyaan yang dijawab dengan tulisan."))
    return question


def _rows(session: Session, wave: Wave, key: str, form: str, before: list[str] | None) -> list[Response]:
    """Those that are coded so, held until the end of the transaction."""
    found = uuids_of(session, wave, key, written_as(session, wave, key, form))
    return _held(session, [uuid for uuid, codes in found if codes == before])


def _held(session: Session, uuids: Sequence[str]) -> list[Response]:
    """Raises Stale where there are none any more."""
    if not uuids:
        raise Stale(T("Jawaban ini baru saja dikerjakan orang lain. Tidak ada yang berubah."))
    rows: list[Response] = []
    for start in range(0, len(uuids), AT_ONCE):
        query = select(Response).where(Response.uuid.in_(uuids[start : start + AT_ONCE])).order_by(Response.uuid)
        rows += session.scalars(query.with_for_update(), execution_options={"populate_existing": True}).all()
    return rows


def _uncount(session: Session, wave: Wave, rows: Sequence[Response]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        untally(session, wave, *rows[start : start + AT_ONCE])


def add_code(
    session: Session, actor: Actor, wave_id: int, key: str, text: str, *, dimension: str | None = None, now: datetime
) -> str:
    """Add a code to a question, also of a frozen version, since no word that was asked changes; returns its key.

    Every survey with this version is counted anew; where single answers were erased, nobody is counted under the new
    code. Only whoever plans for the instrument's organisation. Raises NotFound, Forbidden, Invalid (text).
    """
    wave = to_manage(session, actor, wave_id)
    _question(session, wave, key)
    if not may_add_code(actor, wave):
        raise Forbidden(T("Kode baru hanya bisa ditambah oleh pemilik pertanyaan ini atau staf kantor."))
    words = " ".join(text.split())
    if not words or len(words) > LONGEST_CODE:
        raise Invalid(T("Isi nama kodenya, paling banyak %(n)s huruf.", n=LONGEST_CODE), field="text")
    waves = session.scalars(
        select(Wave).where(Wave.instrument_version_id == wave.instrument_version_id).order_by(Wave.id)
    ).all()
    for one in waves:
        wait_for_turn(session, f"tally:{one.id}")
    version = session.get_one(
        InstrumentVersion, wave.instrument_version_id, with_for_update=True, populate_existing=True
    )
    definition = copy.deepcopy(version.definition)
    raw = _raw_question(definition, key)
    codes = list(raw.get("codes") or ())
    if any(normalise(_words(code)) == normalise(words) for code in codes):
        raise Invalid(T("Kode dengan nama ini sudah ada."), field="text")
    made = _key_of(words, {str(code["key"]) for code in codes})
    raw["codes"] = [*codes, {"key": made, "text": words, **({"dimension": dimension} if dimension else {})}]
    version.definition = definition
    version.updated_at = now
    session.flush()
    places = {item.key: place for place, item in enumerate(items(definition_of(session, version.id)))}
    sibling = f"{key}:{codes[0]['key']}" if codes else ""
    for one in waves:
        if one.erased_at is None:
            recount(session, one)
        else:
            pad(session, one, places[f"{key}:{made}"], places.get(sibling))
    audit.record(session, actor, "survey.code_added", wave, now=now, after={"question": key, "code": words})
    session.flush()
    return made


def may_add_code(actor: Actor, wave: Wave) -> bool:
    """Decide whether somebody may add codes: the questions may belong to another organisation than the survey."""
    return may_plan_for(actor, wave.instrument_version.instrument.organisation_id)


def _raw_question(definition: dict[str, Any], key: str) -> dict[str, Any]:
    questions = (question for section in definition["sections"] for question in section.get("questions") or ())
    return next(question for question in questions if question["key"] == key)


def _words(code: dict[str, Any]) -> str:
    text = code.get("text", "")
    return say(text) if isinstance(text, dict) else str(text)


def _key_of(words: str, taken: set[str]) -> str:
    """A key as instruments/definition.py wants it, that no other code has."""
    stem = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:34] or "kode"
    number, made = 1, stem
    while made in taken:
        number += 1
        made = f"{stem}_{number}"
    return made
