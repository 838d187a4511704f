"""The pages of one batch under “Penilaian”: `assessments/tabs.html` draws them."""

from app.kernel.slots import Slot
from app.learning.programmes.panels import Tab

ASSESSMENT_TABS = Slot[Tab]("assessments.tabs")
"""Given `batch_id`; each is shown to whom its roles open it."""
