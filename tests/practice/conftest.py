from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.practice_server import RunningPractice, running_practice


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[RunningPractice]:
    with running_practice(tmp_path) as running:
        yield running
