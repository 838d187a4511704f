"""No text of a draft holds the pages that show it."""

import signal
from collections.abc import Iterator
from types import FrameType

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.kernel.roles import Role
from app.outreach.posts.content import content_hash, content_of
from app.outreach.posts.diff import differences
from app.outreach.posts.fields import MAX_TEXT
from tests.pages import sign_in
from tests.world import World

QUICK = 3
"""Seconds of the processor for one page; the text that was found took 34."""
HOSTILE = (
    "[LENGKAPI:" + " " * 60_000 + "x",
    ("[LENGKAPI:" * MAX_TEXT)[:MAX_TEXT],
    ("a\n" * MAX_TEXT)[: MAX_TEXT - 1],
    ("a b " * MAX_TEXT)[: MAX_TEXT - 1],
    "https://a." * (MAX_TEXT // 10),
    "#a @b " * (MAX_TEXT // 6),
)


class TooSlow(Exception):
    pass


@pytest.fixture(autouse=True)
def _deadline() -> Iterator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, QUICK)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:10])
def test_the_pages_of_a_hostile_draft_answer_quickly(
    client: FlaskClient, world: World, session: Session, text: str
) -> None:
    person = world.user(*Role, position="kabid")
    post = world.post(world.outlet("facebook"), text="b\n" * 30_000, status="in_review", steps=["kabid"])
    post.approved_content, post.approved_hash = content_of(post), content_hash(post)
    post.text, post.waiting_for, post.submitted_at, post.round = text, "kabid", world.clock.now(), 1
    session.commit()
    sign_in(client, person)
    signal.setitimer(signal.ITIMER_VIRTUAL, QUICK)
    assert client.get(f"/materi/{post.id}").status_code == 200
    signal.setitimer(signal.ITIMER_VIRTUAL, QUICK)
    assert client.get(f"/persetujuan/{post.id}").status_code == 200


def test_differences_of_long_texts_without_anything_in_common_take_no_time() -> None:
    old, new = "a\nb\n" * 15_000, "b\na\nc\n" * 10_000
    found = differences(old, new)
    assert "".join(piece.text for piece in found if piece.kind != "gone") == new
    assert "".join(piece.text for piece in found if piece.kind != "new") == old
