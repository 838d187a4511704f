"""How long sessions live, ending them, and when their rows go."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.access.ending import (
    COMMUNITY,
    KEPT_ENDED,
    OFFICE,
    SHARED,
    EndReason,
    end,
    end_all,
    end_reason,
    limits_for,
    note_use,
    sweep_sign_ins,
)
from app.base.access.models import Device, SignIn
from app.base.access.remembering import remember
from app.base.access.signed_in_list import active_sign_ins, end_one, end_others
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.errors import NotFound
from app.kernel.roles import Role
from tests.access.test_remembering import KEY, signed_in
from tests.world import World


def test_limits_go_by_role_and_computer() -> None:
    assert limits_for(["editor"], shared=False) == OFFICE
    assert limits_for(["community"], shared=False) == COMMUNITY
    assert limits_for(["community", "admin"], shared=False) == OFFICE, "who may do more is asked sooner"
    assert limits_for(["community"], shared=True) == SHARED
    assert COMMUNITY.idle == COMMUNITY.longest == timedelta(days=90)
    assert SHARED.idle == timedelta(minutes=20)


def test_a_session_ends_by_idling_by_age_and_by_its_persons_mark(
    session: Session, world: World, clock: FrozenClock
) -> None:
    user = world.user(Role.EDITOR)
    row = signed_in(session, user, clock)
    assert end_reason(row, user, clock.now()) is None
    assert end_reason(row, user, clock.now() + timedelta(hours=12)) is EndReason.IDLE
    row.last_used_at = clock.now() + timedelta(days=14)
    assert end_reason(row, user, clock.now() + timedelta(days=14)) is EndReason.OVER
    user.active = False
    assert end_reason(row, user, clock.now()) is EndReason.CHANGED
    user.active, user.fs_uniquifier = True, "another"
    assert end_reason(row, user, clock.now()) is EndReason.CHANGED
    end(session, row, why=EndReason.OFFICE, now=clock.now())
    assert end_reason(row, user, clock.now()) is EndReason.OFFICE


def test_ending_all_but_one_leaves_other_people_alone(session: Session, world: World, clock: FrozenClock) -> None:
    siti, ahmad = world.user(Role.EDITOR), world.user(Role.EDITOR)
    here, phone, other = (signed_in(session, who, clock) for who in (siti, siti, ahmad))
    assert end_all(session, siti.id, why="office", now=clock.now(), but=here) == 1
    session.flush()
    session.expire_all()
    assert (here.ended_at, other.ended_at) == (None, None)
    assert (phone.ended_at, phone.ended_why) == (clock.now(), "office")


def test_the_list_shows_what_lives_or_comes_back(session: Session, world: World, clock: FrozenClock) -> None:
    user = world.user(Role.EDITOR)
    living_one, remembered, idle, ended = (signed_in(session, user, clock) for _ in range(4))
    remember(remembered, KEY, now=clock.now())
    end(session, ended, why=EndReason.SIGNED_OUT, now=clock.now())
    clock.advance(hours=13)
    living_one.last_used_at = clock.now()
    session.flush()
    assert [row.id for row in active_sign_ins(session, user, now=clock.now())] == [living_one.id, remembered.id]
    assert idle.ended_at is None


def test_one_ends_ones_own_sessions_only(session: Session, world: World, clock: FrozenClock) -> None:
    siti, ahmad = world.user(Role.EDITOR), world.user(Role.EDITOR)
    mine, his = signed_in(session, siti, clock), signed_in(session, ahmad, clock)
    actor = world.actor_of(siti)
    with pytest.raises(NotFound):
        end_one(session, actor, siti, his.id, now=clock.now())
    with pytest.raises(NotFound):
        end_one(session, actor, siti, None, now=clock.now())
    end_one(session, actor, siti, mine.id, now=clock.now())
    assert (mine.ended_why, his.ended_at) == (EndReason.ELSEWHERE, None)


def test_ending_the_others_says_how_many_and_stands_in_the_trail(
    session: Session, world: World, clock: FrozenClock
) -> None:
    user = world.user(Role.EDITOR)
    here, _phone, _laptop = (signed_in(session, user, clock) for _ in range(3))
    assert end_others(session, world.actor_of(user), user, here, now=clock.now()) == 2
    assert end_others(session, world.actor_of(user), user, here, now=clock.now()) == 0
    session.flush()
    assert session.scalars(select(AuditEntry.action).where(AuditEntry.action == "sign_in.ended")).all() == [
        "sign_in.ended"
    ]


def test_the_use_is_written_for_session_device_and_person(session: Session, world: World, clock: FrozenClock) -> None:
    user, now = world.user(Role.EDITOR), clock.now()
    device = Device(user_id=user.id, key_hash="k", label="", first_seen_at=now, last_seen_at=now)
    session.add(device)
    session.flush()
    row = signed_in(session, user, clock, device_id=device.id)
    clock.advance(minutes=6)
    note_use(session, row.id, now=clock.now())
    session.flush()
    session.expire_all()
    assert row.last_used_at == device.last_seen_at == user.last_seen_at == clock.now()


def test_rows_go_a_month_after_the_end(session: Session, world: World, clock: FrozenClock) -> None:
    user = world.user(Role.EDITOR)
    ended, forgotten, kept = (signed_in(session, user, clock) for _ in range(3))
    remember(kept, KEY, now=clock.now())
    kept.remember_until = clock.now() + timedelta(days=60)
    end(session, ended, why=EndReason.SIGNED_OUT, now=clock.now())
    clock.advance(days=20)
    assert sweep_sign_ins(session, now=clock.now()) == 0
    clock.advance(days=11)
    assert sweep_sign_ins(session, now=clock.now()) == 1
    clock.advance(days=KEPT_ENDED.days)
    assert sweep_sign_ins(session, now=clock.now()) == 1
    assert session.scalars(select(SignIn.id)).all() == [kept.id]
    assert forgotten.id != kept.id
