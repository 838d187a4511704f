"""One breaker per account: one cause is one notice, and what waits for the account is left as it was."""

import itertools
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid, Refused
from app.kernel.roles import Role
from app.kernel.text import T
from app.kernel.vault import Vault
from app.outreach.outlets import closing, service
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.outlets.ports import (
    AccountPaused,
    Identity,
    NeedsSignIn,
    NotSent,
    OutcomeUnknown,
    Receipt,
    Rejected,
    Undecided,
)
from app.outreach.posts.models import Post
from app.outreach.publishing import breaker, decisions
from app.outreach.publishing.breaker import SETBACKS
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.models import Attempt, Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.plan import sweep
from app.outreach.publishing.spacing.queries import Spacing
from config import Settings
from tests.pages import sign_in
from tests.publishing.channels import ScriptedChannel
from tests.publishing.rows import rows
from tests.world import World

CAPPED = T("Jatah kiriman akun ini sudah habis untuk hari ini.")
Make = Callable[..., Dispatcher]
Approve = Callable[..., Post]


@pytest.fixture
def keeper(world: World) -> int:
    return int(world.user(Role.EDITOR).id)


@pytest.fixture
def outlet(world: World, keeper: int) -> Outlet:
    return world.outlet(responsible_id=keeper)


@pytest.fixture
def waited(approved: Approve, session: Session, clock: FrozenClock, outlet: Outlet) -> Callable[..., list[Delivery]]:
    """Rows whose time went by an hour ago while their account was closed, of use for so many more seconds."""

    def make(*useful: float, at: Outlet | None = None) -> list[Delivery]:
        over = clock.now() + timedelta(hours=1)
        posts = [approved(at or outlet, useful_until=over + timedelta(seconds=seconds)) for seconds in useful]
        sweep(session, public_url="http://localhost", now=clock.now())
        session.commit()
        clock.move_to(over)
        made = {row.post_id: row for row in rows(session)}
        return [made[post.id] for post in posts]

    return make


def seconds_from_now(session: Session, clock: FrozenClock, waiting: list[Delivery]) -> list[float]:
    """When each of these is looked at next."""
    session.commit()
    times = {row.id: row.wake_at for row in rows(session)}
    return [(times[row.id] - clock.now()).total_seconds() for row in waiting]


def notices(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Notice.kind).order_by(Notice.id)))


def again(session: Session, outlet: Outlet) -> Outlet:
    session.rollback()
    return session.get_one(Outlet, outlet.id, populate_existing=True)


def wait(*outlets: Outlet, approved: Approve, number: int = 12) -> None:
    for count in range(number):
        approved(*outlets, text=f"Kabar nomor {count}.")


def test_an_account_that_takes_nothing_is_closed_once_for_all_its_rows(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, outlet: Outlet, world: World
) -> None:
    until = clock.now() + timedelta(hours=3)
    channel = ScriptedChannel(*[AccountPaused(CAPPED, retry_at=until)] * 30)
    other = world.outlet("facebook")
    wait(outlet, approved=approved, number=20)
    approved(other)
    worker = make_dispatcher(x=channel, facebook=ScriptedChannel())
    for _ in range(4):
        worker.tick()
        clock.advance(minutes=20)
    assert len(channel.sent) <= 4, "the calls that had begun together, and no more"
    of_account = [row for row in rows(session) if row.outlet_id == outlet.id]
    assert {(row.status, row.tries, row.problem) for row in of_account} == {(S.QUEUED, 0, None)}
    assert {row.status for row in rows(session) if row.outlet_id == other.id} == {S.SENT}
    closed = again(session, outlet)
    assert (closed.resume_at, str(closed.pause_reason)) == (until, str(CAPPED))
    assert notices(session) == ["outlet_paused"]
    notice = session.scalars(select(Notice)).one()
    assert (notice.user_id, notice.path) == (outlet.responsible_id, f"/saluran/{outlet.id}")
    assert str(CAPPED) in notice.body


def test_one_row_goes_ahead_when_the_pause_is_over_and_the_rest_follow_spaced(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, outlet: Outlet
) -> None:
    paused = AccountPaused(CAPPED, retry_at=clock.now() + timedelta(hours=3))
    channel = ScriptedChannel(paused)
    approved(outlet)
    worker = make_dispatcher(x=channel, spacing=Spacing(gap=timedelta(0)))  # after so long the worker spaces them more
    worker.tick()
    wait(outlet, approved=approved)
    clock.advance(hours=3)
    channel.publishes = [paused]
    worker.tick()
    assert len(channel.sent) == 2, "the probe alone"
    assert notices(session) == ["outlet_paused"], "the same cause is told once"
    again(session, outlet).resume_at = clock.now()
    session.commit()
    worker.tick()
    assert len(channel.sent) == 3
    opened = rows(session)
    assert again(session, outlet).paused_at is None
    waiting = sorted(row.wake_at for row in opened if row.status == S.QUEUED)
    assert len(waiting) == 12
    assert waiting[0] >= clock.now()
    assert all(later - sooner == timedelta(seconds=2) for sooner, later in itertools.pairwise(waiting))
    clock.advance(minutes=1)
    worker.tick()
    assert {row.status for row in rows(session)} == {S.SENT}


def test_the_row_with_the_nearest_end_goes_first_after_a_pause(
    approved: Approve, make_dispatcher: Make, clock: FrozenClock, outlet: Outlet
) -> None:
    channel = ScriptedChannel(AccountPaused(CAPPED, retry_at=clock.now() + timedelta(hours=1)))
    approved(outlet, text="lama berguna", useful_until=clock.now() + timedelta(days=2))
    worker = make_dispatcher(x=channel)
    worker.tick()
    approved(outlet, text="segera lewat", useful_until=clock.now() + timedelta(hours=2))
    clock.advance(hours=1)
    for _ in range(3):
        worker.tick()
        clock.advance(seconds=10)
    assert [out.text for out in channel.sent[1:]] == ["segera lewat", "lama berguna"]


def test_until_a_person_has_mended_it_nothing_is_tried(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, outlet: Outlet, world: World
) -> None:
    channel = ScriptedChannel(AccountPaused(T("Akun ini dibatasi. Buka aplikasinya.")))
    wait(outlet, approved=approved, number=1)
    worker = make_dispatcher(x=channel)
    worker.tick()
    clock.advance(days=1)
    worker.tick()
    assert len(channel.sent) == 1
    stranger = world.actor(Role.CONTRIBUTOR)
    with pytest.raises(Forbidden):
        closing.mended(session, stranger, again(session, outlet), now=clock.now())
    closing.mended(session, world.actor(Role.EDITOR), again(session, outlet), now=clock.now())
    session.commit()
    worker.tick()
    assert {row.status for row in rows(session)} == {S.SENT}
    with pytest.raises(Refused):
        closing.mended(session, world.actor(Role.EDITOR), again(session, outlet), now=clock.now())


def test_a_row_whose_use_ends_meanwhile_is_missed_and_names_the_account(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, outlet: Outlet
) -> None:
    approved(outlet, useful_until=clock.now() + timedelta(hours=1))
    worker = make_dispatcher(x=ScriptedChannel(AccountPaused(CAPPED, retry_at=clock.now() + timedelta(hours=3))))
    worker.tick()
    clock.advance(hours=2)
    worker.tick()
    (row,) = rows(session)
    assert row.status == S.MISSED
    assert outlet.name in str(row.problem)
    assert str(CAPPED) in str(row.problem)
    assert notices(session) == ["outlet_paused", "delivery_missed"]


@pytest.mark.parametrize("failure", [NotSent("refused"), OutcomeUnknown("dropped"), RuntimeError("unforeseen")])
def test_failures_in_a_row_close_the_account_and_probes_wait_longer_each_time(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, outlet: Outlet, failure: Exception
) -> None:
    channel = ScriptedChannel(*[failure] * 100)
    wait(outlet, approved=approved, number=30)
    worker = make_dispatcher(x=channel)
    for _ in range(60):
        worker.tick()
        clock.advance(seconds=1)
    assert SETBACKS <= len(channel.sent) <= SETBACKS + 6
    untouched = [row for row in rows(session) if row.status == S.QUEUED and row.tries == 0]
    assert len(untouched) >= 30 - SETBACKS - 6
    assert notices(session) == [], "it ends by itself within minutes"
    for _ in range(60):
        worker.tick()
        clock.advance(minutes=1)
    assert notices(session).count("outlet_paused") == 1, "told once when it goes on"


def test_a_probe_that_fails_lets_another_row_try_next_time(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, outlet: Outlet
) -> None:
    def picky(out: object, _remember: object) -> Receipt:
        if "gambar" in out.text:  # type: ignore[attr-defined]
            raise NotSent("its picture cannot be fetched")
        return Receipt("1")

    approved(outlet, text="gambar yang tidak terbaca")
    channel = ScriptedChannel(*[picky] * 100)
    worker = make_dispatcher(x=channel)
    for _ in range(SETBACKS + 1):
        worker.tick()
        clock.advance(minutes=10)
    approved(outlet, text="tulisan saja")
    for _ in range(3):
        worker.tick()
        clock.advance(minutes=10)
    assert S.SENT in {row.status for row in rows(session)}


def test_successes_between_failures_leave_the_account_open(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, outlet: Outlet
) -> None:
    answers = [NotSent("refused"), Receipt("1"), NotSent("refused"), Rejected(T("Terlalu panjang."))] * 6
    channel = ScriptedChannel(*answers)
    worker = make_dispatcher(x=channel)
    for number in range(20):
        approved(outlet, text=f"Kabar {number}.")
        worker.tick()
    assert again(session, outlet).paused_at is None


def test_a_throttle_with_its_end_holds_for_the_whole_account(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, outlet: Outlet
) -> None:
    reset = clock.now() + timedelta(minutes=14)
    channel = ScriptedChannel(*[NotSent("429", retry_at=reset)] * 4)
    wait(outlet, approved=approved, number=20)
    worker = make_dispatcher(x=channel)
    worker.tick()
    clock.advance(minutes=5)
    worker.tick()
    assert len(channel.sent) <= 4
    assert again(session, outlet).resume_at == reset
    assert notices(session) == []


def test_keys_that_no_longer_open_it_are_told_once_and_try_no_other_row(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, outlet: Outlet
) -> None:
    channel = ScriptedChannel(*[NeedsSignIn("190")] * 30)
    wait(outlet, approved=approved, number=20)
    worker = make_dispatcher(x=channel)
    for _ in range(3):
        worker.tick()
        clock.advance(minutes=5)
    assert len(channel.sent) <= 4
    assert [row.status for row in rows(session)].count(S.QUEUED) >= 16
    assert notices(session) == ["outlet_signed_out"]
    channel.publishes = []
    again(session, outlet).status = OutletStatus.CONNECTED
    session.commit()
    worker.tick()
    assert {row.status for row in rows(session)} == {S.SENT}


def test_stored_keys_that_cannot_be_opened_hold_one_row_and_leave_the_others(
    approved: Approve, make_dispatcher: Make, session: Session, world: World, keeper: int
) -> None:
    wait(world.outlet(credentials="no fernet token", responsible_id=keeper), approved=approved)
    make_dispatcher().tick()
    states = [row.status for row in rows(session)]
    assert (states.count(S.HELD), states.count(S.QUEUED)) == (1, 11)
    assert notices(session) == ["outlet_signed_out"]


def test_a_look_up_waits_for_a_closed_account_without_counting(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, outlet: Outlet
) -> None:
    until = clock.now() + timedelta(hours=5)
    channel = ScriptedChannel(OutcomeUnknown("dropped"), finds=[AccountPaused(CAPPED, retry_at=until), Receipt("77")])
    approved(outlet)
    worker = make_dispatcher(x=channel)
    worker.tick()
    clock.advance(seconds=10)
    worker.tick()
    (row,) = rows(session)
    assert (row.status, row.lookups, row.tries, row.wake_at) == (S.UNKNOWN, 0, 0, until)
    clock.advance(hours=5)
    worker.tick()
    assert rows(session)[0].status == S.SENT


def test_an_unlisted_refusal_is_asked_and_never_says_that_the_text_is_wrong(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, outlet: Outlet, world: World
) -> None:
    approved(outlet, title="Pasar murah")
    sentence = T("Belum terkirim: X menolak dengan alasan yang belum dikenal.")
    make_dispatcher(x=ScriptedChannel(Undecided(sentence, detail="999"))).tick()
    (row,) = rows(session)
    assert (row.status, row.hold_reason, str(row.problem)) == (S.FAILED, "undecided", str(sentence))
    notice = session.scalars(select(Notice)).one()
    assert notice.subject == f"Belum terkirim, putuskan: Pasar murah di {outlet.name}"
    assert again(session, outlet).paused_at is None
    decisions.retry(session, world.actor(Role.EDITOR), row, seen="failed", now=clock.now())
    session.commit()
    assert row.hold_reason is None


def test_a_closed_account_is_not_asked_again_by_what_a_person_queues_meanwhile(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, outlet: Outlet
) -> None:
    channel = ScriptedChannel(AccountPaused(CAPPED, retry_at=clock.now() + timedelta(hours=3)))
    approved(outlet)
    worker = make_dispatcher(x=channel)
    worker.tick()
    approved(outlet)
    worker.tick()
    assert len(channel.sent) == 1
    assert len(session.scalars(select(Attempt)).all()) == 1


def test_the_pages_say_until_when_an_account_takes_nothing_and_let_a_person_try(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, outlet: Outlet, world: World,
    client: FlaskClient,
) -> None:  # fmt: skip
    approved(outlet, title="Pasar murah")
    approved(outlet, title="Jadwal besok", scheduled_at=clock.now() + timedelta(days=1))
    channel = ScriptedChannel(AccountPaused(CAPPED, retry_at=clock.now() + timedelta(hours=6, minutes=30)))
    worker = make_dispatcher(x=channel)
    worker.tick()
    due, later = rows(session)
    sign_in(client, world.user(Role.EDITOR))
    listed = client.get("/tayang").text
    assert listed.count("Menunggu akunnya menerima lagi") == 1, "what is due; tomorrow's is planned as ever"
    assert "sedang tidak menerima sampai Sel, 24 Nov 2026 14.30 WITA" in listed
    assert "sedang tidak menerima sampai" in client.get(f"/tayang/{due.id}").text
    assert "sedang tidak menerima sampai" not in client.get(f"/tayang/{later.id}").text
    assert "Tidak menerima sampai 14.30 WITA" in client.get("/saluran").text
    page = client.get(f"/saluran/{outlet.id}").text
    assert "Sedang tidak menerima sampai Sel, 24 Nov 2026 14.30 WITA" in page
    assert str(CAPPED) in page
    assert page.split("<main", 1)[1].split("</main>", 1)[0].count("btn-primary") == 1
    assert client.post(f"/saluran/{outlet.id}/dibereskan").status_code == 302
    worker.tick()
    assert rows(session)[0].status == S.SENT
    assert "tidak menerima" not in client.get(f"/saluran/{outlet.id}").text


def test_a_closed_account_is_one_line_at_home_and_only_when_a_person_is_needed(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, outlet: Outlet, world: World,
    client: FlaskClient,
) -> None:  # fmt: skip
    wait(outlet, approved=approved)
    channel = ScriptedChannel(AccountPaused(CAPPED, retry_at=clock.now() + timedelta(hours=1)))
    make_dispatcher(x=channel).tick()
    sign_in(client, world.user(Role.EDITOR))
    assert "Tidak menerima kiriman sampai dibereskan" not in client.get("/").text
    again(session, outlet).resume_at = None
    session.commit()
    assert client.get("/").text.count("Tidak menerima kiriman sampai dibereskan") == 1


def test_an_unlisted_refusal_has_its_three_ways_out_on_its_page(
    approved: Approve, make_dispatcher: Make, session: Session, outlet: Outlet, world: World, client: FlaskClient
) -> None:
    approved(outlet)
    make_dispatcher(x=ScriptedChannel(Undecided(T("Belum terkirim: alasannya belum dikenal.")))).tick()
    (row,) = rows(session)
    sign_in(client, world.user(Role.EDITOR))
    page = client.get(f"/tayang/{row.id}").text
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    assert main.count("Belum terkirim, putuskan") == 1
    assert "Kirim lagi" in main
    assert "Tidak terbit, biarkan" in main
    assert "Ternyata sudah terbit?" in main
    assert main.count("btn-primary") == 1
    assert "Ubah materi" not in main
    assert "Belum terkirim, putuskan" in client.get("/tayang?status=perlu").text
    assert "Belum terkirim, putuskan" in client.get("/tayang.csv").text
    assert client.post(f"/tayang/{row.id}/batal", data={"seen": "failed"}).status_code == 302
    assert rows(session)[0].status == S.CANCELLED


def test_another_key_ends_a_pause_and_an_empty_one_takes_no_place(
    session: Session, outlet: Outlet, world: World, settings: Settings, clock: FrozenClock
) -> None:
    vault, editor = Vault(settings.credential_keys), world.actor(Role.EDITOR)
    me = Identity("1900", "@kukar", {"user_id": "1900"})
    outlet.credentials = vault.seal({"access_token": "lama", "access_token_secret": "rahasia"})
    outlet.settings = {"user_id": "1900"}
    outlet.paused_at, outlet.pause_reason = clock.now(), T("Akun dibatasi.")
    session.commit()
    service.connect(session, editor, outlet, {"access_token": "baru", "access_token_secret": ""}, vault=vault,
                    identity=me, now=clock.now())  # fmt: skip
    assert service.credentials_of(outlet, vault) == {"access_token": "baru", "access_token_secret": "rahasia"}
    assert outlet.paused_at is None
    with pytest.raises(Invalid):
        service.connect(session, editor, outlet, {"access_token": ""}, vault=vault, identity=me, now=clock.now())
    assert service.credentials_of(outlet, vault)["access_token"] == "baru"


DAY, PAUSE = 86_400, timedelta(hours=1)


def test_rows_that_waited_get_times_two_seconds_apart_the_soonest_useful_until_first(
    waited: Callable[..., list[Delivery]], session: Session, clock: FrozenClock, outlet: Outlet
) -> None:
    waiting = waited(3 * DAY, DAY, 4 * DAY, 2 * DAY)
    breaker.space_out(session, outlet.id, over=PAUSE, now=clock.now())
    assert seconds_from_now(session, clock, waiting) == [4, 0, 6, 2]


def test_no_row_is_spaced_into_the_last_minute_of_its_use(
    waited: Callable[..., list[Delivery]], session: Session, clock: FrozenClock, outlet: Outlet
) -> None:
    waiting = waited(30, 31, 61, 65, 70)
    breaker.space_out(session, outlet.id, over=PAUSE, now=clock.now())
    assert seconds_from_now(session, clock, waiting) == [0, 0, 1, 5, 8]


def test_a_row_that_waited_alone_keeps_its_time(
    waited: Callable[..., list[Delivery]], session: Session, clock: FrozenClock, outlet: Outlet
) -> None:
    waiting = waited(DAY)
    breaker.space_out(session, outlet.id, over=PAUSE, now=clock.now())
    assert seconds_from_now(session, clock, waiting) == [-PAUSE.total_seconds()]


def test_rows_are_spread_over_no_longer_than_they_waited(
    waited: Callable[..., list[Delivery]], session: Session, clock: FrozenClock, outlet: Outlet
) -> None:
    waiting = waited(*[DAY] * 4)
    breaker.space_out(session, outlet.id, over=timedelta(seconds=2), now=clock.now())
    assert seconds_from_now(session, clock, waiting) == [0, 0.5, 1, 1.5]


def test_after_a_long_pause_rows_are_spread_over_the_longest_spread_at_most(
    waited: Callable[..., list[Delivery]], session: Session, clock: FrozenClock, outlet: Outlet,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    closed_at = clock.now()
    waiting = waited(*[DAY] * 4)
    monkeypatch.setattr(breaker, "LONGEST_SPREAD", timedelta(seconds=6))
    outlet.paused_at, outlet.probe_id = closed_at, waiting[0].id
    session.commit()
    breaker.note(session, outlet.id, waiting[0].id, Receipt("1"), now=clock.now())
    assert seconds_from_now(session, clock, waiting) == [0, 1.5, 3, 4.5]


def test_only_rows_that_wait_for_this_account_get_other_times(
    waited: Callable[..., list[Delivery]], session: Session, clock: FrozenClock, outlet: Outlet, world: World
) -> None:
    others = waited(DAY, DAY, at=world.outlet())
    not_waiting = [status for status in S if status not in {S.QUEUED, S.RETRYING}]
    settled, (later, queued, failed_once) = waited(*[DAY] * len(not_waiting)), waited(DAY, DAY, DAY)
    for row, status in zip(settled, not_waiting, strict=True):
        row.status = status
    later.wake_at, failed_once.status = clock.now() + timedelta(seconds=1), S.RETRYING
    session.commit()
    untouched = [*others, *settled, later]
    before = seconds_from_now(session, clock, untouched)
    breaker.space_out(session, outlet.id, over=PAUSE, now=clock.now())
    assert seconds_from_now(session, clock, untouched) == before
    assert seconds_from_now(session, clock, [queued, failed_once]) == [0, 2]
