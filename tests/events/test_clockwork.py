"""The clockwork reminds people and erases what is past its time, with the application's own settings."""

import threading
from dataclasses import replace
from datetime import timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import create_app
from app.base.access.ending import EndReason
from app.base.access.models import SignIn
from app.base.notices.models import Notice
from app.gatherings.events.models import EventStatus, Registration
from app.gatherings.events.registration.news import MAIL_FAILED, MOVED, tell_registered
from app.gatherings.events.registration.organiser import count_not_informed
from app.gatherings.events.registration.tokens import Tokens
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.worker import Clockwork
from config import Settings
from tests.notices.sink import running
from tests.world import World


def test_a_reminder_carries_a_link_that_this_installation_opens(
    app: Flask, session: Session, world: World, clock: FrozenClock
) -> None:
    event = world.event(status=EventStatus.ANNOUNCED, registration=True, starts_in=timedelta(hours=20))
    one = world.registration(event, email="siti@contoh.id")
    one.registered_at = clock.now() - timedelta(days=5)
    session.commit()
    clock.advance(hours=3)  # 11.00, the day before
    clockwork = Clockwork(app)
    clockwork._remind_people()
    clockwork._remind_people()
    notice = session.scalars(select(Notice)).one()
    assert notice.subject == f"Besok: {event.title}"
    assert notice.path == f"/agenda/ikut/{Tokens(app.config['SECRET_KEY']).registration(one)}"
    assert app.test_client().get(notice.path).status_code == 200


def test_every_routine_is_on_the_clock(app: Flask) -> None:
    clockwork = Clockwork(app)
    clockwork.start()
    try:
        routines = {job.id for job in clockwork._scheduler.get_jobs()}
        assert clockwork._files.is_alive()  # files of answers have a thread of their own: they take long
    finally:
        clockwork.stop()
    reminding = {"remind-reports", "remind-surveys", "remind-people", "escalate", "digest"}
    assert routines == {
        "tick",
        "mail",
        "measure",
        "preflight",
        "remove",
        "tally",
        "erase",
        "sweep",
        "follow-up",
        "seal",
        "check-trail",
        "settle",
        "audit",
        *reminding,
    }


def test_the_ledger_is_told_to_stop_before_the_routines_have_ended(app: Flask) -> None:
    clockwork, at_work, go_on = Clockwork(app), threading.Event(), threading.Event()
    clockwork.start()
    clockwork._scheduler.add_job(lambda: (at_work.set(), go_on.wait(30)))
    assert at_work.wait(30)
    try:
        assert not clockwork.stop(within=2)  # a routine that hangs does not hold the end for ever
        assert not clockwork._thread.is_alive()
    finally:
        go_on.set()


def test_sessions_that_ended_long_ago_are_swept(app: Flask, session: Session, world: World, clock: FrozenClock) -> None:
    now, user = clock.now(), world.user(Role.EDITOR)
    session.add(
        SignIn(
            user_id=user.id, token_hash="t", mark=user.fs_uniquifier, how="password", label="", address="",
            created_at=now, last_used_at=now, idle_seconds=60, ends_at=now, ended_at=now,
            ended_why=EndReason.SIGNED_OUT,
        )
    )  # fmt: skip
    session.commit()
    clock.advance(days=29)
    Clockwork(app)._sweep()
    assert session.scalars(select(SignIn.id)).all() != []
    session.rollback()
    clock.advance(days=2)
    Clockwork(app)._sweep()
    assert session.scalars(select(SignIn.id)).all() == []


def test_erasing_follows_the_setting(settings: Settings, session: Session, world: World, clock: FrozenClock) -> None:
    event = world.event(status=EventStatus.HELD)
    world.registration(event)
    app = create_app(replace(settings, personal_days=30), clock=clock)
    clock.move_to(event.ends_at + timedelta(days=29))
    Clockwork(app)._erase()
    assert session.scalars(select(Registration.phone)).one() is not None
    session.rollback()
    clock.advance(days=2)
    Clockwork(app)._erase()
    assert session.scalars(select(Registration.phone)).one() is None
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def test_whom_a_mail_never_reaches_is_to_be_told_by_hand(
    settings: Settings, session: Session, world: World, clock: FrozenClock
) -> None:
    event = world.event(status=EventStatus.ANNOUNCED, sequence=1)
    for name in ("ada", "penuh", "pergi"):
        world.registration(event, name, email=f"{name}@contoh.id")
    tell_registered(session, event, MOVED, now=clock.now())
    session.commit()
    assert count_not_informed(session, event) == 0
    session.rollback()
    with running() as sink:
        sink.refused = {"pergi@contoh.id": "550 no such user", "penuh@contoh.id": "452 mailbox full"}
        app = create_app(
            replace(settings, smtp_host="127.0.0.1", smtp_port=sink.port, smtp_tls=False, mail_from="gaung@contoh.id"),
            clock=clock,
        )
        Clockwork(app)._mail()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
    session.expire_all()
    told = {row.name: row.told_sequence for row in session.scalars(select(Registration))}
    assert told == {"ada": 1, "penuh": 1, "pergi": MAIL_FAILED}
    assert count_not_informed(session, event) == 1
