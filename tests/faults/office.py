"""An office with an account on each platform, posts that it approved, and a person who decides about them."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, sessionmaker

from app.base.media.service import store
from app.base.media.storage import Storage
from app.kernel.clock import Clock
from app.kernel.db import unit_of_work
from app.kernel.roles import SYSTEM, Role
from app.kernel.vault import Vault
from app.outreach.outlets.models import Outlet
from app.outreach.posts.content import content_hash
from app.outreach.posts.models import Post, PostMedia, PostStatus, Variant
from app.outreach.publishing import decisions, restored
from app.outreach.publishing.ledger import LOOKUP_AFTER
from app.outreach.publishing.models import Attempt, Delivery, SendingStop
from app.outreach.publishing.models import DeliveryStatus as S
from app.practice.accounts import PRACTICE_CREDENTIALS, PRACTICE_SETTINGS
from config import Settings
from tests.media.images import flat
from tests.world import World

PLATFORMS = ("x", "facebook", "instagram", "newspaper")
EARLY = timedelta(minutes=5)
OPEN = (S.QUEUED, S.RETRYING, S.SENDING)


ASKED = (S.FAILED, S.HANDED_OVER)


@dataclass(frozen=True)
class Row:
    """A delivery as the ledger has it, and what its platform knows it by."""

    delivery_id: int
    post_id: int
    platform: str
    mark: str
    status: str
    lookups: int
    hold_reason: str | None
    by_person: bool
    late: bool  # past "still useful until"
    early: bool  # not due for a while


def who_has(row: Row) -> str:
    """Say who has a row: the platform ("sent"), a person ("asked"), the worker ("open"), nobody ("ended").

    "given up" is missed before its time was over.
    """
    if row.status == S.SENT:
        return "sent"
    if row.early and row.status == S.QUEUED:
        return "ended"
    if row.status in OPEN or (row.status == S.UNKNOWN and row.lookups < len(LOOKUP_AFTER)):
        return "open"
    if row.status == S.UNKNOWN or row.status in ASKED or (row.status == S.HELD and row.hold_reason == "sign_in"):
        return "asked"
    if row.status == S.MISSED and not row.late:
        return "given up"
    return "ended"


class Office:
    """Fills a fresh database and acts in it as people do, in sessions of its own."""

    def __init__(self, sessions: "sessionmaker[Session]", settings: Settings, rng: random.Random) -> None:
        self.sessions, self.settings, self.rng = sessions, settings, rng
        self.clock = Clock()
        self.marks: dict[int, str] = {}  # post id → mark
        self.outlets: dict[str, int] = {}
        with sessions() as session:
            world = World(session, self.clock)
            self.author = world.actor(Role.EDITOR)
            self.approver = world.actor(Role.APPROVER)
            self.campaign_id, self.organisation_id = world.campaign().id, world.office().id
            for kind in PLATFORMS:
                self.outlets[kind] = self._outlet(world, kind).id
            picture = store(session, Storage(settings.media_dir), SYSTEM, flat(), "foto.jpg", now=self.clock.now())
            session.commit()
            self.picture_id = picture.id

    def _outlet(self, world: World, kind: str) -> Outlet:
        if kind == "newspaper":
            return world.outlet(kind, vendor_id=world.organisation("vendor", email="iklan@koran.example").id)
        sealed = Vault(self.settings.credential_keys).seal(PRACTICE_CREDENTIALS[kind])
        return world.outlet(kind, credentials=sealed, settings=dict(PRACTICE_SETTINGS[kind]))

    def posts(
        self,
        count: int,
        *,
        over: float,
        starts_in: float = 2.0,
        platforms: Sequence[str] = PLATFORMS,
        words: str = "",
        plain: bool = False,
    ) -> list[int]:
        """Approve `count` deliveries as posts for one to all platforms, due within `over` seconds; return post ids.

        `words`: all of them say the same. `plain`: without links, and pictures only where there must be one.
        """
        now, made, left = self.clock.now(), [], count
        with self.sessions() as session:
            while left > 0:
                chosen = self.rng.sample(platforms, min(left, self.rng.randint(1, len(platforms))))
                left -= len(chosen)
                due = now + timedelta(seconds=starts_in + self.rng.random() * over)
                made.append(self._post(chosen, due, now, plain))
            session.add_all(made)
            session.flush()
            for post in made:
                mark = words or f"{post.id}"
                post.title, post.text = f"Materi {mark}", f"Kukar menuju kota cerdas, materi-{mark}."
                if self.rng.random() < 0.5 and not plain:
                    post.link_url = f"https://kukar.example/{post.id}"
                post.content_hash = post.approved_hash = content_hash(post)
                self.marks[post.id] = mark
            ids = [post.id for post in made]
            session.commit()
        return ids

    def _post(self, platforms: Sequence[str], due: object, now: object, plain: bool) -> Post:
        pictures = [PostMedia(file_id=self.picture_id, alt_text="Taman kota")]
        shown = "instagram" in platforms or (self.rng.random() < 0.3 and not plain)
        return Post(
            campaign_id=self.campaign_id, organisation_id=self.organisation_id, author_id=self.author.id,
            title="", text="", status=PostStatus.APPROVED, scheduled_at=due, useful_until=None, window_start=due,
            window_end=due, created_at=now, updated_at=now, media=pictures if shown else [],
            variants=[Variant(outlet_id=self.outlets[kind]) for kind in platforms],
        )  # fmt: skip

    def rows(self) -> list[Row]:
        """Return the whole ledger."""
        kinds = {outlet_id: kind for kind, outlet_id in self.outlets.items()}
        now = self.clock.now()
        with self.sessions() as session:
            return [
                Row(
                    one.id, one.post_id, kinds[one.outlet_id], self.marks[one.post_id], one.status, one.lookups,
                    one.hold_reason, one.settled_by_id is not None,
                    one.useful_until is not None and one.useful_until < now, one.due_at > now + EARLY,
                )
                for one in session.scalars(select(Delivery).order_by(Delivery.id))
            ]  # fmt: skip

    def unfinished(self) -> int:
        """Count what the worker still has to do by itself: due rows, look-ups, posts to plan.

        What waits for its post to be approved again is a person's.
        """
        due = Delivery.due_at <= self.clock.now() + EARLY
        approved = exists().where(Post.id == Delivery.post_id, Post.status == PostStatus.APPROVED)
        waiting = or_(
            Delivery.status.in_((S.QUEUED, S.RETRYING)) & due & approved,
            Delivery.status == S.SENDING,
            (Delivery.status == S.UNKNOWN) & (Delivery.lookups < len(LOOKUP_AFTER)),
        )
        unplanned = (Post.status == PostStatus.APPROVED) & Post.planned_hash.is_(None)
        with self.sessions() as session:
            rows = session.scalar(select(func.count()).select_from(Delivery).where(waiting)) or 0
            posts = session.scalar(select(func.count()).select_from(Post).where(unplanned)) or 0
        return rows + posts

    def progress(self) -> tuple[int, int]:
        """Return what is unfinished, and how many attempts there were."""
        with self.sessions() as session:
            attempts = session.scalar(select(func.count()).select_from(Attempt)) or 0
        return self.unfinished(), attempts

    def is_stopped(self) -> bool:
        """Whether the workers say that they send nothing, for a copy or a clock."""
        with self.sessions() as session:
            return session.scalar(select(func.count()).select_from(SendingStop)) > 0

    def release_sending(self) -> None:
        """Let an approver who has seen why let sending go on."""
        with unit_of_work(self.sessions) as session:
            for stop in session.scalars(select(SendingStop).where(SendingStop.released_at.is_(None))).all():
                restored.release(session, self.approver, worker=stop.worker, reason=stop.reason, now=self.clock.now())

    def decide(self, verb, delivery_id: int, **values) -> None:
        """Let the person press a button on a delivery, seeing it as it is now. Raises what a page would say."""
        with unit_of_work(self.sessions) as session:
            delivery = session.get_one(Delivery, delivery_id)
            verb(session, self.author, delivery, seen=delivery.status, now=self.clock.now(), **values)

    def approve_drafts(self) -> None:
        """Approve what was taken back, as it is now, due at once: the second person pressed the button."""
        now = self.clock.now()
        with unit_of_work(self.sessions) as session:
            for post in session.scalars(select(Post).where(Post.status == PostStatus.DRAFT)):
                post.content_hash = post.approved_hash = content_hash(post)
                post.planned_hash, post.status = None, PostStatus.APPROVED
                post.scheduled_at, post.window_start, post.window_end = now, now, now
                post.useful_until = max(post.useful_until or now, now + timedelta(days=1))

    def answer(self, waiting: Sequence[Row], is_out: Callable[[Row], bool]) -> int:
        """Let a person who looked decide each of these rows: it is out, or once more. Return how many."""
        for row in waiting:
            if is_out(row):
                self.decide(decisions.confirm_sent, row.delivery_id, url="https://kukar.example/terlihat")
            elif self._is_edited(row):
                self.decide(decisions.give_up, row.delivery_id)  # what was approved since then goes out by itself
            else:
                self.decide(decisions.retry, row.delivery_id)
        return len(waiting)

    def _is_edited(self, row: Row) -> bool:
        """Whether the post is not any more what this row was to send."""
        with self.sessions() as session:
            post, delivery = session.get_one(Post, row.post_id), session.get_one(Delivery, row.delivery_id)
            return post.status != PostStatus.APPROVED or post.content_hash != delivery.content_hash

    def on_post(self, verb, post_id: int, **values) -> None:
        """Let the person do something to a post (withdraw, cancel, edit, reschedule)."""
        with unit_of_work(self.sessions) as session:
            verb(session, self.author, session.get_one(Post, post_id), now=self.clock.now(), **values)
