"""Practice training: two batches that are over, one that runs and one that takes participants; all of it simulated.

Nearly everything goes through the verbs that the pages use, at the days on which it would have happened; who takes part
and who came is written down at once. Seeded: the same answers and points in every installation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from re import Match
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.media.storage import Storage
from app.base.people.actors import actor_of
from app.base.people.models import Organisation, User
from app.demo import learning
from app.demo.bulk import insert_rows
from app.demo.people import APPLICANTS, BEGINNERS, CLERKS, PROGRAMMERS, Learner, applicant
from app.demo.room import Room
from app.demo.seating import seat_people
from app.demo.villages import PRACTICE
from app.gatherings.events import service as events
from app.gatherings.events.models import Attendance
from app.gatherings.events.service import OPEN_MARK
from app.learning.programmes import service as programmes
from app.learning.programmes.models import Programme
from app.learning.programmes.modules import ModuleValues, edit_module
from app.learning.training.admission import deciding
from app.learning.training.admission import service as admission
from app.learning.training.batches import finishing
from app.learning.training.batches import service as batches
from app.learning.training.models import Admission, Batch, BatchSession, Enrolment, EnrolmentStatus, Seat
from app.learning.training.participants.people import Applicant
from app.learning.training.sessions.service import Rhythm, SessionPlan, add_sessions, propose

CODING = "komunitas-programmer/komunitas-programmer"
SIED = "pelatihan-sied/pelatihan-sied"
PLACE = f"Ruang latihan Diskominfo {PRACTICE}"
TRAINER = f"Rani Contoh {PRACTICE}"
ABOUT = "Data contoh untuk latihan. Semua pesertanya rekaan."
SEED = 2026
MOST_CAME = 12


def fill_training(
    session: Session,
    people: Mapping[str, User],
    organisations: Mapping[str, Organisation],
    *,
    storage: Storage,
    now: datetime,
    tz: str,
) -> None:
    """Make the practice batches, only where the kits brought their programmes, and nothing a second time."""
    found = {
        one.kit_key: one for one in session.scalars(select(Programme).where(Programme.kit_key.in_((CODING, SIED))))
    }
    if len(found) < 2 or session.scalar(select(Batch.id).where(Batch.simulated).limit(1)) is not None:
        return
    zone = ZoneInfo(tz)
    editor = actor_of(session, people["editor"], now.astimezone(zone).date())
    villages = session.scalars(select(Village.code).order_by(Village.code)).all()
    office = next(one.id for one in organisations.values() if one.is_office)
    room = Room(
        session, storage, organisations, villages[:: max(1, len(villages) // 9)], office, editor, people["pelatih"],
        zone, now,
    )  # fmt: skip
    for programme in found.values():
        _complete(room, programme)
    _finished_coding(room, found[CODING])
    _finished_sied(room, found[SIED])
    _running(room, found[CODING])
    _open(room, found[SIED])


def _complete(room: Room, programme: Programme) -> None:
    """What only an office knows is filled in with examples, so that batches can be opened."""
    trainers = [
        programmes.TrainerPlan(user_id=room.trainer.id),
        programmes.TrainerPlan(name=TRAINER, title="Komunitas Programmer"),
    ]
    required = [programmes.Required(one.requires_id, one.skill_id, one.level) for one in programme.prerequisites]
    values = programmes.ProgrammeValues(
        title=programme.title, organisation_id=programme.organisation_id, summary=programme.summary,
        for_whom=programme.for_whom, min_attendance=programme.min_attendance, min_score=programme.min_score,
        score_from=programme.score_from, work_share=programme.work_share,
        test_instrument_id=programme.test_instrument_id, prerequisites=required, trainers=trainers,
    )  # fmt: skip
    programmes.edit(room.session, room.editor, programme.id, values, now=room.now)
    for module in programme.modules:
        outline = OPEN_MARK.sub(_example, module.outline)
        if outline != module.outline:
            skills = [(one.skill_id, one.level) for one in module.skills]
            kept = ModuleValues(module.title, module.objectives, outline, module.minutes, skills)
            edit_module(room.session, room.editor, module.id, kept, now=room.now)


def _example(mark: Match[str]) -> str:
    """[LENGKAPI: alamat] → alamat (isi contoh)."""
    text = mark[0].strip("[]").partition(":")[2].strip()
    return f"{text} (isi contoh)"


def _finished_coding(room: Room, programme: Programme) -> None:
    batch = _plan(room, programme, "Komunitas Programmer angkatan 1", room.day(-30), capacity=20)
    people = _people_of(room, batch, PROGRAMMERS, Rhythm(room.day(-30), time(13)), room.day(-34))
    learning.test(room, batch, people, learning.BEFORE, Random(SEED))
    _attend(room, batch, people)
    learning.test(room, batch, people, learning.AFTER, Random(SEED + 1))
    learning.works(room, batch, people[:-2])
    learning.feedback(room, batch, people[:-2], Random(SEED + 2))
    done = _finish(room, batch)
    learning.certificates(room, batch, done)
    learning.followup_answers(room, batch, people[:14], Random(SEED + 3))
    learning.observations(room, people)
    learning.projects_of(room, batch, people)


def _finished_sied(room: Room, programme: Programme) -> None:
    batch = _plan(
        room, programme, "Pelatihan SIED angkatan 1", room.day(-9), capacity=15, per_opd=3,
        admission=Admission.NOMINATION,
    )  # fmt: skip
    people = _people_of(room, batch, CLERKS, Rhythm(room.day(-9), time(9), weekdays=(1, 3)), room.day(-12))
    learning.test(room, batch, people, learning.BEFORE, Random(SEED + 4))
    _attend(room, batch, people)
    learning.test(room, batch, people, learning.AFTER, Random(SEED + 5))
    learning.works(room, batch, people)
    learning.feedback(room, batch, people, Random(SEED + 6))
    learning.certificates(room, batch, _finish(room, batch))


def _running(room: Room, programme: Programme) -> None:
    """Of which three sessions were held."""
    batch = _plan(room, programme, "Komunitas Programmer angkatan 2", room.day(-3, 5), capacity=12)
    people = _people_of(room, batch, BEGINNERS, Rhythm(room.day(-3, 5), time(9)), room.day(-7))
    learning.test(room, batch, people, learning.BEFORE, Random(SEED + 7))
    _attend(room, batch, people)
    batches.close_registration(room.session, room.editor, batch.id, now=room.at(room.day(-3, 4)))


def _open(room: Room, programme: Programme) -> None:
    """With its five places taken, two who wait for one, and two about whom nobody has decided."""
    criteria = (
        batches.CriterionPlan("Tugasnya berkaitan langsung dengan persuratan", 10),
        batches.CriterionPlan("Bersedia menjadi pendamping di OPD-nya", 5),
    )
    batch = _plan(
        room, programme, "Pelatihan SIED angkatan 2", room.day(3), capacity=5, per_opd=3, admission=Admission.BOTH,
        selection=True, criteria=criteria,
    )  # fmt: skip
    day = _opened(room, batch, Rhythm(room.day(3), time(9), weekdays=(1, 3)), room.day(-1))
    asked = [applicant(learner, number, room.organisations, room.villages) for number, learner in enumerate(APPLICANTS)]
    entered = [_entered(room, batch, values, day) for values in asked]
    keys = [str(one["key"]) for one in batch.criteria]
    decided = [EnrolmentStatus.ACCEPTED] * 5 + [EnrolmentStatus.WAITING] * 2
    for number, (enrolment, status) in enumerate(zip(entered, decided, strict=False)):
        points = {keys[0]: float(9 - number), keys[1]: float(5 - number % 3)}
        reason = "Tempatnya habis; dipanggil bila ada yang batal." if status == EnrolmentStatus.WAITING else ""
        deciding.decide(
            room.session, room.editor, enrolment.id, status, reason=reason, points=points, now=room.at(room.day(-1), 10)
        )  # fmt: skip


def _plan(room: Room, programme: Programme, name: str, first: date, *, capacity: int, **values: Any) -> Batch:
    plan = batches.Plan(
        programme_id=programme.id, name=f"{name} {PRACTICE}", organisation_id=room.office, starts_on=first,
        ends_on=first, capacity=capacity, place=PLACE, description=ABOUT,
        contact=f"Erna Editor {PRACTICE}", min_attendance=programme.min_attendance, min_score=programme.min_score,
        score_from=programme.score_from, work_share=programme.work_share, simulated=True,
        trainers=(
            batches.TrainerPlan(room.trainer.name, "Diskominfo", room.trainer.id),
            batches.TrainerPlan(TRAINER, "Komunitas Programmer"),
        ),
    )  # fmt: skip
    early = room.at(first - timedelta(weeks=5))
    return batches.plan(room.session, room.editor, replace(plan, **values), now=early)


def _people_of(
    room: Room, batch: Batch, learners: Sequence[Learner], rhythm: Rhythm, opened: date
) -> list[tuple[Learner, Enrolment]]:
    """Open with all sessions, then take these people in."""
    day = _opened(room, batch, rhythm, opened)
    return seat_people(room, batch, learners, day)


def _opened(room: Room, batch: Batch, rhythm: Rhythm, opened: date) -> date:
    """A session for each module; gives the day on which people came in."""
    day = min(opened, batch.starts_on - timedelta(days=7))
    plans = [
        SessionPlan(one.module_id, one.title, one.starts_at, one.ends_at)
        for one in propose(room.session, batch, rhythm)
    ]
    add_sessions(room.session, room.editor, batch.id, plans, now=room.at(day))
    batches.open_batch(room.session, room.editor, batch.id, now=room.at(day))
    room.session.refresh(batch)
    return day


def _entered(room: Room, batch: Batch, values: Applicant, day: date) -> Enrolment:
    return admission.enrol(room.session, room.editor, batch.id, values, now=room.at(day, 9)).enrolment


def _attend(room: Room, batch: Batch, people: Sequence[tuple[Learner, Enrolment]]) -> None:
    """Sessions that are over were held; each person was at the first so many of twelve, spread."""
    rows = room.session.execute(
        select(Seat.enrolment_id, Seat.registration_id, BatchSession)
        .join(BatchSession, BatchSession.id == Seat.session_id)
        .where(BatchSession.batch_id == batch.id)
        .order_by(BatchSession.position)
    ).all()
    learners = {enrolment.id: learner for learner, enrolment in people}
    held = {one.id: one for _enrolment, _registration, one in rows if one.event.ends_at <= room.now}
    for one in held.values():
        events.mark_held(room.session, room.editor, one.event_id, now=one.event.ends_at)
    came = [
        {
            "event_id": one.event_id, "registration_id": registration_id, "method": "list", "at": one.event.starts_at,
            "name": f"{learners[enrolment_id].name} {PRACTICE}", "sex": learners[enrolment_id].sex,
            "age_band": learners[enrolment_id].age_band, "recorded_by_id": room.trainer.id,
        }
        for enrolment_id, registration_id, one in rows
        if one.id in held and _came(learners[enrolment_id], one.position)
    ]  # fmt: skip
    insert_rows(room.session, Attendance, came)


def _came(learner: Learner, position: int) -> bool:
    """`came` of twelve, spread over the sessions."""
    return (position + 1) * learner.came // MOST_CAME > position * learner.came // MOST_CAME


def _finish(room: Room, batch: Batch) -> datetime:
    moment = room.at(batch.ends_on + timedelta(days=2))
    batches.close_registration(room.session, room.editor, batch.id, now=moment)
    finishing.finish(room.session, room.editor, batch.id, now=moment)
    return moment
