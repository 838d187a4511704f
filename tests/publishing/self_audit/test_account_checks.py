"""An account's own list held against the ledger: what it does not show, and what it shows without an owner."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.kernel.vault import Vault
from app.outreach.campaigns.models import ShortLink
from app.outreach.outlets.models import Outlet
from app.outreach.outlets.ports import NotSent, OutcomeUnknown, Sighting
from app.outreach.posts.models import Post
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.removal.models import Removal
from app.outreach.publishing.self_audit.hourly import audit_accounts
from app.outreach.publishing.self_audit.models import Finding
from config import Settings
from tests.pages import sign_in
from tests.publishing.channels import ScriptedChannel
from tests.world import World

WORDS = "Kukar menuju kota cerdas."


class Account(ScriptedChannel):
    """A scripted channel that shows this list of itself; None: it cannot be read."""

    def __init__(self, *publishes: Any) -> None:
        super().__init__(*publishes)
        self.shown: list[Sighting] | None = []

    def recent(
        self, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, since: datetime, now: datetime
    ) -> Sequence[Sighting]:
        if self.shown is None:
            raise NotSent("the list cannot be read")
        return [one for one in self.shown if one.at is None or one.at >= since]


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def outlet(world: World, settings: Settings) -> Outlet:
    outlet = world.outlet("x")
    outlet.credentials = Vault(settings.credential_keys).seal({"token": "t"})
    world.session.commit()
    return outlet


@pytest.fixture
def audit(
    sessions: "sessionmaker[Session]", account: Account, settings: Settings, clock: FrozenClock
) -> Callable[[], list[tuple[str, str, bool]]]:
    """Run a round and return (kind, remote id, open) of every finding."""

    def run() -> list[tuple[str, str, bool]]:
        channels = dict.fromkeys(("x", "facebook", "instagram"), account)
        vault = Vault(settings.credential_keys)
        audit_accounts(sessions, channels, vault, clock, public_url=settings.public_url)  # type: ignore[arg-type]
        with sessions() as session:
            rows = session.scalars(select(Finding).order_by(Finding.id)).all()
            return [(row.kind, row.remote_id, row.settled_at is None) for row in rows]

    return run


@pytest.fixture
def send(
    approved: Callable[..., Post],
    make_dispatcher: Callable[..., Dispatcher],
    account: Account,
    outlet: Outlet,
    clock: FrozenClock,
) -> Callable[..., Post]:
    """Let one post go out (as "id-1" unless scripted otherwise), and half an hour pass."""

    def run(**values: object) -> Post:
        post = approved(outlet, **values)
        make_dispatcher(x=account).tick()
        clock.advance(minutes=30)
        return post

    return run


def shown(remote_id: str, clock: FrozenClock, text: str = WORDS, **values: Any) -> Sighting:
    return Sighting(remote_id, clock.now() - timedelta(minutes=30), text, f"https://x.example/{remote_id}", **values)


def test_an_account_that_shows_what_was_sent_agrees(
    send: Callable[..., Post], audit: Callable[[], Any], account: Account, clock: FrozenClock
) -> None:
    send()
    account.shown = [shown("id-1", clock)]
    assert audit() == []


def test_the_page_says_when_each_account_was_compared_and_not_more(
    send: Callable[..., Post], audit: Callable[[], Any], account: Account, clock: FrozenClock, world: World,
    client: FlaskClient,
) -> None:  # fmt: skip
    send()
    world.outlet("facebook", name="Halaman lain", status="connected")
    world.session.commit()
    account.shown = NotSent("timeout")
    assert audit() == []
    sign_in(client, world.user(Role.EDITOR))
    page = client.get("/tayang/temuan").text
    assert "Semuanya cocok" not in page
    assert page.count("belum pernah") == 2
    account.shown = [shown("id-1", clock)]
    assert audit() == []
    page = client.get("/tayang/temuan").text
    assert "Semuanya cocok" in page
    assert page.count("belum pernah") == 1


def test_what_was_taken_down_on_request_is_not_missed(
    send: Callable[..., Post], audit: Callable[[], Any], session: Session, clock: FrozenClock
) -> None:
    send()
    row = session.scalars(select(Delivery)).one()
    asked = {"asked_by_name": "Siti", "asked_at": clock.now(), "wake_at": clock.now()}
    session.add(Removal(delivery_id=row.id, state="queued", reason="mistake", tries=0, lookups=0, **asked))
    session.commit()
    assert audit() == []


def test_what_the_account_does_not_show_is_found_until_it_does(
    send: Callable[..., Post], audit: Callable[[], Any], account: Account, clock: FrozenClock
) -> None:
    send()
    assert audit() == [("not_shown", "id-1", True)]
    account.shown = [shown("id-1", clock)]
    assert audit() == [("not_shown", "id-1", False)]


def test_a_finding_stays_when_its_post_is_older_than_the_list(
    send: Callable[..., Post], audit: Callable[[], Any], clock: FrozenClock
) -> None:
    send()
    audit()
    clock.advance(days=3)
    assert audit() == [("not_shown", "id-1", True)]


def test_a_list_that_cannot_be_read_proves_nothing(
    send: Callable[..., Post], audit: Callable[[], Any], account: Account
) -> None:
    send()
    account.shown = None
    assert audit() == []


def test_a_post_may_be_listed_some_minutes_late(
    approved: Callable[..., Post],
    make_dispatcher: Callable[..., Dispatcher],
    audit: Callable[[], Any],
    account: Account,
    outlet: Outlet,
    clock: FrozenClock,
) -> None:
    approved(outlet)
    make_dispatcher(x=account).tick()
    clock.advance(minutes=10)
    assert audit() == []


@pytest.mark.parametrize("text", [WORDS, "Kukar  menuju\nkota cerdas."])
def test_the_same_words_under_another_number_have_no_owner(
    text: str, send: Callable[..., Post], audit: Callable[[], Any], account: Account, clock: FrozenClock
) -> None:
    send()
    account.shown = [shown("id-1", clock), shown("77", clock, text), shown("78", clock, "Kata lain.")]
    assert audit() == [("not_owned", "77", True)]


def test_our_link_under_another_number_has_no_owner(
    send: Callable[..., Post],
    audit: Callable[[], Any],
    account: Account,
    clock: FrozenClock,
    sessions: "sessionmaker[Session]",
    settings: Settings,
) -> None:
    send(link_url="https://kukarkab.go.id")
    with sessions() as session:
        code = session.scalars(select(ShortLink.code)).one()
    link = f"{settings.public_url}/t/{code}"
    account.shown = [shown("id-1", clock), shown("77", clock, "Disingkat t.co", links=(link,))]
    assert audit() == [("not_owned", "77", True)]


def test_what_is_still_looked_for_is_left_to_the_look(
    send: Callable[..., Post], audit: Callable[[], Any], account: Account, clock: FrozenClock
) -> None:
    account.publishes.append(OutcomeUnknown("dropped"))
    send()
    account.shown = [shown("77", clock)]
    assert audit() == []


def test_a_number_that_found_its_owner_agrees_again(
    send: Callable[..., Post],
    audit: Callable[[], Any],
    account: Account,
    clock: FrozenClock,
    sessions: "sessionmaker[Session]",
) -> None:
    send()
    account.shown = [shown("77", clock)]
    assert ("not_owned", "77", True) in audit()
    with sessions.begin() as session:
        session.execute(update(Delivery).values(remote_id="77"))
    assert ("not_owned", "77", False) in audit()


def test_a_worker_that_stops_asks_no_further_account(
    send: Callable[..., Post], account: Account, sessions: "sessionmaker[Session]", settings: Settings,
    clock: FrozenClock,
) -> None:  # fmt: skip
    send()
    channels = dict.fromkeys(("x", "facebook", "instagram"), account)
    new = audit_accounts(
        sessions, channels, Vault(settings.credential_keys), clock,  # type: ignore[arg-type]
        public_url=settings.public_url, stopping=lambda: True,
    )  # fmt: skip
    assert new == 0
    with sessions() as session:
        assert session.scalars(select(Finding)).all() == []
