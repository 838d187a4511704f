"""What other parts of this room put on the pages of papers."""

from app.kernel.slots import SlotMap

RESULT_PAGES = SlotMap[str, str]("assessments.result_pages")
"""PaperKind → endpoint of the page with what was answered, given `batch_id`; others have `assessments.paper`."""
