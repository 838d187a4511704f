"""Plan a batch, change it, open it to participants, close registration. Cancelling: cancelling.py; the end:
finishing.py; sessions: sessions/service.py."""

import secrets
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.people.models import User
from app.gatherings.events.service import CODE_LENGTH, CODE_SIGNS
from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid, Refused, Stale
from app.kernel.roles import SYSTEM, Actor, Can
from app.kernel.text import T
from app.kernel.transitions import move
from app.learning.training.access import get, may_plan_for, to_manage
from app.learning.training.admission.waiting import fill_places
from app.learning.training.batches.announcing import announce_sessions, follow_admission, follow_holder
from app.learning.training.batches.cancelling import cancel_batch
from app.learning.training.batches.openings import list_missing
from app.learning.training.batches.plans import (
    PLAIN,
    CriterionPlan,
    Plan,
    QuotaPlan,
    TrainerPlan,
    check,
    facts,
    open_marks,
    plan_of,
    today_of,
)
from app.learning.training.models import (
    Admission,
    Batch,
    BatchQuota,
    BatchStatus,
    BatchTrainer,
    Enrolment,
    EnrolmentStatus,
)
from app.learning.training.sessions.meetings import begin_with_sessions
from app.learning.training.sessions.places import follow_place, session_place
from app.learning.training.sessions.speakers import follow_trainers
from app.learning.training.states import ALIVE, LABELS, MOVES

__all__ = [
    "CriterionPlan",
    "Plan",
    "QuotaPlan",
    "TrainerPlan",
    "cancel_batch",
    "close_registration",
    "edit",
    "open_batch",
    "plan",
    "plan_of",
    "reopen",
]

CLOSED = (BatchStatus.FINISHED, BatchStatus.CANCELLED)


def plan(session: Session, actor: Actor, values: Plan, *, now: datetime) -> Batch:
    """Plan a batch as a draft. Raises Invalid with its field, Forbidden for another organisation's."""
    check(session, actor, values)
    batch = Batch(
        code=new_code(), status=BatchStatus.DRAFT, created_by_id=actor.id, created_at=now, updated_at=now, criteria=[]
    )
    fill(session, batch, values)
    session.add(batch)
    session.flush()
    audit.record(session, actor, "batch.planned", batch, now=now, after=facts(batch))
    return batch


def edit(
    session: Session,
    actor: Actor,
    batch_id: int,
    values: Plan,
    *,
    version: int | None = None,
    now: datetime,
    move_sessions: bool = False,
) -> Batch:
    """Replace all that a plan holds. More places let people in from the waiting list at once; sessions that lie ahead
    follow the trainers, all of them the organisation that holds the batch. `move_sessions`: those that lie ahead and
    were held where the batch was are held at its new place, and people are told.

    `version`: the one that the person had before them. Raises Stale, Refused once it is over, Invalid with its field:
    also for fewer places than are taken, and for another programme once there are sessions or participants.
    """
    batch = to_manage(session, actor, batch_id, lock=True)
    if batch.status in CLOSED:
        raise Refused(T("Angkatan ini sudah selesai atau dibatalkan, jadi tidak bisa diubah."))
    if version is not None and version != batch.version:
        raise Stale(T("Angkatan ini baru saja diubah orang lain. Periksa isiannya, lalu simpan lagi."))
    check(session, actor, values, batch)
    _check_promises(session, batch, values)
    _check_holder(actor, batch, values)
    before, held = facts(batch), plan_of(batch)
    fill(session, batch, values)
    if plan_of(batch) == held:
        return batch
    batch.updated_at = now
    session.flush()
    _follow(session, actor, batch, held, move_sessions=move_sessions, now=now)
    after = facts(batch)
    names = [name for name in after if after[name] != before[name]]
    audit.record(
        session, actor, "batch.edited", batch, now=now, before={name: before[name] for name in names},
        after={name: after[name] for name in names},
    )  # fmt: skip
    fill_places(session, batch, now=now)
    return batch


def _follow(session: Session, actor: Actor, batch: Batch, held: Plan, *, move_sessions: bool, now: datetime) -> None:
    """Its sessions, after the batch was `held` before. Trainers come last: who takes the own name out still speaks
    there meanwhile."""
    follow_holder(session, actor, batch, now=now)
    if move_sessions:
        follow_place(session, actor, batch, session_place(held), now=now)
    follow_admission(session, actor, batch, now=now)
    follow_trainers(session, batch, held.trainers, now=now)


def _check_promises(session: Session, batch: Batch, values: Plan) -> None:
    """What people rely on who are in it already."""
    enrolled = select(func.count()).select_from(Enrolment).where(Enrolment.batch_id == batch.id)
    if values.programme_id != batch.programme_id and (batch.sessions or session.scalar(enrolled)):
        raise Invalid(
            T("Program tidak bisa diganti lagi karena sudah ada pertemuan atau peserta. Buat angkatan baru."),
            field="programme_id",
        )
    taken = session.scalar(enrolled.where(Enrolment.status == EnrolmentStatus.ACCEPTED)) or 0
    if values.capacity is not None and values.capacity < taken:
        raise Invalid(
            T("Sudah %(n)s peserta diterima, jadi jumlah tempat tidak bisa kurang dari itu.", n=taken),
            field="capacity",
        )
    was_open = batch.status in ALIVE and batch.admission != Admission.NOMINATION
    if was_open and values.admission == Admission.NOMINATION:
        raise Invalid(
            T("Pendaftarannya sudah diumumkan untuk umum. Tutup saja pendaftarannya bila tidak menerima lagi."),
            field="admission",
        )


def _check_holder(actor: Actor, batch: Batch, values: Plan) -> None:
    """Who teaches a batch cannot take it along to the own organisation."""
    if values.organisation_id != batch.organisation_id and actor != SYSTEM and not actor.can(Can.MOVE_BATCHES):
        raise Forbidden(T("Penyelenggara angkatan hanya bisa diganti oleh editor atau pengelola aplikasi."))


def fill(session: Session, batch: Batch, values: Plan) -> None:
    """Put the planned values into the batch."""
    for name in PLAIN:
        value = getattr(values, name)
        if isinstance(value, str):
            value = value.replace("\r\n", "\n").strip() if name == "description" else " ".join(value.split())
        if name in ("village_code", "campaign_id"):
            value = value or None
        if getattr(batch, name) != value:
            setattr(batch, name, value)
    criteria = _criteria(batch, values)
    if batch.criteria != criteria:
        batch.criteria = criteria
    _set_trainers(session, batch, values)
    _set_quotas(batch, values)


def _criteria(batch: Batch, values: Plan) -> list[dict[str, object]]:
    """With the keys they had. Points hang on them, so that a new one gets one that was never given."""
    held = {one["key"] for one in batch.criteria or []}
    rows: list[dict[str, object]] = []
    for one in values.criteria:
        known = one.key in held and all(row["key"] != one.key for row in rows)
        key = one.key if known else f"u{secrets.token_hex(4)}"
        rows.append({"key": key, "text": " ".join(one.text.split()), "most": one.most})
    return rows


def _set_trainers(session: Session, batch: Batch, values: Plan) -> None:
    wanted = [_named(session, one) for one in values.trainers]
    held = [TrainerPlan(one.name, one.title, one.user_id) for one in batch.trainers]
    if wanted == held:
        return
    batch.trainers = [
        BatchTrainer(position=place, name=one.name, title=one.title, user_id=one.user_id)
        for place, one in enumerate(wanted)
    ]


def _named(session: Session, one: TrainerPlan) -> TrainerPlan:
    """The name of the account where none was typed, or only a place to be filled in stands there."""
    name = " ".join(one.name.split())
    if one.user_id is not None and (not name or open_marks(name)):
        name = session.get_one(User, one.user_id).name
    return replace(one, name=name[:200], title=" ".join(one.title.split())[:200])


def _set_quotas(batch: Batch, values: Plan) -> None:
    """Rows of the same kind and key are kept: a new one beside them would break their being one."""
    held = {(one.kind, one.key): one for one in batch.quotas}
    rows = []
    for one in values.quotas:
        row = held.get((one.kind, one.key)) or BatchQuota(kind=one.kind, key=one.key)
        row.most, row.least = one.most, one.least or None
        rows.append(row)
    if rows != batch.quotas:
        batch.quotas = rows


def open_batch(session: Session, actor: Actor, batch_id: int, *, now: datetime) -> Batch:
    """Open a batch: it takes participants from now on and begins on the day of its first session, and its sessions are
    announced, to everybody where everybody may apply, else to its participants only. Raises Refused where something is
    missing."""
    batch = to_manage(session, actor, batch_id, lock=True)
    if batch.status != BatchStatus.DRAFT:
        raise Refused(T("Angkatan ini sudah pernah dibuka atau dibatalkan."))
    for one in list_missing(session, batch, now):
        raise Refused(one.sentence)
    move(batch, MOVES, BatchStatus.OPEN, LABELS)
    begin_with_sessions(session, batch)
    batch.opened_at = batch.updated_at = now
    session.flush()
    announce_sessions(session, actor, batch, now=now)
    audit.record(session, actor, "batch.opened", batch, now=now, after=facts(batch))
    return batch


def close_registration(session: Session, actor: Actor, batch_id: int, *, now: datetime) -> Batch:
    """Close registration: the batch takes no more participants; the training itself goes on."""
    batch = to_manage(session, actor, batch_id, lock=True)
    if batch.status != BatchStatus.OPEN:
        raise Refused(T("Pendaftaran angkatan ini tidak sedang dibuka."))
    move(batch, MOVES, BatchStatus.RUNNING, LABELS)
    batch.updated_at = now
    session.flush()
    audit.record(session, actor, "batch.registration_closed", batch, now=now)
    return batch


def reopen(session: Session, actor: Actor, batch_id: int, *, now: datetime) -> Batch:
    """Take participants again. A closing date that is past is taken out: it would keep it closed."""
    batch = to_manage(session, actor, batch_id, lock=True)
    if batch.status != BatchStatus.RUNNING:
        raise Refused(T("Hanya angkatan yang sedang berjalan yang bisa menerima peserta lagi."))
    if batch.ends_on < today_of(session, now):
        raise Refused(T("Hari terakhir angkatan ini sudah lewat. Ubah tanggalnya dahulu."))
    move(batch, MOVES, BatchStatus.OPEN, LABELS)
    if batch.register_until is not None and batch.register_until <= now:
        batch.register_until = None
    batch.updated_at = now
    session.flush()
    audit.record(session, actor, "batch.reopened", batch, now=now)
    fill_places(session, batch, now=now)
    return batch


def may_copy(session: Session, actor: Actor, batch_id: int) -> bool:
    """Return whether this person plans for whoever holds that batch."""
    return may_plan_for(actor, get(session, actor, batch_id).organisation_id)


def new_code() -> str:
    """Make the code of the public address /ikut/CODE: it is printed, typed and scanned."""
    return "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))
