"""Make instruments and their versions, change drafts, freeze them for good, archive and restore."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.media.models import StoredFile
from app.evidence.instruments.access import audiences_of, may_plan_for
from app.evidence.instruments.breaks import differences
from app.evidence.instruments.checks import Finding, check
from app.evidence.instruments.default_texts import with_default_texts
from app.evidence.instruments.definition import canonical, read
from app.evidence.instruments.models import Instrument, InstrumentVersion, SurveyAudience
from app.evidence.instruments.naming import in_words
from app.evidence.instruments.queries import is_used
from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.ordered import put_away, take_out
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.typed import at_most
from app.outreach.campaigns.models import Dimension

KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,59}\Z")
MISSING = T("Daftar pertanyaan ini tidak ada.")
MOST_TITLE = 200
MOST_NOTE = 500
FROZEN = T("Versi ini sudah dipakai, jadi tidak bisa diubah lagi. Buat versi baru.")


class Unsound(Invalid):
    """A definition that cannot be asked, with everything that is wrong in it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        first = findings[0]
        sentence = T("%(where)s: %(what)s", where=first.where, what=first.sentence) if first.where else first.sentence
        super().__init__(sentence)
        self.findings = tuple(findings)


def create(
    session: Session,
    actor: Actor,
    *,
    key: str,
    title: str,
    audience: str,
    definition: Mapping[str, Any],
    organisation_id: int | None = None,
    now: datetime,
) -> Instrument:
    """Make an instrument with its first draft. Raises Invalid (key, title, audience), Unsound, Forbidden."""
    owner = organisation_id if organisation_id is not None else actor.organisation_id
    if owner is None:
        raise Invalid(T("Pilih organisasi yang memiliki daftar pertanyaan ini."), field="organisation_id")
    _check_about(title, audience)
    _check_makes(actor, owner, audience)
    if not KEY.match(key):
        raise Invalid(T("Nama singkat hanya boleh memuat huruf kecil, angka, dan tanda hubung."), field="key")
    if session.scalar(select(Instrument.id).where(Instrument.key == key)) is not None:
        raise Invalid(T("Sudah ada daftar pertanyaan dengan nama singkat ini. Pakai nama lain."), field="key")
    version = InstrumentVersion(
        number=1, definition=sound(session, definition), created_by_id=actor.id, created_at=now, updated_at=now
    )
    instrument = Instrument(
        key=key, title=title.strip(), audience=audience, organisation_id=owner, created_by_id=actor.id,
        created_at=now, versions=[version],
    )  # fmt: skip
    session.add(instrument)
    session.flush()
    audit.record(session, actor, "instrument.created", instrument, now=now, after=_facts(instrument))
    return instrument


def free_key(session: Session, title: str) -> str:
    """Make a short name out of the title that no instrument has yet."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    stem = "-".join(re.findall(r"[a-z0-9]+", plain))[:50].strip("-") or "instrumen"
    taken = set(session.scalars(select(Instrument.key).where(Instrument.key.startswith(stem, autoescape=True))))
    number = 1
    while (key := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return key


def refuse_known_title(session: Session, title: str) -> None:
    """Raise Invalid (field title) where another instrument has this title.

    Two lists of one name cannot be told apart where a survey chooses one.
    """
    wanted = func.lower(title.strip()[:MOST_TITLE])
    known = select(Instrument.id).where(func.lower(Instrument.title) == wanted, Instrument.archived_at.is_(None))
    if session.scalar(known.limit(1)) is not None:
        raise Invalid(
            T("Sudah ada daftar pertanyaan bernama “%(title)s”. Beri nama lain, atau buat versi baru dari daftar itu.",
              title=title.strip()), field="title",
        )  # fmt: skip


def edit(session: Session, actor: Actor, instrument_id: int, *, title: str, audience: str, now: datetime) -> Instrument:
    """Change the name of an instrument and whom it asks. Raises Refused for another audience once a survey used it."""
    instrument = to_manage(session, actor, instrument_id)
    _check_about(title, audience)
    _check_makes(actor, instrument.organisation_id, audience)
    if audience != instrument.audience and is_used(session, *(version.id for version in instrument.versions)):
        raise Refused(T("Daftar pertanyaan ini sudah dipakai, jadi tetap untuk kelompok yang sama."))
    before = _facts(instrument)
    instrument.title, instrument.audience = title.strip(), audience
    session.flush()
    if _facts(instrument) != before:
        audit.record(session, actor, "instrument.edited", instrument, now=now, before=before, after=_facts(instrument))
    return instrument


def save(
    session: Session,
    actor: Actor,
    version_id: int,
    definition: Mapping[str, Any],
    *,
    seen: int,
    now: datetime,
    note: str | None = None,
    action: str = "instrument.saved",
    before: dict[str, Any] | None = None,
) -> InstrumentVersion:
    """Write what a draft asks; it may still lack questions. `seen`: the `version` that the person had before them.

    `action` and `before` are for the trail: what was removed can be put back from there. Raises Stale, Refused for a
    frozen version, Unsound.
    """
    version = draft_to_change(session, actor, version_id, seen=seen)
    wanted = sound(session, definition)
    said = version.note if note is None else note.strip()[:MOST_NOTE]
    if wanted == version.definition and said == version.note:
        return version
    changed = differences(version.definition, wanted)
    version.definition, version.note, version.updated_at = wanted, said, now
    session.flush()
    after = {"number": version.number, "version": version.version, "changed": changed}
    audit.record(session, actor, action, version, now=now, before=before, after=after)
    return version


def draft_to_change(session: Session, actor: Actor, version_id: int, *, seen: int | None = None) -> InstrumentVersion:
    """Return the draft, held until the end of the transaction. Raises NotFound, Forbidden, Refused, Stale."""
    version = session.scalar(
        select(InstrumentVersion).where(InstrumentVersion.id == version_id).with_for_update(),
        execution_options={"populate_existing": True},
    )
    if version is None:
        raise NotFound(T("Versi daftar pertanyaan ini tidak ada."))
    to_manage(session, actor, version.instrument_id)
    if version.frozen_at is not None:
        raise Refused(FROZEN)
    if seen is not None and seen != version.version:
        raise Stale(T("Rekan Anda baru saja mengubah daftar ini. Isian Anda masih ada; periksa, lalu simpan lagi."))
    return version


def new_version(session: Session, actor: Actor, instrument_id: int, *, now: datetime) -> InstrumentVersion:
    """Add a draft that begins as a copy of the latest version. Raises Refused where a draft is there already."""
    instrument = to_manage(session, actor, instrument_id, lock=True)
    latest = session.scalars(
        select(InstrumentVersion)
        .where(InstrumentVersion.instrument_id == instrument_id)
        .order_by(InstrumentVersion.number.desc())
        .limit(1)
    ).one()
    if latest.frozen_at is None:
        raise Refused(T("Versi %(n)s masih berupa konsep. Ubah konsep itu.", n=latest.number))
    version = InstrumentVersion(
        instrument=instrument, number=latest.number + 1, definition=latest.definition, created_by_id=actor.id,
        created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(version)
    session.flush()
    audit.record(session, actor, "instrument.version_added", version, now=now, after={"number": version.number})
    return version


def discard(session: Session, actor: Actor, version_id: int, *, seen: int, now: datetime) -> Instrument:
    """Throw a draft away. Raises Refused for the only version, or where a planned survey is to use it."""
    version = draft_to_change(session, actor, version_id, seen=seen)
    instrument = version.instrument
    if version.number == 1:
        raise Refused(T("Ini satu-satunya versi. Arsipkan daftarnya bila tidak dipakai."))
    if is_used(session, version_id):
        raise Refused(T("Konsep ini dipakai sebuah survei yang sedang disiapkan. Ganti dahulu pertanyaan survei itu."))
    audit.record(
        session, actor, "instrument.version_discarded", instrument, now=now,
        before={"number": version.number, "definition": version.definition},
    )  # fmt: skip
    session.delete(version)
    session.flush()
    return instrument


def freeze(session: Session, version: InstrumentVersion, now: datetime) -> None:
    """Freeze a version for good: from now on answers are given to exactly these words.

    Raises Unsound; a frozen one stays as it is.

    Without an introduction or a consent of its own it gets the usual ones.
    """
    if version.frozen_at is not None:
        return
    findings = check(version.definition)
    if findings:
        raise Unsound(in_words(version.definition, findings))
    whole = with_default_texts(version.definition, version.instrument.audience)
    if whole != version.definition:
        version.definition = canonical(read(whole))
    version.frozen_at = version.updated_at = now
    session.flush()


def archive(session: Session, actor: Actor, instrument_id: int, *, now: datetime) -> Instrument:
    """Take an instrument out of the lists that one chooses from; surveys that used it keep it."""
    instrument = to_manage(session, actor, instrument_id, lock=True)
    if put_away(instrument, now):
        session.flush()
        audit.record(session, actor, "instrument.archived", instrument, now=now)
    return instrument


def restore(session: Session, actor: Actor, instrument_id: int, *, now: datetime) -> Instrument:
    """Undo `archive`."""
    instrument = to_manage(session, actor, instrument_id, lock=True)
    if take_out(instrument):
        session.flush()
        audit.record(session, actor, "instrument.restored", instrument, now=now)
    return instrument


def instrument_of(session: Session, actor: Actor, instrument_id: int) -> Instrument:
    """Return an instrument that this person may read. Raises NotFound.

    Everybody who plans or reads surveys may read every instrument: there is nothing personal in it. Those of tests are
    only for who makes tests, and the office.
    """
    instrument = session.get(Instrument, instrument_id)
    if instrument is None or instrument.audience not in audiences_of(actor):
        raise NotFound(MISSING)
    return instrument


def may_manage(actor: Actor, instrument: Instrument) -> bool:
    return may_plan_for(actor, instrument.organisation_id, tests=instrument.audience == SurveyAudience.TRAINEES)


def to_manage(session: Session, actor: Actor, instrument_id: int, *, lock: bool = False) -> Instrument:
    """Return the instrument to be changed by this person. Raises NotFound, Forbidden."""
    query = select(Instrument).where(Instrument.id == instrument_id)
    instrument = session.scalar(
        query.with_for_update() if lock else query, execution_options={"populate_existing": lock}
    )
    if instrument is None or instrument.audience not in audiences_of(actor):
        raise NotFound(MISSING)
    if not may_manage(actor, instrument):
        raise Forbidden(T("Daftar pertanyaan ini hanya bisa diubah oleh pemiliknya atau staf kantor."))
    return instrument


def sound(session: Session, definition: object) -> dict[str, Any]:
    """Return the canonical form of what a draft may ask. Raises Unsound."""
    findings = check(definition, draft=True)
    if findings:
        raise Unsound(in_words(definition, findings))
    read_one = read(definition)  # type: ignore[arg-type]
    known = set(session.scalars(select(Dimension.key)))
    used = [measure.dimension for measure in read_one.measures]
    for question in read_one.questions:
        used += [row.dimension for row in question.rows] + [code.dimension for code in question.codes]
    unknown = [Finding("", T("Dimensi “%(key)s” tidak dikenal.", key=key)) for key in used if key and key not in known]
    if unknown:
        raise Unsound(unknown)
    return _with_hashes(session, canonical(read_one))


def _with_hashes(session: Session, definition: dict[str, Any]) -> dict[str, Any]:
    """With what every picture is by its content: its number differs from one import to the next."""
    shown = [one for section in definition.get("sections", ()) for one in section["questions"] if "picture" in one]
    ids = {question["picture"] for question in shown}
    query = select(StoredFile.id, StoredFile.sha256).where(StoredFile.id.in_(ids))
    hashes = dict(session.execute(query).tuples().all()) if ids else {}
    for question in shown:
        question.pop("picture_hash", None)
        if question["picture"] in hashes:
            question["picture_hash"] = hashes[question["picture"]]
    return definition


def _check_makes(actor: Actor, organisation_id: int, audience: str) -> None:
    if not may_plan_for(actor, organisation_id, tests=audience == SurveyAudience.TRAINEES):
        raise Forbidden(T("Anda tidak bisa membuat daftar pertanyaan untuk organisasi ini."))


def _check_about(title: str, audience: str) -> None:
    if not title.strip():
        raise Invalid(T("Isi nama daftar pertanyaan."), field="title")
    at_most(title.strip(), MOST_TITLE, "title", T("Nama daftar pertanyaan terlalu panjang: paling banyak %(n)s huruf."))
    if audience not in tuple(SurveyAudience):
        raise Invalid(T("Pilih siapa yang ditanya."), field="audience")


def _facts(instrument: Instrument) -> dict[str, Any]:
    return {"key": instrument.key, "title": instrument.title, "audience": str(instrument.audience)}
