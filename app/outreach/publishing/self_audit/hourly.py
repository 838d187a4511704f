"""The hourly round: the ledger against itself, then against each account's own list."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import Clock
from app.kernel.db import unit_of_work
from app.kernel.limits import hit
from app.kernel.vault import Vault
from app.outreach.outlets.kinds import SOCIAL
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.outlets.ports import Channel, ChannelError, Sighting
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.outgoing import open_keys
from app.outreach.publishing.self_audit.account_checks import agrees_now, missing_posts, unowned_posts
from app.outreach.publishing.self_audit.ledger_checks import check_ledger
from app.outreach.publishing.self_audit.models import Finding, FindingKind
from app.outreach.publishing.self_audit.service import keep

log = logging.getLogger(__name__)

LEDGER_BACK = timedelta(days=30)
"""What is older was looked at seven hundred times."""
ACCOUNT_BACK = timedelta(hours=26)
"""A day and two hours: a worker that slept for a night still looks at all of it. Each look at X costs money."""
ROUND = timedelta(minutes=50)
"""So long after one worker began nobody begins anew; it is less than an hour, so that no hour is left out."""
OF_LEDGER = (FindingKind.SENT_TWICE, FindingKind.NO_RECEIPT, FindingKind.SHARED_ID)
OF_ACCOUNT = (FindingKind.NOT_SHOWN, FindingKind.NOT_OWNED)


@dataclass(frozen=True)
class _Account:
    outlet_id: int
    kind: str
    credentials: Mapping[str, Any]
    settings: Mapping[str, Any]


def is_first(sessions: "sessionmaker[Session]", clock: Clock) -> bool:
    """Tell whether this worker begins the round of this hour: of several one asks the accounts, since X takes money."""
    now = clock.now()
    with unit_of_work(sessions) as session:
        return not hit(session, "self-audit", "hour", limit=1, per=ROUND, now=now).over


def audit_ledger(sessions: "sessionmaker[Session]", clock: Clock) -> int:
    """Look through the deliveries of the last days; return how many new things do not agree."""
    now = clock.now()
    since = now - LEDGER_BACK
    with sessions() as session:  # read first: nobody waits for the write lock meanwhile
        found = list(check_ledger(session, since=since))
    with unit_of_work(sessions) as session:
        return keep(session, found, checked=OF_LEDGER, agrees=lambda one: one.found_at >= since, now=now)


def audit_accounts(
    sessions: "sessionmaker[Session]",
    channels: Mapping[str, Channel],
    vault: Vault,
    clock: Clock,
    *,
    public_url: str,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Ask each connected account that went out with something since yesterday for its list; return how many new
    things do not agree. An account that does not answer is asked again in an hour.
    `stopping` is asked between accounts."""
    new = 0
    for account in _accounts(sessions, channels, vault, clock.now() - ACCOUNT_BACK):
        if stopping():
            break
        now = clock.now()
        try:
            shown = channels[account.kind].recent(
                account.credentials, account.settings, since=now - ACCOUNT_BACK, now=now
            )
        except ChannelError:
            continue
        except Exception:
            log.exception("the list of outlet %s could not be read", account.outlet_id)
            continue
        with unit_of_work(sessions) as session:
            new += _compare(session, account, shown, public_url=public_url, now=now)
    return new


def _compare(session: Session, account: _Account, shown: Sequence[Sighting], *, public_url: str, now: datetime) -> int:
    def agrees(finding: Finding) -> bool:
        return agrees_now(session, finding, shown)

    session.execute(
        update(Outlet).where(Outlet.id == account.outlet_id).values(compared_at=now),
        execution_options={"synchronize_session": False},
    )
    found = [
        *missing_posts(session, account.outlet_id, shown, since=now - ACCOUNT_BACK, now=now),
        *unowned_posts(session, account.outlet_id, shown, public_url=public_url),
    ]
    return keep(session, found, checked=OF_ACCOUNT, agrees=agrees, now=now, outlet_id=account.outlet_id)


def _accounts(
    sessions: "sessionmaker[Session]", channels: Mapping[str, Channel], vault: Vault, since: datetime
) -> Iterator[_Account]:
    """The accounts to ask: connected, of a channel that can list, and with something due since then."""
    listing = [kind for kind in SOCIAL if channels[kind].can_look]
    due = select(Delivery.id).where(Delivery.outlet_id == Outlet.id, Delivery.due_at >= since).exists()
    with sessions() as session:
        outlets = session.scalars(
            select(Outlet).where(Outlet.kind.in_(listing), Outlet.active, Outlet.status == OutletStatus.CONNECTED, due)
        ).all()
        opened = [(outlet, open_keys(outlet, vault)) for outlet in outlets]
        found = [_Account(one.id, one.kind, keys, dict(one.settings)) for one, keys in opened if keys]
    yield from found
