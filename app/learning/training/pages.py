"""What the pages of a batch share, also those of the rooms above: `training/batch.html` draws it."""

from typing import Any

from app.learning.programmes.pages import draw_tabs
from app.learning.training.models import Batch
from app.learning.training.panels import BATCH_TABS


def batch_tabs(batch: Batch) -> list[dict[str, Any]]:
    """Return the pages of this batch that this person may open."""
    return draw_tabs(BATCH_TABS, batch_id=batch.id)
