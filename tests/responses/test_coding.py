"""Open texts are coded by groups, and the counts follow."""

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from app.evidence.instruments.measures import items
from app.evidence.instruments.versions import definition_of
from app.evidence.responses import tally
from app.evidence.responses.coding import service as coding
from app.evidence.responses.coding.texts import ERASED, normalise, texts_of
from app.evidence.responses.models import Response, ResponseConflict
from app.evidence.responses.queries import uncoded_count
from app.evidence.responses.service import Submission, record
from app.evidence.surveys.models import Wave
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.errors import Forbidden, Invalid, NotFound, Stale
from app.kernel.roles import SYSTEM, Actor, Role
from tests.survey_sample import ANSWERS
from tests.world import VILLAGE, World

WRITTEN = ("Bank Sampah", "bank  sampah.", "BANK SAMPAH", "Aplikasi pajak", "tidak ada")


@pytest.fixture
def editor(world: World) -> Actor:
    return world.actor_of(world.user(Role.EDITOR))


@pytest.fixture
def wave(world: World, session: Session) -> Wave:
    wave = world.wave()
    for text in WRITTEN:
        world.response(wave, answers={**ANSWERS, "p1": text})
    world.response(wave)  # wrote nothing
    tally.fold(session, wave)
    session.commit()
    return wave


def counted(session: Session, wave: Wave, item: str) -> tuple[float, float]:
    """(how many answered, how many count) of an item of the whole survey, as a page reads it."""
    session.commit()
    place = [one.key for one in items(definition_of(session, wave.instrument_version_id))].index(item)
    sums = tally.counts(session, wave).sums.sum(axis=0)
    return float(sums[place][0]), float(sums[place][1])


def test_equal_texts_are_one_group_whatever_their_case_and_spaces(session: Session, wave: Wave) -> None:
    texts = texts_of(session, wave, "p1", SYSTEM)
    assert [(group.form, group.count) for group in texts.groups] == [
        ("bank sampah", 3), ("aplikasi pajak", 1), ("tidak ada", 1),
    ]  # fmt: skip
    assert (texts.coded, texts.total, len(texts.waiting)) == (0, 5, 3)
    assert normalise("  Bank   SAMPAH. ") == "bank sampah"


def test_a_group_is_coded_at_once_and_the_counts_follow(
    session: Session, wave: Wave, editor: Actor, clock: FrozenClock
) -> None:
    assert counted(session, wave, "p1:sampah") == (0, 0)
    done = coding.code_texts(session, editor, wave.id, "p1", "bank sampah", ["sampah"], before=None, now=clock.now())
    assert done == 3
    assert counted(session, wave, "p1:sampah") == (3, 3)
    assert counted(session, wave, "sebut") == (4, 3)  # who wrote nothing counts as naming none
    assert counted(session, wave, "p1?") == (5, 2)
    tally.fold(session, wave)
    assert counted(session, wave, "p1:sampah") == (3, 3)


def test_coding_anew_takes_the_old_code_out_of_the_counts(
    session: Session, wave: Wave, editor: Actor, clock: FrozenClock
) -> None:
    coding.code_texts(session, editor, wave.id, "p1", "bank sampah", ["sampah"], before=None, now=clock.now())
    tally.fold(session, wave)
    session.commit()
    coding.code_texts(session, editor, wave.id, "p1", "bank sampah", ["tidak"], before=["sampah"], now=clock.now())
    assert counted(session, wave, "p1:sampah") == (3, 0)
    assert counted(session, wave, "p1:tidak") == (3, 3)
    assert tally.counts(session, wave).people.sum() == 6


def test_a_text_that_no_code_fits_is_coded_all_the_same(
    session: Session, wave: Wave, editor: Actor, clock: FrozenClock
) -> None:
    coding.code_texts(session, editor, wave.id, "p1", "tidak ada", [], before=None, now=clock.now())
    texts = texts_of(session, wave, "p1", SYSTEM)
    assert (texts.coded, [group.form for group in texts.waiting]) == (1, ["bank sampah", "aplikasi pajak"])
    assert counted(session, wave, "p1:sampah") == (1, 0)


def test_a_later_equal_text_is_offered_the_same_codes(
    session: Session, world: World, wave: Wave, editor: Actor, clock: FrozenClock
) -> None:
    coding.code_texts(session, editor, wave.id, "p1", "bank sampah", ["sampah"], before=None, now=clock.now())
    world.response(wave, answers={**ANSWERS, "p1": "Bank sampah"})
    (group,) = [one for one in texts_of(session, wave, "p1", SYSTEM).waiting if one.form == "bank sampah"]
    assert (group.count, group.suggestion) == (1, ["sampah"])
    done = coding.code_texts(session, editor, wave.id, "p1", group.form, ["sampah"], before=None, now=clock.now())
    assert done == 1


def test_a_survey_with_the_same_questions_lends_its_codes(
    session: Session, world: World, wave: Wave, editor: Actor, clock: FrozenClock
) -> None:
    coding.code_texts(session, editor, wave.id, "p1", "bank sampah", ["sampah"], before=None, now=clock.now())
    after = world.wave(instrument=wave.instrument_version.instrument)
    world.response(after, answers={**ANSWERS, "p1": "bank SAMPAH"})
    assert [group.suggestion for group in texts_of(session, after, "p1", SYSTEM).waiting] == [["sampah"]]


def test_two_who_code_the_same_group_hear_of_each_other(
    session: Session, wave: Wave, editor: Actor, clock: FrozenClock
) -> None:
    coding.code_texts(session, editor, wave.id, "p1", "tidak ada", ["tidak"], before=None, now=clock.now())
    with pytest.raises(Stale):
        coding.code_texts(session, editor, wave.id, "p1", "tidak ada", ["sampah"], before=None, now=clock.now())


@pytest.mark.parametrize(
    ("key", "codes", "error"), [("p1", ["hilang"], Invalid), ("istilah", [], NotFound), ("x", [], NotFound)]
)
def test_what_is_no_code_or_no_open_question_is_refused(
    session: Session, wave: Wave, editor: Actor, clock: FrozenClock, key: str, codes: list[str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        coding.code_texts(session, editor, wave.id, key, "tidak ada", codes, before=None, now=clock.now())


def test_an_enumerator_codes_nothing(session: Session, world: World, wave: Wave, clock: FrozenClock) -> None:
    asker = world.actor_of(world.user(Role.ENUMERATOR))
    with pytest.raises(Forbidden):
        coding.code_texts(session, asker, wave.id, "p1", "tidak ada", [], before=None, now=clock.now())


def test_a_new_code_joins_a_frozen_version_and_every_survey_with_it_is_counted_anew(
    session: Session, world: World, wave: Wave, editor: Actor, clock: FrozenClock,
    sessions: "sessionmaker[Session]",
) -> None:  # fmt: skip
    other = world.wave(instrument=wave.instrument_version.instrument)
    world.response(other, answers={**ANSWERS, "p1": "pajak"})
    tally.fold(session, other)
    session.commit()
    with sessions() as elsewhere:  # another process, which has read the definition before
        definition_of(elsewhere, wave.instrument_version_id)
    made = coding.add_code(session, editor, wave.id, "p1", "Aplikasi  Pajak", now=clock.now())
    assert made == "aplikasi_pajak"
    coding.code_texts(session, editor, wave.id, "p1", "aplikasi pajak", [made], before=None, now=clock.now())
    assert counted(session, wave, f"p1:{made}") == (1, 1)
    assert tally.counts(session, other).people.sum() == 1
    with unit_of_work(sessions) as elsewhere:
        assert tally.fold(elsewhere, elsewhere.get_one(Wave, wave.id)) == 6
    assert counted(session, wave, f"p1:{made}") == (1, 1)


@pytest.mark.parametrize("text", ["", "x" * 121, "bank SAMPAH"])
def test_a_code_needs_a_name_of_its_own(
    session: Session, wave: Wave, editor: Actor, clock: FrozenClock, text: str
) -> None:
    with pytest.raises(Invalid):
        coding.add_code(session, editor, wave.id, "p1", text, now=clock.now())


def test_a_text_that_names_somebody_is_blanked_everywhere(
    session: Session, wave: Wave, editor: Actor, clock: FrozenClock
) -> None:
    secret = "Pak Budi 0812345678"
    sent = Submission("8a5f0c1e-6d0f-4a53-9a43-0a4bb1a1a111", "phone", VILLAGE, "f", "25-34", {**ANSWERS, "p1": secret})
    record(session, None, wave, sent, now=clock.now())
    again = Submission(**{**sent.__dict__, "sex": "m"})
    assert record(session, None, wave, again, now=clock.now()).state == "conflict"
    session.commit()
    coding.erase_text(session, editor, wave.id, "p1", normalise(secret), now=clock.now())
    session.commit()
    row = session.get_one(Response, sent.uuid)
    assert (row.answers["p1"], row.codes) == (ERASED, {"p1": []})
    assert session.scalars(select(ResponseConflict)).one().payload["answers"]["p1"] == ERASED
    assert secret not in str(session.scalars(select(AuditEntry)).all()[-1].after)
    assert record(session, None, wave, sent, now=clock.now()).state == "known"
    assert counted(session, wave, "p1?")[1] == 5


def test_erasing_keeps_the_codes_that_were_given(
    session: Session, wave: Wave, editor: Actor, clock: FrozenClock
) -> None:
    coding.code_texts(session, editor, wave.id, "p1", "bank sampah", ["sampah"], before=None, now=clock.now())
    coding.erase_text(session, editor, wave.id, "p1", "bank sampah", now=clock.now())
    assert counted(session, wave, "p1:sampah") == (3, 3)
    assert texts_of(session, wave, "p1", SYSTEM).groups[0].text == ERASED


def test_every_spelling_is_erased_whatever_it_was_coded_as(
    session: Session, world: World, wave: Wave, editor: Actor, clock: FrozenClock
) -> None:
    coding.code_texts(session, editor, wave.id, "p1", "bank sampah", ["sampah"], before=None, now=clock.now())
    session.commit()
    later = world.response(wave, answers={**ANSWERS, "p1": "bank sampah!"})
    assert coding.erase_text(session, editor, wave.id, "p1", "bank sampah", now=clock.now()) == 4
    session.commit()
    assert later.answers["p1"] == ERASED
    assert [group.form for group in texts_of(session, wave, "p1", SYSTEM).groups if "bank" in group.form] == []
    assert counted(session, wave, "p1:sampah") == (4, 3)


def test_words_beside_an_option_are_erased_too(
    session: Session, world: World, wave: Wave, editor: Actor, clock: FrozenClock
) -> None:
    own = {**ANSWERS, "sumber": ["kim", "lain"], "sumber/lain": "Bu Siti 0812"}
    row = world.response(wave, answers=own)
    tally.fold(session, wave)
    before = tally.counts(session, wave).sums
    assert [group.text for group in texts_of(session, wave, "sumber/lain", editor).groups] == ["Bu Siti 0812"]
    assert coding.erase_text(session, editor, wave.id, "sumber/lain", "bu siti 0812", now=clock.now()) == 1
    session.commit()
    assert row.answers["sumber/lain"] == ERASED
    assert (tally.counts(session, wave).sums == before).all()
    with pytest.raises(NotFound):
        coding.erase_text(session, editor, wave.id, "sumber/kim", "x", now=clock.now())


def test_a_new_code_leaves_the_counts_of_an_erased_survey_as_they_are(
    session: Session, world: World, wave: Wave, editor: Actor, clock: FrozenClock
) -> None:
    coding.code_texts(session, editor, wave.id, "p1", "bank sampah", ["sampah"], before=None, now=clock.now())
    while tally.fold(session, wave):
        continue
    session.execute(delete(Response).where(Response.wave_id == wave.id))
    wave.erased_at = clock.now()
    follow_up = world.wave(instrument=wave.instrument_version.instrument)
    made = coding.add_code(session, editor, follow_up.id, "p1", "Pajak", now=clock.now())
    assert counted(session, wave, "p1:sampah") == (3, 3)
    assert counted(session, wave, f"p1:{made}") == (3, 0)
    assert counted(session, wave, "p1?") == (5, 2)
    assert counted(session, wave, "percaya") == (6, 6)


def test_only_the_owner_of_the_questions_adds_codes(session: Session, world: World, clock: FrozenClock) -> None:
    opd = world.organisation()
    wave = world.wave(organisation_id=opd.id)
    owner, stranger = world.actor(Role.EDITOR), world.actor(Role.CONTRIBUTOR, organisation=opd)
    world.response(wave, answers={**ANSWERS, "p1": "sampah"})
    assert coding.code_texts(session, stranger, wave.id, "p1", "sampah", ["sampah"], before=None, now=clock.now()) == 1
    with pytest.raises(Forbidden):
        coding.add_code(session, stranger, wave.id, "p1", "Kode asing", now=clock.now())
    coding.add_code(session, owner, wave.id, "p1", "Kode kantor", now=clock.now())


def test_codes_of_another_organisation_are_not_suggested(session: Session, world: World, clock: FrozenClock) -> None:
    one, other = world.organisation(), world.organisation()
    theirs = world.wave(organisation_id=one.id)
    mine = world.wave(instrument=theirs.instrument_version.instrument, organisation_id=other.id)
    for wave in (theirs, mine):
        world.response(wave, answers={**ANSWERS, "p1": "jalan"})
    coding.code_texts(session, SYSTEM, theirs.id, "p1", "jalan", ["sampah"], before=None, now=clock.now())
    planner = world.actor(Role.CONTRIBUTOR, organisation=other)
    assert [group.suggestion for group in texts_of(session, mine, "p1", planner).waiting] == [None]
    assert [group.suggestion for group in texts_of(session, mine, "p1", SYSTEM).waiting] == [["sampah"]]


def test_what_waits_for_a_code_is_known_without_reading_the_answers(
    session: Session, world: World, wave: Wave, editor: Actor, clock: FrozenClock
) -> None:
    definition = definition_of(session, wave.instrument_version_id)
    coding.code_texts(session, editor, wave.id, "p1", "tidak ada", ["tidak"], before=None, now=clock.now())
    world.response(wave, answers={**ANSWERS, "p1": "baru"})
    assert uncoded_count(session, wave, definition) == 5
    tally.fold(session, wave)
    assert uncoded_count(session, wave, definition) == 5
