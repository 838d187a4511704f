"""The port of app/base/web/confirming.py, filled: how lower rooms reach this one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.base.confirmations import queries, service
from app.base.confirmations.models import Proposal
from app.kernel.confirmed import Confirmed, Twofold
from app.kernel.roles import Actor
from app.kernel.vault import Vault


class FourEyes:
    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def ask(
        self,
        session: Session,
        actor: Actor,
        kind: Twofold,
        subject_id: int,
        values: Mapping[str, Any],
        *,
        reason: str | None,
        now: datetime,
        secrets: Mapping[str, Any] | None = None,
    ) -> Proposal:
        asked = service.Ask(kind, subject_id, values, reason, secrets)
        return service.ask(session, actor, asked, vault=self._vault, now=now)

    def use_permit(
        self, session: Session, actor: Actor, kind: Twofold, subject_id: int, *, now: datetime
    ) -> Confirmed | None:
        return service.use_permit(session, actor, kind, subject_id, now=now)

    def waiting(self, session: Session, about: str, ids: Collection[int]) -> Mapping[int, Sequence[Proposal]]:
        return queries.waiting(session, about, ids)
