"""Planning a batch, changing it, opening it, and everything that must not be stored."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.gatherings.events.models import EventStatus
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.roles import SYSTEM, Actor, Role
from app.learning.training.batches import service as batches
from app.learning.training.batches.copies import copy_batch
from app.learning.training.batches.finishing import FINISHED, RESUMED, finish, reopen_finished
from app.learning.training.batches.openings import list_missing
from app.learning.training.batches.service import CriterionPlan, QuotaPlan, TrainerPlan, plan_of
from app.learning.training.models import Batch, BatchStatus, EnrolmentStatus
from app.learning.training.sessions.service import add_session
from tests.slots import holding
from tests.training.plans import FIRST, a_batch, a_session
from tests.world import World


@pytest.fixture
def office(world: World) -> Actor:
    return world.actor(Role.EDITOR)


def planned(world: World, actor: Actor = SYSTEM, **values: Any) -> Batch:
    batch = batches.plan(world.session, actor, a_batch(world, **values), now=world.clock.now())
    world.session.commit()
    return batch


def edited(world: World, batch: Batch, actor: Actor = SYSTEM, **values: Any) -> Batch:
    return batches.edit(
        world.session, actor, batch.id, replace(plan_of(batch), **values), version=batch.version, now=world.clock.now()
    )


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "training_batches")))


def test_a_plan_is_kept_as_it_was_entered(world: World, session: Session, office: Actor) -> None:
    trainer = world.user(Role.TRAINER, name="Siti Rahma")
    values = a_batch(
        world, selection=True, criteria=[CriterionPlan("Pengalaman", 10), CriterionPlan("Alasan ikut", 5)],
        quotas=[QuotaPlan("sex", "f", least=8), QuotaPlan("district", "64.02.01", most=5)],
        trainers=[TrainerPlan("", "", trainer.id), TrainerPlan("Ahmad Yani")],
        register_until=datetime(2026, 11, 30, 8, 0, tzinfo=UTC),
    )  # fmt: skip
    batch = batches.plan(session, office, values, now=world.clock.now())
    session.commit()
    assert (batch.status, batch.capacity, len(batch.code)) == (BatchStatus.DRAFT, 25, 8)
    assert [one.name for one in batch.trainers] == ["Siti Rahma", "Ahmad Yani"]
    assert [(one["text"], one["most"]) for one in batch.criteria] == [("Pengalaman", 10), ("Alasan ikut", 5)]
    assert len({one["key"] for one in batch.criteria}) == 2
    assert [(one.kind, one.key, one.most, one.least) for one in batch.quotas] == [
        ("sex", "f", None, 8), ("district", "64.02.01", 5, None)
    ]  # fmt: skip
    assert actions(session) == ["batch.planned"]


LONG = "a" * 201
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name": "  "}, "name"),
    ({"name": LONG}, "name"),
    ({"programme_id": 999_999}, "programme_id"),
    ({"programme_id": None}, "programme_id"),
    ({"starts_on": None}, "starts_on"),
    ({"starts_on": date(1026, 12, 1)}, "starts_on"),
    ({"ends_on": FIRST - timedelta(days=1)}, "ends_on"),
    ({"ends_on": FIRST + timedelta(days=400)}, "ends_on"),
    ({"register_until": datetime(2026, 12, 16, 9, 0, tzinfo=UTC)}, "register_until"),
    ({"capacity": 0}, "capacity"),
    ({"capacity": None}, "capacity"),
    ({"per_opd": 26}, "per_opd"),
    ({"per_village": 0}, "per_village"),
    ({"village_code": None, "place": "", "link": ""}, "place"),
    ({"village_code": "64.02.99.9999"}, "village_code"),
    ({"link": "javascript:alert(1)"}, "link"),
    ({"link": "https://contoh id"}, "link"),
    ({"admission": "everybody"}, "admission"),
    ({"score_from": "luck"}, "score_from"),
    ({"min_attendance": 101}, "min_attendance"),
    ({"min_attendance": None}, "min_attendance"),
    ({"min_score": -1}, "min_score"),
    ({"work_share": 200}, "work_share"),
    ({"campaign_id": 999_999}, "campaign_id"),
    ({"trainers": [TrainerPlan("", user_id=999_999)]}, "trainers"),
    ({"trainers": [TrainerPlan("  ")]}, "trainers"),
    ({"criteria": [CriterionPlan("", 10)]}, "criteria"),
    ({"criteria": [CriterionPlan("Alasan", 0)]}, "criteria"),
    ({"quotas": [QuotaPlan("sex", "f", most=5), QuotaPlan("sex", "f", least=2)]}, "quotas"),
    ({"quotas": [QuotaPlan("sex", "x", most=5)]}, "quotas"),
    ({"quotas": [QuotaPlan("opd", "999999", most=5)]}, "quotas"),
    ({"quotas": [QuotaPlan("opd", "9" * 30, most=5)]}, "quotas"),
    ({"quotas": [QuotaPlan("planet", "3", most=5)]}, "quotas"),
    ({"quotas": [QuotaPlan("sex", "f")]}, "quotas"),
    ({"quotas": [QuotaPlan("sex", "f", most=-1)]}, "quotas"),
    ({"quotas": [QuotaPlan("sex", "f", most=3, least=4)]}, "quotas"),
    ({"quotas": [QuotaPlan("sex", "f", least=26)]}, "quotas"),
    ({"quotas": [QuotaPlan("sex", "f", least=15), QuotaPlan("sex", "m", least=11)]}, "quotas"),
]


@pytest.mark.one_database
@pytest.mark.parametrize(("values", "field"), WRONG, ids=[f"{field}-{n}" for n, (_v, field) in enumerate(WRONG)])
def test_what_cannot_be_stored_is_said_at_its_field(world: World, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as error:
        batches.plan(world.session, SYSTEM, replace(a_batch(world), **values), now=world.clock.now())
    assert error.value.field == field


def test_an_archived_programme_takes_no_new_batch_and_keeps_its_own(world: World, session: Session) -> None:
    batch = planned(world)
    batch.programme.archived_at = world.clock.now()
    session.commit()
    assert edited(world, batch, name="Angkatan II").name == "Angkatan II"
    with pytest.raises(Invalid, match="Pilih program"):
        planned(world, programme=batch.programme)


def test_an_opd_plans_for_itself_only(world: World) -> None:
    opd = world.organisation(name="Dinas Kesehatan")
    actor = world.actor(Role.TRAINER, organisation=opd)
    assert planned(world, actor, organisation_id=opd.id).organisation_id == opd.id
    with pytest.raises(Forbidden):
        planned(world, actor)


def test_a_trainer_from_elsewhere_changes_the_batch_that_names_them(world: World) -> None:
    user = world.user(Role.TRAINER, organisation=world.organisation())
    batch = planned(world, trainers=[TrainerPlan("", user_id=user.id)])
    assert edited(world, batch, world.actor_of(user), capacity=30).capacity == 30
    stranger = world.actor(Role.TRAINER, organisation=world.organisation())
    with pytest.raises(NotFound):
        edited(world, batch, stranger, capacity=31)


def test_saving_over_what_somebody_else_saved_is_stale(world: World, session: Session) -> None:
    batch = planned(world)
    seen = batch.version
    edited(world, batch, name="Angkatan A")
    session.commit()
    with pytest.raises(Stale):
        batches.edit(session, SYSTEM, batch.id, plan_of(batch), version=seen, now=world.clock.now())


def test_saving_without_a_change_leaves_no_trace(world: World, session: Session) -> None:
    batch = planned(world, quotas=[QuotaPlan("sex", "f", least=3)], criteria=[CriterionPlan("Alasan", 5)])
    edited(world, batch)
    assert actions(session) == ["batch.planned"]


def test_a_quota_may_change_in_place(world: World, session: Session) -> None:
    batch = planned(world, quotas=[QuotaPlan("sex", "f", least=3), QuotaPlan("sex", "m", most=9)])
    edited(world, batch, quotas=[QuotaPlan("sex", "m", most=8), QuotaPlan("sex", "f", least=4)])
    session.commit()
    session.refresh(batch)
    assert {(one.key, one.most, one.least) for one in batch.quotas} == {("f", None, 4), ("m", 8, None)}


def test_a_criterion_keeps_its_key_and_a_new_one_gets_one_that_was_never_given(world: World) -> None:
    batch = planned(world, criteria=[CriterionPlan("Pengalaman", 10), CriterionPlan("Alasan", 5)])
    kept = plan_of(batch).criteria[1]
    edited(world, batch, criteria=[replace(kept, most=7), CriterionPlan("Perangkat", 3, key="u1")])
    assert batch.criteria[0] == {"key": kept.key, "text": "Alasan", "most": 7}
    assert batch.criteria[1]["key"] not in ("u1", kept.key)


def test_fewer_places_than_are_taken_are_refused(world: World) -> None:
    batch = world.batch(capacity=3)
    for _each in range(2):
        world.enrolment(batch)
    with pytest.raises(Invalid, match="Sudah 2 peserta") as error:
        edited(world, batch, capacity=1, place="Balai")
    assert error.value.field == "capacity"


def test_more_places_call_those_who_wait(world: World, session: Session) -> None:
    batch = world.batch(capacity=1, sessions=1, place="Balai")
    world.enrolment(batch)
    waiting = world.enrolment(batch, status=EnrolmentStatus.WAITING)
    edited(world, batch, capacity=2)
    session.commit()
    assert waiting.status == EnrolmentStatus.ACCEPTED


def test_the_programme_stays_once_there_are_sessions(world: World) -> None:
    batch = planned(world)
    other = world.programme()
    assert edited(world, batch, programme_id=other.id).programme_id == other.id
    add_session(world.session, SYSTEM, batch.id, a_session(), now=world.clock.now())
    with pytest.raises(Invalid, match="tidak bisa diganti"):
        edited(world, batch, programme_id=world.programme().id)


@pytest.mark.parametrize("status", [BatchStatus.FINISHED, BatchStatus.CANCELLED])
def test_a_batch_that_is_over_is_not_changed(world: World, status: BatchStatus) -> None:
    with pytest.raises(Refused):
        edited(world, world.batch(status=status, place="Balai"), name="Lain")


# --- opening ---


def words(found: list[Any]) -> str:
    return "\n".join(str(one) for one in found)


def test_what_is_missing_is_listed(world: World, session: Session, clock: FrozenClock) -> None:
    programme = world.programme(title="SIED", summary="Untuk [LENGKAPI: nama OPD].")
    programme.modules[0].objectives = "Masuk ke [LENGKAPI: alamat SIED]"
    session.commit()
    batch = planned(world, programme=programme, trainers=[], contact="[LENGKAPI: nomor]")
    clock.move_to(datetime(2026, 12, 31, tzinfo=UTC))
    found = words([one.sentence for one in list_missing(session, batch, clock.now())])
    for part in ("Belum ada pertemuan", "Hari terakhirnya sudah lewat", "Belum ada pelatih", "[LENGKAPI: nama OPD]",
                 "[LENGKAPI: alamat SIED]", "[LENGKAPI: nomor]"):  # fmt: skip
        assert part in found
    with pytest.raises(Refused):
        batches.open_batch(session, SYSTEM, batch.id, now=clock.now())
    assert batch.status == BatchStatus.DRAFT


def test_a_session_that_is_past_keeps_it_closed(world: World, session: Session, clock: FrozenClock) -> None:
    batch = planned(world)
    meeting = add_session(session, SYSTEM, batch.id, a_session(), now=clock.now())
    clock.move_to(datetime(2026, 12, 5, tzinfo=UTC))
    assert "sudah lewat" in words([one.sentence for one in list_missing(session, batch, clock.now())])
    meeting.event.status = EventStatus.HELD
    session.flush()
    assert list_missing(session, batch, clock.now()) == []


def ready(world: World, **values: Any) -> Batch:
    batch = planned(world, **values)
    for day in range(2):
        add_session(world.session, SYSTEM, batch.id, a_session(day=day), now=world.clock.now())
    world.session.commit()
    return batch


def statuses(batch: Batch) -> list[tuple[str, bool]]:
    return [(one.event.status, one.event.announced_at is not None) for one in batch.sessions]


def test_opening_announces_the_sessions_to_everybody(world: World, session: Session) -> None:
    batch = ready(world)
    batches.open_batch(session, SYSTEM, batch.id, now=world.clock.now())
    assert (batch.status, batch.opened_at) == (BatchStatus.OPEN, world.clock.now())
    assert statuses(batch) == [("announced", True)] * 2


@pytest.mark.parametrize("values", [{"admission": "nomination"}, {"simulated": True}])
def test_sessions_that_are_not_for_everybody_stay_off_the_agenda(world: World, values: dict[str, Any]) -> None:
    batch = ready(world, **values)
    batches.open_batch(world.session, SYSTEM, batch.id, now=world.clock.now())
    assert statuses(batch) == [("announced", False)] * 2


def test_opening_to_everybody_later_shows_the_sessions(world: World) -> None:
    batch = ready(world, admission="nomination")
    batches.open_batch(world.session, SYSTEM, batch.id, now=world.clock.now())
    edited(world, batch, admission="both")
    assert statuses(batch) == [("announced", True)] * 2
    with pytest.raises(Invalid, match="sudah diumumkan"):
        edited(world, batch, admission="nomination")


def test_registration_is_closed_and_opened_again(world: World, session: Session, clock: FrozenClock) -> None:
    batch = ready(world, register_until=datetime(2026, 11, 28, tzinfo=UTC))
    batches.open_batch(session, SYSTEM, batch.id, now=clock.now())
    batches.close_registration(session, SYSTEM, batch.id, now=clock.now())
    assert batch.status == BatchStatus.RUNNING
    clock.move_to(datetime(2026, 11, 29, tzinfo=UTC))
    batches.reopen(session, SYSTEM, batch.id, now=clock.now())
    assert (batch.status, batch.register_until) == (BatchStatus.OPEN, None)
    assert actions(session)[-3:] == ["batch.opened", "batch.registration_closed", "batch.reopened"]


@pytest.mark.parametrize("verb", [batches.close_registration, batches.reopen, reopen_finished])
def test_a_draft_is_only_opened(world: World, verb: Any) -> None:
    with pytest.raises(Refused):
        verb(world.session, SYSTEM, planned(world).id, now=world.clock.now())


def test_a_batch_is_not_opened_twice(world: World) -> None:
    with pytest.raises(Refused, match="sudah pernah"):
        batches.open_batch(world.session, SYSTEM, world.batch().id, now=world.clock.now())


# --- the end ---


def test_finishing_waits_for_the_last_session_and_calls_the_rooms_above(world: World, session: Session) -> None:
    batch, seen = world.batch(sessions=1), []
    with pytest.raises(Refused, match="Masih ada 1 pertemuan"):
        finish(session, SYSTEM, batch.id, now=world.clock.now())
    later = world.clock.now() + timedelta(days=2)
    with holding(FINISHED, [lambda _session, _actor, done, _now: seen.append(("finished", done.status))]):
        finish(session, SYSTEM, batch.id, now=later)
    assert batch.finished_at == later
    with holding(RESUMED, [lambda _session, _actor, done, _now: seen.append(("resumed", done.status))]):
        reopen_finished(session, SYSTEM, batch.id, now=later)
    assert (batch.status, batch.finished_at) == (BatchStatus.RUNNING, None)
    assert seen == [("finished", BatchStatus.FINISHED), ("resumed", BatchStatus.RUNNING)]


def test_a_batch_without_sessions_is_not_finished(world: World, session: Session) -> None:
    with pytest.raises(Refused, match="belum punya pertemuan"):
        finish(session, SYSTEM, world.batch().id, now=world.clock.now())


# --- again on other days ---


def test_a_copy_has_the_sessions_on_its_own_days_and_nobody_in_it(world: World, session: Session) -> None:
    batch = ready(world, quotas=[QuotaPlan("sex", "f", least=3)], criteria=[CriterionPlan("Alasan", 5)])
    world.enrolment(batch)
    by = timedelta(days=28)
    copied = copy_batch(
        session, SYSTEM, batch.id, name="Angkatan II", starts_on=FIRST + by, now=world.clock.now()
    )  # fmt: skip
    session.commit()
    assert (copied.status, copied.name, copied.code != batch.code) == (BatchStatus.DRAFT, "Angkatan II", True)
    assert [one.event.starts_at - by for one in copied.sessions] == [one.event.starts_at for one in batch.sessions]
    assert [one.least for one in copied.quotas] == [3]
    assert statuses(copied) == [("planned", False)] * 2


def test_only_who_plans_for_the_organiser_copies(world: World, session: Session) -> None:
    user = world.user(Role.TRAINER, organisation=world.organisation())
    batch = world.batch(trainers=[user])
    with pytest.raises(Forbidden):
        copy_batch(session, world.actor_of(user), batch.id, name="II", starts_on=FIRST, now=world.clock.now())
