"""Erasing a person: mails that wait, and what was written about them, such as why the office decided otherwise
(illness, perhaps), and why a certificate was revoked.

Certificates that were issued keep the name they bear, since others rely on them; and revoked ones, that they were.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.base.notices.service import forget_occasions
from app.learning.certificates.mailing import occasions_of
from app.learning.certificates.models import Certificate, OutcomeException
from app.learning.training.models import Enrolment, Trainee

ERASED_REASON = "(alasan dihapus atas permintaan)"


def forget(session: Session, trainee: Trainee, now: datetime) -> None:
    """Erase what certificates keep of a trainee, for training.retention.ERASED; a second time changes nothing."""
    certificates = session.scalars(select(Certificate.id).where(Certificate.trainee_id == trainee.id)).all()
    if certificates:
        forget_occasions(session, occasions_of(certificates))
        session.execute(update(Certificate).where(Certificate.id.in_(certificates)).values(revoke_reason=None))
    rows = session.execute(
        select(OutcomeException, Enrolment)
        .join(Enrolment, Enrolment.id == OutcomeException.enrolment_id)
        .where(Enrolment.trainee_id == trainee.id)
    )
    for decided, enrolment in rows:
        decided.reason, enrolment.outcome_reason = ERASED_REASON, ""
    session.flush()
