"""Workers that are killed, frozen, stopped, too many, or have a wrong clock."""

import itertools
import signal

from tests.faults.platform import Lies
from tests.faults.scenarios.registry import scenario
from tests.faults.stage import QUIET_SECONDS, Skip, Stage
from tests.faults.worker import STEPS
from tests.faults.workers import FAKETIME, LONGEST_LEASE, NO_FAKETIME, STOP_SECONDS

MOMENTS = [f"{scope} {moment}" for scope in ("publish", "upload", "read") for moment in ("received", "accepted")]
POINTS = [f"{step}.{moment}" for step in STEPS if step != "space" for moment in ("before", "after")] + [
    *MOMENTS,
    "publish answered",
    "mail received",
    "mail accepted",
]
"""Every named step: of the database, before and after its commit; of a call, as the platform sees it."""


@scenario(rounds=8)
def kills(stage: Stage) -> None:
    """One worker, killed at random while replies are dropped, reset, cut short, late or wrong."""
    worker = stage.worker()
    stage.posts(each=10, seconds=2)
    for _ in range(stage.rounds):
        stage.pause(0.2, 3.0)
        worker.kill()
        worker.start()


@scenario(rounds=8)
def clocks(stage: Stage) -> None:
    """Two to four workers whose clocks are up to two seconds apart, killed at random."""
    if FAKETIME is None:
        raise Skip(NO_FAKETIME)
    crew = [stage.worker(clock) for clock in stage.rng.sample((0.0, 1.0, -1.0, 2.0, -2.0), stage.rng.randint(2, 4))]
    stage.posts(each=10, seconds=2)
    for _ in range(stage.rounds):
        stage.pause(0.2, 3.0)
        one = stage.rng.choice(crew)
        one.kill()
        one.start()


@scenario(rounds=1, databases=("postgresql",))
def crowd(stage: Stage) -> None:
    """Two workers whose clocks are two seconds apart, and five hundred posts a round that are due at once."""
    if FAKETIME is None:
        raise Skip(NO_FAKETIME)
    # no refusals: an account that is closed for seconds would make a run of hours of it
    stage.platform.lies = Lies({"publish": 0.05, "read": 0.02}, before=("cut",), after=("dropped", "reset", "slow"))
    for clock in (0.0, 2.0):
        stage.worker(clock)
    stage.office.posts(500 * stage.rounds, over=1, platforms=("facebook", "x"), plain=True)
    stage.wait_until(lambda: stage.office.unfinished() == 0, 60 + 40 * stage.rounds)


@scenario(rounds=len(POINTS), least=len(POINTS))
def steps(stage: Stage) -> None:
    """One worker that ends at each named step in turn: before and after each commit, and at each moment of a call."""
    worker = stage.worker()
    points = stage.rng.sample(POINTS, len(POINTS))
    for point in itertools.islice(itertools.cycle(points), stage.rounds):
        stage.office.posts(12, over=3, starts_in=0)
        if "." in point:
            worker.kill()
            worker.start(step=point, nth=stage.rng.randint(1, 3))
        else:
            scope, moment = point.split()
            stage.at_moment(moment, scope, lambda _call: worker.kill())
            worker.start()
        if not worker.wait(12):
            stage.note(f"{point} was not reached")
        stage.platform.watch = None


@scenario(rounds=4, env={"GAUNG_X_RESEND": "ya"})
def freezes(stage: Stage) -> None:
    """A worker that stands still for longer than its lease, at a step or in a call, while another one works."""
    first, second = stage.worker(), stage.worker()
    stage.posts(each=12, seconds=STOP_SECONDS)
    for number in range(stage.rounds):
        one = stage.rng.choice((first, second))
        if number % 2:
            stage.at_moment(stage.rng.choice(("received", "accepted")), "publish", lambda _call, one=one: one.freeze())
        else:
            one.stop()
            step = stage.rng.choice(("claim.after", "start.after", "remember.after", "settle.before"))
            one.start(step=step, signal=signal.SIGSTOP)
        if stage.wait_until(lambda one=one: one.frozen, 15):
            stage.platform.watch = None
            stage.pause(STOP_SECONDS)
        one.thaw()


@scenario(rounds=5)
def stops(stage: Stage) -> None:
    """SIGTERM in the middle of a call, and a new start: nothing is left half done, and it ends in time."""
    worker = stage.worker()
    stage.posts(each=10, seconds=2)
    for _ in range(stage.rounds):
        stage.pause(0.5, 3.0)
        if not worker.stop(LONGEST_LEASE + 10):
            stage.find("stuck", "a worker did not stop when asked to")
        worker.kills += 1
        worker.start()


@scenario(rounds=3)
def power(stage: Stage) -> None:
    """Everything at once, as by a power cut: two workers, and all processes of PostgreSQL."""
    crew = [stage.worker(), stage.worker()] if stage.database.kind == "postgresql" else [stage.worker()]
    stage.posts(each=10, seconds=3)
    for _ in range(stage.rounds):
        stage.pause(0.5, 3.0)
        stage.database.cut_power()
        for one in crew:
            one.kill()
        stage.database.start()
        for one in crew:
            one.start()


@scenario(rounds=2)
def backlog(stage: Stage) -> None:
    """Thousands of deliveries that are due at once, and a worker that is killed at them."""
    worker = stage.worker()
    stage.office.posts(min(5000, 1000 * stage.rounds), over=1, starts_in=-60, platforms=("facebook", "x"), plain=True)
    for _ in range(stage.rounds):
        stage.pause(4, 8)
        worker.kill()
        worker.start()
    stage.wait_until(lambda: stage.office.unfinished() == 0, 240)


@scenario(rounds=4, env={"GAUNG_SPACING_LATE": "0.5", "GAUNG_SPACING_MINUTES": "0.01"})
def spaced(stage: Stage) -> None:
    """Deliveries that an outage kept waiting leave by a plan; a worker is killed at making it and at following it."""
    worker = stage.worker()
    for moment in (("before", "after") * stage.rounds)[: stage.rounds]:
        worker.kill()
        stage.office.posts(30, over=10, starts_in=-60)
        worker.start(step=f"space.{moment}", nth=stage.rng.randint(1, 3))
        if not worker.wait(20):
            stage.note(f"space.{moment} was not reached")
        worker.kill()
        worker.start()
        stage.pause(2, 6)
    stage.wait_until(lambda: stage.office.unfinished() == 0, 120)


@scenario(rounds=3)
def leaps(stage: Stage) -> None:
    """A worker whose clock leaps by twenty days for some seconds; what is due in ten days stays where it is."""
    if FAKETIME is None:
        raise Skip(NO_FAKETIME)
    worker = stage.worker(0.001)
    stage.office.posts(6, over=1, starts_in=10 * 86_400)
    stage.posts(each=8, seconds=8)
    for _ in range(stage.rounds):
        stage.pause(1, 3)
        worker.nursery.set_clock(20 * 86_400)
        stage.pause(1, 4)
        worker.nursery.set_clock(0)
        stage.pause(1, 3)
    worker.stop()
    stage.settle(QUIET_SECONDS + 300)  # X refuses a call of another time, and is tried again five minutes later


@scenario(rounds=2)
def ahead(stage: Stage) -> None:
    """One worker alone whose clock is five minutes ahead, with replies that get lost."""
    if FAKETIME is None:
        raise Skip(NO_FAKETIME)
    worker = stage.worker(300.0)
    stage.posts(each=10, seconds=4)
    for _ in range(stage.rounds):
        stage.pause(4)
        worker.kill()
        worker.start()
    stage.pause(6)
    worker.stop()
    stage.settle(QUIET_SECONDS + 300)  # on SQLite its leases were written by its clock
