"""Issue certificates: numbered, to those who meet the rule, once. Again with a right name, in one step."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.errors import NotFound, Refused
from app.kernel.roles import Actor
from app.kernel.site import site_of
from app.kernel.text import T
from app.learning.certificates.codes import new_code
from app.learning.certificates.eligibility import Eligibility, list_eligibility
from app.learning.certificates.facts import Signer, facts_of
from app.learning.certificates.issued import ISSUED
from app.learning.certificates.models import Certificate
from app.learning.certificates.numbering import FORMAT, format_number, take_numbers
from app.learning.training.access import to_manage
from app.learning.training.models import Batch, BatchStatus, Enrolment, Outcome

NAMED = 5  # so many names stand in a sentence


def issue(
    session: Session,
    actor: Actor,
    batch_id: int,
    *,
    signer: Signer,
    enrolment_ids: Collection[int] | None = None,
    number_format: str = FORMAT,
    now: datetime,
) -> list[Certificate]:
    """Issue to all who meet the rule and have no valid certificate, or to these of them; gives what is new.

    By the outcomes that were written down: where one is out of date, somebody looks at it first. Raises Refused (that,
    or the batch is not finished, or somebody chosen does not meet the rule), NotFound, Forbidden, Invalid.
    """
    batch = to_manage(session, actor, batch_id, lock=True)
    signer = signer.checked()
    if batch.status != BatchStatus.FINISHED:
        raise Refused(T("Sertifikat diterbitkan sesudah angkatan ditandai selesai."))
    people = list_eligibility(session, batch, now=now)
    refuse_stale(people)
    chosen = [one.enrolment for one in _chosen(people, enrolment_ids) if one.certificate is None]
    if not chosen:
        return []
    facts = facts_of(session, batch, signer, local_day(session, now), now=now)
    made = create_certificates(session, actor, batch, chosen, facts, number_format=number_format, now=now)
    if made:
        after = {"count": len(made), "first": made[0].number, "last": made[-1].number, "signer": signer.name}
        audit.record(session, actor, "certificate.issued", batch, now=now, after=after)
    return made


def create_certificates(
    session: Session,
    actor: Actor,
    batch: Batch,
    enrolments: Sequence[Enrolment],
    facts: dict[str, Any],
    *,
    number_format: str,
    now: datetime,
) -> list[Certificate]:
    """Issue numbers, codes and rows on the day of these facts; the batch is locked, and who may get one was asked."""
    day, practice = date.fromisoformat(facts["day"]), batch.simulated
    code = programme_code(batch)
    numbers = take_numbers(session, day.year, len(enrolments), practice=practice)
    made = [
        Certificate(
            number=format_number(number_format, number, code, day, practice=practice), code=new_code(),
            batch_id=batch.id, enrolment_id=one.id, trainee_id=one.trainee_id, name=one.trainee.name, facts=facts,
            issued_on=day, issued_at=now, issued_by_id=actor.id,
        )
        for number, one in zip(numbers, enrolments, strict=True)
    ]  # fmt: skip
    session.add_all(made)
    session.flush()
    for hook in ISSUED:
        hook(session, actor, made, now)
    return made


def refuse_stale(people: Sequence[Eligibility]) -> None:
    """Refuse where an outcome that was written down no longer holds: nobody's gets better or worse unseen. Raises
    Refused."""
    stale = [one.enrolment.trainee.name for one in people if not one.is_current]
    if stale:
        raise Refused(
            T(
                "Kehadiran atau nilai berubah sejak hasilnya dicatat: %(names)s. Tekan “Hitung ulang hasil” di halaman "
                "Sertifikat dan periksa hasilnya lebih dulu.",
                names=_named(stale),
            )
        )


def _chosen(listed: Sequence[Eligibility], ids: Collection[int] | None) -> list[Eligibility]:
    people = [one for one in listed if one.enrolment.trainee.erased_at is None]
    if ids is None:
        return [one for one in people if one.outcome == Outcome.COMPLETED]
    chosen = [one for one in people if one.enrolment.id in set(ids)]
    if len(chosen) != len(set(ids)):
        raise NotFound(
            T("Ada peserta pilihan yang tidak ada lagi di angkatan ini. Muat ulang halaman, lalu pilih lagi.")
        )
    short = [one.enrolment.trainee.name for one in chosen if one.outcome != Outcome.COMPLETED]
    if short:
        raise Refused(T("Belum memenuhi aturan sertifikat: %(names)s.", names=_named(short)))
    return chosen


def _named(names: Sequence[str]) -> str:
    more = T(" dan %(n)s lainnya", n=len(names) - NAMED) if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + str(more)


def programme_code(batch: Batch) -> str:
    """Return the code of a programme, UKM-GO-DIGITAL, from its key; what stands before a "/" or ":" is whose kit it is
    from."""
    return batch.programme.key.replace(":", "/").rpartition("/")[2].upper()[:40]


def local_day(session: Session, now: datetime) -> date:
    return now.astimezone(ZoneInfo(site_of(session).tz)).date()


def last_signer(session: Session, batch: Batch) -> Signer | None:
    """Return who signed the latest certificate of this batch, else of its organisation."""
    for which in (Certificate.batch_id == batch.id, Batch.organisation_id == batch.organisation_id):
        query = (
            select(Certificate.facts)
            .join(Batch, Batch.id == Certificate.batch_id)
            .where(which)
            .order_by(Certificate.id.desc())
            .limit(1)
        )
        found = session.scalar(query)
        if found:
            return Signer(**found["signer"])
    return None
