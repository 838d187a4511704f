"""Deciding about somebody who asks for a place in a batch. The batch's row is locked first, as in service.py."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.typed import REASON_TOO_LONG, at_most
from app.learning.training.access import to_manage
from app.learning.training.admission.overlaps import Clash, first_clash
from app.learning.training.admission.points import checked_points
from app.learning.training.admission.quotas import refusal
from app.learning.training.admission.waiting import accept, fill_places, lock_people, next_number
from app.learning.training.models import Batch, BatchStatus, Enrolment, EnrolmentStatus
from app.learning.training.participants.news import tell
from app.learning.training.sessions.seats import unseat
from app.learning.training.states import ALIVE, ENROLMENTS, PLACES

MAX_REASON = 500


class Overlap(Invalid):
    """Refused at first since the person is accepted elsewhere at that time; whoever decides has to say that it is
    meant."""

    def __init__(self, name: str, found: Clash) -> None:
        super().__init__(
            T(
                "%(name)s sudah diterima di “%(batch)s”, yang pertemuannya bersamaan. Bila memang begitu, centang "
                "“Terima meskipun bentrok”, lalu simpan lagi.",
                name=name, batch=found.batch,
            ),
            field="certain",
        )  # fmt: skip
        self.found = found


def decide(
    session: Session,
    actor: Actor,
    enrolment_id: int,
    status: str,
    *,
    reason: str = "",
    points: dict[str, float] | None = None,
    certain: bool = False,
    now: datetime,
) -> Enrolment:
    """Accept, put on the waiting list, turn down, take off, or put back. `reason` is shown to the person.

    Raises Overlap where the person is accepted elsewhere at that time and nobody said `certain`; Refused where there
    is no place or the move is none; Invalid, NotFound, Forbidden.
    """
    batch, enrolment = to_decide(session, actor, enrolment_id)
    if batch.status == BatchStatus.FINISHED:
        raise Refused(T("Angkatan ini sudah selesai. Buka kembali angkatannya dahulu, lalu ubah keputusannya."))
    lock_people(session, batch, [enrolment.trainee_id])
    wanted, was = read_status(enrolment, status), enrolment.status
    if points is not None:
        enrolment.points = checked_points(batch, points)
    if wanted == EnrolmentStatus.ACCEPTED:
        _check_place(session, batch, enrolment, certain=certain)
    enrolment.reason = _reason(reason, needed=wanted == EnrolmentStatus.REJECTED)
    enrolment.decided_by_id, enrolment.held = actor.id, False
    if wanted == EnrolmentStatus.ACCEPTED:
        accept(session, batch, enrolment, now=now)
    else:
        set_status_without_place(session, batch, enrolment, wanted, now=now)
        tell(session, batch, enrolment, now=now)
    audit.record(
        session, actor, "training.decided", batch, now=now, before={"enrolment_id": enrolment.id, "status": str(was)},
        after={"enrolment_id": enrolment.id, "status": str(wanted), "overlaps": enrolment.overlaps},
    )  # fmt: skip
    if was == EnrolmentStatus.ACCEPTED:
        fill_places(session, batch, now=now, but=enrolment)
    return enrolment


def to_decide(session: Session, actor: Actor, enrolment_id: int, *, lock: bool = True) -> tuple[Batch, Enrolment]:
    """Return the enrolment with its locked batch, as both stand behind that lock. Raises NotFound, Forbidden."""
    found = session.get(Enrolment, enrolment_id)
    if found is None:
        raise NotFound(T("Pendaftaran ini tidak ada lagi."))
    batch = to_manage(session, actor, found.batch_id, lock=lock)
    session.refresh(found)
    return batch, found


def read_status(enrolment: Enrolment, status: str) -> EnrolmentStatus:
    if status not in set(EnrolmentStatus):
        raise Invalid(T("Pilih keputusan dari daftar."), field="status")
    if status not in PLACES[EnrolmentStatus(enrolment.status)]:
        raise Refused(
            T("%(name)s sudah berstatus “%(status)s”. Muat ulang halaman.", name=enrolment.trainee.name,
              status=ENROLMENTS[enrolment.status])
        )  # fmt: skip
    return EnrolmentStatus(status)


def _check_place(session: Session, batch: Batch, enrolment: Enrolment, *, certain: bool) -> None:
    if batch.status not in ALIVE:
        raise Refused(T("Peserta bisa diterima selama angkatan menerima peserta atau berjalan."))
    full = refusal(session, batch, enrolment.trainee)
    if full is not None:
        raise Refused(T("%(name)s belum bisa diterima. %(why)s", name=enrolment.trainee.name, why=full))
    found = first_clash(session, batch.id, enrolment.trainee_id)
    enrolment.overlaps = found is not None
    if found is not None and not certain:
        raise Overlap(enrolment.trainee.name, found)


def set_status_without_place(
    session: Session, batch: Batch, enrolment: Enrolment, status: EnrolmentStatus, *, now: datetime
) -> None:
    """Give an enrolment any status but accepted; a place that was held is free then."""
    was, enrolment.status, enrolment.decided_at = enrolment.status, status, now
    enrolment.withdrawn_at = now if status == EnrolmentStatus.WITHDRAWN else None
    if was == EnrolmentStatus.ACCEPTED:
        unseat(session, enrolment, now=now)
        if status == EnrolmentStatus.WAITING:
            enrolment.queue_no = next_number(session, batch)  # gave the place up: behind the others
    session.flush()


def _reason(text: str, *, needed: bool) -> str:
    words = " ".join(text.split())
    if needed and not words:
        raise Invalid(T("Tulis alasannya; orangnya bisa membacanya."), field="reason")
    at_most(words, MAX_REASON, "reason", REASON_TOO_LONG)
    return words
