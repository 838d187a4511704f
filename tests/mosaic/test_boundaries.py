"""Boundaries are kept with their file, replaced and taken away as a whole, by the office alone."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.base.media.models import StoredFile
from app.base.media.storage import Storage
from app.gatherings.events.models import EventStatus
from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, Refused
from app.kernel.periods import Period
from app.kernel.roles import SYSTEM, Actor, Role
from app.outreach.campaigns.models import Dimension
from app.outreach.campaigns.reference import load_dimensions
from app.oversight.mosaic import boundaries
from app.oversight.mosaic.measures import LAST_CONTACT, MEASURES
from app.oversight.mosaic.models import Boundaries
from app.oversight.mosaic.queries import mosaic
from app.oversight.mosaic.values import Measure
from app.oversight.recaps import evaluations
from app.oversight.recaps.models import EvaluationEvidence
from tests.mosaic.test_geojson import collection, feature, square
from tests.world import World


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path / "media")


def districts(session: Session, *, without: str = "", name: str = "x") -> bytes:
    codes = [code for code in session.scalars(select(District.code).order_by(District.code)) if code != without]
    shapes = [{"type": "Polygon", "coordinates": [square(116 + n / 10, 0)]} for n in range(len(codes))]
    return collection(*(feature(code, shape) for code, shape in zip(codes, shapes, strict=True)), name=name)


def load(session: Session, storage: Storage, world: World, actor: Actor, data: bytes) -> list[str]:
    checked = boundaries.check(session, actor, "64.02", data, "batas.geojson")
    _kept, gone = boundaries.load(session, storage, actor, "64.02", checked, now=world.clock.now())
    session.commit()
    return gone


def test_a_second_file_takes_the_place_of_the_first_and_its_content_goes(
    session: Session, world: World, storage: Storage
) -> None:
    editor = world.actor(Role.EDITOR)
    assert load(session, storage, world, editor, districts(session)) == []
    first = session.scalars(select(StoredFile)).one()
    gone = load(session, storage, world, editor, districts(session, without="64.02.12", name="y"))
    assert gone == [first.sha256]
    kept = session.scalars(select(Boundaries)).one()
    assert (kept.level, len(kept.paths), kept.missing) == ("district", 19, ["64.02.12"])
    assert boundaries.village_names(session, kept.missing) == ["Tabang"]
    file = session.scalars(select(StoredFile)).one()
    assert json.loads(storage.read(file))["name"] == "y"
    assert load(session, storage, world, editor, storage.read(file)) == [], "the same content stays"
    assert boundaries.remove(session, editor, "64.02", now=world.clock.now()) == [file.sha256]
    session.rollback()
    now = world.clock.now()
    session.add(StoredFile(sha256=file.sha256, mime="application/json", size=1, name="lain.json", created_at=now))
    assert boundaries.remove(session, editor, "64.02", now=now) == [], "another record holds this content"
    session.commit()
    assert session.scalar(select(func.count(Boundaries.id))) == 0
    assert session.scalars(select(AuditEntry.action)).all().count("boundaries.loaded") == 3
    with pytest.raises(Refused):
        boundaries.remove(session, editor, "64.02", now=world.clock.now())


def test_a_file_that_something_else_shows_stays(session: Session, world: World, storage: Storage) -> None:
    editor = world.actor(Role.EDITOR)
    load(session, storage, world, editor, districts(session))
    file = session.scalars(select(StoredFile)).one()
    load_dimensions(session)
    key, now = session.scalars(select(Dimension.key)).first() or "", world.clock.now()
    row = evaluations.add_row(session, editor, 2026, dimension_key=key, title="x", campaign_id=None, now=now)
    row.evidence.append(EvaluationEvidence(part="output", title="x", file_id=file.id))
    session.flush()
    assert boundaries.remove(session, editor, "64.02", now=now) == []
    session.commit()
    assert session.scalars(select(StoredFile)).one() is file


def test_only_editors_and_admins_of_the_office_load_and_remove(
    session: Session, world: World, storage: Storage
) -> None:
    load(session, storage, world, world.actor(Role.ADMIN), districts(session))
    for actor in (world.actor(Role.EDITOR, organisation=world.organisation()), world.actor(Role.VIEWER)):
        with pytest.raises(Forbidden):
            load(session, storage, world, actor, districts(session))
        with pytest.raises(Forbidden):
            boundaries.remove(session, actor, "64.02", now=world.clock.now())


def map_of(session: Session, world: World, measure: Measure = LAST_CONTACT) -> boundaries.Map:
    kept = boundaries.of_regency(session, "64.02")
    assert kept is not None
    shown = mosaic(
        session, SYSTEM, "64.02", ZoneInfo("Asia/Makassar"), now=world.clock.now(), period=Period.year(2026),
        measure=measure,
    )  # fmt: skip
    return boundaries.shade_areas(kept, shown)


def held(world: World, village: str) -> None:
    world.event(village_code=village, status=EventStatus.HELD, starts_at=world.clock.now())


def test_a_district_is_shaded_by_the_share_of_its_villages(session: Session, world: World, storage: Storage) -> None:
    load(session, storage, world, world.actor(Role.EDITOR), districts(session))
    sanga = session.scalars(select(Village.code).where(Village.district_code == "64.02.15")).all()
    for code in sanga[:-1]:
        held(world, code)
    drawn = map_of(session, world)
    shape = next(shape for shape in drawn.shapes if shape.name == "Sanga Sanga")
    assert (shape.word, shape.look, str(shape.said)) == ("4/5", "s3", "4 dari 5 desa terjangkau")
    assert [count for _step, count in drawn.steps] == [19, 0, 0, 1, 0]
    held(world, sanga[-1])
    assert next(one.look for one in map_of(session, world).shapes if one.name == "Sanga Sanga") == "s4"
    figures = map_of(session, world, MEASURES["pengenalan"])
    assert (figures.steps, {one.word for one in figures.shapes}) == ((), {""})


def test_a_village_has_its_own_shade(session: Session, world: World, storage: Storage) -> None:
    reached, other = world.village(0), world.village(1)
    shapes = [
        feature(code, {"type": "Polygon", "coordinates": [square(116 + n, 0)]})
        for n, code in enumerate((reached, other))
    ]
    load(session, storage, world, world.actor(Role.EDITOR), collection(*shapes))
    held(world, reached)
    assert {shape.look for shape in map_of(session, world).shapes} == {"s4", "never"}
