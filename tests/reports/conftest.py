"""A KIM of a village with two members, the office's people, and an OPD with its contact."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.base.people.models import Organisation, User
from app.gatherings.events.models import Event
from app.gatherings.reports.service import Activity, ReportContent, log_activity
from app.kernel.roles import Actor, Role
from tests.world import World

TZ = "Asia/Makassar"


@dataclass
class People:
    kim: Organisation
    dian: User  # members of the KIM
    rudi: User
    other: User  # of another KIM
    editor: User
    opd: Organisation
    contact: User
    world: World

    def actor(self, name: str) -> Actor:
        return self.world.actor_of(getattr(self, name))


@pytest.fixture
def people(world: World) -> People:
    village = world.village()
    kim = world.organisation("kim", name="KIM Batuq Maju", village_code=village)
    opd = world.organisation("opd", name="Dinas Pekerjaan Umum")
    return People(
        kim=kim,
        dian=world.user(Role.COMMUNITY, organisation=kim, name="Dian"),
        rudi=world.user(Role.COMMUNITY, organisation=kim, name="Rudi"),
        other=world.user(Role.COMMUNITY, organisation=world.organisation("kim", name="KIM Lain")),
        editor=world.user(Role.EDITOR, name="Eka"),
        opd=opd,
        contact=world.user(Role.OPD_CONTACT, organisation=opd, name="Oki"),
        world=world,
    )


@pytest.fixture
def logged(session: Session, people: People) -> Callable[..., Event]:
    """Log an activity of the KIM as the field page does; `by` is who, `days` how long ago."""

    def log(by: str = "dian", *, days: float = 1, title: str = "Kumpul warga", **written: Any) -> Event:
        now = people.world.clock.now()
        begins = now - timedelta(days=days)
        written = {"counts": {("f", "adult"): 7, ("m", "adult"): 5}, "told": "Isi pertemuan"} | written
        report = log_activity(
            session,
            people.actor(by),
            Activity(
                title=title, kind="kim_activity", organisation_id=people.kim.id, starts_at=begins,
                village_code=people.kim.village_code or "", ends_at=begins + timedelta(hours=2), place="Balai desa",
                written=ReportContent(**written),
            ),
            now=now,
            tz=TZ,
        )  # fmt: skip
        session.commit()
        return report.event

    return log
