"""What other parts of this room put on the pages of papers."""

RESULT_PAGES: dict[str, str] = {}
"""PaperKind → endpoint of the page with what was answered, given `batch_id`; others have `assessments.paper`."""
