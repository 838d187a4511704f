"""Ending a pause: one decision for all that fell due meanwhile, with exceptions by campaign and by post."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.errors import Forbidden, GaungError, Invalid, Stale
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.transitions import move
from app.outreach.posts.models import Post, PostStatus
from app.outreach.posts.service import reschedule_after_pause
from app.outreach.publishing.decisions import cancel_kept_back
from app.outreach.publishing.gate import gate_of
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.pauses.models import Pause
from app.outreach.publishing.pauses.service import end, may_resume
from app.outreach.publishing.pauses.times import Taken, new_times, next_time, planned_at
from app.outreach.publishing.pauses.waiting import (
    WaitingPost,
    effect_of,
    gate_besides,
    is_late,
    waiting_posts,
    why_decided,
)
from app.outreach.publishing.states import ALLOWED, LABELS

SEND_GAP = timedelta(minutes=1)
"""Between two posts at one outlet that are sent at once after a pause."""
GAPS = (5, 10, 15, 30, 60)
"""Minutes between new times that can be chosen."""


class Choice(StrEnum):
    NEW_TIME = "waktu-baru"
    SEND = "kirim"
    CANCEL = "batal"


@dataclass(frozen=True)
class Plan:
    """What an approver decided. `seen`: the posts that the page showed; `first`: when the first new time is, and `gap`
    how far apart they are; `times`: the own time of a post."""

    everything: Choice | None = None
    by_campaign: Mapping[int, Choice] = field(default_factory=dict)
    by_post: Mapping[int, Choice] = field(default_factory=dict)
    times: Mapping[int, datetime] = field(default_factory=dict)
    first: datetime | None = None
    gap: timedelta = timedelta(minutes=15)
    seen: Collection[int] = frozenset()

    def of(self, one: WaitingPost) -> Choice:
        """Return what becomes of a post. What is past its usefulness is not sent: it gets a new time instead."""
        chosen = self.by_post.get(one.post_id) or self.by_campaign.get(one.campaign_id) or self.everything
        if chosen is None or (chosen == Choice.SEND and one.late):
            return Choice.NEW_TIME
        return chosen


@dataclass(frozen=True)
class Resumed:
    """How many posts got which end. `reopened`: moved out of what was approved, so that they ask for approval anew;
    `sent`: begin to leave now, one a minute; `by_hand`: a person has them and may post them; `signing_in`: leave once
    their account is connected again; `kept`: another pause keeps them back, and nothing was decided."""

    moved: int = 0
    reopened: int = 0
    sent: int = 0
    by_hand: int = 0
    signing_in: int = 0
    cancelled: int = 0
    kept: int = 0


def resume(session: Session, actor: Actor, pause: Pause, plan: Plan, *, settings: Any, now: datetime) -> Resumed:
    """End a pause and decide what fell due under it, in one transaction: so nothing leaves undecided.

    Raises Stale where another ended it or something fell due that the page did not show, Invalid where a decision is
    compulsory and missing, or a new time cannot be used.
    """
    if not may_resume(session, actor, pause):
        raise Forbidden(T("Jeda diakhiri oleh penyetuju."))
    session.refresh(pause, with_for_update=True)
    if pause.lifted_at is not None:
        raise Stale(T("Sudah dilanjutkan oleh %(name)s. Tidak ada yang diubah.", name=pause.lifted_by_name))
    posts = _locked(session, pause, now)
    unseen = [one for one in posts if one.post_id not in plan.seen]
    if unseen:
        raise Stale(T("%(n)s materi jatuh tempo sejak halaman ini dibuka. Lihat dulu, lalu putuskan.", n=len(unseen)))
    if plan.everything is None:
        if why_decided(pause, posts, now=now):
            raise Invalid(T("Pilih apa yang terjadi dengan materi yang tertunda."), field="everything")
        plan = replace(plan, everything=Choice.SEND)
    if posts and plan.first is not None and plan.first <= now and _moves(plan, posts):
        raise Invalid(T("Waktu ini sudah lewat. Pilih waktu yang akan datang."), field="first")
    kept = effect_of(session, gate_of(session, [pause]), gate_besides(session, pause), now=now).elsewhere
    end(session, actor, pause, now=now)
    resumed = replace(_Deciding(session, actor, plan, settings, now).decide(posts), kept=kept)
    audit.record(session, actor, "pauses.resumed", pause, now=now, after=dict(resumed.__dict__))
    return resumed


def _locked(session: Session, pause: Pause, now: datetime) -> list[WaitingPost]:
    """The posts that wait, locked before their deliveries as the sweep does."""
    ids = [one.post_id for one in waiting_posts(session, pause, now=now)]
    if ids:
        session.execute(select(Post.id).where(Post.id.in_(ids)).order_by(Post.id).with_for_update())
    return waiting_posts(session, pause, now=now)


def _moves(plan: Plan, posts: Sequence[WaitingPost]) -> bool:
    return any(plan.of(one) == Choice.NEW_TIME and one.post_id not in plan.times for one in posts)


def planned_times(
    session: Session, posts: Sequence[WaitingPost], plan: Plan, settings: Any, now: datetime
) -> dict[int, datetime]:
    """Return the new times of posts, the soonest useful-until first: their own, or the next one of the row at which
    none of their accounts has something planned."""
    moving = [one for one in posts if plan.of(one) == Choice.NEW_TIME]
    times = {one.post_id: plan.times[one.post_id] for one in moving if one.post_id in plan.times}
    first = next_time(plan.first or now + timedelta(minutes=15), settings)
    accounts = {outlet_id for one in moving for outlet_id in one.outlet_ids}
    known = planned_at(session, accounts, besides=[one.post_id for one in moving], since=first) if moving else []
    own = [(outlet_id, times[one.post_id]) for one in moving if one.post_id in times for outlet_id in one.outlet_ids]
    taken, slots = Taken([*known, *own], gap=plan.gap), new_times(first, plan.gap, settings)
    for one in moving:
        if one.post_id not in times:
            times[one.post_id] = next(at for at in slots if not taken.at(at, one.outlet_ids))
    return times


class _Deciding:
    """One ending of one pause."""

    def __init__(self, session: Session, actor: Actor, plan: Plan, settings: Any, now: datetime) -> None:
        self.session, self.actor, self.plan, self.settings, self.now = session, actor, plan, settings, now
        self.sent: dict[int, int] = {}  # outlet → how many leave there

    def decide(self, posts: Sequence[WaitingPost]) -> Resumed:
        times = planned_times(self.session, posts, self.plan, self.settings, self.now)
        counts: Counter[str] = Counter()
        for one in posts:
            rows = self._rows(one)
            match self.plan.of(one):
                case Choice.CANCEL:
                    for row in rows:
                        cancel_kept_back(self.session, self.actor, row, now=self.now)
                    counts["cancelled"] += 1
                case Choice.SEND:
                    counts[self._send(rows)] += 1
                case Choice.NEW_TIME:
                    moved = self._move(one, rows, times[one.post_id])
                    counts[moved] += 1
        self.session.flush()
        return Resumed(**counts)

    def _rows(self, one: WaitingPost) -> Sequence[Delivery]:
        query = select(Delivery).where(Delivery.id.in_(one.delivery_ids)).order_by(Delivery.id)
        return self.session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()

    def _send(self, rows: Sequence[Delivery]) -> str:
        """Let them leave now, also before a time in the plan of an outage; what is tried again keeps its time."""
        for row in rows:
            if row.status in {S.QUEUED, S.RETRYING}:
                place = self.sent.get(row.outlet_id, 0)
                self.sent[row.outlet_id] = place + 1
                at = self.now + place * SEND_GAP
                if row.useful_until is not None:  # closer than spaced rather than never
                    at = min(at, max(self.now, row.useful_until - SEND_GAP))
                row.wake_at = max(row.wake_at, at) if row.status == S.RETRYING else at
                row.spaced_at = self.now
        states = {row.status for row in rows}
        if states & {S.QUEUED, S.RETRYING}:
            return "sent"
        return "by_hand" if S.HANDED_OVER in states else "signing_in"

    def _move(self, one: WaitingPost, rows: Sequence[Delivery], at: datetime) -> str:
        in_hand = [row for row in rows if row.status == S.HANDED_OVER]
        if len(in_hand) == len(rows) and not one.late:
            return "by_hand"  # a person has it, and posts it now
        for row in in_hand:
            if is_late(row, self.now):
                move(row, ALLOWED, S.QUEUED, LABELS)  # handed over again at the new time
        post = self.session.get_one(Post, one.post_id)
        try:
            reschedule_after_pause(
                self.session, self.actor, post, scheduled_at=at, settings=self.settings, now=self.now
            )
        except GaungError as error:
            raise Invalid(T("“%(title)s”: %(said)s", title=one.title, said=error.sentence), field="first") from error
        return "moved" if post.status == PostStatus.APPROVED else "reopened"


def in_groups(posts: Sequence[WaitingPost]) -> Iterator[tuple[int, str, list[WaitingPost]]]:
    """Yield (campaign, its name, its posts) in the order in which their first posts stand."""
    groups: dict[int, list[WaitingPost]] = {}
    for one in posts:
        groups.setdefault(one.campaign_id, []).append(one)
    for campaign_id, found in groups.items():
        yield campaign_id, found[0].campaign, found
