"""Remind planners of a proposed survey that waits, of a campaign without its survey before, of one past its end.

Each is told once a step; a repeat, or a second worker, tells nobody twice.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.base.notices.service import notify
from app.evidence.surveys.models import Stage, Wave, WaveStatus
from app.evidence.surveys.waves.proposals import planners_of
from app.kernel.db import unit_of_work
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign, CampaignStatus

log = logging.getLogger(__name__)

AFTER_STEPS = (3, 7, 14, 30)  # days since it was proposed, then every 30
BASELINE_STEPS = (0, 3, 7)  # days since the campaign began: later, a survey before is none any more
OVER_STEPS = (1, 7, 14, 30)  # days past its last day, then every 30


@dataclass(frozen=True)
class Reminder:
    """One reminder. `key` names the occasion and its step; whom it goes to is asked when it is sent."""

    kind: str
    key: str
    organisation_id: int
    subject: T
    body: T
    path: str


def step_of(days: int, steps: Sequence[int], *, again: int | None = None) -> int | None:
    """Return the latest step that is due after so many days.

    `again`: one more every so many days after the last.
    """
    due = [step for step in steps if step <= days]
    if not due:
        return None
    if again is not None and days >= steps[-1] + again:
        return steps[-1] + (days - steps[-1]) // again * again
    return due[-1]


def remind_surveys(sessions: "sessionmaker[Session]", *, now: datetime, tz: str) -> int:
    """Tell the planners of what waits, each in a transaction of its own; returns how many notices are new."""
    zone = ZoneInfo(tz)
    today = now.astimezone(zone).date()
    with sessions() as session:
        found = [*_proposed(session, today, zone), *_without_baseline(session, today), *_past_end(session, today)]
        told = _told(session, {each.kind for each in found})
    sent = 0
    for each in found:
        if each.key in told:
            continue
        try:
            with unit_of_work(sessions) as session:
                sent += _send(session, each, now)
        except Exception:  # whatever it is, the next run tries again
            log.exception("reminder %s failed", each.key)
    return sent


def _told(session: Session, kinds: set[str]) -> set[str]:
    keys = session.scalars(select(Notice.dedupe_key).where(Notice.kind.in_(kinds)))
    return {key.rpartition(":u")[0] for key in keys}


def _send(session: Session, each: Reminder, now: datetime) -> int:
    return notify(
        session, user_ids=planners_of(session, each.organisation_id), kind=each.kind, subject=each.subject,
        body=each.body, path=each.path, dedupe_key=each.key, now=now,
    )  # fmt: skip


def _proposed(session: Session, today: date, zone: ZoneInfo) -> list[Reminder]:
    query = select(Wave.id, Wave.name, Wave.organisation_id, Wave.proposed_at).where(waits_to_open())
    found = []
    for row in session.execute(query):
        step = step_of((today - row.proposed_at.astimezone(zone).date()).days, AFTER_STEPS, again=30)
        if step is not None:
            found.append(
                Reminder(
                    "survey.after", f"wave:{row.id}:after:{step}", row.organisation_id,
                    T("“%(name)s” belum dibuka", name=row.name),
                    T(
                        "Programnya sudah selesai. Buka surveinya selagi warga masih ingat. Bila tidak diadakan, "
                        "batalkan dan tulis alasannya; sesudah itu tidak diingatkan lagi."
                    ),
                    f"/survei/{row.id}",
                )
            )  # fmt: skip
    return found


def waits_to_open() -> ColumnElement[bool]:
    """Return a condition for drafts that were proposed by themselves."""
    return and_(Wave.status == WaveStatus.DRAFT, Wave.proposed_at.is_not(None))


def lacks_baseline(today: date) -> ColumnElement[bool]:
    """Return a condition for young campaigns for which no survey before was opened or called off."""
    settled = (
        select(Wave.id)
        .where(
            Wave.campaign_id == Campaign.id,
            Wave.stage == Stage.BASELINE,
            Wave.status != WaveStatus.DRAFT,
            Wave.simulated.is_(False),
        )
        .exists()
    )
    return and_(
        Campaign.status == CampaignStatus.ACTIVE,
        Campaign.starts_on <= today,
        Campaign.starts_on >= today - timedelta(days=30),
        Campaign.ends_on >= today,
        ~settled,
    )


def _without_baseline(session: Session, today: date) -> list[Reminder]:
    draft = (
        select(Wave.id)
        .where(Wave.campaign_id == Campaign.id, Wave.stage == Stage.BASELINE)
        .order_by(Wave.id.desc())
        .limit(1)
        .scalar_subquery()
        .label("draft")
    )
    query = select(Campaign.id, Campaign.name, Campaign.organisation_id, Campaign.starts_on, draft)
    found = []
    for row in session.execute(query.where(lacks_baseline(today))):
        step = step_of((today - row.starts_on).days, BASELINE_STEPS)
        if step is not None:
            found.append(
                Reminder(
                    "survey.baseline", f"campaign:{row.id}:baseline:{step}", row.organisation_id,
                    T("“%(name)s” berjalan tanpa survei awal", name=row.name),
                    T(
                        "Tanpa survei awal, perubahan pengenalan warga tidak bisa dihitung nanti. Beberapa menit cukup "
                        "untuk merencanakannya."
                    ),
                    f"/survei/{row.draft}" if row.draft else f"/survei/baru?program={row.id}&tahap=baseline",
                )
            )  # fmt: skip
    return found


def is_past_end(today: date) -> ColumnElement[bool]:
    return and_(Wave.status == WaveStatus.OPEN, Wave.ends_on < today)


def _past_end(session: Session, today: date) -> list[Reminder]:
    query = select(Wave.id, Wave.name, Wave.organisation_id, Wave.ends_on).where(is_past_end(today))
    found = []
    for row in session.execute(query):
        step = step_of((today - row.ends_on).days, OVER_STEPS, again=30)
        if step is not None:
            found.append(
                Reminder(
                    "survey.over", f"wave:{row.id}:over:{row.ends_on}:{step}", row.organisation_id,
                    T("Masa “%(name)s” sudah lewat, tetapi surveinya masih terbuka", name=row.name),
                    T("Tutup surveinya, atau perpanjang hari terakhirnya bila jawabannya belum cukup."),
                    f"/survei/{row.id}",
                )
            )  # fmt: skip
    return found
