"""What the home page reads, on both databases."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.desk import queries
from app.desk.queries import SHOWN
from app.kernel.clock import FrozenClock
from app.kernel.roles import Actor, Role
from app.outreach.posts.models import Post, Review
from app.outreach.printing.models import PrintOrder, PrintPiece
from tests.desk.test_states import deliver
from tests.world import World

WITA = ZoneInfo("Asia/Makassar")
TODAY = date(2026, 11, 24)


@pytest.fixture
def editor(world: World) -> Actor:
    return world.actor(Role.EDITOR)


def titles(section: queries.Section) -> list[str]:
    return [row.title for row in section.rows]


def submitted(session: Session, world: World, **values) -> Post:
    post = world.post(world.outlet(), status="in_review", **values)
    post.steps, post.waiting_for, post.round, post.submitted_at = ["kabid"], "kabid", 1, world.clock.now()
    session.commit()
    return post


def test_only_who_can_take_the_step_is_asked(session: Session, world: World, editor: Actor) -> None:
    kabid = world.actor(Role.APPROVER, position="kabid")
    kadis = world.actor(Role.APPROVER, position="kadis")
    submitted(session, world, title="Orang lain")
    submitted(session, world, title="Milik sendiri", author_id=kabid.id)
    assert titles(queries.approvals(session, kabid)) == ["Orang lain"]
    assert not queries.approvals(session, kadis)
    assert not queries.approvals(session, editor)


def test_a_section_shows_the_first_few_and_counts_all(session: Session, world: World) -> None:
    kabid = world.actor(Role.APPROVER, position="kabid")
    for number in range(SHOWN + 2):
        moment = world.clock.now() + timedelta(hours=10 - number)
        submitted(session, world, title=f"M{number}", scheduled_at=moment, useful_until=None)
    section = queries.approvals(session, kabid)
    assert titles(section) == ["M6", "M5", "M4", "M3", "M2"], "the soonest to go out first"
    assert section.total == 7


def test_a_returned_post_comes_back_to_its_author_with_the_latest_note(
    session: Session, world: World, editor: Actor, clock: FrozenClock
) -> None:
    post = world.post(status="returned", author_id=editor.id)
    for number, note in enumerate(("Lama", "Baru"), 1):
        session.add(
            Review(
                post_id=post.id, round=number, step=1, decision="returned", by_name="Kabid", note=note,
                content_hash="", at=clock.now(),
            )
        )  # fmt: skip
    session.commit()
    world.post(status="returned")
    section = queries.returned(session, editor)
    assert [row.note for row in section.rows] == ["Baru"]


def test_deliveries_that_need_a_person_stand_in_the_order_of_need(
    session: Session, world: World, editor: Actor, clock: FrozenClock
) -> None:
    for status in ("missed", "failed", "sent", "queued", "unknown", "handed_over", "cancelled"):
        outlet = world.outlet()
        deliver(session, clock, world.post(outlet, title=status, status="approved"), outlet, status)
    assert titles(queries.deliveries(session, editor)) == ["handed_over", "unknown", "failed", "missed"]


def test_another_opds_deliveries_are_seen_only_at_ones_own_outlet(
    session: Session, world: World, clock: FrozenClock
) -> None:
    foreign, own = world.organisation(), world.organisation()
    contact = world.actor(Role.EDITOR, organisation=own)
    mine, theirs = world.outlet("whatsapp", responsible_id=contact.id), world.outlet("x")
    for outlet, title in ((mine, "Tugas saya"), (theirs, "Bukan saya")):
        post = world.post(outlet, title=title, status="approved", organisation_id=foreign.id)
        deliver(session, clock, post, outlet, "handed_over")
    section = queries.deliveries(session, contact)
    assert titles(section) == ["Tugas saya"]
    assert section.rows[0].acts


def test_what_one_can_do_nothing_about_names_its_owner_and_waits_for_somebody_else(
    session: Session, world: World, clock: FrozenClock
) -> None:
    kabid = world.actor(Role.APPROVER, position="kabid")
    keeper = world.user(Role.EDITOR, name="Erna")
    for outlet, title in (
        (world.outlet("x", responsible_id=keeper.id), "A"), (world.outlet("facebook", responsible_id=kabid.id), "B"),
    ):  # fmt: skip
        deliver(session, clock, world.post(outlet, title=title, status="approved"), outlet, "failed")
    section = queries.deliveries(session, kabid)
    assert {(row.title, row.owner, bool(row.acts)) for row in section.rows} >= {("A", "Erna", False)}
    assert (section.total, section.waiting) == (2, 1)
    everybody = (world.actor(Role.EDITOR), 2), (world.actor(Role.VIEWER), 0)
    assert all(queries.deliveries(session, actor).waiting == waiting for actor, waiting in everybody)


def test_accounts_that_lost_their_connection(session: Session, world: World, editor: Actor) -> None:
    foreign = world.organisation()
    world.outlet(name="Putus", status="needs_sign_in")
    world.outlet(name="Istirahat", status="needs_sign_in", active=False)
    world.outlet(name="Dinas lain", status="needs_sign_in", organisation_id=foreign.id)
    world.outlet(name="Baik")
    assert [row.name for row in queries.signed_out(session, editor).rows] == ["Dinas lain", "Putus"]
    own = world.actor(Role.EDITOR, organisation=foreign)
    assert [row.name for row in queries.signed_out(session, own).rows] == ["Dinas lain"]


def test_orders_without_an_answer(session: Session, world: World, editor: Actor, clock: FrozenClock) -> None:
    now = clock.now()
    campaign, outlet = world.campaign(), world.outlet("printer")
    piece = PrintPiece(
        campaign_id=campaign.id, organisation_id=world.office().id, kind="poster", title="Poster",
        created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(piece)
    session.flush()
    for status in ("ordered", "confirmed", "done", "cancelled"):
        session.add(PrintOrder(piece_id=piece.id, outlet_id=outlet.id, status=status, ordered_at=now, copies=100))
    session.commit()
    assert queries.orders(session, editor).total == 1
    assert queries.orders(session, world.actor(Role.EDITOR, organisation=world.organisation())).total == 0


@pytest.mark.parametrize(
    ("hours", "status", "shown"),
    [
        (-1, "draft", True),
        (167, "draft", True),
        (169, "draft", False),
        (-24 * 31, "draft", False),
        (1, "approved", False),
    ],
)
def test_drafts_whose_time_is_near(
    session: Session, world: World, editor: Actor, hours: int, status: str, shown: bool
) -> None:
    moment = world.clock.now() + timedelta(hours=hours)
    world.post(scheduled_at=moment, useful_until=None, status=status)
    assert bool(queries.drafts_soon(session, editor, world.clock.now())) is shown


def test_today_and_the_next_seven_days_are_told_apart(session: Session, world: World, editor: Actor) -> None:
    midnight = world.clock.now() - timedelta(hours=8)
    campaign = world.campaign()
    hours = {"kemarin": -1, "pagi": 1, "malam": 23, "besok": 24, "hari ketujuh": 8 * 24 - 1, "hari kedelapan": 8 * 24}
    for title, hour in hours.items():
        moment = midnight + timedelta(hours=hour)
        world.post(campaign=campaign, title=title, scheduled_at=moment, useful_until=None)
    today, later = queries.upcoming(session, editor, TODAY, WITA)
    assert [row.title for row in today.rows] == ["pagi", "malam"]
    assert [row.title for row in later.rows] == ["besok", "hari ketujuh"]
    assert (today.total, later.total) == (2, 2)


def test_first_steps_are_ticked_as_they_are_done(session: Session, world: World) -> None:
    assert queries.first_steps(session) == queries.FirstSteps(False, False, False, False)
    world.outlet(status="unconnected")
    assert not queries.first_steps(session).outlet
    world.outlet()
    submitted(session, world)
    assert queries.first_steps(session).done


def test_a_draft_is_unfinished_only_while_a_mark_is_open(session: Session, world: World, editor: Actor) -> None:
    outlet, now = world.outlet(), world.clock.now()
    world.post(outlet, title="Selesai", text="Sudah lengkap.")
    world.post(outlet, title="Teks dasar", text="Datang ke [LENGKAPI: tempat].")
    own = world.post(outlet, title="Teks saluran", text="Sudah lengkap.")
    own.variants[0].text = "Telepon [LENGKAPI: nomor]."
    press = world.outlet("printer")
    piece = PrintPiece(
        campaign_id=own.campaign_id, organisation_id=world.office().id, kind="poster", title="Poster",
        content={"headline": "[LENGKAPI: judul]"}, created_at=now, updated_at=now,
    )  # fmt: skip
    world.post(press, title="Cetakan").variants[0].piece = piece
    session.commit()
    drafts = queries.drafts_soon(session, editor, now).rows
    assert {each.title: each.unfinished for each in drafts} == {
        "Selesai": False,
        "Teks dasar": True,
        "Teks saluran": True,
        "Cetakan": True,
    }


def test_drafts_take_as_many_queries_with_one_as_with_five(session: Session, world: World, editor: Actor) -> None:
    def queries_made() -> int:
        statements: list[str] = []

        def note(_connection, _cursor, statement, *_more) -> None:
            statements.append(statement)

        session.commit()
        session.expire_all()
        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        queries.drafts_soon(session, editor, world.clock.now())
        event.remove(engine, "before_cursor_execute", note)
        return len(statements)

    world.post(world.outlet(), world.outlet("printer"))
    few = queries_made()
    for _number in range(4):
        world.post(world.outlet(), world.outlet("printer"))
    assert queries_made() == few
