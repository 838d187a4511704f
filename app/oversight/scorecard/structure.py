"""Indicators of bureaucratic structure: procedures run as they should, what is late has an owner, OPDs take part and
answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, exists, literal, or_, select, union

from app.base.people.models import Organisation
from app.base.people.organisations import OrganisationKind
from app.gatherings.events.models import Attendance, Event, EventStatus
from app.gatherings.events.reach import took_place
from app.gatherings.reports.models import Aspiration, AspirationStatus
from app.gatherings.reports.queries import is_not_merged, sees_aspiration
from app.kernel.paging import Page
from app.kernel.site import site_of
from app.kernel.text import T
from app.learning.training.models import Batch, BatchSession, Enrolment, Seat, Trainee
from app.outreach.campaigns.models import Campaign
from app.outreach.posts.models import Post
from app.outreach.publishing.models import Delivery, DeliveryStatus
from app.oversight.control.items import UnitTally
from app.oversight.control.queries import NO_UNIT, tally
from app.oversight.scorecard.approvals import find_lead, lead_records
from app.oversight.scorecard.changes import day_of
from app.oversight.scorecard.measures import (
    HOURS,
    ITEMS,
    PERCENT,
    Button,
    Measure,
    MeasureResult,
    Record,
    ScorecardScope,
    records_of_list,
    share,
)
from app.oversight.scorecard.resources import first_names


def _tally(scope: ScorecardScope) -> Sequence[UnitTally]:
    return tally(scope.session, scope.actor, today=scope.today, now=scope.now, zone=scope.zone)


def find_overdue(scope: ScorecardScope) -> MeasureResult:
    units = [unit for unit in _tally(scope) if unit.total]
    late = sum(unit.total for unit in units)
    worst = max(units, key=lambda unit: unit.total, default=None)
    if worst is None and not scope.session.scalar(select(or_(exists(select(Event.id)), exists(select(Campaign.id))))):
        return MeasureResult(unsure=T("belum ada program atau kegiatan yang dapat terlambat"))
    return MeasureResult(
        float(late), late, None,
        raises=T("Terbanyak pada %(name)s: %(n)s terlambat, yang terlama %(days)s hari kerja.", name=_unit(worst),
                 n=worst.total, days=worst.oldest_days or 0) if worst else None,
        do=Button(T("Lihat menurut bidang"), "scorecard.data", {"indikator": "overdue", "periode": str(scope.period)}),
    )  # fmt: skip


def overdue_rows(scope: ScorecardScope) -> list[Record]:
    return [
        Record(
            _unit(unit), T("%(n)s terlambat, yang terlama %(days)s hari kerja", n=unit.total,
                           days=unit.oldest_days or 0),
            None, "control.index", {"bidang": unit.organisation_id or NO_UNIT, "keadaan": "terlambat"},
        )
        for unit in _tally(scope) if unit.total
    ]  # fmt: skip


def _unit(unit: UnitTally) -> T | str:
    return unit.name or T("Belum ada bidang atau OPD")


EVENT, TRAINING, POST = "kegiatan", "pelatihan", "materi"
PRACTISED = "pelatihan simulasi"
NOT_COUNTED = T("pelatihan simulasi tidak dihitung")


def _taking_part(scope: ScorecardScope) -> dict[int, set[str]]:
    """OPD → in what it took part, with its bidang: held an event, had somebody present at a training, or had a post of
    its own that went out. One query; practice training has a name of its own."""
    first, end = scope.borders
    inside = and_(Event.starts_at >= first, Event.starts_at < end)
    events = select(Event.organisation_id).where(
        took_place(scope.now, practice=site_of(scope.session).practice), inside
    )
    trained = (
        select(Trainee.organisation_id, case((Batch.simulated, PRACTISED), else_=TRAINING).label("what"))
        .join(Enrolment, Enrolment.trainee_id == Trainee.id)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .join(Seat, Seat.enrolment_id == Enrolment.id)
        .join(BatchSession, BatchSession.id == Seat.session_id)
        .join(Event, Event.id == BatchSession.event_id)
        .join(Attendance, (Attendance.event_id == Event.id) & (Attendance.registration_id == Seat.registration_id))
        .where(Trainee.organisation_id.is_not(None), inside, Event.starts_at <= scope.now)
        .where(Event.status.not_in((EventStatus.CANCELLED, EventStatus.MERGED)))
    )
    posts = (
        select(Post.organisation_id)
        .join(Delivery, Delivery.post_id == Post.id)
        .where(Post.scheduled_at >= first, Post.scheduled_at < end, Delivery.status == DeliveryStatus.SENT)
    )
    kinds = ((events, EVENT), (posts, POST))
    every = union(trained, *(query.add_columns(literal(what).label("what")) for query, what in kinds)).subquery()
    unit = case((Organisation.kind == OrganisationKind.BIDANG, Organisation.parent_id), else_=Organisation.id)
    rows = scope.session.execute(
        select(unit, every.c.what).join(Organisation, Organisation.id == every.c.organisation_id).distinct()
    )
    found: dict[int, set[str]] = {}
    for opd_id, what in rows:
        found.setdefault(opd_id, set()).add(what)
    return found


@dataclass(frozen=True)
class Participation:
    """Which OPDs took part. `practice`: nobody real took part, so practice is shown. `left_out`: there is some, and it
    does not count."""

    rows: list[Record]
    practice: bool
    left_out: bool


def participation_rows(scope: ScorecardScope) -> list[Record]:
    return _part(scope).rows


def _part(scope: ScorecardScope) -> Participation:
    part = _taking_part(scope)
    practised = any(PRACTISED in did for did in part.values())
    practice = practised and not any(did - {PRACTISED} for did in part.values())
    opds = scope.session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.kind == OrganisationKind.OPD, Organisation.active)
        .order_by(Organisation.name)
    ).all()
    rows = []
    for row in opds:
        did = part.get(row.id, set())
        real = did if practice else did - {PRACTISED}
        absent = T("belum ikut pada periode ini (%(what)s)", what=NOT_COUNTED) if did else NOT_YET
        rows.append(Record(row.name, ", ".join(sorted(real)) if real else absent, bool(real)))
    return Participation(sorted(rows, key=lambda row: bool(row.met)), practice, practised and not practice)


NOT_YET = T("belum ikut pada periode ini")


def find_participation(scope: ScorecardScope) -> MeasureResult:
    part = _part(scope)
    rows = part.rows
    absent = [str(row.title) for row in rows if not row.met]
    if not rows:
        return MeasureResult(missing=T("daftar OPD"), do_missing=Button(T("Tambah OPD"), "people.organisations"))
    met = len(rows) - len(absent)
    if not met:
        return MeasureResult(
            missing=T("kegiatan, pelatihan, atau materi OPD pada periode ini"),
            do_missing=Button(T("Rencanakan kegiatan"), "events.new"),
        )
    return MeasureResult(
        share(met, len(rows)), len(rows), met,
        raises=T("%(n)s OPD belum ikut: %(names)s. Undang ke kegiatan atau pelatihan berikutnya.", n=len(absent),
                 names=first_names(absent)) if absent else None,
        do=Button(T("Rencanakan kegiatan bersama"), "events.new") if absent else None,
        more=NOT_COUNTED if part.left_out else None, simulated=part.practice,
    )  # fmt: skip


def _answers(scope: ScorecardScope) -> Sequence[Any]:
    """Rows (id, due_on, answered_at): to be answered on a day of the period that is over, or answered already."""
    answered = Aspiration.status == AspirationStatus.ANSWERED
    over = and_(Aspiration.status == AspirationStatus.ROUTED, Aspiration.due_on < scope.today)
    return scope.session.execute(
        select(Aspiration.id, Aspiration.due_on, Aspiration.answered_at, Aspiration.status)
        .where(
            Aspiration.due_on >= scope.period.first, Aspiration.due_on <= scope.period.last, or_(answered, over),
            is_not_merged(), sees_aspiration(scope.actor),
        )
        .order_by(Aspiration.due_on, Aspiration.id)
    ).all()  # fmt: skip


def _in_time(scope: ScorecardScope, answered_at: datetime | None, row: Any) -> bool:
    return (
        row.status == AspirationStatus.ANSWERED
        and answered_at is not None
        and answered_at.astimezone(scope.zone).date() <= row.due_on
    )


def find_answers(scope: ScorecardScope) -> MeasureResult:
    rows = _answers(scope)
    if not rows:
        return MeasureResult(unsure=T("tidak ada aspirasi yang jatuh tempo pada periode ini"))
    met = sum(_in_time(scope, row.answered_at, row) for row in rows)
    waiting = sum(row.status == AspirationStatus.ROUTED for row in rows)
    return MeasureResult(
        share(met, len(rows)), len(rows), met,
        raises=T("%(n)s aspirasi lewat batas dan belum dijawab. Ingatkan OPD-nya.", n=waiting) if waiting
        else T("%(n)s dijawab terlambat. Teruskan lebih cepat, dan ingatkan sebelum batasnya.", n=len(rows) - met),
        do=Button(T("Lihat yang terlambat"), "scorecard.data", {"indikator": "answers", "periode": str(scope.period),
                                                            "tampil": "kurang"}),
    )  # fmt: skip


def answer_records(scope: ScorecardScope, only_lacking: bool, page: int, size: int) -> Page[Record]:
    judged = [(_in_time(scope, row.answered_at, row), row) for row in _answers(scope)]
    judged.sort(key=lambda one: one[0])
    kept = [one for one in judged if not one[0]] if only_lacking else judged
    page = min(max(1, page), max(1, -(-len(kept) // size)))
    shown = kept[(page - 1) * size : page * size]
    texts = {
        row.id: row
        for row in scope.session.execute(
            select(Aspiration.id, Aspiration.text, Organisation.name.label("opd"))
            .outerjoin(Organisation, Organisation.id == Aspiration.opd_id)
            .where(Aspiration.id.in_([row.id for _met, row in shown]))
        )
    }
    rows = [
        Record(
            texts[row.id].text[:120],
            T("%(opd)s, paling lambat %(due)s, %(what)s", opd=texts[row.id].opd or "–", due=day_of(row.due_on),
              what=T("dijawab %(day)s", day=day_of(row.answered_at.astimezone(scope.zone).date()))
              if row.answered_at else T("belum dijawab")),
            met, "reports.aspiration", {"aspiration_id": row.id},
        )
        for met, row in shown
    ]  # fmt: skip
    return Page(rows, len(kept), page, size)


LEAD = T(
    "Dari pengajuan sampai tanda tangan terakhir, untuk putaran yang selesai disetujui pada periode ini dan belum "
    "diubah lagi. Jam kerja Senin sampai Jumat, delapan jam sehari mulai 07.30; hari libur dan cuti bersama tidak "
    "dihitung."
)
STRUCTURE = (
    Measure(
        key="lead_median", label=T("Lama persetujuan, biasanya"), unit=HOURS, target=8, better="low",
        formula=T("%(lead)s Nilai tengah: separuhnya lebih cepat, separuhnya lebih lama.", lead=LEAD),
        counted=T("dari %(n)s materi yang disetujui"), listed=T("Materi yang disetujui, yang terlama di atas"),
        lacking=T("Semua"), find=find_lead(0.5), records=lead_records,
    ),
    Measure(
        key="lead_p90", label=T("Lama persetujuan, 9 dari 10"), unit=HOURS, target=16, better="low",
        formula=T("%(lead)s Sembilan dari sepuluh materi selesai dalam waktu ini.", lead=LEAD),
        counted=T("dari %(n)s materi yang disetujui"), listed=T("Materi yang disetujui, yang terlama di atas"),
        lacking=T("Semua"), find=find_lead(0.9), records=lead_records,
    ),
    Measure(
        key="overdue", label=T("Yang terlambat"), unit=ITEMS, target=0, better="low", current=True,
        formula=T(
            "Semua yang lewat batas waktunya hari ini menurut halaman Perlu Dikejar, dijumlah menurut bidang dan OPD."
        ),
        counted=T("hari ini"), listed=T("Bidang dan OPD dengan yang terlambat"), lacking=T("Semua"),
        find=find_overdue, records=records_of_list(overdue_rows),
        page=Button(T("Perlu Dikejar"), "control.index", {"keadaan": "terlambat"}),
    ),
    Measure(
        key="participation", label=T("OPD yang ikut serta"), unit=PERCENT, target=80, yearly=True,
        formula=T(
            "OPD aktif (dengan bidangnya) yang pada periode ini mengadakan kegiatan yang berlangsung, mengirim "
            "peserta yang hadir di pelatihan, atau menulis materi yang terbit, dibagi semua OPD aktif. Pelatihan "
            "simulasi tidak dihitung."
        ),
        counted=T("%(met)s dari %(n)s OPD"), listed=T("OPD aktif"), lacking=T("Belum ikut"),
        find=find_participation, records=records_of_list(participation_rows),
    ),
    Measure(
        key="answers", label=T("Aspirasi dijawab tepat waktu"), unit=PERCENT, target=90,
        formula=T(
            "Aspirasi dengan batas jawaban pada periode ini yang dijawab paling lambat pada hari itu, dibagi semua "
            "yang dijawab atau sudah lewat batasnya. Yang ditutup dengan alasan tidak dihitung."
        ),
        counted=T("%(met)s dari %(n)s aspirasi"), listed=T("Aspirasi yang dijawab atau lewat batasnya"),
        lacking=T("Terlambat"), find=find_answers, records=answer_records,
    ),
)  # fmt: skip
