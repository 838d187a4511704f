"""Builders for tests: each makes a flushed record with sensible values, and commits, so that other sessions see it."""

import base64
import hashlib
import hmac
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from passlib.hash import argon2
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.base.access.models import SignIn
from app.base.areas.models import Village
from app.base.people.actors import actor_of
from app.base.people.models import Organisation, RoleRow, User
from app.evidence.instruments.models import Instrument, InstrumentVersion
from app.evidence.responses import service as responses
from app.evidence.responses.models import Response
from app.evidence.surveys.models import Mode, Wave, WavePlace
from app.gatherings.communities.models import Group
from app.gatherings.events.models import (
    Attendance,
    Event,
    EventKind,
    EventStatus,
    Registration,
    RegistrationStatus,
    Speaker,
)
from app.gatherings.events.registration.names import name_key
from app.gatherings.events.service import new_code
from app.gatherings.reports.models import Aspiration, Report
from app.kernel.clock import Clock
from app.kernel.roles import Actor, Role
from app.learning.programmes.models import Module, ModuleSkill, Programme, Skill
from app.learning.training.models import (
    Batch,
    BatchSession,
    BatchStatus,
    BatchTrainer,
    Enrolment,
    EnrolmentStatus,
    Seat,
    Trainee,
)
from app.outreach.campaigns.models import Campaign
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.posts.models import Post, Variant
from tests.survey_sample import ANSWERS, DEFINITION

PASSWORD = "kata-sandi-uji-2026"
ZONE = ZoneInfo("Asia/Makassar")
VILLAGE = "64.02.01.2003"
NOW = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
"""Tuesday 24 November 2026, 08.00 WITA."""


@cache
def cheap_hash(password: str, salt: str = "salt") -> str:
    """As Flask-Security stores it (argon2 over an HMAC with the salt of the settings), at the least cost."""
    signed = base64.b64encode(hmac.new(salt.encode(), password.encode(), hashlib.sha512).digest())
    return str(argon2.using(rounds=1, memory_cost=8, parallelism=1).hash(signed))


class World:
    """`above`: numbers that the names in this database have already, where it is a copy of a template with its own."""

    def __init__(self, session: Session, clock: Clock, *, above: int = 0) -> None:
        self.session = session
        self.clock = clock
        self._count = above

    def _number(self) -> int:
        self._count += 1
        return self._count

    def _add(self, record: Any) -> Any:
        self.session.commit()  # what was read before ends here: SQLite writes into nothing that somebody wrote since
        self.session.add(record)
        self.session.commit()
        return record

    def stay_signed_in(self) -> None:
        """Let the sessions of this test outlive every move of its clock."""
        self.session.commit()
        self.session.execute(update(SignIn).values(idle_seconds=2**31 - 1, ends_at=self.clock.now() + timedelta(3650)))
        self.session.commit()

    def organisation(self, kind: str = "opd", **values: Any) -> Organisation:
        values.setdefault("name", f"Dinas Contoh {self._number()}")
        return self._add(Organisation(kind=kind, **values))

    def office(self) -> Organisation:
        """The communications office, made once."""
        found = self.session.scalar(select(Organisation).where(Organisation.is_office))
        return found or self.organisation(name="Diskominfo", is_office=True)

    def user(self, *roles: Role, organisation: Organisation | None = None, **values: Any) -> User:
        """A person whose password is PASSWORD; of the office unless another organisation is given."""
        number = self._number()
        rows = list(self.session.scalars(select(RoleRow).where(RoleRow.name.in_([str(role) for role in roles]))))
        values.setdefault("username", f"orang{number}")
        values.setdefault("name", f"Orang {number}")
        user = User(
            fs_uniquifier=f"uniq{number}",
            password=cheap_hash(PASSWORD),
            organisation=organisation or self.office(),
            roles=rows,
            created_at=self.clock.now(),
            **values,
        )
        return self._add(user)

    def actor(self, *roles: Role, **values: Any) -> Actor:
        """A new person as the services see them today."""
        return self.actor_of(self.user(*roles, **values))

    def actor_of(self, user: User) -> Actor:
        return actor_of(self.session, user, self.clock.now().astimezone(ZONE).date())

    def campaign(self, **values: Any) -> Campaign:
        values.setdefault("name", f"Program {self._number()}")
        values.setdefault("organisation_id", self.office().id)
        values.setdefault("starts_on", date(2026, 11, 23))
        values.setdefault("ends_on", date(2026, 12, 20))
        values.setdefault("status", "active")
        return self._add(Campaign(created_at=self.clock.now(), **values))

    def outlet(self, kind: str = "x", **values: Any) -> Outlet:
        values.setdefault("name", f"Saluran {self._number()}")
        values.setdefault("organisation_id", self.office().id)
        values.setdefault("status", OutletStatus.CONNECTED)
        return self._add(Outlet(kind=kind, created_at=self.clock.now(), settings=values.pop("settings", {}), **values))

    def post(self, *outlets: Outlet, campaign: Campaign | None = None, **values: Any) -> Post:
        """A draft with a plain text, due in one hour, for these outlets."""
        now = self.clock.now()
        values.setdefault("title", f"Unggahan {self._number()}")
        values.setdefault("text", "Kukar menuju kota cerdas.")
        values.setdefault("scheduled_at", now + timedelta(hours=1))
        values.setdefault("useful_until", now + timedelta(days=3))
        values.setdefault("organisation_id", self.office().id)
        post = Post(
            campaign_id=(campaign or self.campaign()).id,
            created_at=now,
            updated_at=now,
            variants=[Variant(outlet_id=outlet.id) for outlet in outlets],
            **values,
        )
        return self._add(post)

    def kim(self, **values: Any) -> Organisation:
        values.setdefault("name", f"KIM Contoh {self._number()}")
        return self.organisation("kim", **values)

    def village(self, number: int = 0) -> str:
        """The code of a village, by its place in the order of codes."""
        return self.session.scalars(select(Village.code).order_by(Village.code).offset(number).limit(1)).one()

    def event(self, *, starts_in: timedelta = timedelta(days=3), hours: float = 2, **values: Any) -> Event:
        """A planned event of the office in a village; `status` announced sets `announced_at` as well.

        `speakers`: names.
        """
        now = self.clock.now()
        number = self._number()
        values.setdefault("title", f"Kegiatan {number}")
        values.setdefault("kind", EventKind.SOCIALISATION)
        values.setdefault("organisation_id", self.office().id)
        values.setdefault("village_code", self.village())
        values.setdefault("place", f"Balai {number}")
        values.setdefault("starts_at", now + starts_in)
        values.setdefault("ends_at", values["starts_at"] + timedelta(hours=hours))
        values.setdefault("status", EventStatus.PLANNED)
        if values["status"] == EventStatus.ANNOUNCED:
            values.setdefault("announced_at", now)
        speakers = [
            Speaker(position=place, name=name, title="", name_key=name_key(name))
            for place, name in enumerate(values.pop("speakers", ()))
        ]
        return self._add(
            Event(uid=str(uuid.uuid4()), code=new_code(), speakers=speakers, created_at=now, updated_at=now, **values)
        )

    def registration(self, event: Event, name: str = "", **values: Any) -> Registration:
        """Somebody who registered for this event by phone; `status` "waiting" stands on the waiting list."""
        number = self._number()
        phone = values.setdefault("phone", f"+6281200{number:06d}")
        values.setdefault("contact_key", values.get("email") if phone is None else phone)
        values.setdefault("status", RegistrationStatus.REGISTERED)
        now = self.clock.now()
        return self._add(
            Registration(
                event_id=event.id, name=name or f"Warga {number}", queue_no=number, notice="1", consent_at=now,
                registered_at=now, **values,
            )
        )  # fmt: skip

    def report(self, event: Event, **values: Any) -> Report:
        """The report of this event, handed in by nobody in particular; the event's status is set beside."""
        values.setdefault("receipt", f"UJI-{self._number():05d}")
        now = self.clock.now()
        values.setdefault("submitted_at", now)
        event.status = values.pop("status", EventStatus.REPORTED)
        return self._add(
            Report(event_id=event.id, source="web", spj={}, flags=values.pop("flags", []), missing=[], recorded_at=now,
                   **values)
        )  # fmt: skip

    def aspiration(self, event: Event, **values: Any) -> Aspiration:
        """What somebody asked at this event; noted, unless `status` says more."""
        values.setdefault("text", f"Pertanyaan warga {self._number()}")
        return self._add(
            Aspiration(
                event_id=event.id, organisation_id=event.organisation_id, village_code=event.village_code,
                created_at=self.clock.now(), **values,
            )
        )  # fmt: skip

    def group(self, organisation: Organisation | None = None, **values: Any) -> Group:
        """A registered KIM; `village_code` and the other columns of the organisation go to a new organisation."""
        columns = ("name", "village_code", "phone", "email", "active")
        own = {name: values.pop(name) for name in columns if name in values}
        if organisation is None:
            own.setdefault("name", f"KIM Contoh {self._number()}")
            organisation = self.organisation(kind="kim", **own)
        now = self.clock.now()
        given = {"kind": "kim", "created_at": now, "updated_at": now, **values}
        return self._add(Group(organisation=organisation, **given))

    def instrument(self, definition: dict[str, Any] | None = None, *, frozen: bool = True, **values: Any) -> Instrument:
        """An instrument with one version: the sample of tests/survey_sample.py unless another is given."""
        now = self.clock.now()
        values.setdefault("key", f"instrumen-{self._number()}")
        values.setdefault("title", "Pengenalan smart city")
        values.setdefault("organisation_id", self.office().id)
        version = InstrumentVersion(
            number=1, definition=definition or DEFINITION, frozen_at=now if frozen else None, created_at=now,
            updated_at=now,
        )  # fmt: skip
        return self._add(Instrument(created_at=now, versions=[version], **values))

    def wave(
        self, *, instrument: Instrument | None = None, places: dict[str, int | None] | None = None, **values: Any
    ) -> Wave:
        """An open wave of residents that takes every mode. `places`: place → target, with a method "list"."""
        now = self.clock.now()
        values.setdefault("code", f"gelombang{self._number()}")
        values.setdefault("name", f"Survei {self._number()}")
        values.setdefault("organisation_id", self.office().id)
        values.setdefault("modes", [str(mode) for mode in Mode])
        values.setdefault("starts_on", date(2026, 11, 20))
        values.setdefault("ends_on", date(2026, 12, 20))
        values.setdefault("status", "open")
        values.setdefault("opened_at", now - timedelta(days=4) if values["status"] in {"open", "closed"} else None)
        values.setdefault("method", "list" if places else "open")
        rows = [
            WavePlace(place=place, target=target, position=n)
            for n, (place, target) in enumerate((places or {}).items())
        ]
        version = (instrument or self.instrument()).versions[-1]
        return self._add(Wave(instrument_version_id=version.id, places=rows, created_at=now, updated_at=now, **values))

    def response(self, wave: Wave, *, answers: dict[str, Any] | None = None, **values: Any) -> Response:
        """One person's answers, taken in as any other; not counted in the cells yet (responses/tally.py)."""
        now = self.clock.now()
        values.setdefault("uuid", str(uuid.uuid4()))
        values.setdefault("mode", "phone")
        values.setdefault("place", VILLAGE)
        values.setdefault("sex", "f")
        values.setdefault("age_band", "25-34")
        values.setdefault("started_at", now - timedelta(minutes=5))
        values.setdefault("ended_at", now)
        sent = responses.Submission(answers=ANSWERS if answers is None else answers, **values)
        simulated, wave.simulated = wave.simulated, False  # simulated waves take none but their own
        taken = responses.record(self.session, None, wave, sent, now=now)
        wave.simulated = simulated
        self.session.commit()
        return self.session.get_one(Response, taken.uuid)

    def skill(self, name: str = "", **values: Any) -> Skill:
        """Something that people can do."""
        number = self._number()
        values.setdefault("key", f"keterampilan-{number}")
        values.setdefault("group", "Data")
        values.setdefault("position", number)
        return self._add(Skill(name=name or f"Keterampilan {number}", **values))

    def programme(self, *, modules: int = 2, skills: Sequence[tuple[Skill, int]] = (), **values: Any) -> Programme:
        """A programme of the office with modules of two hours; the first leads to `skills` [(skill, level)]."""
        number = self._number()
        now = self.clock.now()
        values.setdefault("key", f"program-{number}")
        values.setdefault("title", f"Pelatihan {number}")
        values.setdefault("organisation_id", self.office().id)
        values.setdefault("min_score", 60)
        rows = [Module(position=place, title=f"Modul {place + 1}", minutes=120) for place in range(modules)]
        if rows:
            rows[0].skills = [ModuleSkill(skill_id=skill.id, level=level) for skill, level in skills]
        return self._add(Programme(created_at=now, updated_at=now, modules=rows, **values))

    def batch(
        self, *, programme: Programme | None = None, trainers: Sequence[User] = (), sessions: int = 0, **values: Any
    ) -> Batch:
        """An open batch that takes who comes first. `sessions`: so many meetings, from tomorrow on, one a day."""
        number = self._number()
        now = self.clock.now()
        programme = programme or self.programme()
        values.setdefault("name", f"Angkatan {number}")
        values.setdefault("code", f"angkatan{number}")
        values.setdefault("organisation_id", self.office().id)
        values.setdefault("starts_on", date(2026, 11, 25))
        values.setdefault("ends_on", values["starts_on"] + timedelta(days=max(sessions - 1, 0)))
        values.setdefault("status", BatchStatus.OPEN)
        values.setdefault("min_score", 60)
        if values["status"] != BatchStatus.DRAFT:
            values.setdefault("opened_at", now)
        people = [BatchTrainer(position=place, user_id=one.id, name=one.name) for place, one in enumerate(trainers)]
        batch = Batch(programme=programme, trainers=people, created_at=now, updated_at=now, **values)
        self._add(batch)
        for place in range(sessions):
            self.session_of(batch, starts_in=timedelta(days=place + 1), position=place)
        return batch

    def session_of(
        self, batch: Batch, *, position: int = 0, module: Module | None = None, **values: Any
    ) -> BatchSession:
        """A meeting of this batch: an announced event, at which its trainers speak."""
        values.setdefault("kind", EventKind.TRAINING)
        values.setdefault("status", EventStatus.ANNOUNCED)
        values.setdefault("title", f"{batch.name}, pertemuan {position + 1}")
        event = self.event(**values)
        event.speakers = [
            Speaker(position=place, name=one.name, title="", name_key=name_key(one.name), user_id=one.user_id)
            for place, one in enumerate(batch.trainers)
        ]
        kept = [one for one in batch.programme.modules if one.archived_at is None]
        module = module or (kept[position] if position < len(kept) else None)
        self.session.commit()  # as in `_add`; made before it, the meeting would stand in `batch.sessions` unsaved
        meeting = BatchSession(
            batch=batch, position=position, module_id=module.id if module else None, event_id=event.id
        )
        self.session.add(meeting)
        self.session.commit()
        return meeting

    def trainee(self, name: str = "", **values: Any) -> Trainee:
        """A person with a phone number, unless it is None."""
        number = self._number()
        now = self.clock.now()
        phone = values.setdefault("phone", f"+6281300{number:06d}")
        values.setdefault("contact_key", values.get("email") if phone is None else phone)
        return self._add(Trainee(name=name or f"Peserta {number}", created_at=now, updated_at=now, **values))

    def enrolment(self, batch: Batch, trainee: Trainee | None = None, **values: Any) -> Enrolment:
        """An accepted participant, with a seat in every session there is."""
        number = self._number()
        now = self.clock.now()
        trainee = trainee or self.trainee()
        values.setdefault("status", EnrolmentStatus.ACCEPTED)
        values.setdefault("notice", "1")
        values.setdefault("consent_at", now)
        values.setdefault("decided_at", now)
        enrolment = self._add(
            Enrolment(batch_id=batch.id, trainee_id=trainee.id, queue_no=number, applied_at=now, **values)
        )
        if enrolment.status == EnrolmentStatus.ACCEPTED:
            for meeting in batch.sessions:
                place = self.registration(
                    meeting.event, trainee.name, phone=trainee.phone, email=trainee.email, sex=trainee.sex,
                    village_code=trainee.village_code,
                )  # fmt: skip
                self._add(Seat(enrolment_id=enrolment.id, session_id=meeting.id, registration_id=place.id))
        return enrolment

    def attended(self, enrolment: Enrolment, *meetings: BatchSession) -> None:
        """This participant was at these sessions, whose events took place."""
        for meeting in meetings:
            seat = self.session.get_one(Seat, (enrolment.id, meeting.id))
            meeting.event.status = EventStatus.HELD
            self._add(
                Attendance(
                    event_id=meeting.event_id, registration_id=seat.registration_id, name=enrolment.trainee.name,
                    method="list", at=self.clock.now(),
                )
            )  # fmt: skip
