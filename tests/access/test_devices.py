"""Browsers that a person signed in from: their names in plain words, and forgetting them."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.access.devices import is_phone, label_of
from app.base.access.ending import KEPT_DEVICES, EndReason, end_reason, sweep_sign_ins
from app.base.access.models import Device, SignIn
from app.base.access.signed_in_list import active_sign_ins, end_all_of, end_one, end_others
from app.base.notices.models import Notice
from app.base.people.models import User
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Refused
from app.kernel.roles import Role
from tests.access.test_remembering import signed_in
from tests.world import World

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 Version/17.5 Mobile Safari/604"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/125.0 Safari/537.36"
ANDROID = "Mozilla/5.0 (Linux; Android 13; SM-A045F) AppleWebKit/537.36 Chrome/125.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        (ANDROID, "Chrome di Android"),
        (ANDROID.replace("Chrome/125.0", "SamsungBrowser/25 Chrome/125.0"), "Samsung Internet di Android"),
        (f"{WINDOWS} Edg/125.0", "Edge di Windows"),
        ("Mozilla/5.0 (Windows NT 10.0; rv:126.0) Gecko/20100101 Firefox/126.0", "Firefox di Windows"),
        (IPHONE, "Safari di iPhone"),
        (IPHONE.replace("Version/17.5", "CriOS/125"), "Chrome di iPhone"),
        ("", "Peramban lain"),
        ("<script>alert(1)</script>", "Peramban lain"),
    ],
)  # fmt: skip
def test_browsers_are_named_in_plain_words(agent: str, label: str) -> None:
    assert label_of(agent) == label
    assert is_phone(label) == ("Android" in label or "iPhone" in label)


def known(session: Session, user: User, clock: FrozenClock, key: str) -> Device:
    """A browser of the person's own, where the second factor is remembered."""
    now, until = clock.now(), clock.now() + timedelta(days=30)
    device = Device(
        user_id=user.id, key_hash=key, label="Chrome di Android", first_seen_at=now, last_seen_at=now,
        proved_until=until, own_until=until, proved_mark=user.fs_uniquifier,
    )  # fmt: skip
    session.add(device)
    session.flush()
    return device


def forgotten(session: Session, device: Device) -> bool:
    session.flush()
    session.refresh(device)
    return device.proved_until is None and device.own_until is None


def test_a_browser_that_was_ended_is_forgotten_for_the_second_factor(
    session: Session, world: World, clock: FrozenClock
) -> None:
    siti, ahmad = world.user(Role.EDITOR), world.user(Role.EDITOR)
    office, phone, old = (known(session, siti, clock, key) for key in ("office", "phone", "not signed in now"))
    his = known(session, ahmad, clock, "phone")
    here, there = (signed_in(session, siti, clock, device_id=one.id) for one in (office, phone))
    end_one(session, world.actor_of(siti), siti, there.id, now=clock.now())
    assert [forgotten(session, one) for one in (office, phone, old, his)] == [False, True, False, False]
    end_others(session, world.actor_of(siti), siti, here, now=clock.now())
    assert [forgotten(session, one) for one in (office, phone, old, his)] == [False, True, True, False]


def test_an_admin_signs_a_person_out_everywhere_and_the_person_is_told(
    session: Session, world: World, clock: FrozenClock
) -> None:
    siti, ahmad, admin = world.user(Role.EDITOR), world.user(Role.EDITOR), world.user(Role.ADMIN)
    phone = known(session, siti, clock, "phone")
    mine = [signed_in(session, siti, clock, device_id=phone.id), signed_in(session, siti, clock)]
    his = signed_in(session, ahmad, clock)
    assert end_all_of(session, world.actor_of(admin), siti, now=clock.now()) == 2
    session.flush()
    session.expire_all()
    assert {end_reason(row, siti, clock.now()) for row in mine} == {EndReason.OFFICE}
    assert his.ended_at is None
    assert forgotten(session, phone)
    assert active_sign_ins(session, siti, now=clock.now()) == []
    assert session.scalars(select(Notice.user_id)).all() == [siti.id]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "sign_in.all_ended")).one()
    assert (entry.actor_id, entry.subject_id) == (admin.id, str(siti.id))
    assert end_all_of(session, world.actor_of(admin), siti, now=clock.now()) == 0
    assert len(session.scalars(select(Notice.id)).all()) == 1, "nothing happened, so nobody is told"


def test_only_admins_sign_others_out_and_not_themselves(session: Session, world: World, clock: FrozenClock) -> None:
    siti, ahmad, admin = world.user(Role.EDITOR), world.user(Role.APPROVER), world.user(Role.ADMIN)
    row, own = signed_in(session, siti, clock), signed_in(session, admin, clock)
    with pytest.raises(Forbidden):
        end_all_of(session, world.actor_of(ahmad), siti, now=clock.now())
    with pytest.raises(Refused):
        end_all_of(session, world.actor_of(admin), admin, now=clock.now())
    assert (row.ended_at, own.ended_at) == (None, None)


def test_a_browser_that_nobody_used_for_long_is_forgotten(session: Session, world: World, clock: FrozenClock) -> None:
    user = world.user(Role.EDITOR)
    device = known(session, user, clock, "old")
    kept = signed_in(session, user, clock, device_id=device.id)
    kept.remember_until = clock.now() + timedelta(days=800)
    clock.advance(days=KEPT_DEVICES.days)
    sweep_sign_ins(session, now=clock.now())
    assert session.scalars(select(Device.id)).all() == [device.id]
    clock.advance(days=1)
    sweep_sign_ins(session, now=clock.now())
    session.expire_all()
    assert session.scalars(select(Device.id)).all() == []
    assert session.scalars(select(SignIn.device_id)).all() == [None]
