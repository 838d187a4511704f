"""What is late stands on one list, each by the rule of its own room."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.media.models import StoredFile
from app.gatherings.events.models import EventStatus
from app.gatherings.reports.models import AspirationStatus
from app.kernel.clock import FrozenClock
from app.kernel.roles import SYSTEM, Actor, Position, Role
from app.outreach.campaigns.models import Decision, DecisionStatus, Goal
from app.outreach.posts.models import PostStatus
from app.outreach.printing.models import OrderStatus, Proof
from app.outreach.publishing.models import DeliveryStatus
from app.oversight.control import queries
from app.oversight.control.items import Item
from app.oversight.control.queries import LateFilters
from tests.control.records import bidang, delivery, head, order
from tests.pages import asked
from tests.world import World

ZONE = ZoneInfo("Asia/Makassar")
TODAY = date(2026, 11, 24)  # a Tuesday


def found(session: Session, actor: Actor, clock: FrozenClock, kind: str = "", **filters: object) -> list[Item]:
    now = clock.now()
    moment = queries.moment_of(session, today=now.astimezone(ZONE).date(), now=now, zone=ZONE)
    return list(queries.listed(session, actor, moment, LateFilters(kind=kind, **filters)).items)  # type: ignore[arg-type]


def test_what_did_not_go_out_is_late_at_once(session: Session, world: World, clock: FrozenClock) -> None:
    failed = delivery(world, DeliveryStatus.FAILED, ago=timedelta(minutes=5))
    delivery(world, DeliveryStatus.SENT)
    delivery(world, DeliveryStatus.QUEUED)
    (item,) = found(session, SYSTEM, clock, "delivery")
    assert (item.subject_id, item.days, item.late, item.due) == (failed.id, 0, True, TODAY)
    assert item.values == {"delivery_id": failed.id}
    assert item.organisation == "Diskominfo"


def test_age_is_told_in_working_days(session: Session, world: World, clock: FrozenClock) -> None:
    delivery(world, DeliveryStatus.MISSED, ago=timedelta(days=4))  # Friday
    (item,) = found(session, SYSTEM, clock, "delivery")
    assert item.days == 2
    clock.move_to(datetime(2026, 12, 28, 2, 0, tzinfo=UTC))  # Monday; Christmas and cuti bersama lie between
    (item,) = found(session, SYSTEM, clock, "delivery")
    assert item.days == 24


def test_an_order_has_its_working_days_before_it_is_late(session: Session, world: World, clock: FrozenClock) -> None:
    order(world, OrderStatus.ORDERED, datetime(2026, 11, 19, 1, 0, tzinfo=UTC))  # Thursday; due on Tuesday
    (item,) = found(session, SYSTEM, clock, "order")
    assert (item.late, item.days, item.due) == (False, 0, TODAY)
    clock.advance(days=1)
    (item,) = found(session, SYSTEM, clock, "order")
    assert (item.late, item.days) == (True, 1)
    clock.move_to(datetime(2026, 11, 22, 1, 0, tzinfo=UTC))
    assert not found(session, SYSTEM, clock, "order")


def test_print_without_proof_is_asked_for_after_ten_working_days(
    session: Session, world: World, clock: FrozenClock
) -> None:
    done = order(world, OrderStatus.DONE, datetime(2026, 11, 9, 1, 0, tzinfo=UTC))
    (item,) = found(session, SYSTEM, clock, "proof")
    assert (item.days, item.late, item.values) == (1, True, {"pesanan": done.id})
    photo = StoredFile(sha256="0" * 64, mime="image/jpeg", size=1, name="foto.jpg", created_at=clock.now())
    session.add(photo)
    session.flush()
    values = {"piece_id": done.piece_id, "placed_on": TODAY, "copies": 5, "recorded_at": clock.now()}
    proof = Proof(order_id=done.id, photo_id=photo.id, **values)
    session.add(proof)
    session.commit()
    assert not found(session, SYSTEM, clock, "proof")
    proof.withdrawn_at = clock.now()
    session.commit()
    assert found(session, SYSTEM, clock, "proof")


def test_a_post_whose_time_is_near_is_named_once(session: Session, world: World, clock: FrozenClock) -> None:
    """As a draft while its approval is within the target, as an approval that takes too long from then on."""
    kabid = head(world, Position.KABID)
    author = world.user(Role.EDITOR)
    now = clock.now()
    world.post(title="Ditulis", author_id=author.id)
    world.post(title="Lewat", author_id=author.id, scheduled_at=now - timedelta(hours=1))
    world.post(title="Nanti", author_id=author.id, scheduled_at=now + timedelta(days=20), useful_until=None)
    asked = {"status": PostStatus.IN_REVIEW, "waiting_for": "kabid", "author_id": author.id}
    world.post(title="Baru diajukan", submitted_at=now - timedelta(hours=5), **asked)
    world.post(title="Lama diajukan", submitted_at=now - timedelta(days=6), **asked)
    drafts = {item.title: item for item in found(session, SYSTEM, clock, "draft")}
    assert set(drafts) == {"Ditulis", "Lewat", "Baru diajukan"}
    assert drafts["Lewat"].late
    assert not drafts["Ditulis"].late
    assert drafts["Ditulis"].owner_id == author.id
    assert drafts["Baru diajukan"].owner_id == kabid.id
    (waiting,) = found(session, SYSTEM, clock, "approval")
    assert (waiting.title, waiting.owner_id, waiting.days) == ("Lama diajukan", kabid.id, 2)


def test_reports_and_what_people_asked(session: Session, world: World, clock: FrozenClock) -> None:
    opd, kim = world.organisation(name="Dinas PU"), world.kim(name="KIM Maju")
    past = {"starts_in": timedelta(days=-8), "organisation_id": kim.id}
    world.event(title="Belum dilaporkan", **past)
    world.event(title="Baru selesai", starts_in=timedelta(hours=-5), organisation_id=kim.id)
    reported = world.event(title="Menunggu diperiksa", **past)
    world.report(reported, submitted_at=clock.now() - timedelta(days=12))
    returned = world.event(title="Dikembalikan", **past)
    world.report(returned, status=EventStatus.RETURNED, returned_at=clock.now() - timedelta(days=7))
    world.aspiration(reported, status=AspirationStatus.ROUTED, opd_id=opd.id, due_on=TODAY - timedelta(days=1))
    world.aspiration(reported, status=AspirationStatus.ROUTED, opd_id=opd.id, due_on=TODAY + timedelta(days=2))
    world.aspiration(reported, status=AspirationStatus.ROUTED, opd_id=opd.id, due_on=TODAY + timedelta(days=30))
    noted = world.aspiration(reported)
    noted.created_at = clock.now() - timedelta(days=9)
    session.commit()
    kinds = {item.kind: item for item in found(session, SYSTEM, clock) if item.late}
    assert set(kinds) == {"report", "verification", "mending", "aspiration", "routing"}
    assert kinds["report"].title == "Belum dilaporkan"
    assert (kinds["report"].organisation, kinds["report"].unit_id) == ("KIM Maju", world.office().id)
    assert kinds["verification"].organisation_id == world.office().id
    assert kinds["aspiration"].organisation_id == opd.id
    assert kinds["routing"].subject_id == noted.id
    assert [item.days for item in found(session, SYSTEM, clock, "aspiration")] == [1, -2]


def test_surveys_goals_and_decisions(session: Session, world: World, clock: FrozenClock) -> None:
    running = world.campaign(name="Berjalan")
    over = world.campaign(name="Usai", starts_on=date(2026, 9, 1), ends_on=date(2026, 11, 13), status="ended")
    owner = world.user(Role.EDITOR)
    session.add_all([
        Goal(campaign_id=running.id, measure="Kenal Bank Sampah", baseline=None, responsible_text="Kabid IKP"),
        Goal(campaign_id=running.id, measure="Kenal KIM", baseline=12.0),
        Goal(campaign_id=over.id, measure="Tahu caranya", baseline=3.0, due_on=date(2026, 11, 16),
             responsible_id=owner.id),
        Decision(campaign_id=over.id, text="Ulangi di hulu", due_on=date(2026, 11, 20), status=DecisionStatus.OPEN,
                 decided_on=date(2026, 11, 16), recorded_at=clock.now(), owner_text="Sekretaris"),
        Decision(campaign_id=over.id, text="Sudah", due_on=date(2026, 11, 20), status=DecisionStatus.DONE,
                 decided_on=date(2026, 11, 16), recorded_at=clock.now()),
    ])  # fmt: skip
    session.commit()
    world.wave(name="Lewat", ends_on=date(2026, 11, 22))
    world.wave(name="Simulasi", ends_on=date(2026, 11, 22), simulated=True)
    world.wave(name="Sesudah", status="draft", stage="after", starts_on=date(2026, 11, 16))
    world.batch(name="Angkatan 1", starts_on=date(2026, 11, 2))
    items = {(item.kind, item.title): item for item in found(session, SYSTEM, clock)}
    assert set(items) == {
        ("baseline", "Kenal Bank Sampah"),
        ("goal", "Tahu caranya"),
        ("decision", "Ulangi di hulu"),
        ("wave", "Lewat"),
        ("unopened", "Sesudah"),
        ("after", "Usai"),
        ("batch", "Angkatan 1"),
    }
    assert items["baseline", "Kenal Bank Sampah"].owner == "Kabid IKP"
    assert items["baseline", "Kenal Bank Sampah"].values == {"campaign_id": running.id, "_anchor": "sasaran"}
    assert items["goal", "Tahu caranya"].owner_id == owner.id
    assert items["decision", "Ulangi di hulu"].days == 2
    world.wave(campaign_id=over.id, stage="after", status="closed", starts_on=date(2026, 11, 14))
    left = {item.kind for item in found(session, SYSTEM, clock)}
    assert "after" not in left
    assert "goal" in left  # a survey says nothing of a goal until somebody does
    goal = session.scalars(select(Goal).where(Goal.measure == "Tahu caranya")).one()
    goal.result, goal.result_on, goal.result_note = 1.0, date(2026, 11, 16), "Survei"
    session.commit()
    assert "goal" not in {item.kind for item in found(session, SYSTEM, clock)}


def test_what_an_opd_and_a_person_sees(session: Session, world: World, clock: FrozenClock) -> None:
    opd = world.organisation(name="Dinas PU")
    delivery(world, organisation_id=opd.id)
    delivery(world)
    contact = world.actor(Role.OPD_CONTACT, organisation=opd)
    assert [item.organisation for item in found(session, contact, clock, "delivery")] == ["Dinas PU"]
    trainer = world.user(Role.TRAINER, organisation=world.kim())
    mine = delivery(world, responsible_id=trainer.id)
    assert [item.subject_id for item in found(session, world.actor_of(trainer), clock, "delivery")] == [mine.id]
    editor = world.actor(Role.EDITOR)
    assert len(found(session, editor, clock, "delivery")) == 3
    assert not found(session, editor, clock, "delivery", mine=True)


def test_counts_are_those_of_the_list(session: Session, world: World, clock: FrozenClock) -> None:
    place = bidang(world)
    delivery(world, ago=timedelta(days=7), organisation_id=place.id)
    delivery(world, organisation_id=place.id)
    world.post(organisation_id=place.id)
    world.event(starts_in=timedelta(days=-9), organisation_id=world.kim().id)
    units = queries.tally(session, SYSTEM, today=TODAY, now=clock.now(), zone=ZONE)
    assert [(one.name, one.total, dict(one.by_kind), one.oldest_days, one.at_risk) for one in units] == [
        ("Bidang IKP", 2, {"delivery": 2}, 5, 1),
        ("Diskominfo", 1, {"report": 1}, 4, 0),
    ]
    own = queries.list_late(session, SYSTEM, today=TODAY, now=clock.now(), zone=ZONE, organisation_id=place.id)
    assert [(item.kind, item.days) for item in own] == [("delivery", 5), ("delivery", 1), ("draft", 0)]


def test_a_person_who_left_answers_for_nothing(session: Session, world: World, clock: FrozenClock) -> None:
    gone = world.user(Role.EDITOR, active=False)
    delivery(world, responsible_id=gone.id)
    (item,) = found(session, SYSTEM, clock, "delivery")
    assert (item.owner_id, item.owner, item.organisation) == (None, "", "Diskominfo")
    assert found(session, SYSTEM, clock, "delivery", nobody=True)


def test_the_number_of_questions_does_not_grow(session: Session, world: World, clock: FrozenClock) -> None:
    for _ in range(3):
        delivery(world)
    with asked() as few:
        found(session, SYSTEM, clock)
        queries.tally(session, SYSTEM, today=TODAY, now=clock.now(), zone=ZONE)
    for _ in range(20):
        delivery(world, organisation_id=world.organisation().id)
    with asked() as many:
        found(session, SYSTEM, clock)
        queries.tally(session, SYSTEM, today=TODAY, now=clock.now(), zone=ZONE)
    assert len(many) == len(few) <= 11
