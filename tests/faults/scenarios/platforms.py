"""Platforms at their worst."""

from tests.faults.platform import Lies
from tests.faults.scenarios.registry import scenario
from tests.faults.stage import Stage


@scenario(rounds=4)
def lies(stage: Stage) -> None:
    """Four of ten calls go wrong, posts are shown late, and the platforms take the same words twice."""
    stage.worker()
    chance = {"publish": 0.4, "upload": 0.2, "read": 0.3, "mail": 0.1}
    stage.platform.lies = Lies(chance, shown_late=4.0, duplicates=False)
    stage.posts(each=12, seconds=4)
    stage.pause(5 * stage.rounds)


@scenario(rounds=5, env={"GAUNG_X_RESEND": "ya"})
def resends(stage: Stage) -> None:
    """X's resend switched on, a platform that takes the same words twice and shows them late, and kills."""
    worker = stage.worker()
    stage.platform.lies = Lies({"publish": 0.3, "read": 0.1}, shown_late=3.0, duplicates=False)
    stage.posts(each=10, seconds=3, platforms=("x",))
    for _ in range(stage.rounds):
        stage.pause(1, 4)
        worker.kill()
        worker.start()
    stage.pause(8)


@scenario(rounds=3)
def outage(stage: Stage) -> None:
    """Instagram answers 100/33 for containers that live, replies get lost, and the worker is killed."""
    worker = stage.worker()
    stage.platform.lies = Lies({"publish": 0.4, "read": 0.1}, shown_late=2.0, containers_gone=True, duplicates=False)
    stage.posts(each=8, seconds=4, platforms=("instagram",))
    for _ in range(stage.rounds):
        stage.pause(2, 5)
        worker.kill()
        worker.start()
    stage.pause(8)


@scenario(rounds=3)
def twins(stage: Stage) -> None:
    """Posts that say the same on one account within seconds, while every third reply gets lost."""
    stage.worker()
    stage.platform.lies = Lies({"publish": 0.35}, before=("cut",), after=("dropped", "reset"), duplicates=False)
    for number in range(3 * stage.rounds):
        stage.office.posts(4, over=2, platforms=("facebook", "instagram", "x"), words=f"sama{number}", plain=True)
        stage.pause(1.2)
    stage.pause(5)
