"""The calendar's month: 2,000 of 100,000 posts and 200 of 10,000 events in view, as a signed-in editor asks for it.

Counts the whole answer of the server: guard, menu, queries, template and compression. `queries` are the statements of
one request, `bytes` what goes over the line.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session, sessionmaker

from app import create_app
from app.base.people.models import User
from app.base.people.roles import load_roles, role_rows
from app.gatherings.events.models import Event
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.roles import Role
from app.outreach.posts.models import Post, Variant
from app.outreach.publishing.models import Delivery
from benchmarks import pages
from benchmarks.database import office, throw_away
from benchmarks.measure import line

POSTS = 100_000
IN_VIEW = 2_000
EVENTS = 10_000
EVENTS_IN_VIEW = 200
ROUNDS = 60
WARM_UP = 5
NOW = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
MONTH = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)  # 1 November, 00.00 WITA
DAYS_OF_MONTH = 30
PATH = "/kalender?bulan=2026-11"


def run() -> Iterator[dict[str, object]]:
    with throw_away() as (url, sessions):
        _fill(sessions)
        app = create_app(pages.settings(url), clock=FrozenClock(NOW))
        client = pages.signed_in(app, "editor")
        queries, size = pages.once(app, client, PATH)
        times = [pages.timed(client, PATH) for _ in range(WARM_UP + ROUNDS)][WARM_UP:]
        yield line("calendar", "month", times, posts=POSTS, in_view=IN_VIEW, events=EVENTS, queries=queries, bytes=size)
        pages.dispose(app)


def _fill(sessions: "sessionmaker[Session]") -> None:
    """An editor, and posts and events of which IN_VIEW and EVENTS_IN_VIEW fall into November 2026, the
    others into the three years around it."""
    organisation_id, campaign_id, outlet_id = office(sessions, NOW)
    chance = random.Random(2026)
    moments, gatherings = _moments(chance, POSTS, IN_VIEW), _moments(chance, EVENTS, EVENTS_IN_VIEW)
    with unit_of_work(sessions) as session:
        load_roles(session)
        user = User(
            username="editor",
            name="Editor",
            fs_uniquifier="editor",
            organisation_id=organisation_id,
            roles=role_rows(session, frozenset({Role.EDITOR})),
            created_at=NOW,
        )
        session.add(user)
        for first in range(0, POSTS, 10_000):
            numbers = range(first + 1, first + 10_001)
            session.execute(
                insert(Post), [_post(number, moments[number - 1], campaign_id, organisation_id) for number in numbers]
            )
            session.execute(insert(Variant), [{"post_id": number, "outlet_id": outlet_id} for number in numbers])
            session.execute(insert(Delivery), [_delivery(number, moments[number - 1], outlet_id) for number in numbers])
        session.execute(
            insert(Event), [_event(number, at, campaign_id, organisation_id) for number, at in enumerate(gatherings, 1)]
        )


def _moments(chance: random.Random, count: int, in_view: int) -> list[datetime]:
    """So many, of which `in_view` fall into November 2026."""
    minutes = DAYS_OF_MONTH * 24 * 60
    moments = [MONTH + timedelta(minutes=chance.randrange(minutes)) for _ in range(in_view)]
    while len(moments) < count:
        moment = NOW + timedelta(minutes=chance.randrange(-788_400, 788_400))
        # the grid also shows the days around the month: keep them empty, so that exactly so many are in view
        if not MONTH - timedelta(days=7) <= moment < MONTH + timedelta(days=DAYS_OF_MONTH + 7):
            moments.append(moment)
    chance.shuffle(moments)
    return moments


def _event(number: int, at: datetime, campaign_id: int, organisation_id: int) -> dict[str, Any]:
    return {
        "uid": f"bench-{number}",
        "code": f"bench{number}",
        "kind": "socialisation",
        "title": f"Kegiatan {number}: kenali layanan kota cerdas",
        "organisation_id": organisation_id,
        "campaign_id": campaign_id,
        "place": "Balai desa",
        "starts_at": at,
        "ends_at": at + timedelta(hours=2),
        "status": "announced",
        "announced_at": NOW,
        "created_at": NOW,
        "updated_at": NOW,
    }


def _post(number: int, at: datetime, campaign_id: int, organisation_id: int) -> dict[str, Any]:
    return {
        "id": number,
        "campaign_id": campaign_id,
        "organisation_id": organisation_id,
        "title": f"Unggahan {number}: kenali layanan kota cerdas",
        "text": "Kukar menuju kota cerdas. " * 8,
        "status": "approved",
        "scheduled_at": at,
        "useful_until": at + timedelta(days=3),
        "content_hash": "a" * 64,
        "created_at": NOW,
        "updated_at": NOW,
    }


def _delivery(number: int, at: datetime, outlet_id: int) -> dict[str, Any]:
    return {
        "post_id": number,
        "outlet_id": outlet_id,
        "content_hash": "a" * 64,
        "status": "sent" if at < NOW else "queued",
        "payload": {},
        "due_at": at,
        "wake_at": at,
        "created_at": NOW,
    }
