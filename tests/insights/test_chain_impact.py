"""Figures of a service's own books: recorded with their source, told as a line over time, and never as an effect."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.roles import Role
from app.outreach.campaigns.models import Service
from app.outreach.campaigns.service import load_services
from app.oversight.insights import chain_impact as impact
from app.oversight.insights.chain_impact import FigureValues
from tests.insights.test_chain import TODAY, line, of
from tests.world import World

GIVEN = FigureValues("Pendaftar baru", 120, date(2026, 10, 31), "Laporan Oktober", "orang")


def test_figures_of_one_thing_are_one_line_over_time(world: World, session: Session) -> None:
    campaign, actor, now = world.campaign(), world.actor(Role.EDITOR), world.clock.now()
    for values in (GIVEN, replace(GIVEN, what="pendaftar  baru", value=150, on=date(2026, 11, 20))):
        impact.record(session, actor, campaign.id, values, today=TODAY, now=now)
    session.commit()
    found = of(session, world, campaign)
    (one,) = found.step("impact").lines
    assert one.actual is not None
    assert str(one.actual.text) == "150 orang"
    assert one.trend is not None
    assert str(one.trend.text) == "+30 sejak 31 Okt 2026 (120)"
    assert one.trend.verdict == ""
    assert "ikut berkontribusi" in str(found.step("impact").said[1])


def test_a_design_that_allows_more_speaks_in_its_place(
    world: World, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = world.campaign()
    impact.record(session, world.actor(Role.EDITOR), campaign.id, GIVEN, today=TODAY, now=world.clock.now())
    monkeypatch.setattr(impact, "ALLOWED", [lambda _session, _known: "Boleh."])
    assert of(session, world, campaign).step("impact").said[1:] == ["Boleh."]


def test_a_line_is_of_one_service(world: World, session: Session) -> None:
    load_services(session)
    campaign, actor, now = world.campaign(), world.actor(Role.EDITOR), world.clock.now()
    service, foreign = session.scalars(select(Service).order_by(Service.id).limit(2)).all()
    campaign.services = [service]
    session.commit()
    for values in (GIVEN, replace(GIVEN, service_id=service.id)):
        impact.record(session, actor, campaign.id, values, today=TODAY, now=now)
    assert len(of(session, world, campaign).step("impact").lines) == 2
    assert line(of(session, world, campaign), "impact", service.name)
    with pytest.raises(Invalid):
        impact.record(session, actor, campaign.id, replace(GIVEN, service_id=foreign.id), today=TODAY, now=now)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("field", "value"),
    [("what", " "), ("value", None), ("value", -1.0), ("value", float("nan")), ("on", None),
     ("on", date(2026, 11, 25)), ("source", ""), ("unit", "x" * 41)],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(world: World, session: Session, field: str, value: object) -> None:
    actor, campaign = world.actor(Role.EDITOR), world.campaign()
    with pytest.raises(Invalid) as error:
        impact.record(session, actor, campaign.id, replace(GIVEN, **{field: value}), today=TODAY, now=world.clock.now())
    assert error.value.field == field


def test_it_is_changed_once_at_a_time_and_the_trail_keeps_it(world: World, session: Session) -> None:
    actor, campaign, now = world.actor(Role.EDITOR), world.campaign(), world.clock.now()
    figure = impact.record(session, actor, campaign.id, GIVEN, today=TODAY, now=now)
    more = replace(GIVEN, value=9)
    impact.edit(session, actor, campaign.id, figure.id, more, seen=1, today=TODAY, now=now)
    with pytest.raises(Stale):
        impact.edit(session, actor, campaign.id, figure.id, GIVEN, seen=1, today=TODAY, now=now)
    with pytest.raises(NotFound):
        impact.remove(session, actor, world.campaign().id, figure.id, now=now)
    impact.remove(session, actor, campaign.id, figure.id, now=now)
    kept = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "impact_figures")).all()
    assert kept == ["insights.figure_recorded", "insights.figure_edited", "insights.figure_removed"]


def test_it_is_the_campaigns_to_record(world: World, session: Session) -> None:
    campaign, now = world.campaign(), world.clock.now()
    with pytest.raises(Forbidden):
        impact.record(session, world.actor(Role.VIEWER), campaign.id, GIVEN, today=TODAY, now=now)
    campaign.status = "cancelled"
    session.commit()
    with pytest.raises(Refused):
        impact.record(session, world.actor(Role.EDITOR), campaign.id, GIVEN, today=TODAY, now=now)
