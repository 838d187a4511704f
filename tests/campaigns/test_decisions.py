from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.roles import Role
from app.outreach.campaigns import decisions
from app.outreach.campaigns.decisions import DecisionValues
from app.outreach.campaigns.models import Campaign, Decision, DecisionStatus
from tests.world import World

TODAY = date(2026, 11, 24)
VALUES = DecisionValues(
    text="Tambah kunjungan ke Tabang", owner_text="Kabid PIKP", due_on=date(2026, 12, 1), decided_on=TODAY
)


@pytest.fixture
def campaign(world: World) -> Campaign:
    return world.campaign()


@pytest.fixture
def decided(session: Session, world: World, clock: FrozenClock, campaign: Campaign):
    def make(values: DecisionValues = VALUES, actor=None, **changes) -> Decision:
        actor = actor or world.actor(Role.EDITOR)
        made = decisions.decide(session, actor, campaign.id, replace(values, **changes), today=TODAY, now=clock.now())
        session.commit()
        return made

    return make


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "x" * 2001}, "text"),
        ({"owner_text": ""}, "owner_id"),
        ({"owner_id": 999, "owner_text": ""}, "owner_id"),
        ({"owner_id": 1}, "owner_text"),
        ({"due_on": None}, "due_on"),
        ({"due_on": date(2026, 11, 23)}, "due_on"),
        ({"due_on": date(9999, 1, 1)}, "due_on"),
        ({"decided_on": date(2026, 11, 25)}, "decided_on"),
        ({"decided_on": None}, "decided_on"),
    ],
)
def test_a_decision_has_an_owner_and_a_day(decided, changes, field) -> None:
    with pytest.raises(Invalid) as wrong:
        decided(**changes)
    assert wrong.value.field == field


def test_late_is_open_after_its_last_day(session: Session, decided, world: World, clock: FrozenClock) -> None:
    due = decided(due_on=TODAY)
    early = decided(due_on=TODAY + timedelta(days=30))
    done = decided(due_on=TODAY)
    editor = world.actor(Role.EDITOR)
    decisions.finish(
        session, editor, done.campaign_id, done.id, outcome="Dikunjungi", done_on=TODAY, today=TODAY, now=clock.now()
    )

    def late(today: date) -> list[int]:
        return list(session.scalars(select(Decision.id).where(decisions.late(today))))

    assert late(TODAY) == []
    assert late(TODAY + timedelta(days=1)) == [due.id]
    board = decisions.board(
        session, editor, session.get_one(Campaign, due.campaign_id), today=TODAY + timedelta(days=3)
    )
    assert [(row.decision.id, row.days_late) for row in board.rows] == [(due.id, 3), (early.id, 0), (done.id, 0)]
    assert board.late == 1


def test_finishing_says_what_came_of_it_and_reopening_takes_it_back(
    session: Session, decided, world: World, clock: FrozenClock
) -> None:
    made, editor = decided(), world.actor(Role.EDITOR)
    where = (session, editor, made.campaign_id, made.id)
    for outcome, day, field in (
        (" ", TODAY, "outcome"),
        ("Dikunjungi", TODAY + timedelta(days=1), "done_on"),
        ("Dikunjungi", TODAY - timedelta(days=1), "done_on"),
    ):
        with pytest.raises(Invalid) as wrong:
            decisions.finish(*where, outcome=outcome, done_on=day, today=TODAY, now=clock.now())
        assert wrong.value.field == field
    decisions.finish(*where, outcome="Dikunjungi dua kali", done_on=TODAY, today=TODAY, now=clock.now())
    with pytest.raises(Refused):
        decisions.edit(*where, VALUES, today=TODAY, now=clock.now())
    with pytest.raises(Refused):
        decisions.drop(*where, now=clock.now())
    decisions.reopen(*where, now=clock.now())
    assert (made.status, made.outcome, made.done_on) == (DecisionStatus.OPEN, None, None)
    trail = session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "decisions").order_by(AuditEntry.id))
    assert [entry.action for entry in trail] == ["decision.made", "decision.finished", "decision.reopened"]


def test_dropping_twice_is_dropping_once_and_can_be_taken_back(
    session: Session, decided, world: World, clock: FrozenClock
) -> None:
    made, editor = decided(), world.actor(Role.EDITOR)
    for _time in range(2):
        decisions.drop(session, editor, made.campaign_id, made.id, now=clock.now())
    assert made.status == DecisionStatus.DROPPED
    assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == "decision.dropped")).all()) == 1
    with pytest.raises(Refused):
        decisions.finish(
            session, editor, made.campaign_id, made.id, outcome="x", done_on=TODAY, today=TODAY, now=clock.now()
        )
    decisions.reopen(session, editor, made.campaign_id, made.id, now=clock.now())
    assert made.status == DecisionStatus.OPEN


def test_who_comes_second_is_told(session: Session, decided, world: World, clock: FrozenClock) -> None:
    made, editor = decided(), world.actor(Role.EDITOR)
    seen = made.version
    where = (session, editor, made.campaign_id, made.id)
    decisions.edit(*where, replace(VALUES, text="Kunjungi Tabang"), seen=seen, today=TODAY, now=clock.now())
    with pytest.raises(Stale):
        decisions.edit(*where, VALUES, seen=seen, today=TODAY, now=clock.now())
    with pytest.raises(Stale):
        decisions.finish(*where, outcome="Ya", done_on=TODAY, seen=seen, today=TODAY, now=clock.now())
    assert made.text == "Kunjungi Tabang"


def test_whose_decision_it_is(session: Session, decided, world: World, clock: FrozenClock) -> None:
    owner = world.user(Role.VIEWER)
    made = decided(owner_id=owner.id, owner_text="")
    decided(actor=world.actor(Role.APPROVER))
    other = world.organisation()
    with pytest.raises(NotFound):
        decided(actor=world.actor(Role.EDITOR, organisation=other))
    viewer = world.actor(Role.VIEWER)
    with pytest.raises(Forbidden):
        decided(actor=viewer)
    where = (made.campaign_id, made.id)
    with pytest.raises(Forbidden):
        decisions.reopen(session, viewer, *where, now=clock.now())
    answering = world.actor_of(owner)
    with pytest.raises(Forbidden):
        decisions.drop(session, answering, *where, now=clock.now())
    decisions.finish(
        session, answering, *where, outcome="Dikerjakan", done_on=TODAY, today=TODAY, now=clock.now()
    )  # who answers for it says what came of it
    with pytest.raises(NotFound):
        decisions.find(session, world.actor(Role.EDITOR), world.campaign().id, made.id)


def test_a_cancelled_campaign_still_teaches(session: Session, decided, campaign: Campaign, world: World) -> None:
    campaign.status = "cancelled"
    session.commit()
    assert decided().status == DecisionStatus.OPEN


def test_who_left_still_stands_there(session: Session, decided, world: World, campaign: Campaign) -> None:
    owner = world.user(Role.EDITOR, name="Budi")
    decided(owner_id=owner.id, owner_text="")
    owner.active = False
    session.commit()
    [row] = decisions.board(session, world.actor(Role.VIEWER), campaign, today=TODAY).rows
    assert (row.owner, row.left, row.may_close) == ("Budi", True, False)
