"""The worker's part: changes whose waiting time went by take effect, and slips that nobody fetched expire."""

import logging
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.confirmations import service
from app.base.confirmations.models import OPEN, Proposal, ProposalStatus
from app.kernel.db import unit_of_work
from app.kernel.errors import Refused, Stale
from app.kernel.vault import Vault

log = logging.getLogger(__name__)
AT_ONCE = 50


def settle_due(sessions: "sessionmaker[Session]", *, vault: Vault, now: datetime) -> int:
    """Settle what is due, each in a transaction of its own, and return how many. Running it again changes nothing."""
    with sessions() as session:
        query = select(Proposal.id).where(Proposal.status.in_(OPEN), Proposal.due_at <= now)
        due = list(session.scalars(query.order_by(Proposal.due_at, Proposal.id).limit(AT_ONCE)))
    settled = 0
    for proposal_id in due:
        try:
            settled += _settle(sessions, proposal_id, vault=vault, now=now)
        except Exception:
            log.exception("proposal %s", proposal_id)
    return settled


def _settle(sessions: "sessionmaker[Session]", proposal_id: int, *, vault: Vault, now: datetime) -> bool:
    try:
        with unit_of_work(sessions) as session:
            proposal = session.get_one(Proposal, proposal_id)
            if proposal.status == ProposalStatus.READY:
                service.expire(session, proposal, now=now)
            else:
                service.apply_unopposed(session, proposal, vault=vault, now=now)
    except Refused:
        return False  # somebody decided it a moment before
    except Stale as error:
        with unit_of_work(sessions) as session:
            service.mark_stale(session, session.get_one(Proposal, proposal_id), error.sentence, now=now)
    return True
