"""Files that wait for the next answer of a form."""

from datetime import timedelta
from pathlib import Path

from app.base.media.check import Checked
from app.base.media.pending_uploads import held, hold, let_go, sweep_held
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from tests.world import World

FILE = Checked(b"%PDF-1.4\nisi\n", "application/pdf", "surat.pdf")


def test_a_held_file_is_for_who_sent_it_and_goes_when_it_is_let_go(
    tmp_path: Path, world: World, clock: FrozenClock
) -> None:
    me, other = (world.actor_of(world.user(Role.OPD_CONTACT)) for _each in range(2))
    token = hold(tmp_path / "held", me, FILE, now=clock.now())
    assert held(tmp_path / "held", me, token) == FILE
    assert held(tmp_path / "held", other, token) is None
    assert held(tmp_path / "held", me, "../../etc/passwd") is None
    let_go(tmp_path / "held", other, token)
    assert held(tmp_path / "held", me, token) == FILE
    let_go(tmp_path / "held", me, token)
    assert held(tmp_path / "held", me, token) is None


def test_what_nobody_came_back_for_is_swept_after_a_day(tmp_path: Path, world: World, clock: FrozenClock) -> None:
    me = world.actor_of(world.user(Role.OPD_CONTACT))
    token = hold(tmp_path, me, FILE, now=clock.now())
    assert sweep_held(tmp_path / "missing", now=clock.now()) == 0
    assert sweep_held(tmp_path, now=clock.now() + timedelta(hours=23)) == 0
    assert sweep_held(tmp_path, now=clock.now() + timedelta(hours=25)) == 1
    assert held(tmp_path, me, token) is None
