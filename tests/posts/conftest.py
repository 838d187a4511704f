from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.kernel.clock import FrozenClock
from app.kernel.roles import Actor, Role
from app.kernel.text import T
from app.outreach.outlets.models import Outlet
from app.outreach.outlets.ports import Limits, Outgoing, Problem
from app.outreach.posts import service
from app.outreach.posts.models import Post
from config import Settings
from tests.world import World


class PlainChannel:
    """A channel as far as checking goes: counts characters, and says what breaks its limits."""

    seconds = 1.0

    def __init__(self, limits: Limits) -> None:
        self.limits = limits

    def count(self, text: str) -> int:
        return len(text)

    def check(self, out: Outgoing) -> list[Problem]:
        found = []
        if self.limits.max_text is not None and self.count(out.text) > self.limits.max_text:
            found.append(Problem(T("Teks terlalu panjang."), "text"))
        if len(out.files) > self.limits.max_images:
            found.append(Problem(T("Terlalu banyak gambar."), "media"))
        if len(out.files) < self.limits.min_images:
            found.append(Problem(T("Pasang satu gambar."), "media"))
        return found


@pytest.fixture
def channels() -> Mapping[str, Any]:
    return {
        "x": PlainChannel(Limits(max_text=280, max_images=4)),
        "facebook": PlainChannel(Limits(max_text=63206, max_images=4)),
        "instagram": PlainChannel(Limits(max_text=2200, min_images=1, max_images=10)),
        "radio": PlainChannel(Limits(takes_images=False)),
        "newspaper": PlainChannel(Limits(takes_piece=True)),
    }


class Desk:
    """The verbs with what every test would repeat."""

    def __init__(
        self, world: World, session: Session, channels: Mapping[str, Any], settings: Settings, clock: FrozenClock
    ):
        self.world, self.session, self.channels, self.settings, self.clock = world, session, channels, settings, clock
        self.editor = world.actor(Role.EDITOR)

    def fields(self, *outlets: Outlet, **values: Any) -> dict[str, Any]:
        now = self.clock.now()
        values.setdefault("campaign_id", self.world.campaign().id)
        values.setdefault("title", "Kenal Smart City")
        values.setdefault("text", "Kukar menuju kota cerdas.")
        values.setdefault("outlet_texts", {outlet.id: None for outlet in outlets})
        values.setdefault("scheduled_at", now + timedelta(hours=1))
        return values

    def draft(self, *outlets: Outlet, actor: Actor | None = None, **values: Any) -> Post:
        post = service.draft(
            self.session, actor or self.editor, now=self.clock.now(), **self.fields(*outlets, **values)
        )
        self.session.commit()
        return post

    def submit(self, post: Post, actor: Actor | None = None) -> Post:
        service.submit(
            self.session,
            actor or self.editor,
            post,
            channels=self.channels,
            settings=self.settings,
            now=self.clock.now(),
        )
        self.session.commit()
        return post

    def approve(self, post: Post, actor: Actor, **values: Any) -> Post:
        values.setdefault("seen_hash", post.content_hash)
        service.approve(self.session, actor, post, now=self.clock.now(), settings=self.settings, **values)
        self.session.commit()
        return post

    def submitted(self, *outlets: Outlet, **values: Any) -> Post:
        return self.submit(self.draft(*(outlets or (self.world.outlet("x"),)), **values))

    def approved(self, *outlets: Outlet, **values: Any) -> Post:
        return self.approve(self.submitted(*outlets, **values), self.kabid())

    def kabid(self) -> Actor:
        return self.world.actor(Role.APPROVER, position="kabid")

    def kadis(self) -> Actor:
        return self.world.actor(Role.APPROVER, position="kadis")


@pytest.fixture
def desk(world: World, session: Session, channels: Mapping[str, Any], settings: Settings, clock: FrozenClock) -> Desk:
    return Desk(world, session, channels, settings, clock)
