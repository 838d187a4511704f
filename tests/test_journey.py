"""The chain without a browser: kit → fill → submit → approve → the wall and the printer's mail, on both databases.

Real client libraries, real HTTP and SMTP on loopback; only the clock is held.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app import create_app
from app.base.web.wiring import Wiring
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.roles import Actor, Position, Role
from app.kits.service import import_kit
from app.outreach.campaigns.service import load_services
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.posts import service as posts
from app.outreach.posts.models import Post
from app.outreach.printing.models import OrderStatus, PrintOrder
from app.outreach.printing.reach import reached_villages
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.practice.accounts import PRACTICE_CREDENTIALS, PRACTICE_SETTINGS
from app.worker import make_dispatcher
from config import ROOT, Settings
from tests.practice_server import RunningPractice, running_practice
from tests.world import World

KIT = ROOT / "campaigns" / "kenal-smart-city"


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[RunningPractice]:
    with running_practice(tmp_path) as running:
        yield running


@pytest.fixture
def office(settings: Settings, practice: RunningPractice, clock: FrozenClock) -> Flask:
    return create_app(replace(settings, **practice.settings), clock=clock)


@pytest.fixture
def worker(office: Flask) -> Iterator[Dispatcher]:
    dispatcher = make_dispatcher(office)
    yield dispatcher
    dispatcher.close()


@pytest.fixture
def outlets(office: Flask, world: World) -> dict[str, Outlet]:
    """One practice account a kind, as the demo connects them."""
    vault = office.extensions["wiring"].vault
    made = {}
    for kind in ("x", "newspaper"):
        vendor = world.organisation("newspaper", email="iklan@koran.example") if kind == "newspaper" else None
        credentials = PRACTICE_CREDENTIALS.get(kind)
        made[kind] = world.outlet(
            kind,
            status=OutletStatus.CONNECTED,
            settings=dict(PRACTICE_SETTINGS.get(kind, {})),
            credentials=vault.seal(dict(credentials)) if credentials else None,
            vendor_id=vendor.id if vendor else None,
        )
    return made


@pytest.fixture
def people(world: World) -> dict[str, Actor]:
    return {
        "editor": world.actor(Role.EDITOR),
        "kabid": world.actor(Role.APPROVER, position=Position.KABID),
        "kadis": world.actor(Role.APPROVER, position=Position.KADIS),
    }


def test_from_the_kit_to_the_wall_and_to_the_newspaper(
    office: Flask,
    worker: Dispatcher,
    practice: RunningPractice,
    outlets: dict[str, Outlet],
    people: dict[str, Actor],
    sessions: "sessionmaker[Session]",
    clock: FrozenClock,
) -> None:
    wiring: Wiring = office.extensions["wiring"]
    with unit_of_work(sessions) as session:
        load_services(session)
        campaign = import_kit(
            session, people["editor"], KIT, start=date(2026, 11, 30), storage=wiring.storage,
            channels=wiring.channels, now=clock.now(), tz=wiring.settings.tz, regency_code="64.02",
        ).campaign  # fmt: skip

    def due(kind: str) -> Post:
        with sessions() as session:
            found = session.scalars(
                select(Post)
                .where(Post.campaign_id == campaign.id, Post.variants.any(outlet_id=outlets[kind].id))
                .order_by(Post.scheduled_at)
            ).first()
            assert found is not None
            return found

    def step(verb: Any, actor: str, post_id: int, **values: Any) -> None:
        with unit_of_work(sessions) as session:
            post = session.get_one(Post, post_id)
            verb(session, people[actor], post, now=clock.now(), **values)

    def submit(post_id: int) -> None:
        step(posts.submit, "editor", post_id, channels=wiring.channels, settings=wiring.settings)

    def approve(actor: str, post_id: int) -> None:
        with sessions() as session:
            seen = session.get_one(Post, post_id).content_hash
        step(posts.approve, actor, post_id, seen_hash=seen)

    social, press = due("x"), due("newspaper")
    for post in (social, press):
        submit(post.id)
    approve("kabid", social.id)
    approve("kabid", press.id)
    worker.tick()
    with sessions() as session:
        assert {row.post_id for row in session.scalars(select(Delivery))} == {social.id}
    approve("kadis", press.id)

    clock.move_to(max(social.scheduled_at, press.scheduled_at) + timedelta(seconds=1))
    worker.tick()
    worker.tick()

    on_wall = practice.posts("x")
    assert len(on_wall) == 1
    assert on_wall[0]["images"][0]["alt_text"]
    (mail,) = practice.mails()
    assert "iklan@koran.example" in str(mail)
    with sessions() as session:
        rows = {row.post_id: row for row in session.scalars(select(Delivery))}
        assert {rows[social.id].status, rows[press.id].status} == {S.SENT}
        (order,) = session.scalars(select(PrintOrder)).all()
        assert (order.status, order.recipient) == (OrderStatus.ORDERED, "iklan@koran.example")
        assert reached_villages(session) == {}, "ordered is not reached"


def test_a_reply_lost_on_the_way_back_leads_to_one_post(
    office: Flask, worker: Dispatcher, practice: RunningPractice, outlets: dict[str, Outlet], world: World,
    session: Session, clock: FrozenClock,
) -> None:  # fmt: skip
    post = world.post(outlets["x"], scheduled_at=clock.now(), link_url="https://kukarkab.go.id")
    post.content_hash = posts.content_hash(post)
    post.approved_hash, post.status = post.content_hash, "approved"
    session.commit()
    practice.fault("x", "balasan_hilang", times=1)
    worker.tick()
    session.expire_all()
    assert session.scalars(select(Delivery.status)).one() == S.UNKNOWN
    for _ in range(3):
        clock.advance(seconds=40)
        worker.tick()
    session.rollback()
    assert session.scalars(select(Delivery.status)).one() == S.SENT
    assert len(practice.posts("x")) == 1
