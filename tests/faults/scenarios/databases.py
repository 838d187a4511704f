"""Databases that are locked, restarted, full or put back."""

from tests.faults.databases import hold_for
from tests.faults.platform import HONEST
from tests.faults.scenarios.registry import scenario
from tests.faults.stage import Stage
from tests.faults.workers import LONGEST_LEASE


@scenario(rounds=2)
def locks(stage: Stage) -> None:
    """The database locked for up to a minute in the middle of sending, by a backup or a long command."""
    stage.worker()
    stage.posts(each=12, seconds=20)
    for _ in range(stage.rounds):
        stage.pause(1, 4)
        hold_for(stage.database, stage.rng.uniform(15, 60)).join()


@scenario(rounds=4, databases=("postgresql",))
def restarts(stage: Stage) -> None:
    """PostgreSQL restarted with -m immediate while two workers send."""
    stage.worker()
    stage.worker()
    stage.posts(each=12, seconds=3)
    for _ in range(stage.rounds):
        stage.pause(0.5, 3.0)
        stage.database.restart()
        stage.count_kill()


@scenario(rounds=2, disk=64)
def full(stage: Stage) -> None:
    """A disk that is full for some seconds: the worker's folder, and with SQLite the database."""
    worker = stage.worker()
    stage.posts(each=12, seconds=12)
    for _ in range(stage.rounds):
        stage.pause(1, 3)
        filled = stage.fill_disk()
        stage.pause(3, 10)
        worker.kill()
        worker.start()
        stage.pause(2, 6)
        filled.unlink()


@scenario(rounds=1)
def restored(stage: Stage) -> None:
    """The database put back as it was before the last posts went out."""
    worker = stage.worker()
    stage.posts(each=12, seconds=6)
    stage.pause(3)
    stage.database.copy()
    stage.pause(6)
    worker.stop()
    stage.engine.dispose()
    stage.database.put_back()
    worker.start()
    if not stage.wait_until(stage.office.is_stopped, 20):
        stage.find("wrong", "the older copy was not recognised")
    stage.platform.lies = HONEST
    stage.pause(2 * LONGEST_LEASE)
    stage.office.release_sending()
