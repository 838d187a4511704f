"""Posts with a variant per outlet, and their approval."""
