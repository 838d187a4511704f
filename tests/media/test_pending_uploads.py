"""Files that wait for the next answer of a form."""

from datetime import timedelta
from pathlib import Path

from app.base.media.check import Checked
from app.base.media.pending_uploads import drop_pending, find_pending, keep_pending, sweep_pending
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from tests.world import World

FILE = Checked(b"%PDF-1.4\nisi\n", "application/pdf", "surat.pdf")


def test_a_pending_file_is_for_who_sent_it_and_goes_when_it_is_dropped(
    tmp_path: Path, world: World, clock: FrozenClock
) -> None:
    me, other = (world.actor_of(world.user(Role.OPD_CONTACT)) for _each in range(2))
    token = keep_pending(tmp_path / "held", me, FILE, now=clock.now())
    assert find_pending(tmp_path / "held", me, token) == FILE
    assert find_pending(tmp_path / "held", other, token) is None
    assert find_pending(tmp_path / "held", me, "../../etc/passwd") is None
    drop_pending(tmp_path / "held", other, token)
    assert find_pending(tmp_path / "held", me, token) == FILE
    drop_pending(tmp_path / "held", me, token)
    assert find_pending(tmp_path / "held", me, token) is None


def test_what_nobody_came_back_for_is_swept_after_a_day(tmp_path: Path, world: World, clock: FrozenClock) -> None:
    me = world.actor_of(world.user(Role.OPD_CONTACT))
    token = keep_pending(tmp_path, me, FILE, now=clock.now())
    assert sweep_pending(tmp_path / "missing", now=clock.now()) == 0
    assert sweep_pending(tmp_path, now=clock.now() + timedelta(hours=23)) == 0
    assert sweep_pending(tmp_path, now=clock.now() + timedelta(hours=25)) == 1
    assert find_pending(tmp_path, me, token) is None
