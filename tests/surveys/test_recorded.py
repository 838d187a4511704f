"""A survey that was done elsewhere: what is unknown stays unknown, and nothing is lost by a wrong button."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.surveys.models import RecordedResult
from app.evidence.surveys.recorded.service import (
    Answer,
    ResultValues,
    edit_result,
    last_removal,
    record_result,
    remove_result,
    restore_result,
    share,
    values_of,
)
from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.roles import SYSTEM, Actor, Role
from app.outreach.campaigns.service import load_dimensions
from tests.world import World

TODAY = date(2026, 11, 24)
REVIEW = ResultValues(
    title="Tinjauan 2021", done_on=date(2021, 1, 1), precision="year", asked=30,
    finding="Sebagian besar baru mengenal istilah", source="Tinjauan kementerian, 2021",
    answers=[Answer("Baru mengenal istilah", None, counts=True)], measure_key="istilah",
)  # fmt: skip


@pytest.fixture
def editor(world: World) -> Actor:
    return world.actor(Role.EDITOR)


def keep(session: Session, actor: Actor, world: World, values: ResultValues = REVIEW) -> RecordedResult:
    result = record_result(session, actor, values, today=TODAY, now=world.clock.now())
    session.commit()
    return result


def test_what_is_unknown_stays_unknown(session: Session, editor: Actor, world: World) -> None:
    result = keep(session, editor, world)
    session.expire_all()
    assert result.answers == [{"text": "Baru mengenal istilah", "count": None, "counts": True}]
    assert (result.asked, result.done_precision, share(result)) == (30, "year", None)
    assert values_of(result) == replace(REVIEW, organisation_id=editor.organisation_id)


def test_known_counts_give_a_share_of_those_who_were_asked(session: Session, editor: Actor, world: World) -> None:
    answers = [Answer("Ya", 12, counts=True), Answer("Pernah", 3, counts=True), Answer("Tidak", 10)]
    result = keep(session, editor, world, replace(REVIEW, answers=answers))
    assert share(result) == (15, 30)
    result.several = True
    assert share(result) is None, "one person may stand in both"


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"source": ""}, "source"),
        ({"done_on": None}, "year"),
        ({"done_on": date(2026, 11, 25)}, "year"),
        ({"audience": "everyone"}, "audience"),
        ({"asked": 0}, "asked"),
        ({"finding": "", "answers": ()}, "finding"),
        ({"answers": [Answer("Ya", 31)]}, "answers"),
        ({"answers": [Answer("Ya", 20), Answer("Tidak", 11)]}, "answers"),
        ({"answers": [Answer("Ya", -1)]}, "answers"),
        ({"answers": [Answer("", 3)]}, "answers"),
        ({"answers": [Answer("Ya", 3), Answer("ya", 4)]}, "answers"),
        ({"answers": [Answer("Ya", 31)], "several": True}, "answers"),
        ({"campaign_id": 999}, "campaign_id"),
        ({"dimension_key": "smart-nothing"}, "dimension_key"),
        ({"file_id": 999}, "file_id"),
        ({"method": "x" * 301}, "method"),
    ],
)
def test_what_cannot_be_stored_is_named(
    session: Session, editor: Actor, world: World, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        keep(session, editor, world, replace(REVIEW, **change))
    assert refused.value.field == field


def test_several_answers_may_add_up_to_more_than_were_asked(session: Session, editor: Actor, world: World) -> None:
    answers = [Answer("KIM", 20), Answer("Poster", 25)]
    assert keep(session, editor, world, replace(REVIEW, answers=answers, several=True)).several


def test_who_was_slower_is_told_and_overwrites_nothing(session: Session, editor: Actor, world: World) -> None:
    result = keep(session, editor, world)
    seen, now = result.version, world.clock.now()
    edit_result(session, editor, result.id, replace(REVIEW, asked=31), seen=seen, today=TODAY, now=now)
    session.commit()
    with pytest.raises(Stale):
        edit_result(session, editor, result.id, replace(REVIEW, asked=29), seen=seen, today=TODAY, now=now)
    with pytest.raises(Stale):
        remove_result(session, editor, result.id, seen=seen, now=now)
    session.rollback()
    assert session.get_one(RecordedResult, result.id).asked == 31
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert (last.action, last.before, last.after) == ("survey.result_edited", {"asked": 30}, {"asked": 31})


def test_a_removal_is_undone_once_with_everything_that_stood_there(
    session: Session, editor: Actor, world: World
) -> None:
    load_dimensions(session)
    campaign = world.campaign()
    values = replace(REVIEW, campaign_id=campaign.id, dimension_key="smart-living")
    result = keep(session, editor, world, values)
    number, before = result.id, values_of(result)
    remove_result(session, editor, number, seen=result.version, now=world.clock.now())
    session.commit()
    assert session.get(RecordedResult, number) is None
    assert last_removal(session, editor, number) is not None
    assert last_removal(session, world.actor(Role.EDITOR, organisation=world.organisation()), number) is None
    back = restore_result(session, editor, number, now=world.clock.now())
    session.commit()
    assert (back.id, values_of(back)) == (number, before)
    with pytest.raises(Refused):
        restore_result(session, editor, number, now=world.clock.now())


def test_an_opd_sees_and_changes_its_own_only(session: Session, editor: Actor, world: World) -> None:
    result = keep(session, editor, world)
    opd = world.actor(Role.CONTRIBUTOR, organisation=world.organisation())
    with pytest.raises(NotFound):
        edit_result(session, opd, result.id, REVIEW, seen=None, today=TODAY, now=world.clock.now())
    own = keep(session, opd, world)
    assert own.organisation_id == opd.organisation_id
    with pytest.raises(Forbidden):
        keep(session, opd, world, replace(REVIEW, organisation_id=editor.organisation_id))
    assert edit_result(session, editor, own.id, REVIEW, seen=None, today=TODAY, now=world.clock.now()) is own


def test_a_kit_records_its_result_once(session: Session, world: World) -> None:
    world.office()
    first, second = (
        record_result(session, SYSTEM, REVIEW, today=TODAY, now=world.clock.now(), kit_key="contoh/tinjauan")
        for _ in range(2)
    )
    assert first is second
