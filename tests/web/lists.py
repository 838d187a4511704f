"""The lists that are made from a definition, each with its address, its query and one record to show."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select

from app.base.people.index import USERS
from app.base.people.queries import users
from app.base.web.listing import Listing
from app.evidence.surveys.index import SURVEYS
from app.evidence.surveys.listing import waves
from app.gatherings.communities import queries as groups
from app.gatherings.communities.activity import Rule
from app.gatherings.communities.index import GROUPS
from app.gatherings.events import queries as events
from app.gatherings.events.index import EVENTS
from app.kernel.roles import Actor, Role
from app.learning.projects.index import PROJECTS
from app.learning.projects.models import Project
from app.learning.projects.queries import projects
from app.learning.training.batches.index import BATCHES
from app.learning.training.batches.listing import batches
from app.outreach.campaigns.index import CAMPAIGNS
from app.outreach.campaigns.queries import list_query
from app.outreach.outlets.index import OUTLETS
from app.outreach.outlets.queries import outlets
from app.outreach.posts import queries as posts
from app.outreach.posts.index import POSTS
from app.oversight.commitments.index import COMMITMENTS
from app.oversight.commitments.models import Commitment
from app.oversight.commitments.queries import listed
from tests.world import World


@dataclass(frozen=True)
class Listed:
    """`query`: for a person and filters; `make`: one record; `narrow`: an address that leaves some or none of them;
    `files`: the addresses of its files."""

    listing: Listing[Any]
    path: str
    query: Callable[[World, Actor, Any], Select[Any]]
    make: Callable[[World], object]
    narrow: str
    files: tuple[str, ...] = ()
    rows: bool = True


def _groups(world: World, actor: Actor, wanted: Any) -> Select[Any]:
    now = world.clock.now()
    return groups.groups(actor, wanted, rule=Rule(active_events=3, days=180), now=now, today=now.date())


def _commitment(world: World) -> object:
    return world._add(Commitment(kind="memorandum", title="Nota", created_at=world.clock.now()))


def _project(world: World) -> object:
    now = world.clock.now()
    return world._add(Project(name="Antrean", status_on=date(2026, 11, 2), created_at=now, updated_at=now))


LISTS = {
    "events": Listed(
        EVENTS, "/kegiatan", lambda world, actor, wanted: events.events(actor, wanted, now=world.clock.now()),
        lambda world: world.event(capacity=30, budget=500_000, village_code=world.village()), "status=planned",
        ("/kegiatan/unduh.csv", "/kegiatan/unduh.xlsx"),
    ),
    "groups": Listed(
        GROUPS, "/komunitas", _groups, lambda world: world.group(village_code=world.village()), "aktivitas=never",
        ("/komunitas/unduh.csv", "/komunitas/unduh.xlsx"),
    ),
    "posts": Listed(
        POSTS, "/materi", lambda world, actor, wanted: posts.posts(actor, wanted, now=world.clock.now()),
        lambda world: world.post(world.outlet()), "status=draft", ("/materi/unduh.csv",), rows=False,
    ),
    "campaigns": Listed(
        CAMPAIGNS, "/program", lambda _world, actor, wanted: list_query(actor, wanted),
        lambda world: world.campaign(), "status=active", ("/program/unduh.csv",),
    ),
    "surveys": Listed(
        SURVEYS, "/survei", lambda _world, actor, wanted: waves(actor, wanted), lambda world: world.wave(),
        "tahap=baseline",
    ),
    "batches": Listed(
        BATCHES, "/pelatihan", lambda _world, actor, wanted: batches(actor, wanted), lambda world: world.batch(),
        "keadaan=finished",
    ),
    "users": Listed(
        USERS, "/pengguna", lambda _world, _actor, wanted: users(wanted), lambda world: world.user(Role.VIEWER),
        "peran=viewer", ("/pengguna/ekspor.csv",), rows=False,
    ),
    "outlets": Listed(
        OUTLETS, "/saluran", lambda _world, actor, wanted: outlets(actor, wanted), lambda world: world.outlet(),
        "kelompok=social",
    ),
    "commitments": Listed(
        COMMITMENTS, "/komitmen", lambda world, actor, wanted: listed(actor, wanted, world.clock.now().date()),
        _commitment, "keadaan=terlambat", ("/komitmen/unduh.xlsx",),
    ),
    "projects": Listed(
        PROJECTS, "/pelatihan/proyek", lambda _world, actor, wanted: projects(actor, wanted), _project,
        "status=in_use", ("/pelatihan/proyek/unduh.csv", "/pelatihan/proyek/unduh.xlsx"),
    ),
}  # fmt: skip
