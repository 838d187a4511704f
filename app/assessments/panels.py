"""What this room's pages of one batch are put together from, by the modules that own the parts."""

RESULT_PAGES: dict[str, str] = {}
"""Kind of a paper → endpoint of the page that shows what came of it, given `paper_id`; else assessments.paper."""

SECTIONS: dict[str, str] = {}
"""Order and name ("4-works") → template on the page “Penilaian” of a batch, given `batch`."""
