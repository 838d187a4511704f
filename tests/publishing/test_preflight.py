"""Checks before posts go out: what they find, that one cause is told once, and that nothing is sent by them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.documents.render import Renderer
from app.base.media.storage import Storage
from app.base.notices.models import Notice
from app.base.people.models import User
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.roles import Role
from app.kernel.text import T
from app.kernel.vault import Vault
from app.outreach.outlets.kinds import KINDS
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.outlets.ports import AccountReport, NeedsSignIn, NotSent, Outgoing, Problem
from app.outreach.posts.models import Post, Review
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.outgoing import Packer
from app.outreach.publishing.plan import sweep
from app.outreach.publishing.preflight.findings import read
from app.outreach.publishing.preflight.models import Inspection, Level
from app.outreach.publishing.preflight.service import Preflight
from config import Settings
from tests.publishing.channels import ScriptedChannel
from tests.world import World

Approve = Callable[..., Post]


class Account(ScriptedChannel):
    """A channel whose account answers as told, and which counts how often it was asked."""

    fetches_media = False

    def __init__(self, *answers: AccountReport | Exception, problems: Sequence[Problem] = ()) -> None:
        super().__init__()
        self.answers, self.asked, self.problems = list(answers), 0, list(problems)

    def inspect(self, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, now: object) -> AccountReport:
        self.asked += 1
        answer = self.answers[min(self.asked, len(self.answers)) - 1] if self.answers else AccountReport()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def check(self, out: Outgoing) -> list[Problem]:
        return list(self.problems)


@pytest.fixture
def keeper(world: World) -> User:
    return world.user(Role.EDITOR)


@pytest.fixture
def preflight(sessions: "sessionmaker[Session]", settings: Settings, clock: FrozenClock) -> Callable[..., Preflight]:
    def make(account: ScriptedChannel | None = None, **more: Any) -> Preflight:
        packer = Packer(
            sessions=sessions, storage=Storage(settings.media_dir), renderer=Renderer(),
            secret_key=settings.secret_key, public_url=settings.public_url, office={}, tz=settings.tz,
        )  # fmt: skip
        channels = dict.fromkeys([*KINDS, "assisted"], account or Account())
        return Preflight(sessions, channels, Vault(settings.credential_keys), packer, clock, settings.tz, **more)

    return make


@pytest.fixture
def planned(approved: Approve, sessions: "sessionmaker[Session]", clock: FrozenClock) -> Approve:
    """A post with its deliveries in the ledger."""

    def make(*outlets: Outlet, **values: Any) -> Post:
        values.setdefault("scheduled_at", clock.now() + timedelta(hours=2))
        post = approved(*outlets, **values)
        with unit_of_work(sessions) as work:
            sweep(work, public_url="http://localhost", now=clock.now())
        return post

    return make


def found(session: Session, subject: str) -> list[str]:
    session.rollback()
    row = session.scalar(select(Inspection).where(Inspection.subject == subject))
    return [f"{one.code}:{one.level}" for one in read(row.findings)] if row else ["-"]


def notices(session: Session) -> list[Notice]:
    session.rollback()
    return list(session.scalars(select(Notice).order_by(Notice.id)))


def test_a_dead_token_is_one_notice_whatever_waits_for_it(
    planned: Approve, preflight: Callable[..., Preflight], session: Session, world: World, keeper: User
) -> None:
    outlet = world.outlet(responsible_id=keeper.id)
    for number in range(5):
        planned(outlet, text=f"Kabar {number}.")
    for _ in range(3):
        preflight(Account(NeedsSignIn("190"))).run()
    (notice,) = notices(session)
    assert (notice.user_id, notice.path, notice.kind) == (keeper.id, f"/saluran/{outlet.id}", "outlet_signed_out")
    assert keeper.name in notice.body, "who can connect it"
    assert session.get_one(Outlet, outlet.id, populate_existing=True).status == OutletStatus.NEEDS_SIGN_IN
    assert found(session, f"outlet:{outlet.id}") == ["token:bad"]
    assert {row.status for row in session.scalars(select(Delivery))} == {S.QUEUED}


def test_connected_again_it_is_checked_again_and_in_order(
    preflight: Callable[..., Preflight], session: Session, world: World, clock: FrozenClock
) -> None:
    outlet = world.outlet()
    account = Account(NeedsSignIn("190"), AccountReport())
    preflight(account).run()
    clock.advance(minutes=5)
    row = session.get_one(Outlet, outlet.id, populate_existing=True)
    row.status, row.checked_at = OutletStatus.CONNECTED, clock.now()
    session.commit()
    clock.advance(minutes=1)
    preflight(account).run()
    assert found(session, f"outlet:{outlet.id}") == []


def test_accounts_are_asked_once_each_morning_and_before_they_are_used(
    planned: Approve, preflight: Callable[..., Preflight], world: World, clock: FrozenClock
) -> None:
    planned(world.outlet(), scheduled_at=clock.now() + timedelta(hours=5))
    account = Account()
    checks = preflight(account)
    asked = []
    for _ in range(24 * 6):
        checks.run()
        asked.append(account.asked)
        clock.advance(minutes=10)
    assert asked[0] == 1
    assert asked[26] == 1, "not again before its post is near"
    assert asked[30] in {2, 3}, "half an hour before"
    assert asked[-1] <= 5, "and the next morning"


@pytest.mark.parametrize(("days", "told"), [(15, 0), (13.5, 1), (6.5, 1), (0.9, 1)])
def test_the_end_of_keys_is_announced_fourteen_seven_and_one_day_before(
    preflight: Callable[..., Preflight], session: Session, world: World, keeper: User, clock: FrozenClock,
    days: float, told: int,
) -> None:  # fmt: skip
    end = clock.now() + timedelta(days=days)
    outlet = world.outlet(responsible_id=keeper.id)
    for _ in range(2):
        preflight(Account(AccountReport(expires_at=end))).run(everything=True)
    assert len(notices(session)) == told
    assert session.get_one(Outlet, outlet.id, populate_existing=True).token_expires_at == end


def test_each_announcement_of_an_end_is_made_once(
    preflight: Callable[..., Preflight], session: Session, world: World, keeper: User, clock: FrozenClock
) -> None:
    end = clock.now() + timedelta(days=16)
    world.outlet(responsible_id=keeper.id)
    checks = preflight(Account(AccountReport(expires_at=end)))
    for _ in range(16 * 4):
        checks.run()
        clock.advance(hours=6)
    said = [notice.body for notice in notices(session)]
    assert len(said) == 3
    assert "14 hari lagi" in said[0]
    assert "7 hari lagi" in said[1]
    assert "kurang dari sehari" in said[2]


def test_rights_and_quota_are_found_before_they_are_missed(
    planned: Approve, preflight: Callable[..., Preflight], session: Session, world: World, keeper: User
) -> None:
    outlet = world.outlet("instagram", responsible_id=keeper.id)
    for number in range(3):
        planned(outlet, text=f"Kabar {number}.")
    preflight(Account(AccountReport(missing=["instagram_content_publish"], quota_left=2))).run()
    assert found(session, f"outlet:{outlet.id}") == ["right:bad", "quota:warn"]
    assert ["tinggal 2, sedangkan 3 materi" in notice.body for notice in notices(session)] == [False, True]


def test_an_account_that_does_not_answer_is_no_finding_to_tell(
    preflight: Callable[..., Preflight], session: Session, world: World, keeper: User
) -> None:
    outlet = world.outlet(responsible_id=keeper.id)
    preflight(Account(NotSent("down"))).run()
    preflight(Account(RuntimeError("unforeseen"))).run(everything=True)
    assert found(session, f"outlet:{outlet.id}") == ["away:unknown"]
    assert notices(session) == []


def test_a_mail_server_that_is_away_is_told_once_for_all_newspapers(
    preflight: Callable[..., Preflight], session: Session, world: World, keeper: User
) -> None:
    for _ in range(3):
        world.outlet("newspaper", responsible_id=keeper.id)
    account = Account(NotSent("refused"))
    preflight(account).run()
    assert account.asked == 1
    (notice,) = notices(session)
    assert "Server surel" in notice.body


def test_a_text_over_todays_limit_is_told_to_its_author(
    planned: Approve, preflight: Callable[..., Preflight], session: Session, world: World
) -> None:
    author = world.user(Role.CONTRIBUTOR)
    post = planned(world.outlet(), author_id=author.id)
    account = Account(problems=[Problem(T("Teks kelebihan 3 karakter. Pendekkan, lalu simpan lagi."))])
    for _ in range(3):
        preflight(account).run(everything=True)
    (notice,) = notices(session)
    assert (notice.user_id, notice.path) == (author.id, f"/materi/{post.id}")
    assert account.sent == []


def test_an_approver_who_left_is_said_once_for_all_their_posts(
    planned: Approve, preflight: Callable[..., Preflight], session: Session, world: World, clock: FrozenClock
) -> None:
    author, head = world.user(Role.CONTRIBUTOR), world.user(Role.APPROVER)
    stays = world.user(Role.APPROVER)
    for number in range(3):
        post = planned(world.outlet(), author_id=author.id, text=f"Kabar {number}.")
        for step, person in enumerate((head, stays), 1):
            session.add(
                Review(post_id=post.id, round=post.round, step=step, decision="approved", by_id=person.id,
                       by_name=person.name, content_hash=post.content_hash, at=clock.now())
            )  # fmt: skip
        session.commit()
    head.active = False
    session.commit()
    preflight().run()
    (notice,) = notices(session)
    assert head.name in notice.body
    assert stays.name not in notice.body
    assert notice.user_id == author.id


def test_a_post_is_checked_again_half_an_hour_before_it_goes_out(
    planned: Approve, preflight: Callable[..., Preflight], session: Session, world: World, clock: FrozenClock
) -> None:
    post = planned(world.outlet(), author_id=world.user(Role.CONTRIBUTOR).id)
    account = Account()
    preflight(account).run()
    delivery = session.scalars(select(Delivery.id)).one()
    assert found(session, f"delivery:{delivery}") == []
    account.problems = [Problem(T("Teks kelebihan 3 karakter."))]
    clock.advance(minutes=60)
    preflight(account).run()
    assert found(session, f"delivery:{delivery}") == []
    clock.advance(minutes=31)
    preflight(account).run()
    assert found(session, f"delivery:{delivery}") == ["text:bad"]
    assert post.id


def test_what_is_checked_keeps_nobody_waiting_for_the_database(
    planned: Approve, preflight: Callable[..., Preflight], sessions: "sessionmaker[Session]", session: Session,
    world: World,
) -> None:  # fmt: skip
    planned(world.outlet())
    written = []

    class Slow(Account):
        def inspect(self, credentials: Any, settings: Any, *, now: object) -> AccountReport:
            with unit_of_work(sessions) as work:
                work.add(Inspection(subject="outlet:0", outlet_id=work.scalars(select(Outlet.id)).first(),
                                    checked_at=world.clock.now(), level=Level.OK, findings=[]))  # fmt: skip
            written.append(True)
            return AccountReport()

    preflight(Slow()).run()
    assert written == [True]


def test_one_check_that_cannot_be_kept_leaves_the_others(
    planned: Approve, preflight: Callable[..., Preflight], session: Session, world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    first, second = world.outlet(), world.outlet()
    real = Preflight._kept

    def odd(self: Preflight, keep: Any, number: int, result: Any) -> Any:
        if number == first.id:
            result = None  # of no shape that can be kept
        return real(self, keep, number, result)

    monkeypatch.setattr(Preflight, "_kept", odd)
    preflight().run()
    assert found(session, f"outlet:{first.id}") == ["-"]
    assert found(session, f"outlet:{second.id}") == []


def test_a_newly_approved_text_is_not_held_to_what_was_found_of_the_old_one(
    planned: Approve, preflight: Callable[..., Preflight], session: Session, world: World,
    sessions: "sessionmaker[Session]", clock: FrozenClock,
) -> None:  # fmt: skip
    post = planned(world.outlet())
    preflight(Account(problems=[Problem(T("Teks kelebihan 3 karakter."))])).run()
    session.rollback()
    post = session.get_one(Post, post.id, populate_existing=True)
    post.planned_hash = None
    session.commit()
    with unit_of_work(sessions) as work:
        sweep(work, public_url="http://localhost", now=clock.now())
    assert session.scalars(select(Inspection).where(Inspection.delivery_id.is_not(None))).all() == []


def test_an_account_that_was_renamed_is_told_once_with_what_to_press(
    preflight: Callable[..., Preflight], world: World, keeper: User, session: Session, clock: FrozenClock
) -> None:
    outlet = world.outlet(responsible_id=keeper.id, settings={"account_name": "@kukar"})
    session.commit()
    checks = preflight(Account(AccountReport(name="@kukar"), AccountReport(name="@kukar_baru")))
    for _ in range(3):
        checks.run()
        clock.advance(days=1)
    (notice,) = session.scalars(select(Notice)).all()
    assert "@kukar_baru" in notice.body
    assert "Uji sambungan" in notice.body
    assert notice.path == f"/saluran/{outlet.id}"


def test_keys_of_another_account_are_named_and_close_it(
    preflight: Callable[..., Preflight], world: World, keeper: User, session: Session
) -> None:
    outlet = world.outlet(responsible_id=keeper.id)
    session.commit()
    preflight(Account(NeedsSignIn("lain", sentence=T("Kunci milik akun lain.")))).run()
    session.expire_all()
    session.rollback()
    assert outlet.status == OutletStatus.NEEDS_SIGN_IN
    assert outlet.problem == T("Kunci milik akun lain.")
