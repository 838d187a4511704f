"""Planning, changing, and who may."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, GaungError, Invalid, NotFound, Refused, Stale
from app.kernel.roles import Actor, Role
from app.outreach.campaigns import details, queries, rules, service
from app.outreach.campaigns.models import Campaign, CampaignStatus, Dimension, Service
from app.outreach.campaigns.rules import Plan
from tests.world import World


@pytest.fixture
def editor(world: World) -> Actor:
    return world.actor(Role.EDITOR)


def values(world: World, **changes: object) -> Plan:
    plan = Plan(
        name="Kenal Smart City",
        organisation_id=world.office().id,
        starts_on=date(2026, 11, 30),
        ends_on=date(2026, 12, 27),
    )
    return replace(plan, **changes)  # type: ignore[arg-type]


def test_plan_stores_everything_and_leaves_a_trail(
    session: Session, world: World, editor: Actor, clock: FrozenClock
) -> None:
    service.load_services(session)
    kim = session.scalars(select(Service).where(Service.key == "kim")).one()
    plan = values(
        world,
        summary="Ringkasan",
        audience="both",
        budget=150_000_000,
        dimension_keys=["smart-society", "smart-governance"],
        service_ids=[kim.id],
        district_codes=["64.02.12"],
        village_codes=["64.02.12.2002"],
    )
    made = service.plan(session, editor, plan, now=clock.now())
    session.commit()
    session.expire_all()
    campaign = session.get_one(Campaign, made.id)
    assert campaign.status == CampaignStatus.PLANNED
    assert campaign.budget == 150_000_000
    assert [row.key for row in campaign.dimensions] == ["smart-governance", "smart-society"]
    assert [row.key for row in campaign.services] == ["kim"]
    assert [row.code for row in campaign.districts] == ["64.02.12"]
    assert [row.code for row in campaign.villages] == ["64.02.12.2002"]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "plan")).one()
    assert (entry.actor_id, entry.subject_id) == (editor.id, str(campaign.id))
    assert entry.after is not None
    assert entry.after["villages"] == ["64.02.12.2002"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": "  "}, "name", "Beri nama"),
        ({"name": "x" * 201}, "name", "terlalu panjang"),
        ({"starts_on": None}, "starts_on", "tanggal mulai"),
        ({"ends_on": None}, "ends_on", "tanggal selesai"),
        ({"ends_on": date(2026, 11, 29)}, "ends_on", "mendahului"),
        ({"budget": -1}, "budget", "kurang dari nol"),
        ({"budget": 10**15}, "budget", "terlalu besar"),
        ({"audience": "semua"}, "audience", "untuk siapa"),
        ({"organisation_id": None}, "organisation_id", "OPD"),
        ({"organisation_id": 999_999}, "organisation_id", "OPD"),
        ({"village_codes": ["64.02.12.2002", "64.02.99.2001"]}, "village_codes", "64.02.99.2001 tidak dikenal"),
        ({"district_codes": ["64.02.99"]}, "district_codes", "64.02.99"),
        ({"dimension_keys": ["smart-village"]}, "dimension_keys", "smart-village"),
        ({"service_ids": [999_999]}, "service_ids", "999999"),
    ],
)
def test_what_cannot_be_stored_is_told_beside_its_field(
    session: Session,
    world: World,
    editor: Actor,
    clock: FrozenClock,
    changes: dict[str, object],
    field: str,
    sentence: str,
) -> None:
    with pytest.raises(Invalid, match=sentence) as caught:
        service.plan(session, editor, values(world, **changes), now=clock.now())
    assert caught.value.field == field
    session.rollback()
    assert session.scalar(select(Campaign.id)) is None


def test_a_period_of_one_day_and_a_budget_of_nothing_are_fine(
    session: Session, world: World, editor: Actor, clock: FrozenClock
) -> None:
    plan = values(world, ends_on=date(2026, 11, 30), budget=0)
    assert service.plan(session, editor, plan, now=clock.now()).budget == 0


@pytest.mark.parametrize(("old", "new"), list(product(CampaignStatus, CampaignStatus)))
def test_status_moves_only_as_the_table_allows(
    session: Session, world: World, editor: Actor, clock: FrozenClock, old: CampaignStatus, new: CampaignStatus
) -> None:
    expected = {
        ("planned", "active"),
        ("planned", "cancelled"),
        ("active", "ended"),
        ("active", "cancelled"),
    }
    campaign = world.campaign()
    campaign.status = old
    session.commit()
    if (str(old), str(new)) in expected:
        service.move_status(session, editor, campaign.id, new, now=clock.now())
        assert campaign.status == new
    else:
        with pytest.raises(Refused):
            service.move_status(session, editor, campaign.id, new, now=clock.now())
        assert campaign.status == old


def test_second_editor_is_told_and_nothing_is_overwritten(
    sessions: "sessionmaker[Session]", session: Session, world: World, editor: Actor, clock: FrozenClock
) -> None:
    campaign = service.plan(session, editor, values(world), now=clock.now())
    session.commit()
    seen = campaign.version
    with sessions() as other:
        service.edit(other, editor, campaign.id, values(world, name="Nama baru"), version=seen, now=clock.now())
        other.commit()
    session.rollback()  # a request begins afresh
    with pytest.raises(Stale, match="Isian Anda masih ada"):
        service.edit(session, editor, campaign.id, values(world, name="Nama lain"), version=seen, now=clock.now())
    session.rollback()
    assert session.get_one(Campaign, campaign.id).name == "Nama baru"


def test_a_change_of_dimensions_alone_counts_as_a_change(
    session: Session, world: World, editor: Actor, clock: FrozenClock
) -> None:
    campaign = service.plan(session, editor, values(world), now=clock.now())
    session.commit()
    seen = campaign.version
    service.edit(
        session, editor, campaign.id, values(world, dimension_keys=["smart-living"]), version=seen, now=clock.now()
    )
    session.commit()
    assert campaign.version > seen
    with pytest.raises(Stale):
        service.edit(session, editor, campaign.id, values(world), version=seen, now=clock.now())


def test_cancelled_campaign_is_not_changed(session: Session, world: World, editor: Actor, clock: FrozenClock) -> None:
    campaign = world.campaign()
    service.move_status(session, editor, campaign.id, CampaignStatus.CANCELLED, now=clock.now())
    session.commit()
    with pytest.raises(Refused, match="dibatalkan"):
        service.edit(session, editor, campaign.id, values(world), now=clock.now())
    with pytest.raises(Refused):
        details.spend(
            session, editor, campaign.id, spent_on=date(2026, 11, 24), amount=1000, note="cetak", now=clock.now()
        )


# --- who may ---


@pytest.mark.parametrize("role", [Role.VIEWER, Role.APPROVER, Role.OPD_CONTACT, Role.COMMUNITY])
def test_readers_do_not_plan(session: Session, world: World, clock: FrozenClock, role: Role) -> None:
    with pytest.raises(Forbidden):
        service.plan(session, world.actor(role), values(world), now=clock.now())


def test_a_campaign_goes_to_no_owner_that_has_the_same_kit_and_start(
    session: Session, world: World, editor: Actor, clock: FrozenClock
) -> None:
    health, fishery = world.organisation(name="Dinas Kesehatan"), world.organisation(name="Dinas Perikanan")
    start = date(2026, 11, 30)
    theirs = values(world, organisation_id=health.id)
    service.plan(session, editor, values(world), kit_key="kenal", kit_start=start, now=clock.now())
    made = service.plan(session, editor, theirs, kit_key="kenal", kit_start=start, now=clock.now())
    session.commit()
    with pytest.raises(Invalid, match="sudah punya program dari Paket Materi") as caught:
        service.edit(session, editor, made.id, values(world), now=clock.now())
    assert caught.value.field == "organisation_id"
    service.edit(session, editor, made.id, replace(theirs, organisation_id=fishery.id), now=clock.now())
    session.commit()


def test_other_opd_plans_only_for_itself(session: Session, world: World, clock: FrozenClock) -> None:
    opd = world.organisation()
    actor = world.actor(Role.EDITOR, organisation=opd)
    with pytest.raises(Forbidden):
        service.plan(session, actor, values(world), now=clock.now())
    assert (
        service.plan(session, actor, values(world, organisation_id=opd.id), now=clock.now()).organisation_id == opd.id
    )


def test_contributor_edits_only_what_they_made(session: Session, world: World, clock: FrozenClock) -> None:
    contributor = world.actor(Role.CONTRIBUTOR)
    own = service.plan(session, contributor, values(world), now=clock.now())
    foreign = world.campaign()
    service.edit(session, contributor, own.id, values(world, name="Nama baru"), now=clock.now())
    with pytest.raises(Forbidden):
        service.edit(session, contributor, foreign.id, values(world), now=clock.now())
    with pytest.raises(Forbidden):
        service.move_status(session, contributor, foreign.id, CampaignStatus.ENDED, now=clock.now())


def test_contact_sees_campaigns_about_their_services_and_no_others(session: Session, world: World) -> None:
    opd = world.organisation(name="Disdukcapil")
    contact = world.actor(Role.OPD_CONTACT, organisation=opd)
    service.load_services(session)
    own = session.scalars(select(Service).where(Service.key == "idaman-rt")).one()
    assert own.owner_id == opd.id
    about = world.campaign(services=[own])
    other = world.campaign()
    assert rules.find(session, contact, about.id) is about
    with pytest.raises(NotFound):
        rules.find(session, contact, other.id)
    assert [row[0].id for row in session.execute(queries.list_query(contact, queries.CampaignFilters()))] == [about.id]
    with pytest.raises(Forbidden):
        rules.find_to_edit(session, contact, about.id, None)


def test_editor_of_another_opd_does_not_find_a_foreign_campaign(
    session: Session, world: World, clock: FrozenClock
) -> None:
    stranger = world.actor(Role.EDITOR, organisation=world.organisation())
    campaign = world.campaign()
    with pytest.raises(NotFound):
        service.edit(session, stranger, campaign.id, values(world), now=clock.now())
    with pytest.raises(NotFound):
        service.move_status(session, stranger, campaign.id, CampaignStatus.ENDED, now=clock.now())


# --- goals, messages, spending ---


def test_unknown_baseline_stays_unknown(session: Session, world: World, editor: Actor, clock: FrozenClock) -> None:
    campaign = world.campaign()
    made = details.GoalValues(measure="Warga yang mengenal istilah", target=40, baseline_note="belum diukur")
    goal = details.add_goal(session, editor, campaign.id, made, now=clock.now())
    session.commit()
    session.refresh(goal)
    assert goal.baseline is None
    assert goal.target == 40


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"measure": " "}, "measure"),
        ({"measure": "x" * 201}, "measure"),
        ({"target": -1.0}, "target"),
        ({"target": float("nan")}, "target"),
        ({"baseline": 101.0}, "baseline"),
        ({"responsible_id": 999_999}, "responsible_id"),
        ({"baseline_note": "x" * 301}, "baseline_note"),
    ],
)
def test_goal_that_makes_no_sense_is_refused(
    session: Session, world: World, editor: Actor, clock: FrozenClock, changes: dict[str, object], field: str
) -> None:
    made = replace(details.GoalValues(measure="Warga yang mengenal istilah"), **changes)  # type: ignore[arg-type]
    with pytest.raises(Invalid) as caught:
        details.add_goal(session, editor, world.campaign().id, made, now=clock.now())
    assert caught.value.field == field


def test_goal_is_edited_and_removed(session: Session, world: World, editor: Actor, clock: FrozenClock) -> None:
    campaign, other = world.campaign(), world.campaign()
    goal = details.add_goal(
        session, editor, campaign.id, details.GoalValues(measure="Tayang", unit="kali"), now=clock.now()
    )
    seen = campaign.version
    changed = details.GoalValues(measure="Tayang", unit="kali", target=14)
    details.edit_goal(session, editor, campaign.id, goal.id, changed, version=seen, now=clock.now())
    assert goal.target == 14
    with pytest.raises(Stale):
        details.edit_goal(session, editor, campaign.id, goal.id, changed, version=seen, now=clock.now())
    with pytest.raises(NotFound):
        details.remove_goal(session, editor, other.id, goal.id, now=clock.now())
    details.remove_goal(session, editor, campaign.id, goal.id, now=clock.now())
    session.commit()
    session.refresh(campaign)
    assert campaign.goals == []


def test_key_messages_are_replaced_in_order(session: Session, world: World, editor: Actor, clock: FrozenClock) -> None:
    campaign = world.campaign()
    details.set_key_messages(session, editor, campaign.id, ["Satu", " ", "Dua"], now=clock.now())
    session.commit()
    details.set_key_messages(session, editor, campaign.id, ["Dua", "Tiga"], now=clock.now())
    session.commit()
    session.refresh(campaign)
    assert [message.text for message in campaign.key_messages] == ["Dua", "Tiga"]
    with pytest.raises(Invalid):
        details.set_key_messages(session, editor, campaign.id, ["x"] * 21, now=clock.now())
    with pytest.raises(Invalid):
        details.set_key_messages(session, editor, campaign.id, ["x" * 501], now=clock.now())


def test_spending_adds_up_and_overspending_is_known(
    session: Session, world: World, editor: Actor, clock: FrozenClock
) -> None:
    campaign = world.campaign(budget=1_000_000)
    day = date(2026, 11, 24)
    details.spend(session, editor, campaign.id, spent_on=day, amount=750_000, note="cetak poster", now=clock.now())
    details.spend(session, editor, campaign.id, spent_on=day, hours=7.5, note="desain", now=clock.now())
    money = queries.money(session, campaign)
    assert (money.spent, money.hours, money.remaining, money.overspent) == (750_000, 7.5, 250_000, 0)
    last = details.spend(session, editor, campaign.id, spent_on=day, amount=500_000, note="iklan", now=clock.now())
    assert queries.money(session, campaign).overspent == 250_000
    details.remove_spending(session, editor, campaign.id, last.id, now=clock.now())
    session.commit()
    assert queries.money(session, campaign).spent == 750_000
    with pytest.raises(NotFound):
        details.remove_spending(session, editor, campaign.id, last.id, now=clock.now())


def test_without_a_budget_nothing_is_overspent(
    session: Session, world: World, editor: Actor, clock: FrozenClock
) -> None:
    campaign = world.campaign()
    details.spend(
        session, editor, campaign.id, spent_on=date(2026, 11, 24), amount=1_000, note="fotokopi", now=clock.now()
    )
    money = queries.money(session, campaign)
    assert (money.budget, money.remaining, money.overspent) == (None, None, 0)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": -5}, "amount"),
        ({"hours": -1.0}, "hours"),
        ({"hours": float("inf")}, "hours"),
        ({"note": ""}, "note"),
        ({"note": "x" * 301}, "note"),
        ({"spent_on": None}, "spent_on"),
        ({"spent_on": date(2026, 12, 24)}, "spent_on"),
    ],
)
def test_spending_that_makes_no_sense_is_refused(
    session: Session, world: World, editor: Actor, clock: FrozenClock, changes: dict[str, object], field: str
) -> None:
    given: dict[str, object] = {"spent_on": date(2026, 11, 24), "amount": 1000, "note": "cetak", **changes}
    with pytest.raises(Invalid) as caught:
        details.spend(session, editor, world.campaign().id, now=clock.now(), **given)  # type: ignore[arg-type]
    assert caught.value.field == field


# --- lists and reference data ---


def test_list_filters_and_puts_closed_campaigns_last(session: Session, world: World, editor: Actor) -> None:
    living = session.get_one(Dimension, "smart-living")
    old = world.campaign(name="Lama 100%", ends_on=date(2027, 6, 1), starts_on=date(2027, 5, 1))
    old.status = CampaignStatus.ENDED
    session.commit()
    new = world.campaign(name="Baru", dimensions=[living])

    def found(**filters: object) -> list[int]:
        query = queries.list_query(editor, queries.CampaignFilters(**filters))  # type: ignore[arg-type]
        return [row[0].id for row in session.execute(query)]

    assert found() == [new.id, old.id]
    assert found(q="baRU") == [new.id]
    assert found(q="100%") == [old.id]
    assert found(q="_") == [], "signs of the database's patterns are plain text"
    assert found(status="ended") == [old.id]
    assert found(dimension_key="smart-living") == [new.id]
    assert found(organisation_id=world.office().id) == [new.id, old.id]


def test_reference_data_loads_once_and_finds_its_owners_later(session: Session, world: World) -> None:
    assert service.load_dimensions(session) == 0  # the template has them
    assert len(session.scalars(select(Dimension)).all()) == 6
    assert service.load_services(session) == 6
    session.commit()
    wildlife = session.scalars(select(Service).where(Service.key == "bank-sampah")).one()
    assert wildlife.owner_id is None
    wildlife.name = "Bank Sampah Induk"
    owner = world.organisation(name="Dinas Lingkungan Hidup dan Kehutanan", short_name="DLHK")
    assert service.load_services(session) == 0
    session.commit()
    assert wildlife.owner_id == owner.id
    assert wildlife.name == "Bank Sampah Induk"


def test_every_error_is_a_sentence(session: Session, world: World, editor: Actor, clock: FrozenClock) -> None:
    with pytest.raises(GaungError) as caught:
        rules.find(session, editor, 999_999)
    assert str(caught.value.sentence).endswith(".")
