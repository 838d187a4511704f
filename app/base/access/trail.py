"""What the trail keeps of signing in and out, written after the answer: a failure's own transaction is rolled back.

A name that nobody has is not written down, since it may be a password in the wrong field.
"""

from datetime import timedelta

from app.base.people.models import User
from app.base.web.guard import NOBODY
from app.base.web.noting import note_after
from app.kernel.roles import Actor

SAME_TRY = timedelta(minutes=1)
"""Further failures on the same account within this time are the same entry; the pauses count each of them."""


def signed_in(user: User, how: str, *, second: bool, shared: bool) -> None:
    after = {"how": how, "second_factor": second, "shared": shared}
    note_after("user.signed_in", "users", user.id, after=after, actor=_as_actor(user))


def signed_out(user: User) -> None:
    note_after("user.signed_out", "users", user.id, actor=_as_actor(user))


def failed(user: User | None, what: str) -> None:
    """`what`: "password", "second_factor", or "delay" where it came too early and nobody looked at it."""
    found = user.id if user is not None else ""
    action = "user.sign_in_delayed" if what == "delay" else "user.sign_in_failed"
    note_after(action, "users", found, after={"what": what}, actor=NOBODY, once_within=SAME_TRY)


def _as_actor(user: User) -> Actor:
    return Actor(id=user.id, name=user.name)
