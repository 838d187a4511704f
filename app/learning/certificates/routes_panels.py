"""What this room shows on the pages of a batch and of a participant."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.web.panels import Panel
from app.base.web.wiring import now
from app.kernel.roles import Actor, Can
from app.learning.certificates.models import Certificate
from app.learning.training import access
from app.learning.training.models import Batch, BatchStatus, Enrolment, EnrolmentStatus, Outcome
from app.learning.training.panels import Column
from app.learning.training.participants.presence import count_dropouts


def panel(session: Session, actor: Actor, batch: Batch) -> Panel | None:
    """Show how many completed, how many hold a certificate and of how many it was taken back; five queries."""
    if not actor.can(Can.READ_TRAINEES) or not access.may_see_people(actor, batch):
        return None
    issued = session.scalar(
        select(func.count()).where(Certificate.batch_id == batch.id, Certificate.revoked_at.is_(None))
    )
    completed = session.scalar(
        select(func.count()).where(
            Enrolment.batch_id == batch.id, Enrolment.status == EnrolmentStatus.ACCEPTED,
            Enrolment.outcome == Outcome.COMPLETED,
        )
    )  # fmt: skip
    url = url_for("certificates.index", batch_id=batch.id)
    if batch.status != BatchStatus.FINISHED and not issued:
        return Panel(
            _("Sertifikat"), _("Sertifikat diterbitkan sesudah angkatan ditandai selesai."), url=url,
            url_label=_("Lihat siapa yang memenuhi aturan"),
        )  # fmt: skip
    notes = [_began(session, batch, completed or 0)] if batch.status == BatchStatus.FINISHED else []
    words = _("%(issued)s terbit dari %(completed)s peserta yang lulus", issued=issued, completed=completed)
    taken_back = len(revoked_of(session, batch.id))
    if taken_back:
        words += "; " + _("%(n)s dicabut", n=taken_back)
    kind = "ok" if issued and issued + taken_back >= (completed or 0) else "wait"
    return Panel(_("Sertifikat"), "", url=url, url_label=_("Buka sertifikat"), state=(kind, words), notes=notes)


def _began(session: Session, batch: Batch, completed: int) -> str:
    """Who completed, of all who began: also of those who stopped on the way."""
    left = count_dropouts(session, [batch.id], now=now()).get(batch.id, 0)
    accepted = session.scalar(
        select(func.count()).where(Enrolment.batch_id == batch.id, Enrolment.status == EnrolmentStatus.ACCEPTED)
    )
    said = _("%(n)s lulus dari %(of)s yang mulai", n=completed, of=(accepted or 0) + left)
    return f"{said}; {_('%(n)s berhenti di jalan', n=left)}." if left else f"{said}."


def revoked_of(session: Session, batch_id: int) -> Sequence[int]:
    """List who completed (enrolments) and holds nothing any more, since it was revoked."""
    valid = select(Certificate.enrolment_id).where(Certificate.batch_id == batch_id, Certificate.revoked_at.is_(None))
    query = (
        select(Certificate.enrolment_id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(Certificate.batch_id == batch_id, Certificate.enrolment_id.not_in(valid))
        .where(Enrolment.status == EnrolmentStatus.ACCEPTED, Enrolment.outcome == Outcome.COMPLETED)
    )
    return session.scalars(query.distinct()).all()


def _cells(session: Session, batch: Batch, ids: Sequence[int]) -> Mapping[int, Any]:
    """That a certificate was issued, its number in the tooltip, or that it was revoked; one query."""
    query = (
        select(Certificate.enrolment_id, Certificate.id, Certificate.number, Certificate.revoked_at)
        .where(Certificate.batch_id == batch.id, Certificate.enrolment_id.in_(ids))
        .order_by(Certificate.revoked_at.is_(None), Certificate.id)
    )
    cells: dict[int, Any] = {}
    for row in session.execute(query):
        words = _("Terbit") if row.revoked_at is None else _("Dicabut")
        url = url_for("certificates.show", certificate_id=row.id)
        cells[row.enrolment_id] = Markup('<a href="{}" title="{}">{}</a>').format(url, row.number, words)
    return cells


COLUMN = Column(50, _l("Sertifikat"), _cells)
