"""Whether awareness moves; see README.md."""
