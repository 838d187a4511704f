"""Every place that keeps the number of a file says who reads the file through it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Column, event
from sqlalchemy.orm import Session

import app.tables  # noqa: F401
from app.base.media import holders
from app.base.media.models import StoredFile
from app.base.media.service import files_of
from app.evidence.instruments.models import InstrumentVersion
from app.gatherings.events.models import EventPhoto
from app.kernel.db import Base
from app.kernel.roles import SYSTEM, Actor, Role
from app.kernel.slots import Unsealed
from app.outreach.posts.models import PostMedia
from app.outreach.publishing.models import Delivery
from tests.slots import unsealed
from tests.world import World


def keys_to_files() -> Iterator[Column]:
    for table in Base.metadata.tables.values():
        yield from (
            column for column in table.columns for key in column.foreign_keys if key.column.table.name == "stored_files"
        )


def test_every_foreign_key_to_a_stored_file_has_a_rule() -> None:
    named = {f"{holder.column.class_.__tablename__}.{holder.column.key}" for holder in holders.HOLDERS}
    silent = {f"{column.table.name}.{column.name}" for column in keys_to_files()} - named
    assert silent == set(), "say in files.py of the room who reads these files, and list it in app/joints.py"
    assert len(holders.HOLDERS) == len(named)


def test_nothing_is_decided_while_no_room_has_spoken(session: Session, world: World) -> None:
    file = kept(world)
    with unsealed(holders.HOLDERS), pytest.raises(Unsealed, match="join"):
        holders.readable(session, world.actor(Role.EDITOR), [file])


def kept(world: World, by: Actor | None = None) -> StoredFile:
    values = {"sha256": "a" * 64, "mime": "image/png", "size": 1, "name": "a.png", "created_at": world.clock.now()}
    return world._add(StoredFile(uploaded_by_id=by.id if by else None, **values))


def test_the_record_decides_and_not_who_uploaded(session: Session, world: World) -> None:
    opd, other = world.organisation(), world.organisation()
    mine, strange = (world.actor(Role.EDITOR, organisation=one) for one in (opd, other))
    file, now = kept(world, by=strange), world.clock.now()
    assert set(files_of(session, strange, [file.id])) == {file.id}
    held = world.event(organisation_id=opd.id)
    world._add(EventPhoto(event_id=held.id, file_id=file.id, consent_at=now, added_at=now))
    assert files_of(session, strange, [file.id]) == {}
    assert set(files_of(session, mine, [file.id])) == {file.id}
    assert set(files_of(session, SYSTEM, [file.id])) == {file.id}


def test_what_is_held_twice_is_read_through_either(session: Session, world: World) -> None:
    opd, other = world.organisation(), world.organisation()
    file, now = kept(world), world.clock.now()
    for organisation in (opd, other):
        held = world.event(organisation_id=organisation.id)
        world._add(EventPhoto(event_id=held.id, file_id=file.id, consent_at=now, added_at=now))
        reader = world.actor(Role.VIEWER, organisation=organisation)
        assert set(files_of(session, reader, [file.id])) == {file.id}


def test_a_role_that_never_opens_such_records_reads_none(session: Session, world: World) -> None:
    file, now = kept(world), world.clock.now()
    held = world.event()
    world._add(EventPhoto(event_id=held.id, file_id=file.id, consent_at=now, added_at=now))
    assert files_of(session, world.actor(Role.ENUMERATOR), [file.id]) == {}


def test_a_picture_that_was_sent_stays_with_its_delivery(session: Session, world: World) -> None:
    """The post shows another by now; the uploader gets it back no more than anybody else."""
    opd = world.organisation()
    by = world.actor(Role.EDITOR, organisation=world.organisation())
    one, ten = [kept(world, by=by) for _ in range(10)][0::9]
    post, now = world.post(world.outlet(organisation_id=opd.id), organisation_id=opd.id), world.clock.now()
    payload = {"text": "x", "files": [{"id": ten.id, "alt": ""}]}
    world._add(
        Delivery(post_id=post.id, outlet_id=post.variants[0].outlet_id, content_hash="x", payload=payload, due_at=now,
                 wake_at=now, created_at=now)
    )  # fmt: skip
    assert set(files_of(session, by, [one.id, ten.id])) == {one.id}
    assert set(files_of(session, world.actor(Role.VIEWER, organisation=opd), [one.id, ten.id])) == {ten.id}
    assert files_of(session, world.actor(Role.ENUMERATOR, organisation=opd), [ten.id]) == {}


def test_a_picture_of_a_question_is_for_who_reads_the_questions(session: Session, world: World) -> None:
    test, by = world.instrument(audience="trainees"), world.actor(Role.EDITOR, organisation=world.organisation())
    file = kept(world, by=by)
    version: InstrumentVersion = test.versions[0]
    definition = {**version.definition, "sections": [dict(one) for one in version.definition["sections"]]}
    first = definition["sections"][0]
    first["questions"] = [{**first["questions"][0], "picture": file.id}, *first["questions"][1:]]
    version.definition = definition
    session.commit()
    opd = world.organisation()
    assert set(files_of(session, world.actor(Role.TRAINER, organisation=opd), [file.id])) == {file.id}
    assert files_of(session, world.actor(Role.OPD_CONTACT, organisation=opd), [file.id]) == {}
    assert files_of(session, world.actor(Role.COMMUNITY, organisation=opd), [file.id]) == {}


def test_many_files_of_two_kinds_cost_four_queries(session: Session, world: World) -> None:
    """The files, all kinds at once, and each of the two kinds."""
    reader, now = world.actor(Role.EDITOR, organisation=world.organisation()), world.clock.now()
    files = [kept(world) for _ in range(20)]
    held = world.event(organisation_id=reader.organisation_id)
    post = world.post(organisation_id=reader.organisation_id)
    for number, file in enumerate(files):
        if number % 2:
            session.add(EventPhoto(event_id=held.id, file_id=file.id, consent_at=now, added_at=now))
        else:
            session.add(PostMedia(post_id=post.id, file_id=file.id))
    session.commit()
    ids, asked = [file.id for file in files], []
    session.expire_all()
    event.listen(
        session.get_bind(),
        "before_cursor_execute",
        lambda *given: asked.append(given[2]) if "SELECT" in given[2] else None,
    )
    assert set(files_of(session, reader, ids)) == set(ids)
    assert len([one for one in asked if one.startswith("SELECT")]) == 4, asked
