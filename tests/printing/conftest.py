import pytest

from app.base.media.storage import Storage
from config import Settings


@pytest.fixture
def storage(settings: Settings) -> Storage:
    return Storage(settings.media_dir)
