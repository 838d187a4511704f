from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import FrozenClock
from app.kernel.vault import Vault
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.outlets.ports import Gone, Metrics, NeedsSignIn, NotSent
from app.outreach.posts.models import Post
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.measuring import measure_due
from app.outreach.publishing.models import Delivery, Measurement
from config import Settings
from tests.publishing.channels import ScriptedChannel
from tests.world import World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Answer = Metrics | Exception


class Platform(ScriptedChannel):
    can_measure = True

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Answer] = []
        self.asked: list[str] = []

    def measure(
        self,
        remote_id: str,
        credentials: Mapping[str, Any],
        *,
        now: datetime,
        settings: Mapping[str, Any] | None = None,
    ) -> Metrics:
        self.asked.append(remote_id)
        answer = self.answers.pop(0) if self.answers else Metrics(views=100, reactions=4)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def sent(
    world: World, approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], platform: Platform,
    session: Session,
) -> Callable[..., Delivery]:  # fmt: skip
    """A delivery that has just gone out by the platform."""

    def send(outlet: Outlet | None = None) -> Delivery:
        outlet = outlet or world.outlet(kind="facebook", status=OutletStatus.CONNECTED)
        post = approved(outlet)
        make_dispatcher(facebook=platform).tick()
        session.rollback()
        return session.scalars(select(Delivery).where(Delivery.post_id == post.id)).one()

    return send


@pytest.fixture
def measure(
    sessions: "sessionmaker[Session]", settings: Settings, clock: FrozenClock, platform: Platform, session: Session
) -> Callable[..., int]:
    def run(later: timedelta = timedelta()) -> int:
        clock.advance(seconds=later.total_seconds())
        kept = measure_due(sessions, {"facebook": platform}, Vault(settings.credential_keys), clock)
        session.rollback()  # on SQLite an older read would go on seeing what was before
        return kept

    return run


def rows(session: Session) -> list[Measurement]:
    return list(session.scalars(select(Measurement).order_by(Measurement.age)))


def states(session: Session) -> list[str]:
    return [row.state for row in rows(session)]


def test_a_post_is_asked_about_four_times(sent: Any, measure: Any, platform: Platform, session: Session) -> None:
    sent()
    assert measure() == 0
    assert [measure(step) for step in (HOUR, 23 * HOUR, 6 * DAY, 21 * DAY)] == [1, 1, 1, 1]
    assert states(session) == ["taken"] * 4
    assert measure(DAY) == 0
    assert len(platform.asked) == 4


def test_what_the_platform_does_not_give_stays_open(sent: Any, measure: Any, session: Session) -> None:
    sent()
    measure(HOUR)
    first = rows(session)[0]
    assert (first.views, first.reactions, first.reach, first.saves) == (100, 4, None, None)


def test_sums_are_made_of_the_newest_even_where_it_fell(
    sent: Any, measure: Any, platform: Platform, session: Session
) -> None:
    sent()
    platform.answers = [Metrics(views=100), Metrics(views=60)]
    measure(HOUR)
    measure(23 * HOUR)
    assert [(row.views, row.latest) for row in rows(session)[:2]] == [(100, False), (60, True)]


def test_an_hour_that_went_by_is_not_made_up_from_a_later_one(
    sent: Any, measure: Any, platform: Platform, session: Session
) -> None:
    sent()
    assert measure(20 * HOUR) == 0
    assert states(session)[0] == "late"
    assert platform.asked == []
    assert measure(5 * HOUR) == 1


def test_a_platform_that_is_down_is_asked_again_within_the_hour(
    sent: Any, measure: Any, platform: Platform, session: Session
) -> None:
    sent()
    platform.answers = [NotSent("mati")]
    assert measure(HOUR) == 0
    assert measure(timedelta(minutes=5)) == 0
    assert measure(timedelta(minutes=6)) == 1
    assert states(session)[0] == "taken"


def test_a_platform_that_stays_down_is_given_up(sent: Any, measure: Any, platform: Platform, session: Session) -> None:
    sent()
    platform.answers = [NotSent("mati")] * 30
    for _step in range(12):
        measure(timedelta(minutes=15))
    assert states(session) == ["late", "due", "due", "due"]


def test_an_account_that_is_closed_says_so(sent: Any, measure: Any, platform: Platform, session: Session) -> None:
    sent()
    platform.answers = [NeedsSignIn("token")] * 30
    for _step in range(12):
        measure(timedelta(minutes=15))
    assert states(session)[0] == "closed"


def test_a_deleted_post_is_not_asked_about_again(sent: Any, measure: Any, platform: Platform, session: Session) -> None:
    sent()
    platform.answers = [Metrics(views=90), Gone("dihapus")]
    measure(HOUR)
    measure(23 * HOUR)
    assert states(session) == ["taken", "gone", "gone", "gone"]
    assert rows(session)[0].latest


def test_an_answer_nobody_foresaw_does_not_stop_the_others(
    sent: Any, measure: Any, platform: Platform, session: Session
) -> None:
    sent()
    sent()
    platform.answers = [KeyError("views")]
    assert measure(HOUR) == 1


def test_what_a_person_posted_has_no_figures(sent: Any, measure: Any, world: World, session: Session) -> None:
    delivery = sent()
    delivery.settled_by_id = world.user().id
    session.commit()
    measure(HOUR)
    assert rows(session) == []


def test_a_second_process_does_not_keep_a_figure_twice(sent: Any, measure: Any, session: Session) -> None:
    sent()
    measure(HOUR)
    assert measure() == 0
    assert len(rows(session)) == 4
