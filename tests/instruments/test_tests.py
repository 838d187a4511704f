"""Questions for participants of training: who makes and reads them, right answers, points; no survey asks them."""

import copy
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.evidence.instruments import service
from app.evidence.instruments.access import audiences_of
from app.evidence.instruments.checks import check
from app.evidence.instruments.default_texts import with_default_texts
from app.evidence.instruments.definition import canonical, read
from app.evidence.instruments.lines import OPTION_MARKS, read_lines, written_lines
from app.evidence.instruments.models import SurveyAudience
from app.evidence.instruments.xlsform.reading import read_form
from app.evidence.instruments.xlsform.writing import write
from app.evidence.surveys.listing import version_choices
from app.evidence.surveys.recorded import values as recorded_values
from app.evidence.surveys.recorded.values import ResultValues
from app.evidence.surveys.waves import plans
from app.evidence.surveys.waves.plans import Plan
from app.evidence.surveys.waves.proposals import standard_version
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import Role
from app.learning.assessments.papers import service as papers
from tests.assessments.sample import TEST
from tests.world import World

OPTIONS = [{"key": "ya", "text": "Ya", "right": True}, {"key": "tidak", "text": "Tidak", "fixed": True}]


def made(session: Session, world: World, clock: Clock, actor: Any, audience: str) -> Any:
    now = clock.now()
    return service.create(session, actor, key="soal", title="Soal", audience=audience, definition=TEST, now=now)


def test_a_trainer_makes_questions_for_participants_and_for_nobody_else(
    session: Session, world: World, clock: Clock
) -> None:
    trainer = world.actor(Role.TRAINER, organisation=world.organisation())
    with pytest.raises(Forbidden):
        made(session, world, clock, trainer, "residents")
    instrument = made(session, world, clock, trainer, "trainees")
    with pytest.raises(Forbidden):
        service.edit(session, trainer, instrument.id, title="Soal", audience="residents", now=clock.now())
    other = world.instrument(organisation_id=instrument.organisation_id)
    with pytest.raises(NotFound):
        service.to_manage(session, trainer, other.id)


def test_another_organisations_test_is_read_by_trainers_but_not_changed(
    session: Session, world: World, clock: Clock
) -> None:
    instrument = made(session, world, clock, world.actor(Role.EDITOR), "trainees")
    stranger = world.actor(Role.TRAINER, organisation=world.organisation())
    assert service.instrument_of(session, stranger, instrument.id) is instrument
    with pytest.raises(Forbidden):
        service.archive(session, stranger, instrument.id, now=clock.now())


@pytest.mark.parametrize(
    ("role", "of_office", "reads"),
    [
        (Role.TRAINER, False, True),
        (Role.CONTRIBUTOR, False, True),
        (Role.VIEWER, True, True),
        (Role.OPD_CONTACT, False, False),  # who may sit the test tomorrow
        (Role.VIEWER, False, False),
        (Role.ENUMERATOR, True, False),
    ],
)
def test_right_answers_are_not_for_everybody(world: World, role: Role, of_office: bool, reads: bool) -> None:
    actor = world.actor(role, organisation=None if of_office else world.organisation())
    assert (SurveyAudience.TRAINEES in audiences_of(actor)) == reads


def test_no_survey_offers_or_proposes_them(session: Session, world: World) -> None:
    test = world.instrument(TEST, audience="trainees", title="Tes")
    assert test.title not in [choice.title for choice in version_choices(session)]
    assert standard_version(session, "residents") is None
    asked = world.instrument()
    assert [choice.title for choice in version_choices(session)] == [asked.title]


def test_a_test_keeps_its_audience_once_a_batch_used_it(session: Session, world: World, clock: Clock) -> None:
    editor = world.actor(Role.EDITOR)
    instrument = made(session, world, clock, editor, "trainees")
    papers.prepare(session, editor, world.batch().id, "pre", instrument_id=instrument.id, now=clock.now())
    with pytest.raises(Refused, match="kelompok yang sama"):
        service.edit(session, editor, instrument.id, title="Soal", audience="residents", now=clock.now())


def test_participants_are_not_greeted_as_residents() -> None:
    whole = with_default_texts({"title": "T"}, "trainees")
    said = " ".join(whole[name]["id"] for name in ("intro", "consent", "thanks"))
    assert "warga" not in said
    assert "Survei" not in said
    assert with_default_texts({"intro": "Milik kami"}, "trainees")["intro"] == "Milik kami"


# --- points and right answers ---


@pytest.mark.parametrize(
    ("points", "told"),
    [(0, "lebih dari 0"), (-1, "lebih dari 0"), (101, "paling banyak 100"), ("dua", "harus berupa angka"), (2.5, "")],
)
def test_points_are_more_than_nothing(points: Any, told: str) -> None:
    raw = copy.deepcopy(TEST)
    raw["sections"][0]["questions"][0]["points"] = points
    said = " ".join(str(one.sentence) for one in check(raw))
    assert (told in said) if told else not said


def test_points_belong_to_questions_with_options() -> None:
    raw = {"title": "T", "sections": [{"key": "s", "questions": [
        {"key": "a", "kind": "text", "text": "Apa?", "points": 2}]}]}  # fmt: skip
    assert "“points” tidak berlaku" in " ".join(str(one.sentence) for one in check(raw))


def test_points_are_written_where_they_are_not_one() -> None:
    questions = canonical(read(TEST))["sections"][0]["questions"]
    assert [question.get("points") for question in questions] == [None, 3, None, None]
    assert canonical(read(canonical(read(TEST)))) == canonical(read(TEST))


def test_right_answers_are_typed_with_a_star_or_a_mark() -> None:
    typed = written_lines(OPTIONS, OPTION_MARKS, starred=True)
    assert typed == "* ya = Ya\ntidak = Tidak [tetap di tempat]"
    assert read_lines(typed, OPTION_MARKS) == OPTIONS
    assert read_lines(written_lines(OPTIONS, OPTION_MARKS), OPTION_MARKS) == OPTIONS
    assert [one.get("right") for one in read_lines("*Sandi panjang\nTanggal lahir", OPTION_MARKS)] == [True, None]


def test_a_star_on_a_line_that_cannot_be_right_stays_a_star() -> None:
    assert read_lines("* Bank Sampah", {})[0]["text"] == "* Bank Sampah"


def test_xlsform_keeps_right_answers_and_points() -> None:
    definition = read({**TEST, "intro": "Kerjakan sendiri."})
    back = read_form(write(definition, form_id="tes", version="1", places={}), "tes.xlsx")
    assert back.definition is not None
    questions = [q for section in back.definition["sections"] for q in section["questions"]]
    found = read(back.definition)
    assert [str(one.sentence) for one in back.troubles] == []
    assert len(questions) == 4
    assert [one.points for one in found.questions] == [one.points for one in definition.questions]
    assert [[o.right for o in one.options] for one in found.questions] == [
        [o.right for o in one.options] for one in definition.questions
    ]


def test_a_result_or_a_survey_of_participants_is_refused(session: Session, world: World, clock: Clock) -> None:
    actor, today = world.actor(Role.EDITOR), clock.now().date()
    owner = actor.organisation_id
    values = ResultValues("Tes", today, organisation_id=owner, audience="trainees", finding="x", source="x")
    with pytest.raises(Invalid, match="warga atau ASN"):
        recorded_values.check(session, actor, values, today=today)
    with pytest.raises(Invalid, match="warga atau ASN"):
        plans.check(session, actor, Plan("Survei", owner, None, today, today, audience="trainees"))
