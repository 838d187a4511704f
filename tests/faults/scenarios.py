"""What is done to the workers. A new one is a function with `@scenario`: it gets a `Stage`, starts workers, approves
posts, does its fault `stage.rounds` times and returns; quiet and verdict follow by themselves.

```python
@scenario(share=2)
def kills(stage: Stage) -> None:
    \"\"\"One worker, killed at random.\"\"\"
    worker = stage.worker()
    stage.posts(each=10, seconds=2)
    for _ in range(stage.rounds):
        stage.pause(0.2, 3.0)
        worker.kill()
        worker.start()
```
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.kernel.errors import GaungError
from app.outreach.publishing import decisions
from app.outreach.publishing.models import DeliveryStatus as S
from tests.faults.databases import KINDS
from tests.faults.stage import Skip, Stage
from tests.faults.workers import FAKETIME, NO_FAKETIME


@dataclass(frozen=True)
class Scenario:
    """`share`: its part of the rounds of a run. `least`: rounds below which it shows nothing."""

    name: str
    play: Callable[[Stage], None]
    share: float
    least: int
    databases: tuple[str, ...]
    about: str


SCENARIOS: dict[str, Scenario] = {}


def scenario(
    *, share: float, least: int = 1, databases: tuple[str, ...] = KINDS
) -> Callable[[Callable[[Stage], None]], Callable[[Stage], None]]:
    """Make a function a scenario of its name."""

    def mark(play: Callable[[Stage], None]) -> Callable[[Stage], None]:
        about = (play.__doc__ or "").partition("\n")[0]
        SCENARIOS[play.__name__] = Scenario(play.__name__, play, share, least, databases, about)
        return play

    return mark


@scenario(share=4)
def kills(stage: Stage) -> None:
    """One worker, killed at random while replies are dropped, reset, cut short, late or wrong."""
    worker = stage.worker()
    stage.posts(each=10, seconds=2)
    for _ in range(stage.rounds):
        stage.pause(0.2, 3.0)
        worker.kill()
        worker.start()


@scenario(share=4)
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


@scenario(share=1, least=4)
def holds(stage: Stage) -> None:
    """A person holds a delivery in the second of sending and lets it go again afterwards."""
    stage.worker()
    stage.posts(each=6, seconds=1)
    left = [3 * stage.rounds]

    def hold(_call: object) -> None:
        sending = [row for row in stage.office.rows() if row.status == S.SENDING]
        if left[0] and sending:
            left[0] -= 1
            try:
                stage.office.decide(decisions.hold, stage.rng.choice(sending).delivery_id)
            except GaungError:
                return  # the page says why; nothing was changed

    stage.at_moment("accepted", "publish", hold)
    stage.pause(stage.rounds + 3)
    stage.settle()
    for row in stage.office.rows():
        if row.status == S.HELD and row.hold_reason == "person":
            stage.office.decide(decisions.release, row.delivery_id)
