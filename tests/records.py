"""One record of every kind that an address can name, belonging to one organisation; used by the walk over the roles.

`RECORDS` is by endpoint, by `room.parameter` or by parameter, as `WHOSE` in app/base/people/roles_table.py.
"""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any

from PIL import Image
from sqlalchemy import select
from werkzeug.routing import Rule

from app.base.areas.models import Connectivity, District, Village
from app.base.confirmations.models import Proposal, ProposalPerson
from app.base.media.models import StoredFile
from app.base.media.storage import Storage
from app.base.notices.models import Notice
from app.base.people.models import Delegation, Organisation, User
from app.evidence.instruments.models import InstrumentVersion
from app.evidence.responses.models import ResponseBurst, ResponseConflict, ResponseImport
from app.evidence.surveys.models import Wave
from app.evidence.surveys.recorded.service import ResultValues, record_result, remove_result
from app.gatherings.communities.models import Group, GroupImport, Membership, RubricScore, RubricVersion
from app.gatherings.events.models import Attendance, Event, EventPhoto
from app.gatherings.reports.models import Aspiration
from app.handover.models import Handover
from app.kernel.roles import SYSTEM, Role
from app.kernel.site import Site
from app.kits.kit import find_kits
from app.learning.assessments.models import Paper, Sitting, Work
from app.learning.certificates.codes import new_code
from app.learning.certificates.models import Certificate
from app.learning.programmes.models import Criterion, ModuleMaterial, Programme
from app.learning.projects.models import Project
from app.learning.skills.models import SkillEvidence
from app.learning.training.models import Batch, Nomination, Trainee
from app.learning.training.participants.tokens import own_token
from app.outreach.campaigns.models import Campaign, Decision, Goal, Service, Spending
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post, PostMedia
from app.outreach.posts.policies import OWNER_STEP
from app.outreach.printing.context import context_of
from app.outreach.printing.models import PrintOrder, PrintPiece, Proof
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.pauses.models import Pause
from app.outreach.publishing.removal.models import Removal
from app.outreach.publishing.self_audit.models import Finding
from app.oversight.commitments.models import Clause, Commitment, Evidence
from app.oversight.insights.models import ImpactFigure
from app.oversight.recaps.evaluations import parts_in
from app.oversight.recaps.models import Evaluation, EvaluationEvidence, EvaluationRow
from config import ROOT
from tests.world import World

_number = count(1)


@dataclass
class Place:
    """The organisation that the records belong to, and its person who asks for them."""

    world: World
    storage: Storage
    organisation: Organisation
    person: User
    kept: dict[str, Any] = field(default_factory=dict)

    def add(self, record: Any) -> Any:
        self.world.session.add(record)
        self.world.session.commit()
        return record

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """A record that may serve several times, since no route changes it."""
        if name not in self.kept:
            self.kept[name] = make()
        return self.kept[name]

    def checked_in(self) -> dict[str, int]:
        event = self.event()
        values = {"name": "Siti", "method": "walk_in", "at": self.world.clock.now()}
        return {"event_id": event.id, "attendance_id": self.add(Attendance(event_id=event.id, **values)).id}

    def speaker(self) -> dict[str, int]:
        event = self.event(speakers=["Budi Santoso"])
        return {"event_id": event.id, "speaker_id": event.speakers[0].id}

    def event_photo(self) -> EventPhoto:
        now = self.world.clock.now()
        event, file = self.event(), self.file()
        return self.add(EventPhoto(event_id=event.id, file_id=file.id, consent_at=now, added_at=now))

    def village(self) -> str:
        return self.once("village", lambda: self.world.session.scalars(select(Village.code).limit(1)).one())

    def district(self) -> str:
        return self.once("district", lambda: self.world.session.scalars(select(District.code).limit(1)).one())

    def service(self) -> Service:
        key = f"layanan-{next(_number)}"
        return self.once("service", lambda: self.add(Service(key=key, name=key, owner_id=self.organisation.id)))

    def campaign(self) -> Campaign:
        return self.world.campaign(organisation_id=self.organisation.id, created_by_id=self.person.id)

    def event(self, **values: Any) -> Event:
        """One that the person made, where that is the only way to keep it."""
        if self.has(Role.TRAINER):
            values.setdefault("created_by_id", self.person.id)
        return self.world.event(organisation_id=self.organisation.id, **values)

    def outlet(self, kind: str = "x") -> Outlet:
        return self.world.outlet(kind, organisation_id=self.organisation.id)

    def answered_outlet(self) -> Outlet:
        """An outlet that the person answers for, where that is the only way to do something about it."""
        outlet = self.outlet()
        if not self.has(Role.EDITOR, Role.ADMIN):
            outlet.responsible_id = self.person.id
            self.world.session.commit()
        return outlet

    def post(self, **values: Any) -> Post:
        values.setdefault("organisation_id", self.organisation.id)
        return self.world.post(self.outlet(), campaign=self.campaign(), service_id=self.service().id, **values)

    def waiting_post(self) -> Post:
        """Waits for a kabid, or for the OPD that owns its service where a contact of that OPD asks for it."""
        step = OWNER_STEP if self.has(Role.OPD_CONTACT) else "kabid"
        now = self.world.clock.now()
        return self.post(status="in_review", round=1, steps=[step], waiting_for=step, submitted_at=now)

    def has(self, *roles: Role) -> bool:
        return any(row.name in roles for row in self.person.roles)

    def registration(self, status: str = "registered") -> dict[str, int]:
        event = self.event(status="announced", registration=True)
        return {"event_id": event.id, "registration_id": self.world.registration(event, status=status).id}

    def goal(self) -> dict[str, int]:
        campaign = self.campaign()
        return {"campaign_id": campaign.id, "goal_id": self.add(Goal(campaign_id=campaign.id, measure="Uji")).id}

    def spending(self) -> dict[str, int]:
        campaign = self.campaign()
        values = {"spent_on": date(2026, 11, 23), "amount": 1, "note": "Uji", "recorded_at": self.world.clock.now()}
        return {"campaign_id": campaign.id, "spending_id": self.add(Spending(campaign_id=campaign.id, **values)).id}

    def decision(self) -> dict[str, int]:
        """One that the person answers for."""
        campaign, now = self.campaign(), self.world.clock.now()
        made = Decision(
            campaign_id=campaign.id, text="Uji", owner_id=self.person.id, due_on=date(2026, 12, 1),
            decided_on=date(2026, 11, 23), recorded_at=now,
        )  # fmt: skip
        return {"campaign_id": campaign.id, "decision_id": self.add(made).id}

    def impact_figure(self) -> dict[str, int]:
        campaign, now = self.campaign(), self.world.clock.now()
        values = {"what": "Uji", "value": 1, "on": date(2026, 11, 23), "source": "Uji", "recorded_at": now}
        return {"campaign_id": campaign.id, "figure_id": self.add(ImpactFigure(campaign_id=campaign.id, **values)).id}

    def evaluation_row(self) -> EvaluationRow:
        now = self.world.clock.now()
        if self.world.session.get(Evaluation, 2026) is None:
            self.add(Evaluation(year=2026, parts=parts_in(2026), updated_at=now))
        values = {"year": 2026, "dimension_key": "smart-governance", "created_at": now, "updated_at": now}
        return self.add(EvaluationRow(title="Uji", **values))

    def evaluation_file(self) -> dict[str, int]:
        row = self.evaluation_row()
        made = EvaluationEvidence(row_id=row.id, part="baseline", title="Uji", file_id=self.file().id)
        return {"row_id": row.id, "evidence_id": self.add(made).id}

    def commitment(self) -> Commitment:
        """With a clause of the organisation."""
        now = self.world.clock.now()
        held = self.add(Commitment(kind="decree", title="Uji", file_id=self.file().id, created_at=now))
        self.clause(held)
        return held

    def clause(self, held: Commitment | None = None, **values: Any) -> Clause:
        """One that the person answers for."""
        held = held or self.add(Commitment(kind="decree", title="Uji", created_at=self.world.clock.now()))
        owner = {"organisation_id": self.organisation.id, "person_id": self.person.id}
        return self.add(Clause(commitment_id=held.id, position=1, text="Uji", **owner, **values))

    def proof_of_clause(self) -> Evidence:
        values = {"kind": "file", "what": "Uji", "file_id": self.file().id, "added_at": self.world.clock.now()}
        return self.add(Evidence(clause_id=self.clause().id, **values))

    def delivery(self) -> Delivery:
        """Of an outlet that the person answers for, where that is the only way to decide about it."""
        now, post = self.world.clock.now(), self.post(status="approved")
        if self.has(Role.APPROVER, Role.OPD_CONTACT):
            post.variants[0].outlet.responsible_id = self.person.id
            self.world.session.commit()
        values = {"content_hash": "x", "payload": {"text": "x", "files": []}, "due_at": now, "wake_at": now}
        outlet_id = post.variants[0].outlet_id
        return self.add(Delivery(post_id=post.id, outlet_id=outlet_id, created_at=now, **values))

    def pause(self) -> Pause:
        """Of the organisation's posts, made a moment ago by the person."""
        made = {"by_id": self.person.id, "by_name": self.person.name, "started_at": self.world.clock.now()}
        return self.add(Pause(scope="organisation", organisation_id=self.organisation.id, reason="mistake", **made))

    def delivery_to_remove(self) -> Delivery:
        delivery, now = self.delivery(), self.world.clock.now()
        asked = {"asked_by_name": "Uji", "asked_at": now, "wake_at": now, "tries": 0, "lookups": 0}
        self.add(Removal(delivery_id=delivery.id, state="task", reason="mistake", **asked))
        return delivery

    def finding(self) -> Finding:
        return self.add(Finding(kind="no_receipt", delivery_id=self.delivery().id, found_at=self.world.clock.now()))

    def delivery_with_file(self) -> dict[str, int]:
        delivery, file = self.delivery(), self.file()
        delivery.payload = {**delivery.payload, "files": [{"id": file.id, "alt": "Gambar"}]}
        self.world.session.commit()
        return {"delivery_id": delivery.id, "file_id": file.id}

    def file(self, *, mine: bool = False) -> StoredFile:
        """A picture; `mine`: uploaded by the person."""
        picture = io.BytesIO()
        Image.new("RGB", (40, 30), (next(_number) % 256, 90, 60)).save(picture, "PNG")
        data = picture.getvalue()
        self.storage.put(data)
        return self.add(
            StoredFile(
                sha256=hashlib.sha256(data).hexdigest(),
                mime="image/png",
                size=len(data),
                width=40,
                height=30,
                name="gambar.png",
                alt_text="Gambar",
                uploaded_by_id=self.person.id if mine else None,
                organisation_id=self.organisation.id,
                created_at=self.world.clock.now(),
            )
        )

    def post_with_picture(self) -> dict[str, int]:
        post, file = self.post(), self.file()
        self.add(PostMedia(post_id=post.id, file_id=file.id))
        return {"post_id": post.id, "file_id": file.id}

    def post_with_piece(self) -> dict[str, int]:
        post, piece = self.post(), self.piece()
        post.variants[0].piece_id = piece.id
        self.world.session.commit()
        return {"post_id": post.id, "piece_id": piece.id}

    def aspiration(self, **values: Any) -> Aspiration:
        """Asked of the organisation's OPD where a contact of it is to answer."""
        if self.has(Role.OPD_CONTACT):
            values |= {"opd_id": self.organisation.id, "status": "routed", "due_on": date(2026, 12, 14)}
        return self.world.aspiration(self.event(status="held"), **values)

    def piece(self) -> PrintPiece:
        now, campaign = self.world.clock.now(), self.campaign()
        return self.add(
            PrintPiece(
                campaign_id=campaign.id,
                context=context_of(self.world.session, campaign.id),
                organisation_id=self.organisation.id,
                kind="poster",
                title="Poster",
                content={"headline": "Judul", "body": "Isi."},
                created_at=now,
                updated_at=now,
            )
        )

    def order(self, **values: Any) -> PrintOrder:
        outlet, now = self.outlet("printer"), self.world.clock.now()
        return self.add(PrintOrder(piece_id=self.piece().id, outlet_id=outlet.id, copies=10, ordered_at=now, **values))

    def proof(self) -> Proof:
        values = {"placed_on": date(2026, 11, 23), "copies": 1, "recorded_at": self.world.clock.now()}
        person = self.person.id
        return self.add(Proof(piece_id=self.piece().id, photo_id=self.file().id, recorded_by_id=person, **values))

    def group(self, **values: Any) -> Group:
        """The organisation of the records as a group."""
        return self.once("group", lambda: self.world.group(self.organisation, **values))

    def group_with_decree(self) -> int:
        group = self.group()
        group.decree_file_id = self.file().id
        self.world.session.commit()
        return group.organisation_id

    def group_member(self) -> dict[str, int]:
        member = self.add(Membership(group_id=self.group().organisation_id, name=f"Orang {next(_number)}"))
        return {"organisation_id": member.group_id, "member_id": member.id}

    def group_score(self) -> dict[str, int]:
        now = self.world.clock.now()
        rubric = self.once("rubric", lambda: self.add(RubricVersion(criteria=[], levels=[], created_at=now)))
        values = {"scored_on": date(2026, 11, 23), "scores": {}, "percent": 0.0, "level": "Rintisan"}
        group_id = self.group().organisation_id
        score = self.add(RubricScore(group_id=group_id, rubric_id=rubric.id, created_at=now, **values))
        return {"organisation_id": group_id, "score_id": score.id}

    def group_import(self) -> int:
        return self.add(GroupImport(file_name="daftar.csv", rows=[], created_at=self.world.clock.now())).id

    def recorded_result(self, *, removed: bool = False) -> int:
        """A survey that was done elsewhere; `removed`: there was one, and its removal can be undone."""
        values = ResultValues(
            "Tinjauan", date(2021, 1, 1), organisation_id=self.organisation.id, finding="x", source="x"
        )
        now = self.world.clock.now()
        today = now.date()
        result = record_result(self.world.session, SYSTEM, values, today=today, now=now)
        if removed:
            remove_result(self.world.session, SYSTEM, result.id, now=now)
        elif result.file_id is None:
            result.file_id = self.file().id
        self.world.session.commit()
        return result.id

    def wave(self) -> Wave:
        """An open survey that takes answers in every way."""
        return self.world.wave(organisation_id=self.organisation.id)

    def instrument(self, **values: Any) -> Any:
        return self.world.instrument(organisation_id=self.organisation.id, **values)

    def second_version(self) -> int:
        """A draft beside a frozen version."""
        instrument, now = self.instrument(), self.world.clock.now()
        definition = instrument.versions[0].definition
        times = {"created_at": now, "updated_at": now}
        draft = self.add(InstrumentVersion(instrument_id=instrument.id, number=2, definition=definition, **times))
        self.world.session.expunge(draft)  # the page throws it away, and the next one may get its number
        return int(draft.id)

    def answer(self) -> dict[str, Any]:
        wave = self.wave()
        return {"wave_id": wave.id, "answer_id": self.world.response(wave).uuid}

    def burst(self) -> dict[str, Any]:
        wave = self.wave()
        number = f"{wave.id:032d}"
        self.add(ResponseBurst(id=number, wave_id=wave.id, kind="address", mark="m", began_at=self.world.clock.now()))
        row = self.world.response(wave)
        row.burst_id, row.held, row.set_aside = number, True, "ditahan"
        self.world.session.commit()
        return {"wave_id": wave.id, "burst_id": number}

    def typed_twice(self) -> dict[str, int]:
        wave = self.wave()
        row = self.world.response(wave, sheet=1, mode="paper")
        payload = {"place": row.place, "sex": "m", "age_band": row.age_band, "answers": row.answers}
        other = ResponseConflict(
            uuid=row.uuid, wave_id=wave.id, mode="paper", content_hash="other", payload=payload,
            received_at=self.world.clock.now(),
        )  # fmt: skip
        return {"wave_id": wave.id, "conflict_id": self.add(other).id}

    def answers_file(self, status: str = "uploaded") -> int:
        values = {"file_name": "a.csv", "path": "/nowhere/a.upload", "created_at": self.world.clock.now()}
        return self.add(ResponseImport(wave_id=self.wave().id, status=status, rows=1, summary={}, **values)).id

    def programme(self) -> Programme:
        return self.world.programme(organisation_id=self.organisation.id)

    def material(self) -> ModuleMaterial:
        module = self.programme().modules[0]
        return self.add(ModuleMaterial(module_id=module.id, title="Paparan", file_id=self.file().id))

    def criterion(self) -> Criterion:
        return self.add(Criterion(programme_id=self.programme().id, title="Berjalan"))

    def batch(self, **values: Any) -> Batch:
        """Of the organisation, made by its person."""
        return self.world.batch(organisation_id=self.organisation.id, created_by_id=self.person.id, **values)

    def person_taught(self) -> Trainee:
        """Of a batch of the organisation."""
        batch = self.once("batch taught", self.batch)
        return self.world.enrolment(batch).trainee

    def own_link(self) -> str:
        """Of a participant's own page, as the application of the tests signs it."""
        self.world.session.info["site"] = Site(secret_key="a-secret-key-for-tests-only-0123456789")
        return own_token(self.world.session, self.person_taught())

    def participant(self, admission: str = "open") -> dict[str, int]:
        batch = self.batch(admission=admission)
        return {"batch_id": batch.id, "enrolment_id": self.world.enrolment(batch).id}

    def nomination(self) -> dict[str, int]:
        made = self.participant()
        values = {"letter_file_id": self.file().id, "created_at": self.world.clock.now()}
        letter = Nomination(batch_id=made["batch_id"], organisation_id=self.organisation.id, **values)
        return {"batch_id": made["batch_id"], "nomination_id": self.add(letter).id}

    def stranger(self) -> dict[str, int]:
        made = self.participant()
        meeting = self.world.session_of(self.world.session.get_one(Batch, made["batch_id"]))
        values = {"name": "Siti", "method": "walk_in", "at": self.world.clock.now()}
        attendance = self.add(Attendance(event_id=meeting.event_id, **values))
        return {"batch_id": made["batch_id"], "attendance_id": attendance.id}

    def work_handed_in(self) -> dict[str, int]:
        batch = self.batch()
        enrolment = self.world.enrolment(batch)
        values = {"title": "Situs", "file_id": self.file().id, "updated_at": self.world.clock.now()}
        self.add(Work(enrolment_id=enrolment.id, handed_in_at=values["updated_at"], **values))
        return {"batch_id": batch.id, "enrolment_id": enrolment.id}

    def skill_seen(self) -> dict[str, int]:
        person, now = self.person_taught(), self.world.clock.now()
        skill = self.once("skill", self.world.skill)
        values = {"level": 2, "kind": "observed", "on": date(2026, 11, 23), "created_at": now}
        row = self.add(SkillEvidence(trainee_id=person.id, skill_id=skill.id, **values))
        return {"trainee_id": person.id, "evidence_id": row.id}

    def project(self) -> Project:
        """Of the organisation of the records, as an OPD and as a community."""
        now, mine = self.world.clock.now(), self.organisation.id
        values = {"name": "Aplikasi", "organisation_id": mine, "group_id": mine, "status_on": date(2026, 11, 23)}
        return self.add(Project(created_at=now, updated_at=now, **values))

    def paper(self) -> Paper:
        """The test before of an open batch."""
        batch, now = self.batch(), self.world.clock.now()
        version = self.instrument(audience="trainees").versions[0]
        values = {"kind": "pre", "instrument_version_id": version.id, "most": 5, "opens_at": now, "created_at": now}
        return self.add(Paper(batch_id=batch.id, **values))

    def sitting(self) -> dict[str, int]:
        paper, now = self.paper(), self.world.clock.now()
        enrolment = self.world.enrolment(self.world.session.get_one(Batch, paper.batch_id))
        values = {"score": 3, "most": 5, "by_hand": True, "handed_in_at": now}
        self.add(Sitting(paper_id=paper.id, enrolment_id=enrolment.id, answers={}, **values))
        return {"paper_id": paper.id, "enrolment_id": enrolment.id}

    def notice(self) -> Notice:
        key, now = f"n{next(_number)}", self.world.clock.now()
        values = {"kind": "test", "subject": "Uji", "body": "Uji", "dedupe_key": key, "created_at": now}
        return self.add(Notice(user_id=self.person.id, **values))

    def member(self) -> User:
        return self.world.user(organisation=self.organisation)

    def delegation(self) -> Delegation:
        days = {"starts_on": date(2026, 11, 24), "ends_on": date(2026, 11, 24) + timedelta(days=3)}
        return self.add(Delegation(kind="plh", from_user_id=self.person.id, to_user_id=self.member().id, **days))

    def handover(self) -> Handover:
        """One that is done, from this person to another."""
        now, to = self.world.clock.now(), self.member()
        return self.add(
            Handover(
                from_user_id=self.person.id, to_user_id=to.id, from_name=self.person.name, from_title="Staf",
                to_name=to.name, to_title="Staf", status="done", moved=[], asked_by_id=to.id, asked_at=now, done_at=now,
            )
        )  # fmt: skip

    def proposal(self) -> Proposal:
        """A change that waits for a second person, about this person."""
        now, asker = self.world.clock.now(), self.member()
        return self.add(
            Proposal(
                kind="new_password", about="users", subject_id=self.person.id, values={}, standing={"active": True},
                title="Kata sandi baru", changes=[], reason="Uji", asked_by_id=asker.id, asked_by_name=asker.name,
                asked_at=now, due_at=now + timedelta(hours=1), people=[ProposalPerson(user_id=self.person.id)],
            )
        )  # fmt: skip

    def certificate(self) -> dict[str, int]:
        """A valid one, of a finished batch of the organisation."""
        now, number = self.world.clock.now(), next(_number)
        batch = self.batch(status="finished")
        enrolment = self.world.enrolment(batch)
        signer = {"name": "A", "title": "B", "city": "C", "number": ""}
        office = {"name": "D", "regency": "E", "address": "", "phone": "", "email": ""}
        facts = {
            "programme": "Pelatihan", "batch": batch.name, "starts_on": "2026-11-01", "ends_on": "2026-11-02",
            "minutes": 60, "modules": [], "skills": [], "organiser": "D", "regency": "E", "office": office,
            "signer": signer, "day": "2026-11-24", "simulated": False,
        }  # fmt: skip
        made = Certificate(
            number=f"{number:04d}/UJI/2026", code=new_code(), batch_id=batch.id, enrolment_id=enrolment.id,
            trainee_id=enrolment.trainee_id, name="Siti", facts=facts, issued_on=now.date(), issued_at=now,
        )  # fmt: skip
        return {"batch_id": batch.id, "enrolment_id": enrolment.id, "certificate_id": self.add(made).id}

    def connectivity(self) -> Connectivity:
        text = f"uji {next(_number)}"
        values = {"as_of": date(2026, 1, 1), "status": "none", "status_text": text, "source": "Uji"}
        return self.add(Connectivity(village_code=self.village(), **values))


RECORDS: dict[str, Callable[[Place], Any]] = {
    "assessments.enter_work": lambda place: place.work_handed_in(),
    "assessments.work": lambda place: place.work_handed_in(),
    "assessments.work_file": lambda place: place.work_handed_in(),
    "outlets.mended": lambda place: place.answered_outlet().id,
    "assessments.work_mark": lambda place: place.work_handed_in(),
    "assessments.work_give_back": lambda place: place.work_handed_in(),
    "assessments.enter": lambda place: place.sitting(),
    "assessments.paper_id": lambda place: place.paper().id,
    "assessments.remove": lambda place: place.sitting(),
    "assessments.sitting": lambda place: place.sitting(),
    "project_id": lambda place: place.project().id,
    "programme_id": lambda place: place.programme().id,
    "module_id": lambda place: place.programme().modules[0].id,
    "material_id": lambda place: place.material().id,
    "criterion_id": lambda place: place.criterion().id,
    "skill_id": lambda place: place.world.skill().id,
    "aspiration_id": lambda place: place.aspiration().id,
    "reports.aspiration_told_back": lambda place: place.aspiration(status="answered", answer="Ya.").id,
    "reports.edit": lambda place: place.world.report(place.event(status="held")).event_id,
    "reports.pdf": lambda place: place.world.report(place.event(status="reported")).event_id,
    "reports.verify": lambda place: place.world.report(place.event(status="reported")).event_id,
    "campaign_id": lambda place: place.campaign().id,
    "certificates.batch_id": lambda place: place.certificate()["batch_id"],
    "certificates.certificate_id": lambda place: place.certificate()["certificate_id"],
    "certificates.enrolment_id": lambda place: place.certificate()["enrolment_id"],
    "communities.complete": lambda place: place.world.organisation(kind="kim").id,
    "communities.decree": lambda place: place.group_with_decree(),
    "communities.import_id": lambda place: place.group_import(),
    "communities.organisation_id": lambda place: place.group().organisation_id,
    "member_id": lambda place: place.group_member(),
    "score_id": lambda place: place.group_score(),
    "delegation_id": lambda place: place.delegation().id,
    "handover_id": lambda place: place.handover().id,
    "proposal_id": lambda place: place.proposal().id,
    "pause_id": lambda place: place.pause().id,
    "publishing.settle_removal": lambda place: place.delivery_to_remove().id,
    "finding_id": lambda place: place.finding().id,
    "delivery_id": lambda place: place.delivery().id,
    "areas.code": lambda place: place.village(),
    "areas.district": lambda place: place.district(),
    "areas.population": lambda place: place.district(),
    "areas.village_populations": lambda place: place.district(),
    "event_id": lambda place: place.event().id,
    "events.registration_accept": lambda place: place.registration("held"),
    "events.registrations_decide": lambda place: place.registration("held")["event_id"],
    "events.registration_cancel": lambda place: place.registration(),
    "events.registration_link": lambda place: place.registration(),
    "events.registration_told": lambda place: place.registration(),
    "attendance.tick": lambda place: place.registration(),
    "attendance.tick_speaker": lambda place: place.speaker(),
    "batch_id": lambda place: place.participant()["batch_id"],
    "training.participant": lambda place: place.participant(),
    "training.participant_edit": lambda place: place.participant(),
    "training.participant_link": lambda place: place.participant(),
    "training.participant_told": lambda place: place.participant(),
    "training.participant_match": lambda place: place.stranger(),
    "training.batch_calendar": lambda place: place.participant("both")["batch_id"],
    "training.sessions": lambda place: place.participant("both")["batch_id"],
    "training.show": lambda place: place.participant("both")["batch_id"],
    "training.nominations": lambda place: place.participant("both")["batch_id"],
    "training.nominate": lambda place: place.participant("both")["batch_id"],
    "training.nominated": lambda place: place.participant("both")["batch_id"],
    "training.letter": lambda place: place.nomination(),
    "training.own_connect": lambda place: place.own_link(),
    "attendance.untick": lambda place: place.checked_in(),
    "file_id": lambda place: place.file().id,
    "key": lambda place: place.file(mine=True).key,
    "clause_id": lambda place: place.clause().id,
    "commitment_id": lambda place: place.commitment().id,
    "commitments.evidence_id": lambda place: place.proof_of_clause().id,
    "decision_id": lambda place: place.decision(),
    "recaps.row_id": lambda place: place.evaluation_row().id,
    "recaps.evidence_id": lambda place: place.evaluation_file(),
    "figure_id": lambda place: place.impact_figure(),
    "goal_id": lambda place: place.goal(),
    "instrument_id": lambda place: place.instrument().id,
    "version_id": lambda place: place.instrument(frozen=False).versions[0].id,
    "instruments.discard_version": lambda place: place.second_version(),
    "kits.name": lambda place: find_kits(ROOT / "campaigns")[0].name,
    "notice_id": lambda place: place.notice().id,
    "order_id": lambda place: place.order().id,
    "organisation_id": lambda place: place.world.organisation(parent_id=place.organisation.id, kind="bidang").id,
    "outlet_id": lambda place: place.outlet().id,
    "photo_id": lambda place: place.event_photo().id,
    "piece_id": lambda place: place.piece().id,
    "post_id": lambda place: place.post().id,
    "posts.approve": lambda place: place.waiting_post().id,
    "posts.picture": lambda place: place.post_with_picture(),
    "posts.piece_page": lambda place: place.post_with_piece(),
    "posts.return": lambda place: place.waiting_post().id,
    "posts.review": lambda place: place.waiting_post().id,
    "posts.withdraw": lambda place: place.post(status="in_review", author_id=place.person.id).id,
    "printing.sent_pdf": lambda place: place.order(pdf_id=place.file().id).id,
    "proof_id": lambda place: place.proof().id,
    "areas.record_id": lambda place: place.connectivity().id,
    "publishing.file": lambda place: place.delivery_with_file(),
    "answer_id": lambda place: place.answer(),
    "burst_id": lambda place: place.burst(),
    "conflict_id": lambda place: place.typed_twice(),
    "responses.upload_id": lambda place: place.answers_file(),
    "responses.import_take": lambda place: place.answers_file("checked"),
    "responses.import_undo": lambda place: place.answers_file("done"),
    "results.ending": lambda _place: "csv",
    "wave_id": lambda place: place.wave().id,
    "result_id": lambda place: place.recorded_result(),
    "surveys.restore_result": lambda place: place.recorded_result(removed=True),
    "service_id": lambda place: place.service().id,
    "skills.trainee_id": lambda place: place.person_taught().id,
    "skills.evidence_id": lambda place: place.skill_seen(),
    "spending_id": lambda place: place.spending(),
    "user_id": lambda place: place.member().id,
}
"""A builder gives the value, or a mapping of several parameters that belong together."""

CHOICES: dict[str, Any] = {
    "paper_kind": "pre",
    "form": "pdf",
    "kind": "poster",
    "number": 1,
    "part": "baseline",
    "period": "2026",
    "deed": "sudah",
    "verb": "tahan",
    "year": 2026,
}
"""Parameters that name no record."""

FIELDS: dict[str, dict[str, str]] = {
    "instruments.discard_version": {"seen": "1"},
    # where the form is looked at before the record: an empty one would never get as far
    "areas.population": {"population": "10", "source": "Uji"},
    "areas.record": {"status": "none", "status_text": "Uji", "year": "2026", "source": "Uji"},
    "campaigns.move_status": {"status": "active"},
    "printing.withdraw": {"reason": "Salah desa"},
    "publishing.move_spaced": {"seen": "queued", "at": "2026-11-25T09:00"},
    "events.registrations_decide": {"decision": "accept"},
    "responses.decide_burst": {"decision": "accept"},
    "posts.save": {"campaign_id": "1", "title": "Uji", "text": "Uji", "version": "1"},
    "posts.reschedule": {"scheduled_at": "2026-11-25T09:00", "useful_until": "2026-11-26T09:00"},
}


def parameters(rule: Rule) -> set[str]:
    """The parameters of an address that name records."""
    return {str(name) for name in rule.arguments} - set(CHOICES)


def anything_for(rule: Rule) -> dict[str, Any]:
    """Values that only fit the address."""
    return {str(name): CHOICES.get(str(name), 1) for name in rule.arguments}


def values_of(rule: Rule, place: Place) -> dict[str, Any]:
    """A value for every parameter of the address. A parameter that nobody described fails the walk."""
    place.world.session.commit()  # let go of the snapshot: the application has written meanwhile
    values: dict[str, Any] = {name: CHOICES[name] for name in rule.arguments if name in CHOICES}
    room = rule.endpoint.partition(".")[0]
    # a builder of several values comes first: those that stand alone would name another record
    for name in sorted(
        parameters(rule),
        key=lambda name: name not in {"decision_id", "figure_id", "goal_id", "spending_id", "member_id", "score_id"},
    ):
        if name in values:
            continue
        make = next((RECORDS[key] for key in (rule.endpoint, f"{room}.{name}", name) if key in RECORDS), None)
        assert make, f"{rule.endpoint}: say in tests/records.py and app/base/people/roles_table.py what “{name}” names"
        made = make(place)
        values |= made if isinstance(made, dict) else {name: made}
    return values
