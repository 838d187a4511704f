"""One run of the preflight: what is due is read, asked outside any transaction, and kept one by one.

Bounded in number and in time; what is left waits for the next run, a minute later. It runs in a thread of its own and
never beside a call that sends.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.web.wiring import Wiring
from app.kernel.clock import Clock
from app.kernel.db import insert_missing, unit_of_work
from app.kernel.vault import Vault
from app.outreach.outlets.kinds import ORDERED_PRINT
from app.outreach.outlets.models import Outlet
from app.outreach.outlets.ports import Channel
from app.outreach.outlets.service import needs_sign_in
from app.outreach.posts.models import Post
from app.outreach.publishing import alerts
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.outgoing import Packer, make_packer
from app.outreach.publishing.preflight import due, media, news
from app.outreach.publishing.preflight.accounts import AccountAnswer, AccountQuestion, inspect_account
from app.outreach.publishing.preflight.deliveries import Fetch, check_delivery, remembering
from app.outreach.publishing.preflight.findings import Finding, kept, read, worst
from app.outreach.publishing.preflight.models import Inspection, Level

log = logging.getLogger(__name__)

OF_CONNECTION = frozenset({"token", "ending", "right", "renamed"})
"""Findings that are over once an account has taken its keys, until the next run asks again."""
RUN_SECONDS = 120.0
"""After this no further question of a run begins."""


@dataclass(frozen=True)
class Checked:
    """What was looked at, for the command line: its name, what was found, and the outlet. `delivery`: it is one post
    there, and not the account."""

    name: str
    findings: Sequence[Finding]
    outlet_id: int
    delivery: bool = False


def _fetch(url: str, name: str, most: int) -> Finding | None:
    return media.fetch_finding(url, name, max_bytes=most)


@dataclass
class Preflight:
    """The parts that a run needs. `fetch`: how a picture is fetched through the public address."""

    sessions: "sessionmaker[Session]"
    channels: Mapping[str, Channel]
    vault: Vault
    packer: Packer
    clock: Clock
    tz: str
    fetch: Fetch = _fetch

    def run(self, *, everything: bool = False, stopping: Callable[[], bool] = lambda: False) -> list[Checked]:
        """Check what is due (`everything`: all accounts, and all posts until the next morning).

        No further question begins once `stopping` says so, or the time of a run is over.
        """
        until = time.monotonic() + RUN_SECONDS
        now = self.clock.now()
        morning = due.last_morning(now, self.tz)
        with self.sessions() as session:
            accounts = due.accounts_due(
                session, self.channels, self.vault, morning=morning, now=now, everything=everything
            )
            deliveries = due.deliveries_due(session, self.vault, morning=morning, now=now, everything=everything)
        checked = []
        answers: dict[str, AccountAnswer] = {}
        for account in accounts:
            if time.monotonic() < until and not stopping():
                checked += self._kept(keep_account, account.outlet_id, self._ask(account, answers, now))
        fetch = remembering(self.fetch)
        for one in deliveries:
            if time.monotonic() < until and not stopping():
                channel = self.channels[one.parcel.channel]
                found = check_delivery(one, channel, self.packer, fetch, now=now)
                checked += self._kept(keep_delivery, one.parcel.delivery_id, found)
        return checked

    def _ask(self, account: AccountQuestion, answers: dict[str, AccountAnswer], now: datetime) -> AccountAnswer:
        """Ask an account; all that is ordered by mail shares one server, which is asked once."""
        shared = account.kind in ORDERED_PRINT and not account.paused
        if shared and account.channel in answers:
            return answers[account.channel]
        answer = inspect_account(account, self.channels[account.channel], now=now)
        if shared:
            answers.update(dict.fromkeys(ORDERED_PRINT, answer))
        return answer

    def _kept(self, keep: object, number: int, result: object) -> list[Checked]:
        """One result in a transaction of its own; one that cannot be kept leaves the others alone."""
        try:
            with unit_of_work(self.sessions) as session:
                made = keep(session, number, result, now=self.clock.now())  # type: ignore[operator]
            return [made] if made is not None else []
        except Exception:
            log.exception("check %s could not be kept", number)
            return []


def make_preflight(sessions: "sessionmaker[Session]", parts: Wiring, secret_key: str) -> Preflight:
    """Make the preflight of an installation."""
    return Preflight(
        sessions=sessions, channels=parts.channels, vault=parts.vault,
        packer=make_packer(sessions, parts, secret_key), clock=parts.clock, tz=parts.settings.tz,
    )  # fmt: skip


def keep_account(session: Session, outlet_id: int, answer: AccountAnswer, *, now: datetime) -> Checked | None:
    """Keep what an account said, and tell what is new; None where the outlet is gone.

    Keys that the platform refuses close the account, which is told as when sending finds it: once.
    """
    outlet = session.get(Outlet, outlet_id, with_for_update=True)
    if outlet is None:
        return None
    if answer.report is not None:
        outlet.token_expires_at = answer.report.expires_at
    if answer.dead and needs_sign_in(session, outlet, outlet.problem or answer.findings[0].sentence, now=now):
        alerts.tell_signed_out(session, outlet, now=now)
    for finding in _note(session, f"outlet:{outlet.id}", outlet.id, None, answer.findings, now):
        news.tell_account(session, outlet, finding, now=now)
    return Checked(outlet.name, answer.findings, outlet.id)


def settle_connected(session: Session, outlet: Outlet) -> None:
    """Take back what was found of an account that has just taken its keys, or was renamed; the next run looks again."""
    row = session.scalar(select(Inspection).where(Inspection.subject == f"outlet:{outlet.id}"))
    if row is not None:
        over = OF_CONNECTION if outlet.paused_at is not None else OF_CONNECTION | {"paused"}
        left = [one for one in read(row.findings) if one.code not in over]
        row.findings, row.level = kept(left), worst(left)
        session.flush()


def keep_delivery(session: Session, delivery_id: int, findings: list[Finding], *, now: datetime) -> Checked | None:
    """Keep what was found of a delivery, and tell what is new; None where it is gone."""
    row = session.get(Delivery, delivery_id)
    if row is None:
        return None
    post, outlet = session.get_one(Post, row.post_id), session.get_one(Outlet, row.outlet_id)
    for finding in _note(session, f"delivery:{row.id}", outlet.id, row.id, findings, now):
        news.tell_delivery(session, row, post, outlet, finding, now=now)
    return Checked(f"{post.title} · {outlet.name}", findings, outlet.id, delivery=True)


def _note(
    session: Session, subject: str, outlet_id: int, delivery_id: int | None, findings: Sequence[Finding], now: datetime
) -> list[Finding]:
    """Write the newest findings of a subject; return those to be told that it did not have before."""
    values = {"subject": subject, "outlet_id": outlet_id, "delivery_id": delivery_id, "checked_at": now}
    insert_missing(session, Inspection, [values])  # another worker may be at it: what it has told is known then
    kept_before = select(Inspection).where(Inspection.subject == subject).with_for_update()
    row = session.scalars(kept_before.execution_options(populate_existing=True)).one()
    known = {one.cause for one in read(row.findings)}
    row.checked_at, row.level, row.findings = now, worst(findings), kept(findings)
    session.flush()
    return [one for one in findings if one.level in {Level.WARN, Level.BAD} and one.cause not in known]
