"""People who change their mind in the second of sending."""

from collections.abc import Callable
from datetime import timedelta

from app.kernel.errors import GaungError
from app.outreach.posts import drafting, scheduling
from app.outreach.posts.models import Post
from app.outreach.publishing import decisions
from app.outreach.publishing.models import DeliveryStatus as S
from tests.faults.office import Office, Row
from tests.faults.scenarios.registry import scenario
from tests.faults.stage import Stage


@scenario(rounds=4)
def holds(stage: Stage) -> None:
    """A delivery held in the second of sending, and let go again afterwards."""
    _while_sending(stage, [lambda office, row: office.decide(decisions.hold, row.delivery_id)])


@scenario(rounds=6)
def wishes(stage: Stage) -> None:
    """Cancel, hold, move, edit, withdraw or delete in the second of sending; what is a draft is approved anew."""
    _while_sending(stage, [_cancel, _hold, _withdraw, _end, _move, _edit])


Wish = Callable[[Office, Row], None]


def _while_sending(stage: Stage, wishes: list[Wish]) -> None:
    """Do one of the wishes to what is being sent, at a moment of a call, a few times a round."""
    stage.worker()
    stage.posts(each=8, seconds=2)
    left = [4 * stage.rounds]

    def wish(_call: object) -> None:
        rows = [row for row in stage.office.rows() if row.status == S.SENDING]
        if not (left[0] and rows):
            return
        left[0] -= 1
        try:
            stage.rng.choice(wishes)(stage.office, stage.rng.choice(rows))
        except GaungError:
            return  # the page says why; nothing was changed

    stage.at_moment(stage.rng.choice(("received", "accepted")), "publish", wish)
    stage.pause(2 * stage.rounds + 3)
    stage.settle()
    for row in stage.office.rows():
        if row.status == S.HELD and row.hold_reason == "person":
            stage.office.decide(decisions.release, row.delivery_id)
    stage.office.approve_drafts()


def _cancel(office: Office, row: Row) -> None:
    office.decide(decisions.cancel, row.delivery_id)


def _hold(office: Office, row: Row) -> None:
    office.decide(decisions.hold, row.delivery_id)


def _withdraw(office: Office, row: Row) -> None:
    office.on_post(scheduling.withdraw, row.post_id)


def _end(office: Office, row: Row) -> None:
    """A post cannot be deleted: ending it is what stands for that."""
    office.on_post(scheduling.cancel, row.post_id)


def _move(office: Office, row: Row) -> None:
    office.on_post(scheduling.reschedule, row.post_id, scheduled_at=office.clock.now() + timedelta(seconds=5))


def _edit(office: Office, row: Row) -> None:
    def edit(session: object, actor: object, post: Post, **more: object) -> None:
        drafting.edit(
            session, actor, post, version=post.version, campaign_id=post.campaign_id, title=post.title,
            text=f"{post.text} Diperbaiki.", link_url=post.link_url, scheduled_at=post.scheduled_at,
            outlet_texts={variant.outlet_id: None for variant in post.variants},
            media=[(one.file_id, one.alt_text) for one in post.media], **more,
        )  # fmt: skip

    office.on_post(edit, row.post_id)
