"""The weekly summary: to whom it goes, when, and what it says."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.base.notices.service import prefer_digest
from app.kernel.clock import FrozenClock
from app.kernel.roles import SYSTEM, Position, Role
from app.kernel.text import T
from app.outreach.publishing.models import Delivery, DeliveryStatus
from app.oversight.control import digest, queries
from app.oversight.control.digest import send_weekly
from tests.control.records import bidang, delivery, head
from tests.pages import sign_in
from tests.world import ZONE, World

Sessions = sessionmaker[Session]
MONDAY = datetime(2026, 11, 23, 0, 10, tzinfo=UTC)  # 08.10 WITA


def address(endpoint: str, values: Mapping[str, Any]) -> str:
    return f"/{endpoint}/{next(iter(values.values()))}"


def run(sessions: Sessions, clock: FrozenClock) -> int:
    return send_weekly(
        sessions, now=clock.now(), tz="Asia/Makassar", regency_code="64.02", site="https://gaung.contoh.id/",
        address=address,
    )  # fmt: skip


def inbox(session: Session) -> dict[int | None, Notice]:
    session.expire_all()
    return {row.user_id: row for row in session.scalars(select(Notice).order_by(Notice.id))}


@pytest.fixture
def opening(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentences of this test alone: those of Ikhtisar stand there wherever the application was loaded."""

    def sentences(*_given: Any) -> list[T]:
        return [T("Pengenalan warga naik.")]

    monkeypatch.setattr(digest, "OPENINGS", [sentences])


def test_managers_get_the_regencys_and_heads_of_a_bidang_their_own(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock, opening: None
) -> None:
    ikp, other = bidang(world, "Bidang IKP"), bidang(world, "Bidang TI")
    kabid, kadis, reader = head(world, Position.KABID, ikp), head(world, Position.KADIS), world.user(Role.VIEWER)
    world.user(Role.EDITOR)
    late = delivery(world, ago=timedelta(days=7), organisation_id=ikp.id, title="Poster A")
    delivery(world, organisation_id=other.id, title="Poster B")
    assert run(sessions, clock) == 3
    mails = inbox(session)
    assert set(mails) == {kabid.id, kadis.id, reader.id}
    assert mails[kadis.id].subject == "Ringkasan minggu ini, seluruh kabupaten: 2 hal terlambat"
    body = mails[kadis.id].body
    assert body.startswith("Pengenalan warga naik.\n\nTerlambat: 2 hal, paling lama 5 hari kerja.")
    assert "- Bidang IKP: 1 (paling lama 5 hari kerja)\n- Bidang TI: 1" in body
    assert "- Materi gagal, terlewat atau belum pasti terbit: 2" in body
    assert "1. Poster A" in body
    assert f"https://gaung.contoh.id/publishing.show/{late.id}" in body
    own = mails[kabid.id]
    assert own.subject == "Ringkasan minggu ini, Bidang IKP: 1 hal terlambat"
    assert own.path == f"/perlu-dikejar?bidang={ikp.id}&beserta=bidang"
    assert "Poster B" not in own.body
    assert "Pengenalan" not in own.body


def test_it_comes_once_a_week_on_the_first_working_day(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock
) -> None:
    world.user(Role.VIEWER)
    delivery(world)
    clock.move_to(datetime(2026, 11, 22, 2, 0, tzinfo=UTC))  # Sunday
    assert run(sessions, clock) == 0
    clock.move_to(MONDAY)
    assert run(sessions, clock) == 1
    clock.advance(hours=1)
    assert run(sessions, clock) == 0
    clock.advance(days=2)
    assert run(sessions, clock) == 0
    clock.advance(days=5)
    assert run(sessions, clock) == 1


def test_a_monday_off_moves_it_to_the_next_working_day(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock
) -> None:
    world.user(Role.VIEWER)
    delivery(world, ago=timedelta(days=30))
    clock.move_to(datetime(2026, 6, 1, 1, 0, tzinfo=UTC))  # Monday, Hari Lahir Pancasila
    for row in session.scalars(select(Delivery)):
        row.due_at = clock.now() - timedelta(days=30)
    session.commit()
    assert run(sessions, clock) == 0
    clock.advance(days=1)
    assert run(sessions, clock) == 1


def test_a_worker_that_was_down_catches_up_in_the_same_week(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock
) -> None:
    world.user(Role.VIEWER)
    delivery(world)
    clock.move_to(MONDAY + timedelta(days=3))
    assert run(sessions, clock) == 1


def test_a_week_without_anything_late_is_told_once(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock
) -> None:
    reader = world.user(Role.VIEWER)
    assert run(sessions, clock) == 0  # nothing was ever late
    late = delivery(world)
    assert run(sessions, clock) == 0  # and the week does not tell it on its third day
    clock.advance(days=6)
    assert run(sessions, clock) == 1
    late.status = DeliveryStatus.SENT
    session.commit()
    clock.advance(days=7)
    assert run(sessions, clock) == 1
    assert (
        "tidak ada yang terlambat"
        in session.scalars(select(Notice.subject).where(Notice.user_id == reader.id).order_by(Notice.id.desc())).first()
    )  # type: ignore[operator]
    session.rollback()
    clock.advance(days=7)
    assert run(sessions, clock) == 0


def test_who_left_it_off_gets_none(session: Session, sessions: Sessions, world: World, clock: FrozenClock) -> None:
    quiet, reader = world.user(Role.VIEWER), world.user(Role.VIEWER)
    delivery(world)
    prefer_digest(session, world.actor_of(quiet), wanted=False)
    session.commit()
    run(sessions, clock)
    assert set(inbox(session)) == {reader.id}


def test_sentences_that_cannot_be_made_keep_nothing_back(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: Any) -> list[T]:
        raise RuntimeError("no survey")

    monkeypatch.setattr(digest, "OPENINGS", [broken])
    world.user(Role.VIEWER)
    delivery(world)
    assert run(sessions, clock) == 1
    assert session.scalar(select(func.count(Notice.id))) == 1


def test_an_opds_tells_of_its_own_bidang_too(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock
) -> None:
    opd = world.organisation("opd", name="Dinas A")
    part = world.organisation("bidang", parent_id=opd.id)
    boss = head(world, Position.KADIS, opd)
    delivery(world, organisation_id=opd.id, title="Poster A")
    delivery(world, organisation_id=part.id, title="Poster B")
    delivery(world, organisation_id=bidang(world).id, title="Poster C")
    run(sessions, clock)
    mail = inbox(session)[boss.id]
    assert mail.subject == "Ringkasan minggu ini, Dinas A: 2 hal terlambat"
    assert "Poster B" in mail.body
    assert "Poster C" not in mail.body
    moment = queries.moment_of(session, today=clock.now().date(), now=clock.now(), zone=ZONE)
    assert queries.listed(session, SYSTEM, moment, queries.LateFilters(unit_id=opd.id)).total == 1


def test_a_head_who_only_reads_gets_the_regencys(session: Session, world: World, clock: FrozenClock) -> None:
    part = bidang(world)
    reads = world.user(Role.VIEWER, organisation=part, position=str(Position.KABID))
    approves = head(world, Position.KABID, part)
    assert digest.readers(session, clock.now().date()) == {digest.REGENCY: (reads.id,), part.id: (approves.id,)}


def test_only_who_is_sent_one_reads_of_it_also_after_leaving_it_off(
    client: FlaskClient, session: Session, world: World
) -> None:
    elsewhere, reader = world.user(Role.VIEWER, organisation=world.organisation("opd")), world.user(Role.VIEWER)
    sign_in(client, reader)
    assert "Setiap awal pekan Anda menerima" in client.get("/pemberitahuan").text
    client.post("/pemberitahuan/ringkasan", data={"digest": "0"})
    assert "Kirim ringkasan lagi" in client.get("/pemberitahuan").text
    client.post("/keluar")
    sign_in(client, elsewhere)
    assert "Ringkasan mingguan" not in client.get("/pemberitahuan").text
