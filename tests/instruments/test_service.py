"""Versions of instruments: drafts change, frozen ones never, and two people do not write over each other."""

import copy
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.media.models import StoredFile
from app.evidence.instruments import service
from app.evidence.instruments.breaks import changes
from app.evidence.instruments.definition import canonical, read
from app.evidence.instruments.models import Instrument, InstrumentVersion
from app.kernel.audit import AuditEntry
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.roles import SYSTEM, Role
from tests.survey_sample import DEFINITION
from tests.world import World


def made(session: Session, world: World, clock: Clock, **values: Any) -> Instrument:
    values = {"key": "uji", "title": "Uji", "audience": "residents", "definition": DEFINITION, **values}
    return service.create(session, world.actor(Role.EDITOR), now=clock.now(), **values)


def renamed(text: str = "Kapan terakhir melihatnya?") -> dict[str, Any]:
    raw = copy.deepcopy(DEFINITION)
    raw["sections"][0]["questions"][2]["text"] = text
    return raw


def test_a_new_instrument_has_one_draft_in_canonical_form(session: Session, world: World, clock: Clock) -> None:
    instrument = made(session, world, clock)
    assert [version.number for version in instrument.versions] == [1]
    assert instrument.versions[0].definition == canonical(read(DEFINITION))
    assert instrument.organisation_id == world.office().id
    assert session.scalars(select(AuditEntry.action)).all() == ["instrument.created"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"key": "Uji Coba"}, "key"), ({"title": " "}, "title"), ({"title": "a" * 201}, "title"),
        ({"audience": "anak"}, "audience"),
    ],
)  # fmt: skip
def test_what_cannot_be_named_is_refused(
    session: Session, world: World, clock: Clock, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        made(session, world, clock, **values)
    assert caught.value.field == field


def test_a_key_is_there_once(session: Session, world: World, clock: Clock) -> None:
    made(session, world, clock)
    with pytest.raises(Invalid, match="nama singkat"):
        made(session, world, clock)
    assert service.free_key(session, "Uji!") == "uji-2"
    assert service.free_key(session, "Pengenalan Warga é") == "pengenalan-warga-e"
    assert service.free_key(session, "???") == "instrumen"


def test_an_unsound_definition_says_everything(session: Session, world: World, clock: Clock) -> None:
    raw = renamed("")
    raw["measures"][2]["dimension"] = "smart-moon"
    with pytest.raises(service.Unsound) as caught:
        made(session, world, clock, definition=raw)
    assert "lihat" in str(caught.value.sentence)
    raw = renamed()
    raw["measures"][2]["dimension"] = "smart-moon"
    with pytest.raises(service.Unsound, match="smart-moon"):
        made(session, world, clock, definition=raw)


def test_a_draft_is_changed_and_the_trail_says_what(session: Session, world: World, clock: Clock) -> None:
    version = made(session, world, clock).versions[0]
    seen = version.version
    saved = service.save(session, SYSTEM, version.id, renamed(), seen=seen, now=clock.now())
    assert saved.version == seen + 1
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "instrument.saved")).one()
    assert entry.after == {"number": 1, "version": seen + 1, "changed": ["lihat"]}


def test_two_editors_do_not_write_over_each_other(session: Session, world: World, clock: Clock) -> None:
    version = made(session, world, clock).versions[0]
    seen = version.version
    service.save(session, SYSTEM, version.id, renamed(), seen=seen, now=clock.now())
    with pytest.raises(Stale):
        service.save(session, SYSTEM, version.id, DEFINITION, seen=seen, now=clock.now())
    assert version.definition["sections"][0]["questions"][2]["text"]["id"] == "Kapan terakhir melihatnya?"


def test_saving_the_same_again_writes_nothing(session: Session, world: World, clock: Clock) -> None:
    version = made(session, world, clock).versions[0]
    seen = version.version
    assert service.save(session, SYSTEM, version.id, DEFINITION, seen=seen, now=clock.now()).version == seen
    assert len(session.scalars(select(AuditEntry)).all()) == 1


def test_a_frozen_version_never_changes(session: Session, world: World, clock: Clock) -> None:
    version = made(session, world, clock).versions[0]
    service.freeze(session, version, clock.now())
    first = version.frozen_at
    with pytest.raises(Refused, match="Buat versi baru"):
        service.save(session, SYSTEM, version.id, renamed(), seen=version.version, now=clock.now())
    service.freeze(session, version, clock.now())
    assert version.frozen_at == first


def test_what_lacks_questions_is_not_frozen(session: Session, world: World, clock: Clock) -> None:
    version = made(session, world, clock, definition={"title": "Baru"}).versions[0]
    with pytest.raises(service.Unsound, match="belum punya pertanyaan"):
        service.freeze(session, version, clock.now())


def test_a_new_version_copies_the_latest_and_there_is_one_draft(session: Session, world: World, clock: Clock) -> None:
    instrument = made(session, world, clock)
    with pytest.raises(Refused, match="masih berupa konsep"):
        service.new_version(session, SYSTEM, instrument.id, now=clock.now())
    service.freeze(session, instrument.versions[0], clock.now())
    draft = service.new_version(session, SYSTEM, instrument.id, now=clock.now())
    assert (draft.number, draft.frozen_at) == (2, None)
    assert draft.definition == instrument.versions[0].definition
    service.save(session, SYSTEM, draft.id, renamed(), seen=draft.version, now=clock.now())
    assert instrument.versions[0].definition["sections"] == canonical(read(DEFINITION))["sections"]


def test_a_frozen_list_without_consent_has_the_usual_one(session: Session, world: World, clock: Clock) -> None:
    bare = {name: value for name, value in DEFINITION.items() if name not in {"intro", "consent", "thanks"}}
    version = made(session, world, clock, definition={**bare, "consent": "Mau?"}).versions[0]
    service.freeze(session, version, clock.now())
    assert version.definition["consent"] == {"id": "Mau?"}
    assert "NIK" in version.definition["intro"]["id"]
    assert version.definition["thanks"]["id"]


def test_a_question_for_a_name_keeps_a_list_from_being_used_until_it_is_answered(
    session: Session, world: World, clock: Clock
) -> None:
    raw = copy.deepcopy(DEFINITION)
    raw["sections"][0]["questions"].append({"key": "siapa", "kind": "text", "text": "Nama lengkap Anda"})
    version = made(session, world, clock, definition=raw).versions[0]
    with pytest.raises(Invalid, match="menanyakan nama"):
        service.freeze(session, version, clock.now())
    raw["sections"][0]["questions"][-1]["impersonal"] = True
    service.save(session, SYSTEM, version.id, raw, seen=version.version, now=clock.now())
    service.freeze(session, version, clock.now())
    assert version.frozen_at is not None


def test_another_picture_breaks_the_line_and_the_same_picture_again_does_not(
    session: Session, world: World, clock: Clock
) -> None:
    def asked(file_id: int) -> Any:
        raw = copy.deepcopy(DEFINITION)
        raw["sections"][0]["questions"][0]["picture"] = file_id
        return read(service.sound(session, raw))

    def kept(sha256: str, key: str) -> int:
        file = StoredFile(
            sha256=sha256, mime="image/png", size=1, name=f"{key}.png", created_at=clock.now(),
        )  # fmt: skip
        session.add(file)
        session.flush()
        return file.id

    one, same, other = (asked(kept(sha, key)) for sha, key in (("a" * 64, "x1"), ("a" * 64, "x2"), ("b" * 64, "x3")))
    first = one.sections[0].questions[0].key
    state = {key: {change.key: change.state for change in changes(one, later)} for key, later in
             (("same", same), ("other", other))}  # fmt: skip
    touched = [measure.key for measure in one.measures if measure.question == first]
    assert touched
    assert set(state["same"].values()) == {"same"}
    assert {state["other"][key] for key in touched} == {"broken"}


def test_what_is_wrong_names_questions_by_number_and_words(session: Session, world: World, clock: Clock) -> None:
    raw = copy.deepcopy(DEFINITION)
    questions = raw["sections"][0]["questions"]
    questions[0]["when"] = {"question": questions[1]["key"], "answered": True}
    with pytest.raises(Invalid) as caught:
        made(session, world, clock, definition=raw)
    told = str(caught.value.sentence)
    first, second = (str(read(DEFINITION).questions[place].text["id"])[:30] for place in (0, 1))
    assert f"Pertanyaan 1 “{first}" in told
    assert f"“2. {second}" in told


def test_a_draft_is_thrown_away_unless_it_is_the_only_one_or_planned_with(
    session: Session, world: World, clock: Clock
) -> None:
    instrument = made(session, world, clock)
    only = instrument.versions[0]
    with pytest.raises(Refused, match="satu-satunya"):
        service.discard(session, SYSTEM, only.id, seen=only.version, now=clock.now())
    service.freeze(session, only, clock.now())
    draft = service.new_version(session, SYSTEM, instrument.id, now=clock.now())
    session.commit()
    session.refresh(instrument)
    wave = world.wave(instrument=instrument, status="draft")
    assert wave.instrument_version_id == draft.id
    with pytest.raises(Refused, match="sedang disiapkan"):
        service.discard(session, SYSTEM, draft.id, seen=draft.version, now=clock.now())
    session.delete(wave)
    session.flush()
    service.discard(session, SYSTEM, draft.id, seen=draft.version, now=clock.now())
    assert session.scalars(select(InstrumentVersion.number)).all() == [1]


def test_it_is_put_away_and_taken_out_again(session: Session, world: World, clock: Clock) -> None:
    instrument = made(session, world, clock)
    service.archive(session, SYSTEM, instrument.id, now=clock.now())
    assert instrument.archived_at == clock.now()
    service.restore(session, SYSTEM, instrument.id, now=clock.now())
    assert instrument.archived_at is None


def test_the_audience_stays_once_a_survey_used_it(session: Session, world: World, clock: Clock) -> None:
    instrument = made(session, world, clock)
    service.edit(session, SYSTEM, instrument.id, title="Lain", audience="civil_servants", now=clock.now())
    world.wave(instrument=instrument)
    with pytest.raises(Refused, match="kelompok yang sama"):
        service.edit(session, SYSTEM, instrument.id, title="Lain", audience="residents", now=clock.now())


def test_another_organisations_instrument_is_read_but_not_changed(session: Session, world: World, clock: Clock) -> None:
    instrument = made(session, world, clock)
    stranger = world.actor(Role.EDITOR, organisation=world.organisation())
    assert service.instrument_of(session, stranger, instrument.id) is instrument
    version = instrument.versions[0]
    with pytest.raises(Forbidden):
        service.save(session, stranger, version.id, renamed(), seen=version.version, now=clock.now())
    with pytest.raises(Forbidden):
        service.create(
            session, stranger, key="y", title="Y", audience="residents", definition=DEFINITION,
            organisation_id=world.office().id, now=clock.now(),
        )  # fmt: skip
    with pytest.raises(NotFound):
        service.save(session, SYSTEM, 999, DEFINITION, seen=1, now=clock.now())


def test_it_says_which_trend_lines_break(session: Session) -> None:
    after = renamed()
    after["measures"].pop(5)
    after["measures"][0]["label"] = "Nama lain"
    after["measures"].append({"key": "lihat", "label": "Melihat", "question": "lihat", "counts": ["ya"]})
    before = copy.deepcopy(DEFINITION)
    before["measures"].append({"key": "lihat", "label": "Melihat", "question": "lihat", "counts": ["ya"]})
    states = {one.key: one.state for one in changes(read(before), read(after))}
    assert states == {
        "istilah": "same", "sebut": "same", "kenal_idaman": "same", "kenal_sampah": "same", "palsu": "same",
        "nilai_percaya": "same", "lihat": "broken", "percaya": "gone",
    }  # fmt: skip
    assert {one.state for one in changes(read({"title": "x"}), read(after))} == {"new"}
