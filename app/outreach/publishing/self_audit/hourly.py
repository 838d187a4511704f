"""The hourly round: the ledger against itself."""

from datetime import timedelta

from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import Clock
from app.kernel.db import unit_of_work
from app.outreach.publishing.self_audit.ledger_checks import check_ledger
from app.outreach.publishing.self_audit.models import FindingKind
from app.outreach.publishing.self_audit.service import keep

LOOKS_BACK = timedelta(days=30)
"""What is older was looked at seven hundred times."""
OF_LEDGER = (FindingKind.SENT_TWICE, FindingKind.NO_RECEIPT, FindingKind.SHARED_ID)


def audit_ledger(sessions: "sessionmaker[Session]", clock: Clock) -> int:
    """Look through the deliveries of the last days; return how many new things do not agree."""
    now = clock.now()
    with sessions() as session:  # read first: nobody waits for the write lock meanwhile
        found = list(check_ledger(session, since=now - LOOKS_BACK))
    with unit_of_work(sessions) as session:
        return keep(session, found, checked=OF_LEDGER, now=now)
