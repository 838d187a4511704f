"""Serah terima: what is still to be done goes over, in one step; who did what stays. On both databases."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.access.ending import EndReason, end_reason
from app.base.notices.models import Notice
from app.base.people.models import User
from app.gatherings.communities.models import Membership
from app.gatherings.events.models import Speaker
from app.handover import service
from app.handover.models import Handover
from app.handover.parts import PARTS, find_parts
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid, Refused
from app.kernel.roles import Role
from app.learning.programmes.models import ProgrammeTrainer
from app.learning.training.models import BatchTrainer
from app.outreach.campaigns.models import Decision, Goal
from app.outreach.posts.models import post_writers
from app.oversight.commitments.models import Clause, Commitment
from tests.access.test_remembering import signed_in
from tests.world import World

TODAY = date(2026, 11, 24)
ALL = [part.key for part in PARTS]


@pytest.fixture(autouse=True)
def in_application(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def leaver(world: World) -> User:
    return world.user(Role.EDITOR, Role.TRAINER, name="Siti", title="Pranata Humas")


@pytest.fixture
def successor(world: World) -> User:
    return world.user(Role.EDITOR, name="Budi", phone="+6281234567890")


def fill(world: World, session: Session, leaver: User) -> dict[str, int]:
    """One record of every part, and beside it one that is finished. Returns the ids of the open ones by part."""
    campaign, now = world.campaign(), world.clock.now()
    post = world.post(author_id=leaver.id, status="in_review")
    world.post(author_id=leaver.id, status="approved")
    agreement = Commitment(kind="mou", title="MoU", created_at=now)
    group = world.group()
    programme = world.programme()
    given = {"campaign_id": campaign.id, "owner_id": leaver.id, "decided_on": TODAY, "recorded_at": now}
    rows = {
        "decisions": Decision(text="Ulangi di Tabang", due_on=TODAY, **given),
        "goals": Goal(campaign_id=campaign.id, measure="Pengenalan", responsible_id=leaver.id),
        "programmes": ProgrammeTrainer(programme_id=programme.id, user_id=leaver.id, name="Siti"),
        "memberships": Membership(group_id=group.organisation_id, user_id=leaver.id, name="Siti", role="secretary"),
    }
    session.add_all([*rows.values(), Decision(text="Selesai", due_on=TODAY, status="done", **given), agreement])
    session.flush()
    clause = Clause(commitment_id=agreement.id, position=0, text="Pasal 3", person_id=leaver.id, status="running")
    session.add(clause)
    session.flush()
    made = {key: row.id for key, row in rows.items()} | {"posts": post.id, "clauses": clause.id}
    made["outlets"] = world.outlet(responsible_id=leaver.id).id
    made["events"] = world.event(responsible_id=leaver.id).id
    world.event(responsible_id=leaver.id, status="verified")
    batch = world.batch(programme=programme, trainers=[leaver], sessions=1)
    made["batches"], made["speakers"] = batch.trainers[0].id, batch.sessions[0].event.speakers[0].id
    world.batch(trainers=[leaver], status="finished")
    session.commit()
    return made


def carry(
    world: World,
    session: Session,
    leaver: User,
    successor: User,
    *,
    parts: list[str] | None = None,
    close: bool = False,
) -> Handover:
    admin = world.actor(Role.ADMIN, name="Admin")
    terms = service.Terms(ALL if parts is None else parts, "800/7/2026", close)
    made = service.carry_out(session, admin, leaver, successor, terms, today=TODAY, now=world.clock.now())
    session.commit()
    return made


def test_only_what_is_still_to_be_done_would_move(
    world: World, session: Session, leaver: User, successor: User
) -> None:
    made = fill(world, session, leaver)
    shown = {one.part.key: [number for number, _label in one.rows] for one in find_parts(session, leaver)}
    assert shown == {key: [number] for key, number in made.items()}
    assert find_parts(session, successor) == []


def test_everything_goes_over_and_who_did_what_stays(
    world: World, session: Session, leaver: User, successor: User
) -> None:
    made = fill(world, session, leaver)
    before = leaver.fs_uniquifier
    paper = carry(world, session, leaver, successor)
    assert find_parts(session, leaver) == []
    assert {one.part.key for one in find_parts(session, successor)} == set(made)
    assert sum(len(one["items"]) for one in paper.moved) == len(made)
    assert (paper.from_title, paper.number) == ("Pranata Humas, Diskominfo", "800/7/2026")
    assert leaver.fs_uniquifier != before, "the sessions ended"
    assert leaver.active
    speaker = session.get_one(Speaker, made["speakers"])
    trainer = session.get_one(BatchTrainer, made["batches"])
    assert (speaker.name, speaker.name_key, trainer.name) == ("Budi", "budi", "Budi")
    memberships = session.scalars(select(Membership).order_by(Membership.id)).all()
    assert [(one.name, one.role, one.ends_on) for one in memberships] == [
        ("Siti", "secretary", TODAY),
        ("Budi", "secretary", None),
    ]
    writers = session.execute(select(post_writers.c.user_id).where(post_writers.c.post_id == made["posts"])).all()
    assert writers == [(leaver.id,)], "who wrote it never approves it"
    assert session.get_one(Decision, made["decisions"]).version == 2, "a form that is open elsewhere is told"
    actions = list(session.scalars(select(AuditEntry.action)))
    assert "handover.done" in actions
    told = session.scalars(select(Notice.user_id).where(Notice.kind == "handover")).all()
    assert set(told) == {leaver.id, successor.id}


def test_the_leavers_browsers_are_told_that_the_office_ended_them(
    world: World, session: Session, leaver: User, successor: User, clock: FrozenClock
) -> None:
    left, follows = signed_in(session, leaver, clock), signed_in(session, successor, clock)
    fill(world, session, leaver)
    carry(world, session, leaver, successor)
    session.flush()
    session.expire_all()
    assert end_reason(left, leaver, clock.now()) is EndReason.OFFICE
    assert follows.ended_at is None


def test_only_the_chosen_parts_move_and_the_account_is_closed(
    world: World, session: Session, leaver: User, successor: User
) -> None:
    fill(world, session, leaver)
    paper = carry(world, session, leaver, successor, parts=["outlets"], close=True)
    assert [one["key"] for one in paper.moved] == ["outlets"]
    assert "outlets" not in {one.part.key for one in find_parts(session, leaver)}
    assert len(find_parts(session, leaver)) == len(ALL) - 1
    session.refresh(leaver)
    assert not leaver.active


def test_what_cannot_be_is_told(world: World, session: Session, leaver: User, successor: User) -> None:
    with pytest.raises(Invalid, match="orang lain"):
        service.check_pair(session, leaver.id, leaver.id)
    with pytest.raises(Invalid, match="aktif"):
        service.check_pair(session, leaver.id, world.user(Role.EDITOR, active=False).id)
    with pytest.raises(Invalid, match="satu bagian"):
        carry(world, session, leaver, successor, parts=[])
    terms = service.Terms(ALL)
    actor = world.actor_of(leaver)
    with pytest.raises(Forbidden):
        service.carry_out(session, actor, leaver, successor, terms, today=TODAY, now=world.clock.now())


def test_nothing_moves_where_the_last_admin_would_be_closed(
    world: World, session: Session, successor: User, clock: FrozenClock
) -> None:
    admin = world.user(Role.ADMIN)
    outlet = world.outlet(responsible_id=admin.id)
    terms = service.Terms(ALL, None, close_account=True)
    with pytest.raises(Refused):
        service.carry_out(session, world.actor_of(admin), admin, successor, terms, today=TODAY, now=clock.now())
    session.rollback()
    session.refresh(outlet)
    assert outlet.responsible_id == admin.id


def test_the_leaver_proposes_and_an_admin_carries_it_out(
    world: World, session: Session, leaver: User, successor: User, clock: FrozenClock
) -> None:
    outlet, admin = world.outlet(responsible_id=leaver.id), world.user(Role.ADMIN)
    actor = world.actor_of(leaver)
    first = service.propose(session, actor, successor.id, note="Pindah", now=clock.now())
    again = service.propose(session, actor, successor.id, note="Pindah ke Bappeda", now=clock.now())
    session.commit()
    assert (first.status, again.status) == ("dropped", "asked")
    session.refresh(outlet)
    assert outlet.responsible_id == leaver.id, "nothing moves before"
    assert session.scalars(select(Notice.user_id).where(Notice.user_id == admin.id)).all()
    done = carry(world, session, leaver, successor)
    assert (done.id, done.status, done.note) == (again.id, "done", "Pindah ke Bappeda")


def test_what_the_successor_may_not_do_yet_is_said(leaver: User, successor: User) -> None:
    assert service.missing_roles(leaver, successor) == [Role.TRAINER]
