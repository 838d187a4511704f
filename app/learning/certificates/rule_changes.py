"""Change the rule of a batch, and see beforehand whom the change touches."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid, Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.learning.certificates.eligibility import Eligibility, list_eligibility
from app.learning.certificates.outcomes import may_decide, settle, was_used
from app.learning.certificates.rule import Rule, rule_of
from app.learning.programmes.models import ScoreFrom
from app.learning.training.access import to_manage
from app.learning.training.models import Batch, BatchStatus, Outcome

OFFICE_ONLY = T("Aturan angkatan yang sudah selesai hanya diubah oleh editor atau admin kantor.")


@dataclass(frozen=True)
class Changes:
    """What a new rule changes: who completes by the new rule and did not by the old one, and the other way round;
    `holders`: those of `lose` who hold a valid certificate, which stays valid until it is revoked."""

    gain: list[Eligibility]
    lose: list[Eligibility]

    @property
    def holders(self) -> list[Eligibility]:
        return [one for one in self.lose if one.certificate is not None]


class NeedsCertainty(Refused):
    """Refused at first since certificates were issued by the old rule: somebody has to look at the changes first."""

    def __init__(self, changes: Changes) -> None:
        super().__init__(T("Sertifikat sudah terbit dengan aturan lama. Lihat dulu siapa yang terkena, lalu pastikan."))
        self.changes = changes


def changes(session: Session, batch: Batch, rule: Rule, *, now: datetime) -> Changes:
    before = {one.enrolment.id: one.outcome for one in list_eligibility(session, batch, now=now)}
    after = [
        one for one in list_eligibility(session, batch, rule=rule, now=now) if before[one.enrolment.id] != one.outcome
    ]
    gain = [one for one in after if one.outcome == Outcome.COMPLETED]
    return Changes(gain, [one for one in after if one.outcome != Outcome.COMPLETED])


def may_change(session: Session, actor: Actor, batch: Batch) -> bool:
    """Return whether this person may change the rule: once a batch is over, a new rule is a decision about people, the
    office's as that about one of them."""
    return may_decide(actor) or not (batch.status == BatchStatus.FINISHED or was_used(session, batch.id))


def check_may_change(session: Session, actor: Actor, batch: Batch) -> None:
    if not may_change(session, actor, batch):
        raise Forbidden(OFFICE_ONLY)


def change_rule(
    session: Session, actor: Actor, batch_id: int, rule: Rule, *, certain: bool = False, now: datetime
) -> Batch:
    """Set the rule; outcomes of a finished batch follow at once. The same rule again changes nothing.

    Raises Invalid with its field, NotFound, Forbidden, and NeedsCertainty once certificates were issued.
    """
    batch = to_manage(session, actor, batch_id, lock=True)
    check_may_change(session, actor, batch)
    _check(rule)
    old = rule_of(batch)
    if rule == old:
        return batch
    if was_used(session, batch.id) and not certain:
        raise NeedsCertainty(changes(session, batch, rule, now=now))
    batch.min_attendance, batch.min_score = rule.min_attendance, rule.min_score
    batch.score_from, batch.work_share, batch.updated_at = rule.score_from, rule.work_share, now
    session.flush()
    if batch.status == BatchStatus.FINISHED:
        settle(session, actor, batch, now)
    audit.record(session, actor, "certificate.rule_changed", batch, now=now, before=vars(old), after=vars(rule))
    return batch


def _check(rule: Rule) -> None:
    for field in ("min_attendance", "min_score", "work_share"):
        value = getattr(rule, field)
        if value is not None and not 0 <= value <= 100:
            raise Invalid(T("Isi angka 0 sampai 100."), field=field)
    if rule.score_from not in set(ScoreFrom):
        raise Invalid(T("Pilih dari mana nilainya."), field="score_from")
