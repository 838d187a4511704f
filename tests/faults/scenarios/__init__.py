"""What is done to the workers. A new scenario is a function in one of these files.

It gets a `Stage`, starts workers, approves posts and does its fault `stage.rounds` times. Quiet, the person's answers
and the verdict follow by themselves.

```python
@scenario(rounds=8)
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

from tests.faults.scenarios import databases, people, platforms, processes  # noqa: F401 - they fill SCENARIOS
from tests.faults.scenarios.registry import SCENARIOS, Scenario

__all__ = ["SCENARIOS", "Scenario"]
