"""Whatever is decided about answers, counts are those of the answers that count, also when several act at once."""

import os
import threading
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.evidence.instruments.versions import definition_of
from app.evidence.responses.exclusion import exclude, exclude_repeats, include
from app.evidence.responses.models import Cell, Response, ResponseConflict, ResponseImport
from app.evidence.responses.queries import counted_by_mode
from app.evidence.responses.retention import erase_answers, sweep_uploads
from app.evidence.responses.review import keep_first, settle
from app.evidence.responses.service import Submission, record
from app.evidence.responses.tally import counts, fold, fold_all, recount, vectors
from app.evidence.responses.wording import differing
from app.evidence.surveys.models import Wave, WaveStatus
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import Role
from tests.survey_sample import ANSWERS
from tests.world import VILLAGE, World


def true_to_the_answers(session: Session, wave: Wave) -> bool:
    """Whether the counts are what one gets by reading every answer that counts."""
    session.rollback()
    session.expire_all()
    rows = session.scalars(select(Response).where(Response.wave_id == wave.id, Response.set_aside.is_(None))).all()
    expected = vectors(definition_of(session, wave.instrument_version_id), rows)
    found = counts(session, wave)
    by_key = dict(zip(found.keys, zip(found.people, found.sums, strict=True), strict=True))
    return by_key.keys() == expected.keys() and all(
        by_key[key][0] == n and np.array_equal(by_key[key][1], sums) for key, (n, sums) in expected.items()
    )


def test_set_aside_and_back_before_and_after_counting(world: World, session: Session, clock: FrozenClock) -> None:
    wave, editor = world.wave(), world.actor(Role.EDITOR)
    rows = [world.response(wave, sex=sex) for sex in "ffm"]
    exclude(session, editor, wave.id, rows[0].uuid, "coba", now=clock.now())
    session.commit()
    assert true_to_the_answers(session, wave)
    fold(session, wave)
    session.commit()
    assert true_to_the_answers(session, wave)
    exclude(session, editor, wave.id, rows[1].uuid, "coba", now=clock.now())
    include(session, editor, wave.id, rows[0].uuid, now=clock.now())
    session.commit()
    assert true_to_the_answers(session, wave)
    fold(session, wave)
    session.commit()
    assert true_to_the_answers(session, wave)
    assert int(counts(session, wave).people.sum()) == 2


def test_a_reason_is_needed_and_twice_is_refused(world: World, session: Session, clock: FrozenClock) -> None:
    wave, editor = world.wave(), world.actor(Role.EDITOR)
    one = world.response(wave)
    for reason in ("", "  ", "x" * 301):
        with pytest.raises(Invalid):
            exclude(session, editor, wave.id, one.uuid, reason, now=clock.now())
    exclude(session, editor, wave.id, one.uuid, "coba", now=clock.now())
    with pytest.raises(Refused):
        exclude(session, editor, wave.id, one.uuid, "coba", now=clock.now())


def test_only_the_organiser_and_only_of_this_survey(world: World, session: Session, clock: FrozenClock) -> None:
    wave, other = world.wave(), world.wave()
    one = world.response(wave)
    with pytest.raises(NotFound):
        exclude(session, world.actor(Role.EDITOR), other.id, one.uuid, "coba", now=clock.now())
    stranger = world.actor(Role.CONTRIBUTOR, organisation=world.organisation())
    with pytest.raises((NotFound, Forbidden)):
        exclude(session, stranger, wave.id, one.uuid, "coba", now=clock.now())


def test_all_repeats_at_once(world: World, session: Session, clock: FrozenClock) -> None:
    wave, editor = world.wave(), world.actor(Role.EDITOR)
    for number in range(12):
        world.response(wave, mode="link", device_mark=f"m{number % 3}")
    fold(session, wave)
    session.commit()
    assert exclude_repeats(session, editor, wave.id, "ulangan", now=clock.now()) == 9
    assert exclude_repeats(session, editor, wave.id, "ulangan", now=clock.now()) == 0
    session.commit()
    assert true_to_the_answers(session, wave)
    assert int(counts(session, wave).people.sum()) == 3


def test_counts_stay_true_while_the_worker_counts_and_others_decide(
    world: World, session: Session, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    wave, editor = world.wave(), world.actor(Role.EDITOR)
    uuids = [world.response(wave, sex="fm"[number % 2]).uuid for number in range(24)]
    faults: list[BaseException] = []

    def decide(mine: list[str]) -> None:
        try:
            for uuid in mine:
                with unit_of_work(sessions) as own:
                    exclude(own, editor, wave.id, uuid, "coba", now=clock.now())
            for uuid in mine[::2]:
                with unit_of_work(sessions) as own:
                    include(own, editor, wave.id, uuid, now=clock.now())
        except BaseException as fault:
            faults.append(fault)

    def count() -> None:
        try:
            for _ in range(12):
                with unit_of_work(sessions) as own:
                    fold(own, own.get_one(Wave, wave.id), most=3)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=decide, args=(uuids[start:20:2],)) for start in (0, 1)]
    threads += [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert true_to_the_answers(session, wave)
    fold_all(sessions)
    assert true_to_the_answers(session, wave)
    assert int(counts(session, wave).people.sum()) == 4 + 10


def test_the_same_answers_from_two_lines_at_once_are_one(
    world: World, session: Session, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    wave = world.wave()
    sent = Submission("3b0a1c52-8f0e-4f0e-9d35-0d0f6a8f4c11", "link", VILLAGE, "f", "25-34", ANSWERS)
    states: list[str] = []

    def send() -> None:
        with unit_of_work(sessions) as own:
            states.append(record(own, None, own.get_one(Wave, wave.id), sent, now=clock.now()).state)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(states) == ["known", "known", "known", "stored"]
    session.rollback()
    assert session.scalars(select(Response.repeats)).all() == [3]


def test_what_differs_is_named() -> None:
    one = {"place": "a", "sex": "f", "age_band": "55+", "answers": {"p": "1", "q": ["x"], "q/x": "kata"}}
    other = {"place": "b", "sex": "f", "age_band": "55+", "answers": {"p": "1", "q": ["x"], "q/x": "lain", "r": 2}}
    assert differing(one, other) == ["place", "q", "r"]
    assert differing(one, one) == []


# --- which of two versions stands ---


def two_versions(world: World, session: Session, clock: FrozenClock, wave: Wave) -> tuple[Response, ResponseConflict]:
    """A link's in a hurry, then the phone's under the same number."""
    now = clock.now()
    row = world.response(wave, mode="link", started_at=now - timedelta(seconds=2), device_mark="m1")
    given = Submission(row.uuid, "phone", VILLAGE, "m", "55+", {**ANSWERS, "percaya": "1"}, "kut",
                       now - timedelta(minutes=9), now)  # fmt: skip
    assert record(session, world.actor(Role.EDITOR), wave, given, now=now).state == "conflict"
    session.commit()
    return row, session.scalars(select(ResponseConflict)).one()


def test_the_version_that_is_taken_keeps_its_way_times_and_marks(
    world: World, session: Session, clock: FrozenClock
) -> None:
    wave, editor, now = world.wave(), world.actor(Role.EDITOR), clock.now()
    row, conflict = two_versions(world, session, clock, wave)
    fold(session, wave)
    settle(session, editor, wave.id, conflict.id, take=True, now=now)
    session.commit()
    session.refresh(row)
    assert (row.mode, row.language, row.sex, row.flags, row.device_mark) == ("phone", "kut", "m", [], None)
    assert (row.started_at, row.ended_at) == (now - timedelta(minutes=9), now)
    assert (conflict.mode, conflict.payload["flags"], conflict.payload["device_mark"]) == ("link", ["fast"], "m1")
    assert counted_by_mode(session, wave) == {"phone": 1}
    assert true_to_the_answers(session, wave)
    fold(session, wave)
    session.commit()
    assert counted_by_mode(session, wave) == {"phone": 1}
    assert true_to_the_answers(session, wave)


def test_what_counts_already_is_kept_for_all_that_wait(world: World, session: Session, clock: FrozenClock) -> None:
    wave, editor = world.wave(), world.actor(Role.EDITOR)
    row, conflict = two_versions(world, session, clock, wave)
    two_versions_of_another = world.response(world.wave())
    assert keep_first(session, editor, wave.id, now=clock.now()) == 1
    assert keep_first(session, editor, wave.id, now=clock.now()) == 0
    session.commit()
    session.refresh(conflict)
    assert (conflict.resolution, conflict.resolved_by_id, row.mode) == ("kept", editor.id, "link")
    assert two_versions_of_another.set_aside is None
    with pytest.raises(Forbidden):
        keep_first(session, world.actor(Role.ENUMERATOR), wave.id, now=clock.now())


# --- after their time ---


def test_single_answers_go_after_their_time_and_counts_stay(
    world: World, session: Session, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    now, editor = clock.now(), world.actor(Role.EDITOR)
    old, fresh, running = (world.wave() for _ in range(3))
    for wave in (old, fresh, running):
        rows = [world.response(wave) for _ in range(3)]
        exclude(session, editor, wave.id, rows[0].uuid, "coba", now=now)
    other = Submission(rows[1].uuid, "phone", VILLAGE, "f", "25-34", {**ANSWERS, "percaya": "1"})
    record(session, None, running, other, now=now)
    again = session.scalars(select(Response).where(Response.wave_id == old.id, Response.set_aside.is_(None))).first()
    assert again
    record(
        session, None, old, Submission(again.uuid, "phone", VILLAGE, "m", "25-34", ANSWERS), now=now
    )  # a conflict of it goes too
    old.status = fresh.status = "closed"
    old.closed_at, fresh.closed_at = now - timedelta(days=31), now - timedelta(days=29)
    session.commit()
    before = counts(session, old)
    assert erase_answers(sessions, answer_days=30, now=now) == 1
    assert erase_answers(sessions, answer_days=30, now=now) == 0
    session.rollback()
    session.expire_all()
    left = dict(session.execute(select(Response.wave_id, func.count()).group_by(Response.wave_id)).all())  # type: ignore[arg-type]
    assert left == {fresh.id: 3, running.id: 3}
    assert session.scalars(select(ResponseConflict.wave_id)).all() == [running.id]
    after = counts(session, old)
    assert (list(after.keys), after.people.tolist()) == (list(before.keys), before.people.tolist())
    assert np.array_equal(after.sums, before.sums)
    assert old.erased_at == now
    with pytest.raises(Refused):
        recount(session, old)
    assert session.scalar(select(func.sum(Cell.people)).where(Cell.wave_id == old.id)) == 2


def test_answers_that_came_after_the_erasing_are_erased_too(
    world: World, session: Session, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    wave, now = world.wave(), clock.now()
    names = {"path": "x", "problems": [[2, "umur", "“Ibu Siti” bukan umur"]], "created_at": now}
    session.add(ResponseImport(wave_id=wave.id, file_name="siti.csv", status="done", **names))
    world.response(wave)
    wave.status, wave.closed_at = WaveStatus.CLOSED, now - timedelta(days=31)
    session.commit()
    assert erase_answers(sessions, answer_days=30, now=now) == 1
    session.expire_all()
    found = session.scalars(select(ResponseImport)).one()
    assert (found.problems, "siti" in found.file_name) == ([], False)
    wave.status = WaveStatus.OPEN  # opened again, and closed as long ago
    session.commit()
    world.response(wave, sex="m")
    wave.status = WaveStatus.CLOSED
    session.commit()
    assert erase_answers(sessions, answer_days=30, now=now) == 1
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Response)) == 0
    assert int(counts(session, wave).people.sum()) == 2


def test_files_that_no_upload_names_are_removed(
    world: World, session: Session, sessions: "sessionmaker[Session]", clock: FrozenClock, tmp_path: Path
) -> None:
    folder = tmp_path / "imports"
    folder.mkdir()
    old = (clock.now() - timedelta(days=1)).timestamp()
    for name in ("open.upload", "open.a1.ready", "done.upload", "lost.upload", "lost.b2.part", "new.upload"):
        (folder / name).write_text("x")
        os.utime(folder / name, (old, old) if name != "new.upload" else (clock.now().timestamp(),) * 2)
    for name, status in (("open", "checked"), ("done", "done")):
        path = str(folder / f"{name}.upload")
        values = {"file_name": "a.csv", "path": path, "status": status, "created_at": clock.now()}
        session.add(ResponseImport(wave_id=world.wave().id, **values))
    session.commit()
    assert sweep_uploads(sessions, folder, now=clock.now()) == 3
    assert sorted(one.name for one in folder.iterdir()) == ["new.upload", "open.a1.ready", "open.upload"]
    assert sweep_uploads(sessions, tmp_path / "nowhere", now=clock.now()) == 0
