"""The worker's own two routines, with the application's addresses and settings; on SQLite, as the pages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.base.web.addresses import paths
from app.kernel.clock import FrozenClock
from app.kernel.roles import Position, Role
from app.oversight.control import escalation
from app.oversight.control.items import KINDS
from app.worker import Clockwork
from tests.control.records import delivery, head
from tests.world import World


def test_every_kind_leads_to_a_page_of_the_application(app: Flask) -> None:
    path = paths(app)
    for kind in KINDS.values():
        assert path(kind.endpoint, {kind.number: 7, **kind.more}).startswith("/"), kind.key
    assert path("campaigns.show", {"campaign_id": 3, "_anchor": "sasaran"}) == "/program/3#sasaran"
    with app.test_request_context():
        assert escalation.PAGE.startswith(path("control.index", {}))


def test_the_summary_opens_with_the_sentences_of_ikhtisar_and_links_to_the_records(
    app: Flask, session: Session, world: World, clock: FrozenClock
) -> None:
    reader = world.user(Role.VIEWER)
    late = delivery(world, title="Poster A")
    Clockwork(app)._digest()
    notice = session.scalars(select(Notice).where(Notice.user_id == reader.id)).one()
    sentences = notice.body.split("\n\n")[0].split("\n")
    assert len(sentences) == 3
    assert sentences[2] == "1 hal terlambat: Diskominfo (1)."
    assert f"http://localhost/tayang/{late.id}" in notice.body
    assert notice.path == "/perlu-dikejar"


def test_escalation_follows_the_settings(app: Flask, session: Session, world: World, clock: FrozenClock) -> None:
    kadis = head(world, Position.KADIS)
    late = delivery(world, ago=timedelta(days=1))
    clockwork = Clockwork(app)
    clockwork._escalate()
    assert not session.scalars(select(Notice)).all()
    session.rollback()
    wiring = app.extensions["wiring"]
    wiring.settings = replace(wiring.settings, escalate_head_days=1)
    clockwork._escalate()
    notice = session.scalars(select(Notice)).one()
    assert (notice.user_id, notice.path) == (kadis.id, f"/tayang/{late.id}")
    assert app.test_client().get(notice.path).status_code == 302
    session.rollback()
    clock.move_to(datetime(2026, 11, 29, 2, 0, tzinfo=UTC))  # Sunday
    clockwork._escalate()
    assert len(session.scalars(select(Notice)).all()) == 1
