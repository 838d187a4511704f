"""A survey is planned, opened with frozen questions, closed, opened again, or not held."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.evidence.instruments.models import InstrumentVersion
from app.evidence.surveys.access import visible_to
from app.evidence.surveys.models import Wave, WaveStatus
from app.evidence.surveys.waves.service import (
    PlacePlan,
    Plan,
    cancel_wave,
    close_wave,
    edit,
    open_wave,
    plan,
    plan_of,
    reopen_wave,
)
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.roles import Actor, Role
from tests.world import VILLAGE, World


@pytest.fixture
def actor(world: World) -> Actor:
    return world.actor(Role.EDITOR)


def planned(world: World, **values: Any) -> Plan:
    instrument = world.instrument(frozen=False)
    made = Plan(
        name="Survei awal 2026", organisation_id=world.office().id, instrument_version_id=instrument.versions[-1].id,
        starts_on=date(2026, 11, 25), ends_on=date(2026, 12, 10), modes=["link", "phone"], target=400,
    )  # fmt: skip
    return replace(made, **values)


def test_a_plan_is_kept_as_it_was_made(session: Session, world: World, actor: Actor, clock: FrozenClock) -> None:
    values = planned(
        world, method="list", quotas={"f.17-24": 12, "m.55+": 0}, places=[PlacePlan(VILLAGE, 10, 900)],
        margins={"sex_age": {"f.17-24": 30000}},
    )  # fmt: skip
    wave = plan(session, actor, values, now=clock.now())
    session.commit()
    session.expire_all()
    assert plan_of(wave) == replace(values, quotas={"f.17-24": 12}, name="Survei awal 2026")
    assert wave.status == WaveStatus.DRAFT
    assert len(wave.code) == 8
    assert session.scalars(select(AuditEntry.action)).all() == ["wave.planned"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"ends_on": date(2026, 11, 1)}, "ends_on"),
        ({"starts_on": None}, "starts_on"),
        ({"target": 0}, "target"),
        ({"modes": ["merpati"]}, "modes"),
        ({"stage": "besar"}, "stage"),
        ({"audience": "civil_servants"}, "instrument_version_id"),
        ({"audience": "civil_servants", "method": "pps"}, "method"),
        ({"quotas": {"x.17-24": 5}}, "quotas"),
        ({"margins": {"sex_age": {"f.17-24": 0}}}, "margins"),
        ({"places": [PlacePlan("64.02.99.9999")]}, "places"),
        ({"places": [PlacePlan(VILLAGE), PlacePlan(VILLAGE)]}, "places"),
        ({"deff": 0.5}, "deff"),
        ({"same_places": True}, "before_id"),
        ({"before_id": 999}, "before_id"),
        ({"instrument_version_id": 999}, "instrument_version_id"),
        ({"campaign_id": 999}, "campaign_id"),
    ],
)
def test_what_cannot_be_is_named_with_its_field(
    session: Session, world: World, actor: Actor, clock: FrozenClock, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        plan(session, actor, planned(world, **values), now=clock.now())
    assert caught.value.field == field


def test_nobody_plans_for_another_organisation(session: Session, world: World, clock: FrozenClock) -> None:
    stranger = world.actor(Role.CONTRIBUTOR, organisation=world.organisation("opd"))
    with pytest.raises(Forbidden):
        plan(session, stranger, planned(world), now=clock.now())
    wave = world.wave(status="draft")
    with pytest.raises(NotFound):
        open_wave(session, stranger, wave.id, now=clock.now())


def test_opening_freezes_the_questions(session: Session, world: World, actor: Actor, clock: FrozenClock) -> None:
    wave = plan(session, actor, planned(world), now=clock.now())
    version = session.get_one(InstrumentVersion, wave.instrument_version_id)
    assert version.frozen_at is None
    open_wave(session, actor, wave.id, now=clock.now())
    session.commit()
    assert (wave.status, wave.opened_at, version.frozen_at) == ("open", clock.now(), clock.now())
    clock.advance(days=1)
    other = plan(session, actor, replace(plan_of(wave), name="Lagi"), now=clock.now())
    open_wave(session, actor, other.id, now=clock.now())
    assert version.frozen_at < clock.now()


def test_a_draft_that_lacks_something_is_not_opened(
    session: Session, world: World, actor: Actor, clock: FrozenClock
) -> None:
    def refused(**values: Any) -> str:
        wave = plan(session, actor, planned(world, **values), now=clock.now())
        with pytest.raises(Refused) as caught:
            open_wave(session, actor, wave.id, now=clock.now())
        return str(caught.value)

    assert "cara menjawab" in refused(modes=[])
    assert "sudah lewat" in refused(starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 23))
    assert "Undi dahulu" in refused(method="pps")
    assert "Pilih dahulu tempat" in refused(method="list")
    empty = world.instrument({"title": "Kosong", "sections": []}, frozen=False)
    assert "kesalahan" in refused(instrument_version_id=empty.versions[0].id)


def test_an_open_one_changes_in_few_things_only(
    session: Session, world: World, actor: Actor, clock: FrozenClock
) -> None:
    wave = plan(session, actor, planned(world), now=clock.now())
    open_wave(session, actor, wave.id, now=clock.now())
    wanted = replace(
        plan_of(wave), ends_on=date(2026, 12, 31), target=500, bps_number="V-26.6402.001", quotas={"f.17-24": 5},
        modes=["paper"], starts_on=date(2026, 11, 1), audience="civil_servants",
    )  # fmt: skip
    edit(session, actor, wave.id, wanted, seen=wave.version, now=clock.now())
    assert (wave.ends_on, wave.target, wave.bps_number, wave.quotas) == (
        date(2026, 12, 31), 500, "V-26.6402.001", {"f.17-24": 5},
    )  # fmt: skip
    assert (wave.modes, wave.starts_on, wave.audience) == (["link", "phone"], date(2026, 11, 25), "residents")
    close_wave(session, actor, wave.id, now=clock.now())
    with pytest.raises(Refused):
        edit(session, actor, wave.id, wanted, now=clock.now())


def test_two_who_edit_at_once_hear_of_each_other(
    session: Session, world: World, actor: Actor, clock: FrozenClock
) -> None:
    wave = plan(session, actor, planned(world), now=clock.now())
    seen = wave.version
    edit(session, actor, wave.id, replace(plan_of(wave), target=10), seen=seen, now=clock.now())
    with pytest.raises(Stale):
        edit(session, actor, wave.id, replace(plan_of(wave), target=20), seen=seen, now=clock.now())


def test_saving_without_a_change_leaves_no_trace(
    session: Session, world: World, actor: Actor, clock: FrozenClock
) -> None:
    wave = plan(session, actor, planned(world), now=clock.now())
    seen = wave.version
    edit(session, actor, wave.id, plan_of(wave), seen=seen, now=clock.now())
    session.flush()
    assert wave.version == seen
    assert session.scalars(select(AuditEntry.action)).all() == ["wave.planned"]


def test_another_way_of_choosing_places_leaves_none_behind(
    session: Session, world: World, actor: Actor, clock: FrozenClock
) -> None:
    wave = plan(session, actor, planned(world, method="list", places=[PlacePlan(VILLAGE, 5)]), now=clock.now())
    edit(session, actor, wave.id, replace(plan_of(wave), method="open"), now=clock.now())
    session.commit()
    session.refresh(wave)
    assert wave.places == []


def test_closed_and_opened_again_with_a_reason(
    session: Session, world: World, actor: Actor, clock: FrozenClock
) -> None:
    wave = plan(session, actor, planned(world), now=clock.now())
    open_wave(session, actor, wave.id, now=clock.now())
    close_wave(session, actor, wave.id, now=clock.now())
    assert wave.closed_at == clock.now()
    with pytest.raises(Invalid) as caught:
        reopen_wave(session, actor, wave.id, reason=" ", now=clock.now())
    assert caught.value.field == "reason"
    clock.advance(days=30)
    with pytest.raises(Invalid) as caught:
        reopen_wave(session, actor, wave.id, reason="Dua desa belum", now=clock.now())
    assert caught.value.field == "ends_on"
    reopen_wave(session, actor, wave.id, reason="Dua desa belum", ends_on=date(2026, 12, 31), now=clock.now())
    assert (wave.status, wave.closed_at, wave.ends_on) == ("open", None, date(2026, 12, 31))
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert last.after is not None
    assert last.after["reason"] == "Dua desa belum"


def test_a_survey_that_is_not_held_says_why_and_stays_so(
    session: Session, world: World, actor: Actor, clock: FrozenClock
) -> None:
    wave = plan(session, actor, planned(world), now=clock.now())
    cancel_wave(session, actor, wave.id, reason="Anggaran dialihkan", now=clock.now())
    assert (wave.status, wave.cancel_reason) == ("cancelled", "Anggaran dialihkan")
    with pytest.raises(Refused):
        open_wave(session, actor, wave.id, now=clock.now())
    running = world.wave()
    with pytest.raises(Refused):
        cancel_wave(session, actor, running.id, reason="Salah", now=clock.now())


def test_an_archived_list_of_questions_is_asked_again_only_to_compare(
    session: Session, world: World, actor: Actor, clock: FrozenClock
) -> None:
    instrument = world.instrument(archived_at=clock.now())
    before = world.wave(instrument=instrument, stage="baseline", status="closed")
    values = planned(world, instrument_version_id=instrument.versions[0].id, stage="after")
    with pytest.raises(Invalid) as caught:
        plan(session, actor, values, now=clock.now())
    assert caught.value.field == "instrument_version_id"
    assert plan(session, actor, replace(values, before_id=before.id), now=clock.now()).before_id == before.id


def test_opening_takes_the_questions_as_somebody_saved_them_a_moment_ago(
    session: Session, sessions: sessionmaker[Session], world: World, clock: FrozenClock
) -> None:
    actor, made = world.actor(Role.EDITOR), world.instrument(frozen=False)
    wave = world.wave(instrument=made, status="draft")
    held = session.get_one(InstrumentVersion, wave.instrument_version_id)
    if session.get_bind().dialect.name == "sqlite":
        session.rollback()  # there, who writes is alone from the beginning
    with sessions.begin() as other:
        version = other.get_one(InstrumentVersion, held.id)
        version.definition = {**version.definition, "thanks": {"id": "Terima kasih banyak."}}
    opened = open_wave(session, actor, wave.id, now=clock.now())
    session.commit()
    assert opened.status == "open"
    assert session.get_one(InstrumentVersion, held.id).definition["thanks"] == {"id": "Terima kasih banyak."}


def test_an_enumerator_sees_surveys_of_the_own_organisation(session: Session, world: World) -> None:
    opd = world.organisation()
    own, other = world.wave(), world.wave(organisation_id=opd.id)
    seen = {actor: set(session.scalars(select(Wave.id).where(visible_to(actor)))) for actor in (
        world.actor(Role.ENUMERATOR), world.actor(Role.ENUMERATOR, organisation=opd),
        world.actor(Role.ENUMERATOR, Role.VIEWER),
    )}  # fmt: skip
    assert list(seen.values()) == [{own.id}, {other.id}, {own.id, other.id}]
