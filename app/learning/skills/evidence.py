"""Why somebody is said to have a skill: a certificate, a project in use, or what a trainer saw.

How far each goes: a certificate shows what its programme's modules lead to, and a project that is used shows that
somebody can do it; neither shows that they can teach others. “Mampu melatih” is given only by somebody who saw it.
Nothing is erased: evidence is withdrawn, with a reason.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.typed import at_most
from app.learning.certificates.models import Certificate
from app.learning.programmes.models import Skill, SkillLevel
from app.learning.programmes.states import LEVELS
from app.learning.projects.models import Project, ProjectMember, ProjectStatus
from app.learning.skills.access import check_may_note, person_of
from app.learning.skills.models import EvidenceKind, SkillEvidence
from app.learning.training.models import Trainee

LONGEST = 500
SHORTEST = 10
EARLIEST = date(2000, 1, 1)
MOST_WITHOUT_WITNESS = SkillLevel.INDEPENDENT


@dataclass(frozen=True)
class Observation:
    """What somebody saw: that a person did it at this level, on this day. With a project, that one is what was seen."""

    skill_id: int
    level: int
    on: date | None
    note: str
    project_id: int | None = None


def observe(
    session: Session, actor: Actor, trainee_id: int, seen: Observation, *, today: date, now: datetime
) -> SkillEvidence:
    """Note it. The same a second time changes nothing.

    Raises NotFound, Forbidden; Invalid (skill_id, level, on, note, project_id); Refused for somebody whose data were
    erased.
    """
    check_may_note(actor)
    trainee = _living(person_of(session, actor, trainee_id))
    skill = session.get(Skill, seen.skill_id)
    if skill is None or skill.archived_at is not None:
        raise Invalid(T("Pilih keterampilan dari daftar."), field="skill_id")
    kind = EvidenceKind.OBSERVED if seen.project_id is None else EvidenceKind.PROJECT
    note = _checked(seen, kind, today)
    if seen.project_id is not None:
        _check_project(session, trainee, seen.project_id)
    same = session.scalar(
        select(SkillEvidence).where(
            SkillEvidence.trainee_id == trainee.id, SkillEvidence.skill_id == skill.id,
            SkillEvidence.level == seen.level, SkillEvidence.on == seen.on, SkillEvidence.note == note,
            SkillEvidence.kind == kind, SkillEvidence.project_id.is_not_distinct_from(seen.project_id),
            SkillEvidence.withdrawn_at.is_(None),
        )
    )  # fmt: skip
    if same is not None:
        return same
    row = SkillEvidence(
        trainee_id=trainee.id, skill_id=skill.id, level=seen.level, kind=kind, project_id=seen.project_id, note=note,
        on=seen.on, by_id=actor.id, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(
        session, actor, "evidence.noted", row, now=now,
        after={"trainee_id": trainee.id, "skill": skill.name, "level": str(LEVELS[seen.level])},
    )  # fmt: skip
    return row


def withdraw(
    session: Session, actor: Actor, trainee_id: int, evidence_id: int, *, reason: str, now: datetime
) -> SkillEvidence:
    """Take back what was noted; it stays in sight with the reason. Withdrawn already: nothing changes.

    Raises NotFound, Forbidden, Invalid (reason); Refused for a certificate's, which goes with the certificate.
    """
    check_may_note(actor)
    person_of(session, actor, trainee_id)
    row = session.get(SkillEvidence, evidence_id)
    if row is None or row.trainee_id != trainee_id:
        raise NotFound(T("Bukti keterampilan ini tidak ada."))
    if row.withdrawn_at is not None:
        return row
    if row.kind == EvidenceKind.CERTIFICATE:
        raise Refused(T("Bukti ini berasal dari sertifikat. Cabut sertifikatnya bila tidak benar."))
    row.withdrawn_reason = _sentence(reason, "reason", T("Tulis alasannya, misalnya apa yang ternyata keliru."))
    row.withdrawn_at = now
    session.flush()
    audit.record(session, actor, "evidence.withdrawn", row, now=now, after={"reason": row.withdrawn_reason})
    return row


def note_certificates(session: Session, actor: Actor, certificates: Sequence[Certificate], now: datetime) -> None:
    """Note one line for each skill that is printed on each certificate, at most “mandiri”. Twice changes nothing."""
    ids = [one.id for one in certificates]
    rows = session.execute(
        select(SkillEvidence.certificate_id, SkillEvidence.skill_id).where(
            SkillEvidence.certificate_id.in_(ids), SkillEvidence.withdrawn_at.is_(None)
        )
    )
    known = {tuple(row) for row in rows}
    session.add_all(
        SkillEvidence(
            trainee_id=one.trainee_id, skill_id=skill["skill_id"], level=min(skill["level"], MOST_WITHOUT_WITNESS),
            kind=EvidenceKind.CERTIFICATE, certificate_id=one.id, on=one.issued_on, by_id=actor.id, created_at=now,
        )
        for one in certificates
        for skill in one.facts["skills"]
        if (one.id, skill["skill_id"]) not in known
    )  # fmt: skip
    session.flush()


def withdraw_certificate(session: Session, _actor: Actor, certificate: Certificate, now: datetime) -> None:
    """Withdraw what a revoked certificate showed. The trail has the revocation itself."""
    why = certificate.revoke_reason or ""
    reason = str(T("Sertifikat %(number)s dicabut. %(why)s", number=certificate.number, why=why)).strip()[:LONGEST]
    for row in session.scalars(
        select(SkillEvidence).where(
            SkillEvidence.certificate_id == certificate.id, SkillEvidence.withdrawn_at.is_(None)
        )
    ):
        row.withdrawn_at, row.withdrawn_reason = now, reason
    session.flush()


def withdraw_project(session: Session, project: Project, people: Collection[int], why: T, now: datetime) -> None:
    """Withdraw what a project showed of people, with their place in it. The trail has what became of the project."""
    for row in session.scalars(
        select(SkillEvidence).where(
            SkillEvidence.project_id == project.id, SkillEvidence.trainee_id.in_(people),
            SkillEvidence.withdrawn_at.is_(None),
        )
    ):  # fmt: skip
        row.withdrawn_at, row.withdrawn_reason = now, str(why)[:LONGEST]
    session.flush()


def forget_words(session: Session, trainee: Trainee, _now: datetime) -> None:
    """Erase what was written about somebody whose data are erased, since it may name them; that there was evidence
    stays."""
    session.execute(
        update(SkillEvidence).where(SkillEvidence.trainee_id == trainee.id).values(note="", withdrawn_reason="")
    )


def _living(trainee: Trainee) -> Trainee:
    if trainee.erased_at is not None:
        raise Refused(T("Data orang ini sudah dihapus atas permintaannya, jadi tidak ada lagi yang dicatat."))
    return trainee


def _checked(seen: Observation, kind: EvidenceKind, today: date) -> str:
    if seen.level not in set(SkillLevel):
        raise Invalid(T("Pilih tingkatnya."), field="level")
    if seen.level > MOST_WITHOUT_WITNESS and kind != EvidenceKind.OBSERVED:
        raise Invalid(
            T("Proyek belum menunjukkan bahwa orang ini bisa melatih. Catat “Mampu melatih” bila Anda melihatnya."),
            field="level",
        )
    if seen.on is None or not EARLIEST <= seen.on <= today:
        raise Invalid(T("Isi tanggal terlihatnya, paling lambat hari ini."), field="on")
    return _sentence(seen.note, "note", T("Tulis apa yang Anda lihat, paling sedikit %(n)s huruf.", n=SHORTEST))


def _sentence(text: str, field: str, missing: T) -> str:
    said = " ".join(text.split())
    if len(said) < SHORTEST:
        raise Invalid(missing, field=field)
    at_most(said, LONGEST, field)
    return said


def _check_project(session: Session, trainee: Trainee, project_id: int) -> None:
    project = session.get(Project, project_id)
    if (
        project is None
        or project.archived_at is not None
        or session.get(ProjectMember, (project_id, trainee.id)) is None
    ):
        raise Invalid(T("Pilih proyek yang orang ini ikut mengerjakan."), field="project_id")
    if project.status != ProjectStatus.IN_USE:
        raise Invalid(T("Proyek menjadi bukti setelah dipakai. Ubah dulu keadaannya."), field="project_id")
